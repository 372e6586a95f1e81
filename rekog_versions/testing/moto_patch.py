"""The patch of moto: it passes the operations of Custom Labels to the emulation.

moto has no plugins, so one attribute is replaced: `RekognitionResponse._dispatch`. moto reads it at each request. So
the patch can be installed and removed at any time, even while a server runs.
"""

import gzip
import warnings
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

import moto
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.rekognition.responses import RekognitionResponse

from rekog_versions._text import printable
from rekog_versions.testing.backend import custom_labels_backends
from rekog_versions.testing.exceptions import (
    CustomLabelsError,
    InvalidSignatureException,
    SerializationException,
    UnknownOperationException,
    error_response,
)
from rekog_versions.testing.responses import OPERATIONS, CustomLabelsResponse

# ruff: noqa: SLF001 - `_dispatch` is private to moto
_moto_response: Any = RekognitionResponse  # Any, so that its method can be replaced

# moto has a fixed response for this operation; the emulation replaces it without a warning
_KNOWN_TO_MOTO = frozenset({"DetectCustomLabels"})


_UNREADABLE = (UnicodeDecodeError, gzip.BadGzipFile, EOFError, zlib.error)
_NOT_EMULATED = "The operation {} is not emulated: neither rekog_versions nor moto implements it"


def _check_request(action: str, region: str) -> None:
    """Check the operation and the region of a request, for which moto raises exceptions that no client understands."""
    if action not in _known_operations():
        raise UnknownOperationException(f"Rekognition has no operation '{printable(action, 80)}'")
    try:
        custom_labels_backends[DEFAULT_ACCOUNT_ID][region]
    except KeyError:
        raise InvalidSignatureException(
            f"Credential should be scoped to a valid region, and Rekognition is not in '{printable(region, 80)}'"
        ) from None


@cache
def _known_operations() -> frozenset[str]:
    model: Any = get_service_model("rekognition")
    return frozenset(model.operation_names)


class _Patch:
    """One replacement of moto's method. Later ones can be put over it, by this project or by other code."""

    def __init__(self) -> None:
        self._replaced: Any = _moto_response._dispatch
        self._is_active = True

        def dispatch(
            response: RekognitionResponse, request: Any, full_url: str | None = None, headers: Any = None
        ) -> Any:
            if not self._is_active:
                return self._replaced(response, request, full_url, headers)
            action = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
            try:
                _check_request(action, response.get_region_from_url(request, full_url or request.raw_url))
                if action in OPERATIONS:
                    return CustomLabelsResponse.dispatch(request, full_url, headers)
                return self._replaced(response, request, full_url, headers)
            except NotImplementedError:
                return error_response(UnknownOperationException(_NOT_EMULATED.format(action)))
            except _UNREADABLE as error:
                return error_response(SerializationException(f"The request's body cannot be decoded: {error}"))
            except CustomLabelsError as error:
                return error_response(error)

        self._dispatch = dispatch
        _moto_response._dispatch = dispatch

    def remove(self) -> None:
        self._is_active = False
        if _moto_response._dispatch is self._dispatch:
            _moto_response._dispatch = self._replaced


class _SharedPatch:
    """The patch of this process. It is there while at least one user needs it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._patch: _Patch | None = None

    def install(self) -> None:
        with self._lock:
            if self._patch is None:
                _warn_of_moto_operations()
                self._patch = _Patch()
            self._users += 1

    def uninstall(self) -> None:
        with self._lock:
            if self._patch is None:
                raise RuntimeError("the patch of moto is not installed")
            self._users -= 1
            if self._users == 0:
                self._patch.remove()
                self._patch = None


_shared = _SharedPatch()


def install() -> None:
    """Install the patch, or count one more user if it is installed already.

    Warns if moto implements one of the operations itself. The emulation is used anyway.
    """
    _shared.install()


def uninstall() -> None:
    """Count one user less, and remove the patch with the last one.

    If other code has replaced the method since, its replacement stays, and the patch below it passes everything on.

    Raises:
        RuntimeError: The patch is not installed.
    """
    _shared.uninstall()


@contextmanager
def installed() -> Generator[None, None, None]:
    """Install the patch for a block without starting moto's mocks, for a server."""
    install()
    try:
        yield
    finally:
        uninstall()


def _warn_of_moto_operations() -> None:
    implemented = [
        name
        for name in OPERATIONS
        if name not in _KNOWN_TO_MOTO and hasattr(RekognitionResponse, camelcase_to_underscores(name))
    ]
    if implemented:
        warnings.warn(
            f"moto {moto.__version__} implements {', '.join(implemented)} itself; rekog_versions uses its own "
            "emulation instead. Install a version of rekog_versions that supports this moto",
            UserWarning,
            stacklevel=2,
        )
