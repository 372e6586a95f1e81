"""`rekog manifest`: check, convert and split manifests."""

from __future__ import annotations

import sys
from collections import Counter
from io import BytesIO
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from rekog_versions.cli.arguments import STDIN, Flag, Many
from rekog_versions.cli.context import Context, current
from rekog_versions.cli.output import Output, Table, UsageError, drawn
from rekog_versions.manifests import (
    ConvertedLines,
    ManifestReport,
    check_manifests,
    from_coco,
    from_csv,
    from_folder,
    from_ground_truth,
    images_from_s3,
    split_manifest,
)

app = App(name="manifest", help="Check, convert, split and describe manifests.")


@app.command(
    help_epilogue="Examples:\n"
    "  rekog manifest check train.manifest --auto-create\n"
    "  rekog manifest check - --auto-create < train.manifest\n"
    "  rekog manifest check s3://b/train.manifest --testing s3://b/test.manifest --images\n"
    "  rekog manifest check train.manifest --auto-create --strict --format github"
)
def check(
    *training: Annotated[str, Parameter(allow_leading_hyphen=True)],  # "-" is stdin
    testing: Many = None,
    auto_create: Flag = False,
    images: Flag = False,
    strict: Flag = False,
    max_issues: int = 100,
    format: Literal["text", "github"] = "text",  # noqa: A002  (the option's name)
) -> Output:
    """Check manifests by the rules of the service, before a training is paid for.

    The exit code is 1 if the training would not start.

    Args:
        training: Files or s3:// URIs to train on; "-" is stdin.
        testing: Files or s3:// URIs to test on.
        auto_create: The service holds back a part of the training images for the test.
        images: Also look at the images in S3.
        strict: Also fail for lines that the training would leave out, and for warnings.
        max_issues: The number of issues of each kind to show.
        format: "github" prints annotations for a GitHub job.
    """
    context = current.get()
    if not training:
        raise UsageError("TRAINING must be one manifest or more, or - for stdin")
    for path in training:
        if path.startswith("-") and path != STDIN:
            raise UsageError(f"Unknown option: {path}")
    report = check_manifests(
        _sources(training),
        _sources(testing) if testing else None,
        auto_create=auto_create,
        images=images_from_s3(context.client.s3) if images else None,
        s3=_s3(context, [*training, *(testing or ())]),
        max_issues=max_issues,
    )
    ok = report.clean if strict else report.ok
    return Output(report, _annotations(report, training[0]) if format == "github" else str(report), ok=ok)


def _sources(paths: Any) -> Any:
    sources = [BytesIO(sys.stdin.buffer.read()) if path == STDIN else path for path in paths]
    return sources if len(sources) > 1 else sources[0]


def _s3(context: Context, places: list[str]) -> Any:
    return context.client.s3 if any(place.startswith("s3://") for place in places) else None


def _annotations(report: ManifestReport, file: str) -> str:
    lines: list[str] = []
    for issue in report.issues:
        level = "notice" if issue.is_hint else "warning" if issue.is_warning else "error"
        where = f"file={_property(str(issue.file or file))}" + (f",line={issue.line}" if issue.line else "")
        lines.append(f"::{level} {where},title={_property(issue.code)}::{_data(f'{issue.message} {issue.fix}')}")
    return "\n".join(lines)


def _data(text: str) -> str:
    """Escape the message of a workflow command of GitHub."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property of a workflow command of GitHub."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


@app.command(
    help_epilogue="Examples:\n"
    "  rekog manifest convert coco instances.json --images s3://b/images --to train.manifest\n"
    "  rekog manifest convert folder pictures --images s3://b/pictures --to train.manifest"
)
def convert(
    kind: Literal["coco", "csv", "folder", "ground-truth"], source: str, *, to: str, images: str | None = None
) -> Output:
    """Convert annotations of other tools into a manifest. Left-out entries are listed.

    The exit code is 1 if anything was left out.

    Args:
        kind: The format of the source.
        source: The file or folder.
        to: The manifest to write: a file, or s3://BUCKET/KEY.
        images: The place of the images, s3://BUCKET/PREFIX.
    """
    context = current.get()
    lines = _converted(kind, source, images, context)
    written = lines.write(to, s3=_s3(context, [to]))
    counts = Counter(str(issue.reason) for issue in written.report)
    table = Table(("LEFT OUT OR CHANGED", "COUNT"), counts.most_common())
    text = f"{written.lines} lines and {len(written.labels)} labels were written to {to}"
    return Output(
        written,
        f"{text}\n\n{drawn(table)}" if counts else text,
        ok=written.report.is_complete,
        remarks=[f"Check it with: rekog manifest check {to} --auto-create"],
    )


def _converted(kind: str, source: str, images: str | None, context: Context) -> ConvertedLines[Any]:
    if kind == "ground-truth":
        return from_ground_truth(source, s3=_s3(context, [source]))
    if images is None and kind != "csv":
        raise UsageError("--images s3://BUCKET/PREFIX is missing. Add the place of the images")
    match kind:
        case "coco":
            return from_coco(source, str(images))
        case "folder":
            return from_folder(source, str(images))
        case _:
            return from_csv(source, images)


@app.command(help_epilogue="Example:\n  rekog manifest split all.manifest train.manifest test.manifest")
def split(source: str, training: str, testing: str, *, test_fraction: float = 0.2, seed: int = 0) -> Output:
    """Split a manifest into one to train on and one to test on, label by label.

    Args:
        source: The manifest: a file, or s3://BUCKET/KEY.
        training: The manifest to train on, which is written.
        testing: The manifest to test on, which is written.
        test_fraction: The share of the images to test on.
        seed: Another seed gives another split.
    """
    context = current.get()
    result = split_manifest(
        source,
        training,
        testing,
        test_fraction=test_fraction,
        seed=seed,
        s3=_s3(context, [source, training, testing]),
    )
    rows = [
        ("training", result.training.target, result.training.images),
        ("test", result.testing.target, result.testing.images),
    ]
    return Output(result, Table(("PART", "MANIFEST", "IMAGES"), rows))
