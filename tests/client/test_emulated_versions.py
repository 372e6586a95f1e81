"""The life of versions and their policies and tags on the emulated service, from beginning to end; both clients."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from rekog_versions import (
    LimitExceededError,
    OutputConfig,
    Poll,
    ResourceInUseError,
    ResourceNotFoundError,
    UnreachableStatusError,
    VersionNotFoundError,
    VersionsClient,
)
from rekog_versions.errors import (
    AccessDeniedError,
    CopyFailedError,
    InvalidPolicyRevisionIdError,
    MalformedPolicyDocumentError,
    ResourceAlreadyExistsError,
    ResourceNotReadyError,
    StartFailedError,
)
from tests.client.emulated import BUCKET, EmulatedProject
from tests.testing.pictures import picture
from tests.wire import FakeTime


def test_a_version_is_trained_started_used_stopped_and_deleted(emulated: EmulatedProject) -> None:
    call, polls = emulated.call, list[Poll]()
    emulated.control.set_hosting(times=3)
    arn = emulated.train().project_version_arn
    name = (emulated.project, "v1")
    with pytest.raises(ResourceNotReadyError):
        call("detect_custom_labels", arn, picture())
    assert call("start_project_version", name, min_inference_units=1, max_inference_units=2) == "STARTING"
    with pytest.raises(ResourceInUseError) as caught:
        call("start_project_version", arn)
    assert "wait_until_running" in caught.value.__notes__[0]
    running = call("wait_until_running", arn, on_poll=polls.append)
    assert (running.status, running.min_inference_units, running.max_inference_units) == ("RUNNING", 1, 2)
    assert {poll.status for poll in polls} == {"STARTING", "RUNNING"}
    assert call("detect_custom_labels", name, picture(), min_confidence=0)
    with pytest.raises(ResourceInUseError):
        call("delete_project_version", running)
    assert call("stop_project_version", running) == "STOPPING"
    assert call("wait_until_stopped", running).status == "STOPPED"
    assert call("delete_project_version", name) == "DELETING"
    assert call("wait_until_deleted", arn) is None
    with pytest.raises(VersionNotFoundError):
        call("get_project_version", arn)
    with pytest.raises(ResourceNotFoundError):
        call("delete_project_version", arn)
    assert call("delete_project", emulated.project) == "DELETING"


@pytest.mark.parametrize("hang_up", ["before", "after"])
def test_every_step_survives_a_lost_response(emulated: EmulatedProject, hang_up: Any) -> None:
    call = emulated.call
    arn = emulated.train().project_version_arn
    target = call("create_project", "production")
    steps = [("Start", "running"), ("Stop", "stopped"), ("Delete", "deleted")]
    for verb, end in steps:
        emulated.control.inject(f"{verb}ProjectVersion", hang_up=hang_up)
        if verb == "Delete":
            emulated.control.inject("CopyProjectVersion", hang_up=hang_up)
            copy = call("copy_project_version", **copy_fields(emulated, arn, target))
            assert [one.project_version_arn for one in call.items("iter_project_versions", target)] == [copy]
            assert call("wait_until_copied", copy).source_project_version_arn == arn
        call(f"{verb.lower()}_project_version", arn)
        call(f"wait_until_{end}", arn)


def copy_fields(emulated: EmulatedProject, arn: Any, target: str, name: str = "v1") -> dict[str, Any]:
    """Return the fields of a request for a copy."""
    return {
        "source_project_arn": emulated.project,
        "source_project_version_arn": arn,
        "destination_project_arn": target,
        "version_name": name,
        "output_config": OutputConfig(s3_bucket=BUCKET, s3_key_prefix="copies"),
    }


def test_a_failed_start_gives_the_reason_and_can_be_repeated(emulated: EmulatedProject) -> None:
    arn = emulated.train().project_version_arn
    emulated.control.set_hosting(times=2, outcome="FAILED", message="There is no capacity for the model.")
    emulated.call("start_project_version", arn)
    with pytest.raises(StartFailedError, match="There is no capacity for the model"):
        emulated.call("wait_until_running", arn)
    assert emulated.call("wait_until_stopped", arn).status == "FAILED"
    emulated.control.set_hosting()
    emulated.call("start_project_version", arn)
    assert emulated.call("wait_until_running", arn).status == "RUNNING"


def test_a_third_running_model_is_rejected_with_the_quota(emulated: EmulatedProject) -> None:
    emulated.run("v1")
    emulated.run("v2")
    arn = emulated.train("v3").project_version_arn
    with pytest.raises(LimitExceededError) as caught:
        emulated.call("start_project_version", arn)
    assert "L-5E225387" in caught.value.__notes__[0]


def test_the_wait_for_a_model_that_was_not_started_ends_soon(emulated: EmulatedProject, time: FakeTime) -> None:
    arn = emulated.train().project_version_arn
    with pytest.raises(UnreachableStatusError, match="start_project_version"):
        emulated.call("wait_until_running", arn)
    assert sum(time.slept) <= 40


def test_a_failed_copy_gives_the_reason(emulated: EmulatedProject) -> None:
    arn, target = emulated.train().project_version_arn, emulated.call("create_project", "production")
    emulated.control.set_copying(times=2, outcome="COPYING_FAILED", message="The key can't be used.")
    copy = emulated.call("copy_project_version", **copy_fields(emulated, arn, target))
    with pytest.raises(CopyFailedError, match="The key can't be used"):
        emulated.call("wait_until_copied", copy)


def test_another_account_can_copy_after_a_policy_allows_it(emulated: EmulatedProject) -> None:
    arn = emulated.train().project_version_arn
    sts: Any = boto3.client("sts", region_name="us-east-1")
    keys = sts.assume_role(RoleArn="arn:aws:iam::210987654321:role/copier", RoleSessionName="me")["Credentials"]
    session = boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name="us-east-1",
    )
    other = VersionsClient(session.client("rekognition"), session=session)
    other.s3.create_bucket(Bucket="others")
    request = copy_fields(emulated, arn, other.create_project("production"))
    request["output_config"] = OutputConfig(s3_bucket="others")
    with pytest.raises(AccessDeniedError) as caught:
        other.copy_project_version(**request)
    assert "put_project_policy" in caught.value.__notes__[0]
    statement: Mapping[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "rekognition:CopyProjectVersion",
        "Resource": str(arn),
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    emulated.call("put_project_policy", emulated.project, "copies", policy)
    copied = other.copy_project_version(**request)
    assert other.get_project_version(copied).status == "COPYING_COMPLETED"


def test_a_policy_is_put_replaced_listed_and_deleted(emulated: EmulatedProject) -> None:
    call = emulated.call
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "rekognition:CopyProjectVersion",
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    first = call("put_project_policy", emulated.project, "copies", policy)
    with pytest.raises(ResourceAlreadyExistsError):
        call("put_project_policy", emulated.project, "copies", policy)
    with pytest.raises(InvalidPolicyRevisionIdError):
        call("put_project_policy", emulated.project, "copies", policy, policy_revision_id="0" * 32)
    second = call("put_project_policy", emulated.project, "copies", json.dumps(policy), policy_revision_id=first)
    assert second != first
    (listed,) = call.items("iter_project_policies", emulated.project, page_size=1)
    assert (listed.policy_name, listed.policy_revision_id) == ("copies", second)
    assert json.loads(listed.policy_document) == policy
    with pytest.raises(MalformedPolicyDocumentError):
        call("put_project_policy", emulated.project, "broken", "{")
    call("delete_project_policy", emulated.project, "copies", policy_revision_id=second)
    assert call("list_project_policies", emulated.project).project_policies == []


def test_projects_and_datasets_have_tags(emulated: EmulatedProject) -> None:
    call = emulated.call
    dataset = call("create_dataset", emulated.project, "TRAIN", tags={"made": "here"})
    with pytest.raises(ResourceNotFoundError):
        call("list_tags_for_resource", dataset.replace("/train/", "/test/"))
    for arn in (emulated.project, dataset):
        call("tag_resource", arn, {"team": "vision", "cost": ""})
        call("tag_resource", arn, {"team": "sound"})
        call("untag_resource", arn, ["cost", "made", "never"])
        assert call("list_tags_for_resource", arn) == {"team": "sound"}
