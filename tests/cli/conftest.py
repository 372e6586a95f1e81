"""Fixtures: the command in this process, against the emulated service, with a project and a trained version."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial

import pytest
from botocore.loaders import create_loader

from rekog_versions import VersionsClient
from rekog_versions.cli.app import run
from rekog_versions.testing import CustomLabelsControl, mock_custom_labels
from tests.testing.emulator import BUCKET, MANIFEST, cats_and_dogs, shared_client
from tests.wire import FakeTime

URI = f"s3://{BUCKET}/{MANIFEST}"
TRAIN = ("--training-data", URI, "--auto-create", "--output-config", f"s3://{BUCKET}/out")


@dataclass
class Result:
    """The output of a run of the command, and its exit code."""

    code: int
    out: str
    err: str


Rekog = Callable[..., Result]


@pytest.fixture(scope="package", autouse=True)
def _service_models_are_read_once() -> Iterator[None]:
    """Share botocore's loader: each run of the command has a session of its own, which reads megabytes of JSON."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("botocore.session.create_loader", cache(create_loader))
        yield


@contextmanager
def emulation() -> Generator[CustomLabelsControl]:
    with mock_custom_labels() as control, pytest.MonkeyPatch.context() as patched:
        connected, time = VersionsClient._connected, FakeTime()
        patched.setattr(VersionsClient, "_connected", partial(connected, sleep=time.sleep, clock=time.clock))
        s3 = shared_client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(40))
        yield control


@pytest.fixture
def emulated() -> Iterator[CustomLabelsControl]:
    with emulation() as control:
        yield control


@pytest.fixture
def rekog(emulated: CustomLabelsControl, capsys: pytest.CaptureFixture[str]) -> Rekog:
    return caller(capsys)


def caller(capsys: pytest.CaptureFixture[str]) -> Rekog:
    def call(*arguments: str) -> Result:
        capsys.readouterr()
        code = run(arguments)
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return call


@pytest.fixture
def trained(rekog: Rekog) -> Rekog:
    """The command, after the training of pets/v1."""
    assert rekog("project", "create", "pets").code == 0
    assert rekog("version", "train", "pets/v1", *TRAIN, "--yes").code == 0
    return rekog
