"""The state machine for Step Functions: statelint's rules, and executions on moto's interpreter."""

import json
import subprocess
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rekog_versions import ProjectVersionStatus
from rekog_versions.testing import CustomLabelsControl
from rekog_versions.waiting.targets import TRAINED, Verdict
from rekog_versions.workflows.state_machine import explain, training_definition
from tests.testing.emulator import BUCKET, MANIFEST, cats_and_dogs, client, version_request
from tests.workflows.interpreter import interpreter, run

REQUEST = version_request("arn:aws:rekognition:us-east-1:123456789012:project/pets/1574310000000")
STATELINT = Path(sysconfig.get_path("scripts")) / "statelint"


class Waits:
    """The Wait states of an execution: their seconds, and what happens during one of them."""

    def __init__(self) -> None:
        self.seconds: list[int] = []
        self.actions: dict[int, Callable[[], object]] = {}

    def __call__(self, seconds: int) -> None:
        self.seconds.append(seconds)
        self.actions.pop(len(self.seconds), lambda: None)()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def service(waits: Waits) -> Iterator[CustomLabelsControl]:
    with interpreter(waits) as control:
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs())
        yield control


@pytest.fixture
def request_document(service: CustomLabelsControl) -> dict[str, Any]:
    return version_request(client("rekognition").create_project(ProjectName="pets")["ProjectArn"])


def described(request: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    answer = client("rekognition").describe_project_versions(ProjectArn=request["ProjectArn"])
    found: list[Mapping[str, Any]] = answer["ProjectVersionDescriptions"]
    return found


@pytest.mark.parametrize("explain_function", [None, "arn:aws:lambda:us-east-1:123456789012:function:explain"])
def test_statelint_accepts_the_definition(explain_function: str | None, tmp_path: Path) -> None:
    file = tmp_path / "definition.json"
    machine = training_definition(REQUEST, explain_function=explain_function)
    file.write_text(json.dumps(machine), "utf-8")
    checked = subprocess.run([STATELINT, file], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")
    del machine["States"]["Wait"]["Next"]
    file.write_text(json.dumps(machine), "utf-8")
    assert subprocess.run([STATELINT, file], capture_output=True, check=False).returncode == 1


def test_a_training_is_started_once_and_waited_for(
    service: CustomLabelsControl, request_document: dict[str, Any], waits: Waits
) -> None:
    service.set_training(times=3)
    execution = run(training_definition(request_document, poll_every=60), {"VersionName": "v1"})
    (version,) = described(request_document)
    assert execution["status"] == "SUCCEEDED"
    assert json.loads(execution["output"]) == {
        "ProjectVersionArn": version["ProjectVersionArn"],
        "Status": "TRAINING_COMPLETED",
    }
    assert waits.seconds == [10, 60, 60, 60]


def test_the_cause_of_a_failed_training_has_the_message_of_the_service(
    service: CustomLabelsControl, request_document: dict[str, Any]
) -> None:
    service.set_training(outcome="TRAINING_FAILED", message="The manifest file has too few labels.")
    execution = run(training_definition(request_document), {"VersionName": "v1"})
    assert (execution["status"], execution["error"]) == ("FAILED", "TrainingFailed")
    cause = json.loads(execution["cause"])
    assert cause["Status"] == "TRAINING_FAILED"
    assert cause["StatusMessages"] == ["The manifest file has too few labels."]


@pytest.mark.parametrize("following", [[], ["ThrottlingException"], ["InternalServerError"] * 10])
def test_a_training_whose_response_was_lost_is_found_by_its_name(
    service: CustomLabelsControl, request_document: dict[str, Any], following: list[str]
) -> None:
    service.inject("CreateProjectVersion", hang_up="after")
    for error in following:
        service.inject("CreateProjectVersion", error=error)
    execution = run(training_definition(request_document), {"VersionName": "v1"})
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    assert len(described(request_document)) == 1


def test_a_lost_training_is_found_when_it_takes_the_last_place(
    service: CustomLabelsControl, request_document: dict[str, Any]
) -> None:
    """The repeated call is rejected for the quota, which the lost one has used up."""
    service.set_limits(trainings=1)
    service.set_training(times=2)
    service.inject("CreateProjectVersion", hang_up="after")
    execution = run(training_definition(request_document), {"VersionName": "v1"})
    assert execution["status"] == "SUCCEEDED", execution.get("cause")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"OutputConfig": {"S3Bucket": BUCKET, "S3KeyPrefix": "other"}},
        {"OutputConfig": {"S3Bucket": BUCKET}},
    ],
)
def test_a_version_of_an_earlier_execution_or_of_another_writer_is_not_taken_for_ours(
    service: CustomLabelsControl, request_document: dict[str, Any], change: dict[str, Any]
) -> None:
    """The first case has the same output, but is older than the execution."""
    client("rekognition").create_project_version(**{**request_document, **change})
    execution = run(training_definition(request_document), {"VersionName": "v1"})
    assert (execution["status"], execution["error"]) == ("FAILED", "NotStarted")
    assert "ResourceInUse" in execution["cause"]
    assert len(described(request_document)) == 1


def test_an_invalid_request_fails_with_the_error_of_the_service(request_document: dict[str, Any]) -> None:
    execution = run(
        training_definition(request_document, from_input=["ProjectArn"]),
        {"ProjectArn": request_document["ProjectArn"] + "0"},
    )
    assert (execution["status"], execution["error"]) == ("FAILED", "NotStarted")
    assert "ResourceNotFound" in execution["cause"]


def test_a_deleted_version_ends_the_execution(
    service: CustomLabelsControl, request_document: dict[str, Any], waits: Waits
) -> None:
    service.set_training(times=3)
    waits.actions[3] = lambda: delete(service, request_document)
    execution = run(training_definition(request_document), {"VersionName": "v1"})
    assert (execution["status"], execution["error"]) == ("FAILED", "NotTrainable")
    assert "deleted" in execution["cause"]


def delete(service: CustomLabelsControl, request: Mapping[str, Any]) -> None:
    service.set_training(times=1)
    (version,) = described(request)
    client("rekognition").delete_project_version(ProjectVersionArn=version["ProjectVersionArn"])
    while described(request):
        pass


def test_polls_that_are_throttled_do_not_end_the_execution(
    service: CustomLabelsControl, request_document: dict[str, Any]
) -> None:
    service.inject("DescribeProjectVersions", error="ThrottlingException", times=12)
    assert run(training_definition(request_document), {"VersionName": "v1"})["status"] == "SUCCEEDED"


def test_every_status_has_the_meaning_that_it_has_for_the_clients() -> None:
    choices = training_definition(REQUEST)["States"]["Judge its status"]["Choices"]
    following = {condition["StringEquals"]: choice["Next"] for choice in choices for condition in choice.get("Or", ())}
    meaning = {
        Verdict.REACHED: "Trained",
        Verdict.FAILED: "Training failed",
        Verdict.UNREACHABLE: "Cannot be trained",
        Verdict.PENDING: None,
    }
    assert {status: following.get(str(status)) for status in ProjectVersionStatus} == {
        status: meaning[TRAINED.verdicts[status]] for status in ProjectVersionStatus
    }


def test_the_history_of_an_execution_stays_below_the_quota() -> None:
    with pytest.raises(
        ValueError, match=r"poll_every must be at least 52 seconds for a timeout of 90,000 seconds, got 51"
    ):
        training_definition(REQUEST, poll_every=51)
    assert training_definition(REQUEST, poll_every=52)["States"]["Wait"]["Seconds"] == 52


def test_fields_can_come_from_the_input_in_either_spelling(request_document: dict[str, Any]) -> None:
    machine = training_definition(request_document, from_input=["version_name", "TrainingData", "project_arn"])
    given = {name: request_document[name] for name in ("ProjectArn", "VersionName", "TrainingData")}
    assert run(machine, {**given, "VersionName": "v9"})["status"] == "SUCCEEDED"
    (version,) = described(request_document)
    assert "/version/v9/" in version["ProjectVersionArn"]


@pytest.mark.parametrize("name", ["output_config", "OutputConfig", "kms_key_id", "bucket"])
def test_the_output_cannot_come_from_the_input(name: str) -> None:
    with pytest.raises(ValueError, match=f"from_input must name fields among project_arn, .*, got {name}"):
        training_definition(REQUEST, from_input=[name])


def test_one_field_from_the_input_is_given_in_a_list() -> None:
    with pytest.raises(TypeError, match=r"from_input must be a list of strings; for one, write \['version_name'\]"):
        training_definition(REQUEST, from_input="version_name")


def test_the_request_is_checked() -> None:
    with pytest.raises(ValidationError, match="Did you mean"):
        training_definition({**REQUEST, "TrainingDate": {}})


@pytest.mark.parametrize("value", [0, -1, 1.5, float("nan"), float("inf"), 1e9])
def test_a_duration_is_a_whole_number_of_seconds(value: float) -> None:
    with pytest.raises(ValueError, match="timeout must be a whole number of seconds"):
        training_definition(REQUEST, timeout=value)


def test_the_function_explains_a_failure(service: CustomLabelsControl, request_document: dict[str, Any]) -> None:
    service.set_training(outcome="TRAINING_FAILED", message="The manifest file has too few labels.")
    run(training_definition(request_document), {"VersionName": "v1"})
    (version,) = described(request_document)
    explained = explain({"ProjectVersionArn": version["ProjectVersionArn"]}, None)
    assert "ERROR_MANIFEST_TOO_FEW_LABELS" in explained
