"""Fixtures of the tests of `explain_failure()`."""

import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.failures.helpers import Bucket
from tests.testing.world import BUCKET, World, shared_client


@pytest.fixture
def world(custom_labels: CustomLabelsControl) -> World:
    """The emulated service with a bucket in it."""
    world = World(custom_labels, shared_client("rekognition"), shared_client("s3"))
    world.s3.create_bucket(Bucket=BUCKET)
    return world


@pytest.fixture
def bucket(world: World) -> Bucket:
    """The bucket with the files of a failed version."""
    return Bucket(world)
