"""Notes and marks on exceptions, and warnings."""

import inspect
import warnings
from typing import TypeVar

ErrorT = TypeVar("ErrorT", bound=BaseException)
_OUTCOME_UNKNOWN = "rekog_versions_outcome_unknown"


def noted(error: ErrorT, note: str) -> ErrorT:
    """Add a note to an exception, unless it has the note already, and return the exception."""
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)
    return error


def noted_only(error: ErrorT, note: str) -> ErrorT:
    """Replace the notes of an exception by one note, and return the exception."""
    error.__notes__ = [note]
    return error


def set_outcome_unknown(error: ErrorT) -> ErrorT:
    """Mark an exception: the service may have carried out the call that raised it. Returns the exception."""
    error.__dict__[_OUTCOME_UNKNOWN] = True
    return error


def may_have_been_carried_out(error: BaseException) -> bool:
    """Return True if the service may have carried out the call that raised `error`.

    Creates, copies, starts, stops and deletions mark their exceptions if the response was lost, or if the call was
    interrupted, and no lookup showed the outcome. A note on the exception says what may be the case and how to check.
    botocore's own exceptions lose the mark and the note when they are pickled.
    """
    return bool(error.__dict__.get(_OUTCOME_UNKNOWN, False))


def warn(message: str) -> None:
    """Issue a `UserWarning` for the line of the caller that is outside of this package."""
    frame, level = inspect.currentframe(), 1  # `skip_file_prefixes` needs Python 3.12
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "rekog_versions":
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)
