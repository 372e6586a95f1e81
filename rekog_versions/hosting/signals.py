"""Stop models on SIGTERM and SIGHUP, which by default end a process without running `finally` or `atexit`.

While a use of a model wants it, the default handler is replaced in the main thread. The new handler ends the work as an
exception does. When the last use has ended, the default handler is restored and the signal is raised again, so that the
process ends with the status that it would have had. A handler that the program has installed is never replaced.
"""

import asyncio
import logging
import signal
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Protocol

logger = logging.getLogger("rekog_versions")

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(SystemExit):
    """A signal was received. Raised in the main thread, so that every `with` and `finally` statement is executed."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


class _Use(Protocol):
    has_left: bool


class SignalHandler:
    """The handler of a process. It is installed for the first use and removed after the last.

    Only the main thread can install and remove it. If another thread leaves last, the handler stays and acts like the
    default one.
    """

    def __init__(self) -> None:
        self._uses: dict[_Use, Callable[[], bool] | None] = {}
        self._received = 0

    def add(self, use: _Use, cancel: Callable[[], bool] | None = None) -> None:
        """Handle signals for a use, if this is the main thread.

        Args:
            use: The use.
            cancel: Cancel the work of the use, and return whether there was any. The handler calls it instead of
                raising `Terminated`.
        """
        if not _is_main_thread():
            return
        self._uses[use] = cancel
        for number in SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._handle)

    def remove(self, use: _Use, close: Callable[[], object]) -> None:
        """Handle no more signals for a use. After the last one, end the process if a signal was received.

        Args:
            use: The use.
            close: Called before the process ends.
        """
        if use not in self._uses:
            return
        del self._uses[use]
        if self._has_uses():
            return
        received, self._received = self._received, 0
        if received:
            logger.warning("ending this process because of %s", signal.Signals(received).name)
            close()
        self._restore()
        if received:
            for stream in (sys.stdout, sys.stderr):
                with suppress(AttributeError, OSError, ValueError):  # it is missing or closed
                    stream.flush()
            signal.raise_signal(received)

    def forget(self) -> None:
        """Restore the default handlers in a forked child."""
        self._uses = {}
        self._received = 0
        self._restore()

    def _has_uses(self) -> bool:
        # an interrupted use may have been left without `remove`
        self._uses = {use: cancel for use, cancel in self._uses.items() if not use.has_left}
        return bool(self._uses)

    def _restore(self) -> None:
        if not _is_main_thread():
            return
        for number in SIGNALS:
            if signal.getsignal(number) == self._handle:
                signal.signal(number, signal.SIG_DFL)

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  (a handler's signature)
        if not self._uses:  # the last use ended in another thread
            self._restore()
            signal.raise_signal(number)
            return
        self._received = number
        was_cancelled = [cancel is not None and cancel() for cancel in tuple(self._uses.values())]
        if not all(was_cancelled):
            raise Terminated(number)


def canceller() -> Callable[[], bool] | None:
    """Return a function that cancels the current task; None outside of a task."""
    task = asyncio.current_task()
    if task is None:
        return None
    reference = weakref.ref(task)  # a task that was left behind must be collected, so that its use ends

    def cancel() -> bool:
        task = reference()
        if task is None or task.done() or not task.get_loop().is_running():
            return False
        task.get_loop().call_soon_threadsafe(task.cancel)
        return True

    return cancel


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
