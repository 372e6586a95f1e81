"""What users may pass, checked; and what a picture says of it."""

from collections.abc import Iterable, Sequence

from rekog_versions.evaluation.by_label import unknown_label
from rekog_versions.evaluation.thresholds import TunedThresholds
from rekog_versions.models.thresholds import Thresholds


def check_kind(given: object, kind: type, how: str) -> None:
    """What is to be drawn must be of the kind that a picture is for.

    Raises:
        TypeError: It isn't.
    """
    if not isinstance(given, kind):
        raise TypeError(f"this draws what {how} gives, which is of type {kind.__name__}; got {type(given).__name__}")


def chosen_labels(labels: Iterable[str] | None, known: Iterable[str]) -> Sequence[str] | None:
    """The labels that the caller chose, each once.

    Raises:
        KeyError: There is no such label.
        TypeError: It is one string.
        ValueError: There are none.
    """
    if labels is None:
        return None
    if isinstance(labels, str):
        raise TypeError(f"labels must be several, got one string; for one label, write labels=[{labels!r}]")
    chosen = list(dict.fromkeys(labels))
    names = set(known)
    for label in chosen:
        if label not in names:
            raise KeyError(unknown_label(label, names))
    if not chosen:
        raise ValueError("labels is empty; leave it out for a choice of those that matter most")
    return chosen


def check_most(max_labels: int) -> int:
    """At least one label must be shown.

    Raises:
        ValueError: None may.
    """
    if max_labels < 1:
        raise ValueError(f"max_labels must be 1 or more, got {max_labels}")
    return max_labels


def plain(thresholds: Thresholds | TunedThresholds) -> Thresholds:
    """The thresholds themselves, also of a tuning."""
    return thresholds.thresholds if isinstance(thresholds, TunedThresholds) else thresholds


def counted(count: int) -> str:
    """So many labels, in words."""
    return f"{count:,} label{'' if count == 1 else 's'}"


def images(count: int | None) -> str:
    """So many test images, in words."""
    if count is None:
        return "an unknown number of test images"
    return f"{count:,} test image{'' if count == 1 else 's'}"


def tested_on(count: int | None) -> str:
    """How many test images a label has, in a digit or more."""
    return "?" if count is None else f"{count:,}"


def scope(shown: int, known: int) -> str:
    """How many labels are shown of how many."""
    return counted(known) if shown == known else f"{shown:,} of {counted(known)}"
