"""Typed lines of a manifest. They are checked by the service's rules when they are made."""

import json
from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from numbers import Integral, Real
from typing import Any, TypeAlias, TypeVar, cast

from rekog_versions._json import JsonResult, is_number
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.quick_checks import (
    are_certain_boxes,
    are_certain_names,
    is_certain_box,
    is_certain_date,
)
from rekog_versions.manifests.details import ADDED_BY_SERVICE, MODERATION
from rekog_versions.manifests.issues import Issue, reported
from rekog_versions.manifests.limits import LONGEST_ENTRY, LONGEST_LABEL, MOST_LABELS_OF_IMAGE
from rekog_versions.manifests.lines import CLASSIFICATION, DETECTION, FAR, Image, Line, read_line

T = TypeVar("T")

_MOST_ISSUES = 3  # in the text of an error
_RESERVED = frozenset({"source-ref", "source-ref-metadata", MODERATION, *ADDED_BY_SERVICE})


@dataclass(frozen=True, slots=True)
class ImageLabel(JsonResult):
    """A label of an image.

    Raises:
        ManifestError: The name is empty or has over 256 characters, or the confidence is not between 0 and 1.
    """

    name: str
    confidence: float = 1
    """0 to 1; 1 by default, for labels that people gave."""
    human_annotated: bool = True
    creation_date: datetime | None = None
    """A time without a zone counts as UTC, None as the time of writing."""
    job_name: str | None = None

    def __post_init__(self) -> None:
        _check_label(self.name)
        object.__setattr__(self, "confidence", _builtin_number(self.confidence))
        _check_confidence(self.confidence, f"of the label {shown(self.name)}")
        _check_origin(self.human_annotated, self.creation_date, self.job_name)


@dataclass(frozen=True, slots=True)
class LabeledBox(JsonResult):
    """A box around an object and its label, in pixels from the upper left corner of the image.

    Raises:
        ManifestError: The label is empty or has over 256 characters, the confidence is not between 0 and 1, or a side
            is not a number.
    """

    label: str
    left: float
    top: float
    width: float
    height: float
    confidence: float = 1
    """0 to 1; 1 by default, for boxes that people drew."""

    def __post_init__(self) -> None:
        if is_certain_box(self):
            return
        _check_label(self.label)
        for number in ("left", "top", "width", "height", "confidence"):
            object.__setattr__(self, number, _builtin_number(getattr(self, number)))
        _check_confidence(self.confidence, f"of the box of {shown(self.label)}")
        for side in ("left", "top", "width", "height"):
            if not is_number(getattr(self, side), FAR):
                raise ManifestError(
                    f"the {side} of the box of {shown(self.label)} must be a number of pixels, "
                    f"got {shown(getattr(self, side))}"
                )


@dataclass(frozen=True, slots=True, init=False)
class ImageLevelLine:
    """A line with one or several labels for a whole image.

    Args:
        source_ref: The image, `s3://bucket/key`. The key is written as it is in S3, without URL escapes.
        labels: One to 50 names or `ImageLabel`s with different names.
        attribute: The name of the label's attribute in the line; several attributes are numbered from 0. The service
            does not use the name.

    Raises:
        ManifestError: The service would reject or ignore the line.
    """

    source_ref: str
    labels: tuple[ImageLabel, ...]
    attribute: str

    def __init__(self, source_ref: str, labels: Iterable[str | ImageLabel], *, attribute: str = "label") -> None:
        made = tuple(label if isinstance(label, ImageLabel) else ImageLabel(label) for label in _listed(labels))
        object.__setattr__(self, "source_ref", source_ref)
        object.__setattr__(self, "labels", made)
        object.__setattr__(self, "attribute", attribute)
        _check_attribute(attribute)
        names = [label.name for label in made]
        if not names:
            raise _no_labels(source_ref, "Add a label")
        if len(names) > MOST_LABELS_OF_IMAGE:
            raise ManifestError(
                f"the image {shown(source_ref)} must have at most {MOST_LABELS_OF_IMAGE} labels, got {len(names)}"
            )
        twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
        if twice is not None:
            raise ManifestError(f"the image {shown(source_ref)} has the label {shown(twice)} twice. Pass it once")
        if not (
            are_certain_names(source_ref, attribute, *names, *(label.job_name for label in made))
            and all(is_certain_date(label.creation_date) for label in made)
        ):
            check_entry(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the line as a JSON object."""
        entry: dict[str, Any] = {"source-ref": self.source_ref}
        for number, label in enumerate(self.labels):
            name = self.attribute if len(self.labels) == 1 else f"{self.attribute}{number}"
            entry[name] = 1  # the service reads the class-name, and accepts any number here
            entry[f"{name}-metadata"] = {
                "class-name": label.name,
                "confidence": label.confidence,
                **_origin(CLASSIFICATION, label.human_annotated, label.creation_date, label.job_name),
            }
        return entry

    def to_json(self) -> str:
        """Return the line as text, without a line end."""
        return dump_entry(self.to_dict())


@dataclass(frozen=True, slots=True, init=False)
class ObjectLine:
    """A line with the boxes of an image.

    Args:
        source_ref: The image, `s3://bucket/key`. The key is written as it is in S3, without URL escapes.
        width: The width of the image in pixels.
        height: The height of the image in pixels.
        boxes: One to 50 boxes within the image. Their sides must be longer than one pixel after the service has scaled
            the image's longer side down to 1,280.
        depth: The number of color channels of the image.
        attribute: The name of the boxes' attribute in the line. The service does not use the name.
        human_annotated: True if people drew the boxes.
        creation_date: The time of the labeling. A time without a zone counts as UTC, None as the time of writing.
        job_name: The name of the labeling job.

    Raises:
        ManifestError: The service would reject or ignore the line.
    """

    source_ref: str
    width: float
    height: float
    boxes: tuple[LabeledBox, ...]
    depth: float
    attribute: str
    human_annotated: bool
    creation_date: datetime | None
    job_name: str | None

    def __init__(
        self,
        source_ref: str,
        width: float,
        height: float,
        boxes: Iterable[LabeledBox],
        *,
        depth: float = 3,
        attribute: str = "boxes",
        human_annotated: bool = True,
        creation_date: datetime | None = None,
        job_name: str | None = None,
    ) -> None:
        made = _checked_boxes(boxes)
        _check_origin(human_annotated, creation_date, job_name)
        assign = object.__setattr__
        assign(self, "source_ref", source_ref)
        assign(self, "width", _builtin_number(width))
        assign(self, "height", _builtin_number(height))
        assign(self, "boxes", made)
        assign(self, "depth", _builtin_number(depth))
        assign(self, "attribute", attribute)
        assign(self, "human_annotated", human_annotated)
        assign(self, "creation_date", creation_date)
        assign(self, "job_name", job_name)
        _check_attribute(attribute)
        if not made:
            raise _no_labels(source_ref, "Add a box")
        if not (
            are_certain_names(source_ref, attribute, job_name)
            and are_certain_boxes(made, len(made), self.width, self.height, self.depth)
            and is_certain_date(creation_date)
        ):
            check_entry(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the line as a JSON object."""
        ids = {label: number for number, label in enumerate(dict.fromkeys(box.label for box in self.boxes))}
        return {
            "source-ref": self.source_ref,
            self.attribute: {
                "image_size": [{"width": self.width, "height": self.height, "depth": self.depth}],
                "annotations": [
                    {
                        "class_id": ids[box.label],
                        "left": box.left,
                        "top": box.top,
                        "width": box.width,
                        "height": box.height,
                    }
                    for box in self.boxes
                ],
            },
            f"{self.attribute}-metadata": {
                "objects": [{"confidence": box.confidence} for box in self.boxes],
                "class-map": {str(number): label for label, number in ids.items()},
                **_origin(DETECTION, self.human_annotated, self.creation_date, self.job_name),
            },
        }

    def to_json(self) -> str:
        """Return the line as text, without a line end."""
        return dump_entry(self.to_dict())


@dataclass(frozen=True, slots=True, init=False)
class ModerationLine:
    """A line with the labels of an image for Custom Moderation.

    Args:
        source_ref: The image, `s3://bucket/key`. The key is written as it is in S3, without URL escapes.
        labels: The names of moderation labels, each once. None of them means that the image shows nothing to moderate.

    Raises:
        ManifestError: A label is not a text of 1 to 256 characters, or `source_ref` is invalid.
    """

    source_ref: str
    labels: tuple[str, ...]

    def __init__(self, source_ref: str, labels: Iterable[str] = ()) -> None:
        made = tuple(_listed(labels))
        object.__setattr__(self, "source_ref", source_ref)
        object.__setattr__(self, "labels", made)
        for label in made:
            _check_label(label)
        if len(set(made)) < len(made):
            twice = next(label for label in made if made.count(label) > 1)
            raise ManifestError(f"the image {shown(source_ref)} has the label {shown(twice)} twice. Pass it once")
        check_entry(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the line as a JSON object."""
        return {
            "source-ref": self.source_ref,
            MODERATION: {"ModerationLabels": [{"Name": label} for label in self.labels]},
        }

    def to_json(self) -> str:
        """Return the line as text, without a line end."""
        return dump_entry(self.to_dict())


TypedLine: TypeAlias = ImageLevelLine | ObjectLine | ModerationLine
"""A line of any kind."""


def check_entry(entry: Mapping[str, Any], text: str | None = None) -> tuple[str, Image]:
    """Check a line by the service's rules, and return its text and the image that it describes.

    Args:
        entry: The line as a JSON object.
        text: The line as text, if the caller has it.

    Raises:
        ManifestError: The service would reject or drop the line, or a value can't be written as JSON.
    """
    name = shown(entry.get("source-ref"))
    image, issues = read_line(Line("", entry), 1, explain=lambda _: True, feature=None)
    raise_for_issues(entry, [found for found in issues if not found.is_warning])
    if image is None:
        raise ManifestError(f"the line of {name} names no image. Add a source-ref")
    text = dump_entry(entry) if text is None else text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ManifestError(
            f"the line of {name} must be valid Unicode, got the lone surrogate {shown(text[error.start])}. File names "
            "that are not UTF-8 contain them: rename the file"
        ) from error
    if len(text) > LONGEST_ENTRY:
        raise ManifestError(
            f"the line of {name} must have at most {LONGEST_ENTRY:,} characters, got {len(text):,}. The service drops "
            "longer lines without a message: remove what it does not read"
        )
    return text, image


def dump_entry(entry: Mapping[str, Any]) -> str:
    """Return a line as text, without a line end.

    Raises:
        ManifestError: A value can't be written as JSON.
    """
    try:
        return json.dumps(dict(entry), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ManifestError(
            f"the line of {shown(entry.get('source-ref'))} can't be written as JSON: {printable(str(error))}"
        ) from error


def raise_for_issues(entry: Mapping[str, Any], issues: Sequence[Issue]) -> None:
    """Raise an error with the message, the value and the fix of the first issues of a line.

    Raises:
        ManifestError: There are issues.
    """
    if issues:
        found = "; ".join(
            f"{issue.message} {issue.fix} Got {_value(entry, issue)}{f': {issue.detail}' if issue.detail else ''}"
            for issue in issues[:_MOST_ISSUES]
        )
        more = f" (and {len(issues) - _MOST_ISSUES} more)" if len(issues) > _MOST_ISSUES else ""
        raise ManifestError(
            f"the service would reject the line of {shown(entry.get('source-ref'))}: {printable(found)}{more}",
            issues=[reported(issue) for issue in issues],
        )


def _value(entry: Mapping[str, Any], issue: Issue) -> str:
    """Return the place and the value that an issue is about."""
    if not issue.place:
        return shown(entry.get("source-ref"))
    value: Any = entry
    for step in issue.place:
        value = value[step]
    where = ".".join(printable(str(step), 100) for step in issue.place)
    size = entry[str(issue.place[0])].get("image_size") if len(issue.place) > 1 else None
    return f"{where} {shown(value)}{f' in image_size {shown(size)}' if size else ''}"


def _check_label(name: object) -> None:
    if not isinstance(name, str) or not name:
        raise ManifestError(f"a label must be a text of 1 to {LONGEST_LABEL} characters, got {shown(name)}")
    if len(name) > LONGEST_LABEL:
        raise ManifestError(
            f"the label {shown(name)} must have at most {LONGEST_LABEL} characters, got {len(name)}. Shorten it"
        )


def _check_confidence(confidence: object, whose: str) -> None:
    if not is_number(confidence) or not 0 <= confidence <= 1:
        raise ManifestError(f"the confidence {whose} must be between 0 and 1, got {shown(confidence)}")


def _listed(labels: Iterable[T]) -> Iterable[T]:
    """Return the labels of a line in a fixed order.

    Raises:
        ManifestError: They are not a list.
    """
    given = cast("object", labels)
    if isinstance(given, str | ImageLabel):
        one = shown(given) if isinstance(given, str) else "label"
        raise ManifestError(f"labels must be a list, got {shown(given)}. Write [{one}] for one label")
    if isinstance(given, Mapping):  # its values would be lost
        got = shown(cast("object", given))
        raise ManifestError(f"labels must be a list, got {got}. Write [ImageLabel(name, confidence)] for a confidence")
    if not isinstance(given, Iterable):
        raise ManifestError(f"labels must be a list, got {shown(given)}")
    # the order of a set differs from process to process, and with it the line
    return sorted(labels, key=str) if isinstance(labels, AbstractSet) else labels


def _check_origin(human: object, created: object, job: object) -> None:
    if not isinstance(human, bool):
        raise ManifestError(f"human_annotated must be True or False, got {shown(human)}")
    if created is not None and not isinstance(created, datetime):
        raise ManifestError(f"creation_date must be a datetime or None, got {shown(created)}")
    if job is not None and not isinstance(job, str):
        raise ManifestError(f"job_name must be a text or None, got {shown(job)}")


def _checked_boxes(boxes: Iterable[LabeledBox]) -> tuple[LabeledBox, ...]:
    """Return the boxes of a line.

    Raises:
        TypeError: They are not a list of `LabeledBox`es.
    """
    if isinstance(boxes, LabeledBox) or not isinstance(cast("object", boxes), Iterable):
        raise TypeError(f"boxes must be a list of LabeledBox, got {type(boxes).__name__}. Write [box] for one box")
    made = tuple(boxes)
    for box in made:
        if not isinstance(cast("object", box), LabeledBox):
            kind = type(box)
            advice = (
                "its sides are fractions of the image: LabeledBox(label, box.left * width, box.top * height, "
                "box.width * width, box.height * height)"
                if kind.__module__.startswith("rekog_versions.models")
                else "write LabeledBox(label, left, top, width, height), in pixels"
            )
            raise TypeError(f"boxes must have LabeledBox objects only, got {kind.__module__}.{kind.__name__}; {advice}")
    return made


def _check_attribute(name: object) -> None:
    if not isinstance(name, str) or not name or name in _RESERVED or name.endswith("-metadata"):
        raise ManifestError(
            f"attribute must be a name such as 'label' that does not end in -metadata, got {shown(name)}. These names "
            f"are reserved: {', '.join(sorted(_RESERVED))}"
        )


def _builtin_number(value: object) -> object:
    """Return the number of another library, such as numpy, as an int or a float: JSON has no form for others."""
    if type(value) in (int, float) or isinstance(value, bool) or not isinstance(value, Real):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def _no_labels(source_ref: object, advice: str) -> ManifestError:
    return ManifestError(
        f"the image {shown(source_ref)} has no label, and the service ignores such lines in a training. {advice}, or "
        "leave the image out"
    )


def _origin(kind: str, human: bool, created: datetime | None, job: str | None) -> dict[str, Any]:
    moment = datetime.now(UTC) if created is None else created
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    date = f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    origin = {"type": kind, "human-annotated": "yes" if human else "no", "creation-date": date}
    return origin if job is None else {**origin, "job-name": job}
