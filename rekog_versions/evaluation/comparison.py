"""The comparison of two versions: which metrics rose or fell, and whether the new version passes the gates."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from rekog_versions._json import JsonResult
from rekog_versions._text import decimal, printable, shortened, signed_decimal, table
from rekog_versions.evaluation.by_label import ByLabel, quoted_labels
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.snapshot import EvaluationSnapshot
from rekog_versions.evaluation.summary import LabelEvaluation

logger = logging.getLogger("rekog_versions")

_ROUNDING = 1e-9
"""Smaller differences are ignored, because the files have rounded numbers."""


@dataclass(frozen=True, slots=True)
class LabelChange(JsonResult):
    """A label in two versions. The properties are differences, new minus old; None unless both values are known.

    Attributes:
        label: The label.
        old: The evaluation of the label in the old version; None if that version does not have it.
        new: The evaluation of the label in the new version; None if that version does not have it.
    """

    _derived = ("f1_score", "precision", "recall")

    label: str
    old: LabelEvaluation | None
    new: LabelEvaluation | None

    @property
    def is_added(self) -> bool:
        """True if only the new version has the label."""
        return self.old is None

    @property
    def is_removed(self) -> bool:
        """True if only the old version has the label."""
        return self.new is None

    @property
    def f1_score(self) -> float | None:
        """The change of the F1 score."""
        return self._change(lambda label: label.f1_score)

    @property
    def precision(self) -> float | None:
        """The change of the precision."""
        return self._change(lambda label: label.precision)

    @property
    def recall(self) -> float | None:
        """The change of the recall."""
        return self._change(lambda label: label.recall)

    def _change(self, metric: Callable[[LabelEvaluation], float | None]) -> float | None:
        return None if self.old is None or self.new is None else difference(metric(self.old), metric(self.new))


@dataclass(frozen=True, slots=True)
class Gates(JsonResult):
    """The conditions under which a new version may replace an old one.

    Numbers are from 0 to 1; None switches a gate off. A gate fails if the metric that it needs is not known.

    Attributes:
        min_f1: The lowest F1 score over all labels.
        min_precision: The lowest precision over all labels.
        min_recall: The lowest recall over all labels.
        min_label_f1: The lowest F1 score of every label of the new version.
        max_drop: The largest fall of the F1 score over all labels.
        max_label_drop: The largest fall of the F1 score of any label of the old version.
        may_lose_labels: True if the new version may lack labels of the old one.
        same_test_set: True if both versions must have been tested on the same images.

    Raises:
        ValueError: A gate is not from 0 to 1.
        TypeError: A gate is not a number.
    """

    min_f1: float | None = None
    min_precision: float | None = None
    min_recall: float | None = None
    min_label_f1: float | None = None
    max_drop: float | None = None
    max_label_drop: float | None = None
    may_lose_labels: bool = False
    same_test_set: bool = False

    def __post_init__(self) -> None:
        for gate in fields(self):
            value: object = getattr(self, gate.name)
            if gate.name in _SWITCHES:
                if not isinstance(value, bool):
                    raise TypeError(f"{gate.name} must be True or False, got {type(value).__name__}")
            elif value is not None:
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise TypeError(f"{gate.name} must be a number from 0 to 1, got {type(value).__name__}")
                if not 0 <= value <= 1:
                    raise ValueError(f"{gate.name} must be from 0 to 1, got {value}")


_SWITCHES = frozenset({"may_lose_labels", "same_test_set"})


@dataclass(frozen=True, slots=True)
class GateVerdict(JsonResult):
    """The result of checking the gates.

    Attributes:
        passed: True if the version passed every gate.
        reasons: A reason for each gate that failed; printable.
    """

    passed: bool
    reasons: Sequence[str]

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        return "\n".join(["passed" if self.passed else "FAILED", *(f"  {reason}" for reason in self.reasons)])


@dataclass(frozen=True)
class Comparison(JsonResult):
    """A new version compared with an old one. Differences are new minus old, so positive ones are improvements.

    Attributes:
        old: The evaluation of the old version.
        new: The evaluation of the new version.
        labels: The change of each label, in the order of the old version. Labels of the new version only follow.
        same_test_set: True if both were tested on the same images; None if a snapshot is missing.
        warnings: Reasons why the differences can mislead.
        verdict: The result of the gates; None if none were given.
    """

    _derived = ("f1_score", "precision", "recall", "added", "removed")

    old: Evaluation
    new: Evaluation
    labels: ByLabel[LabelChange]
    same_test_set: bool | None
    warnings: Sequence[str] = ()
    verdict: GateVerdict | None = None

    def __iter__(self) -> Iterator[LabelChange]:
        return iter(self.labels.values())

    @property
    def f1_score(self) -> float | None:
        """The change of the F1 score over all labels; None unless both values are known."""
        return difference(self.old.f1_score, self.new.f1_score)

    @property
    def precision(self) -> float | None:
        """The change of the precision over all labels; None unless both values are known."""
        return difference(self.old.precision, self.new.precision)

    @property
    def recall(self) -> float | None:
        """The change of the recall over all labels; None unless both values are known."""
        return difference(self.old.recall, self.new.recall)

    @property
    def better(self) -> Sequence[LabelChange]:
        """The labels whose F1 score rose, the largest rise first."""
        risen = [change for change in self.labels.values() if (change.f1_score or 0.0) > _ROUNDING]
        return tuple(sorted(risen, key=lambda change: -(change.f1_score or 0.0)))

    @property
    def worse(self) -> Sequence[LabelChange]:
        """The labels whose F1 score fell, the largest fall first."""
        fallen = [change for change in self.labels.values() if (change.f1_score or 0.0) < -_ROUNDING]
        return tuple(sorted(fallen, key=lambda change: change.f1_score or 0.0))

    @property
    def added(self) -> Sequence[str]:
        """The labels that only the new version has."""
        return tuple(label for label, change in self.labels.items() if change.is_added)

    @property
    def removed(self) -> Sequence[str]:
        """The labels that only the old version has."""
        return tuple(label for label, change in self.labels.items() if change.is_removed)

    def __str__(self) -> str:
        rows: list[Sequence[str]] = [("label", "F1", "was", "change", "precision", "recall", "images", "")]
        rows += [_row(change) for change in self.labels.values()]
        aggregate = (decimal(self.new.f1_score), decimal(self.old.f1_score), signed_decimal(self.f1_score))
        rows.append(("all", *aggregate, signed_decimal(self.precision), signed_decimal(self.recall), "", ""))
        lines = [
            *(f"WARNING: {warning}" for warning in self.warnings),
            f"new: {_name(self.new)}",
            f"old: {_name(self.old)}",
            table(rows),
            *([str(self.verdict)] if self.verdict is not None else ()),
        ]
        return "\n".join(lines)


def difference(old: float | None, new: float | None) -> float | None:
    """Return new minus old; None unless both are known."""
    return None if old is None or new is None else new - old


def _name(evaluation: Evaluation) -> str:
    return shortened(evaluation.version_arn or "an unnamed version", 200)


def _row(change: LabelChange) -> tuple[str, ...]:
    old, new = change.old, change.new
    images = new.testing_images if new is not None else None
    return (
        shortened(change.label),
        decimal(new.f1_score if new is not None else None),
        decimal(old.f1_score if old is not None else None),
        signed_decimal(change.f1_score),
        signed_decimal(change.precision),
        signed_decimal(change.recall),
        "-" if images is None else str(images),
        "added" if change.is_added else "removed" if change.is_removed else "",
    )


def compare(old: Evaluation, new: Evaluation, *, gates: Gates | None = None) -> Comparison:
    """Compare two versions, label by label, by the metrics in their training summaries.

    Differences can come from the test images instead of the models. The snapshots show whether the images are the
    same. If they are not, the result has a warning, which its text starts with and which is logged.

    Args:
        old: The evaluation of the version to beat.
        new: The evaluation of the version that may replace it.
        gates: The conditions for that. The verdict is in the result.

    Raises:
        TypeError: `old` or `new` is not an `Evaluation`, or `gates` is not a `Gates`.
    """
    _check_arguments(old, new, gates)
    labels = ByLabel(
        (label, LabelChange(label, old.labels.get(label), new.labels.get(label)))
        for label in dict.fromkeys([*old.labels, *new.labels])
    )
    same = _same_images(old.snapshot, new.snapshot)
    compared = Comparison(old, new, labels, same, tuple(_warnings(old, new, same)))
    for warning in compared.warnings:
        logger.warning("comparing %s with %s: %s", _name(new), _name(old), warning)
    if gates is None:
        return compared
    reasons = tuple(_failed_gates(compared, gates))
    return replace(compared, verdict=GateVerdict(not reasons, reasons))


def _check_arguments(old: object, new: object, gates: object) -> None:
    for name, value in (("old", old), ("new", new)):
        if not isinstance(value, Evaluation):
            raise TypeError(
                f"{name} must be an Evaluation, got {type(value).__name__}. Call get_evaluation(client, version) to "
                "read one"
            )
    if gates is not None and not isinstance(gates, Gates):
        raise TypeError(
            f"gates must be a Gates, such as Gates(min_f1=0.8, max_label_drop=0.05), got {printable(gates, 80)}"
        )


def _same_images(old: EvaluationSnapshot | None, new: EvaluationSnapshot | None) -> bool | None:
    if old is None or new is None:
        return None
    return Counter(old.source_refs) == Counter(new.source_refs)


def _warnings(old: Evaluation, new: Evaluation, same: bool | None) -> Iterator[str]:
    if old.use_case is not None and new.use_case is not None and old.use_case is not new.use_case:
        yield (
            f"one version is for {old.use_case.value} and the other for {new.use_case.value}: their metrics cannot be "
            "compared"
        )
    if old.snapshot is None or new.snapshot is None:
        missing = "the old version has no" if old.snapshot is None else "the new version has no"
        if old.snapshot is None and new.snapshot is None:
            missing = "neither version has a"
        yield f"it is not known if both were tested on the same images: {missing} snapshot"
    elif not same:
        before, after = Counter(old.snapshot.source_refs), Counter(new.snapshot.source_refs)
        yield (
            f"the versions were NOT tested on the same images: {(before & after).total()} are in both test sets, "
            f"{(before - after).total()} only in the old one, {(after - before).total()} only in the new one. The "
            "difference may come from the images instead of the models. Train with a test manifest or a test dataset: "
            "auto_create selects other test images each time"
        )
    elif relabelled := sum(1 for _ in _relabelled(old.snapshot, new.snapshot)):
        yield f"{relabelled} of the test images have other labels or boxes in the new test set"


def _relabelled(old: EvaluationSnapshot, new: EvaluationSnapshot) -> Iterator[str]:
    before, after = _truth(old), _truth(new)
    return (image for image in before.keys() | after.keys() if before.get(image) != after.get(image))


def _truth(snapshot: EvaluationSnapshot) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    """Return the true labels of each image with their boxes, sorted."""
    truth: dict[str, list[tuple[str, tuple[float, ...]]]] = {}
    for index, image in enumerate(snapshot.truth.images):
        label = (snapshot.labels[snapshot.truth.labels[index]], snapshot.truth.sides(index))
        truth.setdefault(snapshot.source_refs[image], []).append(label)
    for of_image in truth.values():
        of_image.sort()
    return truth


def _failed_gates(compared: Comparison, gates: Gates) -> Iterator[str]:
    new = compared.new
    for name, value, least in (
        ("F1 score", new.f1_score, gates.min_f1),
        ("precision", new.precision, gates.min_precision),
        ("recall", new.recall, gates.min_recall),
    ):
        yield from _too_low(f"the {name} over all labels", value, least)
    for label, evaluated in new.labels.items():
        yield from _too_low(f"the F1 score of {quoted_labels([label])}", evaluated.f1_score, gates.min_label_f1)
    yield from _too_far("the F1 score over all labels", compared.f1_score, gates.max_drop)
    for label, change in compared.labels.items():
        # a metric that the old version does not have cannot have fallen
        if change.old is not None and change.new is not None and change.old.f1_score is not None:
            yield from _too_far(f"the F1 score of {quoted_labels([label])}", change.f1_score, gates.max_label_drop)
    if compared.removed and not gates.may_lose_labels:
        yield f"the new version lacks {quoted_labels(compared.removed)}, and may_lose_labels is False"
    if gates.same_test_set and not compared.same_test_set:
        yield (
            "the test sets are not the same, and same_test_set is True"
            if compared.same_test_set is False
            else "it is not known if the test sets are the same, and same_test_set is True"
        )


def _too_low(metric: str, value: float | None, least: float | None) -> Iterator[str]:
    if least is not None and (value is None or value < least - _ROUNDING):
        yield f"{metric} is {decimal(value, 4) if value is not None else 'not known'}; it must be at least {least:g}"


def _too_far(metric: str, change: float | None, most: float | None) -> Iterator[str]:
    if most is None:
        return
    if change is None:
        yield f"{metric} is not known for both versions; it may fall by at most {most:g}"
    elif change < -most - _ROUNDING:
        yield f"{metric} fell by {-change:.4f}; it may fall by at most {most:g}"
