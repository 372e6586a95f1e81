"""Checks of the arguments that all plots take, and phrases that all plots use."""

from collections.abc import Iterable, Sequence

from rekog_versions._plotting.label_text import label_texts
from rekog_versions._text import printable
from rekog_versions.evaluation.by_label import unknown_label
from rekog_versions.evaluation.comparison import Comparison
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.tuning import TunedThresholds
from rekog_versions.models.thresholds import Thresholds

_NAMES, _NAME_WIDTH = 3, 20


def check_evaluation(evaluation: object) -> None:
    """Check that `evaluation` is an Evaluation.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(evaluation, Evaluation):
        raise TypeError(
            f"evaluation must be an Evaluation, got {type(evaluation).__name__}. "
            "Create one with get_evaluation(client, version) or Evaluation.from_files(summary, snapshot)."
        )


def check_comparison(comparison: object) -> None:
    """Check that `comparison` is a Comparison.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(comparison, Comparison):
        raise TypeError(
            f"comparison must be a Comparison, got {type(comparison).__name__}. Create one with compare(old, new)."
        )


def check_labels(labels: Iterable[str] | None, known: Iterable[str], max_labels: int) -> Sequence[str] | None:
    """Return the chosen labels without duplicates, or None if the caller chose none.

    Args:
        labels: The labels that the caller chose.
        known: The labels of the model.
        max_labels: The number of labels that a plot may show.

    Raises:
        KeyError: The model does not have one of the labels.
        TypeError: `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    if max_labels < 1:
        raise ValueError(f"max_labels must be 1 or more, got {max_labels}.")
    if labels is None:
        return None
    if isinstance(labels, str):
        raise TypeError(
            f"labels must be a collection of labels, got the string '{printable(labels, 80)}'. "
            f"For one label, pass a list with one item."
        )
    chosen = list(dict.fromkeys(labels))
    names = set(known)
    for label in chosen:
        if label not in names:
            raise KeyError(unknown_label(label, names))
    if not chosen:
        raise ValueError("labels must not be empty. Omit it to plot the labels that matter most.")
    return chosen


def plain_thresholds(thresholds: Thresholds | TunedThresholds) -> Thresholds:
    """Return the thresholds of a tuning, or the given thresholds."""
    return thresholds.thresholds if isinstance(thresholds, TunedThresholds) else thresholds


def images_phrase(count: int | None) -> str:
    """Return a phrase with the number of test images."""
    if count is None:
        return "an unknown number of test images"
    return f"{count:,} test image{'' if count == 1 else 's'}"


def count_text(count: int | None) -> str:
    """Return the number of test images of a label, or a question mark."""
    return "?" if count is None else f"{count:,}"


def labels_phrase(shown: int, known: int) -> str:
    """Return how many of the known labels the plot shows."""
    counted = f"{known:,} label{'' if known == 1 else 's'}"
    return counted if shown == known else f"{shown:,} of {counted}"


def version_name(evaluation: Evaluation) -> str:
    """Return the name of the evaluated version as a plot shows it."""
    arn = evaluation.version_arn
    name = "an unnamed version" if not arn else arn.version_name or arn
    return label_texts([name], 40)[name]


def differing_phrase(evaluation: Evaluation, shown: Iterable[str]) -> str:
    """Return a warning if the snapshot does not reproduce the summary for some of the shown labels, else nothing."""
    differing = set(evaluation.support.differing_labels if evaluation.support is not None else ())
    labels = [label for label in shown if label in differing]
    if not labels:
        return ""
    names = ", ".join(label_texts(labels[:_NAMES], _NAME_WIDTH).values())
    more = f" and {len(labels) - _NAMES} more labels" if len(labels) > _NAMES else ""
    return f"The snapshot does NOT reproduce the summary for {names}{more}"
