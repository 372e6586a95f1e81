"""Reading one line of a manifest: the image, its labels and boxes, and what is wrong with them."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, cast

from rekog_versions.testing.training.boxes import PIXEL, Box, Frame
from rekog_versions.testing.training.issues import Issue, issue

_SOURCE_REF = re.compile(r"s3://[^/]+/.+", re.DOTALL)
_FAR = 1e9  # no pixel is that far off
_DEPTH = 3  # channels, where a line doesn't say
_TYPES = ("groundtruth/image-classification", "groundtruth/object-detection")
_NO_ATTRIBUTES = frozenset({"source-ref", "source-ref-metadata"})
_REMARKS = _NO_ATTRIBUTES | {"cl-metadata", "errors", "warnings"}  # the service's own remarks among it


class UseCase(Enum):
    """What the labels of a manifest are about."""

    IMAGE_LEVEL_LABELS = "IMAGE_LEVEL_LABELS"
    OBJECT_LOCALIZATION = "OBJECT_LOCALIZATION"


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
    """The image's size, as the line with the boxes has it; without boxes it doesn't matter."""


class _Unusable(Exception):  # noqa: N818 - it ends the reading of an attribute, and no more
    """An attribute can't be used."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(code)
        self.code, self.part = code, part


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
    if not isinstance(reference, str) or not _SOURCE_REF.fullmatch(reference):
        return None, [*reading.issues, issue("ERROR_INVALID_SOURCE_REF_FORMAT", number)]
    labels = {use_case: tuple(labels) for use_case, labels in reading.labels.items()}
    image = Image(reference, labels, tuple(reading.boxes), reading.frame or PIXEL)
    return image, [*reading.issues, *(() if labels else reading.why_no_labels())]


def parse(text: str) -> Line:
    """Decodes a line, as strictly as JSON is defined: Python reads NaN and the like, too."""
    try:
        entry = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        entry = None
    return Line(text, cast("Mapping[str, Any]", entry) if isinstance(entry, dict) else None)


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
        self._pairs = 0
        self.issues: list[Issue] = []
        self.labels: dict[UseCase, list[str]] = {}
        self.boxes: list[Box] = []
        self.frame: Frame | None = None

    def read(self) -> None:
        """Reads every pair of an attribute and its metadata."""
        for name, value in self._entry.items():
            if name in _NO_ATTRIBUTES or f"{name}-metadata" not in self._entry:
                continue
            self._pairs += 1
            try:
                self._read_pair(name, value, self._entry[f"{name}-metadata"])
            except _Unusable as error:
                self.issues.append(issue(error.code, self._number, error.part))

    def why_no_labels(self) -> Iterator[Issue]:
        """What to say of a line without any label."""
        if not self._pairs:
            is_bare = self._entry.keys() <= _REMARKS
            yield issue("WARNING_UNANNOTATED_RECORD" if is_bare else "ERROR_NO_LABEL_ATTRIBUTES", self._number)
        elif all(found.is_warning for found in self.issues):
            yield issue("WARNING_NO_ANNOTATIONS", self._number)
        else:
            yield issue("ERROR_NO_VALID_LABEL_ATTRIBUTES", self._number)

    def _read_pair(self, name: str, value: object, metadata: object) -> None:
        if not isinstance(metadata, dict):
            raise _Unusable("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", f"{name}-metadata")
        described = cast("Mapping[str, Any]", metadata)
        class_name, class_map = described.get("class-name"), described.get("class-map")
        if isinstance(class_name, str):
            labels = self.labels.setdefault(UseCase.IMAGE_LEVEL_LABELS, [])
            if class_name not in labels:
                labels.append(class_name)
        elif isinstance(class_map, dict):
            self._read_boxes(name, value, cast("Mapping[str, Any]", class_map))
        else:
            is_other = described.get("type", next(iter(_TYPES))) not in _TYPES
            kind = "UNSUPPORTED_USE_CASE_TYPE" if is_other else "INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"
            raise _Unusable(f"ERROR_{kind}", f"{name}-metadata")

    def _read_boxes(self, name: str, value: object, class_map: Mapping[str, Any]) -> None:
        attribute = _mapping(value)
        annotations = attribute.get("annotations")
        frame = _frame(attribute.get("image_size"))
        if not isinstance(annotations, list) or frame is None:
            raise _Unusable("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", name)
        read: list[tuple[str, Box]] = []
        for annotation in map(_mapping, cast("list[object]", annotations)):
            box = _box(annotation)
            if box is None:
                raise _Unusable("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", name)
            # a class_id means something only with its own line's class map
            label = class_map.get(str(annotation.get("class_id")))
            if not isinstance(label, str):
                raise _Unusable("ERROR_MISSING_CLASS_MAP_ID", f"{name}-metadata")
            read.append((label, box))
        if not read:
            self.issues.append(issue("WARNING_NO_ATTRIBUTE_ANNOTATIONS", self._number, name))
            return
        self.labels.setdefault(UseCase.OBJECT_LOCALIZATION, []).extend(label for label, _ in read)
        self.boxes.extend(box for _, box in read)
        self.frame = self.frame or frame


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _frame(image_size: object) -> Frame | None:
    sizes = cast("list[object]", image_size) if isinstance(image_size, list) else []
    size = _mapping(sizes[0] if sizes else None)
    width, height = _number(size.get("width")), _number(size.get("height"))
    if width is None or height is None or min(width, height) < 1:
        return None
    return Frame(width, height, _number(size.get("depth")) or _DEPTH)


def _box(annotation: Mapping[str, Any]) -> Box | None:
    left, top = _number(annotation.get("left")), _number(annotation.get("top"))
    width, height = _number(annotation.get("width")), _number(annotation.get("height"))
    if left is None or top is None or width is None or height is None or min(width, height) <= 0:
        return None
    return Box(left, top, width, height)


def _number(value: object) -> float | None:
    # the bounds keep out what no float holds
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and -_FAR < value < _FAR
    return cast("float", value) if is_number else None
