"""Converting YOLO data sets."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import from_yolo, images_from_folder
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.left_out import ConversionReason
from rekog_versions.manifests.images.image_check import ImageInfo
from tests.manifests.converted import PREFIX, boxes, check_lines, issues, splits
from tests.testing.pictures import picture


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def read_sizes(requests: Any) -> Any:
    return ((key, ImageInfo("JPEG", 200, 100)) for key, _ in requests)


def convert(root: Path, **options: Any) -> ConvertedLines[Any]:
    return from_yolo(root, PREFIX, **{"sizes": read_sizes, "names": ["cat", "dog"], "suffix": ".jpg", **options})


def test_a_data_set_of_ultralytics_is_read_with_its_splits_and_images(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "data.yaml": "train: images/train\nval: images/val\nnames:\n  0: cat\n  1: dog\n",
            "images/train/a.png": picture(200, 100),
            "images/val/b.JPG": picture(200, 100, kind="JPEG"),
            "labels/train/a.txt": "0 0.5 0.5 0.5 0.5\n1 0.25 0.5 0.5 1\n",
            "labels/val/b.txt": "1 0.5 0.5 1 1 0.9\n",
        },
    )
    found = from_yolo(tmp_path, PREFIX, sizes=images_from_folder(tmp_path, PREFIX))
    assert boxes(found) == {
        "images/train/a.png": [("cat", 50, 25, 100, 50), ("dog", 0, 0, 100, 100)],
        "images/val/b.JPG": [("dog", 0, 0, 200, 100)],
    }
    assert splits(found) == {"images/train/a.png": "training", "images/val/b.JPG": "validation"}


def test_names_come_from_a_list_a_map_or_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "1 0.5 0.5 0.5 0.5", "x.yaml": "names: [cat, dog]"})
    for names in (["cat", "dog"], {1: "dog"}, tmp_path / "x.yaml", None):
        write(tmp_path, {"classes.txt": "cat\ndog\n"})
        assert boxes(convert(tmp_path, names=names)) == {"a.jpg": [("dog", 50, 25, 100, 50)]}
    (tmp_path / "classes.txt").unlink()
    with pytest.raises(ManifestError, match=r"must have a data.yaml, classes.txt or obj.names.* Pass names="):
        list(convert(tmp_path, names=None))


def test_polygons_are_reduced_and_counted(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "0 0.1 0.2 0.5 0.2 0.5 0.8"})
    found = convert(tmp_path)
    assert boxes(found) == {"a.jpg": [("cat", 20, 20, 80, 60)]}
    assert issues(found) == [(ConversionReason.REDUCED, "a.txt, line 1")]


def test_rotated_boxes_are_reduced_with_their_confidences(tmp_path: Path) -> None:
    corners = "0.1 0.5 0.3 0.1 0.5 0.5 0.3 0.9"
    write(tmp_path, {"a.txt": f"0 {corners}\n1 {corners} 0.75\n1 {corners} 7.5"})
    found = convert(tmp_path)
    assert boxes(found) == {"a.jpg": [("cat", 20, 10, 80, 80), ("dog", 20, 10, 80, 80)]}
    assert [box.confidence for line in found for box in line.boxes] == [1, 0.75]
    assert issues(found) == [
        (ConversionReason.REDUCED, "a.txt, line 1"),
        (ConversionReason.REDUCED, "a.txt, line 2"),
        (ConversionReason.UNREADABLE, "a.txt, line 3"),
    ]


def test_unusable_lines_are_left_out(tmp_path: Path) -> None:
    bad = [
        "0 0.5 0.5 0.5",
        "x 0.5 0.5 0.5 0.5",
        "0 nan 0.5 0.5 0.5",
        "0.5 0.5 0.5 0.5 0.5",
        "0 0.5 0.5 -1 0.5",
        "0 .1 .1 .1 .1 .1 .1 .1",
    ]
    odd = ["9 0.5 0.5 0.5 0.5", "0 320 240 100 50", "0 1e999 0 0 0", f"{'9' * 5000} 1 1 1 1"]
    write(
        tmp_path,
        {"a.txt": "\n".join(["0 0.5 0.5 0.5 0.5", *bad, *odd]), "b.txt": "", "c.txt": b"\xff\xfe", "d.md": "x"},
    )
    found = convert(tmp_path)
    assert boxes(found) == {"a.jpg": [("cat", 50, 25, 100, 50)]}
    reasons = {place: reason for reason, place in issues(found)}
    assert [reasons.pop(f"a.txt, line {number}") for number in range(2, 12)] == [
        *[ConversionReason.UNREADABLE] * 6,
        ConversionReason.UNKNOWN_CATEGORY,
        ConversionReason.PIXELS,
        *[ConversionReason.UNREADABLE] * 2,
    ]
    assert reasons == {"b.txt": ConversionReason.NO_BOX, "c.txt": ConversionReason.UNREADABLE}


def test_an_image_that_is_not_on_disk_needs_a_suffix(tmp_path: Path) -> None:
    write(tmp_path, {"labels/a.txt": "0 0.5 0.5 0.5 0.5"})
    found = convert(tmp_path, suffix=None)
    assert boxes(found) == {}
    assert "pass suffix='.jpg'" in str(found.report)
    assert list(boxes(convert(tmp_path, suffix=".png"))) == ["images/a.png"]


def test_an_image_whose_header_can_not_be_read_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "0 0.5 0.5 0.5 0.5", "b.txt": "0 0.5 0.5 0.5 0.5", "a.jpg": b"x", "b.jpg": b""})
    found = convert(tmp_path, sizes=images_from_folder(tmp_path, PREFIX))
    assert boxes(found) == {}
    assert {reason for reason, _ in issues(found)} == {ConversionReason.UNREADABLE, ConversionReason.NO_SIZE}


@pytest.mark.parametrize(
    "content",
    [
        "names: !!python/object/apply:os.system [ls]",
        "names: [" * 5000,
        "a: &a [x]\nnames: *b",
        "[1]",
        "names: {}",
        "names: 3",
        b"\xff",
    ],
)
def test_hostile_yaml_is_an_error(tmp_path: Path, content: str | bytes) -> None:
    write(tmp_path, {"data.yaml": content, "a.txt": "0 0.5 0.5 0.5 0.5"})
    with pytest.raises(ManifestError, match=r"must (be|have)"):
        list(convert(tmp_path, names=None))


def test_aliases_that_grow_exponentially_are_an_error_at_once(tmp_path: Path) -> None:
    lists = [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise("abcdefghijklm")]
    write(tmp_path, {"data.yaml": "\n".join(["a: &a [x]", *lists, "names: *m"]), "a.txt": "0 0.5 0.5 0.5 0.5"})
    with pytest.raises(ManifestError, match="got list without names"):
        list(convert(tmp_path, names=None))


words = st.integers(-1, 3) | st.floats(-1, 2) | st.floats() | st.text(max_size=3)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(words, max_size=9) | st.lists(st.floats(0, 1), min_size=4, max_size=4).map(lambda box: [0, *box]),
        max_size=6,
    )
)
def test_check_manifests_accepts_every_line(tmp_path: Path, lines: list[list[object]]) -> None:
    (tmp_path / "a.txt").write_text("\n".join(" ".join(map(str, line)) for line in lines), "utf-8", "ignore")
    assert check_lines(convert(tmp_path)) <= 1
