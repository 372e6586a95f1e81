"""Interruptions at function calls.

Python runs signal handlers when it calls a function, and their exceptions look as if the call had raised them. A
profile function that raises KeyboardInterrupt does the same at a chosen call. A trace function does it a second time.
"""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rekog_versions

PACKAGE = str(Path(rekog_versions.__file__).parent)


class Calls:
    """Count the function calls of this thread, and raise KeyboardInterrupt at one of them.

    Args:
        folders: Only calls of functions in these files and folders count.
        interrupted: The number of the call, from 1; None for no interruption.
        has_begun: Calls count once it returns True.
        cancel: Called instead of raising KeyboardInterrupt. The calls of generators and coroutines count then too.
    """

    def __init__(
        self,
        folders: tuple[str, ...],
        interrupted: int | None,
        has_begun: Callable[[], object] = lambda: True,
        cancel: Callable[[], object] | None = None,
    ) -> None:
        self.count = 0
        self._folders, self._interrupted, self._has_begun, self._cancel = folders, interrupted, has_begun, cancel

    def __call__(self, frame: Any, event: str, argument: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(self._folders) or not self._has_begun():
            return
        # a real interruption of a generator is raised inside of it, but Python 3.11 raises this one in its caller
        if self._cancel is None and code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE):
            return
        self.count += 1
        if self.count == self._interrupted:
            if self._cancel is None:
                raise KeyboardInterrupt
            self._cancel()
