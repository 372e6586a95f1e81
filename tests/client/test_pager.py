"""Listings: pages, tokens and chunks of names; both clients."""

from itertools import count
from typing import Any

import pytest
from pydantic import ValidationError

from rekog_versions import AsyncVersionsClient, ResponseError, VersionsClient
from rekog_versions.client import pager as pager_module
from rekog_versions.errors import PaginationError
from tests.client.listings import DESCRIBE, PROJECTS, named
from tests.conftest import Driver
from tests.wire import PROJECT, HttpResponse, Wire, versions


def test_iterating_reads_all_pages_and_an_empty_page_with_a_token_continues(wire: Wire, driver: Driver) -> None:
    wire.on(
        DESCRIBE,
        versions(*named("v4", "v3"), token="a"),
        versions(token="b"),
        versions(*named("v2"), token="c"),
        versions(*named("v1"), token=""),
    )
    found = driver.over(wire.client()).items("iter_project_versions", PROJECT, page_size=2)
    assert [version.version_name for version in found] == ["v4", "v3", "v2", "v1"]
    assert [asked.get("NextToken") for asked in wire.requests_of(DESCRIBE)] == [None, "a", "b", "c"]
    assert all(asked["MaxResults"] == 2 for asked in wire.requests_of(DESCRIBE))


def test_pages_returns_the_responses(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(*named("v2"), token="a"), versions(*named("v1")))
    pages = driver.over(wire.client()).pages("iter_project_versions", PROJECT)
    assert [page.next_token for page in pages] == ["a", None]


def test_a_page_without_a_list_has_no_items(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, HttpResponse({"NextToken": "a"}), versions(*named("v1")))
    assert len(driver.over(wire.client()).items("iter_project_versions", PROJECT)) == 1


def test_a_page_from_a_proxy_does_not_count_as_an_empty_list(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, HttpResponse("<html>welcome</html>", headers={})).on(PROJECTS, HttpResponse("<html>", headers={}))
    call = driver.over(wire.client())
    with pytest.raises(ResponseError, match="request id"):
        call.items("iter_project_versions", PROJECT)
    with pytest.raises(ResponseError, match="request id"):
        call.items("iter_projects")


@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
def test_a_repeated_token_raises_after_the_items_before_it(tokens: list[str], wire: Wire) -> None:
    pages = [versions(*named(f"v{number}"), token=token) for number, token in enumerate(tokens)]
    wire.on(DESCRIBE, *pages)
    read: list[Any] = []
    with pytest.raises(PaginationError, match="'a' again, or still more pages") as caught:
        read.extend(version for version in VersionsClient(wire.client()).iter_project_versions(PROJECT))
    assert caught.value.token == "a"
    assert len(wire.requests_of(DESCRIBE)) == len(tokens)


def test_a_repeated_token_raises_with_both_clients(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(token="a"))
    with pytest.raises(PaginationError):
        driver.over(wire.client()).items("iter_project_versions", PROJECT)
    assert len(wire.requests_of(DESCRIBE)) == 2


def test_a_listing_of_ever_new_tokens_ends(wire: Wire, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pager_module, "MOST_PAGES", 5)
    tokens = count()
    wire.on(DESCRIBE, lambda: versions(*named("v1"), token=f"token-{next(tokens)}"))
    with pytest.raises(PaginationError, match=r"after 5 pages .* or still more pages") as caught:
        driver.over(wire.client()).items("iter_project_versions", PROJECT)
    assert (caught.value.operation, caught.value.token, caught.value.pages) == (DESCRIBE, "token-4", 5)
    assert len(wire.requests_of(DESCRIBE)) == 5


def test_a_listing_of_exactly_the_most_pages_is_complete(
    wire: Wire, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pager_module, "MOST_PAGES", 3)
    wire.on(DESCRIBE, versions(*named("v3"), token="a"), versions(*named("v2"), token="b"), versions(*named("v1")))
    assert len(driver.over(wire.client()).items("iter_project_versions", PROJECT)) == 3


def test_a_pager_can_be_iterated_again_and_sends_new_requests(wire: Wire) -> None:
    wire.on(DESCRIBE, versions(*named("v1")), versions(*named("v2", "v1")))
    pager = VersionsClient(wire.client()).iter_project_versions(PROJECT)
    assert wire.sent == []
    assert len(list(pager)) == 1
    assert len(list(pager)) == 2


def test_more_than_ten_names_are_split_into_requests_of_ten_without_duplicates(wire: Wire, driver: Driver) -> None:
    names = [f"v{number}" for number in range(23)]
    wire.on(DESCRIBE, versions(*named("v0")), versions(*named("v10"), token="a"), versions(*named("v11")), versions())
    found = driver.over(wire.client()).items("iter_project_versions", PROJECT, version_names=[*names, "v0", "v22"])
    assert [version.version_name for version in found] == ["v0", "v10", "v11"]
    asked = wire.requests_of(DESCRIBE)
    assert [call["VersionNames"] for call in asked] == [names[:10], names[10:20], names[10:20], names[20:]]
    assert [call.get("NextToken") for call in asked] == [None, None, "a", None]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"version_names": []}, ValidationError),
        ({"version_names": ["v1", "not a name"]}, ValidationError),
        ({"version_names": "v1"}, TypeError),
        ({"page_size": 0}, ValidationError),
        ({"page_size": 101}, ValidationError),
    ],
)
def test_invalid_arguments_of_a_listing_are_rejected_before_any_request(
    arguments: dict[str, Any], error: type[Exception], wire: Wire, driver: Driver
) -> None:
    client = driver.over(wire.client()).client
    with pytest.raises(error):
        client.iter_project_versions(PROJECT, **arguments)
    assert wire.sent == []


@pytest.mark.parametrize(
    ("misuse", "says"),
    [
        (lambda pager: pager[0], r"list\(pager\)\[0\]"),
        (lambda pager: pager[:2], r"list\(pager\)\[0\]"),
        (next, r"next\(iter\(pager\), None\)"),
        (len, "length or truth"),
        (bool, "length or truth"),
        (aiter, "with `for`"),
    ],
    ids=["index", "slice", "next", "len", "bool", "aiter"],
)
def test_a_pager_that_is_used_as_a_list_says_what_to_write(misuse: Any, says: str, wire: Wire) -> None:
    pager = VersionsClient(wire.client()).iter_project_versions(PROJECT)
    with pytest.raises(TypeError, match=says):
        misuse(pager)
    assert wire.sent == []


@pytest.mark.parametrize("misuse", [list, iter, next, len, bool, lambda pager: pager[0]])
def test_an_asyncio_pager_in_sync_code_says_what_to_write(misuse: Any, wire: Wire) -> None:
    pager = AsyncVersionsClient(wire.client()).iter_project_versions(PROJECT)
    with pytest.raises(TypeError, match=r"\[item async for item in pager\].*use VersionsClient"):
        misuse(pager)


def test_a_pager_can_still_be_made_a_list(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(*named("v1", "v2")))
    driver.over(wire.client())
    assert len(driver.items("iter_project_versions", PROJECT)) == 2
    assert next(iter(VersionsClient(wire.client()).iter_project_versions(PROJECT))).version_name == "v1"
