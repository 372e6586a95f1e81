"""Draw detected or true labels on an image: the public `draw()`."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from rekog_versions._colours import BLUE, GREEN, VERMILLION
from rekog_versions._text import printable
from rekog_versions.evaluation import JudgedPrediction, PredictionOutcome, WorstImage
from rekog_versions.manifests import ImageLevelLine, ModerationLine, ObjectLine, TypedLine, parse_manifest_line
from rekog_versions.manifests.boxes import PIXEL, Frame
from rekog_versions.manifests.images.headers import read_header, require_pillow
from rekog_versions.models import CustomLabel, DetectCustomLabelsResponse

if TYPE_CHECKING:
    from PIL.Image import Image

    from rekog_versions._drawing import Mark, Rectangle

DrawnLabel: TypeAlias = CustomLabel | JudgedPrediction
Drawable: TypeAlias = (
    DetectCustomLabelsResponse | WorstImage | TypedLine | DrawnLabel | Iterable[DrawnLabel] | str | bytes
)
"""The labels that `draw()` accepts."""

_COLOURS = {
    PredictionOutcome.TRUE_POSITIVE: GREEN,
    PredictionOutcome.FALSE_POSITIVE: VERMILLION,
    PredictionOutcome.FALSE_NEGATIVE: BLUE,
}


def draw(image: "Image | bytes | str | os.PathLike[str]", labels: Drawable) -> "Image":
    """Draw labels and their boxes on a copy of an image. In a notebook, the result is displayed.

    A label without a box is written in the corner. Detected boxes have a solid line, and those of manifests a dashed
    one. Of judged predictions, those that are right are green, wrong ones are vermillion, and missed ones are
    blue and dashed.

    Args:
        image: A Pillow image, the path of a PNG or JPEG file, or its bytes. Its EXIF orientation is applied, unless
            only the pixels as stored have the size in the manifest.
        labels: The result of `detect_custom_labels()` or one label of it; a line of a manifest, typed or as text; an
            entry of `worst_images()`, or judged predictions.

    Returns:
        A new RGB image. Small images are enlarged, so that the captions are readable.

    Raises:
        ImportError: Pillow is not installed.
        ManifestError: `labels` is a text that is not a line of a manifest.
        OSError: The file cannot be read.
        ValueError: The image cannot be decoded.
        TypeError: An argument has another type.
    """
    require_pillow()
    from rekog_versions._drawing import draw_marks  # noqa: PLC0415 (needs Pillow)

    if isinstance(labels, str | bytes):
        labels = parse_manifest_line(labels)
    stored, turned = _opened(image)
    if isinstance(labels, ObjectLine):
        picture = stored if _has_size(stored, labels) and not _has_size(turned, labels) else turned
        return draw_marks(picture, _marks_of_line(labels), frame=(labels.width, labels.height))
    if isinstance(labels, ImageLevelLine | ModerationLine):
        return draw_marks(turned, _marks_of_line(labels))
    return draw_marks(turned, [_mark(label, turned.size) for label in _each(labels)])


def _has_size(image: "Image", line: ObjectLine) -> bool:
    return image.width == line.width and image.height == line.height


def _opened(image: object) -> "tuple[Image, Image]":
    """Return an image with its pixels as stored, and as viewers show it."""
    from PIL import ImageOps  # noqa: PLC0415 (an extra)
    from PIL.Image import Image  # noqa: PLC0415 (an extra)

    from rekog_versions.manifests.images.pixels import decode_image, upright  # noqa: PLC0415 (needs Pillow)

    if isinstance(image, Image):
        return image, ImageOps.exif_transpose(image)
    if isinstance(image, str | os.PathLike):
        image = Path(cast("str", image)).read_bytes()
    if isinstance(image, bytes | bytearray):
        stored = decode_image(bytes(image))
        return stored, upright(stored, read_header(bytes(image)).orientation)
    raise TypeError(f"image must be a Pillow image, a path or bytes, got {type(image).__name__}")


def _marks_of_line(line: TypedLine) -> "Iterator[Mark]":
    from rekog_versions._drawing import Mark  # noqa: PLC0415 (needs Pillow)

    match line:
        case ObjectLine():
            for box in line.boxes:
                yield Mark(box.label, (box.left, box.top, box.width, box.height), is_dashed=True)
        case ImageLevelLine():
            yield from (Mark(label.name) for label in line.labels)
        case ModerationLine():
            yield from map(Mark, line.labels)


def _each(labels: object) -> Iterable[object]:
    match labels:
        case CustomLabel() | JudgedPrediction():
            return (labels,)
        case DetectCustomLabelsResponse():
            return labels.custom_labels or ()
        case WorstImage():
            return labels.mistakes
        case Iterable():
            return cast("Iterable[object]", labels)
        case _:
            raise _wrong(labels)


def _mark(label: object, size: tuple[int, int]) -> "Mark":
    """Return the mark of a label. Its box is in fractions of the image."""
    from rekog_versions._drawing import Mark  # noqa: PLC0415 (needs Pillow)

    match label:
        case CustomLabel():
            confidence = "" if label.confidence is None else f" {label.confidence:.0f} %"
            return Mark(f"{label.name or ''}{confidence}", _sides(label))
        case JudgedPrediction():
            is_missed = label.outcome is PredictionOutcome.FALSE_NEGATIVE
            caption = f"missed {label.label}" if is_missed else f"{label.label} {label.confidence:.0%}"
            at = None if label.box is None else label.box.scaled(Frame(*size), PIXEL)
            sides = None if at is None else (at.left, at.top, at.width, at.height)
            return Mark(caption, sides, _COLOURS.get(label.outcome), is_missed)
        case _:
            raise _wrong(label)


def _sides(label: CustomLabel) -> "Rectangle | None":
    box = label.geometry.bounding_box if label.geometry is not None else None
    if box is None or box.left is None or box.top is None or box.width is None or box.height is None:
        return None
    return box.left, box.top, box.width, box.height


def _wrong(labels: object) -> TypeError:
    return TypeError(
        "labels must be the result of detect_custom_labels(), a line of a manifest or judged predictions, got "
        f"{printable(type(labels).__name__, 80)}"
    )
