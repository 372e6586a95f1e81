import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import WaiterError
from moto.moto_api import state_manager

from rekog_versions.testing import mock_custom_labels
from rekog_versions.testing.transitions import HOSTING, VERSION_DELETION, VersionDeletion
from tests.testing.conftest import Clock
from tests.testing.world import World, client, names_of

SOON = {"Delay": 0, "MaxAttempts": 5}
MISSING = "arn:aws:rekognition:us-east-1:123456789012:project/p1/version/missing/1574310000000"


def start(world: World, version: str, least: int = 1, most: int | None = None) -> str:
    units = {"MinInferenceUnits": least} | ({} if most is None else {"MaxInferenceUnits": most})
    status: str = world.rekognition.start_project_version(ProjectVersionArn=version, **units)["Status"]
    return status


def stop(world: World, version: str) -> str:
    status: str = world.rekognition.stop_project_version(ProjectVersionArn=version)["Status"]
    return status


def delete(world: World, version: str) -> str:
    status: str = world.rekognition.delete_project_version(ProjectVersionArn=version)["Status"]
    return status


@contextmanager
def in_use(world: World, message: str) -> Iterator[None]:
    with pytest.raises(world.rekognition.exceptions.ResourceInUseException, match=message) as caught:
        yield
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@contextmanager
def exceeds(world: World, message: str) -> Iterator[None]:
    with pytest.raises(world.rekognition.exceptions.LimitExceededException, match=message) as caught:
        yield
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_model_is_started_and_stopped_and_started_again(world: World) -> None:
    world.labels.set_hosting(times=2)
    project = world.project()
    version = world.create(project)
    trained = world.describe(project)[0]
    assert start(world, version, 2, 3) == "STARTING"
    seen = world.describe(project) + world.describe(project)
    assert [description["Status"] for description in seen] == ["STARTING", "RUNNING"]
    assert [description["StatusMessage"] for description in seen] == ["The model is starting.", "The model is running."]
    for description in seen:
        assert (description["MinInferenceUnits"], description["MaxInferenceUnits"]) == (2, 3)
        assert description["EvaluationResult"] == trained["EvaluationResult"]
    assert stop(world, version) == "STOPPING"
    stopping, stopped = world.describe(project) + world.describe(project)
    assert (stopping["Status"], stopping["MinInferenceUnits"]) == ("STOPPING", 2)
    assert (stopped["Status"], stopped["StatusMessage"]) == ("STOPPED", "The model is stopped.")
    assert not {"MinInferenceUnits", "MaxInferenceUnits"} & set(stopped)
    assert start(world, version) == "STARTING"
    (again,) = world.describe(project)
    assert (again["Status"], again["MinInferenceUnits"]) == ("STARTING", 1)
    assert "MaxInferenceUnits" not in again


def test_a_failed_start_has_a_message_and_can_be_retried(world: World) -> None:
    world.labels.set_hosting(outcome="FAILED", message="No capacity.", project="p1")
    project = world.project("p1")
    version = world.create(project)
    assert start(world, version) == "STARTING"
    (failed,) = world.describe(project)
    assert (failed["Status"], failed["StatusMessage"]) == ("FAILED", "No capacity.")
    assert "MinInferenceUnits" not in failed
    with in_use(world, "can't be stopped: it is FAILED"):
        stop(world, version)
    world.labels.set_hosting(project="p1")
    assert world.statuses(project) == ["FAILED"]
    start(world, version)
    assert world.statuses(project) == ["RUNNING"]


def test_a_failed_start_has_the_message_of_the_service_by_default(world: World) -> None:
    world.labels.set_hosting(outcome="FAILED")
    project = world.project()
    start(world, world.create(project))
    assert world.describe(project)[0]["StatusMessage"] == "Amazon Rekognition experienced a service issue."


def test_starts_and_stops_can_take_seconds(world: World, stopped_clock: Clock) -> None:
    world.labels.set_hosting(seconds=60)
    project = world.project()
    version = world.create(project)
    start(world, version)
    for call, starting in (((start), "started"), (stop, "stopped")):
        with in_use(world, f"can't be {starting}: it is STARTING"):
            call(world, version)
    stopped_clock.forward(60)
    # it ends without a describe
    stop(world, version)
    stopped_clock.forward(59)
    assert world.statuses(project) == ["STOPPING"]
    with in_use(world, "can't be stopped: it is STOPPING"):
        stop(world, version)
    stopped_clock.forward(1)
    assert world.statuses(project) == ["STOPPED"]


def test_only_a_trained_version_can_be_started_and_a_running_one_stopped(world: World) -> None:
    world.labels.set_training(times=2)
    project = world.project()
    version = world.create(project)
    for operation, call in (("started", start), ("stopped", stop), ("deleted", delete)):
        with in_use(world, f"can't be {operation}: it is TRAINING_IN_PROGRESS"):
            call(world, version)
    world.labels.set_training(outcome="TRAINING_FAILED", version="v2")
    failed = world.create(project, "v2")
    with in_use(world, "can't be started: it is TRAINING_FAILED"):
        start(world, failed)
    for _ in range(2):
        world.describe(project, "v1")
    with in_use(world, "can't be stopped: it is TRAINING_COMPLETED"):
        stop(world, version)
    start(world, version)
    world.describe(project)
    with in_use(world, "can't be started: it is RUNNING"):
        start(world, version)


def test_a_model_can_be_started_without_a_describe_when_its_training_has_ended(
    world: World, stopped_clock: Clock
) -> None:
    world.labels.set_training(seconds=60)
    project = world.project()
    version = world.create(project)
    stopped_clock.forward(60)
    assert start(world, version) == "STARTING"
    assert "EvaluationResult" in world.describe(project)[0]


def test_missing_versions_and_those_of_others_are_not_found(world: World) -> None:
    version = world.create(world.project())
    for arn in (MISSING, version.replace("us-east-1", "eu-west-1"), version.replace("123456789012", "210987654321")):
        for call in (start, stop, delete):
            with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException, match="project version"):
                call(world, arn)


def test_adapters_cannot_be_started(world: World) -> None:
    project = world.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED")
    version = world.create(project)
    for call in (start, stop):
        with pytest.raises(world.rekognition.exceptions.InvalidParameterException, match="not a Custom Labels model"):
            call(world, version)
    assert delete(world, version) == "DELETING"


def test_inference_units_must_be_consistent_and_within_the_limit(world: World) -> None:
    version = world.create(world.project())
    with pytest.raises(world.rekognition.exceptions.InvalidParameterException, match="MinInferenceUnits 3 must be"):
        start(world, version, 3, 2)
    with pytest.raises(world.rekognition.exceptions.ClientError, match="minInferenceUnits"):
        client("rekognition", config=_unchecked()).start_project_version(ProjectVersionArn=version, MinInferenceUnits=0)
    for units in ((6, None), (1, 6)):
        with exceeds(world, "more than 5 inference units"):
            start(world, version, *units)
    world.labels.set_limits(inference_units=6)
    assert start(world, version, 6, 6) == "STARTING"


def _unchecked() -> Any:
    from botocore.config import Config

    return Config(parameter_validation=False)


def test_two_models_can_be_active_including_those_that_stop(world: World, stopped_clock: Clock) -> None:
    first, second = world.project("p1"), world.project("p2")
    versions = [world.create(first, "a"), world.create(second, "b"), world.create(first, "c")]
    world.labels.set_hosting(seconds=60)
    for version in versions[:2]:
        start(world, version)
    with exceeds(world, "Cannot run more than 2 ProjectVersions concurrently"):
        start(world, versions[2])
    stopped_clock.forward(60)
    stop(world, versions[0])
    with exceeds(world, "more than 2"):
        start(world, versions[2])
    stopped_clock.forward(60)
    # it has stopped without a describe
    start(world, versions[2])
    world.labels.set_limits(running=3, region="us-east-1")
    start(world, versions[0])


def test_a_failed_start_does_not_count_to_the_limit(world: World) -> None:
    world.labels.set_limits(running=1)
    project = world.project()
    world.labels.set_hosting(outcome="FAILED", version="a")
    start(world, world.create(project, "a"))
    start(world, world.create(project, "b"))
    assert sorted(world.statuses(project)) == ["FAILED", "RUNNING"]


def test_concurrent_starts_respect_the_limit(world: World) -> None:
    world.labels.set_limits(trainings=10)
    world.labels.set_hosting(times=1000)
    project = world.project()
    versions = [world.create(project, f"v{number}") for number in range(6)]
    codes: list[str] = []
    together = threading.Barrier(len(versions))

    def begin(version: str) -> None:
        rekognition = client("rekognition")
        together.wait()
        try:
            codes.append(start(World(world.labels, rekognition, world.s3), version))
        except rekognition.exceptions.ClientError as error:
            codes.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=begin, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["LimitExceededException"] * 4 + ["STARTING"] * 2
    assert world.statuses(project).count("STARTING") == 2


def test_the_waiter_of_botocore_waits_until_the_model_runs(world: World) -> None:
    world.labels.set_hosting(times=3)
    project = world.project()
    start(world, world.create(project))
    waiter = world.rekognition.get_waiter("project_version_running")
    waiter.wait(ProjectArn=project, VersionNames=["v1"], WaiterConfig=SOON)
    world.labels.set_hosting(times=2, outcome="FAILED")
    start(world, world.create(project, "v2"))
    with pytest.raises(WaiterError, match="terminal failure state"):
        waiter.wait(ProjectArn=project, VersionNames=["v2"], WaiterConfig=SOON)


def test_only_described_versions_progress(world: World) -> None:
    project = world.project()
    versions = [world.create(project, name) for name in ("a", "b")]
    world.labels.set_hosting(times=2)
    for version in versions:
        start(world, version)
    world.statuses(project, "a")
    assert world.statuses(project, "a") == ["RUNNING"]
    assert world.statuses(project, "b") == ["STARTING"]


def test_a_deleted_version_is_gone_and_frees_its_name_and_its_slot(world: World) -> None:
    world.labels.set_limits(versions=1)
    project = world.project()
    version = world.create(project)
    assert delete(world, version) == "DELETING"
    assert world.describe(project) == []
    for call in (start, delete):
        with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException):
            call(world, version)
    assert world.create(project) != version
    delete(world, world.describe(project)[0]["ProjectVersionArn"])
    assert world.rekognition.delete_project(ProjectArn=project)["Status"] == "DELETING"


def test_a_version_exists_until_its_deletion_ends_after_several_describes(world: World) -> None:
    project = world.project()
    version = world.create(project)
    state_manager.set_transition(VERSION_DELETION, VersionDeletion(times=3).to_config())
    try:
        for _ in range(2):
            assert delete(world, version) == "DELETING"
        (seen,) = world.describe(project)
        assert (seen["Status"], seen["StatusMessage"]) == ("DELETING", "The model is being deleted.")
        for operation, call in (("started", start), ("stopped", stop)):
            with in_use(world, f"can't be {operation}: it is DELETING"):
                call(world, version)
        with in_use(world, "name v1 already exists"):
            world.create(project)
        with in_use(world, "still has 1 project version"):
            world.rekognition.delete_project(ProjectArn=project)
        assert world.statuses(project) == ["DELETING"]
        assert world.describe(project) == []
    finally:
        state_manager.unset_transition(VERSION_DELETION)


@pytest.mark.parametrize("status", ["STARTING", "RUNNING", "STOPPING"])
def test_a_version_cannot_be_deleted_while_its_model_is_active(world: World, status: str) -> None:
    project = world.project()
    version = world.create(project)
    world.labels.set_hosting(times=1)
    start(world, version)
    if status != "STARTING":
        world.describe(project)
    if status == "STOPPING":
        stop(world, version)
    with in_use(world, f"can't be deleted: it is {status}"):
        delete(world, version)
    assert names_of(world.describe(project)) == ["v1"]


def test_a_stopped_and_a_failed_version_can_be_deleted(world: World) -> None:
    project = world.project()
    stopped = world.create(project, "a")
    start(world, stopped)
    stop(world, stopped)
    assert delete(world, stopped) == "DELETING"
    world.labels.set_training(outcome="TRAINING_FAILED")
    assert delete(world, world.create(project, "b")) == "DELETING"
    assert world.describe(project) == []


def test_the_hosting_default_of_the_state_manager_applies_and_settings_end_with_their_mock() -> None:
    registered = state_manager.get_transition(HOSTING)
    with mock_custom_labels() as outer:
        outer.set_hosting(times=5)
        with mock_custom_labels() as inner:
            inner.set_hosting(seconds=7, outcome="FAILED", message="no")
            assert state_manager.get_transition(HOSTING) == {
                "progression": "time",
                "seconds": 7,
                "outcome": "FAILED",
                "message": "no",
            }
        assert state_manager.get_transition(HOSTING)["times"] == 5
    assert state_manager.get_transition(HOSTING) is registered


def test_a_malformed_hosting_transition_is_a_server_error(world: World) -> None:
    project = world.project()
    start(world, world.create(project))
    state_manager.set_transition(HOSTING, {"progression": "immediate", "outcome": "TRAINING_FAILED"})
    try:
        with pytest.raises(world.rekognition.exceptions.InternalServerError, match="outcome must be RUNNING or FAILED"):
            world.describe(project)
    finally:
        state_manager.unset_transition(HOSTING)
