import itertools
import threading
from typing import Any

import boto3
import pytest
from moto.moto_api import state_manager

from rekog_versions.testing.backend import custom_labels_backends
from rekog_versions.testing.entities import ProjectVersion
from rekog_versions.testing.moto_s3 import Storage
from rekog_versions.testing.transitions import COPYING, VERSION_DELETION
from tests.testing.conftest import Clock
from tests.testing.emulator import BUCKET, Emulator, client, names_of
from tests.testing.test_policies import document, put, statement

FILES = (
    "EvaluationResultSummary",
    "TrainingGroundTruth",
    "TrainingManifestWithValidation",
    "TestingGroundTruth",
    "TestingManifestWithValidation",
    "ManifestSummary",
)
OTHER, ROLE = "210987654321", "arn:aws:iam::210987654321:role/copier"


@pytest.fixture
def other(emulator: Emulator) -> Emulator:
    """Return the emulation for another account, with a bucket of that account."""
    keys = client("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]

    def of(service: str) -> Any:
        make: Any = boto3.client
        return make(
            service,
            region_name="us-east-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    made = Emulator(emulator.labels, of("rekognition"), of("s3"))
    made.s3.create_bucket(Bucket="theirs")
    return made


def copy(emulator: Emulator, source: str, version: str, target: str, name: str = "copy", **others: Any) -> str:
    request = {"OutputConfig": {"S3Bucket": BUCKET, "S3KeyPrefix": "copies"}, **others}
    arn: str = emulator.rekognition.copy_project_version(
        SourceProjectArn=source,
        SourceProjectVersionArn=version,
        DestinationProjectArn=target,
        VersionName=name,
        **request,
    )["ProjectVersionArn"]
    return arn


def test_a_copy_has_the_results_of_its_source_in_its_own_bucket(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_copying(times=2)
    source, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(source)
    (trained,) = emulator.describe(source)
    arn = copy(emulator, source, version, target, "v.2", KmsKeyId="alias/mine", Tags={"team": "vision"})
    assert arn.rpartition("/")[0] == target.rpartition("/")[0] + "/version/v.2"
    (copying,) = emulator.describe(target)
    assert {**copying, "CreationTimestamp": None} == {
        "ProjectVersionArn": arn,
        "CreationTimestamp": None,
        "Status": "COPYING_IN_PROGRESS",
        "StatusMessage": "The model is being copied.",
        "OutputConfig": {"S3Bucket": BUCKET, "S3KeyPrefix": "copies"},
        "SourceProjectVersionArn": version,
        "KmsKeyId": "alias/mine",
        "Feature": "CUSTOM_LABELS",
    }
    assert "Contents" not in emulator.s3.list_objects_v2(Bucket=BUCKET, Prefix="copies")
    (copied,) = emulator.describe(target)
    assert (copied["Status"], copied["SourceProjectVersionArn"]) == ("COPYING_COMPLETED", version)
    assert copied["EvaluationResult"]["F1Score"] == trained["EvaluationResult"]["F1Score"]
    place = copied["EvaluationResult"]["Summary"]["S3Object"]
    assert place == {"Bucket": BUCKET, "Name": "copies/EvaluationResultSummary-p1-v1.json"}
    assert emulator.summary(copied) == emulator.summary(trained)
    assert emulator.s3.head_object(Bucket=BUCKET, Key=place["Name"])["ServerSideEncryption"] == "aws:kms"
    # a copy has no billed training
    assert "BillableTrainingTimeInSeconds" not in copied
    assert emulator.rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "vision"}


def files_of(version: dict[str, Any]) -> list[dict[str, Any]]:
    places = [version["EvaluationResult"]["Summary"]]
    for data, member in itertools.product(("TrainingDataResult", "TestingDataResult"), ("Output", "Validation")):
        (asset,) = version[data][member]["Assets"]
        places.append(asset["GroundTruthManifest"])
    return [*places, version["ManifestSummary"]]


def test_a_copy_has_every_file_of_its_source(emulator: Emulator) -> None:
    source, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(source)
    (trained,) = emulator.describe(source)
    copy(emulator, source, version, target)
    (copied,) = emulator.describe(target)
    names = [f"copies/{name}-p1-v1.json" for name in FILES]
    assert files_of(copied) == [{"S3Object": {"Bucket": BUCKET, "Name": name}} for name in names]
    assert [emulator.read(place) for place in files_of(copied)] == [emulator.read(place) for place in files_of(trained)]


def test_a_copy_is_started_copied_again_and_deleted(emulator: Emulator) -> None:
    source, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(source)
    first = copy(emulator, source, version, target)
    second = copy(emulator, target, first, source, "again", OutputConfig={"S3Bucket": BUCKET})
    (again,) = emulator.describe(source, "again")
    assert again["SourceProjectVersionArn"] == first
    assert again["EvaluationResult"]["Summary"]["S3Object"]["Name"] == "EvaluationResultSummary-p1-v1.json"
    emulator.labels.set_hosting(times=2, project="p2", version="copy")
    for arn in (first, second):
        emulator.rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
    assert emulator.statuses(target) == ["STARTING"]
    assert emulator.statuses(source, "again") == ["RUNNING"]
    assert emulator.describe(target)[0]["EvaluationResult"]["Summary"]["S3Object"]["Name"].startswith("copies/")
    emulator.rekognition.stop_project_version(ProjectVersionArn=second)
    emulator.rekognition.delete_project_version(ProjectVersionArn=second)
    assert names_of(emulator.describe(source)) == ["v1"]


def test_a_copy_can_stay_in_its_project_and_needs_a_free_name(emulator: Emulator) -> None:
    project = emulator.project()
    version = emulator.create(project)
    copy(emulator, project, version, project)
    assert emulator.statuses(project) == ["COPYING_COMPLETED", "TRAINING_COMPLETED"]
    for name in ("v1", "copy"):
        with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException, match=f"name {name} already exists"):
            copy(emulator, project, version, project, name)


def test_deleted_files_of_the_source_are_not_copied(emulator: Emulator) -> None:
    project = emulator.project()
    version = emulator.create(project)
    (trained,) = emulator.describe(project)
    place = trained["EvaluationResult"]["Summary"]["S3Object"]
    emulator.s3.delete_object(Bucket=place["Bucket"], Key=place["Name"])
    copy(emulator, project, version, project)
    (copied,) = emulator.describe(project, "copy")
    assert copied["Status"] == "COPYING_COMPLETED"
    assert copied["EvaluationResult"] == {"F1Score": trained["EvaluationResult"]["F1Score"]}


def test_a_copy_outlives_its_source(emulator: Emulator) -> None:
    emulator.labels.set_copying(times=2)
    source, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(source)
    copy(emulator, source, version, target)
    emulator.rekognition.delete_project_version(ProjectVersionArn=version)
    assert emulator.describe(source) == []
    emulator.statuses(target)
    assert emulator.summary(emulator.describe(target)[0])["EvaluationDetails"]["ProjectVersionArn"] == version


@pytest.mark.parametrize("message", [None, "No room."])
def test_a_copy_that_is_set_to_fail_has_no_files(emulator: Emulator, message: str | None) -> None:
    emulator.labels.set_copying(outcome="COPYING_FAILED", message=message, project="p2")
    source, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(source)
    failed = copy(emulator, source, version, target)
    (description,) = emulator.describe(target)
    assert description["Status"] == "COPYING_FAILED"
    assert description["StatusMessage"] == (message or "Amazon Rekognition experienced a service issue.")
    assert "EvaluationResult" not in description
    assert "Contents" not in emulator.s3.list_objects_v2(Bucket=BUCKET, Prefix="copies")
    with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException, match="it is COPYING_FAILED"):
        emulator.rekognition.start_project_version(ProjectVersionArn=failed, MinInferenceUnits=1)
    with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException, match="can't be copied"):
        copy(emulator, target, failed, source)
    emulator.rekognition.delete_project_version(ProjectVersionArn=failed)


def test_a_copy_fails_if_its_output_cannot_be_written(emulator: Emulator) -> None:
    project = emulator.project()
    version = emulator.create(project)
    copy(emulator, project, version, project, OutputConfig={"S3Bucket": "nobodys"})
    (description,) = emulator.describe(project, "copy")
    assert description["Status"] == "COPYING_FAILED"
    assert description["StatusMessage"] == "Unable to write to output S3 bucket."
    with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match="must name an S3Bucket"):
        copy(emulator, project, version, project, OutputConfig={"S3KeyPrefix": "copies"})


def test_only_a_trained_version_of_the_source_project_is_copied(emulator: Emulator) -> None:
    project, another = emulator.project("p1"), emulator.project("p2")
    emulator.labels.set_training(times=2)
    version = emulator.create(project)
    errors = emulator.rekognition.exceptions
    with pytest.raises(errors.ResourceInUseException, match="can't be copied: it is TRAINING_IN_PROGRESS"):
        copy(emulator, project, version, another)
    emulator.labels.set_training()
    with pytest.raises(errors.InvalidParameterException, match="not one of the project"):
        copy(emulator, another, version, another)
    missing = version.replace("/v1/", "/v9/")
    for arguments in (
        (project, missing, another),
        (project + "0", version, another),
        (project, version, another + "0"),
    ):
        with pytest.raises(errors.ResourceNotFoundException):
            copy(emulator, *arguments)
    with pytest.raises(errors.InvalidParameterException, match="The source project is in eu-west-1"):
        copy(emulator, project.replace("us-east-1", "eu-west-1"), version, another)
    state_manager.set_transition(VERSION_DELETION, {"progression": "manual", "times": 9})
    try:
        emulator.rekognition.delete_project_version(ProjectVersionArn=version)
        with pytest.raises(errors.ResourceInUseException, match="it is DELETING"):
            copy(emulator, project, version, another)
    finally:
        state_manager.unset_transition(VERSION_DELETION)


def test_a_running_version_can_be_copied_and_adapters_cannot(emulator: Emulator) -> None:
    project = emulator.project("p1")
    version = emulator.create(project)
    emulator.rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
    copy(emulator, project, version, project)
    adapter = emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED")
    for arguments in ((adapter, version, project), (project, version, adapter)):
        with pytest.raises(
            emulator.rekognition.exceptions.InvalidParameterException, match="not a Custom Labels project"
        ):
            copy(emulator, *arguments)


def test_copies_count_to_the_versions_and_to_their_own_limit(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_copying(seconds=60)
    emulator.labels.set_limits(copies=2, versions=4)
    project, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(project)
    for name in ("a", "b"):
        copy(emulator, project, version, target, name)
    exceeded = emulator.rekognition.exceptions.LimitExceededException
    with pytest.raises(exceeded, match="Cannot copy more than 2 ProjectVersions concurrently"):
        copy(emulator, project, version, target, "c")
    with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException, match="it is COPYING_IN_PROGRESS"):
        emulator.rekognition.delete_project_version(ProjectVersionArn=copy_arn(emulator, target))
    # a copy does not count as a training
    emulator.labels.set_training(times=9)
    for name in ("x", "y"):
        emulator.create(project, name)
    emulator.labels.set_training()
    stopped_clock.forward(60)
    for name in ("c", "d"):
        copy(emulator, project, version, target, name)
    stopped_clock.forward(60)
    with pytest.raises(exceeded, match=r"more than 4 ProjectVersions$"):
        copy(emulator, project, version, target, "e")


def copy_arn(emulator: Emulator, project: str) -> str:
    arn: str = emulator.describe(project, "a")[0]["ProjectVersionArn"]
    return arn


def test_another_account_copies_what_a_policy_allows(emulator: Emulator, other: Emulator) -> None:
    source, target = emulator.project("p1"), other.project("p1")
    version = emulator.create(source)
    output: dict[str, Any] = {"OutputConfig": {"S3Bucket": "theirs", "S3KeyPrefix": "in/"}}
    denied = other.rekognition.exceptions.AccessDeniedException
    with pytest.raises(denied, match="because no statement allows it") as caught:
        copy(other, source, version, target, **output)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    message = caught.value.response["Error"]["Message"]
    assert "User: arn:aws:sts::210987654321:assumed-role/copier/me is not authorized" in message
    revision = put(emulator, source, content=document(statement(Principal={"AWS": ROLE}, Resource=version)))
    arn = copy(other, source, version, target, **output)
    assert arn.split(":")[4] == OTHER
    (copied,) = other.describe(target)
    assert copied["Status"] == "COPYING_COMPLETED"
    assert copied["EvaluationResult"]["Summary"]["S3Object"]["Bucket"] == "theirs"
    assert other.summary(copied) == emulator.summary(emulator.describe(source)[0])
    put(emulator, source, content=document(statement(Principal="*", Resource=version + "0")), PolicyRevisionId=revision)
    with pytest.raises(denied, match="because no statement"):
        copy(other, source, version, target, "again", **output)
    # the copies and the limits are those of the destination account
    assert names_of(emulator.describe(source)) == ["v1"]


def test_a_policy_can_deny_its_own_account(emulator: Emulator) -> None:
    project = emulator.project()
    version = emulator.create(project)
    put(emulator, project, "deny", document(statement(Effect="Deny", Principal={"AWS": "123456789012"}, Resource="*")))
    put(emulator, project, "allow", document(statement(Principal="*", Resource=version)))
    denied = emulator.rekognition.exceptions.AccessDeniedException
    with pytest.raises(denied, match="with an explicit deny in a project policy"):
        copy(emulator, project, version, project)
    emulator.rekognition.delete_project_policy(ProjectArn=project, PolicyName="deny")
    copy(emulator, project, version, project)


def test_a_policy_names_an_iam_user(emulator: Emulator) -> None:
    iam = client("iam")
    iam.create_user(UserName="dora")
    key = iam.create_access_key(UserName="dora")["AccessKey"]
    make: Any = boto3.client
    rekognition = make(
        "rekognition",
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    project = emulator.project()
    version = emulator.create(project)
    user = {"AWS": "arn:aws:iam::123456789012:user/dora"}
    put(emulator, project, content=document(statement(Effect="Deny", Principal=user, Resource=version)))
    copy(emulator, project, version, project)
    with pytest.raises(rekognition.exceptions.AccessDeniedException, match="user/dora is not authorized"):
        copy(Emulator(emulator.labels, rekognition, emulator.s3), project, version, project, "again")


def test_a_copy_goes_only_to_a_project_of_the_caller(emulator: Emulator, other: Emulator) -> None:
    project, foreign = emulator.project("p1"), other.project("p1")
    version = emulator.create(project)
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
        copy(emulator, project, version, foreign)


def test_two_accounts_copy_from_each_other_at_once(emulator: Emulator, other: Emulator) -> None:
    """This would be a deadlock if a thread held the locks of both accounts."""
    own, foreign = emulator.project("p1"), other.project("p1")
    own_version, foreign_version = emulator.create(own), other.create(foreign)
    for its, project in ((emulator, own), (other, foreign)):
        put(its, project, content=document(statement(Principal="*", Resource="*")))
    errors: list[BaseException] = []

    def work(its: Emulator, source: str, version: str, target: str) -> None:
        try:
            for number in range(10):
                copy(its, source, version, target, f"copy{number}")
                assert its.statuses(target, f"copy{number}") == ["COPYING_COMPLETED"]
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=(emulator, foreign, foreign_version, own), daemon=True),
        threading.Thread(target=work, args=(other, own, own_version, foreign), daemon=True),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert errors == []


def test_the_copying_default_ends_with_its_mock(emulator: Emulator) -> None:
    from rekog_versions.testing import mock_custom_labels

    before = state_manager.get_transition(COPYING)
    with mock_custom_labels() as inner:
        inner.set_copying(times=3)
        assert state_manager.get_transition(COPYING)["times"] == 3
    assert state_manager.get_transition(COPYING) is before


def test_the_most_specific_copying_setting_is_that_of_the_destination(emulator: Emulator) -> None:
    emulator.labels.set_copying(times=9, project="p1")
    emulator.labels.set_copying(times=2, project="p2")
    source, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(source)
    copy(emulator, source, version, target)
    assert [emulator.statuses(target)[0] for _ in range(2)] == ["COPYING_IN_PROGRESS", "COPYING_COMPLETED"]


def test_every_file_that_a_description_names_is_copied_but_none_of_the_input(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(key: str, bucket: str = BUCKET) -> dict[str, Any]:
        return {"S3Object": {"Bucket": bucket, "Name": key}}

    def listed(*keys: str) -> dict[str, Any]:
        return {"Assets": [{"GroundTruthManifest": at(key)} for key in keys]}

    keys = ("output/summary.json", "output/deep/validated.manifest", "elsewhere/snapshot.manifest")
    for key in keys:
        emulator.s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    more = {
        "ManifestSummary": at(keys[0]),
        "TrainingDataResult": {"Input": listed("data/train.manifest"), "Validation": listed(keys[1])},
        "TestingDataResult": {"Input": {"AutoCreate": True}, "Output": listed(keys[2], "output/missing.manifest")},
    }
    project, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(project)
    describe = ProjectVersion.describe
    monkeypatch.setattr(ProjectVersion, "describe", lambda self: {**describe(self), **more})
    copy(emulator, project, version, target)
    (copied,) = emulator.describe(target)
    assert {name: copied[name] for name in more} == {
        "ManifestSummary": at("copies/summary.json"),
        "TrainingDataResult": {"Validation": listed("copies/deep/validated.manifest")},
        "TestingDataResult": {"Output": listed("copies/snapshot.manifest")},
    }
    for key, place in zip(keys, ("summary.json", "deep/validated.manifest", "snapshot.manifest"), strict=True):
        assert emulator.s3.get_object(Bucket=BUCKET, Key=f"copies/{place}")["Body"].read() == key.encode()


def test_the_model_of_a_copy_is_that_of_its_source(emulator: Emulator) -> None:
    emulator.labels.set_copying(times=1)
    emulator.labels.set_copying(outcome="COPYING_FAILED", version="failed")
    project, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(project)
    for name in ("copy", "failed"):
        copy(emulator, project, version, target, name)
    backend = custom_labels_backends["123456789012"]["us-east-1"]
    copied, failed = (backend._projects["p2"].versions[name] for name in ("copy", "failed"))
    assert copied.finish() is None
    emulator.describe(target)
    source = backend._projects["p1"].versions["v1"]
    assert copied.finish() is source.finish()
    assert copied.job is source.job
    assert failed.finish() is None


def test_a_copy_is_made_once_and_does_not_block_other_calls(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    begun, go_on = threading.Event(), threading.Event()
    original = Storage.read

    def slow_read(self: Storage, bucket: str, key: str, version: str | None = None) -> bytes:
        read.append(key)
        begun.set()
        assert go_on.wait(10)
        return original(self, bucket, key, version)

    project, target = emulator.project("p1"), emulator.project("p2")
    version = emulator.create(project)
    emulator.describe(project)
    copy(emulator, project, version, target)
    monkeypatch.setattr(Storage, "read", slow_read)
    statuses: list[str] = []
    lookers = [threading.Thread(target=lambda: statuses.extend(emulator.statuses(target))) for _ in range(3)]
    for looker in lookers:
        looker.start()
    assert begun.wait(10)
    # no lock is held meanwhile, so other calls get a response
    emulator.rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
    assert emulator.statuses(project) == ["RUNNING"]
    go_on.set()
    for looker in lookers:
        looker.join()
    assert statuses == ["COPYING_COMPLETED"] * 3
    assert sorted(read) == sorted(f"output/{name}-p1-v1.json" for name in FILES)


def test_a_file_is_copied_byte_by_byte(emulator: Emulator) -> None:
    project = emulator.project()
    version = emulator.create(project)
    (trained,) = emulator.describe(project)
    place = trained["EvaluationResult"]["Summary"]["S3Object"]
    content = b"\xff {"
    emulator.s3.put_object(Bucket=place["Bucket"], Key=place["Name"], Body=content)
    copy(emulator, project, version, project)
    (copied,) = emulator.describe(project, "copy")
    place = copied["EvaluationResult"]["Summary"]["S3Object"]
    assert emulator.s3.get_object(Bucket=place["Bucket"], Key=place["Name"])["Body"].read() == content
