"""Registry documents: read as they were written, and rejected unchanged if they are hostile, broken or newer."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models import Thresholds
from rekog_versions.registry import EvaluationNumbers, PassedGates, RegistryAction, RegistryDocumentError
from rekog_versions.registry.document import (
    Candidate,
    Deployment,
    DeploymentStep,
    RegistryDocument,
    parse_document,
)
from rekog_versions.registry.moves import as_candidate, moved, rollback_target
from tests.registry.conftest import Registered

HEAD = "arn:aws:rekognition:us-east-1:123456789012:project/p1/version/{}/1574317227432"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def arn(name: str) -> ProjectVersionArn:
    return ProjectVersionArn(HEAD.format(name))


def candidate(name: str, threshold: float | None = None) -> Candidate:
    return Candidate(
        version_arn=arn(name),
        thresholds=None if threshold is None else Thresholds.fractions({"cat": threshold}),
        passed=PassedGates(gates={"min_f1": 0.5}, compared_with=arn("v0"), warnings=("it is \x1b[31mred",)),
        evaluation=EvaluationNumbers(f1_score=0.9, testing_images=20),
    )


def promoted(document: RegistryDocument, name: str, alias: str = "production", **others: Any) -> RegistryDocument:
    number = len(document.history) + 1
    settings: dict[str, Any] = {"action": RegistryAction.PROMOTE, "identity": f"id-{number}", "at": AT, "reason": None}
    return moved(document, alias, candidate(name), **{**settings, **others})


EMPTY = RegistryDocument.of_project(arn("v1"))
FULL = replace(
    promoted(promoted(promoted(EMPTY, "v1"), "v2", reason="better \u202e"), "v1", "staging"),
    deployments={
        "production": Deployment(
            id="d",
            owner="o",
            action=RegistryAction.DEPLOY,
            step=DeploymentStep.STARTING,
            began_at=AT,
            candidate=candidate("v3", 0.5),
            old_arn=arn("v2"),
        )
    },
    deleting=(arn("v0"),),
    revision=7,
)


def test_a_document_is_read_as_it_was_written() -> None:
    for document in (EMPTY, FULL):
        assert parse_document(document.to_bytes(), "s3://b/k") == document


Change = Callable[[dict[str, Any]], Any]
HOSTILE: dict[str, Change] = {
    "an unknown member": lambda d: d.update(extra=1),
    "an unknown member of an entry": lambda d: d["history"][0].update(extra=1),
    "a missing member": lambda d: d["history"][0].pop("version_arn"),
    "a history that is not a list": lambda d: d.update(history={}),
    "an ARN of another kind": lambda d: d["history"][2].update(version_arn="arn:aws:s3:::bucket"),
    "a version of another project": lambda d: d["deleting"].append(HEAD.replace("p1", "p2").format("v1")),
    "a version of another account": lambda d: d.update(account_id="999999999999"),
    "an alias without an entry": lambda d: d["aliases"].update(other={"version_arn": HEAD.format("v1"), "entry": 1}),
    "an alias that points elsewhere": lambda d: d["aliases"]["production"].update(version_arn=HEAD.format("v1")),
    "an alias that points to an old entry": lambda d: d["aliases"]["production"].update(entry=1),
    "an alias that is missing": lambda d: d["aliases"].pop("staging"),
    "an entry out of range": lambda d: d["aliases"]["staging"].update(entry=99),
    "an alias with a path": lambda d: d["history"][0].update(alias="../x"),
    "a wrong number": lambda d: d["history"][1].update(number=5),
    "two entries with one id": lambda d: d["history"][1].update(id="id-1"),
    "a rollback to a later entry": lambda d: d["history"][0].update(returned_to=2),
    "a rollback to another version": lambda d: d["history"][1].update(returned_to=1),
    "a threshold out of range": lambda d: d["deployments"]["production"]["candidate"]["thresholds"]["labels"].update(
        c=5
    ),
    "thresholds without a unit": lambda d: d["deployments"]["production"]["candidate"].update(thresholds={"cat": 1}),
    "a threshold that is a text": lambda d: d["deployments"]["production"]["candidate"]["thresholds"]["labels"].update(
        c="1"
    ),
    "a step that does not exist": lambda d: d["deployments"]["production"].update(step="dancing"),
    "a time without sense": lambda d: d["history"][0].update(at="yesterday"),
    "a long reason": lambda d: d["history"][0].update(reason="x" * 1001),
    "a negative revision": lambda d: d.update(revision=-1),
    "an old schema": lambda d: d.update(schema=0),
    "a schema that is true": lambda d: d.update(schema=True),
    "another format": lambda d: d.update(format="x"),
    "another project": lambda d: d.update(project="\x1b[31m"),
}


def changed(change: Change) -> bytes:
    document = json.loads(FULL.to_bytes())
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_document_with_a_contradiction_is_rejected(change: Change) -> None:
    with pytest.raises(RegistryDocumentError, match="is not a valid registry document: ") as caught:
        parse_document(changed(change), "s3://b/k")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"format": "rekog_versions.registry", "format": "rekog_versions.registry", "schema": 1}',
        FULL.to_bytes().replace(b'"revision": 7', b'"revision": NaN'),
        FULL.to_bytes().replace(b'"f1_score": 0.9', b'"f1_score": 1e999'),
        FULL.to_bytes().replace(b'"revision": 7', b'"revision": ' + b"9" * 5000),
        b"[" * 100_000,
        FULL.to_bytes().replace(b'"min_f1": 0.5', b'"min_f1": ' + b"[" * 2000 + b"]" * 2000),
    ],
)
def test_content_that_is_not_a_document_is_rejected(content: bytes) -> None:
    with pytest.raises(RegistryDocumentError) as caught:
        parse_document(content, "s3://b/\x1b[31m")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1000


def test_a_document_of_a_newer_release_is_rejected_and_says_so() -> None:
    for schema in (2, 10**30):
        with pytest.raises(RegistryDocumentError, match=r"a newer release of rekog_versions wrote it\. Upgrade"):
            parse_document(
                json.dumps({**json.loads(FULL.to_bytes()), "schema": schema, "history": 5}).encode(), "s3://b/k"
            )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)


def test_a_member_that_is_null_is_read_as_if_it_were_missing() -> None:
    document = json.loads(FULL.to_bytes())
    document["history"][1]["passed"]["gates"]["min_f1"] = None
    read = parse_document(json.dumps(document).encode(), "s3://b/k")
    assert parse_document(read.to_bytes(), "s3://b/k") == read
    passed = read.history[1].passed
    assert passed is not None
    assert passed.gates == {}


@given(st.data())
def test_any_change_of_a_document_is_rejected_or_read_without_another_error(data: st.DataObject) -> None:
    document = json.loads(FULL.to_bytes())
    place: Any = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(JSON)
    with suppress(RegistryDocumentError):
        read = parse_document(json.dumps(document).encode(), "s3://b/k")
        assert parse_document(read.to_bytes(), "s3://b/k") == read


@pytest.mark.parametrize("content", [b"{", b"{}", changed(lambda d: d.update(schema=2))])
def test_an_invalid_document_in_s3_is_never_overwritten(content: bytes, registered: Registered) -> None:
    version = registered.version("v1")
    registered.put(content)
    with pytest.raises(RegistryDocumentError, match="Nothing was changed"):
        registered("promote", version, "production")
    for method in ("rollback", "resolve", "history"):
        with pytest.raises(RegistryDocumentError, match="Nothing was changed"):
            registered(method, "production", project="p1")
    assert registered.content() == content


def test_a_document_of_another_account_or_project_is_never_overwritten(registered: Registered) -> None:
    version = registered.version("v1")
    other = FULL.to_bytes().replace(b"123456789012", b"999999999999")
    registered.put(other)
    with pytest.raises(RegistryDocumentError, match="is for account 999999999999 in us-east-1"):
        registered("promote", version, "production")
    registered.put(FULL.to_bytes().replace(b"p1", b"p2"))
    with pytest.raises(RegistryDocumentError, match="it was moved or copied"):
        registered("promote", version, "production")
    registered.put(b" " * (16 * 1024 * 1024 + 1))
    with pytest.raises(RegistryDocumentError, match="has more than 16,777,216 bytes"):
        registered("promote", version, "production")


MOVES = st.lists(st.tuples(st.sampled_from("pr"), st.sampled_from(["v1", "v2", "v3"])), max_size=12)


@given(MOVES)
def test_rollbacks_undo_promotions_like_a_stack(moves: list[tuple[str, str]]) -> None:
    document, stack = EMPTY, list[str]()
    for kind, name in moves:
        if kind == "p":
            stack.append(name)
            document = promoted(document, name)
        elif len(stack) > 1:
            stack.pop()
            target = rollback_target(document, "production")
            document = moved(
                document,
                "production",
                as_candidate(target),
                action=RegistryAction.ROLLBACK,
                identity=f"r-{len(document.history)}",
                at=AT,
                reason=None,
                returned_to=target.number,
            )
        if stack:
            assert document.entry("production").version_arn == arn(stack[-1])
    assert parse_document(document.to_bytes(), "s3://b/k") == document


def test_a_move_is_recognized_by_its_identity() -> None:
    once = promoted(EMPTY, "v1", identity="x")
    assert promoted(once, "v1", identity="x") is once
