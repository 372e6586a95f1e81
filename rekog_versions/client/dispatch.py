"""One public function for both clients, from an async function and its generated sync twin."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload

from rekog_versions.client._async.client import AsyncVersionsClient
from rekog_versions.client._sync.client import VersionsClient

P = ParamSpec("P")
Q = ParamSpec("Q")
SyncT_co = TypeVar("SyncT_co", covariant=True)
AsyncT_co = TypeVar("AsyncT_co", covariant=True)


def check_client(client: object) -> None:
    """Check that `client` is one of the two clients.

    Raises:
        TypeError: `client` has another type; the message says how to create a client.
    """
    if not isinstance(client, VersionsClient | AsyncVersionsClient):
        raise TypeError(
            f"client must be a VersionsClient or an AsyncVersionsClient, got {type(client).__name__}; create one with "
            "VersionsClient(boto3.client('rekognition')) or VersionsClient.connect()"
        )


class BothClients(Generic[P, SyncT_co, Q, AsyncT_co]):
    """The type of a function that takes either client first."""

    @overload
    def __call__(self, client: VersionsClient, /, *args: P.args, **kwargs: P.kwargs) -> SyncT_co: ...

    @overload
    def __call__(self, client: AsyncVersionsClient, /, *args: Q.args, **kwargs: Q.kwargs) -> AsyncT_co: ...

    def __call__(self, client: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call the function that belongs to the client's class."""
        raise NotImplementedError


def for_both_clients(
    sync_function: Callable[Concatenate[VersionsClient, P], SyncT_co],
    async_function: Callable[Concatenate[AsyncVersionsClient, Q], AsyncT_co],
    *,
    name: str | None = None,
) -> BothClients[P, SyncT_co, Q, AsyncT_co]:
    """Return a function that calls `sync_function` or `async_function`, depending on the client.

    Name, docstring and signature are the sync function's; the client is annotated with both classes.

    Args:
        sync_function: The function for `VersionsClient`, or a class.
        async_function: The function for `AsyncVersionsClient`, or a class.
        name: The name of the function, if it differs from that of `sync_function`.
    """

    @functools.wraps(sync_function)
    def function(client: VersionsClient | AsyncVersionsClient, *args: Any, **kwargs: Any) -> Any:
        check_client(client)
        chosen: Any = async_function if isinstance(client, AsyncVersionsClient) else sync_function
        return chosen(client, *args, **kwargs)

    if name is not None:
        function.__name__ = function.__qualname__ = name
    signature = inspect.signature(sync_function)
    first, *others = signature.parameters.values()
    client = first.replace(annotation=VersionsClient | AsyncVersionsClient)
    function.__signature__ = signature.replace(parameters=[client, *others])  # type: ignore[attr-defined]
    return cast("BothClients[P, SyncT_co, Q, AsyncT_co]", function)
