"""Converting exports of Azure Custom Vision."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import from_azure_custom_vision
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.left_out import ConversionReason
from tests.manifests.converted import PREFIX, boxes, check_lines, issues, labels


def region(label: Any = "cat", left: Any = 0.1, top: Any = 0.2, width: Any = 0.5, height: Any = 0.5) -> dict[str, Any]:
    return {"regionId": "r", "tagName": label, "tagId": "t", "left": left, "top": top, "width": width, "height": height}


def image(id_: Any, *regions: Any, tags: Any = (), **others: Any) -> dict[str, Any]:
    found = [{"tagId": "t", "tagName": tag} if isinstance(tag, str) else tag for tag in tags]
    uris = {"originalImageUri": "https://x.blob.core.windows.net/a?sig=secret", "created": "2026-01-01T00:00:00"}
    return {"id": id_, "width": 200, "height": 100, "regions": list(regions), "tags": found, **uris, **others}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "images.json"


def convert(path: Path, *images: Any, **options: Any) -> ConvertedLines[Any]:
    path.write_text(json.dumps(images))
    return from_azure_custom_vision(path, PREFIX, **options)


def test_regions_become_boxes_in_pixels(path: Path) -> None:
    found = convert(path, image("a", region(), tags=["cat"]), image("b", region("dog", 0, 0, 1, 1), name="b.png"))
    assert boxes(found) == {"a.jpg": [("cat", 20, 20, 100, 50)], "b.png": [("dog", 0, 0, 200, 100)]}
    assert issues(found) == []
    pages = convert(path, [image("a", region())], [image("b", region())], suffix=".png")
    assert list(boxes(pages)) == ["a.png", "b.png"]


def test_tags_are_labels_of_the_image(path: Path) -> None:
    negative = {"tagName": "Negative", "type": "Negative"}
    images = [image("a", tags=["cat", "dog"]), image("b", tags=[negative]), image("c", region(), tags=["cat"])]
    found = convert(path, *images, kind="labels")
    assert labels(found) == {"a.jpg": ["cat", "dog"]}
    assert [reason for reason, _ in issues(found)] == [
        ConversionReason.NO_LABEL,
        ConversionReason.NO_LABEL,
        ConversionReason.OTHER_KIND,
    ]


def test_unusable_regions_and_images_are_left_out(path: Path) -> None:
    bad = [region(None), region(left=None), region(width=-0.1), region(left=float("nan")), 7, region(left=10**400)]
    found = convert(
        path, image("a", region(), *bad, region(left=20, width=50)), {"x": 1}, image("c", region(), width=None), 5
    )
    assert boxes(found) == {"a.jpg": [("cat", 20, 20, 100, 50)]}
    assert [reason for reason, _ in issues(found)] == [
        *[ConversionReason.UNREADABLE] * 8,
        ConversionReason.PIXELS,
        ConversionReason.NO_SIZE,
    ]


def test_an_id_does_not_lead_out_of_the_prefix(path: Path) -> None:
    found = convert(path, image("../../a", region()), image("x", region(), name="C:\\a.jpg"))
    assert boxes(found) == {}
    assert [reason for reason, _ in issues(found)] == [ConversionReason.FOREIGN_PLACE] * 2


@pytest.mark.parametrize("content", [b"", b"{}", b"{", b"[" * 10**5, b"\xff"])
def test_another_file_is_an_error(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ManifestError, match="must be images of Azure Custom Vision"):
        list(from_azure_custom_vision(path, PREFIX))


odd = st.none() | st.text(max_size=3) | st.floats() | st.integers(-3, 3)
regions = st.builds(region, st.text(max_size=3) | odd, *[st.floats(-0.3, 1.3) | odd] * 4)
images = st.builds(
    lambda id_, found, tags, width: image(id_, *found, tags=tags, width=width),
    st.text(max_size=3) | odd,
    st.lists(regions, max_size=3),
    st.lists(st.text(max_size=3) | odd, max_size=3),
    st.integers(0, 300) | odd,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(images | odd | st.lists(images, max_size=2), max_size=4))
def test_check_manifests_accepts_every_line(path: Path, found: list[Any]) -> None:
    for kind in ("boxes", "labels"):
        check_lines(convert(path, *found, kind=kind))
