"""Converting CSV files with boxes, and import files of AutoML."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.manifests import ImagePlaces, from_automl_csv, from_csv_boxes
from rekog_versions.manifests.convert.left_out import ConversionReason
from rekog_versions.manifests.images.image_check import ImageInfo
from tests.manifests.converted import PREFIX, boxes, check_lines, issues, labels, splits

PLACES = ImagePlaces(PREFIX, replace={"gs://bucket/": ""})


def read_sizes(requests: Any) -> Any:
    return ((key, ImageInfo("JPEG", 200, 100)) for key, _ in requests)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "boxes.csv"


TABLE = (
    "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,200,100,cat,10,20,60,70\n"
    "b.jpg,200,100,dog,0,0,20,10\na.jpg,200,100,dog,1,2,31,42\n"
)


def test_the_defaults_read_a_table_of_tensorflow(path: Path) -> None:
    path.write_text(TABLE)
    expected = {"a.jpg": [("cat", 10, 20, 50, 50), ("dog", 1, 2, 30, 40)], "b.jpg": [("dog", 0, 0, 20, 10)]}
    assert boxes(from_csv_boxes(path, PREFIX, size=("width", "height"))) == expected
    assert boxes(from_csv_boxes(path, PREFIX, sizes=read_sizes)) == expected
    found = from_csv_boxes(path, PREFIX)
    assert boxes(found) == {}
    assert {reason for reason, _ in issues(found)} == {ConversionReason.NO_SIZE}
    assert "pass sizes=" in str(found.report)


@pytest.mark.parametrize(
    ("box_form", "cells"), [("corners", "10,20,60,70"), ("sides", "10,20,50,50"), ("center", "35,45,50,50")]
)
def test_the_form_of_the_box_is_chosen(path: Path, box_form: Any, cells: str) -> None:
    path.write_text(f"a.jpg,{cells},0,val\n")
    found = from_csv_boxes(
        path, PREFIX, image=0, box=[1, 2, 3, 4], label=5, split=6, box_form=box_form, names=["cat"], sizes=read_sizes
    )
    assert boxes(found) == {"a.jpg": [("cat", 10, 20, 50, 50)]}
    assert splits(found) == {"a.jpg": "validation"}


def test_fractions_are_recognized_and_read_on_request(path: Path) -> None:
    path.write_text("filename,class,xmin,ymin,xmax,ymax\na.jpg,cat,0.1,0.2,0.6,0.7\n")
    found = from_csv_boxes(path, PREFIX, sizes=read_sizes)
    assert boxes(found) == {}
    assert issues(found)[0] == (ConversionReason.FRACTIONS, "row 2")
    assert boxes(from_csv_boxes(path, PREFIX, sizes=read_sizes, units="fractions")) == {
        "a.jpg": [("cat", 20, 20, 100, 50)]
    }


def test_unusable_rows_are_left_out(path: Path) -> None:
    path.write_text(
        "filename,class,xmin,ymin,xmax,ymax\na.jpg,cat,1,1,50,50\na.jpg,cat,nan,1,2,3\na.jpg,,1,1,50,50\n,cat,1,1,50,50\n"
        "b.jpg,,,,,\na.jpg,cat,1\na.jpg,cat,1,1,1e999,50\nc.jpg,9,1,1,50,50\n"
    )
    found = from_csv_boxes(path, PREFIX, sizes=read_sizes, names={"cat": "cat"})
    assert boxes(found) == {"a.jpg": [("cat", 1, 1, 49, 49)]}
    assert issues(found) == [
        (ConversionReason.UNREADABLE, "row 3"),
        (ConversionReason.UNREADABLE, "row 4"),
        (ConversionReason.NOT_AN_IMAGE, "row 5"),
        (ConversionReason.UNREADABLE, "row 7"),
        (ConversionReason.UNREADABLE, "row 8"),
        (ConversionReason.UNKNOWN_CATEGORY, "row 9"),
        (ConversionReason.NO_BOX, "row 6"),
        (ConversionReason.NO_BOX, "row 9"),
    ]


def test_invalid_arguments_are_rejected_at_once(path: Path) -> None:
    wrong: Any
    for wrong in ({"box": ["a"]}, {"size": ["a"]}, {"box_form": "x"}, {"image": 1}, {"units": "percent"}):
        with pytest.raises(ValueError, match="must"):
            from_csv_boxes(path, PREFIX, **wrong)


AUTOML = "TRAIN,gs://bucket/img/1.jpg,Antelope\nTEST,gs://bucket/img/2.jpg,Antelope,Beetle\nVALIDATION,gs://bucket/3.jpg,Beetle\nUNASSIGNED,gs://bucket/4.jpg,Beetle\ngs://bucket/5.jpg,Beetle\nTRAIN,gs://bucket/6.jpg\n"


def test_labels_and_splits_of_automl_are_read(path: Path) -> None:
    path.write_text(AUTOML)
    found = from_automl_csv(path, PLACES, kind="labels")
    assert labels(found)["img/2.jpg"] == ["Antelope", "Beetle"]
    assert issues(found) == [(ConversionReason.NO_LABEL, "row 6")]
    assert list(splits(found).values()) == ["training", "testing", "validation", None, None]
    with pytest.raises(ValueError, match="kind='labels'"):
        from_automl_csv(path, PLACES)


def test_a_bucket_of_google_is_left_out_until_it_is_replaced(path: Path) -> None:
    path.write_text(AUTOML)
    found = from_automl_csv(path, PREFIX, kind="labels")
    assert labels(found) == {}
    assert {reason for reason, _ in issues(found)} == {ConversionReason.FOREIGN_PLACE, ConversionReason.NO_LABEL}
    assert "replace=" in str(found.report)


def test_boxes_of_automl_are_read(path: Path) -> None:
    path.write_text(
        "TRAIN,gs://bucket/1.jpg,cat,0.1,0.2,,,0.6,0.7,,\nTRAIN,gs://bucket/1.jpg,dog,0.1,0.2,0.6,0.2,0.6,0.7,0.1,0.7\n"
        "TEST,gs://bucket/2.jpg,cat,nan,0.2,,,0.6,0.7,,\nTEST,gs://bucket/3.jpg,cat,10,20,,,60,70,,\n,\n"
    )
    found = from_automl_csv(path, PLACES, sizes=read_sizes)
    assert boxes(found) == {"1.jpg": [("cat", 20, 20, 100, 50), ("dog", 20, 20, 100, 50)]}
    assert (ConversionReason.UNREADABLE, "row 3") in issues(found)
    assert (ConversionReason.PIXELS, "row 4") in issues(found)


cells = (
    st.text(max_size=5).filter(lambda text: "\0" not in text)
    | st.floats(-3, 250).map(str)
    | st.integers(-5, 250).map(str)
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a.jpg", "b", "..", "C:\\x", "gs://bucket/1.jpg"]) | cells,
            st.lists(cells, min_size=5, max_size=9),
        ),
        max_size=5,
    ),
    st.sampled_from(["corners", "sides", "center"]),
    st.sampled_from(["pixels", "fractions"]),
)
def test_check_manifests_accepts_every_line(path: Path, rows: Any, box_form: Any, units: Any) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    text = "\n".join(",".join(map(quoted, [name, *others])) for name, others in rows)
    path.write_text(text, "utf-8", "ignore")
    for found in (
        from_csv_boxes(
            path, PLACES, image=0, label=1, box=[2, 3, 4, 5], box_form=box_form, units=units, sizes=read_sizes
        ),
        from_automl_csv(path, PLACES, sizes=read_sizes),
        from_automl_csv(path, PLACES, kind="labels"),
    ):
        assert check_lines(found) <= len(rows)
