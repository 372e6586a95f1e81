"""Read one line of a manifest: the image that it names, its labels and boxes, and its issues.

The service's rules for a line are written here, once: each rule has the code of its issue and the detail that a report
shows. `check.fast` reads lines without any issue faster, and must not accept a line in which this module finds one.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from typing import Any, NoReturn, TypeAlias, cast

from rekog_versions._json import is_number, mapping, number, sequence
from rekog_versions._text import shown
from rekog_versions.manifests.boxes import PIXEL, Box, Frame, Sides
from rekog_versions.manifests.details import (
    ADDED_BY_SERVICE,
    MODERATION,
    described,
    halves_of_pairs,
    missing_class_ids,
    missing_source_ref,
    mistyped,
    sides,
    why_no_object,
    wrong_source_ref,
)
from rekog_versions.manifests.issues import Issue, issue, message_of
from rekog_versions.manifests.limits import (
    LONGEST_BUCKET,
    LONGEST_KEY,
    LONGEST_LABEL,
    MOST_BOXES,
    SCALED_SIDE,
    Feature,
)

SOURCE_REF = re.compile(rf"s3://[^/]{{1,{LONGEST_BUCKET}}}/.{{1,{LONGEST_KEY}}}", re.DOTALL)
"""The form of a `source-ref`."""
FAR = 1e9
"""The limit of all numbers in a line: larger ones cannot be pixels."""
NO_ATTRIBUTES = frozenset({"source-ref", "source-ref-metadata"})
"""The members of a line that are not label attributes, although their names form a pair."""
CLASSIFICATION = "groundtruth/image-classification"
"""The type of image-level labels."""
DETECTION = "groundtruth/object-detection"
"""The type of boxes."""

_DEFAULT_DEPTH = 3  # color channels
_BOX_MEMBERS = ("class_id", "left", "top", "width", "height")

_ATTRIBUTE_FORMAT = "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"
_METADATA_FORMAT = "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"
_LABEL_LENGTH = "ERROR_INVALID_LABEL_NAME_LENGTH"

Explain: TypeAlias = Callable[[str], bool]
"""Decides by its code if an issue gets a detail: to find it takes time, and reports show only the first issues."""


class UseCase(StrEnum):
    """The kind of labels that a model is trained for."""

    IMAGE_LEVEL_LABELS = "IMAGE_LEVEL_LABELS"
    OBJECT_LOCALIZATION = "OBJECT_LOCALIZATION"
    NOT_DETERMINED = "NOT_DETERMINED"
    """There are too few labels to decide. Labels themselves never have this use case."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a manifest as text, and the JSON object in it."""

    text: str
    entry: Mapping[str, Any] | None
    """The JSON object; None if the line is blank or is not a JSON object."""

    @property
    def is_blank(self) -> bool:
        """Return True if the line is empty or has only white space."""
        return not self.text.strip()


@dataclass(slots=True)  # not frozen: that would take longer, and there is one for each line
class Image:
    """The image, the labels and the boxes of a line."""

    source_ref: str
    labels: Mapping[UseCase, tuple[str, ...]]
    """The labels in the order of the line. Labels of boxes are listed once for each box."""
    boxes: tuple[Box, ...] = ()
    """The boxes, one for each label of `OBJECT_LOCALIZATION`."""
    frame: Frame = PIXEL
    """The image's size, as the first boxes of the line have it; meaningless without boxes."""
    is_moderated: bool = False
    """True if the labels are for Custom Moderation."""


def read_line(
    line: Line,
    line_number: int,
    *,
    explain: Explain = lambda _: False,
    feature: Feature | None = "CUSTOM_LABELS",
) -> tuple[Image | None, list[Issue]]:
    """Return the image that a line describes, and the issues of the line.

    Args:
        line: The line.
        line_number: Its number in the file, counted from 1.
        explain: Called with the code of an issue; if it returns True, the issue gets a detail.
        feature: The feature that the project customizes. None reads the labels of both features.

    Returns:
        The image; None if the line names none. It has no labels if none of them is usable. Then the issues.
    """
    if line.entry is None:
        code = "ERROR_INVALID_JSON_LINE"
        return None, [issue(code, line_number, detail=why_no_object(line.text) if explain(code) else "")]
    reader = _LineReader(line.entry, line_number, explain, moderates=feature != "CUSTOM_LABELS")
    return reader.read(), reader.issues


def bucket_of(source_ref: str) -> str:
    """Return the bucket of a valid `source-ref`."""
    return source_ref[5 : source_ref.index("/", 5)]


class _LineReader:
    """Reads the attributes of a line one after the other, and collects labels, boxes and issues."""

    def __init__(self, entry: Mapping[str, Any], line_number: int, explain: Explain, *, moderates: bool) -> None:
        self._entry = entry
        self._line_number = line_number
        self._explain = explain
        self._moderates = moderates and MODERATION in entry
        self.issues: list[Issue] = []
        self._classes: dict[str, None] | None = None
        self._located: list[str] | None = None
        self._boxes: list[Box] = []
        self._frame: Frame | None = None

    def _add(self, code: str, *place: str | int, detail: Callable[[], str] | None = None) -> None:
        text = detail() if detail is not None and self._explain(code) else ""
        self.issues.append(Issue(code, message_of(code, place), self._line_number, place, None, text))

    def read(self) -> Image | None:
        entry = self._entry
        pairs = usable_pairs = int(self._moderates)
        if self._moderates:
            usable_pairs = int(self._read_moderation(entry[MODERATION]))
        for name in entry:
            if (
                name + "-metadata" in entry
                and name not in NO_ATTRIBUTES
                and not (self._moderates and name == MODERATION)
            ):
                pairs += 1
                usable_pairs += self._read_pair(name, name + "-metadata")
        source_ref = entry.get("source-ref")
        if source_ref is None:
            self._add("ERROR_MISSING_SOURCE_REF", detail=lambda: missing_source_ref(entry))
            return None
        if not isinstance(source_ref, str) or not SOURCE_REF.fullmatch(source_ref):
            self._add("ERROR_INVALID_SOURCE_REF_FORMAT", detail=lambda: wrong_source_ref(source_ref))
            return None
        labels: dict[UseCase, tuple[str, ...]] = {}
        if self._classes is not None:
            labels[UseCase.IMAGE_LEVEL_LABELS] = tuple(self._classes)
        if self._located is not None:
            labels[UseCase.OBJECT_LOCALIZATION] = tuple(self._located)
        if not labels:
            self._add_missing_labels(entry, pairs, usable_pairs)
            return Image(source_ref, {})
        return Image(source_ref, labels, tuple(self._boxes), self._frame or PIXEL, self._moderates)

    def _add_missing_labels(self, entry: Mapping[str, Any], pairs: int, usable_pairs: int) -> None:
        if usable_pairs:
            self._add("WARNING_NO_ANNOTATIONS")
        elif pairs:
            self._add("ERROR_NO_VALID_LABEL_ATTRIBUTES")
        elif entry.keys() <= NO_ATTRIBUTES | ADDED_BY_SERVICE:
            self._add("WARNING_UNANNOTATED_RECORD")
        else:
            self._add("ERROR_NO_LABEL_ATTRIBUTES", detail=lambda: halves_of_pairs(entry))

    def _read_moderation(self, attribute: object) -> bool:
        """Read the labels for Custom Moderation. An empty list is valid: the image has nothing to moderate."""
        try:
            labels = _moderation_labels(attribute)
        except _FormatError as error:
            self._add(_ATTRIBUTE_FORMAT, MODERATION, detail=partial(str, error))
            return False
        longest = max(map(len, labels), default=0)
        if longest > LONGEST_LABEL:
            self._add(_LABEL_LENGTH, MODERATION, detail=lambda: f"{longest:,} characters")
            return False
        self._classes = dict.fromkeys(labels)
        return True

    def _read_pair(self, name: str, metadata_name: str) -> bool:
        """Read an attribute and its metadata; return False if the attribute is not usable."""
        value, metadata = self._entry[name], self._entry[metadata_name]
        if not isinstance(metadata, dict):
            self._add(_METADATA_FORMAT, metadata_name, detail=lambda: f"it is {mistyped(metadata, 'an object')}")
            return False
        members = cast("Mapping[str, Any]", metadata)
        kind = members.get("type")
        if kind == CLASSIFICATION:
            return self._read_class(name, value, metadata_name, members)
        if kind == DETECTION:
            return self._read_boxes(name, value, metadata_name, members)
        self._add("ERROR_UNSUPPORTED_USE_CASE_TYPE", metadata_name, detail=lambda: f"type is {described(kind)}")
        return False

    def _read_class(self, name: str, value: object, metadata_name: str, metadata: Mapping[str, Any]) -> bool:
        issues_before = len(self.issues)
        label, confidence = metadata.get("class-name"), metadata.get("confidence")
        if not is_number(value, FAR):
            self._add(_ATTRIBUTE_FORMAT, name, detail=lambda: f"it is {mistyped(value, 'a number')}")
        if not isinstance(label, str) or not label:
            self._add(_METADATA_FORMAT, metadata_name, detail=lambda: f"class-name is {mistyped(label, 'a string')}")
        elif not is_number(confidence, FAR) or not 0 <= confidence <= 1:
            self._add(
                _METADATA_FORMAT,
                metadata_name,
                detail=lambda: f"confidence is {mistyped(confidence, 'a number from 0 to 1')}",
            )
        elif len(label) > LONGEST_LABEL:
            self._add(_LABEL_LENGTH, metadata_name, detail=lambda: f"{len(label):,} characters")
        elif len(self.issues) == issues_before:
            self._classes = self._classes or {}
            self._classes[label] = None
        return len(self.issues) == issues_before

    def _read_boxes(self, name: str, attribute: object, metadata_name: str, metadata: Mapping[str, Any]) -> bool:
        issues_before = len(self.issues)
        try:
            frame, boxes = _frame(_object(attribute, "it")), _boxes(mapping(attribute))
        except _FormatError as error:
            self._add(_ATTRIBUTE_FORMAT, name, detail=partial(str, error))
            return False
        try:
            confidences, class_map = _count_confidences(metadata), _class_map(metadata)
        except _FormatError as error:
            self._add(_METADATA_FORMAT, metadata_name, detail=partial(str, error))
            return False
        # a class_id has a meaning only together with the class map of its own line
        labels = [class_map.get(str(class_id)) for class_id, _ in boxes]
        longest = max(map(len, class_map.values()), default=0)
        if longest > LONGEST_LABEL:
            self._add(_LABEL_LENGTH, metadata_name, detail=lambda: f"{longest:,} characters")
        if confidences < len(boxes):
            self._add(
                "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE",
                metadata_name,
                detail=lambda: f"{confidences} confidences for {len(boxes)} annotations{_wrong_confidence(metadata)}",
            )
        if None in labels:
            self._add("ERROR_MISSING_CLASS_MAP_ID", metadata_name, detail=lambda: missing_class_ids(boxes, class_map))
        if len(boxes) > MOST_BOXES:
            self._add(
                "ERROR_TOO_MANY_BOUNDING_BOXES",
                name,
                detail=lambda: f"{len(boxes):,} boxes; at most {MOST_BOXES} are allowed",
            )
        invalid = {index: code for index, (_, box) in enumerate(boxes) if (code := box_error(box, frame)) is not None}
        if boxes and len(invalid) == len(boxes):
            self._add("ERROR_NO_VALID_ANNOTATIONS", name)
        is_usable = len(self.issues) == issues_before
        for index, code in invalid.items():
            self._add(code, name, "annotations", index, detail=partial(sides, boxes[index][1], frame))
        if is_usable and not boxes:
            self._add("WARNING_NO_ATTRIBUTE_ANNOTATIONS", name)
        elif is_usable:
            usable = [(label, boxes[index][1]) for index, label in enumerate(labels) if index not in invalid]
            self._located = self._located or []
            self._located += (label for label, _ in usable if label)
            # an image has one size: if the attributes differ, the first size counts
            self._frame = kept = self._frame or frame
            self._boxes.extend(box.scaled(frame, kept) for _, box in usable)
        return is_usable


class _FormatError(Exception):
    """A part of an attribute or of its metadata has the wrong type; the message is the issue's detail."""


def _object(value: object, name: str) -> Mapping[str, Any]:
    """Return `value` if it is a JSON object.

    Raises:
        _FormatError: It is something else.
    """
    if not isinstance(value, dict):
        raise _FormatError(f"{name} is {mistyped(value, 'an object')}")
    return cast("Mapping[str, Any]", value)


def _list(value: object, name: str) -> list[object]:
    """Return `value` if it is a JSON array.

    Raises:
        _FormatError: It is something else.
    """
    if not isinstance(value, list):
        raise _FormatError(f"{name} is {mistyped(value, 'a list')}")
    return cast("list[object]", value)


def _moderation_labels(attribute: object) -> list[str]:
    labels: list[str] = []
    for index, item in enumerate(_list(_object(attribute, "it").get("ModerationLabels"), "ModerationLabels")):
        name = _object(item, f"label {index}").get("Name")
        if not isinstance(name, str) or not name:
            raise _FormatError(f"the Name of label {index} is {mistyped(name, 'a string')}")
        labels.append(name)
    return labels


def _frame(attribute: Mapping[str, Any]) -> Frame:
    sizes = _list(attribute.get("image_size"), "image_size")
    size = _object(sizes[0] if sizes else None, "the first item of image_size")
    for side in ("width", "height"):
        if not is_number(size.get(side), FAR):
            raise _FormatError(f"the {side} of image_size is {mistyped(size.get(side), 'a number')}")
        if size[side] < 1:
            raise _FormatError(f"the {side} of image_size is {described(size[side])}")
    return Frame(size["width"], size["height"], number(size.get("depth"), FAR) or _DEFAULT_DEPTH)


def _boxes(attribute: Mapping[str, Any]) -> list[tuple[object, Box]]:
    """Return the class id and the box of each annotation."""
    boxes: list[tuple[object, Box]] = []
    for index, item in enumerate(_list(attribute.get("annotations"), "annotations")):
        annotation = _object(item, f"annotation {index}")
        for member in _BOX_MEMBERS:
            if not is_number(annotation.get(member), FAR):
                raise _FormatError(f"{member} of annotation {index} is {mistyped(annotation.get(member), 'a number')}")
        box = Box(annotation["left"], annotation["top"], annotation["width"], annotation["height"])
        boxes.append((annotation["class_id"], box))
    return boxes


def _count_confidences(metadata: Mapping[str, Any]) -> int:
    objects = _list(metadata.get("objects"), "objects")
    return sum(is_number(mapping(item).get("confidence"), FAR) for item in objects)


def _wrong_confidence(metadata: Mapping[str, Any]) -> str:
    """Describe the first of the objects whose confidence cannot be read; empty if all can."""
    for index, item in enumerate(sequence(metadata.get("objects"))):
        confidence = mapping(item).get("confidence")
        if not isinstance(item, dict):
            return f"; object {index} is {mistyped(item, 'an object')}"
        if not is_number(confidence, FAR):
            return f"; the confidence of object {index} is {mistyped(confidence, 'a number')}"
    return ""


def _class_map(metadata: Mapping[str, Any]) -> Mapping[str, str]:
    class_map = _object(metadata.get("class-map"), "class-map")
    for class_id, label in class_map.items():
        if not isinstance(label, str) or not label:
            raise _FormatError(f"the label of class {shown(class_id)} is {mistyped(label, 'a string')}")
    return class_map


def box_error(box: Sides, frame: Frame) -> str | None:
    """Return the code of the issue of a box, or None. The other boxes of the image stay usable."""
    if (
        min(box.left, box.top, box.width, box.height) < 0
        or box.left + box.width > frame.width
        or box.top + box.height > frame.height
    ):
        return "ERROR_INVALID_BOUNDING_BOX"
    # the service scales larger images down before it checks the boxes
    scale = min(1.0, SCALED_SIDE / max(frame.width, frame.height))
    return "ERROR_BOUNDING_BOX_TOO_SMALL" if min(box.width, box.height) * scale <= 1 else None


def parse(text: str) -> Line:
    """Parse a line as strictly as JSON is defined; Python's own decoder also accepts NaN and Infinity."""
    decode, malformed, rejected = _decoder()
    try:
        entry = decode(text)
    except malformed:
        # both decoders reject the same text, except that JSON allows lone surrogates
        entry = _parse_with_python(text) if "\\u" in text else None
    except rejected:
        entry = _parse_with_python(text)
    return Line(text, cast("Mapping[str, Any]", entry) if isinstance(entry, dict) else None)


@cache
def _decoder() -> tuple[Callable[[str], object], type[Exception], tuple[type[Exception], ...]]:
    """Return a fast decoder, its exception for malformed JSON, and the exceptions for all text that it rejects."""
    import msgspec  # noqa: PLC0415  (imported when it is needed)

    return msgspec.json.Decoder().decode, msgspec.DecodeError, (msgspec.MsgspecError, ValueError, RecursionError)


def _parse_with_python(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_reject_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _reject_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not valid JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is out of range")
    return value
