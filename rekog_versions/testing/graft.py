"""The graft: moto's rekognition hands the operations that are ours to us.

moto has no plugins, so one attribute of it is replaced, `RekognitionResponse._dispatch`. It is looked up at each
request, so the graft takes and goes at any time, even on a server that already answers.
"""

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import moto
from moto.core.utils import camelcase_to_underscores
from moto.rekognition.responses import RekognitionResponse

from rekog_versions.testing.responses import OPERATIONS, CustomLabelsResponse

# ruff: noqa: SLF001 - `_dispatch` is private to moto, and the whole point of this module
_moto_response: Any = RekognitionResponse  # Any, so that its method can be replaced

# moto answers it with always the same labels; to go before that is no surprise to anybody
_CANNED = frozenset({"DetectCustomLabels"})


class _Graft:
    """What is put over moto's method, once; a later one is another, so that they can lie over one another."""

    def __init__(self) -> None:
        self.below: Any = _moto_response._dispatch
        self.is_active = True

        def dispatch(
            response: RekognitionResponse, request: Any, full_url: str | None = None, headers: Any = None
        ) -> Any:
            action = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
            if self.is_active and action in OPERATIONS:
                return CustomLabelsResponse.dispatch(request, full_url, headers)
            return self.below(response, request, full_url, headers)

        self.dispatch = dispatch
        _moto_response._dispatch = dispatch

    def remove(self) -> None:
        self.is_active = False
        if _moto_response._dispatch is self.dispatch:
            _moto_response._dispatch = self.below


_lock = Lock()
_users = 0
_graft: _Graft | None = None


def install() -> None:
    """Installs the graft; installed already, it counts one user more.

    Warns if moto brings one of the operations itself: the graft goes before it.
    """
    global _users, _graft  # noqa: PLW0603 - moto has one such method for the whole process, so this is one, too
    with _lock:
        if _graft is None:
            _warn_if_moto_has_them()
            _graft = _Graft()
        _users += 1


def uninstall() -> None:
    """Takes one user away, and with the last the graft.

    If somebody else has put something over it since, theirs stays, and the graft below it passes everything on.

    Raises:
        RuntimeError: It isn't installed.
    """
    global _users, _graft  # noqa: PLW0603
    with _lock:
        if _graft is None:
            raise RuntimeError("the graft is not installed")
        _users -= 1
        if _users == 0:
            _graft.remove()
            _graft = None


@contextmanager
def installed() -> Generator[None, None, None]:
    """Installs the graft for a block, without starting moto's mocks: for a server."""
    install()
    try:
        yield
    finally:
        uninstall()


def _warn_if_moto_has_them() -> None:
    theirs = [
        name
        for name in OPERATIONS
        if name not in _CANNED and hasattr(RekognitionResponse, camelcase_to_underscores(name))
    ]
    if theirs:
        warnings.warn(
            f"moto {moto.__version__} implements {', '.join(theirs)} itself; the emulation of rekog_versions goes "
            "before it. Ask for a rekog_versions that knows this moto",
            UserWarning,
            stacklevel=2,
        )
