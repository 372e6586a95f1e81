"""`submit_all()`, for both clients, on the emulated service."""

import asyncio
import pickle
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest

from rekog_versions import (
    CreateProjectVersionRequest,
    LimitExceededError,
    OutputConfig,
    Poll,
    ResourceNotFoundError,
    Schedule,
    ServiceError,
    TestingData,
    TrainingData,
    TrainingFailedError,
    VersionsClient,
    WaitTimeoutError,
)
from rekog_versions.batch import SubmissionOutcome, submit_all
from rekog_versions.errors import InvalidParameterError, VersionConflictError
from rekog_versions.testing import CustomLabelsControl
from tests.batch.helpers import BatchRun, notes
from tests.conftest import Driver
from tests.test_docs import a_line
from tests.wire import (
    FakeTime,
)

BUCKET = "my-bucket"


CREATE, DESCRIBE = "CreateProjectVersion", "DescribeProjectVersions"


@cache
def session() -> Any:
    """Return a session that all tests share, because loading the service model is slow."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")


class Emulator:
    """A project with manifests, one of the two clients, and the names in the create requests."""

    def __init__(self, labels: CustomLabelsControl, driver: Driver, time: FakeTime) -> None:
        self.labels, self.time = labels, time
        s3 = session().client("s3")
        s3.create_bucket(Bucket=BUCKET)
        lines = "\n".join(a_line(label, number) for label in ("circle", "square") for number in range(20))
        for name in ("train", "other"):
            s3.put_object(Bucket=BUCKET, Key=f"{name}.manifest", Body=lines.encode())
        self.rekognition: Any = session().client("rekognition")
        self.created: list[str] = []
        self.rekognition.meta.events.register(
            f"before-parameter-build.rekognition.{CREATE}",
            lambda params, **_: self.created.append(params["VersionName"]),
        )
        driver.over(self.rekognition)
        self.submit = BatchRun(driver, submit_all)
        self.plain = VersionsClient(self.rekognition)
        self.project = self.plain.create_project("shapes")

    def add(self, name: str, **fields: Any) -> Any:
        """Create a version with another client."""
        arn = self.plain.create_project_version(self.request(name, **fields))
        self.created.remove(name)
        return arn

    def request(self, name: str, *, prefix: str = "out", manifest: str = "train", **fields: Any) -> Any:
        return CreateProjectVersionRequest(
            project_arn=fields.pop("project_arn", self.project),
            version_name=name,
            output_config=OutputConfig(s3_bucket=BUCKET, s3_key_prefix=prefix),
            training_data=TrainingData.from_manifests(f"s3://{BUCKET}/{manifest}.manifest"),
            testing_data=TestingData(auto_create=True),
            **fields,
        )

    def requests(self, count: int) -> list[Any]:
        return [self.request(f"v{number}") for number in range(count)]

    def statuses(self) -> dict[str, str]:
        found = self.plain.iter_project_versions(self.project)
        return {str(version.version_name): str(version.status) for version in found}


@pytest.fixture
def emulator(custom_labels: CustomLabelsControl, driver: Driver, time: FakeTime) -> Emulator:
    return Emulator(custom_labels, driver, time)


def by_name(outcomes: Iterator[SubmissionOutcome]) -> dict[str, SubmissionOutcome]:
    return {outcome.request.version_name: outcome for outcome in outcomes}


def test_everything_is_trained_once_with_as_many_at_a_time_as_the_account_allows(emulator: Emulator) -> None:
    emulator.labels.set_training(times=4)
    polls: list[Poll] = []
    found = by_name(emulator.submit(emulator.requests(5), on_poll=polls.append))
    assert [outcome.ok for outcome in found.values()] == [True] * 5
    assert found["v3"].result().f1_score is not None
    assert found["v3"].version_arn == found["v3"].result().project_version_arn
    assert not any(outcome.was_there_already for outcome in found.values())
    assert sorted(emulator.statuses()) == ["v0", "v1", "v2", "v3", "v4"]
    # the third was rejected, and from then on one more was sent every two minutes
    assert emulator.created[:3] == ["v0", "v1", "v2"]
    rejected = len(emulator.created) - 5
    assert 1 <= rejected <= 1 + (emulator.time.now - 1000) / 120
    assert polls


def test_max_concurrent_limits_how_many_train_at_a_time(emulator: Emulator) -> None:
    emulator.labels.set_limits(trainings=50)
    emulator.labels.set_training(times=3)
    most = 0

    def count(_: Poll) -> None:
        nonlocal most
        most = max(most, list(emulator.statuses().values()).count("TRAINING_IN_PROGRESS"))

    assert len(by_name(emulator.submit(emulator.requests(7), max_concurrent=3, on_poll=count))) == 7
    assert emulator.created == [f"v{number}" for number in range(7)]  # none was rejected
    assert most <= 3


def test_trainings_of_others_count_and_are_waited_for(emulator: Emulator, driver: Driver) -> None:
    emulator.labels.set_limits(trainings=1)
    emulator.labels.set_training(times=9, version="theirs")
    emulator.add("theirs")

    plain_sleep = emulator.time.sleep

    def sleep(seconds: float) -> None:
        emulator.statuses()  # the emulation moves statuses when they are read
        plain_sleep(seconds)

    emulator.time.sleep = sleep  # type: ignore[method-assign]
    driver.over(emulator.rekognition)
    found = by_name(emulator.submit(emulator.requests(2)))
    assert all(outcome.ok for outcome in found.values())
    assert emulator.created.count("v0") > 1  # rejected, and sent again


def test_requests_end_with_the_rejection_if_no_slot_becomes_free(emulator: Emulator) -> None:
    emulator.labels.set_limits(trainings=0)
    began = emulator.time.now
    found = by_name(emulator.submit(emulator.requests(3), slot_timeout=3600))
    assert {type(outcome.error) for outcome in found.values()} == {LimitExceededError}
    assert "others in the account and region use the slots" in notes(found["v2"].error)  # type: ignore[arg-type]
    assert emulator.statuses() == {}
    assert 3600 <= emulator.time.now - began < 3800


def test_a_full_project_is_reported_at_once_and_the_others_are_trained(emulator: Emulator) -> None:
    full = emulator.plain.create_project("full")
    emulator.labels.set_limits(trainings=200)
    for number in range(100):
        emulator.add(f"old{number}", project_arn=full)
    began = emulator.time.now
    found = by_name(emulator.submit([emulator.request("new", project_arn=full), emulator.request("v1")]))
    assert isinstance(found["new"].error, LimitExceededError)
    assert "The project has 100 versions: it is full" in notes(found["new"].error)
    assert found["v1"].ok
    assert emulator.time.now - began < 60


def test_a_training_that_fails_does_not_stop_the_others(emulator: Emulator) -> None:
    emulator.labels.set_training(outcome="TRAINING_FAILED", message="bad", version="v1", project="shapes")
    found = by_name(emulator.submit(emulator.requests(4)))
    assert [name for name, outcome in found.items() if not outcome.ok] == ["v1"]
    assert isinstance(found["v1"].error, TrainingFailedError)
    assert found["v1"].version_arn
    with pytest.raises(TrainingFailedError, match="bad"):
        found["v1"].result()


def test_a_rejected_request_does_not_stop_the_others(emulator: Emulator) -> None:
    gone = str(emulator.project).replace("shapes", "gone")
    tagged = emulator.request("tagged", tags={f"key{number}": "x" for number in range(60)})
    adapter = emulator.request("adapter", feature_config={"ContentModeration": {"ConfidenceThreshold": 50}})
    found = by_name(
        emulator.submit([emulator.request("v1", project_arn=gone), adapter, tagged, emulator.request("v2")])
    )
    assert isinstance(found["v1"].error, ResourceNotFoundError)
    assert isinstance(found["adapter"].error, InvalidParameterError)
    assert isinstance(found["tagged"].error, ServiceError)
    assert found["v2"].ok
    assert "v1" not in emulator.created


def test_the_same_requests_again_start_nothing_and_report_everything(emulator: Emulator) -> None:
    emulator.labels.set_training(outcome="TRAINING_FAILED", version="v1")
    list(emulator.submit(emulator.requests(3)))
    assert len(emulator.created) == 3
    again = by_name(emulator.submit(emulator.requests(4)))
    assert emulator.created == ["v0", "v1", "v2", "v3"]
    assert [again[f"v{number}"].was_there_already for number in range(4)] == [True, True, True, False]
    assert isinstance(again["v1"].error, TrainingFailedError)
    assert again["v0"].ok


def test_running_trainings_of_an_earlier_run_are_adopted(emulator: Emulator) -> None:
    emulator.labels.set_training(times=5)
    polls = 0

    def stop(_: Poll) -> None:
        nonlocal polls
        polls += 1
        if polls == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        list(emulator.submit(emulator.requests(3), on_poll=stop))
    note = notes(caught.value)
    assert "These trainings continue and are billed: arn:aws:rekognition:us-east-1:123456789012:project/shapes/" in note
    assert "1 request had not been started" in note
    assert "again with the same requests" in note
    found = by_name(emulator.submit(emulator.requests(3)))
    assert all(outcome.ok for outcome in found.values())
    assert [found[f"v{number}"].was_there_already for number in range(3)] == [True, True, False]
    assert sorted(emulator.statuses()) == ["v0", "v1", "v2"]


def test_an_interrupted_iterator_can_be_resumed(emulator: Emulator) -> None:
    emulator.labels.set_training(times=3)
    once = iter([True])

    def stop(_: Poll) -> None:
        if next(once, False):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(emulator.submit(emulator.requests(3), on_poll=stop))
    assert len(emulator.submit.iterator.open) == 3
    found = by_name(emulator.submit.resume())
    assert [found[f"v{number}"].was_there_already for number in range(3)] == [False] * 3
    assert emulator.submit.iterator.open == []


@pytest.mark.parametrize(
    ("fields", "difference"),
    [
        ({"prefix": "elsewhere"}, "its output is s3://my-bucket/elsewhere, the request's s3://my-bucket/out"),
        ({"manifest": "other"}, "its training manifests are s3://my-bucket/other.manifest"),
        ({"version_description": "mine"}, "its description is 'mine', the request's None"),
    ],
)
def test_a_name_of_a_different_version_is_a_conflict(fields: Any, difference: str, emulator: Emulator) -> None:
    emulator.add("v0", **fields)
    found = by_name(emulator.submit(emulator.requests(2)))
    error = found["v0"].error
    assert isinstance(error, VersionConflictError)
    assert difference in str(error)
    assert "Nothing was started. Choose another version_name" in str(error)
    assert error.description.version_name == "v0"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.differences, again.request) == (str(error), error.differences, error.request)
    assert emulator.created == ["v1"]
    assert found["v1"].ok


def test_a_copy_with_that_name_is_a_conflict(emulator: Emulator) -> None:
    source = emulator.add("v0")
    emulator.statuses()
    target = emulator.plain.create_project("target")
    emulator.rekognition.copy_project_version(
        SourceProjectArn=emulator.project,
        SourceProjectVersionArn=source,
        DestinationProjectArn=target,
        VersionName="v0",
        OutputConfig={"S3Bucket": BUCKET, "S3KeyPrefix": "out"},
    )
    (found,) = emulator.submit([emulator.request("v0", project_arn=target)])
    assert "it is a copy of" in str(found.error)


@pytest.mark.parametrize("hang_up", ["before", "after"])
def test_a_lost_response_starts_nothing_twice(hang_up: Any, emulator: Emulator) -> None:
    emulator.labels.set_training(times=3)
    emulator.labels.inject(CREATE, hang_up=hang_up, times=2)
    found = by_name(emulator.submit(emulator.requests(3)))
    assert all(outcome.ok for outcome in found.values())
    assert sorted(emulator.statuses()) == ["v0", "v1", "v2"]


def test_throttling_and_5xx_responses_are_waited_out(emulator: Emulator) -> None:
    emulator.labels.inject(DESCRIBE, error="ThrottlingException", times=7)
    emulator.labels.inject(CREATE, error="ThrottlingException", times=7)
    emulator.labels.inject(CREATE, error="InternalServerError", times=7)
    found = by_name(emulator.submit(emulator.requests(2)))
    assert all(outcome.ok for outcome in found.values())


def test_a_timeout_is_an_outcome_and_the_others_continue(emulator: Emulator) -> None:
    emulator.labels.set_training(times=100, version="v0")
    found = by_name(emulator.submit(emulator.requests(2), timeout=50, schedule=Schedule(first=20, most=20)))
    assert isinstance(found["v0"].error, WaitTimeoutError)
    assert found["v1"].ok


def test_the_report_lists_every_request_in_order(emulator: Emulator, driver: Driver) -> None:
    emulator.labels.set_training(outcome="TRAINING_FAILED", message="bad \x1b[2J", version="v1")
    submission = submit_all(driver.client, emulator.requests(3))
    report = submission.report() if driver.kind == "sync" else asyncio.run(submission.report())
    assert [outcome.request.version_name for outcome in report.outcomes] == ["v0", "v1", "v2"]
    assert [outcome.request.version_name for outcome in report.trained] == ["v0", "v2"]
    assert [outcome.request.version_name for outcome in report.failed] == ["v1"]
    shown = str(report).splitlines()
    assert shown[0] == "2 trained, 1 TrainingFailedError"
    assert "v0" in shown[1]
    assert "trained, F1 " in shown[1]
    assert "\x1b" not in str(report)
    with pytest.raises(ExceptionGroup, match="1 of 3 requests were not trained") as caught:
        report.raise_failures()
    assert isinstance(caught.value.exceptions[0], TrainingFailedError)


def test_all_problems_are_listed_before_anything_is_sent(emulator: Emulator) -> None:
    fine = emulator.request("v1")
    broken = fine.to_dict() | {"VersionName": "not a name", "OutputConfig": {"S3Bucket": "x"}}
    requests = [fine, broken, emulator.request("v2"), fine, {"version_name": "v\x1b3"}]
    with pytest.raises(ValueError, match="nothing was sent") as caught:
        emulator.submit(requests)
    note = str(caught.value)
    assert "request 2 (not a name): VersionName: " in note
    assert "request 2 (not a name): OutputConfig.S3Bucket: " in note
    assert "request 4 (v1) names the same version as request 1" in note
    assert "request 5 (v\\x1b3): project_arn: " in note
    assert emulator.statuses() == {}
    assert emulator.created == []


@pytest.mark.parametrize(
    ("requests", "error", "message"),
    [
        (["v1"], TypeError, "got str"),
        ("v1", TypeError, "put it in a list"),
        ({"version_name": "v1"}, TypeError, "put it in a list"),
    ],
)
def test_items_that_are_not_requests_are_rejected(
    requests: Any, error: type[Exception], message: str, emulator: Emulator
) -> None:
    with pytest.raises(error, match=message):
        emulator.submit(requests)


@pytest.mark.parametrize("numbers", [{"max_concurrent": 0}, {"slot_timeout": -1}, {"rate": 0}, {"timeout": -1}])
def test_numbers_out_of_range_are_rejected(numbers: dict[str, Any], emulator: Emulator) -> None:
    with pytest.raises(ValueError, match=next(iter(numbers))):
        list(emulator.submit(emulator.requests(1), **numbers))
    assert emulator.created == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_concurrent": 1.5},
        {"max_concurrent": True},
        {"slot_timeout": "1"},
        {"timeout": "5"},
        {"rate": "fast"},
        {"schedule": 30},
        {"on_poll": 3},
    ],
    ids=str,
)
def test_arguments_of_wrong_types_are_rejected_before_anything_is_sent(
    wrong: dict[str, Any], emulator: Emulator
) -> None:
    with pytest.raises(TypeError, match=f"{next(iter(wrong))} must be "):
        list(emulator.submit(emulator.requests(1), **wrong))
    assert emulator.created == []


def test_no_requests_give_an_empty_report(emulator: Emulator) -> None:
    assert list(emulator.submit([])) == []
    assert str(emulator.submit.iterator._decisions.report()) == "no requests"
