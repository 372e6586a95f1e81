"""Images checked by the service's limits."""

import pytest

from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem, ImageSizeMatch, check_image

MEBIBYTE = 1024 * 1024


def png(width: int, height: int, size: int = 1000, *, is_rotated: bool = False) -> ImageInfo:
    return ImageInfo("PNG", width, height, size, is_rotated)


@pytest.mark.parametrize("picture", [png(64, 64), png(4096, 4096), png(64, 1280), png(640, 480, 15 * MEBIBYTE)])
def test_an_image_at_the_limits_is_fine(picture: ImageInfo) -> None:
    assert check_image(picture, boxes=False).code is None
    assert check_image(picture, boxes=True).code is None


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (png(63, 640), "it has 63 x 640 pixels; each side must have at least 64"),
        (png(640, 4097), "it has 640 x 4,097 pixels; each side may have at most 4,096"),
        (png(1281, 64), "it has 1,281 x 64 pixels; the longer side may be at most 20 times as long as the shorter one"),
    ],
)
def test_wrong_sides_have_another_code_on_lines_with_boxes(picture: ImageInfo, reason: str) -> None:
    image_level, boxes = check_image(picture, boxes=False), check_image(picture, boxes=True)
    assert (image_level.code, image_level.reason) == ("ERROR_INVALID_IMAGE", reason)
    assert (boxes.code, boxes.reason) == ("ERROR_INVALID_IMAGE_DIMENSION", reason)


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (
            ImageInfo("GIF", size=10, problem=ImageProblem.NOT_AN_IMAGE),
            "it is a GIF file; the service accepts PNG and JPEG only",
        ),
        (
            ImageInfo(size=10, problem=ImageProblem.NOT_AN_IMAGE),
            "it is not an image; the service accepts PNG and JPEG only",
        ),
        (png(640, 480, 15 * MEBIBYTE + 1), "it has 15,728,641 bytes; at most 15,728,640"),
        (ImageInfo("PNG", size=9, problem=ImageProblem.NOT_AN_IMAGE), "its PNG header is invalid"),
        (ImageInfo(problem=ImageProblem.NOT_FOUND, detail="the file does not exist"), "the file does not exist"),
    ],
)
@pytest.mark.parametrize("boxes", [True, False])
def test_an_invalid_file_has_the_same_code_with_and_without_boxes(picture: ImageInfo, reason: str, boxes: bool) -> None:
    verdict = check_image(picture, boxes=boxes)
    assert verdict.code == "ERROR_INVALID_IMAGE"
    assert verdict.reason.startswith(reason)


def test_an_image_that_could_not_be_read_has_no_code() -> None:
    verdict = check_image(
        ImageInfo(problem=ImageProblem.NOT_CHECKED, detail="GetObject was denied"), boxes=True, frame=Frame(1, 1)
    )
    assert (verdict.code, verdict.reason, verdict.size_match) == (None, "GetObject was denied", None)


@pytest.mark.parametrize(
    ("picture", "frame", "match"),
    [
        (png(640, 480), None, None),
        (png(640, 480), Frame(640, 480), ImageSizeMatch.SAME),
        (png(640, 480), Frame(640.0, 480.0, 1), ImageSizeMatch.SAME),
        (png(640, 480), Frame(480, 640), ImageSizeMatch.DIFFERENT),
        (png(640, 480, is_rotated=True), Frame(480, 640), ImageSizeMatch.ROTATED),
        (png(640, 480, is_rotated=True), Frame(640, 480), ImageSizeMatch.SAME),
        (png(640, 480, is_rotated=True), Frame(320, 240), ImageSizeMatch.DIFFERENT),
        (png(10, 10), Frame(20, 20), ImageSizeMatch.DIFFERENT),
        (ImageInfo("PNG", size=9, problem=ImageProblem.NOT_AN_IMAGE), Frame(640, 480), None),
    ],
)
def test_image_size_may_be_the_stored_or_the_displayed_size(
    picture: ImageInfo, frame: Frame | None, match: ImageSizeMatch | None
) -> None:
    assert check_image(picture, boxes=True, frame=frame).size_match is match
