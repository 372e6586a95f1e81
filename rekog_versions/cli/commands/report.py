"""`rekog report`: the report of a trained version as a file."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from rekog_versions import evaluation, reports
from rekog_versions.cli.arguments import Flag, version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, prose

app = App(
    name="report",
    help_epilogue=examples("rekog report pets/v2 --baseline pets/v1 --min-f1 0.8 --to report.html"),
)


@app.default
def report(
    version: str,
    /,
    *,
    to: Path = Path("report.html"),
    baseline: str | None = None,
    images: Path | None = None,
    no_images: Flag = False,
    min_f1: float | None = None,
    min_label_f1: float | None = None,
    max_drop: float | None = None,
    max_label_drop: float | None = None,
    not_worse_by: float | None = None,
    confidence: float | None = None,
) -> Output:
    """Write the report of a trained version. The exit code is 1 if it does not pass the gates.

    Args:
        version: The ARN, or PROJECT/VERSION.
        to: The file to write, which is replaced: .html, or .md for Markdown.
        baseline: A version to compare with.
        images: A folder with the test images; they are read from S3 by default.
        no_images: Leave the images out.
        min_f1: The lowest F1 over all labels.
        min_label_f1: The lowest F1 of any label.
        max_drop: How much lower than the baseline the F1 over all labels may be.
        max_label_drop: How much lower than the baseline the F1 of any label may be.
        not_worse_by: The F1 over all labels must be shown to be lower than the baseline by less than this.
        confidence: Apply the lowest F1 to the lower limits of intervals of this confidence, such as 0.95.
    """
    gates = None
    if any(value is not None for value in (min_f1, min_label_f1, max_drop, max_label_drop, not_worse_by)):
        gates = evaluation.Gates(
            min_f1=min_f1,
            min_label_f1=min_label_f1,
            max_drop=max_drop,
            max_label_drop=max_label_drop,
            not_worse_by=not_worse_by,
            confidence=confidence,
        )
    built = reports.build_report(
        current.get().client,
        version_ref(version),
        baseline=None if baseline is None else version_ref(baseline),
        images=False if no_images else images,
        gates=gates,
    )
    if to.suffix == ".md":
        to.write_text(built.to_markdown(), encoding="utf-8")
    else:
        built.write_html(to)
    return Output(built, prose(f"{built}\n\n{to}"), ids=[str(to)], ok=built.verdict is None or built.verdict.passed)
