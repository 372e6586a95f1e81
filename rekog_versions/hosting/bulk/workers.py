"""Calls at the same time: in threads, or in tasks of an event loop. Written by hand for both."""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable
from typing import Generic, Self, TypeVar

from rekog_versions.client import AsyncVersionsClient, VersionsClient

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Workers(Generic[ItemT, ResultT]):
    """Calls in threads.

    Args:
        client: The client, whose `sleep` pauses.
        work: Return the result for an item. Its exceptions are results too.
        most: The most calls at the same time.
    """

    def __init__(self, client: VersionsClient, work: Callable[[ItemT], ResultT], most: int) -> None:
        self._client, self._work, self._most = client, work, most
        self._items: queue.SimpleQueue[tuple[ItemT] | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[tuple[ItemT, ResultT | Exception]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._running = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for _thread in self._threads:
            self._items.put(None)
        for thread in self._threads:
            thread.join()

    def start(self, item: ItemT) -> None:
        """Start a call, of which at most `most` run."""
        self._running += 1
        if self._running > len(self._threads) and len(self._threads) < self._most:
            # not the threads of an executor: a future for each call costs as much as the decisions about it
            thread = threading.Thread(target=self._run, name="rekog_versions", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._items.put((item,))

    def _run(self) -> None:
        while (taken := self._items.get()) is not None:
            (item,) = taken
            try:
                result: ResultT | Exception = self._work(item)
            except Exception as error:  # noqa: BLE001  (the caller decides)
                result = error
            self._ended.put((item, result))

    def wait(self, seconds: float | None) -> list[tuple[ItemT, ResultT | Exception]]:
        """Wait for some seconds, or until a call has ended. Return the calls that have ended, if any."""
        if not self._running:
            self._client.sleep(seconds or 0.0)
            return []
        try:
            ended = [self._ended.get(timeout=seconds)]
        except queue.Empty:
            return []
        while not self._ended.empty():
            ended.append(self._ended.get())
        self._running -= len(ended)
        return ended

    def drain(self) -> list[tuple[ItemT, ResultT | Exception]]:
        """Wait for all calls, and return them."""
        ended: list[tuple[ItemT, ResultT | Exception]] = []
        while self._running:
            ended.extend(self.wait(None))
        return ended


class AsyncWorkers(Generic[ItemT, ResultT]):
    """Calls in tasks of the event loop; see `Workers`."""

    def __init__(self, client: AsyncVersionsClient, work: Callable[[ItemT], Awaitable[ResultT]], most: int) -> None:
        del most  # the caller starts no more
        self._client, self._work = client, work
        self._running: dict[asyncio.Task[ResultT | Exception], ItemT] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def start(self, item: ItemT) -> None:
        """Start a call."""
        self._running[asyncio.create_task(self._run(item))] = item

    async def _run(self, item: ItemT) -> ResultT | Exception:
        try:
            return await self._work(item)
        except Exception as error:  # noqa: BLE001  (the caller decides)
            return error

    async def wait(self, seconds: float | None) -> list[tuple[ItemT, ResultT | Exception]]:
        """Wait for some seconds, or until a call has ended. Return the calls that have ended, if any."""
        if not self._running:
            await self._client.sleep(seconds or 0.0)
            return []
        done, _ = await asyncio.wait(self._running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return [(self._running.pop(task), task.result()) for task in done]

    async def drain(self) -> list[tuple[ItemT, ResultT | Exception]]:
        """Wait for all calls, and return them."""
        ended: list[tuple[ItemT, ResultT | Exception]] = []
        while self._running:
            ended.extend(await self.wait(None))
        return ended
