"""The CloudWatch metrics of the emulated service, read with boto3."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.testing.conftest import Clock
from tests.testing.emulator import BUCKET, Emulator, shared_client
from tests.testing.pictures import picture

BEGAN = datetime(2026, 3, 1, 10, 50, tzinfo=UTC)


@pytest.fixture
def clock_at(stopped_clock: Clock) -> Clock:
    stopped_clock.time = BEGAN
    return stopped_clock


def values(metric: str, statistic: str, **dimensions: str) -> dict[str, float]:
    """The hourly values of a metric on the day of the test."""
    found = shared_client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Rekognition",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=BEGAN.replace(hour=0, minute=0),
        EndTime=BEGAN.replace(hour=0, minute=0) + timedelta(days=2),
        Period=3600,
        Statistics=[statistic],
    )
    points: list[Any] = sorted(found["Datapoints"], key=lambda point: point["Timestamp"])
    return {f"{point['Timestamp']:%d %H}": point[statistic] for point in points}


def test_a_running_model_has_a_value_for_each_hour_in_which_it_runs(emulator: Emulator, clock_at: Clock) -> None:
    emulator.labels.set_hosting(seconds=600)
    arn = emulator.create(project := emulator.project())
    emulator.rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=2, MaxInferenceUnits=3)
    clock_at.forward(300)
    assert emulator.statuses(project) == ["STARTING"]
    clock_at.forward(600)
    assert emulator.statuses(project) == ["RUNNING"]
    clock_at.forward(2 * 3600)
    emulator.rekognition.stop_project_version(ProjectVersionArn=arn)
    clock_at.forward(5 * 3600)
    emulator.describe(project)
    names = {"ProjectName": "p1", "VersionName": "v1"}
    assert values("InServiceInferenceUnits", "Average", **names) == {"01 11": 2, "01 12": 2, "01 13": 2}
    assert values("MaxInferenceUnits", "Average", **names) == {"01 11": 3, "01 12": 3, "01 13": 3}
    assert values("InServiceInferenceUnits", "Average", ProjectName="p1", VersionName="v2") == {}


def test_calls_are_counted_by_operation(emulator: Emulator, clock_at: Clock) -> None:
    emulator.put(picture(), "photo.png")
    arn = emulator.create(emulator.project())
    emulator.rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
    emulator.labels.set_capacity(per_unit=2)
    for _ in range(2):
        emulator.rekognition.detect_custom_labels(
            ProjectVersionArn=arn, Image={"S3Object": {"Bucket": BUCKET, "Name": "photo.png"}}
        )
    assert values("SuccessfulRequestCount", "Sum", Operation="DetectCustomLabels") == {"01 10": 2}
