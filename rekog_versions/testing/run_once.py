"""Work that runs once, however many threads need its result."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

_T = TypeVar("_T")


class RunOnce(Generic[_T]):
    """A result that the first caller computes without a lock, while the other callers wait for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._result: Future[_T] | None = None

    def get(self, compute: Callable[[], _T]) -> _T:
        """Return the result, and compute it if no caller has done so yet.

        Args:
            compute: Computes the result. If it raises, the waiting callers get the same error, and the next call tries
                again.
        """
        with self._lock:
            result, is_first = self._result, self._result is None
            if result is None:
                result = self._result = Future()
        if is_first:
            try:
                result.set_result(compute())
            except BaseException as error:
                self._result = None
                result.set_exception(error)
                raise
        return result.result()

    @property
    def result(self) -> _T | None:
        """The result, or None until it is computed."""
        result = self._result
        return result.result() if result is not None and result.done() and result.exception() is None else None
