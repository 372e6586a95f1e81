"""Convert an export of Label Studio: JSON or JSON-MIN."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rekog_versions._json import mapping, sequence, text
from rekog_versions._text import printable, shown
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.documents import read_json
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Kind, SourceBox, SourceImage, numeric, pixels
from rekog_versions.manifests.convert.shapes import box_around, read_points, reduced, turned
from rekog_versions.manifests.images.image_check import ImageReader

_WHAT = "an export of Label Studio, a JSON array of tasks"
_PERCENT = 100
_SHAPES = {"rectanglelabels": "rectangle", "polygonlabels": "polygon", "ellipselabels": "ellipse"}
_OF_TASKS = frozenset(
    {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "cancelled_annotations"}
)


def from_label_studio(
    path: str | os.PathLike[str],
    images: str | ImagePlaces,
    *,
    kind: Kind = "boxes",
    image: str = "image",
    predictions: bool = False,
    sizes: ImageReader | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert an export of Label Studio (JSON or JSON-MIN) to lines with boxes or image-level labels.

    Percents become pixels. Turned rectangles, polygons and ellipses become the boxes around them, which the report
    counts. The first annotation of a task that was not cancelled counts; further ones are reported.

    These are left out: key points, brushes and other regions, regions without a label, and tasks without annotations.

    Memory: the size of the parsed file.

    Args:
        path: The file.
        images: The place of the images in S3: `s3://bucket/prefix`, or `ImagePlaces`. Images of a local upload need
            `ImagePlaces(prefix, replace={"/data/upload/1/": ""})`.
        kind: `"boxes"`, or `"labels"` to convert choices and taxonomies.
        image: The name of the image in the data of a task, as the labeling configuration has it (`$image`).
        predictions: True reads the predictions of tasks that have no annotation, with their scores as confidences.
        sizes: Read the sizes that the file lacks: `images_from_s3(client)` or `images_from_folder(...)`.
        attribute: The name of the labels' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or `kind` is unknown.
        ManifestError: While iterating: the file is not an export of Label Studio.
        OSError: While iterating: the file can't be read.
    """
    options = LineOptions(images, kind, attribute, "pixels", sizes)
    return convert(lambda report: _Reader(image, report, predictions=predictions).images(Path(path)), options)


class _Reader:
    def __init__(self, image: str, report: ConversionReport, *, predictions: bool) -> None:
        self._image = image
        self._report = report
        self._predictions = predictions

    def images(self, path: Path) -> Iterator[SourceImage]:
        for number, value in enumerate(read_json(path, list[Any], _WHAT), start=1):
            task = mapping(value)
            place = f"task {printable(task['id'], 50)}" if "id" in task else f"task number {number}"
            data = mapping(task.get("data")) if "data" in task else task
            name = text(data.get(self._image))
            if not name:
                found = f"it has no {shown(self._image)}, but {shown(', '.join(data))}: pass image='its name'"
                self._report.add(ConversionReason.UNREADABLE, place, found)
                continue
            made = SourceImage(f"{place} ({printable(name, 200)})", name)
            if "annotations" in task or "completions" in task or "predictions" in task:
                self._read_results(made, task, place)
            else:
                self._read_minimal(made, task, place)
            yield made

    def _read_results(self, image: SourceImage, task: Mapping[str, Any], place: str) -> None:
        given = [mapping(found) for found in sequence(task.get("annotations", task.get("completions")))]
        done = [found for found in given if not found.get("was_cancelled")]
        if not done and self._predictions:
            done = [mapping(found) for found in sequence(task.get("predictions"))]
        if len(done) > 1:
            found = f"{len(done)} annotations: the first one counts"
            self._report.add(ConversionReason.AMBIGUOUS, place, found)
        for number, region in enumerate(sequence(done[0].get("result")) if done else (), start=1):
            self._read_region(image, mapping(region), f"{place}, region {number}")

    def _read_minimal(self, image: SourceImage, task: Mapping[str, Any], place: str) -> None:
        for name, value in task.items():
            if name == self._image or name in _OF_TASKS:
                continue
            if isinstance(value, str) or mapping(value):  # choices
                self._add_choices(image, value, f"{place}, {printable(name, 50)}")
                continue
            for number, region in enumerate(sequence(value), start=1):
                where = f"{place}, {printable(name, 50)} {number}"
                found = mapping(region)
                kind = next((key for key in found if key.endswith("labels")), None)
                self._read_shape(image, found, kind or "", found, where)

    def _add_choices(self, image: SourceImage, value: object, place: str) -> None:
        choices = [value] if isinstance(value, str) else sequence(mapping(value).get("choices"))
        for choice in choices:
            if isinstance(choice, str) and choice:
                image.add_label(choice, place, self._report)

    def _read_region(self, image: SourceImage, region: Mapping[str, Any], place: str) -> None:
        kind, value = text(region.get("type")) or "", mapping(region.get("value"))
        if kind == "choices":
            self._add_choices(image, value, place)
        elif kind == "taxonomy":
            for found in sequence(value.get("taxonomy")):
                leaf = sequence(found)[-1:]
                if leaf and isinstance(leaf[0], str) and leaf[0]:
                    image.add_label(leaf[0], place, self._report)
        elif kind in ("rectangle", "polygon", "ellipse") and not any(key.endswith("labels") for key in value):
            self._report.add(ConversionReason.NO_LABEL, place, f"a {kind} without a label")
        else:
            self._read_shape(image, region, kind, value, place)

    def _read_shape(
        self, image: SourceImage, region: Mapping[str, Any], kind: str, value: Mapping[str, Any], place: str
    ) -> None:
        if kind == "labels":  # a tool whose labels are a tag of their own
            kind = next(
                (f"{shape}labels" for shape in ("rectangle", "polygon", "ellipse") if _fits(shape, value)), kind
            )
            names = sequence(value.get("labels"))
        else:
            names = sequence(value.get(kind))
        if kind not in _SHAPES:
            self._report.add(ConversionReason.UNSUPPORTED, place, printable(kind or "a value without a type", 100))
            return
        width, height = pixels(region.get("original_width")), pixels(region.get("original_height"))
        labels = [name for name in names if isinstance(name, str) and name]
        if not labels:
            self._report.add(ConversionReason.NO_LABEL, place, f"a {_SHAPES[kind]} without a label")
        elif width is None or height is None:
            self._report.add(ConversionReason.NO_SIZE, place, "it has no original_width and original_height")
        else:
            image.width, image.height = image.width or width, image.height or height
            for label in labels:
                box = self._box(place, label, _SHAPES[kind], value, (width, height))
                if box is None:
                    self._report.add(ConversionReason.UNREADABLE, place, shown(dict(value)))
                else:
                    score = numeric(region["score"]) if "score" in region else None
                    box.confidence = score if score is not None and 0 <= score <= 1 else 1
                    image.boxes.append(box)

    def _box(
        self, place: str, label: str, shape: str, value: Mapping[str, Any], size: tuple[float, float]
    ) -> SourceBox | None:
        across, down = size[0] / _PERCENT, size[1] / _PERCENT
        if shape == "polygon":
            points = read_points(value.get("points"))
            scaled = [(x * across, y * down) for x, y in points] if points else None
            return reduced(place, label, scaled, "a polygon", self._report) if scaled else None
        names = ("x", "y", "width", "height") if shape == "rectangle" else ("x", "y", "radiusX", "radiusY")
        x, y, width, height = map(numeric, map(value.get, names))
        turn = numeric(value.get("rotation", 0))
        if x is None or y is None or width is None or height is None or turn is None or width < 0 or height < 0:
            return None
        if shape == "ellipse":
            corners = [((x - width) * across, (y - height) * down), ((x + width) * across, (y + height) * down)]
            self._report.add(ConversionReason.REDUCED, place, "an ellipse")
            return turned(box_around(place, label, corners), turn, self._report, around_center=True)
        box = SourceBox(place, label, x * across, y * down, width * across, height * down)
        return turned(box, turn, self._report, around_center=False)


def _fits(shape: str, value: Mapping[str, Any]) -> bool:
    return {"rectangle": "width", "polygon": "points", "ellipse": "radiusX"}[shape] in value
