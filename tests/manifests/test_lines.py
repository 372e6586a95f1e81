"""Reading one line: labels, boxes, and the details of issues."""

import json
from typing import Any

import pytest

from rekog_versions.manifests import UseCase, check_manifests
from rekog_versions.manifests.lines import parse, read_line
from tests.manifests.entries import CLASS_TOO, two_boxes

CLASS = {"class-name": "cat", "confidence": 1, "type": "groundtruth/image-classification"}
BOX = {"class_id": 0, "left": 1, "top": 1, "width": 20, "height": 20}
BOXES: dict[str, Any] = {"image_size": [{"width": 100, "height": 80, "depth": 3}], "annotations": [BOX]}
MAP: dict[str, Any] = {
    "objects": [{"confidence": 1}],
    "class-map": {"0": "cat"},
    "type": "groundtruth/object-detection",
}


def details(line: bytes) -> dict[str, str]:
    return {found.code: found.detail for found in check_manifests(line).issues if found.line == 1}


def of(**members: Any) -> dict[str, str]:
    return details(json.dumps({"source-ref": "s3://pets/1.jpg", **members}).encode())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "expecting property name enclosed in double quotes at character 2"),
        (b"[1]", "a list, not an object"),
        (b"null", "null, not an object"),
        (b'"x"', "'x', not an object"),
        (b'{"a": NaN}', "NaN and Infinity are not valid JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", "a number is too large, or the nesting is too deep"),
        (b"{" + b"x" * 300_000, "300,001 characters"),
        (b" ", "a blank line"),
    ],
)
def test_the_detail_of_an_invalid_line_describes_the_syntax_error(line: bytes, says: str) -> None:
    # with a good line: a file without any is rejected as a whole
    good = json.dumps({"source-ref": "s3://pets/1.jpg", "a": 0, "a-metadata": CLASS}).encode()
    (found,) = (one for one in check_manifests(line + b"\n" + good).issues if one.code == "ERROR_INVALID_JSON_LINE")
    assert found.detail == says


FORMAT, METADATA = "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"


@pytest.mark.parametrize(
    ("value", "metadata", "code", "says"),
    [
        ("one", CLASS, FORMAT, "it is 'one', not a number"),
        (0, 5, METADATA, "it is 5, not an object"),
        (0, {**CLASS, "class-name": ""}, METADATA, "class-name is empty"),
        (0, {**CLASS, "class-name": ["cat"]}, METADATA, "class-name is a list, not a string"),
        (0, {**CLASS, "confidence": None}, METADATA, "confidence is missing"),
        (0, {**CLASS, "confidence": 1.5}, METADATA, "confidence is 1.5, not a number from 0 to 1"),
        (0, {**CLASS, "confidence": True}, METADATA, "confidence is true, not a number from 0 to 1"),
        (0, {**CLASS, "type": "mine\x1b"}, "ERROR_UNSUPPORTED_USE_CASE_TYPE", "type is 'mine\\x1b'"),
        (0, {**CLASS, "class-name": "x" * 300}, "ERROR_INVALID_LABEL_NAME_LENGTH", "300 characters"),
        ({**BOXES, "image_size": []}, MAP, FORMAT, "the first item of image_size is missing"),
        ({**BOXES, "image_size": BOXES["image_size"][0]}, MAP, FORMAT, "image_size is an object, not a list"),
        ({**BOXES, "image_size": "100x80"}, MAP, FORMAT, "image_size is '100x80', not a list"),
        ({**BOXES, "image_size": [[100, 80]]}, MAP, FORMAT, "the first item of image_size is a list, not an object"),
        (
            {**BOXES, "image_size": [{"width": "100", "height": 80}]},
            MAP,
            FORMAT,
            "the width of image_size is '100', not a number",
        ),
        (
            {**BOXES, "image_size": [{"width": 100, "height": 1e9}]},
            MAP,
            FORMAT,
            "the height of image_size is 1000000000.0, out of range",
        ),
        ([BOXES], MAP, FORMAT, "it is a list, not an object"),
        ("boxes", MAP, FORMAT, "it is 'boxes', not an object"),
        ({**BOXES, "annotations": [BOX, [0, 1, 1, 20, 20]]}, MAP, FORMAT, "annotation 1 is a list, not an object"),
        (
            {**BOXES, "annotations": [{**BOX, "class_id": "0"}]},
            MAP,
            FORMAT,
            "class_id of annotation 0 is '0', not a number",
        ),
        ({**BOXES, "annotations": [{**BOX, "left": True}]}, MAP, FORMAT, "left of annotation 0 is true, not a number"),
        (BOXES, [MAP], METADATA, "it is a list, not an object"),
        (BOXES, {**MAP, "class-map": ["cat"]}, METADATA, "class-map is a list, not an object"),
        (BOXES, {**MAP, "type": ["x"]}, "ERROR_UNSUPPORTED_USE_CASE_TYPE", "type is a list"),
        (
            BOXES,
            {**MAP, "objects": [{"confidence": "1"}]},
            "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE",
            "0 confidences for 1 annotations; the confidence of object 0 is '1', not a number",
        ),
        (
            BOXES,
            {**MAP, "objects": [1]},
            "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE",
            "0 confidences for 1 annotations; object 0 is 1, not an object",
        ),
        ({"a": 1}, CLASS, FORMAT, "it is an object, not a number"),
        (0, {**CLASS, "confidence": "0.9"}, METADATA, "confidence is '0.9', not a number from 0 to 1"),
        ({**BOXES, "image_size": [{"width": 9, "height": 0}]}, MAP, FORMAT, "the height of image_size is 0"),
        ({**BOXES, "annotations": {}}, MAP, FORMAT, "annotations is an object, not a list"),
        ({**BOXES, "annotations": [BOX, {**BOX, "top": "1"}]}, MAP, FORMAT, "top of annotation 1 is '1', not a number"),
        (BOXES, {**MAP, "objects": {}}, METADATA, "objects is an object, not a list"),
        (BOXES, {**MAP, "class-map": None}, METADATA, "class-map is missing"),
        (BOXES, {**MAP, "class-map": {"0": 7}}, METADATA, "the label of class '0' is 7, not a string"),
        (BOXES, {**MAP, "objects": []}, "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE", "0 confidences for 1 annotations"),
        (BOXES, {**MAP, "class-map": {"1": "dog"}}, "ERROR_MISSING_CLASS_MAP_ID", "'0'; the class-map has 1"),
        (
            {**BOXES, "annotations": [{**BOX, "left": 90}]},
            MAP,
            "ERROR_INVALID_BOUNDING_BOX",
            "left 90, top 1, width 20, height 20; the image is 100 x 80",
        ),
        (
            {**BOXES, "annotations": [{**BOX, "width": 0.5}]},
            MAP,
            "ERROR_BOUNDING_BOX_TOO_SMALL",
            "left 1, top 1, width 0.5, height 20; the image is 100 x 80",
        ),
        (
            {**BOXES, "annotations": [BOX] * 51},
            {**MAP, "objects": [{"confidence": 1}] * 51},
            "ERROR_TOO_MANY_BOUNDING_BOXES",
            "51 boxes; at most 50 are allowed",
        ),
    ],
)
def test_the_detail_of_an_invalid_attribute_has_the_invalid_value(
    value: Any, metadata: Any, code: str, says: str
) -> None:
    assert of(**{"a": value, "a-metadata": metadata})[code] == says


def test_the_detail_of_an_invalid_source_ref_has_its_value() -> None:
    assert details(b'{"source-ref": "pets/1.jpg"}')["ERROR_INVALID_SOURCE_REF_FORMAT"] == "source-ref is 'pets/1.jpg'"


def test_the_detail_of_incomplete_pairs_lists_the_missing_halves() -> None:
    halves = of(**{"normal": 1, "auto-metadata": {}})["ERROR_NO_LABEL_ATTRIBUTES"]
    assert halves == "'normal' lacks its metadata, 'auto-metadata' lacks its attribute"
    many = of(**{f"a{number}": 1 for number in range(9)})["ERROR_NO_LABEL_ATTRIBUTES"]
    assert many.count("lacks") == 5
    assert many.endswith(", ...")


def test_a_label_that_is_twice_in_a_line_counts_once() -> None:
    entry = {"source-ref": "s3://pets/1.jpg", **CLASS_TOO, "b": 1, "b-metadata": CLASS_TOO["a-metadata"]}
    image, issues = read_line(parse(json.dumps(entry)), 1)
    assert not issues
    assert image is not None
    assert image.labels == {UseCase.IMAGE_LEVEL_LABELS: ("cat",)}


def test_boxes_for_another_image_size_are_scaled_to_the_first_size() -> None:
    line, other = two_boxes(), two_boxes(size=(200, 160), sides=(20, 40, 60, 80))
    image, _ = read_line(
        parse(json.dumps({**line, "chain": other["boxes"], "chain-metadata": other["boxes-metadata"]})), 1
    )
    assert image is not None
    assert (image.frame.width, image.frame.height) == (100, 80)
    assert [(box.left, box.top, box.width, box.height) for box in image.boxes[-1:]] == [(10, 20, 30, 40)]


def test_a_line_without_boxes_is_ignored_even_if_another_attribute_is_unsupported() -> None:
    line = two_boxes()
    line["boxes"]["annotations"] = []
    unsupported = {"mask": 1, "mask-metadata": {"type": "groundtruth/semantic-segmentation"}}
    _, issues = read_line(parse(json.dumps({**line, **unsupported})), 1)
    assert [issue.code for issue in issues if not issue.place] == ["WARNING_NO_ANNOTATIONS"]
