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
from tests.testing.emulator import Emulator, client, names_of

SOON = {"Delay": 0, "MaxAttempts": 5}
MISSING = "arn:aws:rekognition:us-east-1:123456789012:project/p1/version/missing/1574310000000"


def start(emulator: Emulator, version: str, least: int = 1, most: int | None = None) -> str:
    units = {"MinInferenceUnits": least} | ({} if most is None else {"MaxInferenceUnits": most})
    status: str = emulator.rekognition.start_project_version(ProjectVersionArn=version, **units)["Status"]
    return status


def stop(emulator: Emulator, version: str) -> str:
    status: str = emulator.rekognition.stop_project_version(ProjectVersionArn=version)["Status"]
    return status


def delete(emulator: Emulator, version: str) -> str:
    status: str = emulator.rekognition.delete_project_version(ProjectVersionArn=version)["Status"]
    return status


@contextmanager
def in_use(emulator: Emulator, message: str) -> Iterator[None]:
    with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException, match=message) as caught:
        yield
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@contextmanager
def exceeds(emulator: Emulator, message: str) -> Iterator[None]:
    with pytest.raises(emulator.rekognition.exceptions.LimitExceededException, match=message) as caught:
        yield
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_model_is_started_and_stopped_and_started_again(emulator: Emulator) -> None:
    emulator.labels.set_hosting(times=2)
    project = emulator.project()
    version = emulator.create(project)
    trained = emulator.describe(project)[0]
    assert start(emulator, version, 2, 3) == "STARTING"
    seen = emulator.describe(project) + emulator.describe(project)
    assert [description["Status"] for description in seen] == ["STARTING", "RUNNING"]
    assert [description["StatusMessage"] for description in seen] == ["The model is starting.", "The model is running."]
    for description in seen:
        assert (description["MinInferenceUnits"], description["MaxInferenceUnits"]) == (2, 3)
        assert description["EvaluationResult"] == trained["EvaluationResult"]
    assert stop(emulator, version) == "STOPPING"
    stopping, stopped = emulator.describe(project) + emulator.describe(project)
    assert (stopping["Status"], stopping["MinInferenceUnits"]) == ("STOPPING", 2)
    assert (stopped["Status"], stopped["StatusMessage"]) == ("STOPPED", "The model is stopped.")
    assert not {"MinInferenceUnits", "MaxInferenceUnits"} & set(stopped)
    assert start(emulator, version) == "STARTING"
    (again,) = emulator.describe(project)
    assert (again["Status"], again["MinInferenceUnits"]) == ("STARTING", 1)
    assert "MaxInferenceUnits" not in again


def test_a_failed_start_has_a_message_and_can_be_retried(emulator: Emulator) -> None:
    emulator.labels.set_hosting(outcome="FAILED", message="No capacity.", project="p1")
    project = emulator.project("p1")
    version = emulator.create(project)
    assert start(emulator, version) == "STARTING"
    (failed,) = emulator.describe(project)
    assert (failed["Status"], failed["StatusMessage"]) == ("FAILED", "No capacity.")
    assert "MinInferenceUnits" not in failed
    with in_use(emulator, "can't be stopped: it is FAILED"):
        stop(emulator, version)
    emulator.labels.set_hosting(project="p1")
    assert emulator.statuses(project) == ["FAILED"]
    start(emulator, version)
    assert emulator.statuses(project) == ["RUNNING"]


def test_a_failed_start_has_the_message_of_the_service_by_default(emulator: Emulator) -> None:
    emulator.labels.set_hosting(outcome="FAILED")
    project = emulator.project()
    start(emulator, emulator.create(project))
    assert emulator.describe(project)[0]["StatusMessage"] == "Amazon Rekognition experienced a service issue."


def test_starts_and_stops_can_take_seconds(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_hosting(seconds=60)
    project = emulator.project()
    version = emulator.create(project)
    start(emulator, version)
    for call, starting in (((start), "started"), (stop, "stopped")):
        with in_use(emulator, f"can't be {starting}: it is STARTING"):
            call(emulator, version)
    stopped_clock.forward(60)
    # it ends without a describe
    stop(emulator, version)
    stopped_clock.forward(59)
    assert emulator.statuses(project) == ["STOPPING"]
    with in_use(emulator, "can't be stopped: it is STOPPING"):
        stop(emulator, version)
    stopped_clock.forward(1)
    assert emulator.statuses(project) == ["STOPPED"]


def test_only_a_trained_version_can_be_started_and_a_running_one_stopped(emulator: Emulator) -> None:
    emulator.labels.set_training(times=2)
    project = emulator.project()
    version = emulator.create(project)
    for operation, call in (("started", start), ("stopped", stop), ("deleted", delete)):
        with in_use(emulator, f"can't be {operation}: it is TRAINING_IN_PROGRESS"):
            call(emulator, version)
    emulator.labels.set_training(outcome="TRAINING_FAILED", version="v2")
    failed = emulator.create(project, "v2")
    with in_use(emulator, "can't be started: it is TRAINING_FAILED"):
        start(emulator, failed)
    for _ in range(2):
        emulator.describe(project, "v1")
    with in_use(emulator, "can't be stopped: it is TRAINING_COMPLETED"):
        stop(emulator, version)
    start(emulator, version)
    emulator.describe(project)
    with in_use(emulator, "can't be started: it is RUNNING"):
        start(emulator, version)


def test_a_model_can_be_started_without_a_describe_when_its_training_has_ended(
    emulator: Emulator, stopped_clock: Clock
) -> None:
    emulator.labels.set_training(seconds=60)
    project = emulator.project()
    version = emulator.create(project)
    stopped_clock.forward(60)
    assert start(emulator, version) == "STARTING"
    assert "EvaluationResult" in emulator.describe(project)[0]


def test_missing_versions_and_those_of_others_are_not_found(emulator: Emulator) -> None:
    version = emulator.create(emulator.project())
    for arn in (MISSING, version.replace("us-east-1", "eu-west-1"), version.replace("123456789012", "210987654321")):
        for call in (start, stop, delete):
            with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException, match="project version"):
                call(emulator, arn)


def test_adapters_cannot_be_started(emulator: Emulator) -> None:
    project = emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED")
    version = emulator.create(project)
    for call in (start, stop):
        with pytest.raises(
            emulator.rekognition.exceptions.InvalidParameterException, match="not a Custom Labels model"
        ):
            call(emulator, version)
    assert delete(emulator, version) == "DELETING"


def test_inference_units_must_be_consistent_and_within_the_limit(emulator: Emulator) -> None:
    version = emulator.create(emulator.project())
    with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match="MinInferenceUnits 3 must be"):
        start(emulator, version, 3, 2)
    with pytest.raises(emulator.rekognition.exceptions.ClientError, match="minInferenceUnits"):
        client("rekognition", config=_unchecked()).start_project_version(ProjectVersionArn=version, MinInferenceUnits=0)
    for units in ((6, None), (1, 6)):
        with exceeds(emulator, "more than 5 inference units"):
            start(emulator, version, *units)
    emulator.labels.set_limits(inference_units=6)
    assert start(emulator, version, 6, 6) == "STARTING"


def _unchecked() -> Any:
    from botocore.config import Config

    return Config(parameter_validation=False)


def test_two_models_can_be_active_including_those_that_stop(emulator: Emulator, stopped_clock: Clock) -> None:
    first, second = emulator.project("p1"), emulator.project("p2")
    versions = [emulator.create(first, "a"), emulator.create(second, "b"), emulator.create(first, "c")]
    emulator.labels.set_hosting(seconds=60)
    for version in versions[:2]:
        start(emulator, version)
    with exceeds(emulator, "Cannot run more than 2 ProjectVersions concurrently"):
        start(emulator, versions[2])
    stopped_clock.forward(60)
    stop(emulator, versions[0])
    with exceeds(emulator, "more than 2"):
        start(emulator, versions[2])
    stopped_clock.forward(60)
    # it has stopped without a describe
    start(emulator, versions[2])
    emulator.labels.set_limits(running=3, region="us-east-1")
    start(emulator, versions[0])


def test_a_failed_start_does_not_count_to_the_limit(emulator: Emulator) -> None:
    emulator.labels.set_limits(running=1)
    project = emulator.project()
    emulator.labels.set_hosting(outcome="FAILED", version="a")
    start(emulator, emulator.create(project, "a"))
    start(emulator, emulator.create(project, "b"))
    assert sorted(emulator.statuses(project)) == ["FAILED", "RUNNING"]


def test_concurrent_starts_respect_the_limit(emulator: Emulator) -> None:
    emulator.labels.set_limits(trainings=10)
    emulator.labels.set_hosting(times=1000)
    project = emulator.project()
    versions = [emulator.create(project, f"v{number}") for number in range(6)]
    codes: list[str] = []
    together = threading.Barrier(len(versions))

    def begin(version: str) -> None:
        rekognition = client("rekognition")
        together.wait()
        try:
            codes.append(start(Emulator(emulator.labels, rekognition, emulator.s3), version))
        except rekognition.exceptions.ClientError as error:
            codes.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=begin, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["LimitExceededException"] * 4 + ["STARTING"] * 2
    assert emulator.statuses(project).count("STARTING") == 2


def test_the_waiter_of_botocore_waits_until_the_model_runs(emulator: Emulator) -> None:
    emulator.labels.set_hosting(times=3)
    project = emulator.project()
    start(emulator, emulator.create(project))
    waiter = emulator.rekognition.get_waiter("project_version_running")
    waiter.wait(ProjectArn=project, VersionNames=["v1"], WaiterConfig=SOON)
    emulator.labels.set_hosting(times=2, outcome="FAILED")
    start(emulator, emulator.create(project, "v2"))
    with pytest.raises(WaiterError, match="terminal failure state"):
        waiter.wait(ProjectArn=project, VersionNames=["v2"], WaiterConfig=SOON)


def test_only_described_versions_progress(emulator: Emulator) -> None:
    project = emulator.project()
    versions = [emulator.create(project, name) for name in ("a", "b")]
    emulator.labels.set_hosting(times=2)
    for version in versions:
        start(emulator, version)
    emulator.statuses(project, "a")
    assert emulator.statuses(project, "a") == ["RUNNING"]
    assert emulator.statuses(project, "b") == ["STARTING"]


def test_a_deleted_version_is_gone_and_frees_its_name_and_its_slot(emulator: Emulator) -> None:
    emulator.labels.set_limits(versions=1)
    project = emulator.project()
    version = emulator.create(project)
    assert delete(emulator, version) == "DELETING"
    assert emulator.describe(project) == []
    for call in (start, delete):
        with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
            call(emulator, version)
    assert emulator.create(project) != version
    delete(emulator, emulator.describe(project)[0]["ProjectVersionArn"])
    assert emulator.rekognition.delete_project(ProjectArn=project)["Status"] == "DELETING"


def test_a_version_exists_until_its_deletion_ends_after_several_describes(emulator: Emulator) -> None:
    project = emulator.project()
    version = emulator.create(project)
    state_manager.set_transition(VERSION_DELETION, VersionDeletion(times=3).to_config())
    try:
        for _ in range(2):
            assert delete(emulator, version) == "DELETING"
        (seen,) = emulator.describe(project)
        assert (seen["Status"], seen["StatusMessage"]) == ("DELETING", "The model is being deleted.")
        for operation, call in (("started", start), ("stopped", stop)):
            with in_use(emulator, f"can't be {operation}: it is DELETING"):
                call(emulator, version)
        with in_use(emulator, "name v1 already exists"):
            emulator.create(project)
        with in_use(emulator, "still has 1 project version"):
            emulator.rekognition.delete_project(ProjectArn=project)
        assert emulator.statuses(project) == ["DELETING"]
        assert emulator.describe(project) == []
    finally:
        state_manager.unset_transition(VERSION_DELETION)


@pytest.mark.parametrize("status", ["STARTING", "RUNNING", "STOPPING"])
def test_a_version_cannot_be_deleted_while_its_model_is_active(emulator: Emulator, status: str) -> None:
    project = emulator.project()
    version = emulator.create(project)
    emulator.labels.set_hosting(times=1)
    start(emulator, version)
    if status != "STARTING":
        emulator.describe(project)
    if status == "STOPPING":
        stop(emulator, version)
    with in_use(emulator, f"can't be deleted: it is {status}"):
        delete(emulator, version)
    assert names_of(emulator.describe(project)) == ["v1"]


def test_a_stopped_and_a_failed_version_can_be_deleted(emulator: Emulator) -> None:
    project = emulator.project()
    stopped = emulator.create(project, "a")
    start(emulator, stopped)
    stop(emulator, stopped)
    assert delete(emulator, stopped) == "DELETING"
    emulator.labels.set_training(outcome="TRAINING_FAILED")
    assert delete(emulator, emulator.create(project, "b")) == "DELETING"
    assert emulator.describe(project) == []


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


def test_a_malformed_hosting_transition_is_a_server_error(emulator: Emulator) -> None:
    project = emulator.project()
    start(emulator, emulator.create(project))
    state_manager.set_transition(HOSTING, {"progression": "immediate", "outcome": "TRAINING_FAILED"})
    try:
        with pytest.raises(
            emulator.rekognition.exceptions.InternalServerError, match="outcome must be RUNNING or FAILED"
        ):
            emulator.describe(project)
    finally:
        state_manager.unset_transition(HOSTING)
