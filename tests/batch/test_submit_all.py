"""submit_all, for both clients, against the emulated service and, for what that does not say, the wire."""

import asyncio
import pickle
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import SSLError

from rekog_versions import (
    AccessDeniedError,
    AsyncVersionsClient,
    CreateProjectVersionRequest,
    LimitExceededError,
    OutputConfig,
    Poll,
    ResourceInUseError,
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
from tests.batch.test_as_trained import Waiting, notes
from tests.conftest import Driver
from tests.test_docs import a_line
from tests.wire import (
    PROJECT,
    VERSION,
    Answer,
    FakeTime,
    Wire,
    answer_lost,
    described,
    never_connected,
    refusal,
    versions,
)

BUCKET = "my-bucket"
CREATE, DESCRIBE = "CreateProjectVersion", "DescribeProjectVersions"


@cache
def session() -> Any:
    """One for all, made once moto is there: to load the service's model takes longer than most of these tests."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")


class World:
    """A project with manifests, one of the two clients, and a count of the creates that the service saw."""

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
        self.submit = Waiting(driver, submit_all)
        self.plain = VersionsClient(self.rekognition)
        self.project = self.plain.create_project("shapes")

    def there_is(self, name: str, **fields: Any) -> Any:
        """A version that somebody else made."""
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
def world(custom_labels: CustomLabelsControl, driver: Driver, time: FakeTime) -> World:
    return World(custom_labels, driver, time)


def by_name(outcomes: Iterator[SubmissionOutcome]) -> dict[str, SubmissionOutcome]:
    return {outcome.request.version_name: outcome for outcome in outcomes}


def test_everything_is_trained_once_with_as_many_at_a_time_as_the_account_may(world: World) -> None:
    world.labels.set_training(times=4)
    polls: list[Poll] = []
    found = by_name(world.submit(world.requests(5), on_poll=polls.append))
    assert [outcome.ok for outcome in found.values()] == [True] * 5
    assert found["v3"].result().f1_score is not None
    assert found["v3"].version_arn == found["v3"].result().project_version_arn
    assert not any(outcome.was_there_already for outcome in found.values())
    assert sorted(world.statuses()) == ["v0", "v1", "v2", "v3", "v4"]
    # the third was refused, and from then on one more was tried at a time every two minutes
    assert world.created[:3] == ["v0", "v1", "v2"]
    refused = len(world.created) - 5
    assert 1 <= refused <= 1 + (world.time.now - 1000) / 120
    assert polls


def test_no_more_train_at_a_time_than_was_asked_for(world: World) -> None:
    world.labels.set_limits(trainings=50)
    world.labels.set_training(times=3)
    most = 0

    def count(_: Poll) -> None:
        nonlocal most
        most = max(most, list(world.statuses().values()).count("TRAINING_IN_PROGRESS"))

    assert len(by_name(world.submit(world.requests(7), max_concurrent=3, on_poll=count))) == 7
    assert world.created == [f"v{number}" for number in range(7)]  # none was refused
    assert most <= 3


def test_trainings_of_others_count_and_are_waited_for(world: World, driver: Driver) -> None:
    world.labels.set_limits(trainings=1)
    world.labels.set_training(times=9, version="theirs")
    world.there_is("theirs")

    plain_sleep = world.time.sleep

    def sleep(seconds: float) -> None:
        world.statuses()  # theirs ends by being looked at
        plain_sleep(seconds)

    world.time.sleep = sleep  # type: ignore[method-assign]
    driver.over(world.rekognition)
    found = by_name(world.submit(world.requests(2)))
    assert all(outcome.ok for outcome in found.values())
    assert world.created.count("v0") > 1  # refused, and tried again


def test_a_slot_that_never_becomes_free_is_given_up_with_the_refusal(world: World) -> None:
    world.labels.set_limits(trainings=0)
    began = world.time.now
    found = by_name(world.submit(world.requests(3), slot_timeout=3600))
    assert {type(outcome.error) for outcome in found.values()} == {LimitExceededError}
    assert "others in the account and region hold the slots" in notes(found["v2"].error)  # type: ignore[arg-type]
    assert world.statuses() == {}
    assert 3600 <= world.time.now - began < 3800


def test_a_full_project_is_told_at_once_and_the_others_are_trained(world: World) -> None:
    full = world.plain.create_project("full")
    world.labels.set_limits(trainings=200)
    for number in range(100):
        world.there_is(f"old{number}", project_arn=full)
    began = world.time.now
    found = by_name(world.submit([world.request("new", project_arn=full), world.request("v1")]))
    assert isinstance(found["new"].error, LimitExceededError)
    assert "The project has 100 versions: it is full" in notes(found["new"].error)
    assert found["v1"].ok
    assert world.time.now - began < 60


def test_a_training_that_fails_does_not_stop_the_others(world: World) -> None:
    world.labels.set_training(outcome="TRAINING_FAILED", message="bad", version="v1", project="shapes")
    found = by_name(world.submit(world.requests(4)))
    assert [name for name, outcome in found.items() if not outcome.ok] == ["v1"]
    assert isinstance(found["v1"].error, TrainingFailedError)
    assert found["v1"].version_arn
    with pytest.raises(TrainingFailedError, match="bad"):
        found["v1"].result()


def test_a_request_that_is_refused_does_not_stop_the_others(world: World) -> None:
    gone = str(world.project).replace("shapes", "gone")
    tagged = world.request("tagged", tags={f"key{number}": "x" for number in range(60)})
    adapter = world.request("adapter", feature_config={"ContentModeration": {"ConfidenceThreshold": 50}})
    found = by_name(world.submit([world.request("v1", project_arn=gone), adapter, tagged, world.request("v2")]))
    assert isinstance(found["v1"].error, ResourceNotFoundError)
    assert isinstance(found["adapter"].error, InvalidParameterError)
    assert isinstance(found["tagged"].error, ServiceError)
    assert found["v2"].ok
    assert "v1" not in world.created


def test_the_same_requests_again_start_nothing_and_report_everything(world: World) -> None:
    world.labels.set_training(outcome="TRAINING_FAILED", version="v1")
    list(world.submit(world.requests(3)))
    assert len(world.created) == 3
    again = by_name(world.submit(world.requests(4)))
    assert world.created == ["v0", "v1", "v2", "v3"]
    assert [again[f"v{number}"].was_there_already for number in range(4)] == [True, True, True, False]
    assert isinstance(again["v1"].error, TrainingFailedError)
    assert again["v0"].ok


def test_what_still_trains_is_adopted_and_waited_for(world: World) -> None:
    world.labels.set_training(times=5)
    polls = 0

    def stop(_: Poll) -> None:
        nonlocal polls
        polls += 1
        if polls == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        list(world.submit(world.requests(3), on_poll=stop))
    said = notes(caught.value)
    assert "These trainings go on and are billed: arn:aws:rekognition:us-east-1:123456789012:project/shapes/" in said
    assert "1 request had not been started" in said
    assert "again with the same requests" in said
    found = by_name(world.submit(world.requests(3)))
    assert all(outcome.ok for outcome in found.values())
    assert [found[f"v{number}"].was_there_already for number in range(3)] == [True, True, False]
    assert sorted(world.statuses()) == ["v0", "v1", "v2"]


def test_an_interrupted_iterator_goes_on_where_it_was(world: World) -> None:
    world.labels.set_training(times=3)
    once = iter([True])

    def stop(_: Poll) -> None:
        if next(once, False):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(world.submit(world.requests(3), on_poll=stop))
    assert len(world.submit.iterator.open) == 3
    found = by_name(world.submit.go_on())
    assert [found[f"v{number}"].was_there_already for number in range(3)] == [False] * 3
    assert world.submit.iterator.open == []


@pytest.mark.parametrize(
    ("there", "different"),
    [
        ({"prefix": "elsewhere"}, "its output is s3://my-bucket/elsewhere, the request's s3://my-bucket/out"),
        ({"manifest": "other"}, "its training manifests are s3://my-bucket/other.manifest"),
        ({"version_description": "mine"}, "its description is 'mine', the request's None"),
    ],
)
def test_a_name_that_is_taken_by_something_else_is_a_conflict(there: Any, different: str, world: World) -> None:
    world.there_is("v0", **there)
    found = by_name(world.submit(world.requests(2)))
    error = found["v0"].error
    assert isinstance(error, VersionConflictError)
    assert different in str(error)
    assert "Nothing was started. Choose another version_name" in str(error)
    assert error.description.version_name == "v0"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.differences, again.request) == (str(error), error.differences, error.request)
    assert world.created == ["v1"]
    assert found["v1"].ok


def test_a_copy_of_that_name_is_a_conflict(world: World) -> None:
    source = world.there_is("v0")
    world.statuses()
    target = world.plain.create_project("target")
    world.rekognition.copy_project_version(
        SourceProjectArn=world.project,
        SourceProjectVersionArn=source,
        DestinationProjectArn=target,
        VersionName="v0",
        OutputConfig={"S3Bucket": BUCKET, "S3KeyPrefix": "out"},
    )
    (found,) = world.submit([world.request("v0", project_arn=target)])
    assert "it is a copy of" in str(found.error)


@pytest.mark.parametrize("hang_up", ["before", "after"])
def test_an_answer_that_is_lost_starts_nothing_twice(hang_up: Any, world: World) -> None:
    world.labels.set_training(times=3)
    world.labels.inject(CREATE, hang_up=hang_up, times=2)
    found = by_name(world.submit(world.requests(3)))
    assert all(outcome.ok for outcome in found.values())
    assert sorted(world.statuses()) == ["v0", "v1", "v2"]


def test_throttling_and_500s_are_waited_out(world: World) -> None:
    world.labels.inject(DESCRIBE, error="ThrottlingException", times=7)
    world.labels.inject(CREATE, error="ThrottlingException", times=7)
    world.labels.inject(CREATE, error="InternalServerError", times=7)
    found = by_name(world.submit(world.requests(2)))
    assert all(outcome.ok for outcome in found.values())


def test_a_wait_that_times_out_says_so_and_the_rest_goes_on(world: World) -> None:
    world.labels.set_training(times=100, version="v0")
    found = by_name(world.submit(world.requests(2), timeout=50, schedule=Schedule(first=20, most=20)))
    assert isinstance(found["v0"].error, WaitTimeoutError)
    assert found["v1"].ok


def test_the_report_has_every_request_in_its_order(world: World, driver: Driver) -> None:
    world.labels.set_training(outcome="TRAINING_FAILED", message="bad \x1b[2J", version="v1")
    submission = submit_all(driver.client, world.requests(3))
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


def test_all_problems_are_told_before_anything_is_sent(world: World) -> None:
    fine = world.request("v1")
    broken = fine.to_dict() | {"VersionName": "not a name", "OutputConfig": {"S3Bucket": "x"}}
    requests = [fine, broken, world.request("v2"), fine, {"version_name": "v\x1b3"}]
    with pytest.raises(ValueError, match="nothing was sent") as caught:
        world.submit(requests)
    said = str(caught.value)
    assert "request 2 (not a name): VersionName: " in said
    assert "request 2 (not a name): OutputConfig.S3Bucket: " in said
    assert "request 4 (v1) names the same version as request 1" in said
    assert "request 5 (v\\x1b3): ProjectArn: " in said
    assert world.statuses() == {}
    assert world.created == []


@pytest.mark.parametrize(
    ("requests", "error", "message"),
    [
        (["v1"], TypeError, "not a str"),
        ("v1", TypeError, "put it in a list"),
        ({"version_name": "v1"}, TypeError, "put it in a list"),
    ],
)
def test_what_is_no_request_is_refused(requests: Any, error: type[Exception], message: str, world: World) -> None:
    with pytest.raises(error, match=message):
        world.submit(requests)


@pytest.mark.parametrize("numbers", [{"max_concurrent": 0}, {"slot_timeout": -1}, {"rate": 0}, {"timeout": -1}])
def test_numbers_out_of_range_are_refused(numbers: dict[str, Any], world: World) -> None:
    with pytest.raises(ValueError, match=next(iter(numbers))):
        list(world.submit(world.requests(1), **numbers))
    assert world.created == []


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
def test_arguments_of_other_types_are_refused_before_anything_is_sent(wrong: dict[str, Any], world: World) -> None:
    with pytest.raises(TypeError, match=f"{next(iter(wrong))} must be "):
        list(world.submit(world.requests(1), **wrong))
    assert world.created == []


def test_nothing_to_submit_is_an_empty_report(world: World) -> None:
    assert list(world.submit([])) == []
    assert str(world.submit.iterator._course.report()) == "no requests"


# -- what only a scripted wire says ------------------------------------------------------------------------------------

# botocore tries what it takes for throttling three times, and then it is one refusal
THROTTLED, LIMITED = [refusal("ThrottlingException")] * 3, [refusal("LimitExceededException", "Too many of them")] * 3
DENIED, EXPIRED = [refusal("AccessDeniedException")], [refusal("ExpiredTokenException")]
NOTHING = versions()
TAKEN = refusal("ResourceInUseException", "A project version with the name v1 already exists")


def wired(name: str = "v1") -> CreateProjectVersionRequest:
    output = OutputConfig(s3_bucket="results", s3_key_prefix="out")
    return CreateProjectVersionRequest(project_arn=PROJECT, version_name=name, output_config=output)


@pytest.fixture
def submit(driver: Driver, wire: Wire) -> Waiting:
    driver.over(wire.client())
    return Waiting(driver, submit_all)


def test_a_name_that_is_taken_between_the_look_and_the_create_is_looked_up_again(wire: Wire, submit: Waiting) -> None:
    # a version that was started a moment ago, by a process that was killed, may not be shown at once
    wire.on(DESCRIBE, NOTHING, NOTHING, NOTHING, versions(described("TRAINING_COMPLETED"))).on(CREATE, TAKEN)
    (found,) = submit([wired()])
    assert found.ok
    assert found.version_arn == VERSION
    assert len(wire.asked(CREATE)) == 1


def test_a_name_in_use_that_cannot_be_found_is_the_projects_own_trouble(wire: Wire, submit: Waiting) -> None:
    busy = refusal("ResourceInUseException", "The project is being deleted")
    wire.on(DESCRIBE, NOTHING).on(CREATE, busy)
    (found,) = submit([wired()])
    assert isinstance(found.error, ResourceInUseError)
    assert "it is not the name that is in use" in notes(found.error)


def test_a_limit_that_is_not_about_trainings_in_a_project_with_room_is_waited_out(wire: Wire, submit: Waiting) -> None:
    started = Answer({"ProjectVersionArn": VERSION})
    wire.on(DESCRIBE, NOTHING, NOTHING, versions(described("TRAINING_COMPLETED"))).on(CREATE, *LIMITED, started)
    (found,) = submit([wired()])
    assert found.ok


def test_looks_for_a_taken_name_that_are_throttled_are_made_again(wire: Wire, submit: Waiting) -> None:
    wire.on(DESCRIBE, NOTHING, *THROTTLED, versions(described("TRAINING_COMPLETED"))).on(CREATE, TAKEN)
    (found,) = submit([wired()])
    assert found.ok


def test_looks_for_a_taken_name_that_are_denied_leave_the_conflict(wire: Wire, submit: Waiting) -> None:
    wire.on(DESCRIBE, NOTHING, *DENIED).on(CREATE, TAKEN)
    (found,) = submit([wired()])
    assert isinstance(found.error, ResourceInUseError)
    assert "Looking for it failed: " in notes(found.error)


@pytest.mark.parametrize("refused", [[TAKEN], LIMITED])
def test_credentials_that_expire_while_a_refusal_is_looked_into_end_it(
    refused: list[Answer], wire: Wire, submit: Waiting
) -> None:
    wire.on(DESCRIBE, NOTHING, *EXPIRED).on(CREATE, *refused)
    with pytest.raises(ServiceError, match="ExpiredToken"):
        next(submit([wired()]))
    assert submit.iterator.open == [wired()]


@pytest.mark.parametrize("trouble", [THROTTLED, DENIED])
def test_a_limit_that_cannot_be_looked_into_is_waited_out(trouble: Any, wire: Wire, submit: Waiting) -> None:
    wire.on(DESCRIBE, NOTHING, *trouble, versions(described("TRAINING_COMPLETED")))
    wire.on(CREATE, *LIMITED, Answer({"ProjectVersionArn": VERSION}))
    (found,) = submit([wired()])
    assert found.ok


def test_a_service_that_cannot_be_reached_is_given_up_in_the_end(wire: Wire, submit: Waiting, time: FakeTime) -> None:
    wire.on(DESCRIBE, never_connected)
    found = list(submit([wired("v1"), wired("v2")], slot_timeout=600))
    assert [type(outcome.error).__name__ for outcome in found] == ["EndpointConnectionError"] * 2
    assert 600 <= time.now - 1000 < 800
    assert wire.asked(CREATE) == []


def test_a_certificate_that_is_wrong_from_the_start_is_not_waited_out(wire: Wire, submit: Waiting) -> None:
    wire.on(DESCRIBE, SSLError(endpoint_url="x", error=OSError("self-signed certificate")))
    with pytest.raises(SSLError):
        next(submit([wired()]))


def test_a_denied_look_starts_nothing(wire: Wire, submit: Waiting) -> None:
    wire.on(DESCRIBE, refusal("AccessDeniedException"))
    (found,) = submit([wired()])
    assert isinstance(found.error, AccessDeniedError)
    assert "nothing was started in that project" in notes(found.error)
    assert wire.asked(CREATE) == []


def test_a_denied_create_is_on_its_outcome(wire: Wire, submit: Waiting) -> None:
    wire.on(DESCRIBE, NOTHING).on(CREATE, refusal("AccessDeniedException"))
    found = list(submit([wired("v1"), wired("v2")]))
    assert [type(outcome.error) for outcome in found] == [AccessDeniedError] * 2


@pytest.mark.parametrize("when", [DESCRIBE, CREATE])
def test_expired_credentials_end_it_and_keep_every_request(when: str, wire: Wire, submit: Waiting) -> None:
    wire.on(DESCRIBE, NOTHING).on(CREATE, NOTHING).on(when, refusal("ExpiredTokenException"))
    with pytest.raises(ServiceError, match="ExpiredToken") as caught:
        next(submit([wired("v1"), wired("v2")]))
    assert "No training of it goes on. 2 requests had not been started" in notes(caught.value)
    assert submit.iterator.open == [wired("v1"), wired("v2")]


def test_a_cancelled_task_says_what_may_have_started_and_can_be_taken_up(wire: Wire, time: FakeTime) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def slowly() -> Answer:
        arrived.set()
        go_on.wait(10)
        return Answer({"ProjectVersionArn": VERSION})

    async def main() -> None:
        wire.on(DESCRIBE, NOTHING, versions(described("TRAINING_COMPLETED"))).on(CREATE, slowly, TAKEN)
        submission = submit_all(AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock), [wired()])
        task = asyncio.ensure_future(anext(submission))
        await asyncio.to_thread(arrived.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        go_on.set()
        assert "may have started" in notes(caught.value)
        assert "Run submit_all(client, requests) again with the same requests" in notes(caught.value)
        (found,) = (await submission.report()).outcomes
        assert found.ok
        assert not found.was_there_already

    asyncio.run(main())


def test_a_create_that_may_have_started_is_found_by_the_next_try(wire: Wire, submit: Waiting, time: FakeTime) -> None:
    # every answer is lost and no look shows the version; two minutes later the name is taken
    late = versions(described("TRAINING_COMPLETED"))
    wire.on(DESCRIBE, *[NOTHING] * 6, late).on(CREATE, *[answer_lost] * 3, TAKEN)
    (found,) = submit([wired()])
    assert found.ok
    assert found.version_arn == VERSION
    assert not found.was_there_already
    assert len(wire.asked(CREATE)) == 4
