"""Waiting until a version is trained, over a scripted wire and a clock that only sleeping moves."""

import asyncio
import copy
import logging
import math
import pickle
from itertools import islice
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, SSLError
from hypothesis import given
from hypothesis import strategies as st

from rekog_versions import (
    AccessDeniedError,
    AsyncVersionsClient,
    OutputConfig,
    Poll,
    ProjectVersionDescription,
    ProjectVersionStatus,
    ResponseError,
    Schedule,
    ServiceError,
    TrainingFailedError,
    UnreachableStatusError,
    VersionNotFoundError,
    VersionsClient,
    WaitError,
    WaitTimeoutError,
)
from tests.conftest import Driver
from tests.wire import (
    PROJECT,
    URL,
    VERSION,
    Answer,
    FakeTime,
    Wire,
    answer_lost,
    at,
    described,
    never_connected,
    refusal,
    versions,
)

DESCRIBE, PROJECTS = "DescribeProjectVersions", "DescribeProjects"
NAME = (PROJECT, "v1")
STEADY = Schedule(first=60, most=60, jitter=0)
THE_PROJECT = Answer({"ProjectDescriptions": [{"ProjectArn": PROJECT, "Status": "CREATED"}]})


def wait(driver: Driver, wire: Wire, version: Any = NAME, **kwargs: Any) -> ProjectVersionDescription:
    result = driver.over(wire.client())("wait_until_trained", version, **{"schedule": STEADY, **kwargs})
    assert isinstance(result, ProjectVersionDescription)
    return result


def notes(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))


TAKE_UP_AGAIN = f"client.wait_until_trained({VERSION!r})"


# -- what each status means --------------------------------------------------------------------------------------------

TRAINED = [
    "TRAINING_COMPLETED", "RUNNING", "STOPPED", "STARTING", "STOPPING", "FAILED", "DEPRECATED", "COPYING_COMPLETED",
]  # fmt: skip
NEVER = ["DELETING", "EXPIRED", "COPYING_IN_PROGRESS", "COPYING_FAILED"]


@pytest.mark.parametrize("status", TRAINED)
def test_every_status_that_follows_a_training_ends_the_wait(status: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS", status))
    assert wait(driver, wire).status == status
    assert wire.asked(DESCRIBE) == [{"ProjectArn": PROJECT, "VersionNames": ["v1"]}] * 2


@pytest.mark.parametrize("status", NEVER)
def test_a_status_from_which_there_is_no_way_raises_at_once(
    status: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(status))
    with pytest.raises(UnreachableStatusError, match=f"is {status}") as caught:
        wait(driver, wire)
    assert caught.value.version_arn == VERSION
    assert time.slept == []


def test_the_statuses_of_these_tests_are_all_fourteen() -> None:
    assert {*TRAINED, *NEVER, "TRAINING_IN_PROGRESS", "TRAINING_FAILED"} == set(ProjectVersionStatus)


def test_a_failed_training_tells_the_reason_and_where_the_errors_stand(wire: Wire, driver: Driver) -> None:
    def lies(name: str) -> dict[str, Any]:
        return {"GroundTruthManifest": {"S3Object": {"Bucket": "results", "Name": name}}}

    failed = described(
        "TRAINING_FAILED",
        StatusMessage="The manifest file contains too many invalid rows.\x1b[2J",
        ManifestSummary={"S3Object": {"Bucket": "results", "Name": "out/manifest_summary.json"}},
        TrainingDataResult={"Validation": {"Assets": [lies("out/training.json")]}},
        TestingDataResult={"Validation": {"Assets": [lies("out/testing.json")]}},
    )
    wire.on(DESCRIBE, versions(described()), versions(failed))
    with pytest.raises(TrainingFailedError) as caught:
        wait(driver, wire)
    error = caught.value
    assert error.status_message == "The manifest file contains too many invalid rows.\x1b[2J"
    assert error.manifest_summary is not None
    assert error.manifest_summary.uri == "s3://results/out/manifest_summary.json"
    assert [found.uri for found in error.validation_manifests] == [
        "s3://results/out/training.json",
        "s3://results/out/testing.json",
    ]
    assert error.version_arn == VERSION
    assert error.description is not None
    assert error.description.status == "TRAINING_FAILED"
    text = str(error)
    for part in (VERSION, "too many invalid rows", "s3://results/out/manifest_summary.json", "not billed"):
        assert part in text
    assert text.isprintable()


def test_a_failed_training_without_files_says_so(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(described("TRAINING_FAILED")))
    with pytest.raises(TrainingFailedError, match="the service gave no reason") as caught:
        wait(driver, wire)
    assert "names no validation files" in str(caught.value)
    assert caught.value.manifest_summary is None
    assert caught.value.validation_manifests == []


def test_an_unknown_status_goes_on_and_is_told_once(
    wire: Wire, driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    wire.on(DESCRIBE, *at("QUEUED\x1b", "QUEUED\x1b", "QUEUED\x1b", "TRAINING_COMPLETED"))
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        assert wait(driver, wire).status == "TRAINING_COMPLETED"
    (record,) = caplog.records
    assert "QUEUED\\x1b" in record.getMessage()
    assert "\x1b" not in record.getMessage()


def test_an_unknown_status_is_escaped_where_an_error_shows_it(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("QUEUED\x1b"))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(driver, wire, timeout=60)
    assert "QUEUED\\x1b" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_missing_status_goes_on(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions({"ProjectVersionArn": VERSION}), *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"


# -- polls that fail ---------------------------------------------------------------------------------------------------

PASSING = [
    refusal("ThrottlingException"),
    refusal("ProvisionedThroughputExceededException"),
    refusal("InternalServerError", status=500),
    refusal("SomethingNew", status=503),
    refusal("SomethingNew", status=429),
    Answer("<html>bad gateway</html>", 502),
    answer_lost,
    never_connected,
]


@pytest.mark.parametrize("fault", PASSING)
def test_polls_that_fail_for_passing_reasons_do_not_end_the_wait(fault: Any, wire: Wire, driver: Driver) -> None:
    # three attempts a poll are botocore's own, so two polls fail
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), *[fault] * 6, *at("TRAINING_COMPLETED"))
    polls: list[Poll] = []
    assert wait(driver, wire, on_poll=polls.append).status == "TRAINING_COMPLETED"
    assert [poll.error is not None for poll in polls][-1] is False
    assert any(poll.error for poll in polls)


def test_the_first_poll_may_fail_for_passing_reasons_too(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *[answer_lost] * 3, *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"


def test_a_tls_error_passes_only_where_a_connection_was_there_before(wire: Wire, driver: Driver) -> None:
    broken = SSLError(endpoint_url=URL, error=OSError("eof"))
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), broken, broken, broken, *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"
    wire.on(DESCRIBE, broken)
    with pytest.raises(SSLError):
        wait(driver, wire)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (refusal("ExpiredTokenException", "The security token included in the request is expired"), ServiceError),
        (refusal("UnrecognizedClientException", "The security token is invalid"), ServiceError),
        (refusal("AccessDeniedException", "not you"), AccessDeniedError),
        (Answer({"ProjectVersionDescriptions": "none of them"}), ResponseError),
        (Answer("<html>welcome to the hotel's network</html>", headers={}), ResponseError),
    ],
)
def test_what_does_not_pass_ends_the_wait_and_says_how_to_take_it_up_again(
    fault: Any, error: type[Exception], wire: Wire, driver: Driver
) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), fault)
    with pytest.raises(error) as caught:
        wait(driver, wire)
    assert TAKE_UP_AGAIN in notes(caught.value)


def test_before_the_version_was_seen_the_note_names_it_by_project_and_name(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, refusal("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        wait(driver, wire)
    assert f"client.wait_until_trained(({PROJECT!r}, 'v1'))" in notes(caught.value)


# -- a version that is not there ---------------------------------------------------------------------------------------


def test_a_version_that_is_not_found_at_first_is_waited_for(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, versions(), versions(), *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"
    assert time.slept == [5, 5]


def test_a_version_that_is_never_found_is_an_error_after_the_grace(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, versions())
    with pytest.raises(VersionNotFoundError, match="has no such version") as caught:
        wait(driver, wire)
    assert sum(time.slept) == 30
    assert caught.value.version_arn is None
    assert "'v1'" in caught.value.version


def test_a_version_that_vanishes_is_an_error_with_what_was_last_seen(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), versions())
    with pytest.raises(VersionNotFoundError, match="Its last status was TRAINING_IN_PROGRESS") as caught:
        wait(driver, wire)
    assert time.slept == [60, 5, 5, 5, 5, 5, 5]
    assert caught.value.version_arn == VERSION
    assert caught.value.description is not None


def test_an_empty_page_with_a_token_is_not_the_end_of_the_look(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(token="more"), *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"
    assert [asked.get("NextToken") for asked in wire.asked(DESCRIBE)] == [None, "more"]


def test_a_project_that_is_gone_counts_as_a_version_that_is_not_there(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, refusal("ResourceNotFoundException"))
    with pytest.raises(VersionNotFoundError):
        wait(driver, wire)
    assert len(wire.asked(DESCRIBE)) == 7


# -- the time limit ----------------------------------------------------------------------------------------------------


def test_a_time_limit_says_that_the_training_goes_on_and_is_billed(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(driver, wire, timeout=150)
    assert time.slept == [60, 60, 30]
    assert len(wire.asked(DESCRIBE)) == 4  # the last look is made at the very end of the time
    assert caught.value.elapsed == 150
    assert caught.value.description is not None
    for part in ("continues and is billed", "150 seconds", "TRAINING_IN_PROGRESS", TAKE_UP_AGAIN):
        assert part in str(caught.value)


def test_the_last_look_may_still_find_the_version_trained(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS", "TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"))
    assert wait(driver, wire, timeout=90).status == "TRAINING_COMPLETED"


def test_a_time_limit_of_nothing_is_one_look(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError):
        wait(driver, wire, timeout=0)
    assert len(wire.asked(DESCRIBE)) == 1
    wire.on(DESCRIBE, *at("STOPPED"))
    assert wait(driver, wire, timeout=0).status == "STOPPED"


def test_the_default_time_limit_is_25_hours(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError):
        wait(driver, wire, schedule=Schedule(first=3600, most=3600, jitter=0))
    assert sum(time.slept) == 25 * 3600


def test_without_a_time_limit_the_wait_goes_on(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at(*["TRAINING_IN_PROGRESS"] * 50, "TRAINING_COMPLETED"))
    hourly = Schedule(first=3600, most=3600, jitter=0)
    assert wait(driver, wire, timeout=None, schedule=hourly).status == "TRAINING_COMPLETED"
    assert sum(time.slept) == 50 * 3600


def test_a_time_limit_while_no_look_goes_through_says_so(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, answer_lost)
    with pytest.raises(WaitTimeoutError, match="no poll has found it") as caught:
        wait(driver, wire, timeout=50)
    assert "the last poll failed" in str(caught.value)


def test_a_wait_whose_polls_all_fail_ends_after_a_minute_with_the_error(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, answer_lost)
    with pytest.raises(ConnectionClosedError) as caught:
        wait(driver, wire)
    assert sum(time.slept) == 60
    assert "resumes the wait" in caught.value.__notes__[0]


@pytest.mark.parametrize("timeout", [-1, math.nan, math.inf, -math.inf])
def test_a_time_limit_out_of_range_is_refused(timeout: float, wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValueError, match="timeout must be 0 seconds or more"):
        wait(driver, wire, timeout=timeout)
    assert wire.sent == []


# -- which version it is -----------------------------------------------------------------------------------------------


def test_a_versions_arn_is_enough(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, THE_PROJECT).on(DESCRIBE, *at("TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"))
    assert wait(driver, wire, VERSION).status == "TRAINING_COMPLETED"
    # the project is looked up once, among adapters' projects too
    (asked,) = wire.asked(PROJECTS)
    assert asked == {"ProjectNames": ["shapes"], "Features": ["CONTENT_MODERATION", "CUSTOM_LABELS"]}


def test_a_description_is_enough(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, THE_PROJECT).on(DESCRIBE, *at("TRAINING_COMPLETED"))
    description = ProjectVersionDescription.model_validate(described())
    assert wait(driver, wire, description).status == "TRAINING_COMPLETED"


def test_looking_the_project_up_may_fail_for_passing_reasons(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, *[answer_lost] * 3, THE_PROJECT).on(DESCRIBE, *at("TRAINING_COMPLETED"))
    assert wait(driver, wire, VERSION).status == "TRAINING_COMPLETED"


def test_a_project_that_is_not_found_by_name_is_an_error_after_the_grace(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, Answer({"ProjectDescriptions": []}))
    with pytest.raises(VersionNotFoundError, match="no project 'shapes' was found"):
        wait(driver, wire, VERSION)
    assert wire.asked(DESCRIBE) == []


def test_another_version_of_the_same_name_is_not_taken_for_it(wire: Wire, driver: Driver) -> None:
    newer = VERSION.replace("1574317227432", "1999999999999")
    wire.on(PROJECTS, THE_PROJECT)
    wire.on(DESCRIBE, versions(described("TRAINING_COMPLETED", ProjectVersionArn=newer)))
    with pytest.raises(VersionNotFoundError, match="the version with that name is now") as caught:
        wait(driver, wire, VERSION)
    assert newer in str(caught.value)


@pytest.mark.parametrize(
    ("version", "error", "says"),
    [
        (PROJECT, ValueError, "it is a project ARN"),
        ("v1", ValueError, r"Pass that, or \(project_arn, version_name\)"),
        ((PROJECT, "not a name"), ValueError, "must not contain"),
        ((VERSION, "v1"), ValueError, "it is a project version ARN"),
        (ProjectVersionDescription(), ValueError, "no project_version_arn"),
        (None, TypeError, "got NoneType"),
        ((PROJECT,), TypeError, "got tuple"),
    ],
)
def test_what_names_no_version_is_refused_before_anything_is_sent(
    version: Any, error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(error, match=says):
        wait(driver, wire, version)
    assert wire.sent == []


# -- the schedule and on_poll ------------------------------------------------------------------------------------------


def test_delays_grow_up_to_the_longest(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at(*["TRAINING_IN_PROGRESS"] * 6, "TRAINING_COMPLETED"))
    wait(driver, wire, schedule=Schedule(first=10, factor=2, most=50, jitter=0))
    assert time.slept == [10, 20, 40, 50, 50, 50]


@given(
    first=st.floats(0.001, 1000),
    growth=st.floats(1, 10),
    factor=st.floats(1, 10),
    jitter=st.floats(0, 0.99),
)
def test_delays_stay_within_the_jitter_and_under_the_cap(
    first: float, growth: float, factor: float, jitter: float
) -> None:
    schedule = Schedule(first=first, factor=factor, most=first * growth, jitter=jitter)
    plain = islice(Schedule(first=first, factor=factor, most=first * growth, jitter=0).delays(), 12)
    for expected, delay in zip(plain, schedule.delays(), strict=False):
        assert expected * (1 - jitter) * 0.999 <= delay <= expected * (1 + jitter) * 1.001
        assert expected <= first * growth * 1.001


def test_two_waits_with_one_schedule_do_not_poll_together() -> None:
    schedule = Schedule()
    assert list(islice(schedule.delays(), 20)) != list(islice(schedule.delays(), 20))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"first": 0}, "first"),
        ({"first": 130}, "first <= most"),
        ({"most": math.inf}, "most=inf"),
        ({"first": math.nan}, "first=nan"),
        ({"factor": 0.5}, "factor must be 1 or more"),
        ({"jitter": 1}, "jitter must be from 0 to below 1"),
        ({"jitter": -0.1}, "jitter"),
    ],
)
def test_a_schedule_out_of_range_is_refused(fields: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Schedule(**fields)


def test_on_poll_gets_every_look_with_its_numbers(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(), *at("TRAINING_IN_PROGRESS"), *[answer_lost] * 3, *at("TRAINING_COMPLETED"))
    polls: list[Poll] = []
    wait(driver, wire, on_poll=polls.append)
    assert [poll.number for poll in polls] == [1, 2, 3, 4]
    assert [poll.status for poll in polls] == [None, "TRAINING_IN_PROGRESS", None, "TRAINING_COMPLETED"]
    assert [poll.elapsed for poll in polls] == [0, 5, 65, 125]
    assert [poll.next_in for poll in polls] == [5, 60, 60, None]
    assert [poll.arn for poll in polls] == [None, VERSION, VERSION, VERSION]
    assert isinstance(polls[2].error, ConnectionClosedError)
    assert polls[3].description is not None
    with pytest.raises(AttributeError):
        polls[0].number = 7  # type: ignore[misc]


def test_on_poll_sees_the_last_status_of_a_wait_that_fails(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("TRAINING_FAILED"))
    polls: list[Poll] = []
    with pytest.raises(TrainingFailedError):
        wait(driver, wire, on_poll=polls.append)
    assert [poll.status for poll in polls] == ["TRAINING_FAILED"]


def test_what_on_poll_raises_ends_the_wait_with_a_note(wire: Wire, driver: Driver) -> None:
    def give_up(poll: Poll) -> None:
        raise RuntimeError(f"had enough after {poll.number}")

    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    with pytest.raises(RuntimeError, match="had enough after 1") as caught:
        wait(driver, wire, on_poll=give_up)
    assert TAKE_UP_AGAIN in notes(caught.value)


def test_a_coroutine_function_is_refused_by_the_client_that_would_not_await_it(wire: Wire) -> None:
    async def on_poll(poll: Poll) -> None: ...

    client = VersionsClient(wire.client())
    with pytest.raises(TypeError, match="AsyncVersionsClient"):
        client.wait_until_trained(NAME, on_poll=on_poll)
    with pytest.raises(TypeError, match="AsyncVersionsClient"):
        client.train(
            project_arn=PROJECT, version_name="v1", output_config=OutputConfig(s3_bucket="b" * 3), on_poll=on_poll
        )
    assert wire.sent == []


def test_the_asyncio_client_awaits_an_on_poll_that_is_a_coroutine_function(wire: Wire, time: FakeTime) -> None:
    seen: list[Poll] = []

    async def on_poll(poll: Poll) -> None:
        await asyncio.sleep(0)
        seen.append(poll)

    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"))
    client = AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock)
    asyncio.run(client.wait_until_trained(NAME, on_poll=on_poll))
    assert [poll.status for poll in seen] == ["TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"]


# -- what ends a wait from outside -------------------------------------------------------------------------------------


def test_ctrl_c_while_sleeping_carries_the_arn_and_how_to_go_on(wire: Wire, time: FakeTime) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    client = VersionsClient(wire.client(), sleep=interrupted, clock=time.clock)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.wait_until_trained(NAME)
    assert TAKE_UP_AGAIN in notes(caught.value)
    assert "in any process" in notes(caught.value)


def test_ctrl_c_during_a_call_carries_the_arn_too(wire: Wire, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), KeyboardInterrupt())
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.wait_until_trained(NAME)
    assert TAKE_UP_AGAIN in notes(caught.value)


@pytest.mark.parametrize(
    "status", ["TRAINING_FAILED", "DELETING", "TRAINING_IN_PROGRESS"], ids=["failed", "unreachable", "timeout"]
)
def test_wait_errors_keep_class_fields_and_notes_through_pickle(status: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at(status))
    with pytest.raises(WaitError) as caught:
        wait(driver, wire, timeout=60)
    error = caught.value
    error.add_note("seen at night")
    for back in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(back) is type(error)
        assert str(back) == str(error)
        assert back.version_arn == VERSION
        assert back.description == error.description
        assert back.elapsed == error.elapsed
        assert back.__notes__ == ["seen at night"]
