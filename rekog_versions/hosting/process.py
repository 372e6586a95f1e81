"""The models of this process: their owner, and every way in which a use can end without the help of its code.

A use ends when its `with` block ends, when its objects are collected, and when the process exits. Some limits remain,
which no Python program can remove:

- `kill -9`, `os._exit`, a crash of the interpreter or the machine, and SIGTERM without a handler leave the model
  running.
- An exception from a signal handler can leave a lock of the standard library locked, such as those of `logging` and of
  urllib3's connection pool. That takes a signal within about a microsecond of a call that takes the lock. The thread
  that stops the model can then block.
- `contextlib.ExitStack`, `asyncio.run` and other code between a use and this module can be interrupted before it calls
  `__exit__`. The model is then stopped when the objects are collected, at the latest when the interpreter exits.
"""

import atexit
import functools
import os
import sys
import threading
import weakref
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from rekog_versions.client import AsyncVersionsClient, VersionsClient
from rekog_versions.hosting.costs import Stopwatch
from rekog_versions.hosting.owner import Owner
from rekog_versions.hosting.session import Use, key_of

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_AFTER_OTHER_FINALIZERS = -100


def owner() -> Owner:
    """Return the owner of the models of this process. A forked child has its own, without any models."""
    if _Process.owner.pid != os.getpid():
        reset()
    return _Process.owner


def reset() -> None:
    """Give the process a new owner without any models, and restore the signal handlers."""
    _Process.owner.signals.forget()
    _Process.owner = Owner(_stop_at_the_exit_of_a_multiprocessing_child)


def stopwatch_of(client: VersionsClient | AsyncVersionsClient, version_arn: str) -> Stopwatch | None:
    """Return the stopwatch of a model that this process has started; None for other models."""
    model = owner().models.get(key_of(client, version_arn))
    return model.stopwatch if model is not None and model.was_started_here else None


def used_at_of(client: VersionsClient | AsyncVersionsClient, version_arn: str) -> datetime | None:
    """Return when this process used a model last; None if it did not."""
    model = owner().models.get(key_of(client, version_arn))
    return None if model is None else model.used_at


def blocking_client(client: VersionsClient | AsyncVersionsClient) -> VersionsClient:
    """Return a client whose calls block, for the threads of the models.

    Raises:
        TypeError: The client has no boto3 client, whose calls block.
    """
    if isinstance(client, VersionsClient):
        return client
    try:
        return VersionsClient(client.rekognition, clock=client.clock)
    except TypeError as error:
        raise TypeError(
            "running() stops models from a thread, so it needs a client whose calls block: pass "
            "AsyncVersionsClient(boto3.client('rekognition'))"
        ) from error


# The end of a `with` block


class Holder(Protocol):
    """A context manager with a method that `exit_method` decorates."""

    exit_reference: "weakref.ref[Callable[..., Any]] | None"


def exit_method(function: FunctionT) -> FunctionT:
    """Turn a method into an `__exit__` or `__aexit__` method that ends the use even if a signal prevents its call.

    Python checks for signals when it calls a function, before the function's first instruction. The `with` statement
    holds the only reference to the callable that the method's descriptor returns. It drops the reference when the block
    ends, however that happens, and the use ends then.
    """
    return cast("FunctionT", _ExitMethod(function))


class _ExitMethod:
    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __get__(self, holder: Holder | None, kind: type | None = None) -> Callable[..., Any]:
        if holder is None:
            return self._function
        method = functools.partial(self._function, holder)
        holder.exit_reference = weakref.ref(method)
        return method


def leave_when_dropped(use: Use, holder: Holder) -> None:
    """End a use when its context manager is collected, or when the `with` statement drops the exit method."""
    use.leave_when_collected(holder)
    method = None if holder.exit_reference is None else holder.exit_reference()
    if method is not None:
        use.leave_when_collected(method)


# The end of the process


def _at_exit() -> None:
    failures = owner().close()
    if failures:  # the interpreter prints the exception
        raise failures[0] if len(failures) == 1 else ExceptionGroup("models could not be stopped", failures)


def _stop_at_the_exit_of_a_multiprocessing_child() -> None:
    """Register the exit handler in a child process of `multiprocessing`, where the handlers of `atexit` do not run."""
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        from multiprocessing.util import Finalize  # noqa: PLC0415  (only children need it)

        Finalize(None, _at_exit_of_child, exitpriority=_AFTER_OTHER_FINALIZERS)
        # a signal can end the finalizers early, and a child of `multiprocessing` then still calls `threading._shutdown`
        register: Callable[[Callable[[], object]], object] | None = getattr(threading, "_register_atexit", None)
        if register is not None:
            register(_at_exit_of_child)


def _at_exit_of_child() -> None:
    for thread in threading.enumerate():  # as the interpreter does before the handlers of `atexit`
        if not thread.daemon and thread is not threading.current_thread():
            thread.join()
    _at_exit()


class _Process:
    """The only state of this package that belongs to the whole process."""

    owner = Owner(_stop_at_the_exit_of_a_multiprocessing_child)


for _ in range(2):  # Ctrl-C can prevent the call of a handler
    atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=reset)
