"""Fixtures of the tests of the clients."""

import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.client.emulated import EmulatedProject
from tests.conftest import Driver


@pytest.fixture
def emulated(custom_labels: CustomLabelsControl, driver: Driver) -> EmulatedProject:
    """A project of the emulated service, with the sync or the asyncio client."""
    return EmulatedProject(custom_labels, driver)
