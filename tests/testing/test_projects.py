import re
from datetime import UTC, datetime

import pytest
from moto.moto_api import state_manager

from rekog_versions.testing import mock_custom_labels
from rekog_versions.testing.transitions import PROJECT_DELETION
from tests.testing.conftest import Clock
from tests.testing.emulator import Emulator, client


def described_names(emulator: Emulator, **query: object) -> list[str]:
    return [
        p["ProjectArn"].split("/")[1] for p in emulator.rekognition.describe_projects(**query)["ProjectDescriptions"]
    ]


def test_a_project_is_described_as_it_was_created(emulator: Emulator, stopped_clock: Clock) -> None:
    arn = emulator.project("getting-started")
    milliseconds = int(stopped_clock.time.timestamp() * 1000)
    assert arn == f"arn:aws:rekognition:us-east-1:123456789012:project/getting-started/{milliseconds}"
    assert emulator.rekognition.describe_projects()["ProjectDescriptions"] == [
        {
            "ProjectArn": arn,
            "CreationTimestamp": datetime.fromtimestamp(milliseconds / 1000, UTC),
            "Status": "CREATED",
            "Datasets": [],
            "Feature": "CUSTOM_LABELS",
        }
    ]


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("ap-northeast-2", "aws")]
)
def test_the_arn_has_the_partition_of_its_region(region: str, partition: str) -> None:
    with mock_custom_labels():
        arn = client("rekognition", region).create_project(ProjectName="p1")["ProjectArn"]
    assert re.fullmatch(rf"arn:{partition}:rekognition:{region}:123456789012:project/p1/\d{{13}}", arn)


def test_a_project_name_is_taken_once(emulator: Emulator) -> None:
    emulator.project("p1")
    with pytest.raises(
        emulator.rekognition.exceptions.ResourceInUseException, match="name p1 already exists"
    ) as caught:
        emulator.project("p1")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_an_adapter_project_needs_auto_update_and_shows_it(emulator: Emulator) -> None:
    with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match="AutoUpdate is required"):
        emulator.project("adapter", Feature="CONTENT_MODERATION")
    emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="DISABLED")
    (adapter,) = emulator.rekognition.describe_projects(Features=["CONTENT_MODERATION"])["ProjectDescriptions"]
    assert (adapter["Feature"], adapter["AutoUpdate"]) == ("CONTENT_MODERATION", "DISABLED")


def test_auto_update_is_rejected_for_custom_labels(emulator: Emulator) -> None:
    with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match="only applicable"):
        emulator.project("p1", AutoUpdate="ENABLED")


def test_projects_are_listed_latest_first_and_by_default_without_adapters(emulator: Emulator) -> None:
    for name in ("a", "c", "b"):
        emulator.project(name)
    emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED", Tags={"team": "säfety 1"})
    assert described_names(emulator) == ["b", "c", "a"]
    assert described_names(emulator, Features=["CONTENT_MODERATION", "CUSTOM_LABELS"]) == ["adapter", "b", "c", "a"]
    assert described_names(emulator, ProjectNames=["a", "b", "missing"]) == ["b", "a"]


def test_the_hundred_and_first_project_exceeds_the_limit(emulator: Emulator) -> None:
    for number in range(100):
        emulator.project(f"p{number}")
    with pytest.raises(emulator.rekognition.exceptions.LimitExceededException, match="more than 100 Projects"):
        emulator.project("one-more")


def test_a_deleted_project_is_gone_and_its_name_free(emulator: Emulator) -> None:
    arn = emulator.project("p1")
    assert emulator.rekognition.delete_project(ProjectArn=arn)["Status"] == "DELETING"
    assert described_names(emulator) == []
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
        emulator.rekognition.delete_project(ProjectArn=arn)
    assert emulator.project("p1") != arn


def test_a_project_with_versions_is_in_use(emulator: Emulator) -> None:
    arn = emulator.project("p1")
    emulator.create(arn)
    with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException, match="still has 1 project version"):
        emulator.rekognition.delete_project(ProjectArn=arn)


def test_a_deletion_can_last_for_several_describes(emulator: Emulator) -> None:
    arn = emulator.project("p1")
    state_manager.set_transition(PROJECT_DELETION, {"progression": "manual", "times": 2})
    try:
        for _ in range(2):
            assert emulator.rekognition.delete_project(ProjectArn=arn)["Status"] == "DELETING"
        assert [p["Status"] for p in emulator.rekognition.describe_projects()["ProjectDescriptions"]] == ["DELETING"]
        with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException, match="being deleted"):
            emulator.create(arn)
        assert described_names(emulator) == []
    finally:
        state_manager.unset_transition(PROJECT_DELETION)


def test_a_project_of_another_region_or_account_is_not_found(emulator: Emulator) -> None:
    arn = emulator.project("p1")
    for other in (arn.replace("us-east-1", "eu-west-1"), arn.replace("123456789012", "210987654321"), arn + "0"):
        with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
            emulator.rekognition.delete_project(ProjectArn=other)
