"""What is wrong with a manifest, and where."""

from dataclasses import dataclass
from typing import TypeAlias

from rekog_versions.manifests.codes import CODES, HINTS, MESSAGES, Code, Level

__all__ = ["CODES", "HINTS", "MESSAGES", "Code", "Issue", "Level", "Place", "hint", "issue"]

_PLACED_AT_METADATA = "ERROR_UNSUPPORTED_USE_CASE_TYPE"  # its message names the attribute
_LEAST_OVERLAP = "50"  # per cent; completes the messages about the overlap of labels

Place: TypeAlias = tuple[str | int, ...]
"""Where in a line: () is the image, ("boxes",) an attribute, ("boxes-metadata",) its metadata, and
("boxes", "annotations", 2) its third box."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An error, a warning or a hint, and what it concerns."""

    code: str
    """ERROR_... or WARNING_... of the service, or HINT_... of ours."""
    message: str
    """The service's message, to the letter; ours for a hint."""
    line: int | None = None
    """The JSON line, counted from 1 in its file; None if it concerns the whole manifest, or both."""
    place: Place = ()
    """What it concerns in the line."""
    file: str | None = None
    """The file: a path, an s3:// URI, or `<training>` and `<testing>` for what has no name; None where it is known."""
    detail: str = ""
    """Ours: what exactly was found, with the values. It may hold text of the manifest as it stands there."""

    @property
    def is_warning(self) -> bool:
        """Whether it doesn't count as an error."""
        return self.code.startswith(("WARNING_", "HINT_"))

    @property
    def is_hint(self) -> bool:
        """Whether it is ours and not the service's."""
        return self.code.startswith("HINT_")

    @property
    def level(self) -> Level | None:
        """What it is about; None if the code is not known here."""
        known = CODES.get(self.code) or HINTS.get(self.code)
        return known.level if known else None

    @property
    def fix(self) -> str:
        """What to do about it; empty if the code is not known here."""
        known = CODES.get(self.code) or HINTS.get(self.code)
        return known.fix if known else ""


def issue(code: str, line: int | None = None, *place: str | int, detail: str = "") -> Issue:
    """An issue of the service's that is known here; `{}` in its message stands for the attribute."""
    message = MESSAGES[code]
    if "{}" in message:
        attribute = str(place[0]) if place else _LEAST_OVERLAP
        if code == _PLACED_AT_METADATA:
            attribute = attribute.removesuffix("-metadata")
        # replace() and not format(): the attribute's name is untrusted text
        message = message.replace("{}", attribute)
    return Issue(code, message, line, place, None, detail)


def hint(code: str, line: int | None = None, *place: str | int, detail: str = "") -> Issue:
    """One of our hints."""
    return Issue(code, HINTS[code].message, line, place, detail=detail)
