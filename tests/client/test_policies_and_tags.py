"""Project policies and tags; both clients."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from rekog_versions import ResponseError
from rekog_versions.errors import InvalidPolicyRevisionIdError, MalformedPolicyDocumentError, ResourceAlreadyExistsError
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, HttpResponse, Wire, rejection

PUT, LIST, DELETE = "PutProjectPolicy", "ListProjectPolicies", "DeleteProjectPolicy"
TAG, UNTAG, TAGS = "TagResource", "UntagResource", "ListTagsForResource"
DOCUMENT: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "rekognition:CopyProjectVersion"}
    ],
}


def test_a_policy_is_put_as_text_or_as_a_dict(wire: Wire, driver: Driver) -> None:
    wire.on(PUT, HttpResponse({"PolicyRevisionId": "0123456789abcdef"}))
    call = driver.over(wire.client())
    assert call("put_project_policy", PROJECT, "copies", DOCUMENT) == "0123456789abcdef"
    text = json.dumps(DOCUMENT, indent=2)
    call("put_project_policy", PROJECT, "copies", text, policy_revision_id="0123456789abcdef")
    first, second = wire.requests_of(PUT)
    assert json.loads(first.pop("PolicyDocument")) == DOCUMENT
    assert first == {"ProjectArn": PROJECT, "PolicyName": "copies"}
    assert (second["PolicyDocument"], second["PolicyRevisionId"]) == (text, "0123456789abcdef")


def test_policies_are_listed_over_all_pages(wire: Wire, driver: Driver) -> None:
    policy = {
        "ProjectArn": PROJECT,
        "PolicyName": "copies",
        "PolicyRevisionId": "ab",
        "PolicyDocument": json.dumps(DOCUMENT),
        "CreationTimestamp": 1574317227.432,
    }
    wire.on(
        LIST, HttpResponse({"ProjectPolicies": [policy], "NextToken": "x"}), HttpResponse({"ProjectPolicies": [policy]})
    )
    call = driver.over(wire.client())
    one, two = call.items("iter_project_policies", PROJECT, page_size=5)
    assert one == two
    assert one.project_arn.project_name == "shapes"
    assert one.creation_timestamp == datetime(2019, 11, 21, 6, 20, 27, 432000, UTC)
    assert wire.requests_of(LIST)[1] == {"ProjectArn": PROJECT, "MaxResults": 5, "NextToken": "x"}
    page = call("list_project_policies", PROJECT, max_results=1, next_token="x")
    assert page.project_policies == [one]


def test_a_policy_is_deleted(wire: Wire, driver: Driver) -> None:
    wire.on(DELETE, HttpResponse({}))
    assert driver.over(wire.client())("delete_project_policy", PROJECT, "copies", policy_revision_id="ab") is None
    assert wire.requests_of(DELETE) == [{"ProjectArn": PROJECT, "PolicyName": "copies", "PolicyRevisionId": "ab"}]


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        ("ResourceAlreadyExistsException", ResourceAlreadyExistsError, "pass its policy_revision_id"),
        ("InvalidPolicyRevisionIdException", InvalidPolicyRevisionIdError, "was changed"),
        ("MalformedPolicyDocumentException", MalformedPolicyDocumentError, None),
    ],
)
def test_rejected_policies_have_their_error_classes(
    code: str, error: type[Exception], says: str | None, wire: Wire, driver: Driver
) -> None:
    wire.on(PUT, rejection(code))
    with pytest.raises(error) as caught:
        driver.over(wire.client())("put_project_policy", PROJECT, "copies", DOCUMENT)
    assert says is None or says in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("method", "arguments", "says"),
    [
        ("put_project_policy", (PROJECT, "copies", ""), "at least 1 character,"),
        ("put_project_policy", (PROJECT, "copies", {"Statement": ["x" * 2000]}), "at most 2,000 characters"),
        ("put_project_policy", (PROJECT, "copies", "{数}"), "must not contain"),
        ("put_project_policy", (PROJECT, "a b", DOCUMENT), "must not contain ' '"),
        ("delete_project_policy", (VERSION, "copies"), "is not a project ARN"),
        ("tag_resource", ("v1", {"team": "vision"}), "at least 20 characters"),
        ("tag_resource", (VERSION, {"aws:team": "vision"}), "reserved for AWS"),
        ("untag_resource", (VERSION, ["team"] * 201), "at most 200"),
        ("list_tags_for_resource", ("",), "at least 20 characters"),
    ],
)
def test_invalid_policies_and_tags_are_rejected_before_any_request(
    method: str, arguments: tuple[Any, ...], says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(ValidationError, match=says):
        driver.over(wire.client())(method, *arguments)
    assert wire.sent == []


def test_tags_are_added_listed_and_removed(wire: Wire, driver: Driver) -> None:
    wire.on(TAG, HttpResponse({})).on(UNTAG, HttpResponse({})).on(
        TAGS, HttpResponse({"Tags": {"team": "vision"}}), HttpResponse({})
    )
    call = driver.over(wire.client())
    assert call("tag_resource", VERSION, {"team": "vision"}) is None
    assert call("untag_resource", VERSION, ["team", "cost"]) is None
    assert call("list_tags_for_resource", VERSION) == {"team": "vision"}
    assert call("list_tags_for_resource", VERSION) == {}
    assert wire.requests_of(TAG) == [{"ResourceArn": VERSION, "Tags": {"team": "vision"}}]
    assert wire.requests_of(UNTAG) == [{"ResourceArn": VERSION, "TagKeys": ["team", "cost"]}]


def test_a_string_in_place_of_a_list_of_keys_is_rejected(wire: Wire, driver: Driver) -> None:
    with pytest.raises(TypeError, match=r"write \['team'\]"):
        driver.over(wire.client())("untag_resource", VERSION, "team")
    assert wire.sent == []


def test_a_page_from_a_proxy_does_not_count_as_an_empty_list_of_tags(wire: Wire, driver: Driver) -> None:
    wire.on(TAGS, HttpResponse("<html>welcome</html>", headers={}))
    with pytest.raises(ResponseError, match="request id"):
        driver.over(wire.client())("list_tags_for_resource", VERSION)
