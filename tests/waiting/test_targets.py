"""Waiting until a version runs, has stopped, is copied or gone: what is particular to each; both clients."""

import pickle
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from rekog_versions import (
    AccessDeniedError,
    Poll,
    ProjectVersionStatus,
    Schedule,
    UnreachableStatusError,
    VersionNotFoundError,
    VersionsClient,
    WaitError,
    WaitTimeoutError,
)
from rekog_versions.errors import CopyFailedError, StartFailedError
from rekog_versions.statuses import COPIED, DELETED, RUNNING, STOPPED, TRAINED, Verdict, WaitTarget
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, FakeTime, Wire, answer_lost, at, described, refusal, versions

DESCRIBE = "DescribeProjectVersions"
NAME = (PROJECT, "v1")
STEADY = Schedule(first=60, most=60, jitter=0)
TARGETS = {target.name: target for target in (RUNNING, STOPPED, COPIED, DELETED)}
GOES_ON = {"running": "STARTING", "stopped": "STOPPING", "copied": "COPYING_IN_PROGRESS", "deleted": "DELETING"}
GONE = versions()

# For each status of the service, in the order of its model: does the wait end well, go on, fail, or is there no way?
TABLE = """
                        running  stopped  copied   deleted
TRAINING_IN_PROGRESS    no way   no way   no way   no way
TRAINING_COMPLETED      lags     no way   no way   lags
TRAINING_FAILED         no way   no way   no way   lags
STARTING                goes on  no way   reached  no way
RUNNING                 reached  lags     reached  no way
FAILED                  fails    reached  reached  lags
STOPPING                no way   goes on  reached  no way
STOPPED                 lags     reached  reached  lags
DELETING                no way   no way   no way   goes on
COPYING_IN_PROGRESS     no way   no way   goes on  no way
COPYING_COMPLETED       lags     no way   reached  lags
COPYING_FAILED          no way   no way   fails    lags
DEPRECATED              no way   no way   reached  lags
EXPIRED                 no way   no way   no way   lags
"""
WORDS = {
    "reached": Verdict.REACHED,
    "goes on": Verdict.GO_ON,
    "fails": Verdict.FAILED,
    "no way": Verdict.UNREACHABLE,
    "lags": Verdict.UNREACHABLE,  # for good; for a moment it is taken for the status before the call
}


def cells() -> list[tuple[str, str, str]]:
    head, *rows = [line for line in TABLE.splitlines() if line]
    places = {name: head.index(name) for name in head.split()}
    return [(row.split()[0], name, row[start : start + 9].strip()) for row in rows for name, start in places.items()]


CELLS = cells()


def test_the_table_has_all_fourteen_statuses_for_each_target() -> None:
    assert [status for status, name, _ in CELLS if name == "running"] == [
        status.value for status in ProjectVersionStatus
    ]
    for target in (*TARGETS.values(), TRAINED):
        assert set(target.verdicts) == set(ProjectVersionStatus)


@pytest.mark.parametrize(("status", "target", "word"), CELLS)
def test_each_status_is_classified_for_each_target(status: str, target: str, word: str) -> None:
    assert TARGETS[target].verdict(ProjectVersionStatus(status)) is WORDS[word]
    may_lag = status in TARGETS[target].before
    assert may_lag is (word == "lags" or (status, target) == ("FAILED", "running"))


@pytest.mark.parametrize("target", [*TARGETS.values(), TRAINED], ids=lambda target: target.name)
def test_a_status_that_is_unknown_or_missing_goes_on(target: WaitTarget) -> None:
    assert target.verdict(None) is Verdict.GO_ON
    assert target.verdict(ProjectVersionStatus("RESTING")) is Verdict.GO_ON


def wait(driver: Driver, wire: Wire, target: str, version: Any = NAME, **kwargs: Any) -> Any:
    return driver.over(wire.client())(f"wait_until_{target}", version, **{"schedule": STEADY, **kwargs})


@pytest.mark.parametrize(("status", "target"), [cell[:2] for cell in CELLS if cell[2] == "reached"])
def test_what_was_waited_for_ends_the_wait(status: str, target: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at(GOES_ON[target], status))
    assert wait(driver, wire, target).status == status
    assert len(wire.asked(DESCRIBE)) == 2


@pytest.mark.parametrize(("status", "target"), [cell[:2] for cell in CELLS if cell[2] == "no way"])
def test_where_there_is_no_way_it_raises_at_once(
    status: str, target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(status))
    with pytest.raises(UnreachableStatusError, match=f"is {status} and cannot become {target}"):
        wait(driver, wire, target)
    assert time.slept == []


LAGGING = [cell[:2] for cell in CELLS if cell[2] == "lags"]


@pytest.mark.parametrize(("status", "target"), LAGGING)
def test_a_status_from_before_the_call_is_not_believed_at_once(
    status: str, target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    last = [GONE] if target == "deleted" else at({"running": "RUNNING", "stopped": "STOPPED"}[target])
    wire.on(DESCRIBE, *at(status, status, GOES_ON[target]), *last)
    wait(driver, wire, target)
    assert time.slept == [5, 5, 60]


@pytest.mark.parametrize(("status", "target"), LAGGING)
def test_a_status_that_stays_is_believed_and_the_call_that_is_missing_named(
    status: str, target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(status))
    with pytest.raises(UnreachableStatusError) as caught:
        wait(driver, wire, target)
    assert sum(time.slept) == 30
    verb = {"running": "start", "stopped": "stop", "deleted": "delete"}[target]
    assert f"client.{verb}_project_version({VERSION!r}) first" in str(caught.value)


@pytest.mark.parametrize(("status", "target"), LAGGING)
def test_once_the_call_was_seen_to_work_its_old_status_is_a_new_one(
    status: str, target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    """Somebody stopped the model that was starting, or started the one that was stopping."""
    wire.on(DESCRIBE, *at(GOES_ON[target], status))
    with pytest.raises(UnreachableStatusError, match=f"and cannot become {target}"):
        wait(driver, wire, target)
    assert time.slept == [60]


# -- running -----------------------------------------------------------------------------------------------------------


def test_a_start_that_failed_tells_the_reason(wire: Wire, driver: Driver) -> None:
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


def test_a_failure_of_an_earlier_start_is_not_taken_for_one_of_this(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("FAILED", "STARTING", "RUNNING"))
    assert wait(driver, wire, "running").status == "RUNNING"


def test_a_failure_that_stays_is_the_failure_of_the_start(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at("FAILED"))
    with pytest.raises(StartFailedError, match="the service gave no reason"):
        wait(driver, wire, "running")
    assert sum(time.slept) == 30


def test_out_of_time_a_start_goes_on_and_the_command_that_stops_it_is_told(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("STARTING"))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(driver, wire, "running", timeout=100)
    for part in (
        "billed until",
        f"client.stop_project_version({VERSION!r})",
        f"client.wait_until_running({VERSION!r})",
    ):
        assert part in str(caught.value)


# -- stopped, copied ---------------------------------------------------------------------------------------------------


def test_out_of_time_a_stop_goes_on_and_is_billed(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("STOPPING"))
    with pytest.raises(WaitTimeoutError, match="billed until it has stopped"):
        wait(driver, wire, "stopped", timeout=100)


def test_a_copy_that_failed_tells_the_reason_and_that_the_name_is_taken(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("COPYING_IN_PROGRESS"), versions(described("COPYING_FAILED", StatusMessage="No access.")))
    with pytest.raises(CopyFailedError, match="No access") as caught:
        wait(driver, wire, "copied")
    assert caught.value.status_message == "No access."
    assert "Its name stays taken" in str(caught.value)


# -- deleted -----------------------------------------------------------------------------------------------------------


def test_a_version_that_is_gone_is_deleted_and_there_is_nothing_to_return(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    polls: list[Poll] = []
    wire.on(DESCRIBE, *at("DELETING", "DELETING"), GONE)
    assert wait(driver, wire, "deleted", on_poll=polls.append) is None
    assert [poll.status for poll in polls] == ["DELETING", "DELETING", None]
    assert time.slept == [60, 60]


def test_a_version_that_never_was_is_gone_without_a_grace(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, GONE)
    assert wait(driver, wire, "deleted") is None
    assert time.slept == []


def test_a_project_that_is_gone_has_taken_its_versions_along(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("DELETING"), refusal("ResourceNotFoundException"))
    assert wait(driver, wire, "deleted") is None


def test_a_new_version_of_the_same_name_is_not_the_one_that_is_deleted(wire: Wire, driver: Driver) -> None:
    other = described("TRAINING_IN_PROGRESS", ProjectVersionArn=VERSION.replace("1574317227432", "1574319999999"))
    wire.on(DESCRIBE, *at("DELETING"), versions(other))
    assert wait(driver, wire, "deleted") is None


def test_a_look_that_failed_does_not_show_that_the_version_is_gone(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("DELETING"), answer_lost)
    with pytest.raises(WaitTimeoutError, match="the last poll failed"):
        wait(driver, wire, "deleted", timeout=100)


# -- all ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["running", "stopped", "copied"])
def test_a_version_that_is_not_there_is_an_error_after_the_grace(
    target: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, GONE)
    with pytest.raises(VersionNotFoundError, match="no such version"):
        wait(driver, wire, target)
    assert sum(time.slept) == 30


@pytest.mark.parametrize(
    ("target", "limit"), [("running", 3600), ("stopped", 1800), ("copied", 6 * 3600), ("deleted", 1800)]
)
def test_each_target_has_a_time_limit_of_its_own(
    target: str, limit: float, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(GOES_ON[target]))
    with pytest.raises(WaitTimeoutError, match=f"within {limit:g} seconds"):
        wait(driver, wire, target)
    assert sum(time.slept) == limit


@pytest.mark.parametrize(("target", "pace"), [("running", (5, 30)), ("stopped", (5, 30)), ("copied", (10, 60))])
def test_each_target_is_looked_at_as_often_as_suits_it(
    target: str, pace: tuple[float, float], wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(*[GOES_ON[target]] * 20, {"running": "RUNNING", "stopped": "STOPPED"}.get(target, "STOPPED")))
    wait(driver, wire, target, schedule=None)
    assert (time.slept[0], time.slept[-1]) == pytest.approx(pace, rel=0.1)


@pytest.mark.parametrize("target", TARGETS)
def test_what_ends_a_wait_says_how_to_take_it_up_again(target: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at(GOES_ON[target]), refusal("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        wait(driver, wire, target)
    assert f"client.wait_until_{target}({VERSION!r})" in caught.value.__notes__[-1]
    assert f"not its {TARGETS[target].work}" in caught.value.__notes__[-1]


@pytest.mark.parametrize("target", TARGETS)
def test_a_coroutine_function_is_refused_by_the_client_that_can_not_await_it(target: str, wire: Wire) -> None:
    async def tell(poll: Poll) -> None:
        poll.status  # noqa: B018

    with pytest.raises(TypeError, match="only AsyncVersionsClient awaits"):
        getattr(VersionsClient(wire.client()), f"wait_until_{target}")(NAME, on_poll=tell)
    assert wire.sent == []


def test_a_connection_that_can_not_be_made_before_the_time_is_up_is_a_time_out(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, answer_lost)
    with pytest.raises(WaitError) as caught:
        wait(driver, wire, "running", timeout=10)
    assert isinstance(caught.value, WaitTimeoutError)
    assert not isinstance(caught.value, ConnectionClosedError)
