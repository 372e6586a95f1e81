"""The flow that stops a model, at the wire."""

import shlex
from decimal import Decimal

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from rekog_versions import VersionsClient
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import AccessDeniedError, ModelStillRunningError, ResourceInUseError
from rekog_versions.hosting import CostRange
from rekog_versions.hosting.stopping import STATUSES, by_hand, combined, still_running, stopping
from rekog_versions.operations.versions import Look, whereabouts
from rekog_versions.statuses import ProjectVersionStatus
from tests.wire import PROJECT, VERSION, Answer, FakeTime, Wire, answer_lost, at, refusal, versions

STOP, DESCRIBE = "StopProjectVersion", "DescribeProjectVersions"
ARN = ProjectVersionArn(VERSION)
BUSY = refusal("ResourceInUseException")
STOPPING = Answer({"Status": "STOPPING"})


def stop(wire: Wire, time: FakeTime, *, unsure: bool = False) -> ProjectVersionStatus | None:
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    return client.run_flow(stopping(Look(whereabouts((PROJECT, "v1"))), ARN, clock=time.clock, unsure=unsure))


def test_a_model_that_runs_is_stopped_by_one_call(wire: Wire, time: FakeTime) -> None:
    assert stop(wire.on(STOP, STOPPING), time) == "STOPPING"
    assert wire.sent == [(STOP, {"ProjectVersionArn": VERSION})]


def test_a_model_that_starts_is_stopped_as_soon_as_it_runs_and_the_wait_is_said_once(
    wire: Wire, time: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:
    wire.on(STOP, BUSY, BUSY, BUSY, STOPPING).on(DESCRIBE, *at("STARTING"))
    assert stop(wire, time) == "STOPPING"
    assert time.slept == [5, 5, 5]
    assert caplog.text.count("can be stopped only when it runs") == 1


def test_what_failed_before_it_was_seen_to_start_is_not_held_against_what_fails_later(
    wire: Wire, time: FakeTime
) -> None:
    denied = refusal("AccessDeniedException")  # is tried three times
    wire.on(STOP, denied, denied, BUSY, denied, denied, STOPPING).on(DESCRIBE, *at("STARTING"))
    assert stop(wire, time) == "STOPPING"


def test_a_model_that_starts_for_ever_is_given_up_on(wire: Wire, time: FakeTime) -> None:
    with pytest.raises(ResourceInUseError):
        stop(wire.on(STOP, BUSY).on(DESCRIBE, *at("STARTING")), time)
    assert 3600 <= sum(time.slept) < 3700


@pytest.mark.parametrize("status", ["STOPPING", "STOPPED", "FAILED", "DELETING", "TRAINING_COMPLETED"])
def test_a_model_that_does_not_run_any_more_needs_no_stop(status: str, wire: Wire, time: FakeTime) -> None:
    assert stop(wire.on(STOP, BUSY).on(DESCRIBE, *at(status)), time) == status
    assert time.slept == []


def test_a_version_that_is_gone_needs_no_stop(wire: Wire, time: FakeTime) -> None:
    assert stop(wire.on(STOP, refusal("ResourceNotFoundException")).on(DESCRIBE, versions()), time) is None


def test_a_start_that_shows_late_is_stopped_all_the_same(wire: Wire, time: FakeTime) -> None:
    wire.on(STOP, BUSY, BUSY, BUSY, STOPPING).on(DESCRIBE, *at("TRAINING_COMPLETED", "TRAINING_COMPLETED", "STARTING"))
    assert stop(wire, time, unsure=True) == "STOPPING"
    assert time.slept == [1, 2, 5]


def test_a_start_that_never_shows_is_waited_for_half_a_minute(wire: Wire, time: FakeTime) -> None:
    assert stop(wire.on(STOP, BUSY).on(DESCRIBE, *at("STOPPED")), time, unsure=True) == "STOPPED"
    assert sum(time.slept) == 30


@pytest.mark.parametrize(("seen", "pause"), [("STARTING", 5), ("RUNNING", 1)])
def test_once_it_was_seen_to_start_an_idle_status_is_believed_at_once(
    seen: str, pause: float, wire: Wire, time: FakeTime
) -> None:
    wire.on(STOP, BUSY).on(DESCRIBE, *at(seen, "FAILED"))
    assert stop(wire, time, unsure=True) == "FAILED"
    assert time.slept == [pause]


def test_an_answer_that_was_lost_is_asked_for_again(wire: Wire, time: FakeTime) -> None:
    wire.on(STOP, answer_lost, answer_lost, answer_lost, BUSY).on(DESCRIBE, *at("STOPPING"))
    assert stop(wire, time) == "STOPPING"
    assert time.slept == [1]


@pytest.mark.parametrize("fault", [refusal("ThrottlingException"), refusal("InternalServerError", status=500)])
def test_what_passes_is_tried_again_for_two_minutes(fault: Answer, wire: Wire, time: FakeTime) -> None:
    with pytest.raises(ClientError):
        stop(wire.on(STOP, fault), time)
    assert time.slept == [1, 2, 4, 8, 15, 30, 60]


def test_a_failure_to_look_counts_too(wire: Wire, time: FakeTime) -> None:
    with pytest.raises(BotoCoreError):
        stop(wire.on(STOP, BUSY).on(DESCRIBE, answer_lost), time)
    assert time.slept == [1, 2, 4, 8, 15, 30, 60]


def test_what_does_not_pass_is_tried_three_times(wire: Wire, time: FakeTime) -> None:
    with pytest.raises(AccessDeniedError):
        stop(wire.on(STOP, refusal("AccessDeniedException")), time)
    assert time.slept == [1, 2]


@pytest.mark.parametrize("status", ["RUNNING", "SOMETHING_NEW"])
def test_a_refusal_although_it_runs_is_not_believed(status: str, wire: Wire, time: FakeTime) -> None:
    assert stop(wire.on(STOP, BUSY, BUSY, BUSY, BUSY, STOPPING).on(DESCRIBE, *at(status)), time) == "STOPPING"


def test_every_status_means_something() -> None:
    assert set(STATUSES) == set(ProjectVersionStatus)


def test_an_answer_without_a_status_is_an_acceptance(wire: Wire, time: FakeTime) -> None:
    assert stop(wire.on(STOP, Answer({})), time) == "STOPPING"


def test_the_command_is_fit_for_a_shell() -> None:
    assert by_hand(VERSION) == (
        f"aws rekognition stop-project-version --project-version-arn {VERSION} --region us-east-1"
    )
    words = shlex.split(by_hand(VERSION, "eu-west-1", "http://127.0.0.1:5000/;rm -rf $HOME\n"))
    assert words[4:] == [VERSION, "--region", "eu-west-1", "--endpoint-url", r"http://127.0.0.1:5000/;rm -rf $HOME\n"]


def test_the_error_says_what_it_costs_and_how_to_end_it() -> None:
    error = still_running(ARN, "aws ...", CostRange(Decimal(4), Decimal(8)), ValueError("\x1b[2J"))
    assert (error.version_arn, error.command) == (VERSION, "aws ...")
    assert "costs 4.00 to 8.00 USD an hour until it is stopped. Stop it by hand: aws ..." in str(error)
    assert "\x1b" not in str(error)


def test_neither_error_hides_the_other() -> None:
    failure = ModelStillRunningError("it runs", version_arn=ARN, command="aws ...")
    assert combined(None, failure) is failure
    body = ValueError("of the body")
    both = combined(body, failure)
    assert isinstance(both, ExceptionGroup)
    assert both.exceptions == (body, failure)
    interrupt = KeyboardInterrupt()
    assert combined(interrupt, failure) is interrupt
    assert interrupt.__notes__ == ["ModelStillRunningError: it runs"]
