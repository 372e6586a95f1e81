"""`rekog manifest`: check, convert, split, describe and compare manifests."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from inspect import Signature, signature
from io import BytesIO
from typing import Any, Literal, TypeAlias, cast

from cyclopts import App

from rekog_versions import manifests
from rekog_versions.cli.arguments import Flag, Many, pairs_from
from rekog_versions.cli.context import STDIN, Context, current
from rekog_versions.cli.output import Output, Table, UsageError, drawn
from rekog_versions.manifests import (
    ConvertedLines,
    ImagePlaces,
    ManifestReport,
    check_manifests,
    compare_manifests,
    describe_manifest,
    images_from_folder,
    images_from_s3,
    split_manifest,
    upload_images,
)

Format: TypeAlias = Literal[
    "automl-csv",
    "azure",
    "coco",
    "csv",
    "csv-boxes",
    "cvat",
    "folder",
    "ground-truth",
    "label-studio",
    "labelme",
    "via",
    "voc",
    "yolo",
]
CONVERTERS: Mapping[Format, str] = {
    "automl-csv": "from_automl_csv",
    "azure": "from_azure_custom_vision",
    "coco": "from_coco",
    "csv": "from_csv",
    "csv-boxes": "from_csv_boxes",
    "cvat": "from_cvat",
    "folder": "from_folder",
    "ground-truth": "from_ground_truth",
    "label-studio": "from_label_studio",
    "labelme": "from_labelme",
    "via": "from_via",
    "voc": "from_voc",
    "yolo": "from_yolo",
}
"""The converters by the names of the formats on the command line."""
app = App(name="manifest", help="Check, convert, split, describe and compare manifests.")


@app.command(
    help_epilogue="Examples:\n"
    "  rekog manifest check train.manifest --auto-create\n"
    "  rekog manifest check - --auto-create < train.manifest\n"
    "  rekog manifest check s3://b/train.manifest --testing s3://b/test.manifest --images\n"
    "  rekog manifest check train.manifest --auto-create --strict --format github"
)
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
    "  rekog manifest convert yolo dataset --images s3://b/images --local-images dataset/images --to train.manifest\n"
    "  rekog manifest convert folder pictures --images s3://b/pictures --to train.manifest --testing test.manifest"
)
def convert(
    format: Format,  # noqa: A002  (the option's name)
    source: str,
    *,
    to: str,
    testing: str | None = None,
    images: str | None = None,
    replace: Many = None,
    local_images: str | None = None,
    kind: Literal["boxes", "labels"] | None = None,
    label: str | None = None,
) -> Output:
    """Convert annotations of other tools into a manifest. Left-out entries are counted.

    The exit code is 1 if anything was left out.

    Args:
        format: The format of the source.
        source: The file or folder.
        to: The manifest to write: a file, or s3://BUCKET/KEY.
        testing: The manifest for the test images, if the source has splits.
        images: The place of the images, s3://BUCKET/PREFIX.
        replace: Beginnings of the source's paths to leave out or replace, such as gs://old/= to drop it.
        local_images: A folder with the same images, for their sizes, if the source does not have them.
        kind: Read boxes, or labels of whole images, from a format that has both.
        label: The attribute with the label (VIA).
    """
    context = current.get()
    options = {
        "images": ImagePlaces(images, replace=pairs_from(replace, "--replace")) if images and replace else images,
        "sizes": images_from_folder(local_images, images) if local_images and images else None,
        "kind": kind,
        "label": label,
        "s3": _s3(context, [source]),
    }
    lines = _converted(format, source, options)
    if testing is None:
        written = [lines.write(to, s3=_s3(context, [to]))]
    else:
        written = list(lines.write_splits(to, testing, s3=_s3(context, [to, testing])).values())
    report = written[0].report
    counts = Counter(str(issue.reason) for issue in report)
    table = Table(("LEFT OUT OR CHANGED", "COUNT"), counts.most_common())
    text = "\n".join(f"{one.lines} lines, {len(one.labels)} labels: {one.target}" for one in written)
    return Output(
        written,
        f"{text}\n\n{drawn(table)}" if counts else text,
        ok=report.is_complete,
        remarks=[f"Check it with: rekog manifest check {to} {f'--testing {testing}' if testing else '--auto-create'}"],
    )


def _converted(name: Format, source: str, options: dict[str, Any]) -> ConvertedLines[Any]:
    """Read the source with the converter of a format; None stands for an option that was not given."""
    converter = cast("Callable[..., ConvertedLines[Any]]", getattr(manifests, CONVERTERS[name]))
    parameters = signature(converter).parameters
    for option, shown in _OPTIONS.items():
        needed = option in parameters and parameters[option].default is Signature.empty
        if options.get(option) is None and needed:
            raise UsageError(f"{shown} is missing. The format {name} needs it")
        if options.get(option) is not None and option not in parameters:
            raise UsageError(f"{shown.split()[0]} must not be used with the format {name}, which has no such option")
    return converter(source, **{option: value for option, value in options.items() if value is not None})


_OPTIONS = {
    "images": "--images s3://BUCKET/PREFIX",
    "sizes": "--local-images FOLDER",
    "kind": "--kind",
    "label": "--label",
}
"""The options of converters, by their parameters."""


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


@app.command(
    help_epilogue="Examples:\n"
    "  rekog manifest stats train.manifest\n"
    "  rekog manifest stats s3://b/train.manifest --output json"
)
def stats(*source: str) -> Output:
    """Show the labels, boxes, images and duplicates of a manifest.

    Args:
        source: Files or s3:// URIs, which are described together; "-" is stdin.
    """
    if not source:
        raise UsageError("SOURCE must be one manifest or more, or - for stdin")
    found = describe_manifest(_sources(source), s3=_s3(current.get(), list(source)))
    return Output(found, str(found))


@app.command(help_epilogue="Example:\n  rekog manifest compare s3://b/v1.manifest train.manifest")
def compare(old: str, new: str) -> Output:
    """Show the images and labels that differ between two manifests.

    Args:
        old: The earlier manifest: a file, or s3://BUCKET/KEY.
        new: The later manifest.
    """
    found = compare_manifests(old, new, s3=_s3(current.get(), [old, new]))
    return Output(found, str(found))


@app.command(help_epilogue="Example:\n  rekog manifest upload photos s3://data/photos")
def upload(folder: str, target: str, *, max_concurrent: int | None = None) -> Output:
    """Upload the PNG and JPEG images of a folder to S3. Images that are there already are skipped.

    The exit code is 1 if an image could not be uploaded.

    Args:
        folder: The folder of images.
        target: The place in S3, s3://BUCKET/PREFIX.
        max_concurrent: The number of requests at once.
    """
    report = upload_images(folder, target, s3=current.get().client.s3, max_concurrent=max_concurrent)
    return Output(report, str(report), ok=report.ok)
