"""`rekog detect`: detect labels in images with a running model."""

from __future__ import annotations

from cyclopts import App

from rekog_versions._json import plain
from rekog_versions.cli.arguments import version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table

app = App(
    name="detect",
    help_epilogue=examples("rekog detect pets/v1 photo.jpg s3://data/photo.jpg --min-confidence 80"),
)


@app.default
def detect(
    version: str, /, *images: str, min_confidence: float | None = None, max_results: int | None = None
) -> Output:
    """Detect labels in images with a running model.

    Args:
        version: The ARN, or PROJECT/VERSION.
        images: Files or s3:// URIs.
        min_confidence: The lowest confidence to report, in percent; the label's assumed threshold by default.
        max_results: The highest number of labels an image.
    """
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
