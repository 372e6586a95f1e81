"""Projects by name: `client.project()`, and names in place of ARNs; both clients."""

import json
from typing import Any

import pytest

from rekog_versions import ProjectArn, ResourceInUseError, ResourceNotFoundError, VersionNotFoundError
from rekog_versions.errors import ProjectNotFoundError
from rekog_versions.models import DeleteProjectRequest, ProjectDescription
from rekog_versions.models.references import VersionReference
from tests.client.emulated import EmulatedProject
from tests.client.listings import PROJECTS, projects
from tests.client.requests import CREATE, DESTINATION, STARTED, create_request
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, HttpResponse, Wire, at, described, rejection, versions


def test_a_project_is_found_by_its_name_and_looked_up_once(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("shapes-2", "shapes"))
    call = driver.over(wire.client())
    assert call("project", "shapes") == PROJECT
    assert call("project", "shapes").project_name == "shapes"
    assert len(wire.sent) == 1
    assert wire.requests_of(PROJECTS)[0]["ProjectNames"] == ["shapes"]


def test_a_missing_project_says_how_to_create_it(wire: Wire, driver: Driver) -> None:
    call = driver.over(wire.on(PROJECTS, projects()).client())
    with pytest.raises(ProjectNotFoundError, match=r"no project 'shapes'.*create=True") as caught:
        call("project", "shapes")
    assert caught.value.project_name == "shapes"
    assert isinstance(caught.value, LookupError)
    with pytest.raises(ProjectNotFoundError):
        driver.items("iter_project_versions", "shapes")


def test_a_missing_project_is_created_on_request(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects()).on("CreateProject", HttpResponse({"ProjectArn": PROJECT}))
    call = driver.over(wire.client())
    assert call("project", "shapes", create=True) == PROJECT
    assert call("project", "shapes") == PROJECT
    assert [operation for operation, _ in wire.sent] == [PROJECTS, "CreateProject"]


def test_a_project_that_another_writer_creates_meanwhile_is_found(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects(), projects("shapes")).on("CreateProject", rejection("ResourceInUseException"))
    assert driver.over(wire.client())("project", "shapes", create=True) == PROJECT
    wire.on(PROJECTS, projects()).on("CreateProject", rejection("ResourceInUseException"))
    with pytest.raises(ResourceInUseError):
        driver.over(wire.client())("project", "shapes", create=True)


@pytest.mark.parametrize("name", ["", "my project", PROJECT, "x" * 256])
def test_an_invalid_name_is_rejected_before_any_call(name: str, wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValueError, match=r"project_names|ProjectNames"):
        driver.over(wire.client())("project", name, create=True)
    assert wire.sent == []


@pytest.mark.parametrize(
    ("method", "arguments", "response"),
    [
        ("describe_project_versions", ["shapes"], versions()),
        ("delete_project", ["shapes"], HttpResponse({"Status": "DELETING"})),
        ("put_project_policy", ["shapes", "p", {}], HttpResponse({"PolicyRevisionId": "a"})),
        ("list_project_policies", ["shapes"], HttpResponse({"ProjectPolicies": []})),
        ("delete_project_policy", ["shapes", "p"], HttpResponse({})),
        ("create_dataset", ["shapes", "TRAIN"], HttpResponse({"DatasetArn": "arn"})),
        ("create_project_version", [{**dict(create_request()), "project_arn": "shapes"}], STARTED),
    ],
)
def test_a_name_is_accepted_where_the_arn_of_a_project_is(
    method: str, arguments: list[Any], response: HttpResponse, wire: Wire, driver: Driver
) -> None:
    operation = method.title().replace("_", "")
    wire.on(PROJECTS, projects("shapes")).on(operation, response)
    driver.over(wire.client())(method, *arguments)
    assert wire.requests_of(operation)[0]["ProjectArn"] == PROJECT


def test_listings_and_waits_accept_a_name(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("shapes")).on("ListProjectPolicies", HttpResponse({"ProjectPolicies": []}))
    wire.on("DescribeProjectVersions", *at("TRAINING_COMPLETED")).on(CREATE, STARTED)
    call = driver.over(wire.client())
    assert len(driver.items("iter_project_versions", "shapes")) == 1
    assert driver.items("iter_project_policies", "shapes") == []
    assert call("get_project_version", ("shapes", "v1")).project_version_arn == VERSION
    assert call("wait_until_trained", ("shapes", "v1")).project_version_arn == VERSION
    assert call("train", **{**dict(create_request()), "project_arn": "shapes"}).project_version_arn == VERSION


def test_a_copy_accepts_the_names_of_both_projects(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("shapes"), HttpResponse({"ProjectDescriptions": [{"ProjectArn": DESTINATION}]}))
    wire.on("CopyProjectVersion", STARTED)
    driver.over(wire.client())(
        "copy_project_version",
        source_project_arn="shapes",
        source_project_version_arn=VERSION,
        destination_project_arn="production",
        version_name="v1",
        output_config={"s3_bucket": "results"},
    )
    (sent,) = wire.requests_of("CopyProjectVersion")
    assert (sent["SourceProjectArn"], sent["DestinationProjectArn"]) == (PROJECT, DESTINATION)


def test_the_region_of_a_key_is_checked_once_the_project_is_known(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects("shapes"))
    key = "arn:aws:kms:eu-west-1:123456789012:alias/mine"
    fields = {**dict(create_request()), "project_arn": "shapes", "kms_key_id": key}
    with pytest.raises(ValueError, match="a key in the region of the project, us-east-1, got a key in eu-west-1"):
        driver.over(wire.client())("create_project_version", **fields)
    assert wire.requests_of(CREATE) == []


def test_a_project_that_was_created_again_is_looked_up_again(wire: Wire, driver: Driver) -> None:
    old = PROJECT.replace("/shapes/", "/old/")
    wire.on(PROJECTS, HttpResponse({"ProjectDescriptions": [{"ProjectArn": PROJECT[:-1] + "1"}]}), projects("shapes"))
    wire.on("DescribeProjectVersions", rejection("ResourceNotFoundException"), versions(described()))
    call = driver.over(wire.client())
    with pytest.raises(ResourceNotFoundError):
        call("describe_project_versions", "shapes")
    assert len(call("describe_project_versions", "shapes").project_version_descriptions) == 1
    assert [body["ProjectArn"] for body in wire.requests_of("DescribeProjectVersions")] == [PROJECT[:-1] + "1", PROJECT]
    assert old not in json.dumps(wire.sent)


def test_requests_stay_strict_and_say_how_to_find_a_project(wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValueError, match=r"an ARN starts with 'arn:'.*client\.project\(name\) returns the ARN"):
        create_request(project_arn="shapes")
    with pytest.raises(ValueError, match="an ARN starts with 'arn:'"):
        DeleteProjectRequest(project_arn="shapes")
    with pytest.raises(ValueError, match="an ARN starts with 'arn:'"):
        driver.over(wire.client())("delete_project", "my project")


def test_a_version_in_a_project_without_a_known_arn_has_a_reference_that_can_be_evaluated() -> None:
    assert VersionReference.parse(("shapes", "v1")).as_python == "('shapes', 'v1')"
    with pytest.raises(ValueError, match="an ARN starts with 'arn:'"):
        VersionReference.parse(("my project", "v1"))


def test_a_version_of_a_missing_project_says_so(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, projects())
    with pytest.raises(VersionNotFoundError, match="no project 'shapes' was found"):
        driver.over(wire.client())("get_project_version", ("shapes", "v1"))


def test_a_resource_with_tags_can_be_given_by_its_description(wire: Wire, driver: Driver) -> None:
    wire.on("TagResource", HttpResponse({})).on("DescribeProjectVersions", *at("TRAINING_COMPLETED"))
    wire.on("ListTagsForResource", HttpResponse({"Tags": {"a": "b"}}))
    call = driver.over(wire.client())
    call("tag_resource", call("get_project_version", (PROJECT, "v1")), {"a": "b"})
    call("list_tags_for_resource", ProjectDescription(project_arn=ProjectArn(PROJECT)))
    assert wire.requests_of("TagResource")[0]["ResourceArn"] == VERSION
    assert wire.requests_of("ListTagsForResource")[0]["ResourceArn"] == PROJECT


def test_a_whole_life_by_name(emulated: EmulatedProject) -> None:
    call = emulated.call
    name = emulated.project.project_name
    fields = {**emulated.create_fields(), "project_arn": name}
    assert call("train", fields).status == "TRAINING_COMPLETED"
    call("start_project_version", (name, "v1"))
    call("wait_until_running", (name, "v1"))
    call("stop_project_version", (name, "v1"))
    call("wait_until_stopped", (name, "v1"))
    call("delete_project_version", (name, "v1"))
    call("wait_until_deleted", (name, "v1"))
    call("delete_project", name)
    with pytest.raises(ProjectNotFoundError):
        call("describe_project_versions", name)
    assert call("project", name, create=True) != emulated.project
