"""`rekog report`: the report of a trained version as a file."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from rekog_versions import reports
from rekog_versions.cli.arguments import Flag, version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.gate_options import NO_GATES, GateOptions
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
    gate_options: GateOptions = NO_GATES,
) -> Output:
    """Write the report of a trained version. The exit code is 1 if it does not pass the gates.

    Args:
        version: The ARN, or PROJECT/VERSION.
        to: The file to write, which is replaced: .html, or .md for Markdown.
        baseline: A version to compare with.
        images: A folder with the test images; they are read from S3 by default.
        no_images: Leave the images out.
        gate_options: The gates.
    """
    built = reports.build_report(
        current.get().client,
        version_ref(version),
        baseline=None if baseline is None else version_ref(baseline),
        images=False if no_images else images,
        gates=gate_options.gates,
    )
    if to.suffix == ".md":
        to.write_text(built.to_markdown(), encoding="utf-8")
    else:
        built.write_html(to)
    return Output(built, prose(f"{built}\n\n{to}"), ids=[str(to)], ok=built.verdict is None or built.verdict.passed)
