"""The result of a command to the owner of the models, and how threads and tasks wait for it."""

import asyncio
import logging
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Generic, TypeVar, cast

logger = logging.getLogger("rekog_versions")

WAKE_PERIOD = 1.0
"""Seconds after which a waiting thread wakes up, so that no signal and no wake-up call is missed."""

T = TypeVar("T")


class Reply(Generic[T]):
    """The result of a command, for the thread or task that waits for it.

    A waiting thread registers its lock first and checks `is_set` then; `set` sets `is_set` first and releases the locks
    then. No lock is shared that an exception from a signal handler could leave locked.

    Args:
        never_wait_in: The threads that set replies. The garbage collector can end a use in one of them, which must not
            wait for itself.
    """

    def __init__(self, never_wait_in: Collection[int] = ()) -> None:
        self.is_set = False
        self._never_wait_in = never_wait_in
        self._result: T | None = None
        self._error: BaseException | None = None
        self._wakers: list[Callable[[], object]] = []

    def set(self, result: T) -> None:
        """Set the result, unless the reply is set already."""
        if not self.is_set:
            self._result = result
            self._finish()

    def fail(self, error: BaseException) -> None:
        """Set an error, which `get` raises, unless the reply is set already."""
        if not self.is_set:
            self._error = error
            self._finish()

    def _finish(self) -> None:
        self.is_set = True
        for wake in tuple(self._wakers):
            wake()

    def result(self) -> T:
        """Return the result, or raise the error."""
        if self._error is not None:
            raise self._error
        return cast("T", self._result)

    def get(self) -> T:
        """Wait for the result. An interruption ends the wait."""
        self._block()
        return self.result()

    async def get_async(self) -> T:
        """Wait for the result without blocking the event loop. A cancellation ends the wait."""
        await self._block_async()
        return self.result()

    def wait(self, work: str) -> BaseException | None:
        """Wait until the reply is set, and return the first interruption instead of raising it.

        Args:
            work: A sentence for the log that describes the end of the wait.
        """
        interruption: BaseException | None = None
        has_logged = False
        while not self.is_set:
            try:  # no call is outside of the `try`, because each call can be interrupted
                if threading.get_ident() in self._never_wait_in:
                    break
                if interruption is not None and not has_logged:
                    has_logged = True
                    logger.warning("%s was received; waiting until %s", type(interruption).__name__, work)
                self._block()
            except BaseException as error:  # noqa: BLE001  (returned)
                interruption = interruption or error
        return interruption

    async def wait_async(self, work: str) -> BaseException | None:
        """Do the same without blocking the event loop."""
        interruption: BaseException | None = None
        while not self.is_set and threading.get_ident() not in self._never_wait_in:
            try:
                if interruption is not None and not isinstance(interruption, asyncio.CancelledError):
                    self.wait(work)  # the loop is ending, so nothing can be awaited
                else:
                    await self._block_async()
            except BaseException as error:  # noqa: BLE001  (returned)
                interruption = interruption if isinstance(error, asyncio.CancelledError) and interruption else error
        return interruption

    def _block(self) -> None:
        arrived = threading.Lock()
        arrived.acquire()
        self._wakers.append(arrived.release)
        while not self.is_set:
            arrived.acquire(timeout=WAKE_PERIOD)

    async def _block_async(self) -> None:
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop was closed
                loop.call_soon_threadsafe(arrived.set)

        self._wakers.append(wake)
        try:
            while not self.is_set:
                # an interruption of the event loop can lose the call of `arrived.set`
                with suppress(TimeoutError):
                    async with asyncio.timeout(WAKE_PERIOD):
                        await arrived.wait()
        finally:
            self._wakers.remove(wake)  # a cancelled scope of anyio cancels the wait in every turn of the loop
