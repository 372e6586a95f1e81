"""Issues of manifests: errors, warnings and hints, and the places that they concern."""

from dataclasses import dataclass
from typing import TypeAlias

from rekog_versions.manifests.codes import CODES, HINTS, MESSAGES, Code, Level

__all__ = ["CODES", "HINTS", "MESSAGES", "Code", "Issue", "Level", "Place", "hint", "issue"]

_PLACED_AT_METADATA = "ERROR_UNSUPPORTED_USE_CASE_TYPE"  # its message names the attribute
_LEAST_OVERLAP = "50"  # per cent; completes the messages about the overlap of labels

Place: TypeAlias = tuple[str | int, ...]
"""The path to a part of a line: () is the image, ("boxes",) an attribute, ("boxes-metadata",) its metadata, and
("boxes", "annotations", 2) its third box."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An error, a warning or a hint, and the place that it concerns."""

    code: str
    """The code: ERROR_... or WARNING_... of the service, or HINT_... of this package."""
    message: str
    """The service's message, verbatim; for a hint, our message."""
    line: int | None = None
    """The number of the line in its file, counted from 1; None if the issue concerns whole manifests."""
    place: Place = ()
    """The part of the line that the issue concerns."""
    file: str | None = None
    """The file: a path, an s3:// URI, or `<training>` or `<testing>` for a source without a name; None if not known."""
    detail: str = ""
    """The value that was found, in our words. It may contain text of the manifest that is not escaped."""

    @property
    def is_warning(self) -> bool:
        """True if the issue is not an error: a warning or a hint."""
        return self.code.startswith(("WARNING_", "HINT_"))

    @property
    def is_hint(self) -> bool:
        """True if the issue is one of our hints and not from the service."""
        return self.code.startswith("HINT_")

    @property
    def level(self) -> Level | None:
        """The part of a manifest that the issue concerns; None for an unknown code."""
        known = CODES.get(self.code) or HINTS.get(self.code)
        return known.level if known else None

    @property
    def fix(self) -> str:
        """The next step to fix the issue; empty for an unknown code."""
        known = CODES.get(self.code) or HINTS.get(self.code)
        return known.fix if known else ""


def message_of(code: str, place: Place = ()) -> str:
    """Return the service's message for a code. The attribute at `place` replaces a `{}` in it."""
    message = MESSAGES[code]
    if "{}" in message:
        attribute = str(place[0]) if place else _LEAST_OVERLAP
        if code == _PLACED_AT_METADATA:
            attribute = attribute.removesuffix("-metadata")
        # replace() and not format(): the attribute's name is untrusted text
        message = message.replace("{}", attribute)
    return message


def issue(code: str, line: int | None = None, *place: str | int, detail: str = "") -> Issue:
    """Return an issue with a code of the service."""
    return Issue(code, message_of(code, place), line, place, None, detail)


def hint(code: str, line: int | None = None, *place: str | int, detail: str = "") -> Issue:
    """Return an issue with the code of one of our hints."""
    return Issue(code, HINTS[code].message, line, place, detail=detail)
