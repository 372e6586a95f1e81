"""Something that is done once, however many threads look at the same time."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Once(Generic[_T]):
    """A result that the first who asks makes, without a lock; whoever asks meanwhile waits for it."""

    def __init__(self) -> None:
        self._claim = Lock()
        self._result: Future[_T] | None = None

    def get(self, make: Callable[[], _T]) -> _T:
        """The result, made now if nobody has made it yet.

        Args:
            make: Makes it. What it raises, those who wait meanwhile learn too; the next who asks tries again.
        """
        with self._claim:
            result, mine = self._result, self._result is None
            if result is None:
                result = self._result = Future()
        if mine:
            try:
                result.set_result(make())
            except BaseException as error:
                self._result = None
                result.set_exception(error)
                raise
        return result.result()

    @property
    def made(self) -> _T | None:
        """The result; None while nobody has made it."""
        result = self._result
        return result.result() if result is not None and result.done() and result.exception() is None else None
