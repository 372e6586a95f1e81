import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rekog_versions.testing.policies import Caller, Effect, Policy, evaluate, parse
from tests.testing.conftest import Clock
from tests.testing.emulator import Emulator

VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/p1/version/v1/1574310000000"
ACTION = "rekognition:CopyProjectVersion"
ROLE = "arn:aws:iam::210987654321:role/copier"
SESSION = "arn:aws:sts::210987654321:assumed-role/copier/me"
CALLER = Caller("210987654321", SESSION, frozenset({ROLE, SESSION}))


def statement(**others: Any) -> dict[str, Any]:
    made = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": ACTION, "Resource": VERSION, **others}
    return {key: value for key, value in made.items() if value is not None}


def document(*statements: object, **others: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **others})


def put(emulator: Emulator, project: str, name: str = "policy", content: str | None = None, **others: Any) -> str:
    revision: str = emulator.rekognition.put_project_policy(
        ProjectArn=project, PolicyName=name, PolicyDocument=content or document(statement()), **others
    )["PolicyRevisionId"]
    return revision


def listed(emulator: Emulator, project: str) -> dict[str, str]:
    policies = emulator.rekognition.list_project_policies(ProjectArn=project)["ProjectPolicies"]
    return {policy["PolicyName"]: policy["PolicyRevisionId"] for policy in policies}


def test_a_policy_is_put_listed_and_deleted(emulator: Emulator, stopped_clock: Clock) -> None:
    project = emulator.project()
    content = document(statement(Sid="one"), Id="mine")
    began = stopped_clock.time
    revision = put(emulator, project, "policy", content)
    assert re.fullmatch("[0-9a-f]{32}", revision)
    stopped_clock.forward(60)
    changed = put(emulator, project, "policy", document(statement(Effect="Deny")), PolicyRevisionId=revision)
    assert changed != revision
    (policy,) = emulator.rekognition.list_project_policies(ProjectArn=project)["ProjectPolicies"]
    created, updated = policy.pop("CreationTimestamp"), policy.pop("LastUpdatedTimestamp")
    assert policy == {
        "ProjectArn": project,
        "PolicyName": "policy",
        "PolicyRevisionId": changed,
        "PolicyDocument": document(statement(Effect="Deny")),
    }
    assert abs((created - began).total_seconds()) < 0.01
    assert (updated - created).total_seconds() == 60
    emulator.rekognition.delete_project_policy(ProjectArn=project, PolicyName="policy", PolicyRevisionId=changed)
    assert listed(emulator, project) == {}


def test_an_update_of_a_policy_needs_the_latest_revision(emulator: Emulator) -> None:
    project, other = emulator.project("p1"), emulator.project("p2")
    first = put(emulator, project)
    put(emulator, other)
    errors = emulator.rekognition.exceptions
    with pytest.raises(errors.ResourceAlreadyExistsException, match="policy") as caught:
        put(emulator, project)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    second = put(emulator, project, PolicyRevisionId=first)
    for revision in (first, "0", "abcdef0123456789"):
        with pytest.raises(errors.InvalidPolicyRevisionIdException, match="not the latest"):
            put(emulator, project, PolicyRevisionId=revision)
        with pytest.raises(errors.InvalidPolicyRevisionIdException, match="not the latest"):
            emulator.rekognition.delete_project_policy(
                ProjectArn=project, PolicyName="policy", PolicyRevisionId=revision
            )
    with pytest.raises(errors.InvalidPolicyRevisionIdException, match="no policy with the name another"):
        put(emulator, project, "another", PolicyRevisionId=second)
    assert listed(emulator, project) == {"policy": second}
    # hexadecimal digits may be in upper case
    put(emulator, project, PolicyRevisionId=second.upper())


def test_a_policy_is_deleted_without_a_revision_and_only_once(emulator: Emulator) -> None:
    project = emulator.project()
    put(emulator, project)
    emulator.rekognition.delete_project_policy(ProjectArn=project, PolicyName="policy")
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException, match="no policy"):
        emulator.rekognition.delete_project_policy(ProjectArn=project, PolicyName="policy")


def test_a_project_has_five_policies(emulator: Emulator) -> None:
    project = emulator.project()
    revisions = [put(emulator, project, f"policy{number}") for number in range(5)]
    with pytest.raises(emulator.rekognition.exceptions.ServiceQuotaExceededException, match="more than 5 policies"):
        put(emulator, project, "one-more")
    put(emulator, project, "policy0", PolicyRevisionId=revisions[0])
    emulator.labels.set_limits(policies=6)
    put(emulator, project, "one-more")


def test_policies_come_latest_first_in_pages_of_at_most_five(emulator: Emulator) -> None:
    emulator.labels.set_limits(policies=7)
    project = emulator.project()
    for number in range(7):
        put(emulator, project, f"policy{number}")
    paginator = emulator.rekognition.get_paginator("list_project_policies")

    def pages(**config: int) -> list[list[str]]:
        return [
            [policy["PolicyName"][-1] for policy in page["ProjectPolicies"]]
            for page in paginator.paginate(ProjectArn=project, PaginationConfig=config)
        ]

    assert pages() == [["6", "5", "4", "3", "2"], ["1", "0"]]
    assert pages(PageSize=3) == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    with pytest.raises(ClientError, match=r"ValidationException.*less than or equal to 5"):
        emulator.rekognition.list_project_policies(ProjectArn=project, MaxResults=6)
    with pytest.raises(emulator.rekognition.exceptions.InvalidPaginationTokenException):
        emulator.rekognition.list_project_policies(ProjectArn=project, NextToken="none")


def test_policies_are_deleted_with_their_project_and_adapters_have_none(emulator: Emulator) -> None:
    adapter = emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED")
    with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match="not a Custom Labels project"):
        put(emulator, adapter)
    project = emulator.project()
    put(emulator, project)
    from moto.moto_api import state_manager

    from rekog_versions.testing.transitions import PROJECT_DELETION

    state_manager.set_transition(PROJECT_DELETION, {"progression": "manual", "times": 1})
    try:
        emulator.rekognition.delete_project(ProjectArn=project)
        with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException, match="being deleted"):
            put(emulator, project, "late")
    finally:
        state_manager.unset_transition(PROJECT_DELETION)
    not_found = emulator.rekognition.exceptions.ResourceNotFoundException
    with pytest.raises(not_found):
        put(emulator, project)
    with pytest.raises(not_found):
        listed(emulator, project)
    with pytest.raises(not_found):
        emulator.rekognition.delete_project_policy(ProjectArn=project, PolicyName="policy")
    assert listed(emulator, emulator.project()) == {}


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        "[" * 2000,
        "[]",
        '"text"',
        "{}",
        document(),
        document("text"),
        document(statement(), Version="2020-01-01"),
        document(statement(), Statements=[]),
        document(statement(Effect="ALLOW")),
        document(statement(Effect=None)),
        document(statement(Effect=["Allow"])),
        document(statement(Principal=None)),
        document(statement(Action=None)),
        document(statement(Resource=None)),
        document(statement(Resource=None, NotResource="*")),
        document(statement(Action=None, NotAction="x")),
        document(statement(Principal=None, NotPrincipal="*")),
        document(statement(Condition={"Bool": {"aws:SecureTransport": "true"}})),
        document(statement(Action="rekognition:DetectCustomLabels")),
        document(statement(Action=[])),
        document(statement(Action=[5])),
        document(statement(Resource="my version")),
        document(statement(Principal="someone")),
        document(statement(Principal={})),
        document(statement(Principal={"AWS": "1234"})),
        document(statement(Principal={"AWS": []})),
        document(statement(Principal={"AWS": "arn:aws:s3:::bucket"})),
        document(statement(Principal={"Nobody": "*"})),
    ],
)
def test_an_invalid_document_is_malformed(emulator: Emulator, content: str) -> None:
    project = emulator.project()
    with pytest.raises(emulator.rekognition.exceptions.MalformedPolicyDocumentException) as caught:
        put(emulator, project, content=content)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert listed(emulator, project) == {}


def test_a_request_that_violates_the_service_model_is_rejected(emulator: Emulator) -> None:
    project = emulator.project()
    for others in ({"content": "x" * 2001}, {"content": "\u0100"}, {"name": "a b"}, {"PolicyRevisionId": "xyz"}):
        with pytest.raises(ClientError, match=r"ValidationException.*1 validation error"):
            put(emulator, project, **others)


def said(*statements: dict[str, Any], caller: Caller = CALLER) -> Effect | None:
    from rekog_versions.testing import clock

    now = clock.now()
    # one policy for each statement; together they have the same effect as in one policy
    policies = [
        Policy(str(number), "0", "", parse(document(each)), number, now, now) for number, each in enumerate(statements)
    ]
    return evaluate(policies, caller, VERSION)


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"Principal": "*"},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": "210987654321"}},
        {"Principal": {"AWS": "arn:aws:iam::210987654321:root"}},
        {"Principal": {"AWS": SESSION}},
        {"Principal": {"AWS": ["111111111111", ROLE], "Service": "rekognition.amazonaws.com"}},
        {"Action": "rekognition:*"},
        {"Action": "*"},
        {"Action": ["Rekognition:copyprojectVERSION"]},
        {"Action": "rekognition:Copy?rojectVersion"},
        {"Resource": "*"},
        {"Resource": "arn:aws:rekognition:us-east-1:123456789012:project/p1/version/*"},
        {"Resource": ["arn:aws:rekognition:*:*:project/p2/version/*", VERSION[:-1] + "?"]},
    ],
)
def test_an_allow_applies(others: dict[str, Any]) -> None:
    assert said(statement(**others)) == "Allow"


@pytest.mark.parametrize(
    "others",
    [
        {"Principal": {"AWS": "111111111111"}},
        {"Principal": {"AWS": "arn:aws:iam::111111111111:root"}},
        {"Principal": {"AWS": ROLE + "2"}},
        {"Principal": {"AWS": "arn:aws:iam::210987654321:role/*"}},  # in a principal only a whole * is a wildcard
        {"Principal": {"Service": "rekognition.amazonaws.com"}},
        {"Resource": VERSION + "?"},
        {"Resource": VERSION.upper().replace("ARN", "arn", 1)},
        {"Resource": "arn:aws:rekognition:us-east-1:123456789012:project/p1/version/v.*"},
        {"Resource": "arn:aws:rekognition:us-east-1:123456789012:project/p1/1574310000000"},
    ],
)
def test_an_allow_does_not_apply(others: dict[str, Any]) -> None:
    assert said(statement(**others)) is None


def test_a_deny_wins_in_any_position() -> None:
    deny = statement(Effect="Deny", Principal="*")
    assert said(statement(), deny) is said(deny, statement()) == "Deny"
    assert said(statement(Effect="Deny", Principal={"AWS": "111111111111"}), statement()) == "Allow"


def test_without_a_policy_there_is_no_effect() -> None:
    assert said() is None
