"""Results as rows, CSV files, manifests and COCO files."""

import csv
import io
import json
from pathlib import Path

from hypothesis import given, strategies as st

from rekog_versions.hosting.bulk.detected_images import Detections
from rekog_versions.hosting.bulk.detection_exports import _csv_line
from rekog_versions.manifests import check_manifests, images_from_folder, to_coco
from tests.hosting.bulk.test_detected_images import detected, label
from tests.testing.pictures import picture


def detections(*results: object) -> Detections:
    return Detections(lambda: iter(results))  # type: ignore[arg-type]


def test_each_label_is_a_row_and_an_image_without_labels_has_one() -> None:
    rows = list(detections(detected("a", label("cat", 70), label("dog", 40, boxed=True)), detected("b")).rows())
    assert [(row["source"], row["label"], row["confidence"], row["width"]) for row in rows] == [
        ("a", "cat", 70, None),
        ("a", "dog", 40, 0.5),
        ("b", None, None, None),
    ]


def test_a_csv_file_has_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    hostile = detected("=cmd|'/c calc'!A0", label("@SUM(1)", 50), label('say "hi",\n=1', 40))
    assert detections(hostile, detected("b")).write_csv(path) == 3
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["source"], row["label"]) for row in rows] == [
        ("'=cmd|'/c calc'!A0", "'@SUM(1)"),
        ("'=cmd|'/c calc'!A0", 'say "hi",\n=1'),
        ("b", ""),
    ]


@given(st.lists(st.text(), min_size=1))
def test_no_cell_begins_like_a_formula(cells: list[str]) -> None:
    (row,) = csv.reader(io.StringIO(_csv_line(cells).decode("utf-8"), newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


def test_labels_become_a_manifest_of_machine_labels(tmp_path: Path) -> None:
    path = tmp_path / "machine.manifest"
    found = detections(
        *(detected(f"s3://b/{number}%20.png", label("cat", 70), label("dog", 100)) for number in range(5)),
        detected("s3://b/none.png"),
    )
    written = found.to_lines().write(path)
    assert written.lines == 5
    assert "none.png" in str(written.report)
    line = json.loads(path.read_text().splitlines()[0])
    assert line["source-ref"] == "s3://b/0%20.png"
    assert line["label0-metadata"]["human-annotated"] == "no"
    assert line["label0-metadata"]["confidence"] == 0.7
    assert check_manifests(path, auto_create=True).ok


def test_boxes_become_lines_and_coco_annotations_in_pixels(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture(200, 100))
    found = detections(detected("a.png", label("cat", 75, boxed=True)), detected("b.png"))
    lines = found.to_lines("s3://b", sizes=images_from_folder(tmp_path, "s3://b"))
    (line,) = lines
    assert line.to_dict()["boxes"]["annotations"] == [{"class_id": 0, "left": 20, "top": 0, "width": 100, "height": 25}]
    assert line.to_dict()["boxes-metadata"]["human-annotated"] == "no"
    to_coco(lines, tmp_path / "coco.json")
    (annotation,) = json.loads((tmp_path / "coco.json").read_text())["annotations"]
    assert (annotation["bbox"], annotation["score"]) == ([20, 0, 100, 25], 0.75)
