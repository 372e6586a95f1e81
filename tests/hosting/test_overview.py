"""What runs, what it costs, and stopping all of it: for both clients, against the emulated service."""

import asyncio
import inspect
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.errors import AccessDeniedError, ServiceError
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
from rekog_versions.models.versions import ProjectVersionDescription
from tests.hosting.conftest import Trained
from tests.testing.world import MANIFEST, World, assets, cats_and_dogs, client
from tests.wire import PROJECT, Answer, FakeTime, Wire, answer_lost, described, refusal, versions

STOP = "StopProjectVersion"


@pytest.fixture(params=["sync", "async"])
def made(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Makes a client of one kind."""

    def make(rekognition: Any, time: FakeTime | None = None) -> Any:
        time = time or FakeTime()
        if request.param == "sync":
            return VersionsClient(rekognition, sleep=time.sleep, clock=time.clock)
        return AsyncVersionsClient(rekognition, sleep=time.asleep, clock=time.clock)

    return make


def done(result: Any) -> Any:
    async def wait() -> Any:
        return await result

    return asyncio.run(wait()) if inspect.iscoroutine(result) else result


def elsewhere(world: World) -> tuple[Any, str]:
    """A model that runs in another region."""
    region, bucket = "eu-west-1", "labels-elsewhere"
    there = World(world.labels, client("rekognition", region), client("s3", region))
    there.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    there.s3.put_object(Bucket=bucket, Key=MANIFEST, Body=cats_and_dogs())
    project = there.project("p2")
    arn = there.create(project, TrainingData=assets(MANIFEST, bucket=bucket), OutputConfig={"S3Bucket": bucket})
    assert there.statuses(project) == ["TRAINING_COMPLETED"]
    there.rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=2, MaxInferenceUnits=3)
    return there.rekognition, arn


def test_everything_that_runs_is_listed_over_regions_with_what_it_costs(
    made: Callable[..., Any], trained: Trained
) -> None:
    other, arn = elsewhere(trained.world)
    trained.world.labels.set_hosting(times=2)
    trained.start()
    trained.world.create(trained.project, "v2")  # one that doesn't run
    here = made(trained.world.rekognition)
    found = done(running_models(here, made(other), here, prices=Prices(inference_unit_hour="2.5")))
    assert found.failed == ()
    first, second = found.models
    assert (first.version_arn, first.status, first.region) == (trained.arn, "STARTING", "us-east-1")
    assert (first.account_id, first.min_inference_units, first.max_inference_units) == ("123456789012", 1, None)
    assert (second.version_arn, second.status, second.region) == (arn, "STARTING", "eu-west-1")
    assert (second.cost_an_hour.least, second.cost_an_hour.most) == (5, Decimal("7.5"))
    assert (first.started_at, first.cost) == (None, None)  # the service does not tell since when
    assert str(found.cost_an_hour) == "7.50 to 10.00 USD"
    assert str(found).splitlines()[0] == f"{trained.arn} is STARTING since an unknown time, 2.50 USD an hour"


def test_what_running_has_started_here_is_known_to_run_since_then(trained: Trained, time: FakeTime) -> None:
    here = VersionsClient(trained.world.rekognition, sleep=time.sleep, clock=time.clock)
    with running(here, trained.arn) as handle:
        time.now += 7200
        (model,) = running_models(here).models
        assert model.started_at == handle.started_at
        assert str(model.cost) == "8.00 USD"
        assert f"since {model.started_at:%Y-%m-%d}" in str(model)
    assert running_models(here).models == ()


def test_a_client_that_fails_does_not_hide_the_others(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    denied = Wire().on("DescribeProjects", refusal("AccessDeniedException", "no \x1b[2J"))
    found = done(running_models(made(denied.client()), made(trained.world.rekognition)))
    assert [model.version_arn for model in found.models] == [trained.arn]
    (failure,) = found.failed
    assert (failure.region, failure.project_arn) == ("us-east-1", None)
    assert isinstance(failure.error, AccessDeniedError)
    assert "could not be looked at" in str(found)
    assert "\x1b" not in str(found)


def projects(*names: str, token: str | None = None) -> Answer:
    arns = [{"ProjectArn": PROJECT.replace("shapes", name)} for name in names]
    return Answer({"ProjectDescriptions": arns, **({"NextToken": token} if token else {})})


def test_a_project_that_fails_does_not_hide_the_others_and_one_that_is_gone_is_no_failure(
    made: Callable[..., Any], wire: Wire, time: FakeTime
) -> None:
    wire.on("DescribeProjects", projects("a", "b", token="t"), projects("c"))
    wire.on(
        "DescribeProjectVersions",
        refusal("AccessDeniedException"),
        refusal("ResourceNotFoundException"),
        versions(described("STOPPED"), token="u"),
        versions(described("RUNNING")),
    )
    found = done(running_models(made(wire.client(), time)))
    (model,) = found.models
    assert (model.cost_an_hour, found.cost_an_hour) == (None, None)  # its units are not told, so nothing is
    assert "at an unknown price" in str(model)
    assert [failure.project_arn for failure in found.failed] == [PROJECT.replace("shapes", "a")]


def test_projects_that_were_listed_before_a_page_failed_are_looked_at(
    made: Callable[..., Any], wire: Wire, time: FakeTime
) -> None:
    wire.on("DescribeProjects", projects("a", token="t"), refusal("AccessDeniedException"))
    wire.on("DescribeProjectVersions", versions(described("RUNNING")))
    found = done(running_models(made(wire.client(), time)))
    assert (len(found.models), len(found.failed)) == (1, 1)


def test_what_passes_is_tried_again(made: Callable[..., Any], wire: Wire, time: FakeTime) -> None:
    wire.on("DescribeProjects", *[answer_lost] * 3, projects("a"))
    wire.on("DescribeProjectVersions", versions(described("RUNNING")))
    assert len(done(running_models(made(wire.client(), time))).models) == 1
    assert time.slept[0] == 1


def test_no_more_than_five_calls_are_made_a_second(made: Callable[..., Any], wire: Wire, time: FakeTime) -> None:
    moments: list[float] = []

    def answered() -> Answer:
        moments.append(time.now)
        return versions()

    wire.on("DescribeProjects", projects(*(f"p{number}" for number in range(50))))
    wire.on("DescribeProjectVersions", answered)
    assert done(running_models(made(wire.client(), time))).models == ()
    assert len(moments) == 50
    assert all(later - earlier >= 0.999 for earlier, later in zip(moments, moments[5:], strict=False))
    assert moments[-1] - moments[0] < 11
    assert wire.asked("DescribeProjects") == [{"Features": ["CUSTOM_LABELS"]}]


# -- stop_all ----------------------------------------------------------------------------------------------------------


def test_stop_all_only_says_what_it_would_do(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    report = done(stop_all(made(trained.world.rekognition)))
    assert report.dry_run
    assert [(outcome.model.version_arn, outcome.action) for outcome in report.outcomes] == [
        (trained.arn, StopAction.WOULD_STOP)
    ]
    assert str(report) == f"{trained.arn}: would be stopped"
    assert trained.calls[STOP] == 0
    assert trained.status == "RUNNING"


def test_stop_all_stops_everything_what_runs_before_what_starts(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    assert trained.status == "RUNNING"
    late = trained.world.create(trained.project, "v2")  # listed first, for it is the latest
    trained.world.describe(trained.project)
    trained.world.labels.set_hosting(times=4, version="v2")
    trained.world.rekognition.start_project_version(ProjectVersionArn=late, MinInferenceUnits=1)
    other, elsewhere_arn = elsewhere(trained.world)
    report = done(stop_all(made(trained.world.rekognition), made(other), dry_run=False))
    assert [outcome.model.version_arn for outcome in report.outcomes] == [trained.arn, late, elsewhere_arn]
    assert {outcome.action for outcome in report.outcomes} == {StopAction.STOPPED}
    assert report.is_complete
    assert not {"STARTING", "RUNNING"} & set(trained.world.statuses(trained.project))


def test_stop_all_leaves_what_stops_already_and_what_is_not_meant(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    other, _ = elsewhere(trained.world)
    assert trained.status == "RUNNING"
    trained.world.labels.set_hosting(times=9, version="v1", region="us-east-1")
    trained.world.rekognition.stop_project_version(ProjectVersionArn=trained.arn)
    clients = made(trained.world.rekognition), made(other)
    report = done(stop_all(*clients, dry_run=False, only=lambda model: model.region == "us-east-1"))
    assert [(outcome.model.version_arn, outcome.action) for outcome in report.outcomes] == [
        (trained.arn, StopAction.LEFT)
    ]


def test_stop_all_goes_on_after_a_failure_and_raises_it(made: Callable[..., Any], trained: Trained) -> None:
    trained.start()
    other, arn = elsewhere(trained.world)
    trained.world.labels.inject(STOP, error="AccessDeniedException", times=3, region="us-east-1")
    broken = Wire().on("DescribeProjects", refusal("AccessDeniedException"))
    clients = made(trained.world.rekognition), made(broken.client()), made(other)
    with pytest.raises(StopAllError) as caught:
        done(stop_all(*clients, dry_run=False))
    failed, stopped = caught.value.report.outcomes
    assert (failed.action, stopped.action) == (StopAction.FAILED, StopAction.STOPPED)
    assert (failed.model.version_arn, stopped.model.version_arn) == (trained.arn, arn)
    assert f"aws rekognition stop-project-version --project-version-arn {trained.arn}" in str(caught.value)
    assert arn not in str(caught.value)
    assert "could not be looked at" in str(caught.value)
    assert not caught.value.report.is_complete


def test_what_ends_stop_all_early_ends_it_for_all_clients(made: Callable[..., Any], trained: Trained) -> None:
    trained.world.labels.set_hosting(times=10_000, region="us-east-1")
    trained.start()
    other, _ = elsewhere(trained.world)
    waits, never = threading.Event(), threading.Event()

    def stopping(**_: Any) -> None:
        waits.set()
        never.wait(0.01)  # the clock is a fake: without this an hour may pass before the other thread gets its turn

    trained.on("before-call.rekognition.StopProjectVersion", stopping)

    class Ended(BaseException):
        """As Ctrl-C does."""

    def end(**_: Any) -> None:
        waits.wait(20)
        raise Ended

    other.meta.events.register("before-call.rekognition.DescribeProjects", end)
    with pytest.raises(Ended):
        done(stop_all(made(trained.world.rekognition), made(other), dry_run=False))
    assert 1 <= trained.calls[STOP] < 600  # else it goes on for an hour, of a stop every five seconds


@pytest.mark.parametrize("wrong", [{"dry_run": None}, {"only": "us-east-1"}, {"prices": 4}], ids=str)
def test_arguments_of_other_types_are_refused_before_anything_is_sent(wrong: dict[str, Any], wire: Wire) -> None:
    clients: Any = VersionsClient(wire.client()), AsyncVersionsClient(wire.client())
    for ours in clients:
        with pytest.raises(TypeError, match=f"{next(iter(wrong))} takes "):
            stop_all(ours, **wrong)
    assert wire.sent == []


def test_prices_are_prices(wire: Wire) -> None:
    wrong: Any = 4
    for ask in (running_models, lambda client, prices: training_costs(client, PROJECT, prices=prices)):
        with pytest.raises(TypeError, match="prices takes Prices"):
            ask(VersionsClient(wire.client()), prices=wrong)
    with pytest.raises(TypeError, match="prices takes Prices"):
        training_cost(ProjectVersionDescription(), prices=wrong)
    assert wire.sent == []


def test_clients_of_two_kinds_are_refused(trained: Trained) -> None:
    clients: Any = VersionsClient(trained.world.rekognition), AsyncVersionsClient(trained.world.rekognition)
    for function in (running_models, stop_all):
        with pytest.raises(TypeError, match="all of one kind; got VersionsClient, AsyncVersionsClient"):
            function(*clients)


def test_a_client_that_is_not_ours_is_refused(wire: Wire) -> None:
    plain: Any = wire.client()
    for ask in (running_models, stop_all, lambda client: training_costs(client, PROJECT)):
        with pytest.raises(TypeError, match="not Rekognition"):
            ask(plain)


# -- training_costs ----------------------------------------------------------------------------------------------------


def test_the_trainings_of_a_project_add_up(made: Callable[..., Any], trained: Trained) -> None:
    trained.world.labels.set_training(outcome="TRAINING_FAILED", version="v2")
    trained.world.labels.set_training(times=9, version="v3")
    for name in ("v2", "v3"):
        trained.world.create(trained.project, name)
    (described_v1,) = trained.world.describe(trained.project, "v1")
    trained.world.describe(trained.project, "v2")
    costs = done(training_costs(made(trained.world.rekognition), trained.project, prices=Prices(training_hour=3600)))
    assert [cost.cost for cost in costs.versions] == [None, 0, described_v1["BillableTrainingTimeInSeconds"]]
    assert costs.total == described_v1["BillableTrainingTimeInSeconds"] > 0
    assert costs.unknown == 1


def test_a_project_that_is_not_there_is_an_error(made: Callable[..., Any], trained: Trained) -> None:
    with pytest.raises(ServiceError):
        done(training_costs(made(trained.world.rekognition), PROJECT))
    with pytest.raises(ValueError, match="project ARN"):
        training_costs(made(trained.world.rekognition), "shapes")
