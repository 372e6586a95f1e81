import threading
from typing import Any

import pytest
from moto.moto_api import state_manager

from rekog_versions.testing import CustomLabelsControl, mock_custom_labels
from rekog_versions.testing.transitions import DATASET, TRAINING
from tests.testing.conftest import Clock
from tests.testing.emulator import BUCKET, Emulator, cats_and_dogs, client

REGISTERED = state_manager.get_transition(TRAINING)


def ends_after(emulator: Emulator, project: str) -> int:
    """Return the number of the describe call that finds the training ended."""
    for number in range(1, 20):
        if emulator.statuses(project) != ["TRAINING_IN_PROGRESS"]:
            return number
    raise AssertionError("it does not end")


def test_the_most_specific_setting_counts(emulator: Emulator) -> None:
    emulator.labels.set_limits(trainings=100)
    emulator.labels.set_training(times=2)
    emulator.labels.set_training(times=4, project="b", version="v1")
    emulator.labels.set_training(times=5, version="w1")
    emulator.labels.set_training(times=9, project="b")
    emulator.labels.set_training(times=3, project="b")
    emulator.labels.set_training(times=8, region="eu-west-1", project="a")
    plain, special = emulator.project("a"), emulator.project("b")
    found: dict[str, int] = {}
    for project, version in ((plain, "v1"), (plain, "w1"), (special, "v1"), (special, "v2")):
        emulator.create(project, version)
        for number in range(1, 9):
            if emulator.statuses(project, version) != ["TRAINING_IN_PROGRESS"]:
                found[f"{project.split('/')[1]}/{version}"] = number
                break
    assert found == {"a/v1": 2, "a/w1": 5, "b/v1": 4, "b/v2": 3}


def test_a_setting_for_a_project_applies_to_all_regions_by_default() -> None:
    with mock_custom_labels() as labels:
        labels.set_training(times=2, project="p1")
        labels.set_training(times=4, project="p1", region="eu-central-1")
        for region, times in (("eu-west-1", 2), ("us-west-2", 2), ("eu-central-1", 4)):
            emulator = Emulator(labels, client("rekognition", region), client("s3"))
            project = emulator.project("p1")
            emulator.create(project)
            assert ends_after(emulator, project) == times


def test_a_setting_applies_to_current_trainings_but_not_to_ended_ones(emulator: Emulator) -> None:
    emulator.labels.set_training(times=50)
    project = emulator.project()
    emulator.create(project)
    assert emulator.statuses(project) == ["TRAINING_IN_PROGRESS"]
    emulator.labels.set_training(outcome="TRAINING_FAILED", project="p1")
    assert emulator.statuses(project) == ["TRAINING_FAILED"]
    emulator.labels.set_training(times=50, project="p1")
    assert emulator.statuses(project) == ["TRAINING_FAILED"]


def test_zero_seconds_and_no_setting_both_end_a_training_at_once(emulator: Emulator, stopped_clock: Clock) -> None:
    project = emulator.project()
    emulator.create(project, "a")
    assert emulator.statuses(project) == ["TRAINING_COMPLETED"]
    emulator.labels.set_training(seconds=0)
    emulator.create(project, "b")
    assert emulator.statuses(project) == ["TRAINING_COMPLETED"] * 2


def test_limits_can_be_set_by_region_and_one_at_a_time(emulator: Emulator) -> None:
    emulator.labels.set_limits(projects=1)
    emulator.labels.set_limits(trainings=0, region="us-east-1")
    emulator.labels.set_limits(versions=1, region="eu-west-1")
    project = emulator.project()
    limit = emulator.rekognition.exceptions.LimitExceededException
    with pytest.raises(limit, match="more than 1 Projects"):
        emulator.project("p2")
    with pytest.raises(limit, match="Cannot create more than 0 ProjectVersions concurrently"):
        emulator.create(project)
    far = Emulator(emulator.labels, client("rekognition", "eu-west-1"), emulator.s3)
    project = far.project()
    far.create(project)
    with pytest.raises(far.rekognition.exceptions.LimitExceededException, match="more than 1 ProjectVersions"):
        far.create(project, "v2")


def test_another_account_has_its_own_projects_and_settings(emulator: Emulator) -> None:
    credentials = client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/r", RoleSessionName="other-one")[
        "Credentials"
    ]
    import boto3

    rekognition: Any = boto3.client(
        "rekognition",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name="us-east-1",
    )
    other = Emulator(emulator.labels, rekognition, emulator.s3)
    own_arn, other_arn = emulator.project(), other.project()
    assert (own_arn.split(":")[4], other_arn.split(":")[4]) == ("123456789012", "210987654321")
    assert len(emulator.rekognition.describe_projects()["ProjectDescriptions"]) == 1
    emulator.labels.set_training(times=3, project="p1")
    emulator.labels.set_training(times=2, account_id="210987654321")
    for its, arn, times in ((emulator, own_arn, 3), (other, other_arn, 2)):
        its.create(arn)
        assert ends_after(its, arn) == times


def test_the_reset_of_moto_clears_projects_and_settings(emulator: Emulator) -> None:
    emulator.labels.set_training(times=9, project="p1")
    project = emulator.project()
    emulator.create(project)
    from moto.core.base_backend import BackendDict

    BackendDict.reset()
    assert emulator.rekognition.describe_projects()["ProjectDescriptions"] == []
    emulator.s3.create_bucket(Bucket=BUCKET)
    assert emulator.train(cats_and_dogs())["Status"] == "TRAINING_COMPLETED"


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({"times": 0}, ValueError, "times must be at least 1 .*got 0"),
        ({"times": 1.5}, TypeError, "times must be a number .*got 1.5"),
        ({"times": True}, TypeError, "times must be .*got True"),
        ({"seconds": -1}, ValueError, "seconds must be at least 0 .*got -1"),
        ({"seconds": float("nan")}, ValueError, "seconds must .*got nan"),
        ({"seconds": float("inf")}, ValueError, "seconds must .*got inf"),
        ({"seconds": "60"}, TypeError, "seconds must be a number .*got '60'"),
        ({"times": 1, "seconds": 1}, ValueError, "times and seconds must not be given together"),
        ({"outcome": "FAILED"}, ValueError, "outcome must be TRAINING_COMPLETED or TRAINING_FAILED, got 'FAILED'"),
        ({"message": 5}, TypeError, "message must be a string, got 5"),
    ],
)
def test_invalid_settings_for_trainings_are_rejected(
    setting: dict[str, Any], error: type[Exception], message: str
) -> None:
    with mock_custom_labels() as labels, pytest.raises(error, match=message):
        labels.set_training(**setting)


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"projects": -1}, ValueError),
        ({"versions": "5"}, TypeError),
        ({"trainings": True}, TypeError),
        ({"running": -1}, ValueError),
        ({"inference_units": 1.5}, TypeError),
        ({"copies": "1"}, TypeError),
        ({"policies": -1}, ValueError),
        ({"tags": True}, TypeError),
    ],
)
def test_invalid_limits_are_rejected(limits: dict[str, Any], error: type[Exception]) -> None:
    with mock_custom_labels() as labels, pytest.raises(error, match=next(iter(limits))):
        labels.set_limits(**limits)


@pytest.mark.parametrize(
    ("method", "setting", "error", "message"),
    [
        ("set_hosting", {"outcome": "STOPPED"}, ValueError, "must be RUNNING or FAILED"),
        (
            "set_hosting",
            {"times": 1, "seconds": 1},
            ValueError,
            "a start or stop ends either after describe calls or after some time",
        ),
        ("set_copying", {"outcome": "RUNNING"}, ValueError, "must be COPYING_COMPLETED or COPYING_FAILED"),
        ("set_copying", {"times": 0}, ValueError, "times must be at least 1 .*got 0"),
        ("set_copying", {"message": 5}, TypeError, "message must be a string, got 5"),
    ],
)
def test_invalid_settings_for_hosting_and_copying_are_rejected(
    method: str, setting: dict[str, Any], error: type[Exception], message: str
) -> None:
    with mock_custom_labels() as labels, pytest.raises(error, match=message):
        getattr(labels, method)(**setting)


def test_an_invalid_quality_is_rejected() -> None:
    with mock_custom_labels() as labels, pytest.raises(ValueError, match=r"f1 must .*got 1\.5"):
        labels.set_quality(f1=1.5)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"progression": "manual"}, "progression 'manual' needs 'times'"),
        ({"progression": "time", "times": 2}, "progression 'time' needs 'seconds'"),
        ({"progression": "sometimes"}, "progression must be manual, time, immediate, got 'sometimes'"),
        ({"progression": "immediate", "outcome": "WELL"}, "outcome must be .*got 'WELL'"),
        ({}, "progression must be .*got None"),
    ],
)
def test_a_malformed_transition_of_the_state_manager_is_a_server_error(
    emulator: Emulator, config: dict[str, Any], message: str
) -> None:
    project = emulator.project()
    emulator.create(project)
    state_manager.set_transition(TRAINING, config)
    try:
        with pytest.raises(emulator.rekognition.exceptions.InternalServerError, match=message) as caught:
            emulator.describe(project)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    finally:
        state_manager.unset_transition(TRAINING)


def test_the_defaults_end_with_their_mock() -> None:
    with mock_custom_labels() as outer:
        outer.set_training(times=5)
        outer.set_training(seconds=7)
        with mock_custom_labels() as inner:
            inner.set_training(times=2, outcome="TRAINING_FAILED", message="no")
            assert state_manager.get_transition(TRAINING) == {
                "progression": "manual",
                "times": 2,
                "outcome": "TRAINING_FAILED",
                "message": "no",
            }
            inner.set_training(times=3)
        assert state_manager.get_transition(TRAINING)["seconds"] == 7
    assert state_manager.get_transition(TRAINING) is REGISTERED


def test_the_previous_transition_is_restored_and_one_of_other_code_is_kept() -> None:
    before, others = {"progression": "manual", "times": 3}, {"progression": "manual", "times": 4}
    state_manager.set_transition(TRAINING, before)
    try:
        with mock_custom_labels() as labels:
            labels.set_training(times=5)
        assert state_manager.get_transition(TRAINING) is before
        with mock_custom_labels() as labels:
            labels.set_training(times=5)
            state_manager.set_transition(TRAINING, others)
        assert state_manager.get_transition(TRAINING) is others
    finally:
        state_manager.unset_transition(TRAINING)


def test_mocks_that_end_in_another_order_leave_no_settings() -> None:
    first, second = mock_custom_labels(), mock_custom_labels()
    first.__enter__().set_training(times=2)
    second.__enter__().set_training(times=3)
    first.__exit__(None, None, None)
    assert state_manager.get_transition(TRAINING)["times"] == 3
    second.__exit__(None, None, None)
    assert state_manager.get_transition(TRAINING) is REGISTERED


def test_the_inner_mocks_settings_end_with_it(emulator: Emulator) -> None:
    with mock_custom_labels() as inner:
        inner.set_training(times=9, project="p1")
        inner.set_limits(projects=1)
    project = emulator.project("p1")
    emulator.project("p2")
    emulator.create(project)
    assert ends_after(emulator, project) == 1


def test_the_current_control_is_that_of_the_innermost_mock() -> None:
    with pytest.raises(RuntimeError, match="no mock_custom_labels is active"):
        CustomLabelsControl.current()
    with mock_custom_labels() as outer:
        with mock_custom_labels() as inner:
            assert CustomLabelsControl.current() is inner
        assert CustomLabelsControl.current() is outer


def test_the_control_raises_if_moto_uses_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_custom_labels() as labels, monkeypatch.context() as patched:
        patched.setattr("moto.settings.TEST_SERVER_MODE", True)
        with pytest.raises(RuntimeError, match="Set transitions over HTTP"):
            labels.set_training(times=1)
        with pytest.raises(RuntimeError, match="Set transitions over HTTP"):
            labels.set_limits(projects=1)
        with pytest.raises(RuntimeError, match="Set transitions over HTTP"):
            labels.set_hosting(times=1)
        with pytest.raises(RuntimeError, match="Set transitions over HTTP"):
            labels.inject("CreateProject", delay=1)


def test_concurrent_settings_and_resets_do_not_fail(emulator: Emulator) -> None:
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(20):
                with mock_custom_labels() as labels:
                    labels.set_training(times=2)
                    labels.set_training(times=2, project=f"p{number}")
                    labels.set_limits(projects=1000)
                    client("rekognition").describe_projects()
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert state_manager.get_transition(TRAINING) is REGISTERED


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({"times": 0}, ValueError, "times must be at least 1 .*got 0"),
        ({"seconds": "60"}, TypeError, "seconds must be a number .*got '60'"),
        ({"times": 1, "seconds": 1}, ValueError, "times and seconds must not be given together"),
        ({"outcome": "FAILED"}, ValueError, "must be SUCCESS or CLIENT_ERROR or SERVICE_ERROR"),
        ({"message": 5}, TypeError, "message must be a string, got 5"),
    ],
)
def test_invalid_settings_for_datasets_are_rejected(
    setting: dict[str, Any], error: type[Exception], message: str
) -> None:
    with mock_custom_labels() as labels, pytest.raises(error, match=message):
        labels.set_datasets(**setting)


def test_the_defaults_for_datasets_and_trainings_are_separate_and_end_with_the_mock() -> None:
    registered = state_manager.get_transition(DATASET)
    with mock_custom_labels() as outer:
        outer.set_datasets(times=5)
        with mock_custom_labels() as inner:
            inner.set_training(times=2)
            inner.set_datasets(seconds=7, outcome="CLIENT_ERROR", message="no")
            assert state_manager.get_transition(DATASET) == {
                "progression": "time",
                "seconds": 7,
                "outcome": "CLIENT_ERROR",
                "message": "no",
            }
        assert state_manager.get_transition(DATASET)["times"] == 5
        assert state_manager.get_transition(TRAINING) is REGISTERED
    assert state_manager.get_transition(DATASET) is registered


def test_a_malformed_transition_for_datasets_is_a_server_error(emulator: Emulator) -> None:
    project = emulator.project()
    arn = emulator.rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN")["DatasetArn"]
    state_manager.set_transition(DATASET, {"progression": "immediate", "outcome": "TRAINING_FAILED"})
    try:
        with pytest.raises(emulator.rekognition.exceptions.InternalServerError, match="outcome must be SUCCESS"):
            emulator.rekognition.describe_dataset(DatasetArn=arn)
    finally:
        state_manager.unset_transition(DATASET)
    assert emulator.rekognition.describe_dataset(DatasetArn=arn)


def test_a_setting_for_datasets_raises_if_moto_uses_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_custom_labels() as labels, monkeypatch.context() as patched:
        patched.setattr("moto.settings.TEST_SERVER_MODE", True)
        for project in (None, "p1"):
            with pytest.raises(RuntimeError, match="Set transitions over HTTP"):
                labels.set_datasets(times=1, project=project)
