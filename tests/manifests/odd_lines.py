"""Invented lines with the oddities of real manifests."""

import json
from typing import Any

CLASS: dict[str, Any] = {
    "class-name": "cat",
    "confidence": 0.95,
    "type": "groundtruth/image-classification",
    "job-name": "labeling-job/pets",
    "human-annotated": "yes",
    "creation-date": "2026-01-02T03:04:05.678901",
}
BOXES: dict[str, Any] = {
    "objects": [{"confidence": 0}, {"confidence": 0.09}],
    "class-map": {"0": "cat", "1": "dog"},
    "type": "groundtruth/object-detection",
    "human-annotated": "yes",
    "creation-date": "2026-01-02T03:04:05.000Z",
    "job-name": "labeling-job/boxes",
}
ATTRIBUTE: dict[str, Any] = {
    "image_size": [{"width": 3509, "height": 4963, "depth": 3}],
    "annotations": [
        {"class_id": 0, "top": 10, "left": 20.5, "width": 300, "height": 40},
        {"class_id": 1, "top": 1, "left": 2, "width": 30.25, "height": 4000},
    ],
}
SMALL: dict[str, Any] = {
    "image_size": [{"width": 640, "height": 480, "depth": 1}],
    "annotations": [{"class_id": 1, "top": 0, "left": 0, "width": 640, "height": 480}],
}

ENTRIES: list[dict[str, Any]] = [
    {"source-ref": "s3://pets/images/1.jpg", "pets": 0, "pets-metadata": CLASS},
    {"source-ref": "s3://pets/images/2.jpg", "pets": 1, "pets-metadata": {**CLASS, "class-name": "dog "}},
    {"source-ref": "s3://pets/a b+c%2F#\u200b\ue000.PNG", "pets-metadata": {**CLASS, "confidence": 1}, "pets": 1.0},
    {"source-ref": "s3://pets/images/3.jpg", "image-0": 1, "image-0-metadata": CLASS},
    {"source-ref": "s3://pets/images/4.jpg", "image-1": 1, "image-1-metadata": CLASS, "source-ref-metadata": {}},
    {
        "source-ref": "s3://pets/images/5.jpg",
        "a": 1,
        "a-metadata": CLASS,
        "b": 0,
        "b-metadata": {**CLASS, "class-name": "dog"},
        "metadata": 5,
    },
    {"source-ref": "s3://pets/images/6.jpg", "normal": 1, "auto-label-metadata": CLASS},
    {"source-ref": "images/7.jpg", "pets": 0, "pets-metadata": CLASS},
    {"source-ref": "s3://pets/images/8.jpg", "boxes": ATTRIBUTE, "boxes-metadata": BOXES},
    {
        "source-ref": "s3://pets/images/9.jpg",
        "boxes": SMALL,
        "boxes-metadata": {**BOXES, "objects": [{"confidence": 1}]},
    },
    {
        "source-ref": "s3://pets/images/10.jpg",
        "boxes": ATTRIBUTE,
        "boxes-metadata": BOXES,
        "boxes-chain": ATTRIBUTE,
        "boxes-chain-metadata": {**BOXES, "adjustment-status": "adjusted"},
    },
    {
        "source-ref": "s3://pets/images/11.jpg",
        "boxes": {**SMALL, "annotations": []},
        "boxes-metadata": {**BOXES, "objects": [], "class-map": {}},
    },
    {
        "source-ref": "s3://pets/images/12.jpg",
        "boxes": ATTRIBUTE,
        "boxes-metadata": BOXES,
        "pets": 1,
        "pets-metadata": CLASS,
    },
    {
        "source-ref": "s3://pets/images/13.jpg",
        "mask-ref": "s3://pets/masks/13.png",
        "mask-ref-metadata": {"type": "groundtruth/semantic-segmentation", "internal-color-map": {"0": {}}},
        "pets": 1,
        "pets-metadata": CLASS,
    },
    {
        "source-ref": "s3://pets/images/14.jpg",
        "many": [0, 1],
        "many-metadata": {
            "type": "groundtruth/image-classification-multilabel",
            "class-map": {"0": "cat"},
            "confidence-map": {"0": 0.5},
        },
    },
    {
        "source-ref": "s3://pets/images/15.jpg",
        "boxes": {**ATTRIBUTE, "annotations": [{"class_id": 0, "top": 1, "left": 1, "width": 5, "height": 5}] * 54},
        "boxes-metadata": {**BOXES, "objects": [{"confidence": 0}] * 54},
    },
    {"source-ref": "s3://pets/images/16.jpg"},
    {"source-ref": "s3://pets/images/17.jpg", "cl-metadata": {"is_labeled": False}},
    {
        "source-ref": "s3://pets/images/18.jpg",
        "errors": [{"code": "ERROR_INVALID_IMAGE", "message": "once"}],
        "pets": 1,
        "pets-metadata": {**CLASS, "warnings": [{"code": "W", "message": "w"}], "nested": {"a": [1, {"b": 1e3}]}},
    },
    {"source-ref": "s3://other-pets/1.jpg", "boxes": SMALL, "boxes-metadata": {**BOXES, "class-map": {"1": "Dog"}}},
    {
        "source-ref": "s3://pets/images/20.jpg",
        "job": SMALL,
        "job-metadata": BOXES,
        "job-chain": {**SMALL, "annotations": [{**SMALL["annotations"][0], "left": 5, "width": 500}]},
        "job-chain-metadata": BOXES,
    },
    {
        "source-ref": "s3://pets/images/21.jpg",
        "first": SMALL,
        "first-metadata": BOXES,
        "second": {**SMALL, "annotations": [{**SMALL["annotations"][0], "top": 7, "height": 400}]},
        "second-metadata": {**BOXES, "adjustment-status": "adjusted"},
    },
    {
        "source-ref": "s3://pets/images/22.jpg",
        "boxes": SMALL,
        "boxes-metadata": BOXES,
        "verify": "1",
        "verify-metadata": {**CLASS, "class-name": "bad", "type": "groundtruth/label-verification"},
    },
    {
        "source-ref": "s3://pets/images/23.jpg",
        "content-moderation-groundtruth": {"ModerationLabels": [{"Name": "cat"}, {"Name": "dog"}]},
    },
    {"source-ref": "s3://pets/images/24.jpg", "cl-metadata": {"is_labeled": False}, "cl-errors": [{"code": "E"}]},
]

LINES: list[bytes] = [
    *(json.dumps(entry).encode() for entry in ENTRIES),
    *(json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() for entry in ENTRIES[:5]),
    json.dumps(ENTRIES[0]).replace("images", "im\\u003dages").encode(),
    json.dumps(ENTRIES[8], indent=1).replace("\n", " ").encode() + b" \r",
]
"""The lines as bytes."""
