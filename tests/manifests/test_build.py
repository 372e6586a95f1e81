"""Typed lines: writing them, rejecting invalid ones, and parsing them back."""

import json
import pickle
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from rekog_versions import models
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.build.parsing import parse_manifest_line
from rekog_versions.manifests.build.typed_lines import (
    ImageLabel,
    ImageLevelLine,
    LabeledBox,
    ModerationLine,
    ObjectLine,
    TypedLine,
)
from rekog_versions.manifests.lines import UseCase, parse, read_line
from tests.manifests.typed import NOON, typed_lines

IMAGE = "s3://bucket/images/1.jpg"


def box(label: str = "cat", left: float = 1, top: float = 2, width: float = 30, height: float = 40) -> LabeledBox:
    return LabeledBox(label, left, top, width, height)


def test_an_image_level_line_is_written_in_the_services_format() -> None:
    line = ImageLevelLine(IMAGE, [ImageLabel("cat", 0.75, creation_date=NOON, job_name="labeling-job/animals")])
    assert json.loads(line.to_json()) == {
        "source-ref": IMAGE,
        "label": 1,
        "label-metadata": {
            "class-name": "cat",
            "confidence": 0.75,
            "type": "groundtruth/image-classification",
            "human-annotated": "yes",
            "creation-date": "2026-01-02T12:00:00.000Z",
            "job-name": "labeling-job/animals",
        },
    }


def test_each_of_several_labels_has_an_attribute_and_metadata() -> None:
    entry = ImageLevelLine(IMAGE, ["cat", "indoor"], attribute="animals").to_dict()
    assert list(entry) == ["source-ref", "animals0", "animals0-metadata", "animals1", "animals1-metadata"]
    assert [entry[f"animals{n}-metadata"]["class-name"] for n in (0, 1)] == ["cat", "indoor"]


def test_a_line_with_boxes_is_written_in_the_services_format() -> None:
    line = ObjectLine(
        IMAGE,
        640,
        480,
        [box("dog"), box("cat", 5, 6, 7.5, 8), LabeledBox("dog", 9, 10, 11, 12, confidence=0.5)],
        human_annotated=False,
        creation_date=NOON,
    )
    assert json.loads(line.to_json()) == {
        "source-ref": IMAGE,
        "boxes": {
            "image_size": [{"width": 640, "height": 480, "depth": 3}],
            "annotations": [
                {"class_id": 0, "left": 1, "top": 2, "width": 30, "height": 40},
                {"class_id": 1, "left": 5, "top": 6, "width": 7.5, "height": 8},
                {"class_id": 0, "left": 9, "top": 10, "width": 11, "height": 12},
            ],
        },
        "boxes-metadata": {
            "objects": [{"confidence": 1}, {"confidence": 1}, {"confidence": 0.5}],
            "class-map": {"0": "dog", "1": "cat"},
            "type": "groundtruth/object-detection",
            "human-annotated": "no",
            "creation-date": "2026-01-02T12:00:00.000Z",
        },
    }


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 1, 2, 12), NOON, datetime(2026, 1, 2, 14, tzinfo=timezone(timedelta(hours=2)))],  # noqa: DTZ001
)
def test_dates_are_written_in_utc(moment: datetime) -> None:
    entry = ImageLevelLine(IMAGE, [ImageLabel("cat", creation_date=moment)]).to_dict()
    assert entry["label-metadata"]["creation-date"] == "2026-01-02T12:00:00.000Z"


@settings(deadline=None, max_examples=60)
@given(typed_lines)
def test_a_typed_line_has_no_issues(line: TypedLine) -> None:
    image, issues = read_line(parse(line.to_json()), 1)
    assert not issues
    assert image is not None
    assert image.source_ref == line.source_ref
    if isinstance(line, ImageLevelLine):
        assert image.labels == {UseCase.IMAGE_LEVEL_LABELS: tuple(label.name for label in line.labels)}
    elif isinstance(line, ObjectLine):
        assert image.labels == {UseCase.OBJECT_LOCALIZATION: tuple(drawn.label for drawn in line.boxes)}
        assert [(b.left, b.top, b.width, b.height) for b in image.boxes] == [
            (b.left, b.top, b.width, b.height) for b in line.boxes
        ]


@settings(deadline=None, max_examples=60)
@given(typed_lines)
def test_a_line_that_is_written_and_parsed_is_the_same(line: TypedLine) -> None:
    again = parse_manifest_line(line.to_json())
    first, second = line.to_dict(), again.to_dict()
    if isinstance(line, ImageLevelLine):  # the attributes of several labels are numbered anew
        first, second = ({"source-ref": e["source-ref"], "pairs": list(e.values())[1:]} for e in (first, second))
    for entry in (first, second):  # a missing date becomes the time of writing, and dates are cut to milliseconds
        _drop(entry, "creation-date")
    assert second == first


def _drop(value: Any, key: str) -> None:
    if isinstance(value, dict):
        value.pop(key, None)
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _drop(item, key)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: ImageLevelLine("images/1.jpg", ["cat"]),
            r"The format of the source-ref .*s3://bucket/key.* Got 'images/1.jpg'",
        ),
        (lambda: ImageLevelLine(IMAGE, "cat"), r"labels must be a list, got 'cat'. Write \['cat'\] for one label"),
        (lambda: ImageLevelLine(IMAGE, {"cat": 0.5}), r"labels must be a list, got .*ImageLabel\(name, confidence\)"),
        (lambda: ImageLevelLine(IMAGE, ImageLabel("cat")), r"labels must be a list, .* Write \[label\] for one label"),  # type: ignore[arg-type]
        (lambda: ImageLevelLine(IMAGE, None), "labels must be a list, got None"),  # type: ignore[arg-type]
        (lambda: ModerationLine(IMAGE, {"Smoking": 1}), "labels must be a list"),
        (lambda: ImageLevelLine(None, ["cat"]), "source-ref is null"),  # type: ignore[arg-type]
        (lambda: ImageLevelLine(IMAGE, []), "has no label, and the service ignores such lines"),
        (lambda: ImageLevelLine(IMAGE, ["cat", "dog", "cat"]), "has the label 'cat' twice"),
        (lambda: ImageLevelLine(IMAGE, map(str, range(51))), "must have at most 50 labels, got 51"),
        (lambda: ImageLevelLine(IMAGE, [3]), "1 to 256 characters, got 3"),  # type: ignore[list-item]
        (lambda: ImageLevelLine(IMAGE, [""]), "1 to 256 characters, got ''"),
        (lambda: ImageLevelLine(IMAGE, ["c" * 257]), "must have at most 256 characters, got 257. Shorten it"),
        (lambda: ImageLevelLine(IMAGE, ["\ud800"]), "must be valid Unicode, got the lone surrogate"),
        (
            lambda: ImageLevelLine(IMAGE, ["cat"], attribute="cl-metadata"),
            "does not end in -metadata, got 'cl-metadata'",
        ),
        (lambda: ImageLevelLine(IMAGE, ["cat"], attribute=""), "does not end in -metadata, got ''"),
        (
            lambda: ImageLevelLine("s3://bucket/k", [ImageLabel("cat", job_name="j" * 100_000)]),
            "must have at most 100,000 characters, got .* The service drops",
        ),
        (lambda: ImageLabel("cat", 1.5), "confidence of the label 'cat' must be between 0 and 1, got 1.5"),
        (lambda: ImageLabel("cat", float("nan")), "between 0 and 1, got nan"),
        (lambda: ImageLabel("cat", True), "between 0 and 1, got True"),
        (lambda: LabeledBox("cat", 1, 2, 3, "4"), "height of the box of 'cat' must be a number of pixels, got '4'"),  # type: ignore[arg-type]
        (lambda: LabeledBox("\x1b[31m", 1, 2, 3, 4, 7), r"of the box of '\\x1b\[31m' must be between 0 and 1"),
        (lambda: ObjectLine(IMAGE, 640, 480, []), "has no label"),
        (
            lambda: ObjectLine(IMAGE, 640, 480, [box(), box(left=620)]),
            r"off frame values. Clip the box.* Got boxes.annotations.1 .*'left': 620.* in image_size .*'width': 640",
        ),
        (lambda: ObjectLine(IMAGE, 2560, 480, [box(width=2)]), "bounding box is too small"),
        (lambda: ObjectLine(IMAGE, 640, 480, [box()] * 51), "An image may have 50 boxes"),
        (lambda: ObjectLine(IMAGE, 0, 480, [box()]), "The format of the label attribute boxes is invalid"),
        (
            lambda: ObjectLine(IMAGE, 640, 480, [box(left=0.1, top=0.2, width=0.3, height=0.4)]),
            "fractions of the image",
        ),
        (lambda: ImageLabel("cat", human_annotated="no"), "human_annotated must be True or False, got 'no'"),  # type: ignore[arg-type]
        (lambda: ImageLabel("cat", creation_date="2026-01-01"), "creation_date must be a datetime or None, got '2026"),  # type: ignore[arg-type]
        (lambda: ImageLabel("cat", job_name=5), "job_name must be a text or None, got 5"),  # type: ignore[arg-type]
        (lambda: ObjectLine(IMAGE, 640, 480, [box()], human_annotated="no"), "True or False, got 'no'"),  # type: ignore[arg-type]
    ],
)
def test_an_invalid_line_is_rejected_with_the_value_and_the_limit(make: Any, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        make()


@pytest.mark.parametrize(
    ("boxes", "says"),
    [
        (
            [models.BoundingBox(left=0.1, top=0.2, width=0.3, height=0.4)],
            r"got rekog_versions.models.detection.BoundingBox; its sides are fractions of the image: "
            r"LabeledBox\(label, box.left \* width, box.top \* height, box.width \* width, box.height \* height\)",
        ),
        ([Box(1, 2, 3, 4)], r"got rekog_versions.manifests.boxes.Box; write LabeledBox\(label, left, .*, in pixels"),
        ([{"left": 1}], r"got builtins.dict; write LabeledBox\("),
        ([("cat", 1, 2, 3, 4)], r"got builtins.tuple; write LabeledBox\("),
        (LabeledBox("cat", 1, 2, 30, 40), r"must be a list of LabeledBox, got LabeledBox. Write \[box\] for one box"),
        (None, "must be a list of LabeledBox, got NoneType"),
        ("cat", "LabeledBox"),
    ],
)
def test_boxes_of_another_class_are_rejected_with_the_class_to_use(boxes: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        ObjectLine(IMAGE, 640, 480, boxes)


def test_the_labels_of_a_set_are_written_in_one_order() -> None:
    names = {f"label {number}" for number in range(20)}
    assert [label.name for label in ImageLevelLine(IMAGE, names).labels] == sorted(names)
    assert ModerationLine(IMAGE, names).labels == tuple(sorted(names))


@pytest.mark.parametrize("line", [{"source-ref": IMAGE}, None, 5])
def test_a_line_to_parse_is_text(line: Any) -> None:
    with pytest.raises(TypeError, match=r"a line must be text or bytes, got .*json\.dumps"):
        parse_manifest_line(line)


def test_the_error_has_the_services_codes() -> None:
    with pytest.raises(ManifestError) as caught:
        ObjectLine(IMAGE, 640, 480, [box(), box(left=-1)])
    assert [(issue.code, issue.place) for issue in caught.value.issues] == [
        ("ERROR_INVALID_BOUNDING_BOX", ("boxes", "annotations", 1))
    ]


def test_lines_can_be_compared_pickled_and_replaced() -> None:
    line = ObjectLine(IMAGE, 640, 480, [box()], creation_date=NOON)
    assert line == ObjectLine(IMAGE, 640, 480, (box(),), creation_date=NOON)
    assert pickle.loads(pickle.dumps(line)) == line
    assert replace(line, width=800).width == 800
    with pytest.raises(ManifestError):
        replace(line, width=3)
    with pytest.raises(ManifestError) as caught:
        replace(line, source_ref="1.jpg")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.issues) == (str(caught.value), caught.value.issues)


CHAINED = {
    **ObjectLine(IMAGE, 640, 480, [box()], attribute="job").to_dict(),
    **ObjectLine(IMAGE, 640, 480, [box(left=9)], attribute="job-chain").to_dict(),
}


def test_one_of_several_attributes_must_be_chosen() -> None:
    with pytest.raises(ManifestError, match=r"'job', 'job-chain'.* Choose one with attribute="):
        parse_manifest_line(json.dumps(CHAINED))
    chosen = parse_manifest_line(json.dumps(CHAINED), attribute="job-chain")
    assert isinstance(chosen, ObjectLine)
    assert (chosen.attribute, chosen.boxes[0].left) == ("job-chain", 9)
    with pytest.raises(ManifestError, match=r"no attribute .other. with metadata\. Its attributes: 'job', 'job-chain'"):
        parse_manifest_line(json.dumps(CHAINED), attribute="other")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "must be a JSON object"),
        (b"\xff", r"must be UTF-8, got b'\\xff' at byte 0"),
        ('{"source-ref": "s3://bucket/a"}', "has no label"),
        ('{"label": 1}', "label|image"),
        (json.dumps({"source-ref": IMAGE, "a": "s3://b/mask.png", "a-metadata": {"type": "x"}}), "is unsupported"),
    ],
)
def test_a_line_that_is_not_one_typed_line_is_rejected(text: str | bytes, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        parse_manifest_line(text)


def test_unknown_dates_and_more_objects_than_boxes_are_accepted() -> None:
    entry = ObjectLine(IMAGE, 640, 480, [box()]).to_dict()
    entry["boxes-metadata"]["creation-date"] = "Tue Mar 03 2020 (Eastern Standard Time)"
    entry["boxes-metadata"]["objects"] = [{"confidence": 0}, {"confidence": 1}, 7]
    line = parse_manifest_line(json.dumps(entry))
    assert isinstance(line, ObjectLine)
    assert line.creation_date is None
    assert [drawn.confidence for drawn in line.boxes] == [0]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400])
def test_a_box_with_an_infinite_side_is_rejected(value: float) -> None:
    with pytest.raises(ManifestError, match="the left of the box of 'cat' must be a number of pixels"):
        box(left=value)


def test_numbers_of_other_libraries_become_int_and_float() -> None:
    # numpy registers its numbers with the same abstract classes
    half: Any = Fraction(1, 2)
    made = LabeledBox("cat", half, 2, half * 60, half * 80, half)
    assert made == LabeledBox("cat", 0.5, 2, 30, 40, 0.5)
    assert ImageLabel("cat", half).confidence == 0.5
    line = ObjectLine(IMAGE, half * 1280, half * 960, [made], depth=half * 2)
    assert json.loads(line.to_json())["boxes"]["image_size"] == [{"width": 640, "height": 480, "depth": 1}]
    assert type(made.left) is float
    assert type(made.top) is int
