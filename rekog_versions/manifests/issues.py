"""Issues of manifests: errors, warnings and hints, and the places that they concern."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.manifests.codes import CODES, HINTS, MESSAGES, NO_TEST_DATA, Code, Level, find_code

__all__ = [
    "CODES",
    "HINTS",
    "MESSAGES",
    "NO_TEST_DATA",
    "Code",
    "Issue",
    "Level",
    "Place",
    "find_code",
    "hint",
    "issue",
    "reported",
]

_PLACED_AT_METADATA = "ERROR_UNSUPPORTED_USE_CASE_TYPE"  # its message names the attribute
_LEAST_OVERLAP = "50"  # per cent; completes the messages about the overlap of labels
# characters of an issue that a report keeps: a line may have values of 4 MB anywhere
_LONGEST_TEXT = 1000
_LONGEST_STEP = 500

Place: TypeAlias = tuple[str | int, ...]
"""The path to a part of a line: () is the image, ("boxes",) an attribute, ("boxes-metadata",) its metadata, and
("boxes", "annotations", 2) its third box."""


@dataclass(frozen=True, slots=True)
class Issue(JsonResult):
    """An error, a warning or a hint, and the place that it concerns."""

    _derived = ("level", "fix")

    code: str
    """The code: ERROR_... or WARNING_... of the service, or HINT_... or REQUEST_... of this package."""
    message: str
    """The service's message, or ours for a code of ours. In reports, the name of an attribute in it is escaped and
    shortened, so that the message can be printed."""
    line: int | None = None
    """The number of the line in its file, counted from 1; None if the issue concerns whole manifests."""
    place: Place = ()
    """The part of the line that the issue concerns, with the names as they are in the line. In reports, names of more
    than 500 characters are cut."""
    file: str | None = None
    """The file: a path, an s3:// URI, or `<training>` or `<testing>` for a source without a name; None if not known."""
    detail: str = ""
    """The value that was found, in our words. In reports, text of the manifest in it is escaped and shortened."""

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
        known = find_code(self.code)
        return known.level if known else None

    @property
    def fix(self) -> str:
        """The next step to fix the issue; empty for an unknown code."""
        known = find_code(self.code)
        return known.fix if known else ""

    def __str__(self) -> str:
        """Return the issue on one line of text that is safe for a terminal."""
        file = f"{printable(self.file, 300)}, " if self.file else ""
        line = f"line {self.line:,}" if self.line is not None else ""
        place = " ".join(printable(step, 60) if isinstance(step, str) else str(step) for step in self.place)
        where = ", ".join(part for part in (f"{file}{line}".rstrip(", "), place) if part)
        detail = f" ({printable(self.detail, 400)})" if self.detail else ""
        fix = f" Fix: {self.fix}" if self.fix else ""
        return f"{where}{': ' if where else ''}{self.code}: {printable(self.message, 400)}{detail}{fix}"


def message_of(code: str, place: Place = ()) -> str:
    """Return the service's message for a code. The name of the attribute at `place` replaces a `{}` in it."""
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


def no_test_data() -> Issue:
    """Return the issue of a check without test data."""
    known = find_code(NO_TEST_DATA)
    return Issue(NO_TEST_DATA, known.message if known else "")


def reported(found: Issue, file: str | None = None) -> Issue:
    """Return an issue as reports hold it: its texts can be printed, and none of them is long.

    Args:
        found: The issue.
        file: The file of the issue; None keeps the file that it has.
    """
    return replace(
        found,
        message=printable(found.message, _LONGEST_TEXT),
        place=tuple(
            f"{step[:_LONGEST_STEP]}..." if isinstance(step, str) and len(step) > _LONGEST_STEP else step
            for step in found.place
        ),
        file=file or found.file,
        detail=printable(found.detail, _LONGEST_TEXT),
    )
