"""`running_models`, `stop_all` and `training_costs`, with both clients and the emulated service."""

import asyncio
import inspect
import threading
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.errors import AccessDeniedError, ProjectNotFoundError, ResponseError, ServiceError
from rekog_versions.hosting import (
    Prices,
    StopAction,
    StopAllError,
    running,
    running_models,
    stop_all,
    training_cost,
    training_costs,
)
from rekog_versions.hosting._async import overview as for_asyncio
from rekog_versions.hosting._sync import overview as for_boto3
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus
from tests.hosting.conftest import Trained
from tests.testing.emulator import MANIFEST, Emulator, assets, cats_and_dogs, client
from tests.wire import PROJECT, VERSION, FakeTime, HttpResponse, Wire, described, rejection, response_lost, versions

STOP = "StopProjectVersion"


DESCRIBE = "DescribeProjectVersions"


@pytest.fixture(params=["sync", "async"])
def made(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Create clients of one class."""

    def make(rekognition: Any, time: FakeTime | None = None) -> Any:
        time = time or FakeTime()
        if request.param == "sync":
            return VersionsClient(rekognition, sleep=time.sleep, clock=time.clock)
        return AsyncVersionsClient(rekognition, sleep=time.asleep, clock=time.clock)

    return make


def done(result: Any) -> Any:
    """The result, which asyncio's functions return as a coroutine."""

    async def wait() -> Any:
        return await result

    return asyncio.run(wait()) if inspect.iscoroutine(result) else result


def elsewhere(emulator: Emulator) -> tuple[Any, str]:
    """A running model in another region."""
    region, bucket = "eu-west-1", "labels-elsewhere"
    there = Emulator(emulator.labels, client("rekognition", region), client("s3", region))
    there.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    there.s3.put_object(Bucket=bucket, Key=MANIFEST, Body=cats_and_dogs())
    project = there.project("p2")
    arn = there.create(project, TrainingData=assets(MANIFEST, bucket=bucket), OutputConfig={"S3Bucket": bucket})
    assert there.statuses(project) == ["TRAINING_COMPLETED"]
    there.rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=2, MaxInferenceUnits=3)
    return there.rekognition, arn


def test_the_running_models_of_several_regions_are_listed_with_their_costs(
    made: Callable[..., Any], trained: Trained
) -> None:
    other, arn = elsewhere(trained.emulator)
    trained.emulator.labels.set_hosting(times=2)
    trained.start()
    trained.emulator.create(trained.project, "v2")  # a version that is not running
    here = made(trained.emulator.rekognition)
    found = done(running_models(here, made(other), here, prices=Prices(inference_unit_hour="2.5")))
    assert found.failed == ()
    first, second = found.models
    assert (first.version_arn, first.status, first.region) == (trained.arn, "STARTING", "us-east-1")
    assert (first.account_id, first.min_inference_units, first.max_inference_units) == ("123456789012", 1, None)
    assert (second.version_arn, second.status, second.region) == (arn, "STARTING", "eu-west-1")
    assert (second.cost_an_hour.least, second.cost_an_hour.most) == (5, Decimal("7.5"))
    assert (first.started_at, first.cost) == (None, None)  # the service does not report the time of the start
    assert str(found.cost_an_hour) == "7.50 to 10.00 USD"
    assert str(found).splitlines()[0] == f"{trained.arn} is STARTING since an unknown time, 2.50 USD an hour"


def test_the_start_of_a_model_that_running_has_started_is_known(trained: Trained, time: FakeTime) -> None:
    here = VersionsClient(trained.emulator.rekognition, sleep=time.sleep, clock=time.clock)
    with running(here, trained.arn) as handle:
        time.now += 7200
        (model,) = running_models(here).models
        assert model.started_at == handle.started_at
        assert str(model.cost) == "8.00 USD"
        assert f"since {model.started_at:%Y-%m-%d}" in str(model)
    assert running_models(here).models == ()


def test_a_client_that_fails_does_not_hide_the_others(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    denied = Wire().on("DescribeProjects", rejection("AccessDeniedException", "no \x1b[2J"))
    found = done(running_models(made(denied.client()), made(trained.emulator.rekognition)))
    assert [model.version_arn for model in found.models] == [trained.arn]
    (failure,) = found.failed
    assert (failure.region, failure.project_arn) == ("us-east-1", None)
    assert isinstance(failure.error, AccessDeniedError)
    assert "the models of the projects in us-east-1 could not be listed" in str(found)
    assert "\x1b" not in str(found)


def projects(*names: str, token: str | None = None) -> HttpResponse:
    arns = [{"ProjectArn": PROJECT.replace("shapes", name)} for name in names]
    return HttpResponse({"ProjectDescriptions": arns, **({"NextToken": token} if token else {})})


def test_a_project_that_fails_does_not_hide_the_others_and_a_deleted_one_is_skipped(
    made: Callable[..., Any], wire: Wire, time: FakeTime
) -> None:
    wire.on("DescribeProjects", projects("a", "b", token="t"), projects("c"))
    wire.on(
        "DescribeProjectVersions",
        rejection("AccessDeniedException"),
        rejection("ResourceNotFoundException"),
        versions(described("STOPPED"), token="u"),
        versions(described("RUNNING")),
    )
    found = done(running_models(made(wire.client(), time)))
    (model,) = found.models
    assert (model.cost_an_hour, found.cost_an_hour) == (None, None)  # the inference units are not reported
    assert "at an unknown price" in str(model)
    assert [failure.project_arn for failure in found.failed] == [PROJECT.replace("shapes", "a")]


def test_projects_on_the_pages_before_a_failed_page_are_listed(
    made: Callable[..., Any], wire: Wire, time: FakeTime
) -> None:
    wire.on("DescribeProjects", projects("a", token="t"), rejection("AccessDeniedException"))
    wire.on("DescribeProjectVersions", versions(described("RUNNING")))
    found = done(running_models(made(wire.client(), time)))
    assert (len(found.models), len(found.failed)) == (1, 1)


def test_a_listing_is_repeated_after_a_retryable_error(made: Callable[..., Any], wire: Wire, time: FakeTime) -> None:
    wire.on("DescribeProjects", *[response_lost] * 3, projects("a"))
    wire.on("DescribeProjectVersions", versions(described("RUNNING")))
    assert len(done(running_models(made(wire.client(), time))).models) == 1
    assert 1 in time.slept


def test_no_more_than_five_calls_are_made_a_second(made: Callable[..., Any], wire: Wire, time: FakeTime) -> None:
    moments: list[float] = []

    def respond() -> HttpResponse:
        moments.append(time.now)
        return versions()

    wire.on("DescribeProjects", projects(*(f"p{number}" for number in range(50))))
    wire.on("DescribeProjectVersions", respond)
    assert done(running_models(made(wire.client(), time))).models == ()
    assert len(moments) == 50
    assert all(later - earlier >= 0.999 for earlier, later in zip(moments, moments[5:], strict=False))
    assert moments[-1] - moments[0] < 11
    assert wire.requests_of("DescribeProjects") == [{"Features": ["CUSTOM_LABELS"]}]


def test_a_project_arn_of_an_unknown_form_does_not_hide_other_projects(
    made: Callable[..., Any], wire: Wire, time: FakeTime
) -> None:
    odd = {"ProjectArn": "arn:aws:rekognition:us-east-1:123456789012:project/new-form"}
    wire.on("DescribeProjects", HttpResponse({"ProjectDescriptions": [odd, {}, {"ProjectArn": PROJECT}]}))
    wire.on(DESCRIBE, versions(described("RUNNING"))).on(STOP, HttpResponse({"Status": "STOPPING"}))
    client = made(wire.client(), time)
    found = done(running_models(client))
    assert [model.version_arn for model in found.models] == [VERSION]
    assert [failure.project_arn for failure in found.failed] == [odd["ProjectArn"], None]
    with pytest.raises(StopAllError) as caught:
        done(stop_all(client, dry_run=False))
    assert [outcome.action for outcome in caught.value.report.outcomes] == [StopAction.STOPPED]


@pytest.mark.parametrize("status", ["RESTARTING", None])
def test_a_model_with_an_unknown_status_is_listed_and_stopped(
    status: str | None, made: Callable[..., Any], wire: Wire, time: FakeTime
) -> None:
    version = {**described("RUNNING"), "Status": status}
    wire.on("DescribeProjects", projects("a")).on(DESCRIBE, versions({k: v for k, v in version.items() if v}))
    wire.on(STOP, HttpResponse({"Status": "STOPPING"}))
    client = made(wire.client(), time)
    (model,) = done(running_models(client)).models
    assert model.status == status
    assert f"{VERSION} is {status or 'in no known status'} since" in str(model)
    report = done(stop_all(client, dry_run=False))
    assert [outcome.action for outcome in report.outcomes] == [StopAction.STOPPED]


def test_idle_and_deleted_models_are_not_listed(made: Callable[..., Any], wire: Wire, time: FakeTime) -> None:
    statuses = sorted(set(ProjectVersionStatus) - {"STARTING", "RUNNING", "STOPPING"})
    wire.on("DescribeProjects", projects("a"))
    wire.on(DESCRIBE, versions(*(described(status) for status in statuses)))
    assert str(done(running_models(made(wire.client(), time)))) == "no model is running"


def test_a_model_that_two_clients_find_is_listed_and_stopped_once(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    one = trained.emulator.rekognition
    clients = made(one), made(one), made(client("rekognition"))  # the last one has a boto3 client of its own
    calls = trained.calls[DESCRIBE]
    assert [model.version_arn for model in done(running_models(*clients)).models] == [trained.arn]
    assert trained.calls[DESCRIBE] == calls + 1
    assert len(done(stop_all(*clients, dry_run=False)).outcomes) == 1
    assert trained.calls[STOP] == 1


def test_a_listing_without_an_end_is_a_failed_lookup(
    made: Callable[..., Any], wire: Wire, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (for_boto3, for_asyncio):
        monkeypatch.setattr(module, "MOST_PAGES", 20)
    tokens = count()

    def endless() -> HttpResponse:
        return versions(described("RUNNING"), token=f"token {next(tokens)}")

    wire.on("DescribeProjects", projects("a")).on(DESCRIBE, endless)
    found = done(running_models(made(wire.client(), time)))
    assert [model.version_arn for model in found.models] == [VERSION]
    assert "more than 20 pages" in str(found.failed[0])
    assert len(wire.requests_of(DESCRIBE)) == 20


def test_a_response_of_a_proxy_is_not_an_empty_listing(made: Callable[..., Any], wire: Wire, time: FakeTime) -> None:
    wire.on("DescribeProjects", HttpResponse({}, headers={}))
    (failure,) = done(running_models(made(wire.client(), time))).failed
    assert isinstance(failure.error, ResponseError)


def test_stop_all_is_a_dry_run_by_default(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    report = done(stop_all(made(trained.emulator.rekognition)))
    assert report.dry_run
    assert [(outcome.model.version_arn, outcome.action) for outcome in report.outcomes] == [
        (trained.arn, StopAction.WOULD_STOP)
    ]
    assert str(report) == f"{trained.arn}: would be stopped"
    assert trained.calls[STOP] == 0
    assert trained.status == "RUNNING"


def test_stop_all_stops_running_models_before_starting_ones(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    assert trained.status == "RUNNING"
    late = trained.emulator.create(trained.project, "v2")  # the latest version is listed first
    trained.emulator.describe(trained.project)
    trained.emulator.labels.set_hosting(times=4, version="v2")
    trained.emulator.rekognition.start_project_version(ProjectVersionArn=late, MinInferenceUnits=1)
    other, elsewhere_arn = elsewhere(trained.emulator)
    report = done(stop_all(made(trained.emulator.rekognition), made(other), dry_run=False))
    assert [outcome.model.version_arn for outcome in report.outcomes] == [trained.arn, late, elsewhere_arn]
    assert {outcome.action for outcome in report.outcomes} == {StopAction.STOPPED}
    assert report.is_complete
    assert not {"STARTING", "RUNNING"} & set(trained.emulator.statuses(trained.project))


def test_stop_all_leaves_models_that_are_stopping_or_not_chosen(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    other, _ = elsewhere(trained.emulator)
    assert trained.status == "RUNNING"
    trained.emulator.labels.set_hosting(times=9, version="v1", region="us-east-1")
    trained.emulator.rekognition.stop_project_version(ProjectVersionArn=trained.arn)
    clients = made(trained.emulator.rekognition), made(other)
    report = done(stop_all(*clients, dry_run=False, only=lambda model: model.region == "us-east-1"))
    assert [(outcome.model.version_arn, outcome.action) for outcome in report.outcomes] == [
        (trained.arn, StopAction.LEFT)
    ]


def test_stop_all_continues_after_a_failure_and_raises_at_the_end(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    other, arn = elsewhere(trained.emulator)
    trained.emulator.labels.inject(STOP, error="AccessDeniedException", times=3, region="us-east-1")
    broken = Wire().on("DescribeProjects", rejection("AccessDeniedException"))
    clients = made(trained.emulator.rekognition), made(broken.client()), made(other)
    with pytest.raises(StopAllError) as caught:
        done(stop_all(*clients, dry_run=False))
    failed, stopped = caught.value.report.outcomes
    assert (failed.action, stopped.action) == (StopAction.FAILED, StopAction.STOPPED)
    assert (failed.model.version_arn, stopped.model.version_arn) == (trained.arn, arn)
    assert f"aws rekognition stop-project-version --project-version-arn {trained.arn}" in str(caught.value)
    assert arn not in str(caught.value)
    assert "could not be listed" in str(caught.value)
    assert not caught.value.report.is_complete


def test_an_interruption_of_one_client_ends_stop_all_for_all_clients(
    made: Callable[..., Any], trained: Trained
) -> None:
    trained.emulator.labels.set_hosting(times=10_000, region="us-east-1")
    trained.start()
    other, _ = elsewhere(trained.emulator)
    waits, never = threading.Event(), threading.Event()

    def stopping(**_: Any) -> None:
        waits.set()
        never.wait(0.01)  # the clock is a fake: without this an hour may pass before the other thread gets its turn

    trained.on("before-call.rekognition.StopProjectVersion", stopping)

    class Ended(BaseException):
        """An interruption, as by Ctrl-C."""

    def end(**_: Any) -> None:
        waits.wait(20)
        raise Ended

    other.meta.events.register("before-call.rekognition.StopProjectVersion", end)
    with pytest.raises(Ended):
        done(stop_all(made(trained.emulator.rekognition), made(other), dry_run=False))
    assert waits.is_set()
    assert trained.calls[STOP] < 600  # otherwise it continues for an hour, with a stop every five seconds


@pytest.mark.parametrize("wrong", [{"dry_run": None}, {"only": "us-east-1"}, {"prices": 4}], ids=str)
def test_arguments_of_a_wrong_type_are_rejected_before_anything_is_sent(wrong: dict[str, Any], wire: Wire) -> None:
    clients: Any = VersionsClient(wire.client()), AsyncVersionsClient(wire.client())
    for ours in clients:
        with pytest.raises(TypeError, match=f"{next(iter(wrong))} must be "):
            done(stop_all(ours, **wrong))
    assert wire.sent == []


def test_prices_must_be_a_price_list(wire: Wire) -> None:
    wrong: Any = 4
    for ask in (running_models, lambda client, prices: training_costs(client, PROJECT, prices=prices)):
        with pytest.raises(TypeError, match="prices must be Prices"):
            ask(VersionsClient(wire.client()), prices=wrong)
    with pytest.raises(TypeError, match="prices must be Prices"):
        training_cost(ProjectVersionDescription(), prices=wrong)
    assert wire.sent == []


def test_clients_of_two_classes_are_rejected(trained: Trained) -> None:
    clients: Any = VersionsClient(trained.emulator.rekognition), AsyncVersionsClient(trained.emulator.rekognition)
    for function in (running_models, stop_all):
        with pytest.raises(TypeError, match=r"of one class, .*, got VersionsClient, AsyncVersionsClient"):
            function(*clients)
        with pytest.raises(TypeError, match=r"of one class, .*, got AsyncVersionsClient, VersionsClient"):
            done(function(*reversed(clients)))


def test_a_boto3_client_is_rejected(wire: Wire) -> None:
    plain: Any = wire.client()
    for ask in (running_models, stop_all, lambda client: training_costs(client, PROJECT)):
        with pytest.raises(TypeError, match="got Rekognition"):
            ask(plain)


def test_the_costs_of_the_trainings_of_a_project_are_added_up(made: Callable[..., Any], trained: Trained) -> None:
    trained.emulator.labels.set_training(outcome="TRAINING_FAILED", version="v2")
    trained.emulator.labels.set_training(times=9, version="v3")
    for name in ("v2", "v3"):
        trained.emulator.create(trained.project, name)
    (described_v1,) = trained.emulator.describe(trained.project, "v1")
    trained.emulator.describe(trained.project, "v2")
    costs = done(training_costs(made(trained.emulator.rekognition), trained.project, prices=Prices(training_hour=3600)))
    assert [cost.cost for cost in costs.versions] == [None, 0, described_v1["BillableTrainingTimeInSeconds"]]
    assert costs.total == described_v1["BillableTrainingTimeInSeconds"] > 0
    assert costs.unknown == 1


def test_a_project_that_does_not_exist_is_an_error(made: Callable[..., Any], trained: Trained) -> None:
    with pytest.raises(ServiceError):
        done(training_costs(made(trained.emulator.rekognition), PROJECT))
    with pytest.raises(ProjectNotFoundError, match="shapes"):
        done(training_costs(made(trained.emulator.rekognition), "shapes"))
