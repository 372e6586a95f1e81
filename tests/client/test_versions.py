"""Describing versions, and finding one; both clients."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from rekog_versions import ResponseError, VersionNotFoundError
from rekog_versions.errors import InvalidPaginationTokenError
from tests.client.listings import DESCRIBE, PROJECTS, named, projects
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, HttpResponse, Wire, described, rejection, versions


def test_a_describe_sends_one_request_and_returns_one_page(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(*named("v2", "v1"), token="more"))
    page = driver.over(wire.client())(
        "describe_project_versions", PROJECT, version_names=["v1", "v2"], max_results=2, next_token="here"
    )
    assert [version.version_name for version in page.project_version_descriptions] == ["v2", "v1"]
    assert page.project_version_descriptions[0].creation_timestamp == datetime(2019, 11, 21, 6, 20, 27, 432000, UTC)
    assert page.next_token == "more"
    assert wire.requests_of(DESCRIBE) == [
        {"ProjectArn": PROJECT, "VersionNames": ["v1", "v2"], "MaxResults": 2, "NextToken": "here"}
    ]


def test_a_describe_rejects_eleven_names_as_the_service_does(wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValidationError, match="at most 10 items"):
        driver.over(wire.client())("describe_project_versions", PROJECT, version_names=[f"v{n}" for n in range(11)])
    assert wire.sent == []


def test_an_unreadable_response_raises_an_error_that_shows_it(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, HttpResponse({"ProjectVersionDescriptions": [{"BillableTrainingTimeInSeconds": "\x1b[2Jlong"}]}))
    with pytest.raises(ResponseError, match="BillableTrainingTimeInSeconds") as caught:
        driver.over(wire.client())("describe_project_versions", PROJECT)
    assert caught.value.operation == DESCRIBE
    assert caught.value.request_id == "request-1"
    assert caught.value.response == {"ProjectVersionDescriptions": [{"BillableTrainingTimeInSeconds": "\x1b[2Jlong"}]}
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("seconds", [1e300, "1e300"])
def test_a_time_out_of_range_makes_a_response_unreadable(seconds: Any, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(described(CreationTimestamp=seconds)))
    with pytest.raises(ResponseError):
        driver.over(wire.client())("describe_project_versions", PROJECT)


def test_a_rejected_token_has_its_own_error_class(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, rejection("InvalidPaginationTokenException", "no such token"))
    with pytest.raises(InvalidPaginationTokenError, match="no such token"):
        driver.over(wire.client())("describe_project_versions", PROJECT, next_token="x")


def test_a_version_is_found_by_its_name_or_by_its_arn(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(described("STOPPED"))).on(PROJECTS, projects("shapes"))
    call = driver.over(wire.client())
    assert call("get_project_version", (PROJECT, "v1")).status == "STOPPED"
    assert wire.requests_of(PROJECTS) == []
    assert call("get_project_version", VERSION).status == "STOPPED"
    assert len(wire.requests_of(PROJECTS)) == 1


def test_the_project_of_a_versions_arn_is_searched_on_every_page(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects(token="a"), projects("shapes")).on(DESCRIBE, versions(described("STOPPED")))
    assert driver.over(wire.client())("get_project_version", VERSION).status == "STOPPED"


def test_a_missing_version_raises_an_error_that_names_the_project(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions())
    with pytest.raises(VersionNotFoundError, match="Check the client's account and region") as caught:
        driver.over(wire.client())("get_project_version", (PROJECT, "v1"))
    assert PROJECT in str(caught.value)
