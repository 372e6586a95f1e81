"""`rekog eval`: the evaluation of trained versions."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from cyclopts import App

from rekog_versions import evaluation as area
from rekog_versions.cli.arguments import version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.gate_options import NO_GATES, GateOptions
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table, UsageError, prose

app = App(
    name="eval",
    help="Evaluate, compare and plot trained versions.",
    help_epilogue=examples("rekog eval show pets/v1"),
)
_PLOTS = {
    "f1": "plot_f1_by_label",
    "confusion": "plot_confusion_matrix",
    "precision-recall": "plot_precision_recall",
    "thresholds": "plot_thresholds",
}


def _evaluation(version: str) -> area.Evaluation:
    return area.get_evaluation(current.get().client, version_ref(version))


@app.command(help_epilogue=examples("rekog eval show pets/v1"))
def show(version: str, /) -> Output:
    """Show the evaluation of a trained version: the numbers of the service, label by label.

    Args:
        version: The ARN, or PROJECT/VERSION.
    """
    evaluation = _evaluation(version)
    intervals = evaluation.intervals()
    differing = evaluation.support.differing_labels if evaluation.support is not None else ()
    rows = [
        ("all labels", None, *_cells(evaluation, intervals), evaluation.testing_images, ""),
        *(
            (
                label.label,
                label.threshold,
                *_cells(label, intervals.labels[label.label]),
                label.testing_images,
                "not reproduced by the snapshot" if label.label in differing else "",
            )
            for label in evaluation.labels.values()
        ),
    ]
    headings = ("LABEL", "THRESHOLD", "PRECISION", "RECALL", "F1", "F1 95 %", "TEST IMAGES", "NOTE")
    return Output(evaluation, Table(headings, rows), remarks=[str(remark) for remark in evaluation.remarks])


def _cells(
    metrics: area.Evaluation | area.LabelEvaluation, intervals: area.ModelIntervals | area.LabelIntervals
) -> tuple[object, ...]:
    limits = "" if intervals.f1_score is None else str(intervals.f1_score)
    return metrics.precision, metrics.recall, metrics.f1_score, limits


@app.command(help_epilogue=examples("rekog eval thresholds pets/v1 --min-precision 0.9 --output json"))
def thresholds(version: str, /, *, min_precision: float | None = None, min_recall: float | None = None) -> Output:
    """Find the thresholds with the best F1, or with a given precision or recall.

    Args:
        version: The ARN, or PROJECT/VERSION.
        min_precision: The precision that each label must have, from 0 to 1.
        min_recall: The recall that each label must have, from 0 to 1.
    """
    if min_precision is not None and min_recall is not None:
        raise UsageError("--min-precision and --min-recall must not be used together")
    goal: area.TuningGoal = area.BestF1()
    if min_precision is not None:
        goal = area.AtLeastPrecision(min_precision)
    elif min_recall is not None:
        goal = area.AtLeastRecall(min_recall)
    tuned = _evaluation(version).tune_thresholds(goal)
    return Output(tuned, prose(tuned))


@app.command(help_epilogue=examples("rekog eval compare pets/v1 pets/v2 --max-drop 0.01"))
def compare(
    old: str,
    new: str,
    /,
    *,
    gate_options: GateOptions = NO_GATES,
) -> Output:
    """Compare two trained versions. The exit code is 1 if the new one does not pass the gates.

    Args:
        old: The version to compare with: its ARN, or PROJECT/VERSION.
        new: The version to judge.
        gate_options: The gates.
    """
    level = 0.95 if gate_options.confidence is None else gate_options.confidence
    comparison = area.compare(_evaluation(old), _evaluation(new), gates=gate_options.gates, confidence=level)
    passed = comparison.verdict is None or comparison.verdict.passed
    return Output(comparison, prose(comparison), ok=passed)


@app.command(help_epilogue=examples("rekog eval plot confusion pets/v1 --to confusion.png"))
def plot(kind: Literal["f1", "confusion", "precision-recall", "thresholds"], version: str, /, *, to: Path) -> Output:
    """Draw a picture of an evaluation.

    Args:
        kind: The picture.
        version: The ARN, or PROJECT/VERSION.
        to: The file to write: .png, .svg or .pdf.
    """
    from rekog_versions.evaluation import plots

    axes = getattr(plots, _PLOTS[kind])(_evaluation(version))
    axes.figure.savefig(to)
    return Output({"File": str(to)}, str(to), ids=[str(to)])
