"""The operations and their pages, over a scripted wire; both clients."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from pydantic import ValidationError

from rekog_versions import (
    AsyncVersionsClient,
    ProjectArn,
    ResourceInUseError,
    ResponseError,
    VersionNotFoundError,
    VersionsClient,
    __version__,
)
from rekog_versions.errors import InvalidPaginationTokenError, PaginationError
from rekog_versions.models import CustomizationFeature, ProjectDescription
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, Answer, Wire, described, refusal, versions

DESCRIBE, PROJECTS = "DescribeProjectVersions", "DescribeProjects"


def named(*names: str) -> list[dict[str, Any]]:
    return [{**described(), "ProjectVersionArn": VERSION.replace("/v1/", f"/{name}/")} for name in names]


def projects(*names: str, token: str | None = None) -> Answer:
    listed = [{"ProjectArn": PROJECT.replace("/shapes/", f"/{name}/"), "Status": "CREATED"} for name in names]
    return Answer({"ProjectDescriptions": listed} | ({"NextToken": token} if token is not None else {}))


# -- describing --------------------------------------------------------------------------------------------------------


def test_a_describe_is_one_call_and_one_page(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(*named("v2", "v1"), token="more"))
    page = driver.over(wire.client())(
        "describe_project_versions", PROJECT, version_names=["v1", "v2"], max_results=2, next_token="here"
    )
    assert [version.version_name for version in page.project_version_descriptions] == ["v2", "v1"]
    assert page.project_version_descriptions[0].creation_timestamp == datetime(2019, 11, 21, 6, 20, 27, 432000, UTC)
    assert page.next_token == "more"
    assert wire.asked(DESCRIBE) == [
        {"ProjectArn": PROJECT, "VersionNames": ["v1", "v2"], "MaxResults": 2, "NextToken": "here"}
    ]


def test_a_describe_refuses_eleven_names_as_the_service_does(wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValidationError, match="at most 10 items"):
        driver.over(wire.client())("describe_project_versions", PROJECT, version_names=[f"v{n}" for n in range(11)])
    assert wire.sent == []


def test_an_answer_that_cannot_be_read_shows_what_it_was(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, Answer({"ProjectVersionDescriptions": [{"BillableTrainingTimeInSeconds": "\x1b[2Jlong"}]}))
    with pytest.raises(ResponseError, match="BillableTrainingTimeInSeconds") as caught:
        driver.over(wire.client())("describe_project_versions", PROJECT)
    assert caught.value.operation == DESCRIBE
    assert caught.value.request_id == "request-1"
    assert caught.value.response == {"ProjectVersionDescriptions": [{"BillableTrainingTimeInSeconds": "\x1b[2Jlong"}]}
    assert str(caught.value).isprintable()


# -- pages -------------------------------------------------------------------------------------------------------------


def test_iterating_reads_all_pages_and_an_empty_one_with_a_token_is_not_the_end(wire: Wire, driver: Driver) -> None:
    wire.on(
        DESCRIBE,
        versions(*named("v4", "v3"), token="a"),
        versions(token="b"),
        versions(*named("v2"), token="c"),
        versions(*named("v1"), token=""),
    )
    found = driver.over(wire.client()).items("iter_project_versions", PROJECT, page_size=2)
    assert [version.version_name for version in found] == ["v4", "v3", "v2", "v1"]
    assert [asked.get("NextToken") for asked in wire.asked(DESCRIBE)] == [None, "a", "b", "c"]
    assert all(asked["MaxResults"] == 2 for asked in wire.asked(DESCRIBE))


def test_the_pages_are_the_answers(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(*named("v2"), token="a"), versions(*named("v1")))
    pages = driver.over(wire.client()).pages("iter_project_versions", PROJECT)
    assert [page.next_token for page in pages] == ["a", None]


def test_a_page_without_a_list_has_no_items(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, Answer({"NextToken": "a"}), versions(*named("v1")))
    assert len(driver.over(wire.client()).items("iter_project_versions", PROJECT)) == 1


def test_a_proxys_page_is_not_taken_for_an_empty_list(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, Answer("<html>welcome</html>", headers={})).on(PROJECTS, Answer("<html>", headers={}))
    call = driver.over(wire.client())
    with pytest.raises(ResponseError, match="request id"):
        call.items("iter_project_versions", PROJECT)
    with pytest.raises(ResponseError, match="request id"):
        call.items("iter_projects")


@pytest.mark.parametrize("seconds", [1e300, "1e300"])
def test_a_time_that_no_clock_shows_makes_an_answer_that_cannot_be_read(
    seconds: Any, wire: Wire, driver: Driver
) -> None:
    wire.on(DESCRIBE, versions(described(CreationTimestamp=seconds)))
    with pytest.raises(ResponseError):
        driver.over(wire.client())("describe_project_versions", PROJECT)


@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
def test_a_token_that_repeats_raises_after_what_came_before(tokens: list[str], wire: Wire) -> None:
    pages = [versions(*named(f"v{number}"), token=token) for number, token in enumerate(tokens)]
    wire.on(DESCRIBE, *pages)
    read: list[Any] = []
    with pytest.raises(PaginationError, match="'a' again, or still more pages") as caught:
        read.extend(version for version in VersionsClient(wire.client()).iter_project_versions(PROJECT))
    assert caught.value.token == "a"
    assert len(wire.asked(DESCRIBE)) == len(tokens)


def test_a_token_that_repeats_raises_under_asyncio_too(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(token="a"))
    with pytest.raises(PaginationError):
        driver.over(wire.client()).items("iter_project_versions", PROJECT)
    assert len(wire.asked(DESCRIBE)) == 2


def test_a_pager_can_be_iterated_again_and_asks_anew(wire: Wire) -> None:
    wire.on(DESCRIBE, versions(*named("v1")), versions(*named("v2", "v1")))
    pager = VersionsClient(wire.client()).iter_project_versions(PROJECT)
    assert wire.sent == []
    assert len(list(pager)) == 1
    assert len(list(pager)) == 2


def test_more_than_ten_names_are_asked_for_in_tens_each_name_once(wire: Wire, driver: Driver) -> None:
    names = [f"v{number}" for number in range(23)]
    wire.on(DESCRIBE, versions(*named("v0")), versions(*named("v10"), token="a"), versions(*named("v11")), versions())
    found = driver.over(wire.client()).items("iter_project_versions", PROJECT, version_names=[*names, "v0", "v22"])
    assert [version.version_name for version in found] == ["v0", "v10", "v11"]
    asked = wire.asked(DESCRIBE)
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
def test_what_can_not_be_listed_is_refused_before_the_first_call(
    arguments: dict[str, Any], error: type[Exception], wire: Wire, driver: Driver
) -> None:
    client = driver.over(wire.client()).client
    with pytest.raises(error):
        client.iter_project_versions(PROJECT, **arguments)
    assert wire.sent == []


def test_a_refused_token_is_an_error_of_its_own(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, refusal("InvalidPaginationTokenException", "no such token"))
    with pytest.raises(InvalidPaginationTokenError, match="no such token"):
        driver.over(wire.client())("describe_project_versions", PROJECT, next_token="x")


# -- one version -------------------------------------------------------------------------------------------------------


def test_one_version_is_found_by_name_or_by_arn(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(described("STOPPED"))).on(PROJECTS, projects("shapes"))
    call = driver.over(wire.client())
    assert call("get_project_version", (PROJECT, "v1")).status == "STOPPED"
    assert wire.asked(PROJECTS) == []
    assert call("get_project_version", VERSION).status == "STOPPED"
    assert len(wire.asked(PROJECTS)) == 1


def test_the_project_of_a_versions_arn_is_searched_on_every_page(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects(token="a"), projects("shapes")).on(DESCRIBE, versions(described("STOPPED")))
    assert driver.over(wire.client())("get_project_version", VERSION).status == "STOPPED"


def test_a_version_that_is_not_there_is_an_error_that_says_where_it_was_sought(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions())
    with pytest.raises(VersionNotFoundError, match="Check the client's account and region") as caught:
        driver.over(wire.client())("get_project_version", (PROJECT, "v1"))
    assert PROJECT in str(caught.value)


# -- projects ----------------------------------------------------------------------------------------------------------


def test_a_project_is_created(wire: Wire, driver: Driver) -> None:
    wire.on("CreateProject", Answer({"ProjectArn": PROJECT}))
    arn = driver.over(wire.client())(
        "create_project", "shapes", feature="CONTENT_MODERATION", auto_update="ENABLED", tags={"team": "vision"}
    )
    assert arn == PROJECT
    assert isinstance(arn, ProjectArn)
    assert arn.project_name == "shapes"
    assert wire.asked("CreateProject") == [
        {
            "ProjectName": "shapes",
            "Feature": "CONTENT_MODERATION",
            "AutoUpdate": "ENABLED",
            "Tags": {"team": "vision"},
        }
    ]


def test_a_created_project_without_an_arn_is_an_answer_that_cannot_be_read(wire: Wire, driver: Driver) -> None:
    wire.on("CreateProject", Answer({}))
    with pytest.raises(ResponseError, match="no ProjectArn"):
        driver.over(wire.client())("create_project", "shapes")


def test_projects_are_described_a_page_at_a_time_or_all(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("a", "b", token="more"), projects("c"))
    call = driver.over(wire.client())
    page = call("describe_projects", features=[CustomizationFeature.CUSTOM_LABELS], max_results=2)
    assert [project.project_name for project in page.project_descriptions] == ["a", "b"]
    assert wire.asked(PROJECTS) == [{"Features": ["CUSTOM_LABELS"], "MaxResults": 2}]
    wire.on(PROJECTS, projects("a", "b", token="more"), projects("c"))
    found = call.items("iter_projects", features=["CUSTOM_LABELS"])
    assert [project.project_name for project in found] == ["a", "b", "c"]
    assert all(isinstance(project, ProjectDescription) for project in found)


def test_more_than_ten_projects_are_asked_for_in_tens(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("a"))
    driver.over(wire.client()).items("iter_projects", project_names=[f"p{number}" for number in range(11)])
    assert [len(asked["ProjectNames"]) for asked in wire.asked(PROJECTS)] == [10, 1]


def test_an_unknown_feature_is_refused_before_anything_is_sent(wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValidationError, match="'CONTENT_MODERATION', 'CUSTOM_LABELS'"):
        driver.over(wire.client())("describe_projects", features=["FACES"])
    with pytest.raises(TypeError, match="must be a list"):
        driver.over(wire.client()).client.iter_projects(features="CUSTOM_LABELS")
    assert wire.sent == []


def test_a_project_is_deleted(wire: Wire, driver: Driver) -> None:
    wire.on("DeleteProject", Answer({"Status": "DELETING"}), refusal("ResourceInUseException", "it has versions"))
    call = driver.over(wire.client())
    assert call("delete_project", PROJECT) == "DELETING"
    assert wire.asked("DeleteProject") == [{"ProjectArn": PROJECT}]
    with pytest.raises(ResourceInUseError, match="it has versions") as caught:
        call("delete_project", PROJECT)
    assert "Delete those first" in caught.value.__notes__[0]


# -- clients -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [VersionsClient, AsyncVersionsClient])
def test_connect_makes_a_client_with_sound_settings(
    kind: type[VersionsClient] | type[AsyncVersionsClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    client = kind.connect(region_name="eu-west-1", config=Config(connect_timeout=7, user_agent_extra="app/1"))
    settings = client.rekognition.meta.config
    assert client.rekognition.meta.region_name == "eu-west-1"
    assert settings.retries["mode"] == "standard"
    assert settings.connect_timeout == 7
    assert settings.user_agent_extra == f"app/1 rekog_versions/{__version__}"
    assert boto3.DEFAULT_SESSION is None


def test_connect_takes_a_session_and_an_address() -> None:
    session = boto3.Session(region_name="eu-central-1")
    client = VersionsClient.connect(session=session, endpoint_url="http://127.0.0.1:5000")
    assert client.rekognition.meta.endpoint_url == "http://127.0.0.1:5000"
    assert client.rekognition.meta.region_name == "eu-central-1"
    with pytest.raises(ValueError, match="not both"):
        VersionsClient.connect(session=session, profile_name="mine")


def test_the_client_for_s3_is_made_of_the_session_in_the_region_of_rekognitions(wire: Wire) -> None:
    client = VersionsClient(wire.client(), session=boto3.Session(region_name="eu-west-1"))
    assert client.s3.meta.region_name == "us-east-1"
    assert client.s3 is client.s3


def test_without_session_and_client_the_error_says_what_to_pass(wire: Wire) -> None:
    with pytest.raises(ValueError, match=r"session=boto3\.Session"):
        _ = VersionsClient(wire.client()).s3
    mine = object()
    assert AsyncVersionsClient(wire.client(), s3=mine).s3 is mine


def test_the_boto3_client_stays_reachable(wire: Wire) -> None:
    rekognition = wire.client()
    assert VersionsClient(rekognition).rekognition is rekognition


def test_one_client_serves_several_threads(wire: Wire) -> None:
    """Each create sees its own attempts only, though all share one boto3 client and its events."""
    from tests.client.test_creating import request  # the request of those tests

    gate = threading.Barrier(8)
    outcomes: dict[int, str] = {}
    lost = threading.local()

    def create() -> Answer:
        if getattr(lost, "pending", False):
            lost.pending = False
            from botocore.exceptions import ConnectionClosedError

            raise ConnectionClosedError(endpoint_url="https://there")
        return refusal("ResourceInUseException", "taken")

    wire.on("CreateProjectVersion", create)
    wire.on(DESCRIBE, versions(described(CreationTimestamp=datetime.now(UTC).timestamp())))
    client = VersionsClient(wire.client(), sleep=lambda _: None)

    def run(number: int) -> None:
        lost.pending = number % 2 == 0
        gate.wait()
        try:
            outcomes[number] = client.create_project_version(request())
        except ResourceInUseError:
            outcomes[number] = "refused"

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {number: VERSION if number % 2 == 0 else "refused" for number in range(8)}


def test_the_requests_on_the_wire_are_plain_json(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("a"))
    driver.over(wire.client())("describe_projects", features=[CustomizationFeature.CUSTOM_LABELS])
    assert json.dumps(wire.asked(PROJECTS)[0]) == '{"Features": ["CUSTOM_LABELS"]}'


def test_a_fake_needs_the_methods_only_that_are_called() -> None:
    """The protocol stays small, so that fakes do; boto3's clients have all methods."""

    class Fake:
        def stop_project_version(self, **kwargs: Any) -> dict[str, Any]:
            return {"Status": "STOPPING"}

    fake: Any = Fake()
    client = VersionsClient(fake)
    assert client.stop_project_version(VERSION) == "STOPPING"
    with pytest.raises(AttributeError, match="start_project_version"):
        client.start_project_version(VERSION)
