"""Several writers of one document: threads, processes, and requests whose response is lost."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from moto.core.models import botocore_stubber

from rekog_versions import VersionsClient
from rekog_versions.errors import RekogVersionsError
from rekog_versions.evaluation import Gates
from rekog_versions.registry import PromotionRejectedError, Registry, RegistryConflictError
from tests.registry.atomic_s3 import atomic_puts
from tests.registry.conftest import KEY, LOCATION, Registered
from tests.testing.emulator import BUCKET, MANIFEST, Emulator, cats_and_dogs, client, version_request
from tests.wire import FakeTime

THREADS = 6


@pytest.fixture
def registered(emulator: Emulator, time: FakeTime) -> Iterator[Registered]:
    with atomic_puts():
        yield Registered("sync", emulator, time)


def check_consistent(document: dict[str, Any]) -> None:
    numbers = [entry["number"] for entry in document["history"]]
    assert numbers == list(range(1, len(numbers) + 1))
    for before, entry in zip([None, *document["history"]], document["history"], strict=False):
        assert entry.get("previous_arn") == (before and before["version_arn"])


def test_no_promotion_of_concurrent_threads_is_lost(registered: Registered) -> None:
    arns = [registered.version(f"v{number}") for number in range(THREADS)]
    registries = [Registry(VersionsClient(client("rekognition"), s3=client("s3")), LOCATION) for _ in arns]
    with ThreadPoolExecutor(THREADS) as pool:
        entries = list(pool.map(lambda registry, arn: registry.promote(arn, "production"), registries, arns))
    document = registered.document()
    assert sorted(entry["version_arn"] for entry in document["history"]) == sorted(arns)
    assert document["revision"] == THREADS
    assert sorted(entry.number for entry in entries) == list(range(1, THREADS + 1))
    check_consistent(document)


def lose_responses(s3: Any, operation: str, times: int) -> None:
    """Make the next requests of an operation lose their responses after they were carried out."""
    left = [times]

    def send(event_name: str, request: Any, **_: Any) -> Any:
        if not left[0]:
            return None
        left[0] -= 1
        botocore_stubber(event_name, request)
        raise ConnectionClosedError(endpoint_url=request.url)

    s3.meta.events.register_first(f"before-send.s3.{operation}", send)


class OtherWriter:
    """Another writer that writes between the read and the write of a client, and so makes it lose."""

    def __init__(self, registered: Registered, *changes: Any) -> None:
        self.changes = list(changes)
        self.s3 = client("s3")
        self.s3.meta.events.register_first("before-send.s3.PutObject", self._before)
        self.registry = Registry(
            VersionsClient(registered.emulator.rekognition, s3=self.s3, sleep=registered.time.sleep), LOCATION
        )

    def _before(self, **_: Any) -> None:
        if self.changes:
            self.changes.pop(0)()


def test_the_loser_checks_its_gates_against_the_version_of_the_winner(registered: Registered) -> None:
    low, middle, high = (registered.version(name, f1) for name, f1 in (("low", 0.5), ("middle", 0.7), ("high", 0.95)))
    registered("promote", low, "production")
    loser = OtherWriter(registered, lambda: registered("promote", high, "production"))
    with pytest.raises(PromotionRejectedError, match="fell by"):
        loser.registry.promote(middle, "production", gates=Gates(max_drop=0.0))
    assert registered("resolve", "production").version_arn == high

    registered("rollback", "production")
    loser = OtherWriter(registered, lambda: registered("promote", middle, "production"))
    entry = loser.registry.promote(high, "production", gates=Gates(max_drop=0.0))
    assert entry.passed.compared_with == entry.previous_arn == middle


def test_two_writers_that_create_the_document_both_succeed(registered: Registered) -> None:
    first, second = registered.version("v1"), registered.version("v2")
    loser = OtherWriter(registered, lambda: registered("promote", first, "staging"))
    loser.registry.promote(second, "production")
    assert {alias: state["version_arn"] for alias, state in registered.document()["aliases"].items()} == {
        "staging": first,
        "production": second,
    }


def test_a_document_that_is_deleted_meanwhile_is_created_again(registered: Registered) -> None:
    first, second = registered.version("v1"), registered.version("v2")
    registered("promote", first, "staging")
    s3 = registered.emulator.s3
    loser = OtherWriter(registered, lambda: s3.delete_object(Bucket=BUCKET, Key=KEY))
    loser.registry.promote(second, "production")
    assert list(registered.document()["aliases"]) == ["production"]


def test_a_writer_that_always_loses_gives_up_without_a_change(registered: Registered) -> None:
    first, second = registered.version("v1"), registered.version("v2")

    def touch() -> None:
        document = registered.document()
        registered.put(json.dumps({**document, "revision": document["revision"] + 1}).encode())

    registered("promote", first, "production")
    loser = OtherWriter(registered, *[touch] * 1000)
    with pytest.raises(RegistryConflictError, match="This change was not made"):
        loser.registry.promote(second, "production")
    assert registered("resolve", "production").version_arn == first


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_promotion_whose_response_is_lost_is_made_once(times: int, registered: Registered) -> None:
    arn = registered.version("v1")
    lossy = client("s3")  # it sends a request three times
    lose_responses(lossy, "PutObject", times)
    registry = Registry(
        VersionsClient(registered.emulator.rekognition, s3=lossy, sleep=registered.time.sleep),
        LOCATION,
        now=registered.now,
    )
    entry = registry.promote(arn, "production", reason="once")
    assert [found["id"] for found in registered.document()["history"]] == [entry.id]


def test_a_promotion_whose_outcome_stays_unknown_says_so(registered: Registered) -> None:
    arn = registered.version("v1")
    broken = client("s3")

    def lose(**_: Any) -> None:
        raise ConnectionClosedError(endpoint_url="https://s3")

    broken.meta.events.register_first("before-send.s3.PutObject", lose)
    registry = Registry(
        VersionsClient(registered.emulator.rekognition, s3=broken, sleep=registered.time.sleep), LOCATION
    )
    with pytest.raises(ConnectionClosedError) as caught:
        registry.promote(arn, "production")
    assert "The change may have been written. Call history() to check" in caught.value.__notes__[-1]
    assert not isinstance(caught.value, RekogVersionsError)


PROMOTE = """
import sys
from rekog_versions import VersionsClient
from rekog_versions.registry import Registry
location, *arns = sys.argv[1:]
registry = Registry(VersionsClient.connect("us-east-1"), location)
for arn in arns:
    registry.promote(arn, "production")
"""


@pytest.mark.slow
def test_no_promotion_of_concurrent_processes_is_lost() -> None:
    command = [sys.executable, "-m", "tests.registry.atomic_s3", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
            rekognition, s3 = client("rekognition", endpoint_url=url), client("s3", endpoint_url=url)
            s3.create_bucket(Bucket=BUCKET)
            s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs())
            project = rekognition.create_project(ProjectName="p1")["ProjectArn"]
            arns = []
            for number in range(9):
                created = rekognition.create_project_version(**version_request(project, f"v{number}"))
                arns.append(created["ProjectVersionArn"])
                rekognition.describe_project_versions(ProjectArn=project)
            writers = [
                subprocess.Popen(
                    [sys.executable, "-c", PROMOTE, LOCATION, *arns[number::3]],
                    env={**os.environ, "AWS_ENDPOINT_URL": url},
                )
                for number in range(3)
            ]
            assert [writer.wait(60) for writer in writers] == [0, 0, 0]
            document = json.loads(s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read())
        finally:
            server.send_signal(signal.SIGTERM)
    assert sorted(entry["version_arn"] for entry in document["history"]) == sorted(arns)
    assert document["revision"] == len(arns)
    check_consistent(document)
