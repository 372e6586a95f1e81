"""Reading an evaluation manifest snapshot as a stream of lines.

Lines as the service writes them are decoded straight into small structs. A line in another form (numbers as strings,
NaN, lone surrogates) is decoded a second time, with tolerance. So the common case stays fast.
"""

import json
import math
from array import array
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import msgspec

from rekog_versions._json import mapping, number, sequence
from rekog_versions._text import printable
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation.input_files import InputFile, whole_lines
from rekog_versions.evaluation.snapshot import SIDES, EvaluationSnapshot, LabelArrays, PredictionArrays
from rekog_versions.manifests.lines import UseCase

_TRAINING, _EVALUATION = "rekognition-custom-labels-training", "rekognition-custom-labels-evaluation"
_DETAILS = f"{_EVALUATION}-details"
_METADATA = "-metadata"
_KNOWN = ("source-ref", _TRAINING, _EVALUATION)

# gc=False: the structs hold no reference cycles and do not outlive their line


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
    """The value of an attribute or of its metadata, in either form."""

    class_name: str | None = msgspec.field(name="class-name", default=None)
    confidence: float | None = None
    details: _Details | None = msgspec.field(name=_DETAILS, default=None)
    class_map: dict[int, str] | None = msgspec.field(name="class-map", default=None)
    objects: list[_Object] | None = None
    annotations: list[_Annotation] | None = None
    image_size: Any = None


_Entry: TypeAlias = "dict[str, _Value | str | int | float | bool | list[Any] | None]"
_ENTRY: Any = dict[str, _Value | str | int | float | bool | list[Any] | None]
_decoder: "msgspec.json.Decoder[_Entry]" = msgspec.json.Decoder(_ENTRY)


def read_snapshot(file: InputFile) -> EvaluationSnapshot:
    """Return the snapshot in a file, which is read as a stream.

    Raises:
        EvaluationError: The file is not a snapshot. The message names the line.
    """
    reader = _Reader(file.name)
    for lines in whole_lines(file.open()):
        reader.add(lines)
    return reader.snapshot()


class _Reader:
    """Collects the lines of a snapshot.

    Args:
        name: The name of the file in messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._line = 0
        self._source_refs: list[str] = []
        self._labels: dict[str, int] = {}
        self._truth, self._predictions = LabelArrays(), PredictionArrays()
        self._use_case: UseCase | None = None
        self._missing_confidences = 0
        self._sizes = array("d")
        self._has_attributes = self._has_others = False

    def add(self, lines: bytes) -> None:
        """Add whole lines.

        Raises:
            EvaluationError: A line can't be read.
        """
        try:
            entries = _decoder.decode_lines(lines)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            entries = []  # the loop below finds the line and reports it
        if len(entries) == lines.count(b"\n") + 1:
            for entry in entries:
                self._line += 1
                self._add_entry(entry)
            return
        for line in lines.split(b"\n"):
            self._line += 1
            if line.strip():
                self._add_entry(self._decode_tolerantly(line))

    def snapshot(self) -> EvaluationSnapshot:
        """Return the snapshot once all lines were added.

        Raises:
            EvaluationError: The file is a manifest without evaluation results, or its values are inconsistent.
        """
        if self._has_others and not self._has_attributes:
            raise EvaluationError(
                f"{self._name} is a manifest that has neither true labels ({_TRAINING}-...) nor predictions "
                f"({_EVALUATION}-...). {_EXPECTED}"
            )
        for arrays in (self._truth, self._predictions):
            if arrays.boxes and len(arrays.boxes) != SIDES * len(arrays):
                raise self._mixed("")
        confidences = self._predictions.confidences
        if confidences and not (min(confidences) >= 0 and max(confidences) <= 1):
            worst = max(confidences, key=lambda confidence: abs(confidence - 0.5))
            raise EvaluationError(f"{self._name} has a confidence of {worst}: confidences must be from 0 to 1. {_NEXT}")
        return EvaluationSnapshot(
            self._source_refs,
            tuple(self._labels),
            self._truth,
            self._predictions,
            self._use_case,
            self._missing_confidences,
            self._sizes,
        )

    def _add_entry(self, entry: _Entry) -> None:
        source_ref = entry.get("source-ref")
        if type(source_ref) is not str:
            raise self._unreadable("it has no source-ref, the URI of the image", entry)
        image = len(self._source_refs)
        self._source_refs.append(source_ref)
        predictions: list[tuple[str, _Value]] | None = None
        true_labels: list[int] = []
        for name, value in entry.items():
            if type(value) is not _Value:
                continue
            if name.startswith(_EVALUATION):
                if name.endswith(_METADATA):
                    predictions = predictions or []
                    predictions.append((name, value))
            elif name.startswith(_TRAINING) and name.endswith(_METADATA):
                self._add_truth(image, name, value, entry, true_labels)
        for name, value in predictions or ():
            self._add_prediction(image, name, value, entry, true_labels)
        if predictions or true_labels:
            self._has_attributes = True
        elif len(entry) > 1:
            self._has_others = True

    def _add_truth(self, image: int, name: str, value: _Value, entry: _Entry, true_labels: list[int]) -> None:
        label = value.class_name
        if label is None:
            self._has_attributes = True
            self._add_boxes(image, name, value, entry, self._truth)
            return
        index = self._labels.get(label)
        if index is None:
            index = self._index(label, UseCase.IMAGE_LEVEL_LABELS)
        if index not in true_labels:
            true_labels.append(index)
            self._truth.images.append(image)
            self._truth.labels.append(index)

    def _add_prediction(self, image: int, name: str, value: _Value, entry: _Entry, true_labels: Sequence[int]) -> None:
        label = value.class_name
        if label is None:
            boxes = self._add_boxes(image, name, value, entry, self._predictions)
            objects = value.objects or ()
            if len(objects) != boxes:
                raise self._unreadable(f"'{printable(name, 80)}' has {len(objects)} objects for {boxes} boxes", entry)
            add_confidence, add_present = self._predictions.confidences.append, self._predictions.present.append
            for described in objects:
                confidence, details = described.confidence, described.details
                if confidence is not None and details is not None and details.is_present is not None:
                    add_confidence(confidence)
                    add_present(details.is_present)
                else:
                    self._add_score(confidence, details, None, name, entry)
            return
        index = self._labels.get(label)
        if index is None:
            index = self._index(label, UseCase.IMAGE_LEVEL_LABELS)
        self._predictions.images.append(image)
        self._predictions.labels.append(index)
        self._add_score(value.confidence, value.details, index in true_labels, name, entry)

    def _add_score(
        self, confidence: float | None, details: _Details | None, is_true_label: bool | None, name: str, entry: _Entry
    ) -> None:
        is_present = details.is_present if details is not None else None
        if is_present is None:
            is_present = _presence(details, is_true_label)
            if is_present is None:
                raise self._unreadable(
                    f"'{printable(name, 80)}' has an object without is-present-in-ground-truth", entry
                )
        if confidence is None:
            self._missing_confidences += 1
            confidence = 0.0
        self._predictions.confidences.append(confidence)
        self._predictions.present.append(is_present)

    def _add_boxes(self, image: int, name: str, value: _Value, entry: _Entry, arrays: LabelArrays) -> int:
        """Add the boxes of an attribute; returns their number."""
        attribute = entry.get(name.removesuffix(_METADATA))
        annotations = attribute.annotations if type(attribute) is _Value else None
        if annotations is None:
            raise self._unreadable(
                f"'{printable(name, 80)}' has neither a class-name nor an attribute with annotations", entry
            )
        self._add_size(image, attribute.image_size if type(attribute) is _Value else None)
        class_map, labels = value.class_map or {}, self._labels
        add_image, add_label, add_box = arrays.images.append, arrays.labels.append, arrays.boxes.extend
        for annotation in annotations:
            # the same class_id can mean another label on another line
            label = class_map.get(annotation.class_id)
            if label is None:
                raise self._unreadable(
                    f"the class_id {annotation.class_id} is not in the class-map of '{printable(name, 80)}'", entry
                )
            index = labels.get(label)
            if index is None:
                index = self._index(label, UseCase.OBJECT_LOCALIZATION)
            add_image(image)
            add_label(index)
            add_box((annotation.left, annotation.top, annotation.width, annotation.height))
        if self._use_case is None:
            self._use_case = UseCase.OBJECT_LOCALIZATION
        return len(annotations)

    def _add_size(self, image: int, given: object) -> None:
        """Add the size of an image, if it is the first size and valid. The metrics do not need it."""
        sizes, at = self._sizes, 2 * image
        if len(sizes) > at and sizes[at]:
            return
        sizes.extend([0.0] * (at + 2 - len(sizes)))
        size = mapping(next(iter(sequence(given)), None))
        width, height = number(size.get("width")), number(size.get("height"))
        if width is not None and height is not None and width > 0 and height > 0:
            sizes[at], sizes[at + 1] = width, height

    def _index(self, label: str, use_case: UseCase) -> int:
        """Return the index of a label, which may be new."""
        if self._use_case is None:
            self._use_case = use_case
        elif self._use_case is not use_case:
            raise self._mixed(f", line {self._line},")
        return self._labels.setdefault(label, len(self._labels))

    def _mixed(self, where: str) -> EvaluationError:
        return EvaluationError(
            f"{self._name}{where} mixes image-level labels and boxes: a model has one or the other. {_NEXT}"
        )

    def _decode_tolerantly(self, line: bytes) -> _Entry:
        """Decode a line in another form than the service's, such as one with numbers as strings.

        Raises:
            EvaluationError: The line can't be read in any form.
        """
        try:
            read: object = json.loads(line)
            if not isinstance(read, dict):
                raise self._unreadable("it is not a JSON object", line)
            # the values of other attributes do not matter and may have any form
            members = cast("dict[str, Any]", read).items()
            known = {name: value for name, value in members if name.startswith(_KNOWN)}
            self._has_others |= len(known) < len(members)
            _replace_nan(known)
            return cast("_Entry", msgspec.convert(known, _ENTRY, strict=False))
        except EvaluationError:
            raise
        except RecursionError:
            reason = "it is nested too deeply"
        except ValueError as error:  # the base class of msgspec's errors
            reason = printable(str(error), 200)
        raise self._unreadable(reason, line)

    def _unreadable(self, reason: str, found: "_Entry | bytes") -> EvaluationError:
        if isinstance(found, bytes):
            shown = found.decode("utf-8", "replace")
            line = f"The line is: {printable(shown, 200)}"
        else:
            shown = ", ".join(found)
            line = f"The line has the members {printable(shown, 200)}."
        if "EvaluationDetails" in shown or "AggregatedEvaluationResults" in shown:
            line += " This is a training summary: pass it as the first argument of from_files(summary, snapshot)."
        return EvaluationError(
            f"{self._name} could not be read: line {self._line}: {reason}. {_EXPECTED} {_NEXT} {line}"
        )


_EXPECTED = (
    "It must be an evaluation manifest snapshot (TestingDataResult.Output of the version's description), with one JSON "
    "object per line and test image."
)
_NEXT = (
    "If the file was truncated or changed, download it again. To read the summary without it, use from_files(summary) "
    "or get_evaluation(..., snapshot=False)."
)


def _presence(details: _Details | None, is_true_label: bool | None) -> bool | None:
    """Return whether a prediction is in the ground truth, for a file without that flag; None if it is not known."""
    if is_true_label is not None:
        return is_true_label
    if details is None or (details.is_true_positive is None and details.is_false_negative is None):
        return None
    return bool(details.is_true_positive or details.is_false_negative)


def _replace_nan(read: Any) -> None:
    """Replace NaN and infinities, which Python's JSON accepts, and confidences that are not numbers by None."""
    for key, value in _members(read):
        is_infinite = isinstance(value, float) and not math.isfinite(value)
        if is_infinite or (key == "confidence" and str(value).strip().lower() in _NOT_NUMBERS):
            read[key] = None
        else:
            _replace_nan(value)


_NOT_NUMBERS = frozenset({"nan", "inf", "-inf", "infinity", "-infinity", "", "null", "none"})


def _members(read: Any) -> list[tuple[Any, Any]]:
    if isinstance(read, dict):
        return list(read.items())  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return list(enumerate(read)) if isinstance(read, list) else []  # pyright: ignore[reportUnknownArgumentType]
