"""`rekog manifest export`: manifests become data sets for other tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, Literal, TypeAlias, cast

from rekog_versions import manifests
from rekog_versions.cli.arguments import Flag, Many, manifest_sources, s3_for
from rekog_versions.cli.context import current
from rekog_versions.cli.output import Output, UsageError, prose

Format: TypeAlias = Literal["coco", "voc", "yolo"]
EXPORTS: Mapping[Format, str] = {"coco": "to_coco", "voc": "to_voc", "yolo": "to_yolo"}
"""The functions that export, by the names of the formats on the command line."""


def export(
    format: Format,  # noqa: A002  (the option's name)
    source: str,
    /,
    *,
    to: str,
    testing: str | None = None,
    images: str | None = None,
    kind: Literal["boxes", "labels"] | None = None,
    names: Many = None,
    flat: Flag = False,
) -> Output:
    """Export a manifest in the format of another tool. Left-out entries are counted.

    Args:
        format: The format to write.
        source: The manifest: a file or s3://BUCKET/KEY; "-" is stdin.
        to: The file to write (COCO), also s3://BUCKET/KEY, or the folder to make.
        testing: The manifest of the test images (VOC and YOLO).
        images: The place that the names of the images are relative to, s3://BUCKET/PREFIX.
        kind: Write boxes, or labels of whole images (COCO).
        names: Labels that have the first numbers (COCO and YOLO).
        flat: Leave out the folders of the images (VOC and YOLO).
    """
    context = current.get()
    write = cast("Callable[..., manifests.WrittenDataset]", getattr(manifests, EXPORTS[format]))
    given: dict[str, Any] = {
        "testing": manifest_sources([testing]) if testing else None,
        "kind": kind,
        "names": names,
        "flat": flat or None,
    }
    options = {name: value for name, value in given.items() if value is not None}
    for name in options:
        if name not in signature(write).parameters:
            raise UsageError(f"--{name} must not be used with the format {format}, which has no such option")
    places = [source, to, *([testing] if testing else [])]
    written = write(manifest_sources([source]), to, images=images, s3=s3_for(context, places), **options)
    return Output(written, prose(written))
