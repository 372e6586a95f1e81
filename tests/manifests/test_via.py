"""Converting projects and exports of VIA."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import from_via
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.left_out import ConversionReason
from rekog_versions.manifests.images.image_check import ImageInfo
from tests.manifests.converted import PREFIX, boxes, check_lines, issues, labels


def read_sizes(requests: Any) -> Any:
    return ((key, ImageInfo("JPEG", 200, 100)) for key, _ in requests)


def region(label: Any = "cat", **shape: Any) -> dict[str, Any]:
    given = shape or {"name": "rect", "x": 10, "y": 20, "width": 50, "height": 50}
    return {"shape_attributes": given, "region_attributes": {"type": label}}


def image(name: Any, *regions: Any, **attributes: Any) -> dict[str, Any]:
    return {"filename": name, "size": 1234, "regions": list(regions), "file_attributes": attributes}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "project.json"


def convert(path: Path, *images: Any, **options: Any) -> ConvertedLines[Any]:
    path.write_text(json.dumps({f"{number}": found for number, found in enumerate(images)}))
    return from_via(path, PREFIX, **{"label": "type", "sizes": read_sizes, **options})


def test_projects_and_exports_are_read(path: Path) -> None:
    expected = {"a.jpg": [("cat", 10, 20, 50, 50)]}
    assert boxes(convert(path, image("a.jpg", region()))) == expected
    path.write_text(json.dumps({"_via_settings": {}, "_via_img_metadata": {"a.jpg1": image("a.jpg", region())}}))
    assert boxes(from_via(path, PREFIX, label="type", sizes=read_sizes)) == expected
    assert boxes(convert(path, {"filename": "a.jpg", "regions": {"0": region()}})) == expected


def write_csv(path: Path, rows: list[list[str]]) -> ConvertedLines[Any]:
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8", errors="ignore") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "filename",
                "file_size",
                "file_attributes",
                "region_count",
                "region_id",
                "region_shape_attributes",
                "region_attributes",
            ]
        )
        writer.writerows([name, "1", file_, "1", "0", shape, attributes] for name, file_, shape, attributes in rows)
    return from_via(path.with_suffix(".csv"), PREFIX, label="type", sizes=read_sizes)


def test_a_table_is_read(path: Path) -> None:
    shape, attributes = json.dumps(region()["shape_attributes"]), '{"type": "cat"}'
    rows = [["a.jpg", "{}", shape, attributes], ["b.jpg", "{}", "{}", "{}"], ["c.jpg", "{", shape, attributes]]
    found = write_csv(
        path,
        [
            *rows,
            ["a.jpg", "{}", shape, '{"type": "dog"}'],
            ["", "{}", shape, attributes],
            ["d.jpg", "[" * 10**5, "", ""],
        ],
    )
    assert boxes(found) == {"a.jpg": [("cat", 10, 20, 50, 50), ("dog", 10, 20, 50, 50)]}
    assert issues(found) == [
        (ConversionReason.UNREADABLE, "row 4"),
        (ConversionReason.NOT_AN_IMAGE, "row 6"),
        (ConversionReason.UNREADABLE, "row 7"),
        (ConversionReason.NO_BOX, "row 3"),
    ]


def test_other_shapes_are_reduced_and_counted(path: Path) -> None:
    found = convert(
        path,
        image(
            "a.jpg",
            region(name="polygon", all_points_x=[10, 50, 50], all_points_y=[10, 10, 90]),
            region(name="circle", cx=50, cy=50, r=10),
            region(name="ellipse", cx=50, cy=50, rx=10, ry=20),
            region(name="ellipse", cx=50, cy=50, rx=10, ry=20, theta=1.2),
        ),
    )
    assert boxes(found) == {
        "a.jpg": [("cat", 10, 10, 40, 80), ("cat", 40, 40, 20, 20), ("cat", 40, 30, 20, 40), ("cat", 30, 30, 40, 40)]
    }
    assert [reason for reason, _ in issues(found)] == [ConversionReason.REDUCED] * 4


def test_chosen_options_are_several_labels_and_attributes_of_files_are_labels_of_the_image(path: Path) -> None:
    found = convert(path, image("a.jpg", region({"cat": True, "dog": False, "eel": True})))
    assert [label for label, *_ in boxes(found)["a.jpg"]] == ["cat", "eel"]
    files = [image("a.jpg", type={"cat": True}), image("b.jpg", type=" dog ")]
    assert labels(convert(path, *files, kind="labels", sizes=None)) == {"a.jpg": ["cat"], "b.jpg": ["dog"]}
    with pytest.raises(ValueError, match="sizes must be given"):
        convert(path, *files, sizes=None)


def test_unusable_regions_are_left_out(path: Path) -> None:
    bad = [
        region(name="rect", x=1),
        region(name="polygon", all_points_x=[1], all_points_y=[]),
        region(name="circle", cx=1, cy=1, r=-1),
    ]
    odd = [region(name="point", cx=1, cy=1), region(name=["x"]), region(""), region(None), 7]
    found = convert(path, image("a.jpg", region(), *bad, *odd), image(None), 5)
    assert boxes(found) == {"a.jpg": [("cat", 10, 20, 50, 50)]}
    assert [reason for reason, _ in issues(found)] == [
        *[ConversionReason.UNREADABLE] * 3,
        *[ConversionReason.UNSUPPORTED] * 2,
        *[ConversionReason.NO_LABEL] * 3,
        *[ConversionReason.UNREADABLE] * 2,
    ]
    assert "label='its name' chooses one" in str(found.report.to_dict())


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1}', b"{", b"[" * 10**5, b"\xff"])
def test_another_file_is_an_error(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ManifestError, match="must be a project or an export of VIA 2"):
        list(from_via(path, PREFIX, label="type", sizes=read_sizes))


odd = st.none() | st.text(max_size=3) | st.floats() | st.integers(-200, 300) | st.lists(st.integers(0, 90), max_size=4)
names = st.sampled_from(["name", "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "all_points_x", "theta"])
shapes = st.dictionaries(names, st.sampled_from(["rect", "circle", "ellipse", "polygon"]) | odd, max_size=7)
rects = st.fixed_dictionaries(
    {"name": st.just("rect"), **{name: st.floats(-9, 220) for name in ("x", "y", "width", "height")}}
)
regions = st.builds(lambda shape, label: region(label, **shape), shapes | rects, st.text(max_size=3) | odd)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=4) | odd, st.lists(regions, max_size=4)), min_size=1, max_size=4))
def test_check_manifests_accepts_every_line(path: Path, files: list[Any]) -> None:
    for kind in ("boxes", "labels"):
        found = convert(path, *[image(name, *found, type="x") for name, found in files], kind=kind)
        assert check_lines(found) <= len(files)
