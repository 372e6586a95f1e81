"""train(): a create and a wait in one call; both clients."""

from typing import Any

import pytest

from rekog_versions import VersionNotFoundError
from tests.client.requests import CREATE, DESCRIBE, NAME_TAKEN, STARTED, create_request, lookup
from tests.conftest import Driver
from tests.wire import VERSION, Wire, response_lost


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"timeout": -1}, ValueError, "timeout must be 0 seconds or more"),
        ({"timeout": "5"}, TypeError, "timeout must be a number of seconds"),
        ({"schedule": 30}, TypeError, r"such as Schedule\(first=30\), got int"),
        ({"on_poll": 30}, TypeError, "on_poll must be a function, got int"),
    ],
)
def test_train_checks_the_arguments_of_its_wait_before_it_starts(
    wrong: dict[str, Any], error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, STARTED)
    with pytest.raises(error, match=says):
        driver.over(wire.client())("train", create_request(), **wrong)
    assert wire.sent == []


def test_train_creates_a_version_and_waits_for_it(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, lookup(), lookup(), lookup(Status="TRAINING_COMPLETED"))
    version = driver.over(wire.client())("train", create_request())
    assert version.status == "TRAINING_COMPLETED"
    assert version.project_version_arn == VERSION
    # one lookup after the lost response, then two polls; the request names the project, so it is not looked up
    assert [name for name, _ in wire.sent] == [CREATE, CREATE, DESCRIBE, DESCRIBE, DESCRIBE]


def test_train_waits_for_the_version_that_it_created_and_no_other(wire: Wire, driver: Driver) -> None:
    newer = VERSION.replace("1574317227432", "1999999999999")
    wire.on(CREATE, STARTED).on(DESCRIBE, lookup(ProjectVersionArn=newer, Status="TRAINING_COMPLETED"))
    with pytest.raises(VersionNotFoundError, match="the version with that name is now"):
        driver.over(wire.client())("train", create_request())
