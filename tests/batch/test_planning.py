"""Which calls find many versions, and how fast they may follow each other: the pure parts of the fleet."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from rekog_versions import ProjectVersionDescription, ResponseError
from rekog_versions.batch.pacing import LONGEST_GAP, Pacer
from rekog_versions.batch.planning import Reach, find_versions
from rekog_versions.errors import PaginationError
from rekog_versions.models import DescribeProjectVersionsResponse
from rekog_versions.operations.flows import Call, Flow, Reply, Sleep
from tests.wire import PROJECT, FakeTime


def arn(name: str) -> str:
    return PROJECT.replace("/1574310000000", f"/version/{name}/1574317227432")


class Service:
    """A project's versions, the latest first, answered as the service does; it counts the calls."""

    def __init__(self, names: Sequence[str], page: int = 100) -> None:
        self.names, self.page, self.calls = list(names), page, 0

    def __call__(self, call: Call[Any]) -> Reply[Any]:
        self.calls += 1
        assert len(call.wire.get("VersionNames", ())) <= 10
        asked = call.wire.get("VersionNames")
        listed = [name for name in self.names if asked is None or name in asked]
        start = int(call.wire.get("NextToken", 0))
        end = start + min(self.page, call.wire.get("MaxResults", 100))
        answer = {
            "ProjectVersionDescriptions": [{"ProjectVersionArn": arn(name)} for name in listed[start:end]],
            "NextToken": str(end) if end < len(listed) else None,
        }
        return Reply(DescribeProjectVersionsResponse.model_validate(answer), request_id="r")


def run(flow: Flow[Any], service: Any, time: FakeTime) -> Any:
    result: Any = None
    try:
        while True:
            step = flow.send(result)
            result = None
            if isinstance(step, Sleep):
                time.sleep(step.seconds)
            else:
                result = service(step)
    except StopIteration as end:
        return end.value


def look(service: Service, names: Sequence[str], reach: Reach | None = None) -> tuple[set[str], int]:
    time, found = FakeTime(), dict[str, ProjectVersionDescription]()
    before = service.calls
    run(find_versions(PROJECT, names, found, reach or Reach(), Pacer(1000, time.clock)), service, time)
    return found.keys() & set(names), service.calls - before


def names(count: int) -> list[str]:
    return [f"v{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("in_project", "wanted", "calls"),
    [
        (100, 100, 1),  # a page
        (50, 11, 1),
        (100, 10, 1),  # ten names
        (1000, 10, 1),
        (3, 1, 1),
    ],
)
def test_one_call_is_enough_for_ten_names_or_for_a_page_of_a_hundred(in_project: int, wanted: int, calls: int) -> None:
    assert look(Service(names(in_project)), names(wanted)) == (set(names(wanted)), calls)


def test_pages_are_read_only_as_far_as_the_versions_are_that_are_waited_for() -> None:
    # the latest version comes first, and what trains is recent
    assert look(Service(names(1000)), names(150)) == (set(names(150)), 2)


def test_a_few_old_versions_of_a_large_project_are_asked_for_by_name_as_soon_as_that_is_seen() -> None:
    service, reach, old = Service(names(5000)), Reach(), names(5000)[-20:]
    assert look(service, old, reach) == (set(old), 2 + 2)  # two pages in vain
    assert look(service, old, reach) == (set(old), 2)  # and none again


def test_what_a_page_does_not_leave_open_is_asked_for_by_name() -> None:
    wanted = [*names(90), *names(1000)[-5:]]
    assert look(Service(names(1000)), wanted) == (set(wanted), 2)


@pytest.mark.parametrize("gone", [1, 10, 30])
def test_versions_that_do_not_exist_cost_no_second_call_after_the_whole_project_was_read(gone: int) -> None:
    assert look(Service(names(40)), [*names(40), *(f"gone{number}" for number in range(gone))]) == (set(names(40)), 1)


@given(
    in_project=st.integers(0, 700),
    wanted=st.lists(st.integers(0, 800), min_size=1, unique=True),
    page=st.integers(1, 100),
    looks=st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_plan_everything_there_is_found_and_calls_stay_near_the_fewest(
    in_project: int, wanted: list[int], page: int, looks: int
) -> None:
    service, reach = Service(names(in_project), page), Reach()
    asked = [f"v{number}" for number in wanted]
    there = {name for name in asked if name in service.names}
    for _ in range(looks):
        found, calls = look(service, asked, reach)
        assert found == there
        if page == 100:
            by_name, pages = -(-len(asked) // 10), max(1, -(-in_project // 100))
            assert calls <= 3 * min(by_name, pages) + 1


def test_a_token_that_comes_again_does_not_go_round_for_ever() -> None:
    def stuck(_: Call[Any]) -> Reply[Any]:
        return Reply(DescribeProjectVersionsResponse(project_version_descriptions=[], next_token="t"), request_id="r")

    time = FakeTime()
    with pytest.raises(PaginationError):
        run(find_versions(PROJECT, ["v1"], {}, Reach(), Pacer(4, time.clock)), stuck, time)


def test_a_version_whose_arn_cannot_be_read_is_not_taken_for_missing() -> None:
    def odd(_: Call[Any]) -> Reply[Any]:
        listed = {"ProjectVersionDescriptions": [{"ProjectVersionArn": arn("v1")}, {"ProjectVersionArn": "odd\x1b"}]}
        return Reply(DescribeProjectVersionsResponse.model_validate(listed), request_id="r")

    time, found = FakeTime(), dict[str, ProjectVersionDescription]()
    with pytest.raises(ResponseError, match="can't be told from 'v2'") as caught:
        run(find_versions(PROJECT, ["v1", "v2"], found, Reach(), Pacer(4, time.clock)), odd, time)
    assert "\x1b" not in str(caught.value)
    assert set(found) == {"v1"}


# -- pacing ------------------------------------------------------------------------------------------------------------


def throttling() -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "Describe")


def turns(pacer: Pacer, time: FakeTime, count: int, operation: str = "Describe") -> list[float]:
    moments = []
    for _ in range(count):
        run(pacer.turn(operation), None, time)
        moments.append(time.now)
    return moments


@pytest.mark.parametrize("rate", [4.0, 0.5, 25.0])
def test_calls_never_come_faster_than_the_rate_also_after_a_pause(rate: float) -> None:
    time = FakeTime()
    pacer = Pacer(rate, time.clock)
    moments = turns(pacer, time, 20)
    time.sleep(3600)  # nothing is saved up meanwhile
    moments += turns(pacer, time, 20)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) >= 1 / rate - 1e-9


def test_each_operation_has_a_rate_of_its_own() -> None:
    time = FakeTime()
    pacer = Pacer(4, time.clock)
    turns(pacer, time, 1, "DescribeProjects")
    turns(pacer, time, 1, "DescribeProjectVersions")
    assert time.slept == []


def test_throttled_calls_make_way_and_come_back_by_and_by() -> None:
    time = FakeTime()
    pacer = Pacer(4, time.clock)
    for _ in range(20):
        pacer.failed("Describe", throttling())
    assert pacer.gap("Describe") == LONGEST_GAP
    assert turns(pacer, time, 1) == [1000 + LONGEST_GAP]
    for _ in range(40):
        pacer.answered("Describe")
    assert pacer.gap("Describe") == 0.25


def test_other_failures_do_not_slow_calls_down() -> None:
    pacer = Pacer(4, FakeTime().clock)
    pacer.failed("Describe", ClientError({"Error": {"Code": "AccessDeniedException"}}, "Describe"))
    pacer.failed("Describe", OSError())
    assert pacer.gap("Describe") == 0.25


@pytest.mark.parametrize("rate", [0, -1, float("inf"), float("nan")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="the service allows 5"):
        Pacer(rate, FakeTime().clock)
