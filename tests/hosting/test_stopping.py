"""Stopping a model, with both clients and a scripted service."""

import asyncio
import shlex
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import AccessDeniedError, ModelStillRunningError, ResourceInUseError
from rekog_versions.hosting import CostRange
from rekog_versions.hosting._async import stopping as for_asyncio
from rekog_versions.hosting._sync import stopping as for_boto3
from rekog_versions.hosting.stopping import MEANINGS, combined, still_running, stop_command
from rekog_versions.statuses import ProjectVersionStatus
from tests.wire import PROJECT, VERSION, FakeTime, HttpResponse, Wire, at, rejection, response_lost, versions

STOP, DESCRIBE = "StopProjectVersion", "DescribeProjectVersions"
ARN = ProjectVersionArn(VERSION)
BUSY = rejection("ResourceInUseException")
STOPPING = HttpResponse({"Status": "STOPPING"})


@pytest.fixture(params=["sync", "async"])
def stop(request: pytest.FixtureRequest, wire: Wire, time: FakeTime) -> Callable[..., ProjectVersionStatus | None]:
    """`stop_model` with one of the two clients, against the scripted service."""

    wire.on("DescribeProjects", HttpResponse({"ProjectDescriptions": [{"ProjectArn": PROJECT}]}))

    def stop_it(**options: Any) -> ProjectVersionStatus | None:
        reference = (PROJECT, "v1")
        if request.param == "sync":
            client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
            return for_boto3.stop_model(client, reference, ARN, **options)
        async_client = AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock)
        return asyncio.run(for_asyncio.stop_model(async_client, reference, ARN, **options))

    return stop_it


Stop = Callable[..., ProjectVersionStatus | None]


def test_a_running_model_is_stopped_by_one_call(stop: Stop, wire: Wire) -> None:
    wire.on(STOP, STOPPING)
    assert stop() == "STOPPING"
    assert wire.sent == [(STOP, {"ProjectVersionArn": VERSION})]


def test_a_starting_model_is_stopped_once_it_is_running_and_the_wait_is_logged_once(
    stop: Stop, wire: Wire, time: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:
    wire.on(STOP, BUSY, BUSY, BUSY, STOPPING).on(DESCRIBE, *at("STARTING"))
    assert stop() == "STOPPING"
    assert time.slept == [5, 5, 5]
    assert caplog.text.count("can only be stopped once it is RUNNING") == 1
    assert f"is FAILED: aws rekognition stop-project-version --project-version-arn {VERSION}" in caplog.text


def test_failures_before_the_start_was_visible_do_not_count_later(stop: Stop, wire: Wire) -> None:
    denied = rejection("AccessDeniedException")  # three denials in a row end the attempts
    wire.on(STOP, denied, denied, BUSY, denied, denied, STOPPING).on(DESCRIBE, *at("STARTING"))
    assert stop() == "STOPPING"


def test_a_model_that_stays_in_starting_is_given_up_after_an_hour(
    stop: Stop, wire: Wire, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (for_boto3, for_asyncio):
        monkeypatch.setattr(module, "STARTING_PAUSE", 90.0)
    wire.on(STOP, BUSY).on(DESCRIBE, *at("STARTING"))
    with pytest.raises(ModelStillRunningError, match="still STARTING after 60 minutes") as caught:
        stop()
    assert isinstance(caught.value.__cause__, ResourceInUseError)
    assert f"Repeat this command until it succeeds or the status is FAILED: {caught.value.command}" in str(caught.value)
    assert 3600 <= sum(time.slept) < 3700


@pytest.mark.parametrize("status", ["STOPPING", "STOPPED", "FAILED", "DELETING", "TRAINING_COMPLETED"])
def test_a_model_that_is_not_running_needs_no_stop(status: str, stop: Stop, wire: Wire, time: FakeTime) -> None:
    wire.on(STOP, BUSY).on(DESCRIBE, *at(status))
    assert stop() == status
    assert time.slept == []


def test_a_deleted_version_needs_no_stop(stop: Stop, wire: Wire) -> None:
    wire.on(STOP, rejection("ResourceNotFoundException")).on(DESCRIBE, versions())
    assert stop() is None


def test_another_version_with_the_same_name_is_not_taken_for_the_model(stop: Stop, wire: Wire) -> None:
    other = {"ProjectVersionArn": f"{VERSION}0", "Status": "RUNNING"}
    wire.on(STOP, rejection("ResourceNotFoundException")).on(DESCRIBE, versions(other))
    assert stop() is None


def test_a_start_that_becomes_visible_late_is_stopped(stop: Stop, wire: Wire, time: FakeTime) -> None:
    wire.on(STOP, BUSY, BUSY, BUSY, STOPPING).on(DESCRIBE, *at("TRAINING_COMPLETED", "TRAINING_COMPLETED", "STARTING"))
    assert stop(may_be_starting=True) == "STOPPING"
    assert time.slept == [1, 2, 5]


def test_a_start_that_never_becomes_visible_is_watched_for_half_a_minute(
    stop: Stop, wire: Wire, time: FakeTime
) -> None:
    wire.on(STOP, BUSY).on(DESCRIBE, *at("STOPPED"))
    assert stop(may_be_starting=True) == "STOPPED"
    assert sum(time.slept) == 30


@pytest.mark.parametrize(("seen", "pause"), [("STARTING", 5), ("RUNNING", 1)])
def test_once_the_start_was_visible_an_idle_status_is_believed_at_once(
    seen: str, pause: float, stop: Stop, wire: Wire, time: FakeTime
) -> None:
    wire.on(STOP, BUSY).on(DESCRIBE, *at(seen, "FAILED"))
    assert stop(may_be_starting=True) == "FAILED"
    assert time.slept == [pause]


def test_a_lost_response_is_followed_by_a_lookup(stop: Stop, wire: Wire, time: FakeTime) -> None:
    wire.on(STOP, response_lost, response_lost, response_lost, BUSY).on(DESCRIBE, *at("STOPPING"))
    assert stop() == "STOPPING"
    assert time.slept == [1]


def test_throttling_is_retried_for_two_minutes(stop: Stop, wire: Wire, time: FakeTime) -> None:
    wire.on(STOP, rejection("ThrottlingException"))
    with pytest.raises(ModelStillRunningError) as caught:
        stop()
    assert isinstance(caught.value.__cause__, ClientError)
    assert time.slept == [1, 2, 4, 8, 15, 30, 60]


def test_a_5xx_response_is_retried_too_and_each_attempt_looks_up_its_outcome(
    stop: Stop, wire: Wire, time: FakeTime
) -> None:
    wire.on(STOP, rejection("InternalServerError", status=500)).on(DESCRIBE, *at("RUNNING"))
    with pytest.raises(ModelStillRunningError):
        stop()
    lookup = [1, 2, 4, 8, 15]
    assert time.slept == [seconds for pause in [1, 2, 4, 8, 15, 30, 60] for seconds in (*lookup, pause)] + lookup


def test_a_failed_lookup_is_retried_too(stop: Stop, wire: Wire, time: FakeTime) -> None:
    wire.on(STOP, BUSY).on(DESCRIBE, response_lost)
    with pytest.raises(ModelStillRunningError) as caught:
        stop()
    assert isinstance(caught.value.__cause__, BotoCoreError)
    assert time.slept == [1, 2, 4, 8, 15, 30, 60]


def test_a_denial_is_attempted_three_times(stop: Stop, wire: Wire, time: FakeTime) -> None:
    wire.on(STOP, rejection("AccessDeniedException"))
    with pytest.raises(ModelStillRunningError) as caught:
        stop()
    assert isinstance(caught.value.__cause__, AccessDeniedError)
    assert time.slept == [1, 2]


@pytest.mark.parametrize("status", ["RUNNING", "SOMETHING_NEW"])
def test_a_rejection_of_the_stop_of_a_running_model_is_not_believed(status: str, stop: Stop, wire: Wire) -> None:
    wire.on(STOP, BUSY, BUSY, BUSY, BUSY, STOPPING).on(DESCRIBE, *at(status))
    assert stop() == "STOPPING"


def test_a_response_without_a_status_is_an_acceptance(stop: Stop, wire: Wire) -> None:
    wire.on(STOP, HttpResponse({}))
    assert stop() == "STOPPING"


def test_every_status_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ProjectVersionStatus)


def test_the_command_is_quoted_for_a_shell(wire: Wire) -> None:
    command = f"aws rekognition stop-project-version --project-version-arn {VERSION} --region us-east-1"
    assert stop_command(VersionsClient(wire.client()), VERSION) == command

    class Elsewhere:
        """A client for another endpoint."""

        class rekognition:  # noqa: N801
            class meta:  # noqa: N801
                region_name, endpoint_url = "eu-west-1", "http://127.0.0.1:5000/;rm -rf $HOME\n"

    words = shlex.split(stop_command(Elsewhere(), VERSION))
    assert words[4:] == [VERSION, "--region", "eu-west-1", "--endpoint-url", r"http://127.0.0.1:5000/;rm -rf $HOME\n"]


def test_the_error_names_the_cost_and_the_command() -> None:
    hourly = CostRange(Decimal(4), Decimal(8))
    error = still_running(ARN, "aws ...", hourly, ValueError("\x1b[2J"), is_starting=False)
    assert (error.version_arn, error.command) == (VERSION, "aws ...")
    assert "costs 4.00 to 8.00 USD an hour until it is stopped. Stop it with: aws ..." in str(error)
    assert "\x1b" not in str(error)
    assert "is billed until it is stopped" in str(still_running(ARN, "aws", None, ValueError(), is_starting=False))


def test_the_error_of_the_body_and_the_error_of_the_stop_are_both_raised() -> None:
    failure = ModelStillRunningError("it is running", version_arn=ARN, command="aws ...")
    assert combined(None, failure) is failure
    body = ValueError("of the body")
    both = combined(body, failure)
    assert isinstance(both, ExceptionGroup)
    assert both.exceptions == (body, failure)
    interrupt = KeyboardInterrupt()
    assert combined(interrupt, failure) is interrupt
    assert interrupt.__notes__ == ["ModelStillRunningError: it is running"]
