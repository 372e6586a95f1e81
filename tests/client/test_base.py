"""The foundation of both clients: settings, sessions, other services, threads, and fakes of boto3's client."""

import pickle
import re
import threading
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config

from rekog_versions import AsyncVersionsClient, ResourceInUseError, VersionsClient, __version__
from tests.client.requests import CREATE, DESCRIBE, NAME_TAKEN, create_request
from tests.wire import PROJECT, VERSION, FakeTime, HttpResponse, Wire, at, described, response_lost, versions


@pytest.mark.parametrize("kind", [VersionsClient, AsyncVersionsClient])
def test_connect_creates_a_client_with_our_settings_and_the_callers(
    kind: type[VersionsClient] | type[AsyncVersionsClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    client = kind.connect(region_name="eu-west-1", config=Config(connect_timeout=7, user_agent_extra="app/1"))
    settings = client.rekognition.meta.config
    assert client.rekognition.meta.region_name == "eu-west-1"
    assert settings.retries["mode"] == "standard"
    assert settings.connect_timeout == 7
    assert settings.user_agent_extra == f"app/1 rekog_versions/{__version__}"
    assert boto3.DEFAULT_SESSION is None


def test_connect_accepts_a_session_and_an_endpoint() -> None:
    session = boto3.Session(region_name="eu-central-1")
    client = VersionsClient.connect(session=session, endpoint_url="http://127.0.0.1:5000")
    assert client.rekognition.meta.endpoint_url == "http://127.0.0.1:5000"
    assert client.rekognition.meta.region_name == "eu-central-1"
    with pytest.raises(ValueError, match="not both"):
        VersionsClient.connect(session=session, profile_name="mine")


def test_the_client_for_s3_comes_from_the_session_in_rekognitions_region(wire: Wire) -> None:
    client = VersionsClient(wire.client(), session=boto3.Session(region_name="eu-west-1"))
    assert client.s3.meta.region_name == "us-east-1"
    assert client.s3 is client.s3


def test_s3_without_a_session_or_a_client_raises_an_error_that_says_what_to_pass(wire: Wire) -> None:
    with pytest.raises(ValueError, match=r"session=boto3\.Session"):
        _ = VersionsClient(wire.client()).s3
    s3 = object()
    assert AsyncVersionsClient(wire.client(), s3=s3).s3 is s3


def test_the_boto3_client_is_available(wire: Wire) -> None:
    rekognition = wire.client()
    assert VersionsClient(rekognition).rekognition is rekognition


def test_threads_that_share_a_client_see_only_their_own_attempts(wire: Wire) -> None:
    """All threads share one boto3 client and its events. The creates with even numbers lose a response."""
    barrier = threading.Barrier(8)
    outcomes: dict[int, str] = {}
    lost = threading.local()

    def create() -> HttpResponse:
        if getattr(lost, "pending", False):
            lost.pending = False
            return response_lost()
        return NAME_TAKEN

    wire.on(CREATE, create)
    wire.on(DESCRIBE, versions(described(CreationTimestamp=datetime.now(UTC).timestamp())))
    client = VersionsClient(wire.client(), sleep=lambda _: None)

    def run(number: int) -> None:
        lost.pending = number % 2 == 0
        barrier.wait()
        try:
            outcomes[number] = client.create_project_version(create_request())
        except ResourceInUseError:
            outcomes[number] = "rejected"

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {number: VERSION if number % 2 == 0 else "rejected" for number in range(8)}


def test_a_fake_client_needs_only_the_methods_that_are_called() -> None:
    """boto3's clients have all methods; a fake may be small."""

    class Fake:
        def stop_project_version(self, **kwargs: Any) -> dict[str, Any]:
            return {"Status": "STOPPING"}

    fake: Any = Fake()
    client = VersionsClient(fake)
    assert client.stop_project_version(VERSION) == "STOPPING"
    with pytest.raises(AttributeError, match="start_project_version"):
        client.start_project_version(VERSION)


@pytest.mark.parametrize("kind", [VersionsClient, AsyncVersionsClient])
def test_pickling_a_client_says_to_create_one_in_each_process(kind: Any, wire: Wire) -> None:
    with pytest.raises(TypeError, match=rf"in each process, with {kind.__name__}\.connect\(region_name='us-east-1'\)"):
        pickle.dumps(kind(wire.client()))


def test_each_change_of_a_status_is_logged_once(wire: Wire, time: FakeTime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="rekog_versions")
    wire.on("DescribeProjectVersions", *at(*["TRAINING_IN_PROGRESS"] * 3, "TRAINING_COMPLETED"))
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    client.wait_until_trained((PROJECT, "v1"))
    assert [re.sub(r" after .*", "", record.message).split(" is ")[1] for record in caplog.records] == [
        "TRAINING_IN_PROGRESS",
        "TRAINING_COMPLETED",
    ]
