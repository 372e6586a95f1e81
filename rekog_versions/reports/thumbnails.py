"""Thumbnails of the images with the worst mistakes, with the truth and the predictions drawn on them."""

import errno
import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rekog_versions._aws.error_codes import credentials_failed, describe_failure
from rekog_versions._aws.errors import BotoCoreError, ClientError
from rekog_versions._aws.s3 import S3Location, read_object
from rekog_versions._colours import BLUE, GREEN, VERMILLION
from rekog_versions._text import printable
from rekog_versions.evaluation import Evaluation, PredictionOutcome, WorstImage
from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.images.headers import read_header, require_pillow
from rekog_versions.manifests.images.image_check import ImageInfo
from rekog_versions.manifests.images.readers import StoredImages
from rekog_versions.reports.report import ReportedImage

if TYPE_CHECKING:
    from rekog_versions._drawing import Mark

ImageSource: TypeAlias = Callable[[str], bytes]
"""Returns the file of an image, given its URI `s3://BUCKET/KEY`. It may raise any `OSError` or `ValueError`."""
GivenImages: TypeAlias = str | os.PathLike[str] | StoredImages | ImageSource
"""Images: a folder, `images_from_folder(...)`, `images_from_s3(...)`, or a function that returns the file of one."""

_Placed: TypeAlias = tuple[str, Box | None, float]
"""A label with its box and its confidence."""

MOST_IMAGES = 12
IMAGE_BYTES = 1_000_000
"""The size of all thumbnails together, by default."""
_SIDE, _QUALITY = 400, 75
_LARGEST_FILE = 16 * 1024 * 1024
_MOST_FAILURES = 3
"""So many images in a row that cannot be read end the reading: the others could not be read either."""
_NO_SOURCE = "no images were given"


@dataclass(frozen=True)
class Pictured:
    """The images with the worst mistakes.

    Attributes:
        images: The images. Those that could not be read have no thumbnail.
        reason: The reason why thumbnails are missing; None if there are all.
    """

    images: Sequence[ReportedImage]
    reason: str | None


def check_image_bytes(image_bytes: object) -> None:
    """Check that `image_bytes` is a number of bytes.

    Raises:
        TypeError: It is not a whole number.
        ValueError: It is negative.
    """
    if isinstance(image_bytes, bool) or not isinstance(image_bytes, int):
        raise TypeError(f"image_bytes must be a whole number of bytes, got {type(image_bytes).__name__}")
    if image_bytes < 0:
        raise ValueError(f"image_bytes must be 0 or more, got {image_bytes}")


def source_of(images: GivenImages | bool | None, s3: object) -> ImageSource | None:
    """Return a function that reads images.

    Args:
        images: The images, False for none, or None and True for S3.
        s3: Reads objects in S3; None if there is no client.

    Raises:
        NotADirectoryError: The folder does not exist.
        TypeError: `images` has another type.
        ValueError: `images` is True without a client.
    """
    if images is False or (images is None and s3 is None):
        return None
    if images is None or images is True:
        if s3 is None:
            raise ValueError("images must be a folder or a function, got True. Images in S3 need a client")
        return lambda source_ref: _read_from_s3(s3, source_ref)
    if isinstance(images, StoredImages):
        return lambda source_ref: _read_stored(images, source_ref)
    if callable(images):
        return images
    if not isinstance(images, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"images must be a folder, a function, False or None, got {type(images).__name__}")
    folder = Path(images).resolve()
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "images must be a folder of images; check the path", str(images))
    return lambda source_ref: _read_from_folder(folder, source_ref)


def _read_from_s3(s3: object, source_ref: str) -> bytes:
    return read_object(s3, S3Location.parse(source_ref), limit=_LARGEST_FILE)


def _read_stored(images: StoredImages, source_ref: str) -> bytes:
    ((_, content),) = images.process([(0, source_ref)], bytes)
    if isinstance(content, ImageInfo):
        raise ValueError(content.detail or f"the image has the problem {content.problem}")  # noqa: TRY004 (bad image)
    return content


def _read_from_folder(folder: Path, source_ref: str) -> bytes:
    """Return the file whose path is the longest end of the key. No file outside of the folder is read."""
    parts = S3Location.parse(source_ref).key.split("/")
    for start in range(len(parts)):
        path = folder.joinpath(*parts[start:]).resolve()
        if path.is_relative_to(folder) and path.is_file():
            if path.stat().st_size > _LARGEST_FILE:
                raise OSError(errno.EFBIG, f"the image must have at most {_LARGEST_FILE:,} bytes", str(path))
            return path.read_bytes()
    raise FileNotFoundError(errno.ENOENT, "the folder has no such image", printable(parts[-1], 200))


def picture_mistakes(evaluation: Evaluation, source: ImageSource | None, most_bytes: int) -> Pictured:
    """Return the images with the mistakes that the model was most certain of.

    Args:
        evaluation: An evaluation with a snapshot.
        source: Reads the images; None for no thumbnails.
        most_bytes: The size of all thumbnails together.
    """
    worst = evaluation.worst_images(limit=MOST_IMAGES)
    scenes = _scenes(evaluation, worst)
    plain = [_described(image, scene) for image, scene in zip(worst, scenes, strict=True)]
    if not worst:
        return Pictured((), None)
    if source is None:
        return Pictured(plain, _NO_SOURCE)
    require_pillow()
    pictured: list[ReportedImage] = []
    reasons: list[str] = []
    left, failed = most_bytes, 0
    for described, scene in zip(plain, scenes, strict=True):
        try:
            thumbnail, size = _thumbnail(source(described.source_ref), scene)
        except (BotoCoreError, ClientError) as error:
            if credentials_failed(error):
                raise
            reasons.append(describe_failure(error))
        except (OSError, ValueError) as error:
            reasons.append(printable(str(error), 300))
        else:
            failed, left = 0, left - len(thumbnail)
            if left < 0:
                reasons.append(f"further images do not fit into image_bytes={most_bytes:,}")
                break
            pictured.append(replace(described, thumbnail=thumbnail, size=size))
            continue
        pictured.append(described)
        failed += 1
        if failed == _MOST_FAILURES:
            break
    return Pictured([*pictured, *plain[len(pictured) :]], reasons[0] if reasons else None)


@dataclass
class _Scene:
    """The truth and the predictions of an image, with their boxes if the model locates objects."""

    truth: list[_Placed] = field(default_factory=list["_Placed"])
    found: list[_Placed] = field(default_factory=list["_Placed"])
    wrong: list[_Placed] = field(default_factory=list["_Placed"])

    def missed(self) -> list[_Placed]:
        """Return what is in the truth and was not found."""
        left = list(self.truth)
        for label, box, _ in self.found:
            same = [place for place in left if place[0] == label]
            if same:
                left.remove(max(same, key=lambda place: _overlap(box, place[1])))
        return left


def _overlap(box: Box | None, other: Box | None) -> float:
    return 0.0 if box is None or other is None else box.overlap(other)


def _scenes(evaluation: Evaluation, worst: Sequence[WorstImage]) -> Sequence[_Scene]:
    """Return the truth and the predictions at the assumed thresholds of some images."""
    snapshot = evaluation.snapshot
    if snapshot is None:
        return ()
    wanted = {image.source_ref: _Scene() for image in worst}
    by_index = {index: wanted[name] for index, name in enumerate(snapshot.source_refs) if name in wanted}
    truth, seen = snapshot.truth, snapshot.predictions
    lowest = snapshot.lowest_counted(evaluation.thresholds)
    for index, image in enumerate(truth.images):
        if image in by_index:
            by_index[image].truth.append((snapshot.labels[truth.labels[index]], truth.box(index), 1.0))
    for index, image in enumerate(seen.images):
        if image not in by_index:
            continue
        label, confidence = seen.labels[index], seen.confidences[index]
        name, box = snapshot.labels[label], seen.box(index)
        if not truth.images and seen.present[index]:  # a snapshot without its truth
            by_index[image].truth.append((name, box, 1.0))
        if confidence and confidence >= lowest[label] and name in evaluation.labels:
            scene = by_index[image]
            (scene.found if seen.present[index] else scene.wrong).append((name, box, confidence))
    return [wanted[image.source_ref] for image in worst]


def _described(image: WorstImage, scene: _Scene) -> ReportedImage:
    wrong = PredictionOutcome.FALSE_POSITIVE
    return ReportedImage(
        source_ref=image.source_ref,
        truth=tuple(dict.fromkeys(label for label, *_ in scene.truth)),
        missed=tuple(mistake.label for mistake in image.mistakes if mistake.outcome is not wrong),
        wrong=tuple((mistake.label, mistake.confidence) for mistake in image.mistakes if mistake.outcome is wrong),
    )


def _thumbnail(content: bytes, scene: _Scene) -> tuple[bytes, tuple[int, int]]:
    """Return a small JPEG image with the boxes of a scene.

    Raises:
        ImportError: Pillow is not installed.
        ValueError: The image cannot be decoded.
    """
    from rekog_versions._drawing import draw_marks  # noqa: PLC0415 (needs Pillow)
    from rekog_versions.manifests.images.pixels import decode_image, upright  # noqa: PLC0415 (needs Pillow)

    header = read_header(content)
    picture = upright(decode_image(content, fit=(2 * _SIDE, 2 * _SIDE)), header.orientation)
    # a JPEG file is decoded at a lower resolution, but boxes refer to the size in its header
    frame = header.width or picture.width, header.height or picture.height
    if header.is_rotated:
        frame = frame[1], frame[0]
    fit = min(_SIDE, max(picture.size)), min(_SIDE, max(picture.size))
    drawn = draw_marks(picture, _marks(scene), frame=frame, fit=fit)
    written = io.BytesIO()
    drawn.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue(), drawn.size


def _marks(scene: _Scene) -> "Iterator[Mark]":
    from rekog_versions._drawing import Mark  # noqa: PLC0415 (needs Pillow)

    for places, colour, is_dashed in (
        (scene.found, GREEN, False),
        (scene.missed(), BLUE, True),
        (scene.wrong, VERMILLION, False),
    ):
        for label, box, confidence in places:
            if box is not None:
                caption = label if is_dashed else f"{label} {confidence:.2f}"
                yield Mark(caption, (box.left, box.top, box.width, box.height), colour, is_dashed)
