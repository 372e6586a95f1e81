"""Confidence intervals: Wilson's interval, and what follows from it for F1 scores, for boxes and for means.

- A rate such as a recall has Wilson's score interval (Wilson 1927, "Probable inference, the law of succession, and
  statistical inference"), which stays within 0 and 1 and holds for few images.
- The F1 score rises with the Jaccard index TP / (TP + FP + FN), which is a rate. Its interval is that of the index,
  converted (Lam et al. 2023, "Confidence intervals for the F1 score: a comparison of four methods", the indirect
  Wilson method).
- Boxes of one image are not independent. The number of boxes is divided by the design effect, the ratio of the
  variance over images (delta method) to that of independent boxes (Korn and Graubard 1998).
  Few images count less, as in a t distribution.
- A mean over labels is treated as the rate with the same variance.
- The limits of a difference are combined from those of both metrics (Newcombe 1998; Zou and Donner 2008, MOVER).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from statistics import NormalDist

from rekog_versions._json import JsonResult, is_number
from rekog_versions._text import decimal
from rekog_versions.evaluation.by_label import ByLabel

DEFAULT_CONFIDENCE = 0.95
_ROUNDING = 1e-20
"""A variance below this is that of rounding errors."""


@dataclass(frozen=True, slots=True)
class Interval(JsonResult):
    """A confidence interval of a metric or of a difference.

    Attributes:
        low: The lower limit.
        high: The upper limit.
        confidence: The share of such intervals that contain the true value, such as 0.95.
    """

    low: float
    high: float
    confidence: float

    @property
    def level(self) -> str:
        """The confidence as text, such as "95 %"."""
        return f"{self.confidence * 100:g} %"

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"[{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True, slots=True)
class LabelIntervals(JsonResult):
    """The confidence intervals of a label's metrics; None where they are not known.

    Attributes:
        precision: The interval of the precision. It is the whole range from 0 to 1 if nothing was predicted.
        recall: The interval of the recall.
        f1_score: The interval of the F1 score.
    """

    precision: Interval | None = None
    recall: Interval | None = None
    f1_score: Interval | None = None


@dataclass(frozen=True)
class ModelIntervals(JsonResult):
    """The confidence intervals of all metrics; None where they are not known.

    Attributes:
        confidence: The confidence of the intervals.
        labels: The intervals of each label.
        precision: The interval of the mean over the labels with test images.
        recall: The interval of the mean recall.
        f1_score: The interval of the mean F1 score.
        average_precision: The interval of the mean average precision.
        average_recall: The interval of the mean average recall.
    """

    confidence: float
    labels: ByLabel[LabelIntervals]
    precision: Interval | None = None
    recall: Interval | None = None
    f1_score: Interval | None = None
    average_precision: Interval | None = None
    average_recall: Interval | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with what is needed for its interval.

    Attributes:
        value: The rate, from 0 to 1.
        trials: The number of independent trials with the same variance; 0 if nothing was tried.
        clusters: The number of images that the variance was estimated from; None if no two trials share an image.
    """

    value: float
    trials: float
    clusters: int | None = None

    def interval(self, confidence: float) -> Interval:
        """Return Wilson's score interval; the whole range from 0 to 1 without trials."""
        if not self.trials:
            return Interval(0.0, 1.0, confidence)
        z = quantile(confidence)
        rate, count, square = self.value, self.trials, z * z
        if self.clusters is not None:
            count *= (z / _t_quantile(z, max(self.clusters - 1, 1))) ** 2
        middle = rate + square / (2 * count)
        width = z * sqrt(max(rate * (1 - rate) / count + square / (4 * count * count), 0.0))
        total = 1 + square / count
        # a limit at 0 or 1 is exact, and rounding must not move it past the rate
        low = 0.0 if rate <= 0 else min(max((middle - width) / total, 0.0), rate)
        high = 1.0 if rate >= 1 else max(min((middle + width) / total, 1.0), rate)
        return Interval(low, high, confidence)


def _t_quantile(z: float, freedom: int) -> float:
    """Return the quantile of Student's t distribution for that of the normal one (Abramowitz and Stegun, 26.7.5)."""
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def with_interval(value: float | None, interval: Interval | None) -> str:
    """Return a metric and its interval for a cell of a table; "-" for None."""
    return decimal(value) if interval is None else f"{decimal(value)} {interval}"


def check_confidence(confidence: object) -> None:
    """Check that `confidence` is a share between 0 and 1.

    Raises:
        ValueError: It is out of range.
        TypeError: It is not a number.
    """
    if not is_number(confidence):
        raise TypeError(f"confidence must be a number between 0 and 1, got {type(confidence).__name__}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, such as 0.95, got {confidence}")


@cache
def quantile(confidence: float) -> float:
    """Return how many standard deviations an interval extends to each side, such as 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def effective_trials(rate: float, variance: float, most: float) -> float:
    """Return the number of independent trials for which a rate has a variance.

    Args:
        rate: The rate, from 0 to 1.
        variance: The variance of the rate. It is 0 for the rates 0 and 1, from which it cannot be estimated.
        most: The largest number of trials.
    """
    spread = rate * (1 - rate)
    return min(spread / variance, most) if spread > _ROUNDING and variance > _ROUNDING else most


def f1_of_jaccard(interval: Interval) -> Interval:
    """Return the interval of the F1 score from that of TP / (TP + FP + FN)."""
    return Interval(_f1_of(interval.low), _f1_of(interval.high), interval.confidence)


def _f1_of(jaccard: float) -> float:
    return 2 * jaccard / (1 + jaccard)


def intervals_of_rates(precision: Rate, recall: Rate, jaccard: Rate, confidence: float) -> LabelIntervals:
    """Return the intervals of a label.

    Args:
        precision: The precision.
        recall: The recall.
        jaccard: The rate TP / (TP + FP + FN).
        confidence: The confidence of the intervals.
    """
    return LabelIntervals(
        precision.interval(confidence),
        recall.interval(confidence),
        f1_of_jaccard(jaccard.interval(confidence)),
    )


def intervals_of_counts(found: int, wrong: int, missed: int, confidence: float) -> LabelIntervals:
    """Return the intervals of a label that an image has or not, from the counts of images.

    Args:
        found: The number of true positives.
        wrong: The number of false positives.
        missed: The number of false negatives.
        confidence: The confidence of the intervals.
    """
    precision, recall, jaccard = (
        Rate(found / trials if trials else 0.0, trials)
        for trials in (found + wrong, found + missed, found + wrong + missed)
    )
    return intervals_of_rates(precision, recall, jaccard, confidence)


def intervals_of_summary(
    precision: float | None, recall: float | None, positives: int | None, confidence: float
) -> LabelIntervals:
    """Return the intervals of an image-level label from its numbers in a training summary.

    Args:
        precision: The precision. If it is 0, the number of predictions is not known.
        recall: The recall.
        positives: The number of test images that have the label.
        confidence: The confidence of the intervals.
    """
    if recall is None or not positives:
        return LabelIntervals()
    found = round(recall * positives)
    if not precision:
        rate = Rate(found / positives, positives)
        return LabelIntervals(recall=rate.interval(confidence))
    return intervals_of_counts(found, round(found / precision) - found, positives - found, confidence)


def mean_rate(rates: Sequence[Rate], variance: float) -> Rate:
    """Return the mean of one or more rates as a rate.

    Args:
        rates: The rates.
        variance: The variance of their mean.
    """
    count = len(rates)
    middle = sum(rate.value for rate in rates) / count
    # a rate that happens to be 0 or 1 has no variance, but is not certain
    most = count * count / sum(1 / max(rate.trials, 1.0) for rate in rates)
    return Rate(middle, effective_trials(middle, variance, most))


def difference_interval(old: float, of_old: Interval, new: float, of_new: Interval, correlation: float) -> Interval:
    """Return the interval of new minus old, two metrics of the same images.

    Args:
        old: The old metric.
        of_old: Its interval.
        new: The new metric.
        of_new: Its interval.
        correlation: The correlation of both metrics over the images, from -1 to 1.
    """
    down, up = new - of_new.low, of_old.high - old
    low = new - old - sqrt(max(down**2 + up**2 - 2 * correlation * down * up, 0.0))
    down, up = old - of_old.low, of_new.high - new
    high = new - old + sqrt(max(down**2 + up**2 - 2 * correlation * down * up, 0.0))
    return Interval(max(low, -1.0), min(high, 1.0), of_old.confidence)
