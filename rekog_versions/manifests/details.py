"""Describe values of a line, for the details of its issues: in few words, escaped, and never whole lists or objects."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from rekog_versions._text import shown
from rekog_versions.manifests.boxes import Box, Frame
from rekog_versions.manifests.limits import LONGEST_BUCKET, LONGEST_KEY

ADDED_BY_SERVICE = frozenset({"cl-metadata", "cl-errors", "cl-warnings", "errors", "warnings"})
"""The members that the service adds to the lines of datasets and of validation manifests."""
MODERATION = "content-moderation-groundtruth"
"""The member with the labels of a line for Custom Moderation. It has no metadata."""

_MOST_NAMES = 5
_LONGEST_REPARSED = 200_000  # characters of a broken line that are parsed again
_LARGEST_SHOWN = 10**20
_LONGEST_FRACTION = 1  # sides of a box up to this may be fractions of the image
_COCO = {"images", "annotations"}


def described(value: object) -> str:
    """Return a value in few words. Lists and objects are not shown: they may be as large as the line."""
    match value:
        case None:
            return "missing"
        case str():
            return shown(value) if value else "empty"
        case bool() | float():
            return json.dumps(value)
        case int():
            return str(value) if abs(value) < _LARGEST_SHOWN else "a number that is too large"
        case dict():
            return "an object"
        case _:
            return "a list"


def mistyped(value: object, wanted: str) -> str:
    """Describe a value that is missing or has the wrong type.

    Args:
        value: The value.
        wanted: The type as text, such as `a number`.
    """
    if value is None or value == "":
        return described(value)
    if wanted == "a number" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{described(value)}, out of range"
    return f"{described(value)}, not {wanted}"


def listed(names: Iterable[str]) -> str:
    """Return the first names, separated by commas."""
    some = list(islice(names, _MOST_NAMES + 1))
    return ", ".join(some[:_MOST_NAMES]) + (", ..." if len(some) > _MOST_NAMES else "")


def wrong_source_ref(value: object) -> str:
    """Describe an invalid `source-ref`."""
    if not isinstance(value, str):
        return f"source-ref is {mistyped(value, 'a string')}"
    bucket, _, key = value.removeprefix("s3://").partition("/")
    if value.startswith("s3://"):
        for name, part, most in (("bucket", bucket, LONGEST_BUCKET), ("key", key, LONGEST_KEY)):
            if len(part) > most:
                return f"its {name} has {len(part):,} characters; S3 allows {most:,}"
    return f"source-ref is {described(value)}"


def missing_source_ref(entry: Mapping[str, Any]) -> str:
    """Describe the object that lacks a `source-ref`, if it is of a known kind."""
    if "source-ref" in entry:
        return "source-ref is null"
    if entry.keys() >= _COCO:
        return "it is a COCO file, not a line of a manifest: convert it with from_coco()"
    if entry and entry.keys() <= ADDED_BY_SERVICE:
        return "the service wrote it in place of an invalid line: take the line from your own manifest"
    similar = [name for name in entry if len(name) < len("source-ref") * 2 and _plain(name) in ("sourceref", "source")]
    return f"it has {listed(map(shown, similar))} instead" if similar else ""


def _plain(name: str) -> str:
    return "".join(filter(str.isalpha, name)).casefold()


def halves_of_pairs(entry: Mapping[str, Any]) -> str:
    """List the members of a line that lack the other half of a label attribute."""
    if MODERATION in entry:
        return f"{MODERATION} is for Custom Moderation: pass feature='CONTENT_MODERATION' if the project is for it"
    return listed(
        f"{shown(name)} lacks its {'attribute' if name.endswith('-metadata') else 'metadata'}"
        for name in entry
        if name != "source-ref" and name not in ADDED_BY_SERVICE
    )


def sides(box: Box, frame: Frame) -> str:
    """Describe an invalid box and the size of its image."""
    text = (
        f"left {box.left}, top {box.top}, width {box.width}, height {box.height}; "
        f"the image is {frame.width} x {frame.height}"
    )
    if all(0 <= side <= _LONGEST_FRACTION for side in (box.left, box.top, box.width, box.height)):
        text += ". If these are fractions of the image, multiply them by its sides: boxes are given in pixels"
    return text


def missing_class_ids(boxes: Sequence[tuple[object, Box]], class_map: Mapping[str, str]) -> str:
    """List the class ids of boxes that are not in the class map."""
    missing = dict.fromkeys(f"'{class_id}'" for class_id, _ in boxes if str(class_id) not in class_map)
    return f"{listed(missing)}; the class-map has {len(class_map)}"


def why_no_object(text: str) -> str:
    """Describe a line that is not a JSON object."""
    if not text.strip():
        return "a blank line"
    if len(text) > _LONGEST_REPARSED:
        return f"{len(text):,} characters"
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return f"{error.msg[0].lower()}{error.msg[1:]} at character {error.pos + 1:,}"
    except (ValueError, RecursionError):
        return "a number is too large, or the nesting is too deep"
    if isinstance(value, dict):
        return "NaN and Infinity are not valid JSON"
    return f"{'null' if value is None else described(value)}, not an object"
