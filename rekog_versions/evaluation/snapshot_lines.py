"""The lines of an evaluation manifest snapshot, decoded as they stream by.

What the service writes is decoded right into small structs. Whatever has another form (numbers as strings, NaN, lone
surrogates) is decoded once more, line by line and with tolerance, so that the common case needn't pay for it.
"""

import json
import math
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import msgspec

from rekog_versions._text import printable
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation.snapshot import SIDES, Column, Predictions
from rekog_versions.manifests.lines import UseCase

_TRAINING, _EVALUATION = "rekognition-custom-labels-training", "rekognition-custom-labels-evaluation"
_DETAILS = f"{_EVALUATION}-details"
_METADATA = "-metadata"
_KNOWN = ("source-ref", _TRAINING, _EVALUATION)

# gc=False: they hold no cycles, and live no longer than their line


class _Details(msgspec.Struct, gc=False):
    is_present: bool | None = msgspec.field(name="is-present-in-ground-truth", default=None)
    is_true_positive: bool | None = msgspec.field(name="is-true-positive", default=None)
    is_false_negative: bool | None = msgspec.field(name="is-false-negative", default=None)


class _Object(msgspec.Struct, gc=False):
    confidence: float | None = None
    details: _Details | None = msgspec.field(name=_DETAILS, default=None)


class _Annotation(msgspec.Struct, gc=False):
    class_id: int
    left: float
    top: float
    width: float
    height: float


class _Value(msgspec.Struct, gc=False):
    """What an attribute or its metadata holds, in either form."""

    class_name: str | None = msgspec.field(name="class-name", default=None)
    confidence: float | None = None
    details: _Details | None = msgspec.field(name=_DETAILS, default=None)
    class_map: dict[int, str] | None = msgspec.field(name="class-map", default=None)
    objects: list[_Object] | None = None
    annotations: list[_Annotation] | None = None


_Entry: TypeAlias = "dict[str, _Value | str | int | float | bool | list[Any] | None]"
_ENTRY: Any = dict[str, _Value | str | int | float | bool | list[Any] | None]
_decoder: "msgspec.json.Decoder[_Entry]" = msgspec.json.Decoder(_ENTRY)


class Reading:
    """A snapshot while it is read.

    Args:
        name: What to call the file in messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._line = 0
        self._source_refs: list[str] = []
        self._labels: dict[str, int] = {}
        self._truth, self._seen = Column(), Predictions()
        self._use_case: UseCase | None = None
        self._unscored = 0
        self._has_attributes = self._has_others = False

    def add(self, lines: bytes) -> None:
        """Takes in whole lines.

        Raises:
            EvaluationError: One of them can't be read.
        """
        try:
            entries = _decoder.decode_lines(lines)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            entries = []  # the line that it was is found, and told, below
        if len(entries) == lines.count(b"\n") + 1:
            for entry in entries:
                self._line += 1
                self._take(entry)
            return
        for line in lines.split(b"\n"):
            self._line += 1
            if line.strip():
                self._take(self._tolerantly(line))

    def result(self) -> tuple[Sequence[str], Sequence[str], Column, Predictions, UseCase | None, int]:
        """What a `Snapshot` is made of.

        Raises:
            EvaluationError: It is a manifest, but no snapshot.
        """
        if self._has_others and not self._has_attributes:
            raise EvaluationError(
                f"{self._name} is a manifest, but holds neither what the model was to find ({_TRAINING}-...) nor what "
                f"it found ({_EVALUATION}-...); {_EXPECTED}"
            )
        for column in (self._truth, self._seen):
            if column.boxes and len(column.boxes) != SIDES * len(column):
                raise self._mixed("")
        confidences = self._seen.confidences
        if confidences and not (min(confidences) >= 0 and max(confidences) <= 1):
            worst = max(confidences, key=lambda confidence: abs(confidence - 0.5))
            raise EvaluationError(f"{self._name} has a confidence of {worst}; they go from 0 to 1")
        return self._source_refs, tuple(self._labels), self._truth, self._seen, self._use_case, self._unscored

    def _take(self, entry: _Entry) -> None:
        source_ref = entry.get("source-ref")
        if type(source_ref) is not str:
            raise self._unreadable("it has no source-ref, the image's place", entry)
        image = len(self._source_refs)
        self._source_refs.append(source_ref)
        seen: list[tuple[str, _Value]] | None = None
        shown: list[int] = []
        for name, value in entry.items():
            if type(value) is not _Value:
                continue
            if name.startswith(_EVALUATION):
                if name.endswith(_METADATA):
                    seen = seen or []
                    seen.append((name, value))
            elif name.startswith(_TRAINING) and name.endswith(_METADATA):
                self._take_truth(image, name, value, entry, shown)
        for name, value in seen or ():
            self._take_prediction(image, name, value, entry, shown)
        if seen or shown:
            self._has_attributes = True
        elif len(entry) > 1:
            self._has_others = True

    def _take_truth(self, image: int, name: str, value: _Value, entry: _Entry, shown: list[int]) -> None:
        label = value.class_name
        if label is None:
            self._has_attributes = True
            self._take_boxes(image, name, value, entry, self._truth)
            return
        place = self._labels.get(label)
        if place is None:
            place = self._place(label, UseCase.IMAGE_LEVEL_LABELS)
        if place not in shown:
            shown.append(place)
            self._truth.images.append(image)
            self._truth.labels.append(place)

    def _take_prediction(self, image: int, name: str, value: _Value, entry: _Entry, shown: Sequence[int]) -> None:
        label = value.class_name
        if label is None:
            places = self._take_boxes(image, name, value, entry, self._seen)
            objects = value.objects or ()
            if len(objects) != places:
                raise self._unreadable(f"'{printable(name, 80)}' has {len(objects)} objects for {places} boxes", entry)
            add_confidence, add_present = self._seen.confidences.append, self._seen.present.append
            for described in objects:
                confidence, details = described.confidence, described.details
                if confidence is not None and details is not None and details.is_present is not None:
                    add_confidence(confidence)
                    add_present(details.is_present)
                else:
                    self._score(confidence, details, None, name, entry)
            return
        place = self._labels.get(label)
        if place is None:
            place = self._place(label, UseCase.IMAGE_LEVEL_LABELS)
        self._seen.images.append(image)
        self._seen.labels.append(place)
        self._score(value.confidence, value.details, place in shown, name, entry)

    def _score(
        self, confidence: float | None, details: _Details | None, is_shown: bool | None, name: str, entry: _Entry
    ) -> None:
        is_present = details.is_present if details is not None else None
        if is_present is None:
            is_present = self._presence(details, is_shown)
            if is_present is None:
                raise self._unreadable(
                    f"'{printable(name, 80)}' doesn't say of each object if it is-present-in-ground-truth", entry
                )
        if confidence is None:
            self._unscored += 1
            confidence = 0.0
        self._seen.confidences.append(confidence)
        self._seen.present.append(is_present)

    @staticmethod
    def _presence(details: _Details | None, is_shown: bool | None) -> bool | None:
        """Whether something is there, where the file doesn't say so itself."""
        if is_shown is not None:
            return is_shown
        if details is None or (details.is_true_positive is None and details.is_false_negative is None):
            return None
        return bool(details.is_true_positive or details.is_false_negative)

    def _take_boxes(self, image: int, name: str, value: _Value, entry: _Entry, column: Column) -> int:
        """Takes in the boxes of an attribute, and answers how many there are."""
        attribute = entry.get(name.removesuffix(_METADATA))
        annotations = attribute.annotations if type(attribute) is _Value else None
        if annotations is None:
            raise self._unreadable(f"'{printable(name, 80)}' has neither a class-name nor annotations beside it", entry)
        class_map, labels = value.class_map or {}, self._labels
        add_image, add_label, add_box = column.images.append, column.labels.append, column.boxes.extend
        for annotation in annotations:
            # a class_id means something only with its own line's class map
            label = class_map.get(annotation.class_id)
            if label is None:
                raise self._unreadable(
                    f"the class_id {annotation.class_id} is not in the class-map of '{printable(name, 80)}'", entry
                )
            place = labels.get(label)
            if place is None:
                place = self._place(label, UseCase.OBJECT_LOCALIZATION)
            add_image(image)
            add_label(place)
            add_box((annotation.left, annotation.top, annotation.width, annotation.height))
        if self._use_case is None:
            self._use_case = UseCase.OBJECT_LOCALIZATION
        return len(annotations)

    def _place(self, label: str, use_case: UseCase) -> int:
        if self._use_case is None:
            self._use_case = use_case
        elif self._use_case is not use_case:
            raise self._mixed(f", line {self._line},")
        return self._labels.setdefault(label, len(self._labels))

    def _mixed(self, where: str) -> EvaluationError:
        return EvaluationError(f"{self._name}{where} mixes labels of images with boxes; a model has either. {_NEXT}")

    def _tolerantly(self, line: bytes) -> _Entry:
        """Reads a line that isn't quite as it should be, such as one with numbers in strings.

        Raises:
            EvaluationError: There is no making sense of it.
        """
        try:
            read: object = json.loads(line)
            if not isinstance(read, dict):
                raise self._unreadable("it is no JSON object", line)
            # what other attributes hold doesn't matter, and may have any form
            members = cast("dict[str, Any]", read).items()
            known = {name: value for name, value in members if name.startswith(_KNOWN)}
            self._has_others |= len(known) < len(members)
            _without_nan(known)
            return cast("_Entry", msgspec.convert(known, _ENTRY, strict=False))
        except EvaluationError:
            raise
        except RecursionError:
            why = "it is nested too deeply"
        except ValueError as error:  # msgspec's are ValueErrors, too
            why = printable(str(error), 200)
        raise self._unreadable(why, line)

    def _unreadable(self, why: str, found: "_Entry | bytes") -> EvaluationError:
        if isinstance(found, bytes):
            shown = found.decode("utf-8", "replace")
            line = f"The line was: {printable(shown, 200)}"
        else:
            shown = ", ".join(found)
            line = f"The line has {printable(shown, 200)}."
        if "EvaluationDetails" in shown or "AggregatedEvaluationResults" in shown:
            line += " That is a training summary, which comes first: from_files(summary, snapshot)."
        return EvaluationError(
            f"{self._name} can't be read: line {self._line}: {why}. {_EXPECTED[0].upper()}{_EXPECTED[1:]}. "
            f"{_NEXT} {line}"
        )


_EXPECTED = (
    "expected is an evaluation manifest snapshot (TestingDataResult.Output of the version's description): one JSON "
    "object a line, a test image each"
)
_NEXT = (
    "If the file was cut off or changed, fetch it again; without it the summary alone can be read: "
    "from_files(summary), get_evaluation(..., snapshot=False)."
)


def _without_nan(read: Any) -> None:
    """Makes None of NaN and the infinities, which Python's JSON knows: they are no confidences."""
    for key, value in _members(read):
        is_infinite = isinstance(value, float) and not math.isfinite(value)
        if is_infinite or (key == "confidence" and str(value).strip().lower() in _NO_NUMBERS):
            read[key] = None
        else:
            _without_nan(value)


_NO_NUMBERS = frozenset({"nan", "inf", "-inf", "infinity", "-infinity", "", "null", "none"})


def _members(read: Any) -> list[tuple[Any, Any]]:
    if isinstance(read, dict):
        return list(read.items())  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return list(enumerate(read)) if isinstance(read, list) else []  # pyright: ignore[reportUnknownArgumentType]
