"""Draw images of a manifest with their boxes and labels on one sheet, to look at them before a training is paid for."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from rekog_versions._text import shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.images.image_check import ImageInfo, ImageReader
from rekog_versions.manifests.images.readers import stored_images
from rekog_versions.manifests.line_batches import decoded_line, line_batches
from rekog_versions.manifests.lines import Image as LineImage, UseCase, read_line
from rekog_versions.manifests.sources import ManifestSource, name_sources

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

MOST_IMAGES = 400
"""Images on one sheet."""

_GAP = 12
_FONT = 14
_MOST_SIDE = 2000
_LEAST_SIDE = 64


def contact_sheet(
    source: ManifestSource | Sequence[ManifestSource],
    images: ImageReader,
    *,
    count: int = 24,
    columns: int = 4,
    size: tuple[int, int] = (360, 270),
    label: str | None = None,
    seed: int = 0,
    s3: Any = None,
) -> "Image.Image":
    """Draw some images of a manifest with their boxes and labels on one sheet.

    The images are chosen at random from the whole manifest, and are in its order. Boxes have a caption, and labels of
    whole images are in the corner. A label has the same color in all images. Below each image are the number of its
    line and its key. An image that cannot be shown has the reason in its place.

    Images are drawn upright, as viewers show them, unless `image_size` has the sides as stored.

    Args:
        source: The manifest, or several: a path, `s3://bucket/key`, an `S3Object`, bytes or a binary file.
        images: `images_from_s3(client)` or `images_from_folder(folder, prefix)`.
        count: The number of images, at most 400.
        columns: The number of images in a row.
        size: The width and the height in pixels that an image is scaled to fit in.
        label: Choose only images with this label.
        seed: Another number chooses other images.
        s3: Reads manifests in S3: a boto3 client, or a `VersionsClient`.

    Returns:
        A Pillow image. `.save("sheet.png")` writes it.

    Raises:
        ImportError: Pillow is not installed.
        ManifestError: A manifest cannot be read, or has no image with labels, or none with the given label.
        TypeError: `images` cannot read whole images.
        ValueError: A number is out of range, an S3 URI has no key, or `s3` is missing.
        OSError: A local file can't be read.
        botocore.exceptions.ClientError: S3 rejected the request for a manifest, or the credentials.
    """
    from rekog_versions._drawing import label_colours  # noqa: PLC0415  (an extra)

    for name, value, limit in (("count", count, MOST_IMAGES), ("columns", columns, MOST_IMAGES)):
        if not 1 <= value <= limit:
            raise ValueError(f"{name} must be 1 to {limit}, got {value}")
    if not all(_LEAST_SIDE <= side <= _MOST_SIDE for side in size):
        raise ValueError(f"size must be a width and a height of {_LEAST_SIDE} to {_MOST_SIDE} pixels, got {size}")
    reader = stored_images(images)
    chosen = _chosen(source, label, count, Random(seed), s3)  # noqa: S311
    if not chosen:
        what = "an image with labels" if label is None else f"an image with the label {shown(label)}"
        raise ManifestError(f"source must have {what}, got none. describe_manifest(source) lists its labels")
    tiles = dict(reader.process(((tile, tile.image.source_ref) for tile in chosen), _Decoder(size)))
    names = sorted({name for tile in chosen for name in tile.names})
    return _Sheet(size, columns, label_colours(names)).drawn([(tile, tiles[tile]) for tile in chosen])


@dataclass(frozen=True, eq=False, slots=True)
class _Tile:
    """An image on the sheet, and the number of its line."""

    line: int
    image: LineImage

    @property
    def names(self) -> Iterator[str]:
        """The labels."""
        return (name for labels in self.image.labels.values() for name in labels)


def _chosen(
    source: ManifestSource | Sequence[ManifestSource], label: str | None, count: int, random: Random, s3: Any
) -> list[_Tile]:
    """Return some images of a manifest, each with the same chance, in the order of the lines."""
    kept: list[_Tile] = []
    seen = number = 0
    wanted = None if label is None else {json.dumps(label)[1:-1].encode(), label.encode("utf-8", "surrogatepass")}
    for named in name_sources(source, "source"):
        for batch in line_batches(named, s3):
            for raw in batch:
                number += 1
                # lines are parsed only if they may be chosen: most manifests are large
                place = random.randrange(seen + 1)
                if (place >= count and label is None) or (wanted and not any(part in raw for part in wanted)):
                    seen += label is None
                    continue
                tile = _tile(raw, number)
                if tile is None or (label is not None and label not in tile.names):
                    continue
                seen += 1
                if len(kept) < count:
                    kept.append(tile)
                elif place < count:
                    kept[place] = tile
    return sorted(kept, key=lambda tile: tile.line)


def _tile(raw: bytes, number: int) -> _Tile | None:
    image, _ = read_line(decoded_line(raw), number, feature=None)
    return None if image is None or not image.labels else _Tile(number, image)


class _Decoded(NamedTuple):
    """A small picture of an image with the pixels as stored, the size of the whole image, and its EXIF orientation."""

    picture: "Image.Image"
    width: int | None
    height: int | None
    orientation: int | None


class _Decoder:
    """Decodes images for a sheet."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = (max(size), max(size))  # the image may be turned

    def __call__(self, content: bytes) -> _Decoded:
        from rekog_versions._drawing import as_rgb, scaled  # noqa: PLC0415  (an extra)
        from rekog_versions.manifests.images.headers import read_header  # noqa: PLC0415
        from rekog_versions.manifests.images.pixels import decode_image  # noqa: PLC0415  (an extra)

        header = read_header(content)
        picture = scaled(as_rgb(decode_image(content, fit=self._size)), self._size)
        return _Decoded(picture, header.width, header.height, header.orientation)


class _Sheet:
    """The place of each image on a sheet."""

    def __init__(self, size: tuple[int, int], columns: int, colours: Any) -> None:
        from rekog_versions._drawing import line_height  # noqa: PLC0415  (an extra)

        self._size = size
        self._columns = columns
        self._colours = colours
        self._text = line_height(_FONT)

    def drawn(self, tiles: "Sequence[tuple[_Tile, _Decoded | ImageInfo]]") -> "Image.Image":
        """Return the sheet with all images."""
        from PIL import Image, ImageDraw  # noqa: PLC0415  (an extra)

        width, height = self._size[0] + _GAP, self._size[1] + self._text + _GAP
        columns = min(self._columns, len(tiles))
        rows = -(-len(tiles) // columns)
        sheet = Image.new("RGB", (columns * width + _GAP, rows * height + _GAP), "white")
        draw = ImageDraw.Draw(sheet)
        for number, (tile, found) in enumerate(tiles):
            left, top = _GAP + number % columns * width, _GAP + number // columns * height
            if isinstance(found, ImageInfo):
                draw.rectangle((left, top, left + self._size[0] - 1, top + self._size[1] - 1), fill="#EEEEEE")
                why = found.detail or (found.problem.value if found.problem else "it can't be shown")
                self._write(draw, why, left + _GAP, top + self._size[1] // 2, self._size[0] - 2 * _GAP)
            else:
                picture = self._picture(tile.image, found)
                across, down = (self._size[0] - picture.width) // 2, (self._size[1] - picture.height) // 2
                sheet.paste(picture, (left + across, top + down))
            key = tile.image.source_ref.removeprefix("s3://").partition("/")[2]
            self._write(draw, f"{tile.line}: {key}", left, top + self._size[1] + self._text // 2, self._size[0])
        return sheet

    def _write(self, draw: "ImageDraw.ImageDraw", text: str, left: int, middle: int, width: int) -> None:
        from rekog_versions._drawing import fitted_text  # noqa: PLC0415  (an extra)

        fitted = fitted_text(text, width, _FONT)
        draw.text((left, middle), fitted.text, fill="#333333", font=fitted.font, anchor="lm")

    def _picture(self, image: LineImage, found: _Decoded) -> "Image.Image":
        from rekog_versions._drawing import Mark, draw_marks  # noqa: PLC0415  (an extra)
        from rekog_versions.manifests.images.pixels import upright  # noqa: PLC0415  (an extra)

        frame = image.frame
        is_stored = image.boxes and (frame.width, frame.height) == (found.width, found.height)
        picture = found.picture if is_stored else upright(found.picture, found.orientation)
        marks = [
            Mark(name, _sides(box), self._colours[name])
            for name, box in zip(image.labels.get(UseCase.OBJECT_LOCALIZATION, ()), image.boxes, strict=True)
        ]
        marks += [Mark(name, colour=self._colours[name]) for name in image.labels.get(UseCase.IMAGE_LEVEL_LABELS, ())]
        return draw_marks(picture, marks, frame=(frame.width, frame.height), fit=self._size)


def _sides(box: Box) -> tuple[float, float, float, float]:
    return (box.left, box.top, box.width, box.height)
