"""Lines of a manifest as typed objects, which write exactly what the service reads and refuse what it would refuse."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from numbers import Integral, Real
from typing import Any, TypeAlias

from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.issues import CODES, Issue
from rekog_versions.manifests.limits import LONGEST_ENTRY, LONGEST_LABEL, MOST_LABELS_OF_IMAGE
from rekog_versions.manifests.lines import FAR, Image, Line, read_line
from rekog_versions.manifests.messages import shown

CLASSIFICATION = "groundtruth/image-classification"
DETECTION = "groundtruth/object-detection"
_RESERVED = frozenset({"source-ref", "source-ref-metadata", "cl-metadata", "errors", "warnings"})


@dataclass(frozen=True, slots=True)
class ImageLabel:
    """A label of an image, and how it came about.

    Raises:
        ManifestError: The name is empty or has over 256 characters, or the confidence is not between 0 and 1.
    """

    name: str
    confidence: float = 1
    """0 to 1; people are as sure as they say, so 1 for what they labelled."""
    human_annotated: bool = True
    creation_date: datetime | None = None
    """When it was given; a time without a zone counts as UTC, and None as the time of writing."""
    job_name: str | None = None

    def __post_init__(self) -> None:
        _check_label(self.name)
        object.__setattr__(self, "confidence", _plain(self.confidence))
        _check_confidence(self.confidence, f"of the label {shown(self.name)}")


@dataclass(frozen=True, slots=True)
class LabeledBox:
    """A box around an object, in pixels from the upper left corner of its image.

    Raises:
        ManifestError: The label is empty or has over 256 characters, the confidence is not between 0 and 1, or a side
            is no number.
    """

    label: str
    left: float
    top: float
    width: float
    height: float
    confidence: float = 1
    """0 to 1; people are as sure as they say, so 1 for what they drew."""

    def __post_init__(self) -> None:
        _check_label(self.label)
        for number in ("left", "top", "width", "height", "confidence"):
            object.__setattr__(self, number, _plain(getattr(self, number)))
        _check_confidence(self.confidence, f"of the box of {shown(self.label)}")
        for side in ("left", "top", "width", "height"):
            if not _is_number(getattr(self, side)):
                raise ManifestError(
                    f"the {side} of the box of {shown(self.label)} must be a number of pixels, "
                    f"not {shown(getattr(self, side))}"
                )


@dataclass(frozen=True, slots=True, init=False)
class ImageLevelLine:
    """A line that says what an image shows as a whole: one label, or several.

    Args:
        source_ref: The image, `s3://bucket/key`, the key as it is in S3, without URL escapes.
        labels: Names or `ImageLabel`s: one to 50, each of another name.
        attribute: What to call the label in the line; several are numbered from 0. The service doesn't use the name.

    Raises:
        ManifestError: The service would refuse the line.
    """

    source_ref: str
    labels: tuple[ImageLabel, ...]
    attribute: str

    def __init__(self, source_ref: str, labels: Iterable[str | ImageLabel], *, attribute: str = "label") -> None:
        if isinstance(labels, str):
            raise ManifestError(f"labels must be a list: [{shown(labels)}] for one label")
        made = tuple(label if isinstance(label, ImageLabel) else ImageLabel(label) for label in labels)
        object.__setattr__(self, "source_ref", source_ref)
        object.__setattr__(self, "labels", made)
        object.__setattr__(self, "attribute", attribute)
        _check_attribute(attribute)
        names = [label.name for label in made]
        if not names:
            raise _unlabelled(source_ref, "give it a label")
        if len(names) > MOST_LABELS_OF_IMAGE:
            raise ManifestError(
                f"the image {shown(source_ref)} has {len(names)} labels; at most {MOST_LABELS_OF_IMAGE} are allowed"
            )
        twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
        if twice is not None:
            raise ManifestError(f"the image {shown(source_ref)} has the label {shown(twice)} twice: give it once")
        checked(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The line as the service reads it."""
        entry: dict[str, Any] = {"source-ref": self.source_ref}
        for number, label in enumerate(self.labels):
            name = self.attribute if len(self.labels) == 1 else f"{self.attribute}{number}"
            entry[name] = 1  # any number: the service reads the class-name
            entry[f"{name}-metadata"] = {
                "class-name": label.name,
                "confidence": label.confidence,
                **_origin(CLASSIFICATION, label.human_annotated, label.creation_date, label.job_name),
            }
        return entry

    def to_json(self) -> str:
        """The line as it stands in a manifest, without its end."""
        return dumped(self.to_dict())


@dataclass(frozen=True, slots=True, init=False)
class ObjectLine:
    """A line that says where in an image which objects are.

    Args:
        source_ref: The image, `s3://bucket/key`, the key as it is in S3, without URL escapes.
        width: The image's, in pixels.
        height: The image's, in pixels.
        boxes: One to 50, within the image, with sides of more than a pixel once the service has scaled the image's
            longer side down to 1,280.
        depth: The image's channels.
        attribute: What to call the boxes in the line. The service doesn't use the name.
        human_annotated: Whether people drew them.
        creation_date: When; a time without a zone counts as UTC, and None as the time of writing.
        job_name: The labelling job.

    Raises:
        ManifestError: The service would refuse the line.
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
        made = tuple(boxes)
        for name, value in (
            ("source_ref", source_ref),
            ("width", _plain(width)),
            ("height", _plain(height)),
            ("boxes", made),
            ("depth", _plain(depth)),
            ("attribute", attribute),
            ("human_annotated", human_annotated),
            ("creation_date", creation_date),
            ("job_name", job_name),
        ):
            object.__setattr__(self, name, value)
        _check_attribute(attribute)
        if not made:
            raise _unlabelled(source_ref, "draw a box")
        checked(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The line as the service reads it."""
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
        """The line as it stands in a manifest, without its end."""
        return dumped(self.to_dict())


TypedLine: TypeAlias = ImageLevelLine | ObjectLine
"""A line of either kind."""


def checked(entry: Mapping[str, Any], text: str | None = None) -> tuple[str, Image]:
    """A line's text and what it says, after the rules of the service have been held against it.

    Args:
        entry: What the line holds.
        text: The text, if it is there already.

    Raises:
        ManifestError: The service would refuse the line, or drop it; or it holds what JSON has no form for.
    """
    name = shown(entry.get("source-ref"))
    image, issues = read_line(Line("", entry), 1)
    raise_for(entry, [found for found in issues if not found.is_warning])
    if image is None:
        raise ManifestError(f"the line of {name} names no image")
    text = dumped(entry) if text is None else text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ManifestError(
            f"the line of {name} is no Unicode text: it has a lone surrogate, {shown(text[error.start])}, as the names "
            "of files get that are not UTF-8"
        ) from error
    if len(text) > LONGEST_ENTRY:
        raise ManifestError(
            f"the line of {name} has {len(text):,} characters; the service drops lines of over {LONGEST_ENTRY:,} "
            "without a word: leave out what it doesn't read"
        )
    return text, image


def dumped(entry: Mapping[str, Any]) -> str:
    """A line's text, without its end.

    Raises:
        ManifestError: It holds what JSON has no form for.
    """
    try:
        return json.dumps(dict(entry), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ManifestError(
            f"the line of {shown(entry.get('source-ref'))} can't be written as JSON: {printable(str(error))}"
        ) from error


def raise_for(entry: Mapping[str, Any], issues: Sequence[Issue]) -> None:
    """Raises an error that says what is wrong with a line, where, and what to do about it.

    Raises:
        ManifestError: There are issues.
    """
    if issues:
        found = "; ".join(
            f"{issue.message} {CODES[issue.code].fix} It is {_value(entry, issue)}" for issue in issues[:3]
        )
        more = f" (and {len(issues) - 3} more)" if len(issues) > 3 else ""  # noqa: PLR2004 - the three above
        raise ManifestError(
            f"the service would refuse the line of {shown(entry.get('source-ref'))}: {printable(found)}{more}",
            issues=issues,
        )


def _value(entry: Mapping[str, Any], issue: Issue) -> str:
    """What an issue is about, with its value."""
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
        raise ManifestError(f"a label must have a name of 1 to {LONGEST_LABEL} characters, not {shown(name)}")
    if len(name) > LONGEST_LABEL:
        raise ManifestError(
            f"the label {shown(name)} has {len(name)} characters; shorten it to at most {LONGEST_LABEL}"
        )


def _check_confidence(confidence: object, whose: str) -> None:
    if not _is_number(confidence) or not 0 <= confidence <= 1:  # type: ignore[operator]
        raise ManifestError(f"the confidence {whose} must be between 0 and 1, not {shown(confidence)}")


def _plain(value: object) -> object:
    """A number of another library, such as numpy, as one of Python's own, the only ones that JSON has a form for."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -FAR < value < FAR


def _check_attribute(name: object) -> None:
    if not isinstance(name, str) or not name or name in _RESERVED or name.endswith("-metadata"):
        raise ManifestError(
            f"an attribute can't be called {shown(name)}: choose a name such as 'label' that doesn't end in -metadata "
            f"and is none of {', '.join(sorted(_RESERVED))}"
        )


def _unlabelled(source_ref: object, what: str) -> ManifestError:
    return ManifestError(
        f"the image {shown(source_ref)} has no label, and the service ignores such lines in a training: {what}, or "
        "leave the image out"
    )


def _origin(kind: str, human: bool, created: datetime | None, job: str | None) -> dict[str, Any]:
    moment = datetime.now(UTC) if created is None else created
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    date = f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    origin = {"type": kind, "human-annotated": "yes" if human else "no", "creation-date": date}
    return origin if job is None else {**origin, "job-name": job}
