"""Creating, describing and deleting projects; both clients."""

import json

import pytest
from pydantic import ValidationError

from rekog_versions import ProjectArn, ResourceInUseError, ResponseError
from rekog_versions.models import CustomizationFeature, ProjectDescription
from tests.client.listings import PROJECTS, projects
from tests.conftest import Driver
from tests.wire import PROJECT, HttpResponse, Wire, rejection


def test_a_project_is_created(wire: Wire, driver: Driver) -> None:
    wire.on("CreateProject", HttpResponse({"ProjectArn": PROJECT}))
    arn = driver.over(wire.client())(
        "create_project", "shapes", feature="CONTENT_MODERATION", auto_update="ENABLED", tags={"team": "vision"}
    )
    assert arn == PROJECT
    assert isinstance(arn, ProjectArn)
    assert arn.project_name == "shapes"
    assert wire.requests_of("CreateProject") == [
        {
            "ProjectName": "shapes",
            "Feature": "CONTENT_MODERATION",
            "AutoUpdate": "ENABLED",
            "Tags": {"team": "vision"},
        }
    ]


def test_a_response_to_create_project_without_an_arn_is_invalid(wire: Wire, driver: Driver) -> None:
    wire.on("CreateProject", HttpResponse({}))
    with pytest.raises(ResponseError, match="no ProjectArn"):
        driver.over(wire.client())("create_project", "shapes")


def test_projects_are_described_page_by_page_or_all_at_once(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("a", "b", token="more"), projects("c"))
    call = driver.over(wire.client())
    page = call("describe_projects", features=[CustomizationFeature.CUSTOM_LABELS], max_results=2)
    assert [project.project_name for project in page.project_descriptions] == ["a", "b"]
    assert wire.requests_of(PROJECTS) == [{"Features": ["CUSTOM_LABELS"], "MaxResults": 2}]
    wire.on(PROJECTS, projects("a", "b", token="more"), projects("c"))
    found = call.items("iter_projects", features=["CUSTOM_LABELS"])
    assert [project.project_name for project in found] == ["a", "b", "c"]
    assert all(isinstance(project, ProjectDescription) for project in found)


def test_more_than_ten_project_names_are_split_into_requests_of_ten(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("a"))
    driver.over(wire.client()).items("iter_projects", project_names=[f"p{number}" for number in range(11)])
    assert [len(asked["ProjectNames"]) for asked in wire.requests_of(PROJECTS)] == [10, 1]


def test_an_unknown_feature_is_rejected_before_any_request(wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValidationError, match="'CONTENT_MODERATION', 'CUSTOM_LABELS'"):
        driver.over(wire.client())("describe_projects", features=["FACES"])
    with pytest.raises(TypeError, match="must be a list"):
        driver.over(wire.client()).client.iter_projects(features="CUSTOM_LABELS")
    assert wire.sent == []


def test_a_project_is_deleted(wire: Wire, driver: Driver) -> None:
    wire.on(
        "DeleteProject", HttpResponse({"Status": "DELETING"}), rejection("ResourceInUseException", "it has versions")
    )
    call = driver.over(wire.client())
    assert call("delete_project", PROJECT) == "DELETING"
    assert wire.requests_of("DeleteProject") == [{"ProjectArn": PROJECT}]
    with pytest.raises(ResourceInUseError, match="it has versions") as caught:
        call("delete_project", PROJECT)
    assert "Delete those first" in caught.value.__notes__[0]


def test_enum_members_are_sent_as_plain_json_strings(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("a"))
    driver.over(wire.client())("describe_projects", features=[CustomizationFeature.CUSTOM_LABELS])
    assert json.dumps(wire.requests_of(PROJECTS)[0]) == '{"Features": ["CUSTOM_LABELS"]}'
