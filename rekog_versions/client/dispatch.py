"""One public function for both clients, from an async function and its generated sync twin."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload

from rekog_versions.client._async.client import AsyncVersionsClient
from rekog_versions.client._sync.client import VersionsClient
from rekog_versions.client.arguments import check_client

P = ParamSpec("P")
Q = ParamSpec("Q")
SyncT = TypeVar("SyncT", covariant=True)
AsyncT = TypeVar("AsyncT", covariant=True)


class BothClients(Generic[P, SyncT, Q, AsyncT]):
    """The type of a function that takes either client first."""

    @overload
    def __call__(self, client: VersionsClient, /, *args: P.args, **kwargs: P.kwargs) -> SyncT: ...

    @overload
    def __call__(self, client: AsyncVersionsClient, /, *args: Q.args, **kwargs: Q.kwargs) -> AsyncT: ...

    def __call__(self, client: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call the function that belongs to the client's class."""
        raise NotImplementedError


def for_both_clients(
    sync_function: Callable[Concatenate[VersionsClient, P], SyncT],
    async_function: Callable[Concatenate[AsyncVersionsClient, Q], AsyncT],
) -> BothClients[P, SyncT, Q, AsyncT]:
    """Return a function that calls `sync_function` or `async_function`, depending on the client.

    Name, docstring and signature are the sync function's; the client is annotated with both classes.
    """

    @functools.wraps(sync_function)
    def function(client: VersionsClient | AsyncVersionsClient, *args: Any, **kwargs: Any) -> Any:
        check_client(client)
        chosen: Any = async_function if isinstance(client, AsyncVersionsClient) else sync_function
        return chosen(client, *args, **kwargs)

    signature = inspect.signature(sync_function)
    first, *others = signature.parameters.values()
    client = first.replace(annotation=VersionsClient | AsyncVersionsClient)
    function.__signature__ = signature.replace(parameters=[client, *others])  # type: ignore[attr-defined]
    return cast("BothClients[P, SyncT, Q, AsyncT]", function)
