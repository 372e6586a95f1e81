"""Two versions beside each other: what got better, what got worse, and whether that is good enough."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import cast

from rekog_versions._text import printable
from rekog_versions.evaluation.by_label import ByLabel
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.snapshot import Snapshot
from rekog_versions.evaluation.summary import LabelEvaluation
from rekog_versions.evaluation.tables import delta, number, shortened, table

logger = logging.getLogger("rekog_versions")

_SLACK = 1e-9
"""A difference that is none: the files hold rounded numbers."""


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A label in two versions.

    Attributes:
        label: The label.
        old: What the old version makes of it; None if it doesn't know it.
        new: What the new version makes of it; None if it doesn't know it.
    """

    label: str
    old: LabelEvaluation | None
    new: LabelEvaluation | None

    @property
    def is_added(self) -> bool:
        """Whether only the new version knows it."""
        return self.old is None

    @property
    def is_removed(self) -> bool:
        """Whether only the old version knows it."""
        return self.new is None

    @property
    def f1_score(self) -> float | None:
        """By how much the F1 score rose; None unless both have one. So are the others."""
        return self._rise(lambda label: label.f1_score)

    @property
    def precision(self) -> float | None:
        """By how much the precision rose."""
        return self._rise(lambda label: label.precision)

    @property
    def recall(self) -> float | None:
        """By how much the recall rose."""
        return self._rise(lambda label: label.recall)

    def _rise(self, metric: Callable[[LabelEvaluation], float | None]) -> float | None:
        return None if self.old is None or self.new is None else rise(metric(self.old), metric(self.new))


@dataclass(frozen=True, slots=True)
class Gates:
    """What a new version must do to take an old one's place. What is None is not asked for; all are from 0 to 1.

    A gate on a number that is not known is not passed.

    Attributes:
        min_f1: The least F1 score over all labels.
        min_precision: The least precision over all labels.
        min_recall: The least recall over all labels.
        min_label_f1: The least F1 score of every label of the new version.
        max_drop: By how much the F1 score over all labels may fall.
        max_label_drop: By how much the F1 score of any label of the old version may fall.
        may_lose_labels: Whether the new version may lack labels of the old one.
        same_test_set: Whether both must have been tested on the same images, and that must be known.

    Raises:
        ValueError: A gate is not from 0 to 1.
        TypeError: A gate is no number.
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
class GateVerdict:
    """Whether a version passed.

    Attributes:
        passed: Whether every gate was passed.
        reasons: Why not, one for each that wasn't; printable.
    """

    passed: bool
    reasons: Sequence[str]

    def __str__(self) -> str:
        return "\n".join(["passed" if self.passed else "FAILED", *(f"  {reason}" for reason in self.reasons)])


@dataclass(frozen=True)
class Comparison:
    """A new version beside an old one. Differences are new less old, so what is over 0 got better.

    Attributes:
        old: The old version's evaluation.
        new: The new version's evaluation.
        labels: Each label of either, in the order of the old version, then what the new one adds.
        same_test_set: Whether both were tested on the same images; None where a snapshot is missing.
        warnings: Why the difference may say less than it seems to.
        verdict: Whether the new version passed the gates; None if there were none.
    """

    old: Evaluation
    new: Evaluation
    labels: ByLabel[LabelChange]
    same_test_set: bool | None
    warnings: Sequence[str] = ()
    verdict: GateVerdict | None = None

    @property
    def f1_score(self) -> float | None:
        """By how much the F1 score over all labels rose; None unless both are known. So are the others."""
        return rise(self.old.f1_score, self.new.f1_score)

    @property
    def precision(self) -> float | None:
        """By how much the precision over all labels rose."""
        return rise(self.old.precision, self.new.precision)

    @property
    def recall(self) -> float | None:
        """By how much the recall over all labels rose."""
        return rise(self.old.recall, self.new.recall)

    @property
    def better(self) -> Sequence[LabelChange]:
        """The labels whose F1 score rose, the largest rise first."""
        risen = [change for change in self.labels.values() if (change.f1_score or 0.0) > _SLACK]
        return tuple(sorted(risen, key=lambda change: -(change.f1_score or 0.0)))

    @property
    def worse(self) -> Sequence[LabelChange]:
        """The labels whose F1 score fell, the largest fall first."""
        fallen = [change for change in self.labels.values() if (change.f1_score or 0.0) < -_SLACK]
        return tuple(sorted(fallen, key=lambda change: change.f1_score or 0.0))

    @property
    def added(self) -> Sequence[str]:
        """The labels that only the new version knows."""
        return tuple(label for label, change in self.labels.items() if change.is_added)

    @property
    def removed(self) -> Sequence[str]:
        """The labels that only the old version knows."""
        return tuple(label for label, change in self.labels.items() if change.is_removed)

    def __str__(self) -> str:
        rows: list[Sequence[str]] = [("label", "F1", "was", "change", "precision", "recall", "images", "")]
        rows += [_row(change) for change in self.labels.values()]
        aggregate = (number(self.new.f1_score), number(self.old.f1_score), delta(self.f1_score))
        rows.append(("all", *aggregate, delta(self.precision), delta(self.recall), "", ""))
        lines = [
            *(f"WARNING: {warning}" for warning in self.warnings),
            f"new: {_named(self.new)}",
            f"old: {_named(self.old)}",
            table(rows),
            *([str(self.verdict)] if self.verdict is not None else ()),
        ]
        return "\n".join(lines)


def rise(old: float | None, new: float | None) -> float | None:
    """By how much something rose; None unless both are known."""
    return None if old is None or new is None else new - old


def _named(evaluation: Evaluation) -> str:
    return shortened(evaluation.version_arn or "an unnamed version", 200)


def _row(change: LabelChange) -> tuple[str, ...]:
    old, new = change.old, change.new
    images = new.testing_images if new is not None else None
    return (
        shortened(change.label),
        number(new.f1_score if new is not None else None),
        number(old.f1_score if old is not None else None),
        delta(change.f1_score),
        delta(change.precision),
        delta(change.recall),
        "-" if images is None else str(images),
        "added" if change.is_added else "removed" if change.is_removed else "",
    )


def compare(old: Evaluation, new: Evaluation, *, gates: Gates | None = None) -> Comparison:
    """Compares two versions by what their summaries say, label by label.

    If they weren't tested on the same images, which only their snapshots tell, a warning is in the result, at the top
    of its text, and logged: such a difference may be the images' and not the models'.

    Args:
        old: The version to beat.
        new: The version that is to take its place.
        gates: What it must do for that; the verdict is in the result.

    Raises:
        TypeError: A version is no evaluation, or `gates` no Gates.
    """
    for given in (old, new):
        if not isinstance(cast("object", given), Evaluation):
            raise TypeError(
                f"compare() takes evaluations, got a {type(given).__name__}: get_evaluation(client, version) reads one"
            )
    if gates is not None and not isinstance(cast("object", gates), Gates):
        raise TypeError(
            f"gates are a Gates, such as Gates(min_f1=0.8, max_label_drop=0.05); got {printable(gates, 80)}"
        )
    labels = ByLabel(
        (label, LabelChange(label, old.labels.get(label), new.labels.get(label)))
        for label in dict.fromkeys([*old.labels, *new.labels])
    )
    same = _same_images(old.snapshot, new.snapshot)
    compared = Comparison(old, new, labels, same, tuple(_warnings(old, new, same)))
    for warning in compared.warnings:
        logger.warning("comparing %s with %s: %s", _named(new), _named(old), warning)
    if gates is None:
        return compared
    reasons = tuple(_reasons(compared, gates))
    return replace(compared, verdict=GateVerdict(not reasons, reasons))


def _same_images(old: Snapshot | None, new: Snapshot | None) -> bool | None:
    if old is None or new is None:
        return None
    return Counter(old.source_refs) == Counter(new.source_refs)


def _warnings(old: Evaluation, new: Evaluation, same: bool | None) -> Iterator[str]:
    if old.use_case is not None and new.use_case is not None and old.use_case is not new.use_case:
        yield (
            f"one version is for {old.use_case.value} and the other for {new.use_case.value}: their metrics count "
            "different things"
        )
    if old.snapshot is None or new.snapshot is None:
        which = " and ".join(name for name, of in (("old", old), ("new", new)) if of.snapshot is None)
        yield f"it is not known if both were tested on the same images, for there is no snapshot of the {which} version"
    elif not same:
        before, after = Counter(old.snapshot.source_refs), Counter(new.snapshot.source_refs)
        yield (
            f"the versions were NOT tested on the same images: {(before & after).total()} are in both test sets, "
            f"{(before - after).total()} only in the old one, {(after - before).total()} only in the new one. The "
            "difference may be the images' and not the models'. Train with a test manifest or a test dataset, not with "
            "auto_create, which holds back other images each time"
        )
    elif relabelled := sum(1 for _ in _relabelled(old.snapshot, new.snapshot)):
        yield f"{relabelled} of the test images have other labels (or other boxes) in the new test set than in the old"


def _relabelled(old: Snapshot, new: Snapshot) -> Iterator[str]:
    before, after = _truth(old), _truth(new)
    return (image for image in before.keys() | after.keys() if before.get(image) != after.get(image))


def _truth(snapshot: Snapshot) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    """The true labels of each image and where they are, in an order that is always the same."""
    truth: dict[str, list[tuple[str, tuple[float, ...]]]] = {}
    for place, image in enumerate(snapshot.truth.images):
        shown = (snapshot.labels[snapshot.truth.labels[place]], snapshot.truth.sides(place))
        truth.setdefault(snapshot.source_refs[image], []).append(shown)
    for of_image in truth.values():
        of_image.sort()
    return truth


def _reasons(compared: Comparison, gates: Gates) -> Iterator[str]:
    new = compared.new
    for name, value, least in (
        ("F1 score", new.f1_score, gates.min_f1),
        ("precision", new.precision, gates.min_precision),
        ("recall", new.recall, gates.min_recall),
    ):
        yield from _under(f"the {name} over all labels", value, least)
    for label, evaluated in new.labels.items():
        yield from _under(f"the F1 score of {_quoted(label)}", evaluated.f1_score, gates.min_label_f1)
    yield from _fallen("the F1 score over all labels", compared.f1_score, gates.max_drop)
    for label, change in compared.labels.items():
        # what the old version couldn't be measured on can't have fallen
        if change.old is not None and change.new is not None and change.old.f1_score is not None:
            yield from _fallen(f"the F1 score of {_quoted(label)}", change.f1_score, gates.max_label_drop)
    if compared.removed and not gates.may_lose_labels:
        yield f"the new version doesn't know {_several(compared.removed)}, and may_lose_labels is False"
    if gates.same_test_set and not compared.same_test_set:
        yield (
            "the test sets are not the same, and same_test_set is asked for"
            if compared.same_test_set is False
            else "it is not known if the test sets are the same, and same_test_set is asked for"
        )


def _under(what: str, value: float | None, least: float | None) -> Iterator[str]:
    if least is not None and (value is None or value < least - _SLACK):
        yield f"{what} is {number(value, 4) if value is not None else 'not known'}, and must be {least:g} at least"


def _fallen(what: str, change: float | None, most: float | None) -> Iterator[str]:
    if most is None:
        return
    if change is None:
        yield f"{what} is not known of both versions, and may fall by {most:g} at most"
    elif change < -most - _SLACK:
        yield f"{what} fell by {-change:.4f}, and may fall by {most:g} at most"


def _quoted(label: str) -> str:
    return f"'{printable(label, 80)}'"


def _several(labels: Iterable[str]) -> str:
    names = [_quoted(label) for label in labels]
    most = 10
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
