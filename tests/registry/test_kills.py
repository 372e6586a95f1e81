"""A deployment whose process is killed at each of its requests, before and after the request is carried out.

The emulated service runs two models at most, so a third billed model would fail a test.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from rekog_versions import AsyncVersionsClient
from rekog_versions.evaluation import Gates
from rekog_versions.registry import (
    AsyncRegistry,
    DeploymentReport,
    PromotionRejectedError,
    RecoveredDeployment,
    Recovery,
    Registry,
)
from rekog_versions.testing import mock_custom_labels
from tests.hosting.server import served
from tests.registry.conftest import LOCATION
from tests.registry.killing import KilledError, Requests, process
from tests.testing.emulator import BUCKET, MANIFEST, Emulator, assets, cats_and_dogs, client, shared_client
from tests.wire import FakeTime

GATES = Gates(min_f1=0.1)


class Scene:
    """The versions v1, v2 and v3. The alias `production` points to v1, which is running."""

    def __init__(self, emulator: Emulator) -> None:
        emulator.s3.create_bucket(Bucket=BUCKET)
        emulator.put(cats_and_dogs())
        self.emulator, self.time = emulator, FakeTime()
        self.project = emulator.project()
        self.arns = {}
        for name in ("v1", "v2", "v3"):
            self.arns[name] = emulator.create(self.project, name, TestingData=assets(MANIFEST))
            emulator.describe(self.project, name)
        self.process(Requests()).deploy(self.arns["v1"], "production", gates=GATES)
        emulator.labels.set_hosting(times=2)

    def process(self, requests: Requests) -> Registry:
        return Registry(process(requests, self.time), LOCATION, project="p1")

    def statuses(self) -> dict[str, str]:
        described = self.emulator.describe(self.project)
        return {each["ProjectVersionArn"].split("/")[3]: each["Status"] for each in described}

    def check_serving(self) -> None:
        """Check that the model of the alias is running."""
        serving = self.process(Requests()).resolve("production").version_arn
        assert self.statuses()[str(serving.version_name)] == "RUNNING"

    def check_at_rest(self, name: str) -> None:
        """Check that the alias points to a version, whose model is the only one that is running."""
        registry = self.process(Requests())
        assert registry.resolve("production").version_arn == self.arns[name]
        assert registry.recover("production") is None
        statuses = self.statuses()
        assert statuses.pop(name) == "RUNNING"
        assert set(statuses.values()) <= {"TRAINING_COMPLETED", "STOPPED"}


@pytest.fixture
def new_scene() -> Iterator[Callable[[], Scene]]:
    mocks: list[Any] = []

    def make() -> Scene:
        if mocks:
            mocks.pop().__exit__(None, None, None)
        mock: Any = mock_custom_labels()
        labels = mock.__enter__()
        mocks.append(mock)
        return Scene(Emulator(labels, shared_client("rekognition"), shared_client("s3")))

    yield make
    mocks.pop().__exit__(None, None, None)


def deploy(name: str) -> Callable[[Scene, Registry], DeploymentReport]:
    return lambda scene, registry: registry.deploy(scene.arns[name], "production", gates=GATES)


def recover(_: Scene, registry: Registry) -> RecoveredDeployment | None:
    return registry.recover("production")


def kill_at_each_request(
    new_scene: Callable[[], Scene],
    call: Callable[[Scene, Registry], Any],
    then: Callable[[Scene, Registry], Any],
    *,
    carried_out: bool,
    step: int = 1,
) -> Iterator[tuple[Scene, Any]]:
    """Kill a call at each of its requests, or at each one of `step`, and yield the result of the next call."""
    for number in count(1, step):
        scene = new_scene()
        try:
            call(scene, scene.process(Requests(number, carried_out=carried_out)))
        except KilledError:
            pass
        else:
            assert number > 15
            return
        scene.check_serving()
        yield scene, then(scene, scene.process(Requests()))


@pytest.mark.parametrize(
    ("carried_out", "step"),
    [(True, 4), pytest.param(False, 1, marks=pytest.mark.slow), pytest.param(True, 1, marks=pytest.mark.slow)],
)
def test_the_next_call_for_the_same_version_completes_the_deployment(
    carried_out: bool, step: int, new_scene: Callable[[], Scene]
) -> None:
    found = []
    for scene, report in kill_at_each_request(
        new_scene, deploy("v2"), deploy("v2"), carried_out=carried_out, step=step
    ):
        scene.check_at_rest("v2")
        assert len(scene.process(Requests()).history("production")) == 2
        found.append(report.recovered)
    recoveries = [each.recovery for each in found if each is not None]
    assert set(recoveries) == {Recovery.RESUMED, Recovery.FINISHED}
    billed = {tuple(str(model.version_arn.version_name) for model in each.billed) for each in found if each is not None}
    assert {("v2", "v1")} <= billed <= {("v2", "v1"), ("v1",), ("v2",)}


@pytest.mark.slow
@pytest.mark.parametrize("carried_out", [False, True])
def test_the_next_call_for_another_version_undoes_or_finishes_the_deployment(
    carried_out: bool, new_scene: Callable[[], Scene]
) -> None:
    recoveries = set()
    for scene, report in kill_at_each_request(new_scene, deploy("v2"), deploy("v3"), carried_out=carried_out):
        scene.check_at_rest("v3")
        recoveries.add(report.recovered and report.recovered.recovery)
    assert recoveries == {None, Recovery.UNDONE, Recovery.FINISHED}


@pytest.mark.slow
@pytest.mark.parametrize("carried_out", [False, True])
def test_recover_leaves_one_model_running(carried_out: bool, new_scene: Callable[[], Scene]) -> None:
    ends = set()
    for scene, found in kill_at_each_request(new_scene, deploy("v2"), recover, carried_out=carried_out):
        end = "v2" if found is not None and found.recovery is Recovery.FINISHED else None
        serving = scene.process(Requests()).resolve("production").version_arn.version_name
        assert end in (serving, None)
        scene.check_at_rest(str(serving))
        ends.add(serving)
    assert ends == {"v1", "v2"}


@pytest.mark.slow
@pytest.mark.parametrize("carried_out", [False, True])
def test_a_recovery_that_is_killed_is_recovered_too(carried_out: bool, new_scene: Callable[[], Scene]) -> None:
    scene, requests = new_scene(), Requests()
    deploy("v2")(scene, scene.process(requests))
    started, stopping = (requests.operations.index(f"{name}ProjectVersion") + 1 for name in ("Start", "Stop"))
    for first in (started, stopping - 1):
        for number in count(1, 3):
            scene = new_scene()
            with pytest.raises(KilledError):
                deploy("v2")(scene, scene.process(Requests(first, carried_out=True)))
            try:
                deploy("v3")(scene, scene.process(Requests(number, carried_out=carried_out)))
            except KilledError:
                scene.check_serving()
                deploy("v3")(scene, scene.process(Requests()))
                scene.check_at_rest("v3")
            else:
                break


@pytest.mark.parametrize("operation", ["PutObject", "StartProjectVersion", "StopProjectVersion", "GetObject"])
def test_lost_responses_do_not_change_the_result(operation: str, new_scene: Callable[[], Scene]) -> None:
    scene = new_scene()
    requests = Requests()
    requests._lost = lambda number: requests.operations[number - 1] == operation and number % 2 == 0
    report = deploy("v2")(scene, scene.process(requests))
    scene.check_at_rest("v2")
    assert report.entry is not None
    last, _ = scene.process(Requests()).history("production")
    assert last.id == report.entry.id


def test_a_deployment_that_does_not_pass_its_gates_any_more_is_undone(new_scene: Callable[[], Scene]) -> None:
    scene, whole = new_scene(), Requests()
    deploy("v2")(scene, scene.process(whole))
    started = whole.operations.index("StartProjectVersion") + 1
    scene = new_scene()
    with pytest.raises(KilledError):
        deploy("v2")(scene, scene.process(Requests(started, carried_out=True)))
    with pytest.raises(PromotionRejectedError, match="must be at least 1") as caught:
        scene.process(Requests()).deploy(scene.arns["v2"], "production", gates=Gates(min_f1=1))
    assert "an earlier deployment of v2 to 'production' had not ended" in caught.value.__notes__[-1]
    scene.check_at_rest("v1")


def test_an_alias_that_cannot_be_moved_is_reported_with_both_models(new_scene: Callable[[], Scene]) -> None:
    scene, whole = new_scene(), Requests()
    deploy("v2")(scene, scene.process(whole))
    writes = [number for number, name in enumerate(whole.operations, 1) if name == "PutObject"]
    scene = new_scene()
    requests = Requests(lost=lambda number: number >= writes[1])  # S3 fails from the move of the alias on
    with pytest.raises(ConnectionClosedError) as caught:
        deploy("v2")(scene, scene.process(requests))
    assert any("Both models may be running, and are billed" in note for note in caught.value.__notes__)
    report = deploy("v2")(scene, scene.process(Requests()))
    assert report.recovered is not None
    assert len(report.recovered.billed) == 2
    scene.check_at_rest("v2")


def test_a_cancelled_deployment_leaves_a_record_and_a_note(new_scene: Callable[[], Scene]) -> None:
    scene = new_scene()

    async def main() -> None:
        client = AsyncVersionsClient(scene.emulator.rekognition, s3=scene.emulator.s3, sleep=scene.time.asleep)
        registry = AsyncRegistry(client, LOCATION)

        def cancel(_: object) -> None:
            task.cancel()

        task = asyncio.ensure_future(registry.deploy(scene.arns["v2"], "production", on_poll=cancel))
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert any("Both models may be running, and are billed" in note for note in caught.value.__notes__)

    asyncio.run(main())
    found = scene.process(Requests()).recover("production")
    assert found is not None
    assert found.recovery is Recovery.UNDONE
    scene.check_at_rest("v1")


DEPLOY = """
import sys
from rekog_versions import Schedule, VersionsClient
from rekog_versions.registry import Registry
arn, location = sys.argv[1:]
registry = Registry(VersionsClient.connect("us-east-1"), location)
fast = Schedule(first=0.05, most=0.05)
registry.deploy(arn, "production", drain=0, schedule=fast, on_poll=lambda poll: print("polled", flush=True))
"""


@pytest.mark.slow
def test_a_real_process_is_killed_and_the_next_one_completes_the_deployment() -> None:
    with served() as service:
        arns = [service.version(), service.version()]
        environment = {**os.environ, "AWS_ENDPOINT_URL": service.url}

        def start(arn: str) -> "subprocess.Popen[str]":
            command = [sys.executable, "-c", DEPLOY, arn, LOCATION]
            return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

        with start(arns[0]) as first:
            assert first.wait(60) == 0
        service.set("set-hosting", times=1_000_000)  # the new model does not begin to run
        with start(arns[1]) as killed:
            assert killed.stdout is not None
            assert killed.stdout.readline() == "polled\n"
            killed.kill()
        s3 = client("s3", endpoint_url=service.url)
        document = json.loads(s3.get_object(Bucket=BUCKET, Key="registry/models.json")["Body"].read())
        assert document["deployments"]["production"]["step"] == "starting the new model"
        assert service.status(arns[1]) == "STARTING"
        service.set("set-hosting", times=1)
        with start(arns[1]) as second:
            assert second.wait(60) == 0
        assert (service.status(arns[1]), service.stopped(arns[0])) == ("RUNNING", True)


def test_ctrl_c_leaves_a_record_and_a_note(new_scene: Callable[[], Scene]) -> None:
    scene = new_scene()

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        scene.process(Requests()).deploy(scene.arns["v2"], "production", on_poll=interrupt)
    assert any("Both models may be running, and are billed" in note for note in caught.value.__notes__)
    scene.check_serving()
    found = scene.process(Requests()).recover("production")
    assert found is not None
    assert (found.recovery, len(found.billed)) == (Recovery.UNDONE, 2)
    scene.check_at_rest("v1")
