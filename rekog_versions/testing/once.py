"""Work that is done once, by whoever asks first, with no lock held while it lasts."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Once(Generic[_T]):
    """A result that the first who asks makes and the others wait for."""

    def __init__(self) -> None:
        self._claim = Lock()
        self._result: Future[_T] | None = None

    def get(self, make: Callable[[], _T]) -> _T:
        """The result; makes it if nobody has.

        Args:
            make: Makes it. If that fails, those who wait learn of it, and the next who asks tries again.
        """
        with self._claim:
            result, mine = self._result, self._result is None
            if result is None:
                result = self._result = Future()
        if mine:
            try:
                result.set_result(make())
            except BaseException as error:
                # a fault of the emulation or an interrupt
                self._result = None
                result.set_exception(error)
                raise
        return result.result()
