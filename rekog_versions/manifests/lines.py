"""Reading one line of a manifest: the image, its labels and boxes, and what is wrong with them."""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NoReturn, TypeAlias, cast

from rekog_versions.manifests.boxes import PIXEL, Box, Frame
from rekog_versions.manifests.issues import Issue, issue
from rekog_versions.manifests.limits import LONGEST_LABEL, MOST_BOXES, SCALED_SIDE

SOURCE_REF = re.compile(r"s3://[^/]+/.+", re.DOTALL)
"""What a `source-ref` looks like."""
_DEPTH = 3  # channels, where a line doesn't say
_ATTRIBUTE_FORMAT = "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"
_METADATA_FORMAT = "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"
_LABEL_LENGTH = "ERROR_INVALID_LABEL_NAME_LENGTH"

FAR = 1e9
"""What every number of a line is below: no pixel is that far off."""

NO_ATTRIBUTES = frozenset({"source-ref", "source-ref-metadata"})
_REMARKS = NO_ATTRIBUTES | {"cl-metadata", "errors", "warnings"}  # the service's own remarks among it


class UseCase(StrEnum):
    """What the labels of a manifest are about."""

    IMAGE_LEVEL_LABELS = "IMAGE_LEVEL_LABELS"
    OBJECT_LOCALIZATION = "OBJECT_LOCALIZATION"
    NOT_DETERMINED = "NOT_DETERMINED"
    """There are too few labels to tell. No label is about this."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a manifest, as it stands there."""

    text: str
    entry: Mapping[str, Any] | None
    """What it holds; None if it is no JSON object, or blank."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Image:
    """What a line of a manifest says about an image."""

    source_ref: str
    labels: Mapping[UseCase, tuple[str, ...]]
    """The labels in the order of the line; with boxes, one for each box, so a label may stand there several times."""
    boxes: tuple[Box, ...] = ()
    """The boxes, one for each label of that kind."""
    frame: Frame = PIXEL
    """The image's size, as the first boxes of the line have it; without boxes it doesn't matter."""


_Found: TypeAlias = tuple[str, tuple[str | int, ...]]  # a code, and the path to what it concerns


def read_line(line: Line, number: int) -> tuple[Image | None, Sequence[Issue]]:
    """Reads what a line says.

    Args:
        line: The line.
        number: Which it is, counted from 1.

    Returns:
        The image, None if the line names none; it has no labels if none can be used. And what is wrong with the line.
    """
    if line.entry is None:
        return None, [issue("ERROR_INVALID_JSON_LINE", number)]
    reading = _Reading(line.entry, number)
    reading.read()
    reference = line.entry.get("source-ref")
    if reference is None:
        return None, [*reading.issues, issue("ERROR_MISSING_SOURCE_REF", number)]
    if not isinstance(reference, str) or not SOURCE_REF.fullmatch(reference):
        return None, [*reading.issues, issue("ERROR_INVALID_SOURCE_REF_FORMAT", number)]
    if not reading.labels:
        return Image(reference, {}), [*reading.issues, reading.why_no_labels()]
    labels = {use_case: tuple(labels) for use_case, labels in reading.labels.items()}
    return Image(reference, labels, tuple(reading.boxes), reading.frame or PIXEL), reading.issues


def bucket_of(source_ref: str) -> str:
    """The bucket of a valid `source-ref`."""
    return source_ref[5 : source_ref.index("/", 5)]


def parse(text: str) -> Line:
    """Decodes a line, as strictly as JSON is defined: Python reads NaN and the like, too."""
    decode, malformed, refused = _decoder()
    try:
        entry = decode(text)
    except malformed:
        # but for lone surrogates, which are JSON, the two agree about what is none
        entry = _by_python(text) if "\\u" in text else None
    except refused:
        entry = _by_python(text)
    return Line(text, cast("Mapping[str, Any]", entry) if isinstance(entry, dict) else None)


@cache
def _decoder() -> tuple[Callable[[str], object], type[Exception], tuple[type[Exception], ...]]:
    """A fast decoder that reads what it takes as Python does, and how it refuses what is no JSON, and other things."""
    import msgspec  # noqa: PLC0415 - not before it is needed

    return msgspec.json.Decoder().decode, msgspec.DecodeError, (msgspec.MsgspecError, ValueError, RecursionError)


def _by_python(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON, although Python reads it")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is out of range")
    return number


class _Reading:
    """The attributes of a line, one after the other."""

    def __init__(self, entry: Mapping[str, Any], number: int) -> None:
        self._entry = entry
        self._number = number
        self._pairs = self._invalid_pairs = 0
        self.issues: list[Issue] = []
        self.labels: dict[UseCase, list[str]] = {}
        self.boxes: list[Box] = []
        self.frame: Frame | None = None

    def read(self) -> None:
        """Reads every pair of an attribute and its metadata."""
        entry = self._entry
        for name, value in entry.items():
            of_it = name + "-metadata"
            if of_it not in entry or name in NO_ATTRIBUTES:
                continue
            self._pairs += 1
            unusable = self._read_pair(name, value, entry[of_it])
            if unusable:
                self._invalid_pairs += 1
                self._add(unusable)

    def _add(self, found: Iterable[_Found]) -> None:
        for code, path in found:
            self.issues.append(issue(code, self._number, *path))

    def why_no_labels(self) -> Issue:
        """What to say of a line without any label."""
        if not self._pairs:
            is_bare = self._entry.keys() <= _REMARKS
            return issue("WARNING_UNANNOTATED_RECORD" if is_bare else "ERROR_NO_LABEL_ATTRIBUTES", self._number)
        if self._invalid_pairs == self._pairs:
            return issue("ERROR_NO_VALID_LABEL_ATTRIBUTES", self._number)
        return issue("WARNING_NO_ANNOTATIONS", self._number)

    def _read_pair(self, name: str, value: object, metadata: object) -> Sequence[_Found]:
        """Reads an attribute, and answers why it can't be used, if it can't; what else is wrong is added here."""
        if not isinstance(metadata, dict):
            return [(_METADATA_FORMAT, (f"{name}-metadata",))]
        described = cast("Mapping[str, Any]", metadata)
        match described.get("type"):
            case "groundtruth/image-classification":
                return self._read_class(name, value, described)
            case "groundtruth/object-detection":
                return self._read_boxes(name, _mapping(value), described)
            case _:
                return [("ERROR_UNSUPPORTED_USE_CASE_TYPE", (f"{name}-metadata",))]

    def _read_class(self, name: str, value: object, metadata: Mapping[str, Any]) -> Sequence[_Found]:
        found: list[_Found] = []
        label, confidence = metadata.get("class-name"), _number(metadata.get("confidence"))
        if _number(value) is None:
            found.append((_ATTRIBUTE_FORMAT, (name,)))
        if not isinstance(label, str) or not label or confidence is None or not 0 <= confidence <= 1:
            found.append((_METADATA_FORMAT, (f"{name}-metadata",)))
        elif len(label) > LONGEST_LABEL:
            found.append((_LABEL_LENGTH, (f"{name}-metadata",)))
        if found:
            return found
        labels = self.labels.setdefault(UseCase.IMAGE_LEVEL_LABELS, [])
        if label not in labels:
            labels.append(cast("str", label))
        return ()

    def _read_boxes(self, name: str, attribute: Mapping[str, Any], metadata: Mapping[str, Any]) -> Sequence[_Found]:
        frame, boxes = _frame(attribute.get("image_size")), _boxes(attribute.get("annotations"))
        if frame is None or boxes is None:
            return [(_ATTRIBUTE_FORMAT, (name,))]
        class_map = _class_map(metadata.get("class-map"))
        objects: object = metadata.get("objects")
        if class_map is None or not isinstance(objects, list):
            return [(_METADATA_FORMAT, (f"{name}-metadata",))]
        # a class_id means something only with its own line's class map
        labels = [class_map.get(str(class_id)) for class_id, _ in boxes]
        found: list[_Found] = [
            (code, (f"{name}-metadata",))
            for code, is_so in (
                (_LABEL_LENGTH, any(len(label) > LONGEST_LABEL for label in class_map.values())),
                ("ERROR_MISSING_BOUNDING_BOX_CONFIDENCE", _confidences(cast("list[object]", objects)) < len(boxes)),
                ("ERROR_MISSING_CLASS_MAP_ID", None in labels),
            )
            if is_so
        ]
        if len(boxes) > MOST_BOXES:
            found.append(("ERROR_TOO_MANY_BOUNDING_BOXES", (name,)))
        wrong = {
            place: (code, (name, "annotations", place))
            for place, (_, box) in enumerate(boxes)
            if (code := _why_not(box, frame)) is not None
        }
        if boxes and len(wrong) == len(boxes):
            found.append(("ERROR_NO_VALID_ANNOTATIONS", (name,)))
        if found:
            return [*found, *wrong.values()]
        self._add(wrong.values())
        if not boxes:
            self.issues.append(issue("WARNING_NO_ATTRIBUTE_ANNOTATIONS", self._number, name))
            return ()
        usable = [
            (label, box)
            for place, (label, (_, box)) in enumerate(zip(labels, boxes, strict=True))
            if place not in wrong
        ]
        self.labels.setdefault(UseCase.OBJECT_LOCALIZATION, []).extend(label for label, _ in usable if label)
        # an image has one size, so where attributes give it several, the first counts
        self.frame = kept = self.frame or frame
        self.boxes.extend(box.scaled(frame, kept) for _, box in usable)
        return ()


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _frame(image_size: object) -> Frame | None:
    sizes = cast("list[object]", image_size) if isinstance(image_size, list) else []
    size = _mapping(sizes[0] if sizes else None)
    width, height = _number(size.get("width")), _number(size.get("height"))
    if width is None or height is None or min(width, height) < 1:
        return None
    return Frame(width, height, _number(size.get("depth")) or _DEPTH)


def _boxes(annotations: object) -> list[tuple[object, Box]] | None:
    """The class id and the box of each annotation; None if they are not all boxes."""
    if not isinstance(annotations, list):
        return None
    boxes: list[tuple[object, Box]] = []
    for annotation in map(_mapping, cast("list[object]", annotations)):
        left, top = _number(annotation.get("left")), _number(annotation.get("top"))
        width, height = _number(annotation.get("width")), _number(annotation.get("height"))
        class_id = _number(annotation.get("class_id"))
        if left is None or top is None or width is None or height is None or class_id is None:
            return None
        boxes.append((class_id, Box(left, top, width, height)))
    return boxes


def _why_not(box: Box, frame: Frame) -> str | None:
    """The code of what is wrong with a box, if anything is; the others of its image stay usable."""
    if (
        min(box.left, box.top, box.width, box.height) < 0
        or box.left + box.width > frame.width
        or box.top + box.height > frame.height
    ):
        return "ERROR_INVALID_BOUNDING_BOX"
    # the service scales larger images down before it looks at the boxes
    scale = min(1.0, SCALED_SIDE / max(frame.width, frame.height))
    return "ERROR_BOUNDING_BOX_TOO_SMALL" if min(box.width, box.height) * scale <= 1 else None


def _class_map(class_map: object) -> Mapping[str, str] | None:
    labels = cast("Mapping[str, object]", class_map) if isinstance(class_map, dict) else None
    if labels is None or not all(isinstance(label, str) and label for label in labels.values()):
        return None
    return cast("Mapping[str, str]", labels)


def _confidences(objects: list[object]) -> int:
    return sum(_number(_mapping(item).get("confidence")) is not None for item in objects)


def _number(value: object) -> float | None:
    # the bounds keep out what no float holds
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and -FAR < value < FAR
    return cast("float", value) if is_number else None
