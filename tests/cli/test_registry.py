"""The commands of the registry: promote, deploy, rollback, history, prune."""

import json
from pathlib import Path

import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.cli.conftest import TRAIN, Rekog
from tests.testing.emulator import BUCKET, shared_client

AT = ("--registry", f"s3://{BUCKET}/registry")


@pytest.fixture
def two(trained: Rekog, emulated: CustomLabelsControl) -> Rekog:
    """The command, after the trainings of pets/v1 and of pets/v2, which is better."""
    emulated.set_quality(f1=0.7)  # the training ends at the first poll
    assert trained("version", "wait", "pets/v1").code == 0
    emulated.set_quality(f1=0.95)
    assert trained("version", "train", "pets/v2", *TRAIN, "--yes", "--wait").code == 0
    return trained


def running(rekog: Rekog) -> list[str]:
    models = json.loads(rekog("running", "--output", "json").out)["models"]
    return sorted(model["version_arn"].split("/")[3] for model in models if model["status"] == "RUNNING")


def test_an_alias_is_promoted_listed_and_rolled_back(two: Rekog, tmp_path: Path) -> None:
    file = tmp_path / "thresholds.json"
    file.write_text(two("eval", "thresholds", "pets/v1", "--output", "json").out)
    first = two("promote", "pets/v1", "production", *AT, "--thresholds", str(file), "--reason", "the first")
    assert first.code == 0, first.err
    assert two("promote", "pets/v2", "production", *AT, "--max-drop", "0").code == 0
    history = two("history", "pets", "production", *AT)
    assert [line.split()[3:6] for line in history.out.splitlines()[1:]] == [
        ["production", "promote", "v2"],
        ["production", "promote", "v1"],
    ]
    entries = json.loads(two("history", "pets", *AT, "--output", "json").out)
    assert (entries[0]["passed"]["gates"], entries[1]["reason"]) == ({"max_drop": 0.0}, "the first")
    assert entries[1]["thresholds"]["unit"] == "fraction"
    assert two("rollback", "pets", "production", *AT).code == 0
    assert "/version/v1/" in two("history", "pets", "production", "--now", *AT, "--output", "id").out
    assert len(two("history", "pets", "--now", *AT).out.splitlines()) == 2


def test_a_failed_gate_ends_with_1_and_names_the_reason(two: Rekog) -> None:
    failed = two("promote", "pets/v1", "production", *AT, "--min-f1", "1")
    assert (failed.code, failed.out) == (1, "")
    assert "PromotionRejectedError: alias 'production' was not moved to pets/v1" in failed.err
    assert "it must be at least 1" in failed.err
    missing = two("rollback", "pets", "production", *AT)
    assert (missing.code, "run `rekog promote`" in missing.err) == (255, True)
    assert two("promote", "pets/v2", "staging", *AT).code == 0
    unknown = two("rollback", "pets", "production", *AT)
    assert (unknown.code, "its aliases are staging" in unknown.err) == (254, True)


def test_the_place_of_the_registry_can_be_in_the_environment(two: Rekog, monkeypatch: pytest.MonkeyPatch) -> None:
    assert two("history", "pets").code == 2
    monkeypatch.setenv("REKOG_REGISTRY", AT[1])
    assert two("promote", "pets/v1", "production").code == 0
    assert two("history", "pets").code == 0


def test_a_model_is_deployed_after_a_confirmation_with_its_cost(two: Rekog) -> None:
    planned = two("deploy", "pets/v1", "production", *AT, "--dry-run")
    assert "'production' would be moved to v1\nv1 costs 4.00 USD an hour" in planned.out
    asked = two("deploy", "pets/v1", "production", *AT)
    assert (asked.code, "Add --yes" in asked.err, running(two)) == (2, True, [])
    assert two("deploy", "pets/v1", "production", *AT, "--yes").code == 0
    deployed = two("deploy", "pets/v2", "production", *AT, "--yes", "--output", "json")
    assert json.loads(deployed.out)["entry"]["action"] == "deploy"
    assert "costs 4.00 USD an hour, until it is stopped, at list prices" in deployed.err
    assert running(two) == ["v2"]
    assert two("rollback", "pets", "production", *AT, "--deploy", "--yes").code == 0
    assert running(two) == ["v1"]


def test_a_failed_deployment_ends_with_1_and_can_be_recovered(two: Rekog, emulated: CustomLabelsControl) -> None:
    two("deploy", "pets/v1", "production", *AT, "--yes")
    emulated.set_hosting(outcome="FAILED", version="v2")
    failed = two("deploy", "pets/v2", "production", *AT, "--yes")
    assert failed.code == 1
    assert "still points to pets/v1" in failed.err
    recovered = two("rollback", "pets", "production", *AT, "--recover")
    assert (recovered.code, recovered.out) == (0, "no deployment of the alias was unfinished\n")
    assert two("rollback", "pets", "production", *AT, "--recover", "--deploy").code == 2
    assert running(two) == ["v1"]


def test_versions_are_pruned_after_a_confirmation(two: Rekog) -> None:
    two("promote", "pets/v2", "production", *AT)
    assert "pets/v1  kept" in two("prune", "pets", "--keep", "90d", *AT).out
    planned = two("prune", "pets", "--keep", "0s", "--files", *AT)
    assert "would be deleted" in planned.out
    asked = two("prune", "pets", "--keep", "0s", "--delete", *AT)
    assert (asked.code, "This deletes this version, which cannot be restored" in asked.err) == (2, True)
    deleted = two("prune", "pets", "--keep", "0s", "--delete", "--files", "--yes", *AT, "--output", "json")
    assert deleted.code == 0, deleted.err
    actions = {
        outcome["version_arn"].split("/")[3]: outcome["action"] for outcome in json.loads(deleted.out)["outcomes"]
    }
    assert actions == {"v1": "deleted", "v2": "kept"}
    keys = [found["Key"] for found in shared_client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert not any("v1" in key for key in keys)


@pytest.mark.parametrize("text", ["{", "[]", '{"cat": 5}', '{"unit": "fraction", "labels": {"cat": "high"}}'])
def test_a_file_without_thresholds_is_rejected(text: str, two: Rekog, tmp_path: Path) -> None:
    file = tmp_path / "thresholds.json"
    file.write_text(text)
    result = two("promote", "pets/v1", "production", *AT, "--thresholds", str(file))
    assert result.code == 2
    assert "--thresholds must be a file with thresholds" in result.err
