"""The errors of manifest lines: a dataset and a training must find the same, at the same positions."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from tests.testing.datasets import create_dataset, entries, stats
from tests.testing.emulator import OF_CATS, Emulator, assets, boxed_line, cats_and_dogs, json_lines, line

Reader: TypeAlias = Callable[[Emulator, dict[str, Any]], tuple[dict[str, Any], bool]]


def attribute(line_of: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a line of `boxed_line` with other members in its attribute."""
    return {**line_of, "boxes": {**line_of["boxes"], **changes}}


def metadata(line_of: dict[str, Any], **changes: Any) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    return {**line_of, "boxes-metadata": {**line_of["boxes-metadata"], **named}}


def box(**sides: float) -> dict[str, float]:
    return {"class_id": 0, "left": 1, "top": 1, "width": 10, "height": 10, **sides}


def by_dataset(emulator: Emulator, content: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the line as a dataset lists it, and whether it counts as one with errors."""
    arn = create_dataset(emulator, emulator.project("with-a-dataset"), content=json_lines([content]))
    (entry,) = entries(emulator, arn)
    with_errors = entries(emulator, arn, HasErrors=True)
    assert with_errors in ([], [entry])
    assert stats(emulator, arn)["ErrorEntries"] == len(with_errors)
    return entry, bool(with_errors)


def by_training(emulator: Emulator, content: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the line in the validation manifest, and whether the summary lists it as one with errors."""
    emulator.put(cats_and_dogs(4) + json_lines([content]), "data/lines.manifest")
    project = emulator.project()
    emulator.create(project, TrainingData=assets("data/lines.manifest"))
    (version,) = emulator.describe(project)
    (asset,) = version["TrainingDataResult"]["Validation"]["Assets"]
    last = json.loads(emulator.read(asset).splitlines()[-1])
    statistics = json.loads(emulator.read(version["ManifestSummary"]))["statistics"]["training"]
    assert statistics["error_json_line_indices"] in ([], [5])
    return last, bool(statistics["error_json_line_indices"])


NO_VALID = "ERROR_NO_VALID_LABEL_ATTRIBUTES"
WRONG_CLASSES: list[dict[str, Any]] = [
    {"class-name": 5},
    {"class-name": ""},
    {"confidence": None},
    {"confidence": 1.01},
]
WRONG_BOXES: list[dict[str, Any]] = [
    {"image_size": []},
    {"image_size": [5]},
    {"image_size": [{"width": 10}]},
    {"image_size": [{"width": 10, "height": 0}]},
    {"annotations": {}},
    {"annotations": [5]},
    {"annotations": [{"class_id": 0}]},
]
WRONG_METADATA: list[dict[str, Any]] = [{"class_map": []}, {"class_map": {"0": 5}}, {"objects": 5}]
INCOMPLETE_METADATA: list[tuple[dict[str, Any], str]] = [
    ({"objects": [{"confidence": 1}]}, "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE"),
    ({"objects": [{"confidence": 1}, {}]}, "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE"),
    ({"class_map": {"1": "cat"}}, "ERROR_MISSING_CLASS_MAP_ID"),
    ({"class_map": {"0": "x" * 257}}, "ERROR_INVALID_LABEL_NAME_LENGTH"),
]


WRONG: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({**line(1), "sport": 1}, {"line": ["ERROR_NO_LABEL_ATTRIBUTES"]}),
    ({**line(1), "sport-metadata": OF_CATS}, {"line": ["ERROR_NO_LABEL_ATTRIBUTES"]}),
    ({**line(1), "a": 1, "a-metadata": []}, {"line": ["ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", NO_VALID]}),
    (
        {**line(1), "a": 1, "a-metadata": {**OF_CATS, "type": "groundtruth/semantic-segmentation"}},
        {"line": [NO_VALID], "a-metadata": ["ERROR_UNSUPPORTED_USE_CASE_TYPE"]},
    ),
    (
        {**line(1), "a": "one", "a-metadata": OF_CATS},
        {"line": ["ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", NO_VALID]},
    ),
    *(
        (
            {**line(1), "a": 1, "a-metadata": {**OF_CATS, **changes}},
            {"line": [NO_VALID], "a-metadata": ["ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"]},
        )
        for changes in WRONG_CLASSES
    ),
    (
        {**line(1), "a": 1, "a-metadata": {**OF_CATS, "class-name": "x" * 257}},
        {"line": [NO_VALID], "a-metadata": ["ERROR_INVALID_LABEL_NAME_LENGTH"]},
    ),
    ({**line(1, "cat"), "a": 1, "a-metadata": {}}, {"a-metadata": ["ERROR_UNSUPPORTED_USE_CASE_TYPE"]}),
    (
        {**boxed_line(1, "cat"), "boxes": 5},
        {"line": ["ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", NO_VALID]},
    ),
    *(
        (
            attribute(boxed_line(1, "cat"), **changes),
            {"line": [NO_VALID], "boxes": ["ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"]},
        )
        for changes in WRONG_BOXES
    ),
    *(
        (
            metadata(boxed_line(1, "cat"), **changes),
            {"line": [NO_VALID], "boxes-metadata": ["ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"]},
        )
        for changes in WRONG_METADATA
    ),
    *(
        (
            metadata(boxed_line(1, "cat", "cat"), **changes),
            {"line": [NO_VALID], "boxes-metadata": [code]},
        )
        for changes, code in INCOMPLETE_METADATA
    ),
    (boxed_line(1, *["cat"] * 51), {"line": [NO_VALID], "boxes": ["ERROR_TOO_MANY_BOUNDING_BOXES"]}),
    *(
        (
            attribute(boxed_line(1, "cat"), annotations=[box(**sides)]),
            {"line": [NO_VALID], "boxes": ["ERROR_NO_VALID_ANNOTATIONS"], "box 0": [code]},
        )
        for sides, code in (
            ({"left": -1}, "ERROR_INVALID_BOUNDING_BOX"),
            ({"top": 91}, "ERROR_INVALID_BOUNDING_BOX"),
            ({"width": 100}, "ERROR_INVALID_BOUNDING_BOX"),
            ({"height": -5}, "ERROR_INVALID_BOUNDING_BOX"),
            ({"height": 1}, "ERROR_BOUNDING_BOX_TOO_SMALL"),
        )
    ),
    (
        attribute(boxed_line(1, "cat", "cat"), annotations=[box(), box(left=-1)]),
        {"box 1": ["ERROR_INVALID_BOUNDING_BOX"]},
    ),
    (
        attribute(
            boxed_line(1, "cat", "cat"),
            annotations=[box(width=2), box(width=3)],
            image_size=[{"width": 2560, "height": 100, "depth": 3}],
        ),
        {"box 0": ["ERROR_BOUNDING_BOX_TOO_SMALL"]},
    ),
]


@pytest.mark.parametrize(("content", "places"), WRONG)
@pytest.mark.parametrize("read", [by_dataset, by_training])
def test_a_dataset_and_a_training_put_an_error_at_the_same_position(
    emulator: Emulator, content: dict[str, Any], places: dict[str, list[str]], read: Reader
) -> None:
    marked, is_wrong = read(emulator, content)
    assert is_wrong
    found = {"line": marked.get("errors")}
    for name, value in marked.items():
        if isinstance(value, dict):
            found[name] = value.get("errors")
            boxes: Any = value.get("annotations")
            found |= {
                f"box {number}": item.get("errors")
                for number, item in enumerate(boxes if isinstance(boxes, list) else [])
                if isinstance(item, dict)
            }
    assert {
        place: [error["code"] for error in errors] for place, errors in found.items() if errors is not None
    } == places
    assert all(set(error) == {"code", "message"} for errors in found.values() if errors for error in errors)


@pytest.mark.parametrize(("content", "places"), WRONG)
def test_datasets_and_trainings_mark_a_line_in_the_same_way(
    emulator: Emulator, content: dict[str, Any], places: dict[str, list[str]]
) -> None:
    # exactly, with the messages and the line around them
    (of_dataset, _), (of_training, _) = by_dataset(emulator, content), by_training(emulator, content)
    of_dataset.pop("cl-metadata")
    assert of_dataset == of_training


@pytest.mark.parametrize(
    "content",
    [
        line(1),
        line(1, "cat", "dog"),
        line(1, "x" * 256),
        boxed_line(1),
        boxed_line(1, *["cat"] * 50),
        attribute(boxed_line(1, "cat"), annotations=[box(left=0, top=0, width=100, height=100)]),
        {**line(1), "metadata": 1, "metadata-metadata": OF_CATS},
        {**line(1), "warnings": [{"code": "WARNING_UNANNOTATED_RECORD", "message": "Record is unannotated."}]},
        {**line(1, "cat"), "errors": [{"code": "ERROR_INVALID_IMAGE", "message": "once"}]},
    ],
)
@pytest.mark.parametrize("read", [by_dataset, by_training])
def test_a_valid_line_has_no_errors(emulator: Emulator, content: dict[str, Any], read: Reader) -> None:
    marked, is_wrong = read(emulator, content)
    assert not is_wrong
    assert '"errors"' not in json.dumps(marked)
    assert '"ERROR_' not in json.dumps(marked)
