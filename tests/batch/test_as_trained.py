"""as_trained, for both clients, through botocore."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from rekog_versions import (
    AccessDeniedError,
    AsyncVersionsClient,
    Poll,
    ProjectVersionDescription,
    Schedule,
    ServiceError,
    TrainingFailedError,
    UnreachableStatusError,
    VersionNotFoundError,
    VersionsClient,
    WaitTimeoutError,
)
from rekog_versions.batch import VersionOutcome, as_trained
from tests.conftest import Driver
from tests.wire import Answer, FakeTime, Json, Wire, described, never_connected, refusal, versions

DESCRIBE, PROJECTS = "DescribeProjectVersions", "DescribeProjects"
EXPIRED = refusal("ExpiredTokenException", "The security token included in the request is expired")


def project(name: str = "shapes") -> str:
    return f"arn:aws:rekognition:us-east-1:123456789012:project/{name}/1574310000000"


def version_arn(name: str, of: str = "shapes", created: int = 1574317227432) -> str:
    return f"arn:aws:rekognition:us-east-1:123456789012:project/{of}/version/{name}/{created}"


class Service:
    """Projects with versions whose statuses follow each other by the clock."""

    def __init__(self, wire: Wire, time: FakeTime) -> None:
        self.wire, self.time = wire, time
        self.began = time.now
        self.statuses: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self.denied: set[str] = set()
        self.moments: list[float] = []
        wire.on(DESCRIBE, self._describe).on(PROJECTS, self._projects)

    def has(self, name: str, *statuses: tuple[float, str], of: str = "shapes") -> "Service":
        """From the first second on a version has the first status, and so on."""
        self.statuses[of, name] = list(statuses)
        return self

    def trains(self, name: str, until: float, of: str = "shapes", end: str = "TRAINING_COMPLETED") -> "Service":
        return self.has(name, (0, "TRAINING_IN_PROGRESS"), (until, end), of=of)

    def _describe(self) -> Answer:
        self.moments.append(self.time.now)
        asked = self.wire.sent[-1][1]
        of = asked["ProjectArn"].split("/")[1]
        if of in self.denied:
            return refusal("AccessDeniedException", "not you")
        there = [(name, self._status(moments)) for (where, name), moments in self.statuses.items() if where == of]
        if not there:
            return refusal("ResourceNotFoundException", "gone")
        return versions(
            *(
                described(status, ProjectVersionArn=version_arn(name, of), StatusMessage="because \x1b")
                for name, status in there
                if status is not None and name in asked.get("VersionNames", [name])
            )
        )

    def _status(self, moments: list[tuple[float, str]]) -> str | None:
        reached = [status for moment, status in moments if moment <= self.time.now - self.began]
        return reached[-1] if reached else None

    def _projects(self) -> Answer:
        self.moments.append(self.time.now)
        names = self.wire.sent[-1][1]["ProjectNames"]
        there = {of for of, _ in self.statuses}
        listed: list[Json] = [{"ProjectArn": project(name)} for name in names if name in there]
        return Answer({"ProjectDescriptions": listed})


@pytest.fixture
def service(wire: Wire, time: FakeTime) -> Service:
    return Service(wire, time)


class Waiting:
    """as_trained over one of the two clients, as a plain iterator."""

    def __init__(self, driver: Driver, call: Callable[..., Any] = as_trained) -> None:
        self._driver, self._call = driver, call

    def __call__(self, given: Iterable[Any], **kwargs: Any) -> Iterator[Any]:
        self.iterator = self._call(self._driver.client, given, **kwargs)
        return self.go_on()

    def go_on(self) -> Iterator[Any]:
        if self._driver.kind == "sync":
            yield from self.iterator
            return
        while True:
            try:
                yield asyncio.run(self.iterator.__anext__())
            except StopAsyncIteration:
                return


@pytest.fixture
def waiting(driver: Driver, wire: Wire) -> Waiting:
    driver.over(wire.client())
    return Waiting(driver)


def names(outcomes: Iterable[VersionOutcome]) -> list[str]:
    return [str(outcome.version[1]) for outcome in outcomes if isinstance(outcome.version, tuple)]


def notes(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))


def test_versions_are_yielded_as_they_finish_each_with_its_result(service: Service, waiting: Waiting) -> None:
    service.trains("late", 500).trains("soon", 100).trains("fails", 300, end="TRAINING_FAILED").has(
        "ran", (0, "RUNNING")
    )
    found = list(waiting([(project(), name) for name in ("late", "soon", "fails", "ran")]))
    assert names(found) == ["ran", "soon", "fails", "late"]
    assert [outcome.ok for outcome in found] == [True, True, False, True]
    assert found[1].result().status == "TRAINING_COMPLETED"
    assert isinstance(found[2].error, TrainingFailedError)
    with pytest.raises(TrainingFailedError, match=r"failed: because \\x1b"):
        found[2].result()
    assert found[2].description.status == "TRAINING_FAILED"


def test_one_call_a_round_serves_ten_names_and_a_page_serves_a_project(
    service: Service, wire: Wire, waiting: Waiting
) -> None:
    for number in range(10):
        service.trains(f"v{number}", 10, of="few")
    for number in range(60):
        service.trains(f"v{number}", 10, of="many")
    given = [(project(of), f"v{number}") for of, count in (("few", 10), ("many", 60)) for number in range(count)]
    assert len(list(waiting(given))) == 70
    asked = wire.asked(DESCRIBE)
    assert len(asked) == 2 * 2  # two rounds over two projects
    assert len(asked[0]["VersionNames"]) == 10
    assert "VersionNames" not in asked[1]


def test_calls_stay_under_the_rate(service: Service, waiting: Waiting) -> None:
    for number in range(40):
        service.trains("v1", 200, of=f"p{number}")
    assert len(list(waiting([(project(f"p{number}"), "v1") for number in range(40)], rate=2))) == 40
    gaps = [later - earlier for earlier, later in pairwise(service.moments)]
    assert min(gaps) == pytest.approx(0.5)


def test_rounds_begin_by_the_schedule_however_long_they_take(service: Service, waiting: Waiting) -> None:
    for number in range(40):
        service.trains("v1", 400, of=f"p{number}")
    list(
        waiting([(project(f"p{number}"), "v1") for number in range(40)], schedule=Schedule(first=60, most=60, jitter=0))
    )
    assert [service.moments[round_ * 40] - service.began for round_ in range(8)] == pytest.approx(
        [60 * round_ for round_ in range(8)]
    )


def test_rounds_that_take_longer_than_their_delay_come_to_everybody_in_turn(service: Service, waiting: Waiting) -> None:
    for number in range(12):
        service.trains("v1", 115, of=f"p{number}")
    list(
        waiting([(project(f"p{number}"), "v1") for number in range(12)], rate=0.1, schedule=Schedule(first=15, most=15))
    )
    asked = [body["ProjectArn"] for _, body in service.wire.sent]
    assert len(asked) == 24
    assert len(set(asked[:12])) == len(set(asked[12:])) == 12


def test_the_projects_of_versions_named_by_their_arns_are_looked_up_once_ten_a_call(
    service: Service, wire: Wire, waiting: Waiting
) -> None:
    for number in range(12):
        service.trains("v1", 100, of=f"p{number}")
        service.trains("v2", 100, of=f"p{number}")
    given = [version_arn(name, f"p{number}") for number in range(12) for name in ("v1", "v2")]
    found = list(waiting(given))
    assert sorted(outcome.version for outcome in found) == sorted(given)
    assert [len(body["ProjectNames"]) for body in wire.asked(PROJECTS)] == [10, 2]
    assert "CONTENT_MODERATION" in wire.asked(PROJECTS)[0]["Features"]


def test_a_version_that_is_named_in_several_ways_is_yielded_once_as_it_was_named_first(
    service: Service, waiting: Waiting
) -> None:
    service.trains("v1", 100)
    description = ProjectVersionDescription.model_validate({"ProjectVersionArn": version_arn("v1")})
    given = [version_arn("v1"), (project(), "v1"), description, version_arn("v1")]
    assert [outcome.version for outcome in waiting(given)] == [version_arn("v1")]
    assert service.wire.asked(PROJECTS) == []  # the pair told the project


def test_versions_that_had_one_name_after_each_other_are_told_apart(service: Service, waiting: Waiting) -> None:
    service.trains("v1", 100)
    before = version_arn("v1", created=1500000000000)
    by_name, by_arn, gone = sorted(
        waiting([(project(), "v1"), version_arn("v1"), before]), key=lambda found: (not found.ok, str(found.version))
    )
    assert (by_name.version, by_arn.version, gone.version) == ((project(), "v1"), version_arn("v1"), before)
    assert by_name.ok
    assert by_arn.ok
    assert isinstance(gone.error, VersionNotFoundError)
    assert f"the version that has the name now is {version_arn('v1')}" in str(gone.error)


def test_what_is_not_there_gets_a_grace_and_then_an_error_while_the_others_go_on(
    service: Service, waiting: Waiting
) -> None:
    service.has("new", (12, "TRAINING_IN_PROGRESS"), (300, "TRAINING_COMPLETED")).trains("v1", 200)
    moments: dict[object, float] = {}
    found = {}
    for outcome in waiting([(project(), "new"), (project(), "v1"), (project(), "typo"), (project("none"), "v1")]):
        found[outcome.version] = outcome
        moments[outcome.version] = service.time.now - service.began
    assert found[project(), "new"].ok
    assert found[project(), "v1"].ok
    assert isinstance(found[project(), "typo"].error, VersionNotFoundError)
    assert isinstance(found[project("none"), "v1"].error, VersionNotFoundError)
    assert 30 <= moments[project(), "typo"] <= 32
    assert 30 <= moments[project("none"), "v1"] <= 32


def test_an_arn_whose_project_is_not_there_is_not_found(service: Service, waiting: Waiting) -> None:
    service.trains("v1", 10)
    (gone, there) = sorted(waiting([version_arn("v1", "none"), version_arn("v1")]), key=lambda found: found.ok)
    assert isinstance(gone.error, VersionNotFoundError)
    assert "no project 'none' was found" in str(gone.error)
    assert there.ok


def test_a_version_that_cannot_become_trained_is_told_at_once(service: Service, waiting: Waiting) -> None:
    service.has("v1", (0, "DELETING"))
    (found,) = waiting([(project(), "v1")])
    assert isinstance(found.error, UnreachableStatusError)
    assert service.time.now == service.began


def test_the_time_limit_ends_with_a_last_look_and_says_what_goes_on(service: Service, waiting: Waiting) -> None:
    service.trains("v1", 9000).trains("v2", 99)
    found = list(waiting([(project(), "v1"), (project(), "v2")], timeout=100, schedule=Schedule(first=70, most=70)))
    assert [outcome.ok for outcome in found] == [False, True]
    assert isinstance(found[0].error, WaitTimeoutError)
    assert "The training goes on and is billed" in str(found[0].error)
    assert found[0].description.status == "TRAINING_IN_PROGRESS"
    assert service.time.now - service.began == pytest.approx(100)


def test_faults_that_pass_do_not_end_it(service: Service, wire: Wire, waiting: Waiting) -> None:
    service.trains("v1", 100)
    calls = iter(range(1000))
    answer = wire.script[DESCRIBE][0]
    faults = [refusal("ThrottlingException"), refusal("InternalServerError", status=500), never_connected]

    def sometimes() -> Answer:
        number = next(calls)
        step: Any = faults[number // 3] if number < 9 else answer  # botocore tries each call three times
        return step if isinstance(step, Answer) else step()

    wire.on(DESCRIBE, sometimes)
    polls: list[Poll] = []
    (found,) = waiting([(project(), "v1")], on_poll=polls.append)
    assert found.ok
    assert [type(poll.error).__name__ for poll in polls[:4]] == [
        "ThrottlingError",
        "InternalServerError",
        "EndpointConnectionError",
        "NoneType",
    ]


def test_a_project_that_is_denied_ends_the_wait_for_its_versions_only(service: Service, waiting: Waiting) -> None:
    service.trains("v1", 100).trains("v1", 100, of="secret").trains("v2", 100, of="secret")
    service.denied.add("secret")
    found = list(waiting([(project("secret"), "v1"), (project(), "v1"), (project("secret"), "v2")]))
    assert [outcome.ok for outcome in found] == [False, False, True]
    assert all(isinstance(outcome.error, AccessDeniedError) for outcome in found[:2])
    assert "not their trainings" in notes(found[0].error)
    with pytest.raises(AccessDeniedError):
        found[0].result()


def test_expired_credentials_end_it_with_how_to_go_on_and_nothing_is_lost(
    service: Service, wire: Wire, waiting: Waiting, driver: Driver
) -> None:
    service.trains("v1", 10).trains("v2", 100).trains("v3", 100)
    outcomes = waiting([(project(), "v1"), (project(), "v2"), version_arn("v3")])
    assert names([next(outcomes)]) == ["v1"]
    answer = wire.script[DESCRIBE][0]
    wire.on(DESCRIBE, EXPIRED)
    with pytest.raises(ServiceError) as caught:
        next(outcomes)
    assert f"as_trained(client, [({project()!r}, 'v2'), {version_arn('v3')!r}])" in notes(caught.value)
    assert "go on and are billed" in notes(caught.value)
    assert waiting.iterator.open == [(project(), "v2"), version_arn("v3")]
    wire.on(DESCRIBE, answer)
    assert len(list(waiting.go_on())) == 2
    assert waiting.iterator.open == []


def test_missing_credentials_end_it(service: Service, wire: Wire, waiting: Waiting) -> None:
    service.trains("v1", 10)
    wire.on(DESCRIBE, NoCredentialsError())
    with pytest.raises(NoCredentialsError) as caught:
        next(waiting([(project(), "v1")]))
    assert "takes it up again, in any process" in notes(caught.value)


def test_looking_projects_up_survives_throttling_and_a_denial_is_for_those_that_need_it(
    service: Service, wire: Wire, waiting: Waiting
) -> None:
    service.trains("v1", 10).trains("v2", 10)
    wire.on(PROJECTS, *[refusal("ThrottlingException")] * 3, refusal("AccessDeniedException"))
    found = list(waiting([version_arn("v1"), (project(), "v2")]))
    assert len(wire.asked(PROJECTS)) == 4
    outcomes = {outcome.version: outcome.error for outcome in found}
    assert isinstance(outcomes[version_arn("v1")], AccessDeniedError)
    assert outcomes[project(), "v2"] is None


def test_no_connection_at_all_is_waited_out(service: Service, wire: Wire, waiting: Waiting) -> None:
    service.trains("v1", 10)
    wire.on(DESCRIBE, EndpointConnectionError(endpoint_url="x"))
    (found,) = waiting([(project(), "v1")], timeout=500)
    assert isinstance(found.error, WaitTimeoutError)
    assert "it was not seen so far" in str(found.error)
    assert "Could not connect" in str(found.error)


def test_what_on_poll_raises_ends_it_with_the_note_and_loses_no_outcome(service: Service, waiting: Waiting) -> None:
    service.trains("v1", 0).trains("v2", 50)

    def stop(poll: Poll) -> None:
        if poll.status == "TRAINING_COMPLETED":
            raise RuntimeError("enough")

    outcomes = waiting([(project(), "v1"), (project(), "v2")], on_poll=stop)
    with pytest.raises(RuntimeError, match="enough") as caught:
        next(outcomes)
    assert "ends the wait for 1 version" in notes(caught.value)
    assert names([next(waiting.go_on())]) == ["v1"]


def test_a_status_that_is_new_is_waited_through_and_warned_of(
    service: Service, waiting: Waiting, caplog: pytest.LogCaptureFixture
) -> None:
    service.has("v1", (0, "TRAINING_PAUSED"), (100, "TRAINING_COMPLETED"))
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        (found,) = waiting([(project(), "v1")])
    assert found.ok
    assert [record.getMessage().count("TRAINING_PAUSED") for record in caplog.records] == [1]


def test_leaving_it_early_leaves_nothing_under_way(service: Service, waiting: Waiting) -> None:
    service.trains("v1", 0).trains("v2", 50)
    assert names([next(waiting([(project(), "v1"), (project(), "v2")]))]) == ["v1"]
    sent = len(service.wire.sent)
    assert waiting.iterator.open == [(project(), "v2")]
    del waiting.iterator
    assert len(service.wire.sent) == sent


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (["shapes"], ValueError, "is not a project version ARN"),
        ([(project(), "not a name")], ValueError, "version_names"),
        ([7], TypeError, "not by a int"),
        (version_arn("v1"), TypeError, "put it in a list"),
        ((project(), "v1"), TypeError, "put it in a list"),
    ],
)
def test_what_names_no_version_is_refused_before_anything_is_sent(
    given: Any, error: type[Exception], message: str, service: Service, waiting: Waiting
) -> None:
    with pytest.raises(error, match=message):
        waiting(given)
    assert service.wire.sent == []


def test_two_arns_are_two_versions_also_in_a_tuple(service: Service, waiting: Waiting) -> None:
    service.trains("v1", 0).trains("v2", 0)
    assert len(list(waiting((version_arn("v1"), version_arn("v2"))))) == 2


def test_nothing_to_wait_for_is_nothing_to_yield(waiting: Waiting) -> None:
    assert list(waiting([])) == []


def test_numbers_out_of_range_are_refused(waiting: Waiting) -> None:
    with pytest.raises(ValueError, match="timeout must be 0 seconds or more"):
        waiting([(project(), "v1")], timeout=-1)
    with pytest.raises(ValueError, match="rate must be"):
        waiting([], rate=0)


def test_a_boto3_client_in_the_place_of_ours_is_told_what_to_do(wire: Wire) -> None:
    rekognition: Any = wire.client()
    with pytest.raises(TypeError, match=r"got Rekognition; create one with VersionsClient"):
        as_trained(rekognition, [])


def test_the_blocking_client_refuses_a_coroutine_function(wire: Wire) -> None:
    async def tell(_: Poll) -> None: ...

    with pytest.raises(TypeError, match="only AsyncVersionsClient awaits"):
        as_trained(VersionsClient(wire.client()), [], on_poll=tell)


def test_asyncio_awaits_on_poll_and_can_be_cancelled_while_it_sleeps(service: Service, wire: Wire) -> None:
    service.trains("v1", 0).trains("v2", 50)
    told: list[Poll] = []

    async def main() -> None:
        sleeping = asyncio.Event()

        async def sleep(_: float) -> None:
            sleeping.set()
            await asyncio.Event().wait()

        async def tell(poll: Poll) -> None:
            await asyncio.sleep(0)
            told.append(poll)

        client = AsyncVersionsClient(wire.client(), sleep=sleep, clock=service.time.clock)
        outcomes = as_trained(client, [(project(), "v1"), (project(), "v2")], on_poll=tell)
        assert (await anext(outcomes)).ok
        task = asyncio.ensure_future(anext(outcomes))
        await sleeping.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert f"as_trained(client, [({project()!r}, 'v2')])" in notes(caught.value)

    asyncio.run(main())
    assert [poll.status for poll in told] == ["TRAINING_COMPLETED", "TRAINING_IN_PROGRESS"]


def test_a_note_about_very_many_versions_stays_readable(service: Service, wire: Wire, waiting: Waiting) -> None:
    for number in range(300):
        service.trains(f"v{number}", 50)
    wire.on(DESCRIBE, EXPIRED)
    with pytest.raises(ServiceError) as caught:
        next(waiting([(project(), f"v{number}") for number in range(300)]))
    assert "... 290 more" in notes(caught.value)
    assert len(notes(caught.value)) < 3000
    assert len(waiting.iterator.open) == 300
