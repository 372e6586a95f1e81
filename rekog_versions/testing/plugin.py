"""The pytest plugin: the fixture `custom_labels`. Without moto it costs nothing until a test asks for the fixture."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rekog_versions.testing.control import CustomLabelsControl


@pytest.fixture
def custom_labels() -> Iterator["CustomLabelsControl"]:
    """The emulated service for one test, as `mock_custom_labels` starts it; the fixture's value is its control."""
    from rekog_versions.testing import mock_custom_labels  # noqa: PLC0415 - moto only when it is used

    with mock_custom_labels() as labels:
        yield labels
