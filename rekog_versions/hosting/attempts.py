"""Work that nothing interrupts: it runs in a thread of its own, and whoever waits for it waits to its end.

Ctrl-C, a cancelled task or a handler's exception would cut a call in two: a start of which nobody knows whether it
arrived, or a stop that is lost. So such calls are made in a thread that none of them reaches. They reach who waits, and
are handed on once the work is done.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

logger = logging.getLogger("rekog_versions")


class Gate:
    """Something that will be over once.

    Who waits registers a listener first and looks at `done` then; who ends it sets `done` first and calls the listeners
    then. There is no lock between them that an exception out of a signal handler could leave locked.
    """

    def __init__(self) -> None:
        self.done = False
        self.error: BaseException | None = None
        self._listeners: list[Callable[[], object]] = []
        self._interruption: BaseException | None = None

    def finish(self, error: BaseException | None = None) -> None:
        """Says that it is over, and how it went."""
        if self.done:
            return
        self.error = error
        self.done = True
        for tell in tuple(self._listeners):
            tell()

    def wait(self, *, to_the_end: bool = True) -> BaseException | None:
        """Waits to the end, whatever happens meanwhile; returns what interrupted the wait first.

        Args:
            to_the_end: Set it to False for what goes on by itself: the first interruption then ends the wait.
        """
        ended = threading.Lock()
        ended.acquire()
        self._listeners.append(ended.release)
        interruption = self._interruption
        while not self._is_over() and (to_the_end or interruption is None):
            try:
                if interruption is not None:
                    self._note(interruption)
                ended.acquire()
            except BaseException as error:  # noqa: BLE001  (handed on, later)
                interruption = interruption or error
        return interruption

    async def wait_async(self, *, to_the_end: bool = True) -> BaseException | None:
        """The same, without blocking the loop."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(ended.set)

        self._listeners.append(tell)
        interruption = self._interruption
        while not self._is_over() and (to_the_end or interruption is None):
            try:
                if interruption is not None:
                    self._note(interruption)
                await ended.wait()
            except asyncio.CancelledError as error:
                interruption = interruption or error
            except BaseException as error:  # noqa: BLE001  (the loop is going down: nothing can be awaited any more)
                return (self.wait() if to_the_end else None) or error
        return interruption

    def _is_over(self) -> bool:
        return self.done

    def _note(self, interruption: BaseException) -> None:
        """Says why nothing happens on an interruption."""


class Attempt(Gate):
    """Work in a thread of its own.

    Args:
        work: What to do; what it raises is kept in `error`.
        what: The work in words, for the log.
    """

    def __init__(self, work: Callable[[], object], what: str) -> None:
        super().__init__()
        self._work = work
        self._what = what
        self._claim = threading.Lock()
        self._thread: int | None = None

    def begin(self) -> "Attempt":
        """Starts the thread; without one, where the interpreter is going down and starts no more, does it here."""
        while True:
            try:
                threading.Thread(target=self._do, name="rekog_versions", daemon=False).start()
            except RuntimeError:
                self._do_here()
            except BaseException as error:  # noqa: BLE001  (Ctrl-C: nobody knows whether that thread runs)
                self._interruption = self._interruption or error
                continue
            return self

    def _do(self) -> None:
        if not self._claim.acquire(blocking=False):
            return
        self._thread = threading.get_ident()
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  (kept for who waits)
            self.finish(error)
        else:
            self.finish()

    def _do_here(self) -> None:
        while not self.done:
            try:
                self._work()
            except Exception as error:  # noqa: BLE001  (kept for who waits)
                self.finish(error)
            except BaseException as error:  # noqa: BLE001  (Ctrl-C: the work is begun again)
                self._note(error)
            else:
                self.finish()

    def _is_over(self) -> bool:
        # the collector may close a forgotten generator in any thread, in this one too: it can't wait for itself
        return self.done or threading.get_ident() == self._thread

    def _note(self, interruption: BaseException) -> None:
        logger.warning("%s comes when %s is done", type(interruption).__name__, self._what)
