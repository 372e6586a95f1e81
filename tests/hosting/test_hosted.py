"""`hosting_costs()`, `idle_models()` and the starts of running models, from the emulated CloudWatch."""

import asyncio
import inspect
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.hosting import (
    Idleness,
    Prices,
    StopAction,
    hosting_costs,
    idle_models,
    running,
    running_models,
    stop_all,
)
from rekog_versions.hosting._async import hosted_reads as reads_for_asyncio
from rekog_versions.hosting._sync import hosted_reads as reads_for_boto3
from rekog_versions.hosting.hosted_time import judge_use, running_since
from rekog_versions.testing import clock
from tests.testing.emulator import BUCKET, Emulator
from tests.testing.pictures import picture
from tests.wire import FakeTime

BEGAN = datetime(2026, 3, 1, 8, 20, tzinfo=UTC)


class Account:
    """The emulated service with two versions, on a clock that the test moves."""

    def __init__(self, kind: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind, self.emulator, self.time = kind, emulator, BEGAN
        monkeypatch.setattr(clock, "now", lambda: self.time)
        for module in (reads_for_asyncio, reads_for_boto3):
            monkeypatch.setattr(module, "now", lambda: self.time)
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        pauses = FakeTime()
        self.client: Any
        if kind == "sync":
            self.client = VersionsClient(emulator.rekognition, session=session, sleep=pauses.sleep)
        else:
            self.client = AsyncVersionsClient(emulator.rekognition, session=session, sleep=pauses.asleep)
        self.project = emulator.project("pets")
        self.arns = {name: emulator.create(self.project, name) for name in ("v1", "v2")}
        emulator.describe(self.project)
        emulator.put(picture(), "photo.png")

    def forward(self, hours: float) -> None:
        self.time += timedelta(hours=hours)
        self.emulator.describe(self.project)

    def start(self, name: str, units: int = 1) -> None:
        self.emulator.rekognition.start_project_version(ProjectVersionArn=self.arns[name], MinInferenceUnits=units)
        self.emulator.describe(self.project)

    def stop(self, name: str) -> None:
        self.emulator.rekognition.stop_project_version(ProjectVersionArn=self.arns[name])
        self.emulator.describe(self.project)

    def use(self, name: str) -> None:
        image = {"S3Object": {"Bucket": BUCKET, "Name": "photo.png"}}
        self.emulator.rekognition.detect_custom_labels(ProjectVersionArn=self.arns[name], Image=image)

    def __call__(self, function: Any, **options: Any) -> Any:
        result = function(self.client, **options)

        async def wait() -> Any:
            return await result

        return asyncio.run(wait()) if inspect.iscoroutine(result) else result


@pytest.fixture(params=["sync", "async"])
def account(request: pytest.FixtureRequest, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Account:
    return Account(request.param, emulator, monkeypatch)


def test_the_costs_are_those_of_the_hours_in_which_models_ran(account: Account) -> None:
    account.start("v1", units=2)  # 8:20 to 10:40: the hours 8, 9 and 10
    account.forward(2 + 1 / 3)
    account.stop("v1")
    account.start("v2")  # 10:40 to 1:40 the next day: the hours 10 to 1
    account.forward(15)
    account.stop("v2")
    account.forward(20)
    costs = account(hosting_costs, since=timedelta(days=3))
    found = {model.version_name: (model.hours, model.unit_hours, model.cost) for model in costs}
    assert found == {"v1": (3, 6.0, Decimal(24)), "v2": (16, 16.0, Decimal(64))}
    assert [(day.day.day, day.hours) for day in costs.models[0].days] == [(1, 14), (2, 2)]
    assert (costs.hours, costs.unit_hours, costs.total) == (19, 22.0, Decimal(88))
    assert costs.hours_by_day()[date(2026, 3, 1)] == 17
    assert not costs.failed
    assert "pets/v2" in str(costs).splitlines()[1]
    assert "upper bounds" in str(costs)


def test_the_time_the_projects_and_the_prices_can_be_chosen(account: Account) -> None:
    account.start("v1")
    account.forward(10)
    account.stop("v1")
    noon = BEGAN.replace(hour=12, minute=0)
    costs = account(hosting_costs, since=noon, until=noon + timedelta(hours=3), prices=Prices(inference_unit_hour=10))
    assert (costs.hours, costs.total) == (3, 30)
    assert account(hosting_costs, since=date(2026, 3, 1), projects=["cars"]).hours == 0
    assert account(hosting_costs, since=date(2026, 3, 1), projects=[account.project]).hours == 11


def test_the_costs_of_deleted_versions_are_listed_too(account: Account) -> None:
    account.start("v1")
    account.forward(2)
    account.stop("v1")
    account.emulator.rekognition.delete_project_version(ProjectVersionArn=account.arns["v1"])
    account.forward(1)
    assert [model.version_name for model in account(hosting_costs, since=timedelta(days=1))] == ["v1"]


def test_what_cannot_be_read_is_listed(account: Account) -> None:
    account.emulator.labels.inject("DescribeProjects", times=20, error="AccessDeniedException")
    account.start("v1")
    account.forward(1)
    costs = account(hosting_costs, since=timedelta(days=400))
    assert costs.hours == 2, "CloudWatch names the model"
    assert "AccessDenied" in str(costs.failed[0])
    assert any("14 days" in gap for gap in costs.gaps)
    without = type(account.client)(account.emulator.rekognition)
    account.client = without
    assert "this needs a client for cloudwatch" in str(account(hosting_costs, since=timedelta(days=1)).failed[-1])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"since": BEGAN.replace(tzinfo=None)}, ValueError, "times must have a time zone"),
        ({"since": timedelta(days=-1)}, ValueError, "since must be before until"),
        ({"since": "yesterday"}, TypeError, "since must be a datetime, a date or a timedelta, got str"),
        ({"since": timedelta(days=1), "projects": "pets"}, TypeError, "projects must be several names or ARNs"),
        ({"since": timedelta(days=1), "prices": 4}, TypeError, "prices must be Prices"),
    ],
)
def test_other_arguments_are_rejected(
    account: Account, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        account(hosting_costs, **options)


def test_the_start_of_a_model_that_someone_else_started_is_known_to_the_hour(account: Account) -> None:
    account.start("v1")
    account.forward(5)
    (model,) = account(running_models)
    assert (model.started_at, model.is_start_exact) == (BEGAN.replace(minute=0), False)
    assert float(model.cost.most) == pytest.approx(4 * (5 + 1 / 3))
    assert "since about 2026-03-01 08:00 UTC" in str(model)


def test_a_model_is_idle_if_no_images_were_sent_in_the_region(account: Account) -> None:
    account.start("v1")
    account.use("v1")
    account.forward(5)
    found = account(idle_models, for_hours=3)
    assert [model.version_arn for model in found] == [account.arns["v1"]]
    report = account(stop_all, idle_for=3, dry_run=False)
    assert [outcome.action for outcome in report] == [StopAction.STOPPED]


def test_a_model_alone_in_its_region_was_used_if_images_were_sent(account: Account) -> None:
    account.start("v1")
    account.forward(5)
    account.use("v1")
    (use,) = account(idle_models, for_hours=3).uses
    assert use.idleness is Idleness.USED
    assert "no other model ran" in use.reason
    assert not list(account(stop_all, idle_for=3, dry_run=False))


def test_the_use_of_one_of_several_models_is_unknown_and_they_are_not_stopped(account: Account) -> None:
    account.start("v1")
    account.start("v2")
    account.forward(5)
    account.use("v1")
    uses = account(idle_models, for_hours=3).uses
    assert [use.idleness for use in uses] == [Idleness.UNKNOWN] * 2
    assert not list(account(stop_all, idle_for=3, dry_run=False))
    assert account.emulator.statuses(account.project) == ["RUNNING", "RUNNING"]
    account.forward(5)
    assert len(list(account(idle_models, for_hours=3))) == 2


def test_a_model_that_was_started_within_the_time_is_not_idle(account: Account) -> None:
    account.start("v1")
    account.forward(1)
    (use,) = account(idle_models, for_hours=1).uses
    assert use.idleness is Idleness.USED


def test_without_cloudwatch_the_use_is_unknown(account: Account) -> None:
    account.start("v1")
    account.forward(50)
    account.client = type(account.client)(account.emulator.rekognition)
    (use,) = account(idle_models, for_hours=1).uses
    assert (use.idleness, use.reason) == (Idleness.UNKNOWN, "CloudWatch could not be read")
    assert not list(account(stop_all, idle_for=1, dry_run=False))
    with pytest.raises(ValueError, match="idle_for must be above 0"):
        account(stop_all, idle_for=0)


def test_this_process_knows_what_it_used_itself() -> None:
    since = BEGAN
    used = judge_use(BEGAN - timedelta(days=1), BEGAN + timedelta(hours=1), 5, ["v2"], since)
    assert used[0] is Idleness.USED
    assert judge_use(BEGAN - timedelta(days=1), BEGAN - timedelta(hours=1), 5, ["v2"], since)[0] is Idleness.UNKNOWN
    assert judge_use(None, None, 0, [], since)[0] is Idleness.UNKNOWN


def test_the_last_use_is_noted(emulator: Emulator) -> None:
    from rekog_versions.hosting.process import used_at_of

    emulator.put(picture(), "photo.png")
    arn = emulator.create(emulator.project())
    client = VersionsClient(emulator.rekognition)
    with running(client, arn) as model:
        assert used_at_of(client, arn) is None
        model.detect(f"s3://{BUCKET}/photo.png")
        assert used_at_of(client, arn) is not None


def test_a_gap_in_the_hours_is_a_new_start() -> None:
    hour = timedelta(hours=1)
    points = [(BEGAN + number * hour, 1.0) for number in (0, 1, 2, 5, 6)]
    assert running_since(points, BEGAN + 7 * hour) == (BEGAN + 5 * hour).replace(minute=0)
    assert running_since(points, BEGAN + 9 * hour) is None
    assert running_since([], BEGAN) is None
