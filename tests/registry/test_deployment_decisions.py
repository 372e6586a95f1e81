"""The decisions of a deployment, without I/O: the record after each step, and who may change it."""

from dataclasses import replace

import pytest

from rekog_versions.registry import DeploymentError, RegistryAction
from rekog_versions.registry.deployment_report import Recovery
from rekog_versions.registry.deployments import (
    TakenOverError,
    alias_moved,
    begun,
    being_undone,
    check_owned,
    ended,
    needs_model,
    recovery_of,
    taken_over,
)
from rekog_versions.registry.document import Deployment, DeploymentStep, RegistryDocument
from tests.registry.test_document import AT, EMPTY, arn, candidate, promoted

STARTING, STOPPING_OLD, UNDOING = DeploymentStep.STARTING, DeploymentStep.STOPPING_OLD, DeploymentStep.UNDOING
BEFORE = promoted(EMPTY, "v1")
MINE = Deployment(
    id="d",
    owner="me",
    action=RegistryAction.DEPLOY,
    step=STARTING,
    began_at=AT,
    candidate=candidate("v2"),
    old_arn=arn("v1"),
)
THEIRS = replace(MINE, owner="them")


def recorded(deployment: Deployment) -> RegistryDocument:
    return replace(BEFORE, deployments={"production": deployment})


@pytest.mark.parametrize(
    ("step", "wanted", "recovery"),
    [
        (STARTING, "v2", Recovery.RESUMED),
        (STARTING, "v3", Recovery.UNDONE),
        (STARTING, None, Recovery.UNDONE),
        (UNDOING, "v2", Recovery.UNDONE),
        (UNDOING, "v3", Recovery.UNDONE),
        (STOPPING_OLD, "v2", Recovery.FINISHED),
        (STOPPING_OLD, "v3", Recovery.FINISHED),
        (STOPPING_OLD, None, Recovery.FINISHED),
    ],
)
def test_the_step_and_the_wanted_version_decide_how_a_deployment_is_recovered(
    step: DeploymentStep, wanted: str | None, recovery: Recovery
) -> None:
    assert recovery_of(replace(MINE, step=step), None if wanted is None else arn(wanted)) is recovery
    assert recovery_of(None, arn("v2")) is None


def test_the_alias_is_moved_in_the_same_write_as_the_record() -> None:
    moved = alias_moved(recorded(MINE), "production", MINE, AT)
    assert moved.entry("production").version_arn == arn("v2")
    assert moved.deployments["production"].step is STOPPING_OLD
    assert alias_moved(moved, "production", MINE, AT) is moved  # the response was lost, and the write is there
    assert ended(moved, "production", MINE).deployments == {}


def test_a_call_that_lost_its_deployment_changes_nothing() -> None:
    for document in (recorded(THEIRS), recorded(replace(MINE, id="another")), BEFORE):
        with pytest.raises(TakenOverError):
            alias_moved(document, "production", MINE, AT)
        with pytest.raises(TakenOverError):
            being_undone(document, "production", MINE)
        with pytest.raises(TakenOverError):
            check_owned(document, "production", MINE)
        assert ended(document, "production", MINE) is document
    with pytest.raises(TakenOverError):
        alias_moved(recorded(replace(MINE, step=UNDOING)), "production", MINE, AT)


def test_a_deployment_is_taken_over_only_as_it_was_found() -> None:
    taken = taken_over(recorded(THEIRS), "production", THEIRS, "me")
    assert (taken.deployments["production"].owner, taken.deployments["production"].step) == ("me", UNDOING)
    assert taken_over(taken, "production", THEIRS, "me") is taken  # the response was lost, and the write is there
    moved = alias_moved(recorded(THEIRS), "production", THEIRS, AT)  # its process was alive, and moved the alias
    for document in (moved, recorded(replace(THEIRS, owner="third")), BEFORE):
        with pytest.raises(TakenOverError, match="another call works on the deployment"):
            taken_over(document, "production", THEIRS, "me")
    finished = taken_over(moved, "production", moved.deployments["production"], "me")
    assert finished.deployments["production"].step is STOPPING_OLD


def test_a_deployment_begins_only_if_no_other_one_is_in_progress() -> None:
    assert begun(BEFORE, "production", MINE, None).deployments == {"production": MINE}
    with pytest.raises(DeploymentError, match="did not end"):
        begun(recorded(THEIRS), "production", replace(MINE, id="new"), None)
    found = replace(THEIRS, was_running=True)
    resumed = begun(recorded(found), "production", MINE, found)
    assert resumed.deployments["production"] == replace(MINE, was_running=True)
    with pytest.raises(TakenOverError):
        begun(recorded(replace(found, step=UNDOING)), "production", MINE, found)
    with pytest.raises(TakenOverError):
        begun(BEFORE, "production", MINE, found)


def test_a_model_is_needed_by_aliases_and_by_deployments() -> None:
    document = promoted(recorded(MINE), "v1", "canary")
    assert needs_model(document, arn("v1")) == ["canary", "production"]
    assert needs_model(document, arn("v2")) == ["production"]
    assert needs_model(document, arn("v2"), except_alias="production") == []
    assert needs_model(document, arn("v3")) == []
