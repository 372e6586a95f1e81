"""Do the same work for several clients at the same time: in threads, or in tasks of an event loop."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from typing import TypeAlias, TypeVar

from rekog_versions.client import AsyncVersionsClient, VersionsClient, check_client

ClientT = TypeVar("ClientT", VersionsClient, AsyncVersionsClient)
T = TypeVar("T")

Sleep: TypeAlias = Callable[[float], object]
"""A function that pauses for some seconds."""
AsyncSleep: TypeAlias = Callable[[float], Awaitable[object]]
"""A coroutine function that pauses for some seconds."""


def check_clients(kind: type[ClientT], client: ClientT, *others: object) -> list[ClientT]:
    """Check that all clients are of one class, and return them without duplicates.

    Two clients over the same boto3 client would list each model twice, and exceed the service's rate of calls.

    Raises:
        TypeError: A client is of another class.
    """
    unique = {id(client.rekognition): client}
    for other in others:
        check_client(other)
        if not isinstance(other, kind):
            given = ", ".join(type(each).__name__ for each in (client, *others))
            raise TypeError(f"all clients must be of one class, VersionsClient or AsyncVersionsClient, got {given}")
        unique.setdefault(id(other.rekognition), other)
    return list(unique.values())


def side_by_side(work: Callable[[VersionsClient, Sleep], T], clients: Sequence[VersionsClient]) -> list[T]:
    """Call `work` for each client in a thread, and return the results in order.

    The first exception ends the work for all clients: `sleep`, the second argument of `work`, raises from then on.
    """
    if len(clients) == 1:
        return [work(clients[0], clients[0].sleep)]
    has_ended = threading.Event()

    def work_for(client: VersionsClient) -> T:
        def sleep(seconds: float) -> None:
            if has_ended.is_set():
                raise CancelledError
            client.sleep(seconds)

        return work(client, sleep)

    with ThreadPoolExecutor(max_workers=len(clients)) as pool:
        futures = [pool.submit(work_for, client) for client in clients]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            has_ended.set()
        for future in done:
            future.result()  # raises the first exception, not the CancelledErrors that follow from it
        return [future.result() for future in futures]


async def side_by_side_async(
    work: Callable[[AsyncVersionsClient, AsyncSleep], Awaitable[T]], clients: Sequence[AsyncVersionsClient]
) -> list[T]:
    """Call `work` for each client in a task, and return the results in order.

    The first exception cancels the work for all clients.
    """
    tasks = [asyncio.ensure_future(work(client, client.sleep)) for client in clients]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
