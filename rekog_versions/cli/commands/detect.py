"""`rekog detect`: detect labels in images with a running model."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from cyclopts import App, Parameter

from rekog_versions._json import plain
from rekog_versions.cli.arguments import Flag, version_ref
from rekog_versions.cli.bulk_detection import detect_in_bulk
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
    bucket: str | None = None,
    manifest: str | None = None,
    folder: str | None = None,
    results: str | None = None,
    journal: str | None = None,
    raw: Flag = False,
    min_inference_units: int = 1,
    for_: Annotated[timedelta | None, Parameter("--for")] = None,
    max_cost: str | None = None,
    account_rate: float = 50.0,
    yes: Flag = False,
) -> Output:
    """Detect labels in images with a running model, or in many images.

    With --bucket, --manifest or --folder, the model is started unless it runs, and stopped afterwards. Run the same
    command again to resume.

    Args:
        version: The ARN, or PROJECT/VERSION.
        images: Files or s3:// URIs.
        min_confidence: The lowest confidence to report, in percent; the label's assumed threshold by default.
        max_results: The highest number of labels an image.
        bucket: Many images: s3://BUCKET/PREFIX.
        manifest: Many images: a manifest.
        folder: Many images: a folder.
        results: The file of results, in JSON lines.
        journal: The journal; needed if --results is in S3.
        raw: Keep the labels of all confidences.
        min_inference_units: The inference units.
        for_: How long the model may run, such as 2h.
        max_cost: How much it may cost, in USD.
        account_rate: The most calls a second.
        yes: Do not ask.
    """
    sources = [source for source in (bucket, manifest, folder) if source is not None]
    if sources:
        if images or len(sources) > 1:
            raise UsageError("detect must be used with images, --bucket, --manifest or --folder, and only one of them")
        if results is None:
            raise UsageError("--results must be the file of the results, such as --results results.jsonl")
        return detect_in_bulk(
            version,
            sources[0],
            results,
            journal=journal,
            min_confidence=min_confidence,
            max_results=max_results,
            raw=raw,
            min_inference_units=min_inference_units,
            for_=for_,
            max_cost=max_cost,
            account_rate=account_rate,
            yes=yes,
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
