"""The pieces for durable functions, in the SDK's local runner with skipped time, against the emulated service."""

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import aws_durable_execution_sdk_python
import pytest
from aws_durable_execution_sdk_python import DurableContext
from aws_durable_execution_sdk_python.exceptions import InvocationError
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner

from rekog_versions import CreateProjectVersionRequest, VersionsClient
from rekog_versions.errors import TrainingFailedError
from rekog_versions.testing import CustomLabelsControl, mock_custom_labels
from rekog_versions.workflows.durable import hosted, train_once, wait_until
from tests.testing.emulator import BUCKET, MANIFEST, cats_and_dogs, client, version_request


class Calls:
    """A boto3 client that counts calls, and can end the Lambda after one."""

    def __init__(self, rekognition: Any) -> None:
        self._rekognition = rekognition
        self.names: list[str] = []
        self.killed_after: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._rekognition, name)
        if name == "meta":
            return found

        def call(**request: Any) -> Any:
            self.names.append(name)
            response = found(**request)
            if name in self.killed_after:
                self.killed_after.remove(name)
                raise InvocationError(name)  # ends the Lambda, which AWS runs again
            return response

        return call

    def count(self, name: str) -> int:
        return self.names.count(name)


@pytest.fixture
def service() -> Iterator[CustomLabelsControl]:
    with mock_custom_labels() as control:
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs())
        yield control


@pytest.fixture
def calls(service: CustomLabelsControl) -> Calls:
    return Calls(client("rekognition"))


@pytest.fixture
def versions(calls: Calls) -> VersionsClient:
    return VersionsClient(cast("Any", calls))


@pytest.fixture
def request_(service: CustomLabelsControl) -> CreateProjectVersionRequest:
    arn = client("rekognition").create_project(ProjectName="pets")["ProjectArn"]
    return CreateProjectVersionRequest.from_dict(version_request(arn))


def run(function: Callable[[DurableContext], Any]) -> Any:
    """Run a durable function to its end, and return the runner's result."""

    def handler(_: object, context: DurableContext) -> Any:
        return function(context)

    durable: Any = cast("Any", aws_durable_execution_sdk_python).durable_execution(handler)
    with DurableFunctionTestRunner(durable, poll_interval=0.01) as runner:
        result = runner.run(input="{}", execution_timeout=60)
    cast("Any", runner)._scheduler._loop.close()  # the runner leaves it open
    return result


def error_type(result: Any) -> str:
    return str(result.error.type).rpartition(".")[2]


def answer(result: Any) -> Any:
    assert result.status.value == "SUCCEEDED", result.error
    return json.loads(result.result)


def test_a_training_is_started_once_and_waited_for(
    service: CustomLabelsControl, calls: Calls, versions: VersionsClient, request_: CreateProjectVersionRequest
) -> None:
    service.set_training(times=5)

    def train(context: DurableContext) -> str:
        arn = train_once(context, versions, request_)
        return f"{wait_until(context, versions, 'trained', arn).status} {arn}"

    status, arn = answer(run(train)).split()
    assert status == "TRAINING_COMPLETED"
    assert "/version/v1/" in arn
    assert calls.count("create_project_version") == 1
    assert calls.count("describe_project_versions") == 5


def test_a_step_that_runs_again_finds_the_training_that_it_started(
    calls: Calls, versions: VersionsClient, request_: CreateProjectVersionRequest
) -> None:
    """The first attempt is killed after the call; Lambda runs the step again."""
    calls.killed_after.append("create_project_version")
    arn = answer(run(lambda context: train_once(context, versions, request_)))
    assert "/version/v1/" in arn
    assert calls.count("create_project_version") == 2


def test_a_version_of_another_writer_is_not_taken_for_ours(
    calls: Calls, versions: VersionsClient, request_: CreateProjectVersionRequest
) -> None:
    other = version_request(request_.project_arn or "", OutputConfig={"S3Bucket": BUCKET, "S3KeyPrefix": "other"})
    client("rekognition").create_project_version(**other)
    result = run(lambda context: train_once(context, versions, request_))
    assert result.status.value == "FAILED"
    assert error_type(result) == "StepError"
    assert "already exists" in result.error.message
    assert calls.count("create_project_version") == 1


def test_a_failed_training_raises_the_error_of_the_clients_own_wait(
    service: CustomLabelsControl, versions: VersionsClient, request_: CreateProjectVersionRequest
) -> None:
    service.set_training(times=3, outcome="TRAINING_FAILED", message="The manifest file has too few labels.")

    def train(context: DurableContext) -> str:
        try:
            wait_until(context, versions, "trained", train_once(context, versions, request_))
        except TrainingFailedError as error:
            return str(error)
        return "trained"

    assert "The manifest file has too few labels." in answer(run(train))


@pytest.mark.parametrize("error", ["ThrottlingException", "InternalServerError"])
def test_failures_that_pass_do_not_end_the_wait(
    service: CustomLabelsControl, versions: VersionsClient, request_: CreateProjectVersionRequest, error: str
) -> None:
    service.set_training(times=2)
    service.inject("DescribeProjectVersions", error=error, times=12)

    def train(context: DurableContext) -> str:
        return str(wait_until(context, versions, "trained", train_once(context, versions, request_)).status)

    assert answer(run(train)) == "TRAINING_COMPLETED"


def test_a_wait_gives_up_after_its_timeout(
    service: CustomLabelsControl, versions: VersionsClient, request_: CreateProjectVersionRequest
) -> None:
    service.set_training(times=1000)

    def train(context: DurableContext) -> str:
        arn = train_once(context, versions, request_)
        wait_until(context, versions, "trained", arn, timeout=600)
        return "trained"

    result = run(train)
    assert error_type(result) == "WaitTimeoutError"
    assert "The training continues and is billed" in result.error.message
    assert "within 600 seconds" in result.error.message


@pytest.fixture
def arn(versions: VersionsClient, request_: CreateProjectVersionRequest) -> str:
    return versions.train(request_).project_version_arn or ""


def statuses(calls: Calls) -> list[str]:
    return [name for name in calls.names if name.startswith(("start_", "stop_"))]


def test_a_model_runs_for_the_work_and_is_stopped(
    service: CustomLabelsControl, calls: Calls, versions: VersionsClient, arn: str
) -> None:
    service.set_hosting(times=3)

    def work(_: DurableContext) -> str:
        return str(versions.get_project_version(arn).status)

    assert answer(run(lambda context: hosted(context, versions, arn, work))) == "RUNNING"
    assert statuses(calls) == ["start_project_version", "stop_project_version"]
    assert versions.get_project_version(arn).status == "STOPPED"


@pytest.mark.parametrize("call", ["start_project_version", "stop_project_version"])
def test_a_hosting_step_that_runs_again_repeats_nothing(
    service: CustomLabelsControl, calls: Calls, versions: VersionsClient, arn: str, call: str
) -> None:
    service.set_hosting(times=3)
    calls.killed_after.append(call)
    assert answer(run(lambda context: hosted(context, versions, arn, lambda _: "done"))) == "done"
    assert versions.get_project_version(arn).status == "STOPPED"


def test_a_model_is_stopped_when_the_work_fails(calls: Calls, versions: VersionsClient, arn: str) -> None:
    def work(_: DurableContext) -> str:
        raise ValueError("no images")

    result = run(lambda context: hosted(context, versions, arn, work))
    assert (result.status.value, result.error.message) == ("FAILED", "no images")
    assert statuses(calls) == ["start_project_version", "stop_project_version"]
    assert versions.get_project_version(arn).status == "STOPPED"


def test_a_model_that_runs_already_is_not_stopped(calls: Calls, versions: VersionsClient, arn: str) -> None:
    versions.start_project_version(arn)
    versions.wait_until_running(arn)
    assert answer(run(lambda context: hosted(context, versions, arn, lambda _: "done"))) == "done"
    assert statuses(calls) == ["start_project_version"]


def test_a_model_that_starts_for_longer_than_the_wait_is_stopped_when_it_runs(
    service: CustomLabelsControl, calls: Calls, versions: VersionsClient, arn: str
) -> None:
    service.set_hosting(times=25)
    result = run(lambda context: hosted(context, versions, arn, lambda _: "done", timeout=60))
    assert error_type(result) == "WaitTimeoutError"
    service.set_hosting(times=1)
    assert versions.wait_until_stopped(arn).status == "STOPPED"


def test_a_start_that_fails_is_not_stopped(
    service: CustomLabelsControl, calls: Calls, versions: VersionsClient, arn: str
) -> None:
    service.set_hosting(outcome="FAILED", message="Not enough capacity.")
    result = run(lambda context: hosted(context, versions, arn, lambda _: "done"))
    assert error_type(result) == "StartFailedError"
    assert "Not enough capacity." in result.error.message
    assert statuses(calls) == ["start_project_version"]


def test_an_unknown_goal_is_rejected(versions: VersionsClient) -> None:
    goal: Any = "finished"
    with pytest.raises(ValueError, match="goal must be one of trained, running, stopped, copied, got 'finished'"):
        wait_until(cast("Any", None), versions, goal, "x")
