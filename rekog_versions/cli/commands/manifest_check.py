"""`rekog manifest check`: the rules of the service, before a training is paid for."""

from __future__ import annotations

from typing import Literal

from rekog_versions import manifests
from rekog_versions.cli.arguments import Flag, Many, manifest_sources, s3_for
from rekog_versions.cli.context import current
from rekog_versions.cli.output import Output, UsageError, prose


def check(
    *training: str,
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
    report = manifests.check_manifests(
        manifest_sources(training),
        manifest_sources(testing) if testing else None,
        auto_create=auto_create,
        images=manifests.images_from_s3(context.client.s3) if images else None,
        s3=s3_for(context, [*training, *(testing or ())]),
        max_issues=max_issues,
    )
    ok = report.clean if strict else report.ok
    return Output(report, _annotations(report, training[0]) if format == "github" else prose(report), ok=ok)


def _annotations(report: manifests.ManifestReport, file: str) -> str:
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
