"""Waits until a version is running, stopped, copied or deleted; both clients."""

import pickle
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from rekog_versions import (
    AccessDeniedError,
    Poll,
    Schedule,
    UnreachableStatusError,
    VersionNotFoundError,
    WaitError,
    WaitTimeoutError,
)
from rekog_versions.errors import CopyFailedError, StartFailedError
from tests.conftest import Driver
from tests.waiting.verdicts import MEANINGS
from tests.wire import PROJECT, VERSION, FakeTime, Wire, at, described, rejection, response_lost, versions

DESCRIBE = "DescribeProjectVersions"
NAME = (PROJECT, "v1")
STEADY = Schedule(first=60, most=60, jitter=0)
PENDING = {"running": "STARTING", "stopped": "STOPPING", "copied": "COPYING_IN_PROGRESS", "deleted": "DELETING"}
WORK = {"running": "start", "stopped": "stop", "copied": "copying", "deleted": "deletion"}
MISSING = versions()


def cells(meaning: str) -> list[tuple[str, str]]:
    """Return the pairs of status and target that have a meaning."""
    return [(status, target) for status, target, said in MEANINGS if said == meaning and target in PENDING]


BEFORE = cells("before")


def wait(driver: Driver, wire: Wire, target: str, version: Any = NAME, **kwargs: Any) -> Any:
    return driver.over(wire.client())(f"wait_until_{target}", version, **{"schedule": STEADY, **kwargs})


@pytest.mark.parametrize(("status", "target"), cells("reached"))
def test_a_wait_ends_when_its_status_is_reached(status: str, target: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at(PENDING[target], status))
    assert wait(driver, wire, target).status == status
    assert len(wire.requests_of(DESCRIBE)) == 2


@pytest.mark.parametrize(("status", "target"), cells("never"))
def test_a_status_that_cannot_lead_to_the_target_raises_at_once(
    status: str, target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(status))
    with pytest.raises(UnreachableStatusError, match=f"is {status} and cannot become {target}"):
        wait(driver, wire, target)
    assert time.slept == []


@pytest.mark.parametrize(("status", "target"), BEFORE)
def test_a_status_from_before_the_call_does_not_end_the_wait_at_first(
    status: str, target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    last = [MISSING] if target == "deleted" else at({"running": "RUNNING", "stopped": "STOPPED"}[target])
    wire.on(DESCRIBE, *at(status, status, PENDING[target]), *last)
    wait(driver, wire, target)
    assert time.slept == [5, 5, 60]


@pytest.mark.parametrize(("status", "target"), BEFORE)
def test_a_status_from_before_the_call_that_stays_names_the_missing_call(
    status: str, target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(status))
    with pytest.raises(UnreachableStatusError) as caught:
        wait(driver, wire, target)
    assert sum(time.slept) == 30
    verb = {"running": "start", "stopped": "stop", "deleted": "delete"}[target]
    assert f"client.{verb}_project_version({VERSION!r}) first" in str(caught.value)


@pytest.mark.parametrize(("status", "target"), BEFORE)
def test_after_the_call_took_effect_a_status_from_before_it_ends_the_wait(
    status: str, target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    """Another call stopped the model that was starting, or started the one that was stopping."""
    wire.on(DESCRIBE, *at(PENDING[target], status))
    with pytest.raises(UnreachableStatusError, match=f"and cannot become {target}"):
        wait(driver, wire, target)
    assert time.slept == [60]


def test_a_failed_start_gives_the_services_reason(wire: Wire, driver: Driver) -> None:
    failed = described("FAILED", StatusMessage="Amazon Rekognition experienced a service issue.\x1b[2J")
    wire.on(DESCRIBE, *at("STARTING"), versions(failed))
    with pytest.raises(StartFailedError, match="experienced a service issue") as caught:
        wait(driver, wire, "running")
    assert caught.value.status_message == "Amazon Rekognition experienced a service issue.\x1b[2J"
    assert caught.value.version_arn == VERSION
    assert "is not billed" in str(caught.value)
    assert str(caught.value).isprintable()
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is StartFailedError
    assert vars(again) == vars(caught.value)


def test_the_failure_of_an_earlier_start_does_not_end_the_wait(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("FAILED", "STARTING", "RUNNING"))
    assert wait(driver, wire, "running").status == "RUNNING"


def test_a_failure_that_stays_is_the_failure_of_this_start(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at("FAILED"))
    with pytest.raises(StartFailedError, match="the service gave no reason"):
        wait(driver, wire, "running")
    assert sum(time.slept) == 30


def test_the_timeout_error_of_a_start_names_the_call_that_stops_the_model(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("STARTING"))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(driver, wire, "running", timeout=100)
    for part in (
        "billed until",
        f"client.stop_project_version({VERSION!r})",
        f"client.wait_until_running({VERSION!r})",
    ):
        assert part in str(caught.value)


def test_the_timeout_error_of_a_stop_says_that_the_model_is_billed(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("STOPPING"))
    with pytest.raises(WaitTimeoutError, match="billed until it has stopped"):
        wait(driver, wire, "stopped", timeout=100)


def test_a_failed_copy_gives_the_reason_and_says_that_its_name_stays_taken(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("COPYING_IN_PROGRESS"), versions(described("COPYING_FAILED", StatusMessage="No access.")))
    with pytest.raises(CopyFailedError, match="No access") as caught:
        wait(driver, wire, "copied")
    assert caught.value.status_message == "No access."
    assert "Its name stays taken" in str(caught.value)


def test_a_version_that_disappears_is_deleted_and_the_wait_returns_none(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    polls: list[Poll] = []
    wire.on(DESCRIBE, *at("DELETING", "DELETING"), MISSING)
    assert wait(driver, wire, "deleted", on_poll=polls.append) is None
    assert [poll.status for poll in polls] == ["DELETING", "DELETING", None]
    assert time.slept == [60, 60]


def test_a_version_that_never_existed_counts_as_deleted_at_once(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, MISSING)
    assert wait(driver, wire, "deleted") is None
    assert time.slept == []


def test_a_version_that_was_never_found_is_logged(wire: Wire, driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    call = driver.over(wire.on(DESCRIBE, versions(described("DELETING")), MISSING).client())
    call("wait_until_deleted", NAME)
    assert "was not found by any poll" not in caplog.text
    call("wait_until_deleted", (PROJECT, "mistyped"))
    assert "'mistyped' of project" in caplog.text
    assert "if it never existed, check its name" in caplog.text


def test_the_versions_of_a_deleted_project_count_as_deleted(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("DELETING"), rejection("ResourceNotFoundException"))
    assert wait(driver, wire, "deleted") is None


def test_a_new_version_of_the_same_name_does_not_prolong_the_wait(wire: Wire, driver: Driver) -> None:
    other = described("TRAINING_IN_PROGRESS", ProjectVersionArn=VERSION.replace("1574317227432", "1574319999999"))
    wire.on(DESCRIBE, *at("DELETING"), versions(other))
    assert wait(driver, wire, "deleted") is None


def test_a_failed_poll_does_not_count_as_a_deleted_version(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("DELETING"), response_lost)
    with pytest.raises(WaitTimeoutError, match="the last poll failed"):
        wait(driver, wire, "deleted", timeout=100)


@pytest.mark.parametrize("target", ["running", "stopped", "copied"])
def test_a_missing_version_is_an_error_after_the_grace_period(
    target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, MISSING)
    with pytest.raises(VersionNotFoundError, match="no such version"):
        wait(driver, wire, target)
    assert sum(time.slept) == 30


@pytest.mark.parametrize(
    ("target", "timeout"), [("running", 3600), ("stopped", 1800), ("copied", 6 * 3600), ("deleted", 1800)]
)
def test_each_wait_gives_up_after_its_default_timeout(
    target: str, timeout: float, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(PENDING[target]))
    with pytest.raises(WaitTimeoutError, match=f"within {timeout:g} seconds"):
        wait(driver, wire, target)
    assert sum(time.slept) == timeout


@pytest.mark.parametrize(("target", "delays"), [("running", (5, 30)), ("stopped", (5, 30)), ("copied", (10, 60))])
def test_each_wait_polls_with_its_default_delays(
    target: str, delays: tuple[float, float], wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(*[PENDING[target]] * 20, {"running": "RUNNING", "stopped": "STOPPED"}.get(target, "STOPPED")))
    wait(driver, wire, target, schedule=None)
    assert (time.slept[0], time.slept[-1]) == pytest.approx(delays, rel=0.1)


@pytest.mark.parametrize("target", PENDING)
def test_an_error_that_ends_a_wait_says_how_to_resume_it(target: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at(PENDING[target]), rejection("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        wait(driver, wire, target)
    assert f"client.wait_until_{target}({VERSION!r})" in caught.value.__notes__[-1]
    assert f"not its {WORK[target]}" in caught.value.__notes__[-1]


def test_a_timeout_before_the_first_successful_poll_is_a_wait_timeout_error(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, response_lost)
    with pytest.raises(WaitError) as caught:
        wait(driver, wire, "running", timeout=10)
    assert isinstance(caught.value, WaitTimeoutError)
    assert not isinstance(caught.value, ConnectionClosedError)
