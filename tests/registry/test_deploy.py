"""Deployments on the emulated service: the model of an alias is replaced, or the old one is left serving."""

import logging
from typing import Any

import pytest

from rekog_versions.errors import ModelStillRunningError, RekogVersionsError
from rekog_versions.evaluation import Gates
from rekog_versions.hosting import Prices
from rekog_versions.models import Thresholds
from rekog_versions.registry import DeploymentError, PromotionRejectedError, RegistryAction
from tests.registry.conftest import Registered
from tests.testing.pictures import picture

THRESHOLDS = Thresholds.fractions({}, default=0.9)


def names_running(registered: Registered) -> set[str]:
    described = registered.emulator.describe(registered.project)
    return {each["ProjectVersionArn"].split("/")[3] for each in described if each["Status"] == "RUNNING"}


@pytest.fixture
def serving(registered: Registered) -> Registered:
    """A registry whose alias `production` has the running version `v1`; `v2` is trained."""
    registered("deploy", registered.version("v1"), "production", thresholds=THRESHOLDS)
    registered.version("v2")
    assert names_running(registered) == {"v1"}
    registered.time.slept.clear()
    return registered


def arn_of(registered: Registered, name: str) -> str:
    (described,) = registered.emulator.describe(registered.project, name)
    arn: str = described["ProjectVersionArn"]
    return arn


def test_the_new_model_serves_and_the_old_one_is_stopped(serving: Registered, caplog: pytest.LogCaptureFixture) -> None:
    old, new = arn_of(serving, "v1"), arn_of(serving, "v2")
    with caplog.at_level(logging.INFO):
        report = serving(
            "deploy", new, "production", gates=Gates(max_drop=0.5), reason="nightly", min_inference_units=2
        )
    assert names_running(serving) == {"v2"}
    assert serving.status(old) == "STOPPED"
    entry = serving("resolve", "production")
    assert (entry.version_arn, entry.action, entry.reason) == (new, RegistryAction.DEPLOY, "nightly")
    assert (report.entry, report.old_arn, report.recovered, report.warnings) == (entry, old, None, ())
    assert str(report.extra_cost_an_hour) == "8.00 USD"
    assert f"is started for 'production' and costs 8.00 USD an hour, in addition to {old}" in caplog.text
    assert str(report) == "'production' was moved to v2 from v1\nv2 costs 8.00 USD an hour"
    assert serving.document()["deployments"] == {}


def test_callers_that_follow_the_alias_have_time_to_leave_the_old_model(serving: Registered) -> None:
    follower = serving.another()
    assert serving("detect", "production", picture(), registry=follower) == []
    serving("deploy", arn_of(serving, "v2"), "production", drain=45)
    assert 45 in serving.time.slept
    assert 60 not in serving.time.slept
    serving("deploy", arn_of(serving, "v1"), "production")
    assert 60 in serving.time.slept  # the max_age of the registry
    assert serving("detect", "production", picture(), registry=follower)  # the new entry has no thresholds


def test_a_failed_gate_starts_nothing(serving: Registered) -> None:
    before = serving.content()
    with pytest.raises(PromotionRejectedError, match="must be at least 1"):
        serving("deploy", arn_of(serving, "v2"), "production", gates=Gates(min_f1=1))
    assert names_running(serving) == {"v1"}
    assert serving.content() == before


def test_a_model_that_cannot_be_started_is_undone(serving: Registered) -> None:
    serving.emulator.labels.set_hosting(outcome="FAILED", message="no \x1b capacity", version="v2")
    with pytest.raises(DeploymentError, match=r"was not deployed: StartFailedError: .*no \\x1b capacity") as caught:
        serving("deploy", arn_of(serving, "v2"), "production")
    assert f"'production' still points to {arn_of(serving, 'v1')}. The new model is not running" in str(caught.value)
    assert type(caught.value.__cause__).__name__ == "StartFailedError"
    assert caught.value.billed == ()
    assert names_running(serving) == {"v1"}
    assert serving("resolve", "production").version_arn == arn_of(serving, "v1")
    assert serving.document()["deployments"] == {}


def test_a_start_that_takes_too_long_is_undone(serving: Registered) -> None:
    serving.emulator.labels.set_hosting(times=40, version="v2")
    with pytest.raises(DeploymentError, match=r"WaitTimeoutError.*The new model is not running"):
        serving("deploy", arn_of(serving, "v2"), "production", timeout=60)
    assert names_running(serving) == {"v1"}
    assert serving.status(arn_of(serving, "v2")) == "STOPPED"


@pytest.mark.parametrize("operation", ["StartProjectVersion", "DescribeProjects", "DescribeProjectVersions"])
def test_after_a_failing_call_the_old_model_serves_and_nothing_else_runs(operation: str, serving: Registered) -> None:
    new = arn_of(serving, "v2")
    serving.emulator.labels.inject(operation, error="AccessDeniedException")
    with pytest.raises(RekogVersionsError):
        serving("deploy", new, "production")
    assert names_running(serving) == {"v1"}
    assert serving("resolve", "production").version_arn == arn_of(serving, "v1")
    assert serving("deploy", new, "production").entry.version_arn == new


def test_a_model_that_cannot_be_stopped_after_a_failure_is_reported_and_undone_by_the_next_call(
    serving: Registered,
) -> None:
    old, new = arn_of(serving, "v1"), arn_of(serving, "v2")
    serving.emulator.labels.set_hosting(times=30, version="v2")
    serving.emulator.labels.inject("StopProjectVersion", error="AccessDeniedException", times=50)
    with pytest.raises(DeploymentError, match=r"The new model could not be stopped and may be billed") as caught:
        serving("deploy", new, "production", timeout=10)
    assert caught.value.billed == (new, old)
    assert serving.document()["deployments"]["production"]["step"] == "stopping the new model"
    serving.emulator.labels.undo()
    found = serving("recover", "production")
    assert (found.recovery.value, {model.version_arn for model in found.billed}) == ("undone", {old, new})
    assert names_running(serving) == {"v1"}
    assert serving("recover", "production") is None


def test_an_old_model_that_cannot_be_stopped_is_stopped_by_the_next_call(serving: Registered) -> None:
    old, new = arn_of(serving, "v1"), arn_of(serving, "v2")
    serving.emulator.labels.inject("StopProjectVersion", error="AccessDeniedException", times=50)
    with pytest.raises(ModelStillRunningError):
        serving("deploy", new, "production")
    assert serving("resolve", "production").version_arn == new
    assert names_running(serving) == {"v1", "v2"}
    with pytest.raises(DeploymentError, match=r"did not end: it is stopping the old model") as caught:
        serving("promote", old, "production")
    assert set(caught.value.billed) == {old, new}
    with pytest.raises(DeploymentError, match="recover"):
        serving("rollback", "production")
    serving.emulator.labels.undo()
    report = serving("deploy", new, "production")
    assert (report.recovered.recovery.value, len(report.recovered.billed)) == ("finished", 2)
    assert names_running(serving) == {"v2"}
    assert "an earlier deployment of v2 to 'production' had not ended: finished" in str(report)
    assert len(serving("history", "production")) == 2


def test_the_limit_of_running_models_is_checked_before_anything_is_started(serving: Registered) -> None:
    third = serving.version("v3")
    serving.emulator.rekognition.start_project_version(ProjectVersionArn=third, MinInferenceUnits=1)
    serving.status(third)
    before = serving.content()
    with pytest.raises(DeploymentError, match=r"(?s)2 models are running, and max_running is 2\..*v3.*v1"):
        serving("deploy", arn_of(serving, "v2"), "production")
    assert serving.content() == before
    assert serving("deploy", third, "production").old_arn == arn_of(serving, "v1")  # it is running already
    assert names_running(serving) == {"v3"}


def test_the_limit_that_the_service_enforces_leaves_the_old_model_serving(serving: Registered) -> None:
    serving.emulator.labels.set_limits(running=1)
    with pytest.raises(DeploymentError, match=r"LimitExceeded.*The new model is not running"):
        serving("deploy", arn_of(serving, "v2"), "production")
    assert names_running(serving) == {"v1"}


def test_a_model_that_another_alias_needs_is_left_running(serving: Registered) -> None:
    old, new = arn_of(serving, "v1"), arn_of(serving, "v2")
    serving("promote", old, "canary")
    report = serving("deploy", new, "production")
    assert report.old_needed_by == ("canary",)
    assert "v1 is left running for canary" in str(report)
    assert names_running(serving) == {"v1", "v2"}


def test_a_model_that_was_running_before_is_left_running_after_a_failure(serving: Registered) -> None:
    new = arn_of(serving, "v2")
    serving.emulator.rekognition.start_project_version(ProjectVersionArn=new, MinInferenceUnits=1)
    serving.status(new)
    serving.emulator.labels.inject("DescribeProjectVersions", delay=0.001, times=6)
    real = serving.registry._client.wait_until_running

    def fail(*_: Any, **__: Any) -> Any:
        raise RekogVersionsError("no")

    serving.registry._client.wait_until_running = fail
    with pytest.raises(DeploymentError, match="The new model is left running"):
        serving("deploy", new, "production")
    serving.registry._client.wait_until_running = real
    assert names_running(serving) == {"v1", "v2"}


def test_a_dry_run_reports_the_cost_and_changes_nothing(serving: Registered) -> None:
    before = serving.content()
    prices = Prices(inference_unit_hour=3, currency="EUR")
    report = serving("deploy", arn_of(serving, "v2"), "production", dry_run=True, max_inference_units=2, prices=prices)
    assert report.entry is None
    assert "'production' would be moved to v2 from v1\nv2 costs 3.00 to 6.00 EUR an hour" in str(report)
    with pytest.raises(PromotionRejectedError):
        serving("deploy", arn_of(serving, "v2"), "production", dry_run=True, gates=Gates(min_f1=1))
    assert serving.content() == before
    assert names_running(serving) == {"v1"}


def test_a_second_deployment_of_the_same_version_is_not_recorded(serving: Registered) -> None:
    report = serving("deploy", arn_of(serving, "v1"), "production", thresholds=THRESHOLDS)
    assert report.entry.number == 1
    changed = serving("deploy", arn_of(serving, "v1"), "production")
    assert (changed.entry.number, changed.entry.thresholds) == (2, None)
    assert names_running(serving) == {"v1"}


def test_redeploy_rolls_back_with_the_model(serving: Registered) -> None:
    old = arn_of(serving, "v1")
    serving("deploy", arn_of(serving, "v2"), "production")
    report = serving("redeploy", "production", reason="worse on Mondays")
    assert (report.entry.version_arn, report.entry.thresholds, report.entry.returned_to) == (old, THRESHOLDS, 1)
    assert report.entry.action is RegistryAction.ROLLBACK
    assert names_running(serving) == {"v1"}
    with pytest.raises(PromotionRejectedError, match="its first version"):
        serving("redeploy", "production")


def test_another_call_takes_a_deployment_over(serving: Registered) -> None:
    """The second call assumes that the first one was killed; the first one notices it, and leaves the model alone."""
    old, new = arn_of(serving, "v1"), arn_of(serving, "v2")
    third = serving.version("v3")
    other = serving.another()
    taken: list[Any] = []

    def take_over(_: Any) -> None:
        if not taken:
            taken.append(other.deploy(third, "production"))

    async def take_over_async(_: Any) -> None:
        if not taken:
            taken.append(await other.deploy(third, "production"))

    on_poll = take_over if serving.kind == "sync" else take_over_async
    with pytest.raises(DeploymentError, match="another call works on the deployment"):
        serving("deploy", new, "production", on_poll=on_poll)
    assert taken[0].recovered.recovery.value == "undone"
    assert names_running(serving) == {"v3"}
    assert [entry.version_arn for entry in serving("history", "production")] == [third, old]
    assert serving.document()["deployments"] == {}


def test_a_call_that_is_taken_over_while_it_drains_leaves_the_old_model_to_the_other_call(serving: Registered) -> None:
    old, new = arn_of(serving, "v1"), arn_of(serving, "v2")
    other = serving.another()
    taken: list[Any] = []

    def roll_back(seconds: float) -> None:
        if seconds == 45 and not taken:
            taken.append(other.redeploy("production", drain=1))

    async def roll_back_async(seconds: float) -> None:
        if seconds == 45 and not taken:
            taken.append(await other.redeploy("production", drain=1))

    serving.registry._client._sleep = roll_back if serving.kind == "sync" else roll_back_async
    with pytest.raises(DeploymentError, match="another call works on the deployment"):
        serving("deploy", new, "production", drain=45)
    assert taken[0].recovered.recovery.value == "finished"
    assert names_running(serving) == {"v1"}
    assert serving("resolve", "production").version_arn == old


def test_settings_that_make_no_sense_are_rejected(serving: Registered) -> None:
    new = arn_of(serving, "v2")
    for arguments, error in (
        ({"max_running": 0}, ValueError),
        ({"max_running": "2"}, TypeError),
        ({"drain": -1}, ValueError),
        ({"drain": "1"}, TypeError),
        ({"min_inference_units": 0}, ValueError),
        ({"prices": 4}, TypeError),
    ):
        with pytest.raises(error):
            serving("deploy", new, "production", **arguments)
    assert names_running(serving) == {"v1"}
