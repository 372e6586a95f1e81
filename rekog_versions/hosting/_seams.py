"""What hosting needs of the clients beyond their methods: to run a flow, and their clock."""

from collections.abc import Callable
from typing import TypeVar

from rekog_versions.aio import AsyncVersionsClient
from rekog_versions.client import VersionsClient
from rekog_versions.operations.flows import Flow

T = TypeVar("T")


def run(client: VersionsClient, flow: Flow[T]) -> T:
    """Does what a flow wants done."""
    return client._run(flow)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


async def run_async(client: AsyncVersionsClient, flow: Flow[T]) -> T:
    """Does what a flow wants done."""
    return await client._run(flow)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def clock_of(client: VersionsClient | AsyncVersionsClient) -> Callable[[], float]:
    """The client's monotonic seconds."""
    return client._clock  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def check_client(client: object) -> None:
    """Refuses what is no client of ours.

    Raises:
        TypeError: It is not; the message says how to make one.
    """
    if not isinstance(client, VersionsClient | AsyncVersionsClient):
        raise TypeError(
            f"a VersionsClient or an AsyncVersionsClient is needed, not a {type(client).__name__}; "
            "VersionsClient(boto3.client('rekognition')) makes one"
        )
