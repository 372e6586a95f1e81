"""`draw()` draws detections, manifest lines and judged predictions."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import ImageLevelLine, LabeledBox, ModerationLine, ObjectLine
from rekog_versions.models import CustomLabel, DetectCustomLabelsResponse
from rekog_versions.reports import draw
from tests.evaluation import files
from tests.reports.hostile import TEXTS
from tests.testing.pictures import picture

BOX = {"Left": 0.25, "Top": 0.25, "Width": 0.5, "Height": 0.5}
LABEL = CustomLabel.model_validate({"Name": "cat", "Confidence": 97.3, "Geometry": {"BoundingBox": BOX}})
LINE = ObjectLine("s3://b/k.jpg", 400, 400, [LabeledBox("cat", 100, 100, 200, 200)])
GREY = Image.new("RGB", (400, 400), "#808080")


def changed(drawn: Image.Image, x: int, y: int) -> bool:
    """Return True if a pixel, or one within five pixels of it, is not grey."""
    area = drawn.crop((max(0, x - 5), max(0, y - 5), x + 6, y + 6))
    return area.getextrema() != ((128, 128),) * 3


@pytest.mark.parametrize(
    "labels",
    [
        LABEL,
        [LABEL],
        iter([LABEL]),
        DetectCustomLabelsResponse(custom_labels=[LABEL]),
        LINE,
        LINE.to_json(),
        LINE.to_json().encode(),
        files.evaluation(
            [files.boxes(1, [("cat", (100, 100, 200, 200))], [("cat", 0.1, True, (100, 100, 200, 200))])]
        ).worst_images()[0],
    ],
    ids=["label", "list", "iterator", "response", "line", "text", "bytes", "worst image"],
)
def test_boxes_are_drawn_where_they_are(labels: Any) -> None:
    drawn = draw(GREY, labels)
    assert drawn.size == GREY.size
    assert changed(drawn, 100, 200)
    assert changed(drawn, 300, 200)
    assert not changed(drawn, 200, 200)
    assert not changed(drawn, 390, 390)
    assert GREY.getextrema() == ((128, 128),) * 3  # the image itself is unchanged


@pytest.mark.parametrize(
    "labels",
    [
        CustomLabel(name="cat", confidence=97.0),
        ImageLevelLine("s3://b/k.jpg", ["cat"]),
        ModerationLine("s3://b/k.jpg", ["cat"]),
        files.evaluation([files.image(1, ["cat"], [("cat", 0.1)])]).worst_images()[0].mistakes,
    ],
)
def test_labels_without_a_box_are_written_in_the_corner(labels: Any) -> None:
    drawn = draw(GREY, labels)
    assert changed(drawn, 8, 8)
    assert not changed(drawn, 300, 300)


def test_nothing_is_drawn_without_labels() -> None:
    assert draw(GREY, []).tobytes() == GREY.tobytes()
    assert draw(GREY, DetectCustomLabelsResponse()).tobytes() == GREY.tobytes()
    half = CustomLabel.model_validate({"Geometry": {"BoundingBox": {"Left": 0.5}}})
    assert draw(GREY, half).tobytes() == GREY.tobytes()


def test_images_are_read_from_paths_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "1.png"
    path.write_bytes(picture(400, 300))
    expected = draw(Image.open(path), LABEL).tobytes()
    for image in (path, str(path), path.read_bytes()):
        assert draw(image, LABEL).tobytes() == expected


def test_the_size_in_the_manifest_decides_about_the_orientation() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = picture(400, 200, kind="JPEG", exif=exif)
    assert draw(content, LABEL).size == (200, 400)
    for width, height in ((200, 400), (400, 200)):
        line = ObjectLine("s3://b/k.jpg", width, height, [LabeledBox("cat", 10, 10, 20, 20)])
        assert draw(content, line).size == (width, height)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_any_name_can_be_drawn(text: str) -> None:
    draw(GREY, CustomLabel(name=text, confidence=1))


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(TypeError, match="image must be a Pillow image, a path or bytes, got int"):
        draw(3, LABEL)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="labels must be the result of detect_custom_labels"):
        draw(GREY, 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="got dict"):
        draw(GREY, [{}])  # type: ignore[list-item]
    with pytest.raises(ManifestError):
        draw(GREY, json.dumps({"source-ref": 3}))
    with pytest.raises(ValueError, match="not a PNG or a JPEG"):
        draw(b"GIF89a", LABEL)
