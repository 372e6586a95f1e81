"""SIGTERM and SIGHUP end a process at once: no `finally`, no `atexit`. While models run, they end the work first.

Only in the main thread, only where the handler is the default one, and only as long as somebody wants it: then the
default is put back, and the signal is raised again, so that the process ends with the status that it would have had.
Only the main thread can put it back; where another one is the last to leave, the handler stays and acts as the default.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

logger = logging.getLogger("rekog_versions")

SIGNALS = tuple(
    number for number in (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")) if number is not None
)


class Terminated(SystemExit):
    """What a signal raises in the main thread, so that every `with` and `finally` on the way out does its work."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


class Handler:
    """One for the process: installed with its first user, gone with its last."""

    def __init__(self) -> None:
        self._users: dict[object, Callable[[], bool] | None] = {}
        self._replaced: list[int] = []
        self._received = 0

    def join(self, user: object, tell: Callable[[], bool] | None = None) -> None:
        """Handles signals from now on, if this is the main thread.

        Args:
            user: Who wants it.
            tell: What to call, in the handler, to end the work, and says whether there was somebody to tell; without
                it, or if there was not, `Terminated` is raised.
        """
        if not _is_main_thread():
            return
        self._users[user] = tell
        for number in SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._handle)
                self._replaced.append(number)

    def leave(self, user: object, before_the_end: Callable[[], object]) -> None:
        """Handles no signals any more, unless others want it; ends the process if one came.

        Args:
            user: Who wanted it.
            before_the_end: What is still to be done, if this is the end.
        """
        if user not in self._users:
            return
        del self._users[user]
        if self._users:
            return
        received, self._received = self._received, 0
        if received:
            logger.warning("%s ends this process, now that its models are seen to", signal.Signals(received).name)
            before_the_end()
        self._restore()
        if received:
            for stream in (sys.stdout, sys.stderr):
                with suppress(AttributeError, OSError, ValueError):  # there is none, or nobody reads it
                    stream.flush()
            signal.raise_signal(received)

    def forget(self) -> None:
        """Leaves signals to the default, as the forked child of a process that did not."""
        self._users = {}
        self._received = 0
        self._restore()

    def _restore(self) -> None:
        if not _is_main_thread():
            return
        for number in self._replaced:
            if signal.getsignal(number) == self._handle:
                signal.signal(number, signal.SIG_DFL)
        self._replaced = []

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  (a handler's signature)
        if not self._users:  # the last one has left in another thread
            self._restore()
            signal.raise_signal(number)
            return
        self._received = number
        told = [tell is not None and tell() for tell in tuple(self._users.values())]
        if not all(told):
            raise Terminated(number)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


handler = Handler()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=handler.forget)
