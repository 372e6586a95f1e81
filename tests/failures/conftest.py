"""Fixtures of the tests of `explain_failure()`."""

import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.failures.helpers import Bucket
from tests.testing.emulator import BUCKET, Emulator, shared_client


@pytest.fixture
def emulator(custom_labels: CustomLabelsControl) -> Emulator:
    """The emulated service with a bucket in it."""
    emulator = Emulator(custom_labels, shared_client("rekognition"), shared_client("s3"))
    emulator.s3.create_bucket(Bucket=BUCKET)
    return emulator


@pytest.fixture
def bucket(emulator: Emulator) -> Bucket:
    """The bucket with the files of a failed version."""
    return Bucket(emulator)
