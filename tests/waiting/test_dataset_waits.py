"""Waits until a dataset is ready or deleted; both clients."""

import pickle
from typing import Any

import pytest

from rekog_versions import AccessDeniedError, ResourceNotFoundError, UnreachableStatusError, WaitTimeoutError
from rekog_versions.errors import DatasetFailedError
from rekog_versions.waiting import DatasetPoll
from tests.client.datasets import DESCRIBE, NOT_FOUND, TRAIN, dataset_in
from tests.conftest import Driver
from tests.waiting.verdicts import statuses
from tests.waiting.waits import STEADY
from tests.wire import FakeTime, Wire, notes, rejection, response_lost


def wait_until_ready(driver: Driver, wire: Wire, **kwargs: Any) -> Any:
    return driver.over(wire.client())("wait_until_dataset_ready", TRAIN, **{"schedule": STEADY, **kwargs})


@pytest.mark.parametrize("status", statuses("dataset_ready", "reached"))
def test_a_wait_for_a_dataset_ends_when_it_is_ready(status: str, wire: Wire, driver: Driver, time: FakeTime) -> None:
    polls: list[DatasetPoll] = []
    wire.on(DESCRIBE, *dataset_in("CREATE_IN_PROGRESS", "NEW_STATUS", status))
    assert wait_until_ready(driver, wire, on_poll=polls.append).status == status
    assert [(poll.number, poll.status, poll.next_in) for poll in polls] == [
        (1, "CREATE_IN_PROGRESS", 60),
        (2, "NEW_STATUS", 60),
        (3, status, None),
    ]
    assert {poll.arn for poll in polls} == {TRAIN}
    assert time.slept == [60, 60]


@pytest.mark.parametrize("status", statuses("dataset_ready", "failed"))
def test_a_failed_dataset_gives_the_services_reason(status: str, wire: Wire, driver: Driver) -> None:
    reason = {"StatusMessage": "The manifest file has too many images.\x1b[2J", "StatusMessageCode": "CLIENT_ERROR"}
    wire.on(DESCRIBE, *dataset_in("CREATE_IN_PROGRESS"), *dataset_in(status, **reason))
    with pytest.raises(DatasetFailedError, match="too many images") as caught:
        wait_until_ready(driver, wire)
    error = caught.value
    assert (error.status_message, error.status_message_code) == (reason["StatusMessage"], "CLIENT_ERROR")
    assert error.dataset_arn == TRAIN
    assert error.dataset is not None
    assert "CLIENT_ERROR" in str(error)
    assert str(error).isprintable()
    again = pickle.loads(pickle.dumps(error))
    assert vars(again) == vars(error)


def test_a_failed_dataset_without_a_reason_says_so(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *dataset_in("UPDATE_FAILED"))
    with pytest.raises(DatasetFailedError, match="gave no reason") as caught:
        wait_until_ready(driver, wire)
    assert caught.value.status_message is None
    assert caught.value.status_message_code is None


def test_a_dataset_that_is_being_deleted_cannot_become_ready(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *dataset_in("DELETE_IN_PROGRESS"))
    with pytest.raises(UnreachableStatusError, match="is DELETE_IN_PROGRESS"):
        wait_until_ready(driver, wire)
    assert time.slept == []


def test_a_dataset_that_is_missing_at_first_does_not_end_the_wait(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, NOT_FOUND, *dataset_in("CREATE_COMPLETE"))
    assert wait_until_ready(driver, wire).status == "CREATE_COMPLETE"
    assert time.slept == [5]


def test_a_dataset_that_stays_missing_raises_the_services_error_after_the_grace_period(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, NOT_FOUND)
    with pytest.raises(ResourceNotFoundError):
        wait_until_ready(driver, wire)
    assert sum(time.slept) == 30


def test_retryable_failures_of_polls_do_not_end_the_wait_for_a_dataset(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *[response_lost] * 3, *dataset_in("CREATE_COMPLETE"))
    assert wait_until_ready(driver, wire).status == "CREATE_COMPLETE"


def test_other_failures_end_the_wait_for_a_dataset_and_say_how_to_resume_it(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, rejection("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        wait_until_ready(driver, wire)
    assert f"client.wait_until_dataset_ready({TRAIN!r})" in notes(caught.value)


def test_the_timeout_error_says_that_the_services_work_continues(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *dataset_in("UPDATE_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError, match="its last status was UPDATE_IN_PROGRESS") as caught:
        wait_until_ready(driver, wire)
    assert sum(time.slept) == 2 * 3600
    assert "Its creation or update continues" in str(caught.value)
    assert caught.value.version_arn is None
    wire.on(DESCRIBE, response_lost)
    with pytest.raises(WaitTimeoutError, match="no poll has found it"):
        wait_until_ready(driver, wire, timeout=1)


def wait_until_deleted(driver: Driver, wire: Wire, **kwargs: Any) -> Any:
    return driver.over(wire.client())("wait_until_dataset_deleted", TRAIN, **{"schedule": STEADY, **kwargs})


def test_a_dataset_that_disappears_is_deleted(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *dataset_in("UPDATE_COMPLETE", "DELETE_IN_PROGRESS"), NOT_FOUND)
    assert wait_until_deleted(driver, wire) is None
    assert time.slept == [5, 60]
    assert wait_until_deleted(driver, wire) is None
    assert time.slept == [5, 60]


@pytest.mark.parametrize("status", statuses("dataset_deleted", "before"))
def test_a_dataset_that_was_not_deleted_names_the_missing_call(
    status: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *dataset_in(status))
    with pytest.raises(UnreachableStatusError) as caught:
        wait_until_deleted(driver, wire)
    assert f"client.delete_dataset({TRAIN!r}) first" in str(caught.value)
    assert sum(time.slept) == 30


@pytest.mark.parametrize("status", statuses("dataset_deleted", "never"))
def test_a_dataset_whose_status_prevents_a_deletion_raises_at_once(
    status: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *dataset_in(status))
    with pytest.raises(UnreachableStatusError, match="and cannot become deleted"):
        wait_until_deleted(driver, wire)
    assert time.slept == []


def test_a_failed_poll_does_not_count_as_a_deleted_dataset(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *dataset_in("DELETE_IN_PROGRESS"), response_lost)
    with pytest.raises(WaitTimeoutError, match="Its deletion continues") as caught:
        wait_until_deleted(driver, wire, timeout=100)
    assert f"client.wait_until_dataset_deleted({TRAIN!r})" in str(caught.value)
