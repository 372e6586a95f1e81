"""Helpers for the tests of datasets."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.testing.emulator import BUCKET, MANIFEST, Emulator, json_lines


def manifest_source(key: str = MANIFEST, bucket: str = BUCKET, **others: str) -> dict[str, Any]:
    return {"GroundTruthManifest": {"S3Object": {"Bucket": bucket, "Name": key, **others}}}


def create_dataset(
    emulator: Emulator, project: str, kind: str = "TRAIN", content: bytes | None = None, **others: Any
) -> str:
    """Create a dataset from a manifest with this content, or from the source in `others`, or empty."""
    if content is not None:
        emulator.put(content, f"data/{kind}.manifest")
        others["DatasetSource"] = manifest_source(f"data/{kind}.manifest")
    arn: str = emulator.rekognition.create_dataset(ProjectArn=project, DatasetType=kind, **others)["DatasetArn"]
    return arn


def described(emulator: Emulator, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = emulator.rekognition.describe_dataset(DatasetArn=arn)["DatasetDescription"]
    return found


def status(emulator: Emulator, arn: str) -> str:
    found: str = described(emulator, arn)["Status"]
    return found


def failure(emulator: Emulator, arn: str) -> tuple[str, str, str]:
    found = described(emulator, arn)
    return found["Status"], found["StatusMessageCode"], found["StatusMessage"]


def stats(emulator: Emulator, arn: str) -> dict[str, int]:
    found: dict[str, int] = described(emulator, arn)["DatasetStats"]
    return found


def update(emulator: Emulator, arn: str, changes: bytes | Iterable[Mapping[str, Any]]) -> None:
    content = changes if isinstance(changes, bytes) else json_lines(changes)
    emulator.rekognition.update_dataset_entries(DatasetArn=arn, Changes={"GroundTruth": content})


def texts(emulator: Emulator, arn: str, **filters: Any) -> list[str]:
    """Return all entries that pass the filters."""
    paginator = emulator.rekognition.get_paginator("list_dataset_entries")
    found: list[str] = paginator.paginate(DatasetArn=arn, **filters).build_full_result()["DatasetEntries"]
    return found


def entries(emulator: Emulator, arn: str, **filters: Any) -> list[dict[str, Any]]:
    return [json.loads(text) for text in texts(emulator, arn, **filters)]


def images(emulator: Emulator, arn: str, **filters: Any) -> list[str]:
    """Return the names of the images, as they were given to `line`."""
    return [entry["source-ref"].rpartition("/")[2].removesuffix(".jpg") for entry in entries(emulator, arn, **filters)]


def labels(emulator: Emulator, arn: str) -> dict[str, tuple[int, int]]:
    """Return the numbers of entries and of entries with boxes by label."""
    paginator = emulator.rekognition.get_paginator("list_dataset_labels")
    found = paginator.paginate(DatasetArn=arn).build_full_result()["DatasetLabelDescriptions"]
    return {
        label["LabelName"]: (label["LabelStats"]["EntryCount"], label["LabelStats"]["BoundingBoxCount"])
        for label in found
    }
