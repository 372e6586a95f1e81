"""`rekog detect`: detect labels in images with a running model."""

from __future__ import annotations

from dataclasses import replace

from cyclopts import App

from rekog_versions._json import plain
from rekog_versions.cli.arguments import version_ref
from rekog_versions.cli.bulk_detection import NO_BULK, BulkOptions
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table, UsageError

app = App(
    name="detect",
    help_epilogue=examples(
        "rekog detect pets/v1 photo.jpg s3://data/photo.jpg --min-confidence 80",
        "rekog detect pets/v1 --folder photos --results pets.jsonl --max-cost 10 --yes",
    ),
)


@app.default
def detect(
    version: str,
    /,
    *images: str,
    min_confidence: float | None = None,
    max_results: int | None = None,
    bulk: BulkOptions = NO_BULK,
) -> Output:
    """Detect labels in images with a running model, or in many images.

    With --bucket, --manifest or --folder, the model is started unless it runs, and stopped afterwards. Run the same
    command again to resume.

    Args:
        version: The ARN, or PROJECT/VERSION.
        images: Files or s3:// URIs.
        min_confidence: The lowest confidence to report, in percent; the label's assumed threshold by default.
        max_results: The highest number of labels an image.
        bulk: The detection in many images.
    """
    if (images and bulk.sources) or len(bulk.sources) > 1:
        raise UsageError("detect must be used with images, --bucket, --manifest or --folder, and only one of them")
    if bulk.sources:
        return bulk.detect(version, min_confidence=min_confidence, max_results=max_results)
    if not images:
        raise UsageError("images are missing. Name files or s3:// URIs, or pass --bucket, --manifest or --folder")
    if replace(bulk, yes=False) != NO_BULK:
        raise UsageError(
            "--results, --max-cost and the other options of a run must be used with --bucket, --manifest or --folder"
        )
    client = current.get().client
    reference = version_ref(version)
    found = [
        (image, client.detect_custom_labels(reference, image, min_confidence=min_confidence, max_results=max_results))
        for image in images
    ]
    rows = [
        (image, label.name, label.confidence, _box(label.geometry)) for image, labels in found for label in labels
    ] + [(image, None, None, None) for image, labels in found if not labels]
    return Output(
        [{"image": image, "labels": plain(labels)} for image, labels in found],
        Table(("IMAGE", "LABEL", "CONFIDENCE", "BOX"), rows),
    )


def _box(geometry: object) -> str | None:
    box = getattr(geometry, "bounding_box", None)
    if box is None:
        return None
    return " ".join(f"{name}={getattr(box, name):.3f}" for name in ("left", "top", "width", "height"))
