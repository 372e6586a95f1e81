"""Helpers of the tests of waits."""

from typing import Any

from rekog_versions import ProjectVersionDescription, Schedule
from tests.conftest import Driver
from tests.wire import PROJECT, Wire

DESCRIBE = "DescribeProjectVersions"
NAME = (PROJECT, "v1")
STEADY = Schedule(first=60, most=60, jitter=0)
"""A poll every minute."""


def wait(driver: Driver, wire: Wire, version: Any = NAME, **kwargs: Any) -> ProjectVersionDescription:
    """Call `wait_until_trained`, by default with a poll every minute."""
    result = driver.over(wire.client())("wait_until_trained", version, **{"schedule": STEADY, **kwargs})
    assert isinstance(result, ProjectVersionDescription)
    return result
