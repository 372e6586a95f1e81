"""Fixtures of the tests of `preflight()`."""

from collections.abc import Iterator

import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.preflight.helpers import (
    Account,
)


@pytest.fixture
def account(custom_labels: CustomLabelsControl) -> Iterator[Account]:
    """An account on the emulated service."""
    account = Account(custom_labels)
    yield account
    account.aws.close()
