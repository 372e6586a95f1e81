"""`rekog manifest plot`, `contact-sheet`, `similar` and `upload`: the images of manifests, and pictures of labels."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic
from typing import Literal

from rekog_versions import manifests
from rekog_versions.cli.arguments import Many, manifest_sources, s3_for
from rekog_versions.cli.context import current
from rekog_versions.cli.output import Output, UsageError, prose

_SECONDS = 0.2  # between two lines of progress


class Counter:
    """A line on a terminal that counts. Without a terminal, nothing is written."""

    def __init__(self, what: str, total: int | None = None) -> None:
        self._what = what
        self._total = total
        self._is_shown = sys.stderr.isatty()
        self._last = 0.0

    def __call__(self, done: int, total: int | None = None) -> None:
        """Write the count, at most five times a second."""
        total = self._total if total is None else total
        if self._is_shown and (monotonic() - self._last > _SECONDS or done == total):
            self._last = monotonic()
            of = "" if total is None else f" of {total:,}"
            print(f"\r{done:,}{of} {self._what}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def upload(folder: str, target: str, /, *, max_concurrent: int | None = None) -> Output:
    """Upload the PNG and JPEG images of a folder to S3. Images that are there already are skipped.

    The exit code is 1 if an image could not be uploaded.

    Args:
        folder: The folder of images.
        target: The place in S3, s3://BUCKET/PREFIX.
        max_concurrent: The number of requests at once.
    """
    count = Counter("images")
    report = manifests.upload_images(
        folder,
        target,
        s3=current.get().client.s3,
        max_concurrent=max_concurrent,
        on_progress=lambda progress: count(progress.done, progress.total),
    )
    return Output(report, prose(report), ok=report.ok)


def plot(*source: str, to: str, what: Literal["labels", "boxes", "together"] = "labels") -> Output:
    """Draw how many images each label has, how large its boxes are, or which labels occur together.

    Args:
        source: Files or s3:// URIs, which are described together; "-" is stdin.
        to: The picture to write, such as labels.png.
        what: The plot.
    """
    from rekog_versions.manifests.plots import plot_box_sizes, plot_label_counts, plot_labels_together

    draw = {"labels": plot_label_counts, "boxes": plot_box_sizes, "together": plot_labels_together}[what]
    axes = draw(_described(source))
    figure = axes.get_figure(root=True)
    if figure is None:
        raise RuntimeError("the plot has no figure")
    figure.savefig(_picture(to), dpi=150)  # pyright: ignore[reportUnknownMemberType]
    return Output({"picture": to}, to)


def contact_sheet(
    *source: str,
    to: str,
    local_images: str | None = None,
    images: str | None = None,
    label: str | None = None,
    count: int = 24,
    seed: int = 0,
) -> Output:
    """Draw some images with their boxes and labels on one sheet, to look at them before a training is paid for.

    Args:
        source: Files or s3:// URIs; "-" is stdin.
        to: The picture to write, such as sheet.png.
        local_images: The folder of the images; they are read from S3 by default.
        images: The place of that folder in S3, s3://BUCKET/PREFIX.
        label: Draw only images with this label.
        count: The number of images.
        seed: Another seed draws other images.
    """
    if not source:
        raise UsageError("SOURCE must be one manifest or more, or - for stdin")
    target = _picture(to)
    sheet = manifests.contact_sheet(
        manifest_sources(source),
        _reader(local_images, images),
        count=count,
        label=label,
        seed=seed,
        s3=s3_for(current.get(), list(source)),
    )
    sheet.save(target)
    return Output({"picture": to, "width": sheet.width, "height": sheet.height}, to)


def similar(
    *training: str,
    testing: Many = None,
    local_images: str | None = None,
    images: str | None = None,
    max_distance: int = 6,
) -> Output:
    """Find images that look alike, above all test images that are copies of training images.

    The exit code is 1 if an image, or a copy of it, is in both manifests.

    Args:
        training: Files or s3:// URIs to train on; "-" is stdin.
        testing: Files or s3:// URIs to test on.
        local_images: The folder of the images; they are read from S3 by default.
        images: The place of that folder in S3, s3://BUCKET/PREFIX.
        max_distance: The bits of 128 that may differ.
    """
    if not training:
        raise UsageError("TRAINING must be one manifest or more, or - for stdin")
    found = manifests.find_similar_images(
        manifest_sources(training),
        manifest_sources(testing) if testing else (),
        images=_reader(local_images, images),
        max_distance=max_distance,
        s3=s3_for(current.get(), [*training, *(testing or ())]),
        on_progress=Counter("images"),
    )
    return Output(found, prose(found), ok=not found.leaks and not found.in_both_count)


def _described(source: tuple[str, ...]) -> manifests.ManifestDescription:
    if not source:
        raise UsageError("SOURCE must be one manifest or more, or - for stdin")
    return manifests.describe_manifest(manifest_sources(source), s3=s3_for(current.get(), list(source)))


def _reader(folder: str | None, images: str | None) -> manifests.StoredImages:
    if (folder is None) != (images is None):
        raise UsageError("--local-images and --images must be given together, or neither")
    if folder is not None and images is not None:
        return manifests.images_from_folder(folder, images)
    return manifests.images_from_s3(current.get().client.s3)


def _picture(to: str) -> Path:
    path = Path(to)
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise UsageError(f"--to must end in .png or .jpg, got {to}")
    return path
