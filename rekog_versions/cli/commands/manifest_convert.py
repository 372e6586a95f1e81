"""`rekog manifest convert`: annotations of other tools become manifests."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from inspect import Signature, signature
from typing import Any, Literal, TypeAlias, cast

from rekog_versions import manifests
from rekog_versions.cli.arguments import Many, pairs_from, s3_for
from rekog_versions.cli.context import current
from rekog_versions.cli.output import Output, Table, UsageError, drawn, width_of

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


def convert(
    format: Format,  # noqa: A002  (the option's name)
    source: str,
    /,
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
    if local_images and not images:
        raise UsageError("--local-images must be used with --images s3://BUCKET/PREFIX, the place of the same images")
    context = current.get()
    options = {
        "images": manifests.ImagePlaces(images, replace=pairs_from(replace, "--replace")) if replace else images,
        "sizes": manifests.images_from_folder(local_images, images) if local_images and images else None,
        "kind": kind,
        "label": label,
        "s3": s3_for(context, [source]),
    }
    lines = _converted(format, source, options)
    if testing is None:
        written = [lines.write(to, s3=s3_for(context, [to]))]
    else:
        written = list(lines.write_splits(to, testing, s3=s3_for(context, [to, testing])).values())
    report = written[0].report
    counts = Counter(str(issue.reason) for issue in report)
    table = Table(("LEFT OUT OR CHANGED", "COUNT"), counts.most_common())
    text = "\n".join(f"{one.lines} lines, {len(one.labels)} labels: {one.target}" for one in written)
    return Output(
        written,
        f"{text}\n\n{drawn(table, width_of(sys.stdout))}" if counts else text,
        remarks=[f"Check it with: rekog manifest check {to} {f'--testing {testing}' if testing else '--auto-create'}"],
    )


def _converted(name: Format, source: str, options: dict[str, Any]) -> manifests.ConvertedLines[Any]:
    """Read the source with the converter of a format; None stands for an option that was not given."""
    converter = cast("Callable[..., manifests.ConvertedLines[Any]]", getattr(manifests, CONVERTERS[name]))
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
