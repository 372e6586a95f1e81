"""Converting labelme files."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.manifests import from_labelme
from rekog_versions.manifests.convert.left_out import ConversionReason
from tests.manifests.converted import PREFIX, boxes, check_lines, issues, labels, splits


def shape(label: Any, *points: Any, kind: Any = "rectangle") -> dict[str, Any]:
    return {"label": label, "points": list(points), "group_id": None, "shape_type": kind, "flags": {}}


def labelme(name: Any, *shapes: Any, **others: Any) -> dict[str, Any]:
    size = {"imageHeight": 100, "imageWidth": 200, "imageData": "iVBORw0KGgo="}
    return {"version": "5.5.0", "flags": {}, "shapes": list(shapes), "imagePath": name, **size, **others}


CAT = shape("cat", [60, 70], [10.5, 20])


def write(root: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return root


def test_boxes_splits_and_folders_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"train/a.json": labelme("a.jpg", CAT), "test/ann/b.json": labelme("..\\b.jpg", CAT)})
    found = from_labelme(tmp_path, PREFIX)
    assert boxes(found) == {"test/b.jpg": [("cat", 10.5, 20, 49.5, 50)], "train/a.jpg": [("cat", 10.5, 20, 49.5, 50)]}
    assert issues(found) == [(ConversionReason.NORMALIZED, "test/ann/b.json")]
    assert splits(found) == {"test/b.jpg": "testing", "train/a.jpg": "training"}


def test_polygons_and_circles_are_reduced_and_counted(tmp_path: Path) -> None:
    polygon = shape("dog", [10, 10], [50, 10], [50, 90], kind="polygon")
    write(tmp_path, {"a.json": labelme("a.jpg", polygon, shape("eel", [50, 50], [53, 54], kind="circle"))})
    found = from_labelme(tmp_path, PREFIX)
    assert boxes(found) == {"a.jpg": [("dog", 10, 10, 40, 80), ("eel", 45, 45, 10, 10)]}
    assert [reason for reason, _ in issues(found)] == [ConversionReason.REDUCED] * 2


def test_flags_are_labels_of_the_image(tmp_path: Path) -> None:
    write(tmp_path, {"a.json": labelme("a.jpg", flags={"cat": True, "dog": False, "eel": True})})
    assert labels(from_labelme(tmp_path, PREFIX, kind="labels")) == {"a.jpg": ["cat", "eel"]}


def test_unusable_shapes_and_files_are_left_out(tmp_path: Path) -> None:
    bad = [shape("cat", [1, 1]), shape("", [1, 1], [20, 20]), shape("cat", [float("nan"), 1], [20, 20]), 7]
    odd = [shape("cat", [1, 1], kind="point"), shape("cat", [1, 1], [9, 9], kind="mask")]
    files = {"b.json": b"[" * 10**5, "c.json": {"x": 1}, "d.json": labelme("/abs/d.jpg", CAT), "e.txt": b""}
    more = {"f.json": labelme("f.jpg", CAT, imageWidth=None), "g.json": labelme("../g.jpg", CAT), "h.json": b"\xff"}
    write(tmp_path, {"a.json": labelme("a.jpg", CAT, *bad, *odd), **files, **more})
    found = from_labelme(tmp_path, PREFIX)
    assert list(boxes(found)) == ["a.jpg"]
    assert issues(found) == [
        *((ConversionReason.UNREADABLE, f"a.json, shape {number}") for number in (2, 3, 4, 5)),
        *((ConversionReason.UNSUPPORTED, f"a.json, shape {number}") for number in (6, 7)),
        (ConversionReason.UNREADABLE, "b.json"),
        (ConversionReason.UNREADABLE, "c.json"),
        (ConversionReason.FOREIGN_PLACE, "d.json"),
        (ConversionReason.FOREIGN_PLACE, "g.json"),
        (ConversionReason.UNREADABLE, "h.json"),
        (ConversionReason.NO_SIZE, "f.json"),
    ]


odd = st.none() | st.text(max_size=3) | st.floats() | st.integers(-200, 300) | st.booleans()
points = st.lists(st.lists(st.floats(-20, 220), min_size=2, max_size=2) | odd, max_size=4)
kinds = st.sampled_from(["rectangle", "polygon", "circle", "point"]) | odd
shapes = st.builds(lambda label, found, kind: shape(label, *found, kind=kind), st.text(max_size=3) | odd, points, kinds)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=4) | odd, st.lists(shapes | odd, max_size=4), st.dictionaries(st.text(max_size=3), odd, max_size=3)
)
def test_check_manifests_accepts_every_line(tmp_path: Path, name: Any, found: list[Any], flags: Any) -> None:
    write(tmp_path, {"a.json": labelme(name, *found, flags=flags)})
    for kind in ("boxes", "labels"):
        assert check_lines(from_labelme(tmp_path, PREFIX, kind=kind)) <= 1


@pytest.mark.parametrize("kind", ["box", None])
def test_an_unknown_kind_is_rejected_at_once(tmp_path: Path, kind: Any) -> None:
    with pytest.raises(ValueError, match="kind must be 'boxes' or 'labels'"):
        from_labelme(tmp_path, PREFIX, kind=kind)
