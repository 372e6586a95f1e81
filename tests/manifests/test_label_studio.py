"""Converting exports of Label Studio."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import ImagePlaces, from_label_studio
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.left_out import ConversionReason
from tests.manifests.converted import PREFIX, boxes, check_lines, issues, labels, object_lines

UPLOADS = ImagePlaces(PREFIX, replace={"/data/upload/1/": ""})


def region(kind: str, value: dict[str, Any], **others: Any) -> dict[str, Any]:
    size = {"original_width": 200, "original_height": 100, "image_rotation": 0}
    return {"id": "x", "from_name": "label", "to_name": "image", "type": kind, "value": value, **size, **others}


def rectangle(*sides: Any, label: Any = "cat", rotation: Any = 0, **others: Any) -> dict[str, Any]:
    value = dict(zip(("x", "y", "width", "height"), sides or (10, 20, 50, 50), strict=True))
    return region("rectanglelabels", {**value, "rotation": rotation, "rectanglelabels": [label]}, **others)


def task(id_: int, *regions: Any, **others: Any) -> dict[str, Any]:
    annotations = [{"id": 5, "was_cancelled": False, "result": list(regions)}]
    return {"id": id_, "data": {"image": f"/data/upload/1/{id_}.jpg"}, "annotations": annotations, **others}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.json"


def convert(path: Path, *tasks: Any, **options: Any) -> ConvertedLines[Any]:
    path.write_text(json.dumps(tasks))
    return from_label_studio(path, UPLOADS, **options)


def test_percents_become_pixels(path: Path) -> None:
    found = convert(path, task(1, rectangle(), rectangle(0, 0, 100, 100, label="dog")))
    assert boxes(found) == {"1.jpg": [("cat", 20, 20, 100, 50), ("dog", 0, 0, 200, 100)]}
    assert issues(found) == []


def test_turned_boxes_polygons_and_ellipses_are_reduced_and_counted(path: Path) -> None:
    polygon = region("polygonlabels", {"points": [[10, 10], [50, 10], [50, 90]], "polygonlabels": ["dog"]})
    ellipse = region("ellipselabels", {"x": 50, "y": 50, "radiusX": 10, "radiusY": 20, "ellipselabels": ["eel"]})
    found = convert(path, task(1, rectangle(50, 10, 20, 20, rotation=90), polygon, ellipse))
    assert boxes(found) == {"1.jpg": [("cat", 80, 10, 20, 40), ("dog", 20, 10, 80, 80), ("eel", 80, 30, 40, 40)]}
    assert [reason for reason, _ in issues(found)] == [ConversionReason.REDUCED] * 3


def test_the_minimal_form_is_read(path: Path) -> None:
    value = {"x": 10, "y": 20, "width": 50, "height": 50, "rotation": 0, "original_width": 200, "original_height": 100}
    tasks = [
        {"image": "/data/upload/1/1.jpg", "id": 1, "label": [{**value, "rectanglelabels": ["cat"]}], "annotator": 1},
        {"image": "/data/upload/1/2.jpg", "id": 2, "choice": "dog", "lead_time": 1.5, "created_at": "2026-01-01"},
        {"image": "/data/upload/1/3.jpg", "id": 3, "choice": {"choices": ["dog", "eel"]}},
    ]
    found = convert(path, *tasks)
    assert boxes(found) == {"1.jpg": [("cat", 20, 20, 100, 50)]}
    assert labels(convert(path, *tasks, kind="labels")) == {"2.jpg": ["dog"], "3.jpg": ["dog", "eel"]}


def test_choices_and_taxonomies_are_labels_of_the_image(path: Path) -> None:
    tasks = task(1, region("choices", {"choices": ["cat"]}), region("taxonomy", {"taxonomy": [["animal", "tabby"]]}))
    assert labels(convert(path, tasks, kind="labels")) == {"1.jpg": ["cat", "tabby"]}
    found = convert(path, tasks)
    assert boxes(found) == {}
    assert [reason for reason, _ in issues(found)] == [ConversionReason.OTHER_KIND]


def test_cancelled_annotations_do_not_count_and_predictions_are_read_on_request(path: Path) -> None:
    cancelled = {"was_cancelled": True, "result": [rectangle()]}
    several = task(1, annotations=[cancelled, {"result": [rectangle(label="dog")]}, {"result": [rectangle()]}])
    predicted = task(2, annotations=[], predictions=[{"result": [rectangle(score=0.75)]}])
    found = convert(path, several, predicted)
    assert boxes(found) == {"1.jpg": [("dog", 20, 20, 100, 50)]}
    assert issues(found) == [
        (ConversionReason.AMBIGUOUS, "task 1"),
        (ConversionReason.NO_BOX, "task 2 (/data/upload/1/2.jpg)"),
    ]
    assert object_lines(convert(path, predicted, predictions=True))[0].boxes[0].confidence == 0.75


def test_unusable_regions_and_tasks_are_left_out(path: Path) -> None:
    bad = [
        rectangle("x", 1, 2, 3),
        rectangle(1, 2, -3, 4),
        rectangle(float("nan"), 2, 3, 4),
        rectangle(1, 2, 3, 10**400),
    ]
    odd = [rectangle(original_width=None), region("brushlabels", {"rle": []}), rectangle(label=None), 7, None]
    found = convert(path, task(1, rectangle(), *bad, *odd), 5, {"id": 9, "data": {"photo": "x"}})
    assert boxes(found) == {"1.jpg": [("cat", 20, 20, 100, 50)]}
    reasons = [reason for reason, _ in issues(found)]
    assert reasons == [
        *[ConversionReason.UNREADABLE] * 4,
        ConversionReason.NO_SIZE,
        ConversionReason.UNSUPPORTED,
        ConversionReason.NO_LABEL,
        *[ConversionReason.UNSUPPORTED] * 2,
        *[ConversionReason.UNREADABLE] * 2,
    ]
    assert "it has no 'image', but 'photo': pass image='its name'" in str(found.report.to_dict())


def test_local_uploads_need_a_replacement(path: Path) -> None:
    path.write_text(json.dumps([task(1, rectangle())]))
    found = from_label_studio(path, PREFIX)
    assert boxes(found) == {}
    assert issues(found)[0][0] is ConversionReason.FOREIGN_PLACE


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"{", b"[" * 10**5, b"\xff", b"[Infinity", b"[NaN, " + b"9" * 5000 + b"]x"]
)
def test_another_file_is_an_error(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ManifestError, match="must be an export of Label Studio"):
        list(from_label_studio(path, PREFIX))


odd = st.none() | st.text(max_size=3) | st.floats() | st.integers(-200, 200) | st.booleans()
regions = st.builds(rectangle, odd, odd, odd, odd, label=odd, rotation=odd) | st.builds(
    rectangle, *[st.floats(-20, 120)] * 4, rotation=st.floats(-400, 400)
)
values = st.recursive(
    odd,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["x", "points", "labels", "choices", "polygonlabels", "type", "value", "image", "data"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.builds(task, st.integers(0, 3), regions, values) | values, max_size=4))
def test_check_manifests_accepts_every_line(path: Path, tasks: list[Any]) -> None:
    for kind in ("boxes", "labels"):
        assert check_lines(convert(path, *tasks, kind=kind, predictions=True)) <= len(tasks)
