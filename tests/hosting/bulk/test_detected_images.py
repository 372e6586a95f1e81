"""The records of results."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.hosting import DetectedImage, apply_thresholds, read_detections
from rekog_versions.models import CustomLabel, Thresholds
from tests.wire import VERSION

BOX = {"BoundingBox": {"Width": 0.5, "Height": 0.25, "Left": 0.1, "Top": 0.0}}


def label(name: str, confidence: float, *, boxed: bool = False) -> CustomLabel:
    return CustomLabel.model_validate({"Name": name, "Confidence": confidence, **({"Geometry": BOX} if boxed else {})})


def detected(source: str = "a.png", *labels: CustomLabel, raw: bool = True) -> DetectedImage:
    return DetectedImage(source, labels, ProjectVersionArn(VERSION), datetime(2026, 1, 2, tzinfo=UTC), raw=raw)


@given(st.text(), st.text(), st.floats(0, 100), st.booleans())
def test_a_record_is_read_as_it_was_written(source: str, name: str, confidence: float, boxed: bool) -> None:
    written = detected(source, label(name, confidence, boxed=boxed))
    line = written.to_line()
    assert "\n" not in line
    assert DetectedImage.from_line(line) == written
    assert json.loads(line) == json.loads(written.to_json())


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", '{"source": 1}', "\ud800", '{"source": "a", "labels": [1]}', "[" * 100_000]
)
def test_other_lines_are_rejected_with_a_short_message(line: str) -> None:
    with pytest.raises(ValueError, match="line must be a result of detect_all") as raised:
        DetectedImage.from_line(line)
    assert len(str(raised.value)) < 2000


def test_a_line_that_is_being_written_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text(f"{detected('a').to_line()}\n{detected('b').to_line()}")
    assert [result.source for result in read_detections(path)] == ["a"]


def test_thresholds_apply_to_each_label() -> None:
    results = [detected("a", label("cat", 70), label("dog", 40), label("bird", 1)), detected("b", label("dog", 60))]
    kept = list(apply_thresholds(results, Thresholds.fractions({"cat": 0.8, "dog": 0.4})))
    assert [[found.name for found in result.labels] for result in kept] == [["dog", "bird"], ["dog"]]
    assert all(not result.raw and result.thresholds for result in kept)
    with pytest.raises(TypeError, match="thresholds must be a Thresholds, got dict"):
        apply_thresholds(results, {"cat": 0.8})  # type: ignore[arg-type]


def test_results_in_s3_need_a_client() -> None:
    with pytest.raises(ValueError, match="pass s3=client"):
        read_detections("s3://bucket/results.jsonl")
