"""The comparison of two versions: which metrics rose or fell, and if chance explains it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from rekog_versions._json import JsonResult
from rekog_versions._text import decimal, shortened, signed_decimal, table
from rekog_versions.evaluation.by_label import ByLabel
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.gates import GateVerdict
from rekog_versions.evaluation.paired import PairedTest
from rekog_versions.evaluation.summary import LabelEvaluation

ROUNDING = 1e-9
"""Smaller differences are ignored, because the files have rounded numbers."""


@dataclass(frozen=True, slots=True)
class LabelChange(JsonResult):
    """A label in two versions. The properties are differences, new minus old; None unless both values are known.

    Attributes:
        label: The label.
        old: The evaluation of the label in the old version; None if that version does not have it.
        new: The evaluation of the label in the new version; None if that version does not have it.
        f1_test: The test of the F1 scores on the same images, corrected for the number of labels. None if the images
            are not the same, or if the label cannot be tested.
    """

    _derived = ("f1_score", "precision", "recall")

    label: str
    old: LabelEvaluation | None
    new: LabelEvaluation | None
    f1_test: PairedTest | None = None

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
        f1_test: The test of the mean F1 score over all labels on the same images; None if it was not possible.
        why_no_test: The reason why `f1_test` is None.
    """

    _derived = ("f1_score", "precision", "recall", "added", "removed", "conclusion")

    old: Evaluation
    new: Evaluation
    labels: ByLabel[LabelChange]
    same_test_set: bool | None
    warnings: Sequence[str] = ()
    verdict: GateVerdict | None = None
    f1_test: PairedTest | None = None
    why_no_test: str | None = None

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
        risen = [change for change in self.labels.values() if (change.f1_score or 0.0) > ROUNDING]
        return tuple(sorted(risen, key=lambda change: -(change.f1_score or 0.0)))

    @property
    def worse(self) -> Sequence[LabelChange]:
        """The labels whose F1 score fell, the largest fall first."""
        fallen = [change for change in self.labels.values() if (change.f1_score or 0.0) < -ROUNDING]
        return tuple(sorted(fallen, key=lambda change: change.f1_score or 0.0))

    @property
    def added(self) -> Sequence[str]:
        """The labels that only the new version has."""
        return tuple(label for label, change in self.labels.items() if change.is_added)

    @property
    def removed(self) -> Sequence[str]:
        """The labels that only the old version has."""
        return tuple(label for label, change in self.labels.items() if change.is_removed)

    @property
    def conclusion(self) -> str:
        """A sentence about what the difference of the F1 scores over all labels shows."""
        test = self.f1_test
        if test is None:
            return f"It is not known if chance explains the difference: {self.why_no_test or 'it was not tested'}."
        interval = test.interval
        limits = f"between {interval.low:+.3f} and {interval.high:+.3f} with {interval.level} confidence"
        tested = f"p = {test.p_value:.3g}, {test.differing_images} of {test.images} images differ"
        if not test.is_significant:
            return f"Chance can explain the difference of the F1 scores over all labels, which is {limits} ({tested})."
        better = "better" if test.difference > 0 else "worse"
        return f"The new version is {better}: the difference of the F1 scores over all labels is {limits} ({tested})."

    def __str__(self) -> str:
        differing = {
            label
            for evaluation in (self.old, self.new)
            if evaluation.support is not None
            for label in evaluation.support.differing_labels
        }
        rows: list[Sequence[str]] = [
            ("label", "F1", "was", "change", "precision", "recall", "images", "p (Holm)", ""),
            *(_row(change, differing) for change in self.labels.values()),
        ]
        rows.append(
            (
                "all",
                decimal(self.new.f1_score),
                decimal(self.old.f1_score),
                _change(self.f1_score, self.f1_test),
                signed_decimal(self.precision),
                signed_decimal(self.recall),
                "",
                _p_value(self.f1_test),
                "",
            )
        )
        if all(row[7] in ("", "-") for row in rows[1:]):
            rows = [(*row[:7], row[8]) for row in rows]
        lines = [
            *(f"WARNING: {warning}" for warning in self.warnings),
            f"new: {version_name(self.new)}",
            f"old: {version_name(self.old)}",
            table(rows),
            self.conclusion,
            *([str(self.verdict)] if self.verdict is not None else ()),
        ]
        return "\n".join(lines)


def difference(old: float | None, new: float | None) -> float | None:
    """Return new minus old; None unless both are known."""
    return None if old is None or new is None else new - old


def version_name(evaluation: Evaluation) -> str:
    """Return the ARN of the version, printable."""
    return shortened(evaluation.version_arn or "an unnamed version", 200)


def _row(change: LabelChange, differing: Collection[str]) -> tuple[str, ...]:
    old, new = change.old, change.new
    images = new.testing_images if new is not None else None
    mark = "not reproduced by the snapshot" if change.label in differing else ""
    return (
        shortened(change.label),
        decimal(new.f1_score if new is not None else None),
        decimal(old.f1_score if old is not None else None),
        _change(change.f1_score, change.f1_test),
        signed_decimal(change.precision),
        signed_decimal(change.recall),
        "-" if images is None else str(images),
        _p_value(change.f1_test),
        "added" if change.is_added else "removed" if change.is_removed else mark,
    )


def _change(value: float | None, test: PairedTest | None) -> str:
    return signed_decimal(value) if test is None else f"{signed_decimal(value)} {test.interval}"


def _p_value(test: PairedTest | None) -> str:
    return "-" if test is None else f"{test.adjusted_p_value:.3f}"
