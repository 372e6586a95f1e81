"""Find many versions with few calls, each below the rate of its operation."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings, strategies as st

from rekog_versions import ResponseError, VersionsClient
from rekog_versions._aws.transport import Reply
from rekog_versions.batch._sync.calls import Calls, check_rate
from rekog_versions.batch.actions import ProjectSearch, VersionCount
from rekog_versions.batch.planning import PageEstimate, VersionSearch
from rekog_versions.errors import PaginationError
from rekog_versions.models import DescribeProjectsResponse, DescribeProjectVersionsResponse
from tests.wire import PROJECT, FakeTime


def arn(name: str) -> str:
    return PROJECT.replace("/1574310000000", f"/version/{name}/1574317227432")


class Service:
    """A project's versions, the latest first, in responses like the service's. It counts the calls."""

    def __init__(self, names: Sequence[str], page: int = 100) -> None:
        self.names, self.page, self.calls = list(names), page, 0

    def __call__(self, request: Mapping[str, Any]) -> DescribeProjectVersionsResponse:
        self.calls += 1
        assert len(request.get("VersionNames", ())) <= 10
        wanted = request.get("VersionNames")
        listed = [name for name in self.names if wanted is None or name in wanted]
        start = int(request.get("NextToken", 0))
        end = start + min(self.page, request.get("MaxResults", 100))
        response = {
            "ProjectVersionDescriptions": [{"ProjectVersionArn": arn(name)} for name in listed[start:end]],
            "NextToken": str(end) if end < len(listed) else None,
        }
        return DescribeProjectVersionsResponse.model_validate(response)


class FakeClient:
    """A client whose responses a function makes."""

    def __init__(self, respond: Callable[[Mapping[str, Any]], Any], time: FakeTime) -> None:
        self._respond = respond
        self.sleep, self.clock = time.sleep, time.clock
        self.moments: list[float] = []

    def call(self, operation: Any, wire: Mapping[str, Any]) -> Reply[Any]:
        self.moments.append(self.clock())
        return Reply(self._respond(wire), request_id="r")


def calls(respond: Callable[[Mapping[str, Any]], Any], rate: float = 1000, time: FakeTime | None = None) -> Calls:
    return Calls(cast("VersionsClient", FakeClient(respond, time or FakeTime())), rate)


def search(service: Service, names: Sequence[str], estimate: PageEstimate | None = None) -> tuple[set[str], int]:
    """Return the names that were found, and the number of calls."""
    before = service.calls
    action = VersionSearch(PROJECT, names, estimate)
    calls(service).carry_out(action)
    return action.found.keys() & set(names), service.calls - before


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
    assert search(Service(names(in_project)), names(wanted)) == (set(names(wanted)), calls)


def test_pages_are_read_until_the_wanted_versions_are_found() -> None:
    # the latest version comes first, and running trainings are recent
    assert search(Service(names(1000)), names(150)) == (set(names(150)), 2)


def test_a_few_old_versions_of_a_large_project_are_soon_requested_by_name() -> None:
    service, estimate, old = Service(names(5000)), PageEstimate(), names(5000)[-20:]
    assert search(service, old, estimate) == (set(old), 2 + 2)  # two pages without a match
    assert search(service, old, estimate) == (set(old), 2)  # and no page the next time


def test_versions_that_the_first_page_lacks_are_requested_by_name() -> None:
    wanted = [*names(90), *names(1000)[-5:]]
    assert search(Service(names(1000)), wanted) == (set(wanted), 2)


@pytest.mark.parametrize("gone", [1, 10, 30])
def test_missing_versions_need_no_second_call_after_the_whole_project_was_read(gone: int) -> None:
    assert search(Service(names(40)), [*names(40), *(f"gone{number}" for number in range(gone))]) == (set(names(40)), 1)


@given(
    in_project=st.integers(0, 700),
    wanted=st.lists(st.integers(0, 800), min_size=1, unique=True),
    page=st.integers(1, 100),
    searches=st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_every_existing_version_is_found_with_nearly_the_fewest_calls(
    in_project: int, wanted: list[int], page: int, searches: int
) -> None:
    service, estimate = Service(names(in_project), page), PageEstimate()
    wanted_names = [f"v{number}" for number in wanted]
    existing = {name for name in wanted_names if name in service.names}
    for _ in range(searches):
        found, calls = search(service, wanted_names, estimate)
        assert found == existing
        if page == 100:
            by_name, pages = -(-len(wanted_names) // 10), max(1, -(-in_project // 100))
            assert calls <= 3 * min(by_name, pages) + 1


def test_a_repeated_token_raises() -> None:
    def repeat(_: Mapping[str, Any]) -> DescribeProjectVersionsResponse:
        return DescribeProjectVersionsResponse(project_version_descriptions=[], next_token="t")

    with pytest.raises(PaginationError):
        calls(repeat).carry_out(VersionSearch(PROJECT, ["v1"]))


def test_a_version_with_an_unreadable_arn_may_be_a_missing_one() -> None:
    def respond(_: Mapping[str, Any]) -> DescribeProjectVersionsResponse:
        listed = {"ProjectVersionDescriptions": [{"ProjectVersionArn": arn("v1")}, {"ProjectVersionArn": "odd\x1b"}]}
        return DescribeProjectVersionsResponse.model_validate(listed)

    action = VersionSearch(PROJECT, ["v1", "v2"])
    with pytest.raises(ResponseError, match="which may be 'v2'") as caught:
        calls(respond).carry_out(action)
    assert "\x1b" not in str(caught.value)
    assert set(action.found) == {"v1"}


def test_all_pages_are_counted() -> None:
    action = VersionCount(PROJECT)
    calls(Service(names(250))).carry_out(action)
    assert action.count == 250


def test_calls_of_one_operation_stay_below_the_rate() -> None:
    time = FakeTime()
    client = FakeClient(Service(names(1000)), time)
    Calls(cast("VersionsClient", client), 4).carry_out(VersionCount(PROJECT))
    gaps = [later - earlier for earlier, later in pairwise(client.moments)]
    assert len(gaps) == 9
    assert min(gaps) == pytest.approx(0.25)


def test_each_operation_has_a_rate_of_its_own() -> None:
    def respond(request: Mapping[str, Any]) -> Any:
        if "ProjectNames" in request:
            return DescribeProjectsResponse(project_descriptions=[])
        return DescribeProjectVersionsResponse(project_version_descriptions=[])

    time = FakeTime()
    both = calls(respond, 4, time)
    both.carry_out(ProjectSearch(["shapes"]))
    both.carry_out(VersionCount(PROJECT))
    assert time.slept == []


def test_a_throttled_call_delays_the_next_one() -> None:
    def throttle(_: Mapping[str, Any]) -> Any:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "Describe")

    time = FakeTime()
    throttled = calls(throttle, 4, time)
    for _ in range(2):
        with pytest.raises(ClientError):
            throttled.carry_out(VersionCount(PROJECT))
    assert time.slept == [0.5]


@pytest.mark.parametrize("rate", [0, -1, float("inf"), float("nan")])
def test_a_rate_that_is_not_positive_and_finite_is_rejected(rate: float) -> None:
    with pytest.raises(ValueError, match="the service allows 5"):
        check_rate(rate)
