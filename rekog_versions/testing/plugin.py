"""The pytest plugin with the fixture `custom_labels`. It imports moto only when a test uses the fixture."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rekog_versions.testing import CustomLabelsControl


@pytest.fixture
def custom_labels() -> Iterator["CustomLabelsControl"]:
    """Start the emulated service for one test, and return its control."""
    from rekog_versions.testing import mock_custom_labels  # noqa: PLC0415 - imports moto

    with mock_custom_labels() as control:
        yield control
