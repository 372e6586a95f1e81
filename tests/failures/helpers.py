"""Descriptions, files and buckets that the tests of `explain_failure()` share."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.response import StreamingBody

from rekog_versions import ProjectVersionDescription, VersionsClient
from rekog_versions.failures import FailureExplanation, explain_failure
from tests.testing.emulator import BUCKET, Emulator
from tests.wire import described

TOO_MANY_INVALID = "The manifest file contains too many invalid rows."
OFF_FRAME = {"code": "ERROR_INVALID_BOUNDING_BOX", "message": "The bounding box has off frame values."}


BAD_LINE = {"code": "ERROR_INVALID_JSON_LINE", "message": "The JSON Line has an invalid format."}
UNANNOTATED = {"code": "WARNING_UNANNOTATED_RECORD", "message": "Record is unannotated."}


def statistics(total: int, invalid: int = 0, ignored: int = 0, errors: Sequence[object] = ()) -> dict[str, Any]:
    return {
        "use_case": "OBJECT_LOCALIZATION",
        "total_json_lines": total,
        "valid_json_lines": total - invalid - ignored,
        "invalid_json_lines": invalid,
        "ignored_json_lines": ignored,
        "errors": errors,
        "error_json_line_indices": [],
    }


def summary(training: Mapping[str, Any], testing: Mapping[str, Any], errors: Sequence[object] = ()) -> bytes:
    return json.dumps({"errors": errors, "statistics": {"testing": testing, "training": training}}).encode()


def s3_object(key: str, version: str | None = None) -> dict[str, Any]:
    named = {"Bucket": BUCKET, "Name": key} | ({} if version is None else {"Version": version})
    return {"S3Object": named}


def failed_version(status: str = "TRAINING_FAILED", message: str | None = TOO_MANY_INVALID, **members: Any) -> Any:
    """Return a description with the files `summary.json`, `training.json` and `testing.json` by default."""

    def validation(key: str) -> dict[str, Any]:
        return {"Validation": {"Assets": [{"GroundTruthManifest": s3_object(key)}]}}

    whole = {
        "StatusMessage": message,
        "ManifestSummary": s3_object("summary.json"),
        "TrainingDataResult": validation("training.json"),
        "TestingDataResult": validation("testing.json"),
        **members,
    }
    kept = {name: value for name, value in whole.items() if value is not None}
    return ProjectVersionDescription.model_validate(described(status, **kept))


class Bucket:
    """A bucket with the files of a version, and the client that reads them."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.client = VersionsClient(emulator.rekognition, s3=emulator.s3)

    def put(self, **contents: bytes) -> "Bucket":
        for name, content in contents.items():
            self.emulator.put(content, f"{name}.json")
        return self

    def explain(self, description: Any = None, **options: Any) -> FailureExplanation:
        return explain_failure(self.client, description or failed_version(), **options)


def causes(explanation: FailureExplanation) -> dict[str, str]:
    """Return why each file could not be read."""
    return {unreadable.file: unreadable.why for unreadable in explanation.unreadable_files}


class FakeS3:
    """A fake client for S3 that returns contents from memory, for tests with many files."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        content = self._contents[Key]
        return {"Body": StreamingBody(io.BytesIO(content), len(content))}
