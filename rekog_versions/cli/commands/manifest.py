"""`rekog manifest`: check, convert, export, split, describe, draw and compare manifests, and upload images."""

from __future__ import annotations

from cyclopts import App

from rekog_versions import manifests
from rekog_versions.cli.arguments import manifest_sources, s3_for
from rekog_versions.cli.commands.manifest_check import check
from rekog_versions.cli.commands.manifest_convert import convert
from rekog_versions.cli.commands.manifest_export import export
from rekog_versions.cli.commands.manifest_images import contact_sheet, plot, similar, upload
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table, UsageError, prose

app = App(
    name="manifest",
    help="Check, convert, export, split, describe and compare manifests.",
    help_epilogue=examples("rekog manifest check train.manifest --auto-create"),
)
app.command(
    check,
    help_epilogue=examples(
        "rekog manifest check train.manifest --auto-create",
        "rekog manifest check - --auto-create < train.manifest",
        "rekog manifest check s3://data/train.manifest --testing s3://data/test.manifest --images",
        "rekog manifest check train.manifest --auto-create --strict --format github",
    ),
)
app.command(
    convert,
    help_epilogue=examples(
        "rekog manifest convert coco instances.json --images s3://data/images --to train.manifest",
        "rekog manifest convert yolo dataset --images s3://data/dataset --local-images dataset --to train.manifest",
        "rekog manifest convert folder cats --images s3://data/cats --to train.manifest --testing test.manifest",
    ),
)
app.command(
    export,
    help_epilogue=examples(
        "rekog manifest export coco train.manifest --images s3://data/images --to instances.json",
        "rekog manifest export yolo train.manifest --testing test.manifest --images s3://data/images --to yolo",
    ),
)


@app.command(help_epilogue=examples("rekog manifest split all.manifest train.manifest test.manifest"))
def split(source: str, training: str, testing: str, /, *, test_fraction: float = 0.2, seed: int = 0) -> Output:
    """Split a manifest into one to train on and one to test on, label by label.

    Args:
        source: The manifest: a file, or s3://BUCKET/KEY.
        training: The manifest to train on, which is written.
        testing: The manifest to test on, which is written.
        test_fraction: The share of the images to test on.
        seed: Another seed gives another split.
    """
    context = current.get()
    result = manifests.split_manifest(
        source,
        training,
        testing,
        test_fraction=test_fraction,
        seed=seed,
        s3=s3_for(context, [source, training, testing]),
    )
    rows = [
        ("training", result.training.target, result.training.images),
        ("test", result.testing.target, result.testing.images),
    ]
    return Output(result, Table(("PART", "MANIFEST", "IMAGES"), rows))


@app.command(
    help_epilogue=examples(
        "rekog manifest stats train.manifest", "rekog manifest stats s3://data/train.manifest --output json"
    )
)
def stats(*source: str) -> Output:
    """Show the labels, boxes, images and duplicates of a manifest.

    Args:
        source: Files or s3:// URIs, which are described together; "-" is stdin.
    """
    if not source:
        raise UsageError("SOURCE must be one manifest or more, or - for stdin")
    found = manifests.describe_manifest(manifest_sources(source), s3=s3_for(current.get(), list(source)))
    return Output(found, prose(found))


@app.command(help_epilogue=examples("rekog manifest compare s3://data/v1.manifest train.manifest"))
def compare(old: str, new: str, /) -> Output:
    """Show the images and labels that differ between two manifests.

    Args:
        old: The earlier manifest: a file, or s3://BUCKET/KEY.
        new: The later manifest.
    """
    found = manifests.compare_manifests(old, new, s3=s3_for(current.get(), [old, new]))
    return Output(found, prose(found))


for command, name, shown in (
    (upload, "upload", ("rekog manifest upload photos s3://data/photos",)),
    (
        plot,
        "plot",
        (
            "rekog manifest plot train.manifest --to labels.png",
            "rekog manifest plot train.manifest --what boxes --to boxes.png",
        ),
    ),
    (
        contact_sheet,
        "contact-sheet",
        (
            "rekog manifest contact-sheet train.manifest --to sheet.png",
            "rekog manifest contact-sheet train.manifest --to a.png --local-images photos --images s3://data/images",
        ),
    ),
    (similar, "similar", ("rekog manifest similar train.manifest",)),
):
    app.command(command, name=name, help_epilogue=examples(*shown))
