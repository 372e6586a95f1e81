"""Aliases on the emulated service and in moto's S3: promote, resolve, history, rollback, detect."""

from typing import Any

import pytest

from rekog_versions import VersionNotFoundError, VersionsClient
from rekog_versions.errors import EvaluationError, ResourceNotReadyError, ServiceError
from rekog_versions.evaluation import Gates
from rekog_versions.models import Thresholds
from rekog_versions.registry import (
    AliasNotFoundError,
    AsyncRegistry,
    PromotionRejectedError,
    Registry,
    RegistryAction,
    RegistryDocumentError,
)
from tests.registry.conftest import KEY, LOCATION, Registered
from tests.testing.emulator import BUCKET, client
from tests.testing.pictures import picture

THRESHOLDS = Thresholds.fractions({"cat": 0.6}, default=0.5)


def test_an_alias_points_to_the_version_that_was_promoted(registered: Registered) -> None:
    arn = registered.version("v1")
    entry = registered("promote", arn, "production", gates=Gates(min_f1=0.5), thresholds=THRESHOLDS, reason="first")
    assert registered("resolve", "production") == entry
    assert (entry.version_arn, entry.thresholds, entry.reason) == (arn, THRESHOLDS, "first")
    assert entry.passed.gates == {"min_f1": 0.5}
    assert entry.passed.compared_with is None
    description = registered.emulator.describe(registered.project, "v1")[0]
    assert entry.evaluation.f1_score == description["EvaluationResult"]["F1Score"]
    assert entry.evaluation.testing_images == 20
    assert str(entry) == f"2026-01-01 00:01 UTC  promote production to v1, F1 {entry.evaluation.f1_score:.4f}: first"


def test_the_document_is_json_that_people_can_read(registered: Registered) -> None:
    arn = registered.version("v1")
    registered("promote", (registered.project, "v1"), "production", reason="a \x1b[31mred\x1b[0m one")
    document = registered.document()
    assert (document["schema"], document["project"], document["revision"]) == (1, "p1", 1)
    assert document["aliases"] == {"production": {"version_arn": arn, "entry": 1}}
    assert list(document["history"][0])[:5] == ["number", "id", "at", "alias", "action"]
    assert b"\n  " in registered.content()
    assert registered.content().isascii()
    assert "\x1b" not in str(registered("resolve", "production"))


def test_a_version_that_fails_a_gate_is_not_promoted_and_the_reason_is_named(registered: Registered) -> None:
    registered("promote", registered.version("v1", 0.9), "production")
    before = registered.content()
    worse = registered.version("v2", 0.5)
    with pytest.raises(
        PromotionRejectedError, match=r"(?s)alias 'production' was not moved to .*v2.*F1 score .*fell by"
    ):
        registered("promote", worse, "production", gates=Gates(max_drop=0.05))
    with pytest.raises(PromotionRejectedError, match="must be at least") as caught:
        registered("promote", worse, "staging", gates=Gates(min_f1=0.8))
    assert (caught.value.alias, len(caught.value.reasons)) == ("staging", 1)
    assert registered.content() == before


def test_a_version_is_compared_with_the_one_that_the_alias_points_to(registered: Registered) -> None:
    first, second = registered.version("v1", 0.6), registered.version("v2", 0.8)
    registered("promote", first, "production")
    entry = registered("promote", second, "production", gates=Gates(max_drop=0.0, same_test_set=True))
    assert (entry.passed.compared_with, entry.previous_arn) == (first, first)
    assert entry.passed.gates == {"max_drop": 0.0, "same_test_set": True}


def test_a_version_whose_predecessor_is_gone_is_promoted_without_a_comparison(registered: Registered) -> None:
    first, second = registered.version("v1"), registered.version("v2")
    registered("promote", first, "production")
    registered.emulator.rekognition.delete_project_version(ProjectVersionArn=first)
    registered.emulator.describe(registered.project)
    with pytest.raises((VersionNotFoundError, EvaluationError)):
        registered("promote", second, "production")
    entry = registered("promote", second, "production", compare_with_old=False)
    assert entry.passed.compared_with is None
    with pytest.raises(VersionNotFoundError):
        registered("rollback", "production")
    assert registered("resolve", "production").version_arn == second


def test_gates_about_two_versions_do_not_apply_to_a_new_alias(registered: Registered) -> None:
    gates = Gates(max_drop=0, max_label_drop=0, not_worse_by=0, same_test_set=True)
    summary = registered.version("v1")
    (asset,) = registered.emulator.describe(registered.project, "v1")[0]["TestingDataResult"]["Output"]["Assets"]
    registered.emulator.s3.delete_object(Bucket=BUCKET, Key=asset["GroundTruthManifest"]["S3Object"]["Name"])
    entry = registered("promote", summary, "production", gates=gates)
    assert entry.passed.gates["same_test_set"] is True
    with pytest.raises(PromotionRejectedError, match="not known"):
        registered("promote", registered.version("v2"), "production", gates=gates)
    with pytest.raises(PromotionRejectedError, match=r"the interval must begin at 0\.85 or above"):
        registered("promote", summary, "staging", gates=Gates(min_f1=0.85, confidence=0.99))


def test_a_version_that_is_worse_by_a_test_is_not_promoted(registered: Registered) -> None:
    registered("promote", registered.version("v1", 0.95), "production")
    with pytest.raises(PromotionRejectedError) as caught:
        registered("promote", registered.version("v2", 0.6), "production", gates=Gates(not_worse_by=0.02))
    assert len(caught.value.reasons) == 1


def test_a_version_that_is_not_trained_is_not_promoted(registered: Registered) -> None:
    registered.emulator.labels.set_training(outcome="TRAINING_FAILED")
    arn = registered.version("v1")
    with pytest.raises(PromotionRejectedError, match="its status is TRAINING_FAILED"):
        registered("promote", arn, "production")
    assert "Contents" not in registered.emulator.s3.list_objects_v2(Bucket=BUCKET, Prefix="registry")


def test_a_promotion_that_changes_nothing_is_not_recorded(registered: Registered) -> None:
    arn = registered.version("v1")
    entry = registered("promote", arn, "production", thresholds=THRESHOLDS)
    assert registered("promote", arn, "production", thresholds=THRESHOLDS) == entry
    assert len(registered("history", "production")) == 1
    with pytest.raises(PromotionRejectedError, match="must be at least"):
        registered("promote", arn, "production", thresholds=THRESHOLDS, gates=Gates(min_f1=1))
    changed = registered("promote", arn, "production")
    assert (changed.number, changed.thresholds, changed.previous_arn) == (2, None, arn)


def test_a_second_rollback_returns_to_a_still_older_version(registered: Registered) -> None:
    arns = [registered.version(f"v{number}") for number in range(1, 5)]
    for arn in arns[:3]:
        registered("promote", arn, "production", thresholds=THRESHOLDS if arn == arns[0] else None)
    assert registered("rollback", "production", reason="too slow").version_arn == arns[1]
    entry = registered("rollback", "production")
    assert (entry.version_arn, entry.thresholds, entry.action) == (arns[0], THRESHOLDS, RegistryAction.ROLLBACK)
    with pytest.raises(PromotionRejectedError, match="points to its first version"):
        registered("rollback", "production")
    registered("promote", arns[3], "production")
    assert registered("rollback", "production").version_arn == arns[0]
    assert registered("rollback", "production", version=arns[2]).version_arn == arns[2]
    moves = [(entry.version_arn.version_name, entry.action.value) for entry in registered("history", "production")]
    assert moves == [
        ("v3", "rollback"),
        ("v1", "rollback"),
        ("v4", "promote"),
        ("v1", "rollback"),
        ("v2", "rollback"),
        ("v3", "promote"),
        ("v2", "promote"),
        ("v1", "promote"),
    ]


def test_an_alias_is_rolled_back_to_versions_that_it_pointed_to_only(registered: Registered) -> None:
    first, other = registered.version("v1"), registered.version("v2")
    registered("promote", first, "production")
    registered("promote", other, "staging")
    with pytest.raises(PromotionRejectedError, match="never pointed to it"):
        registered("rollback", "production", version=other)
    with pytest.raises(AliasNotFoundError, match="has no alias 'nightly': its aliases are production, staging"):
        registered("rollback", "nightly")


def test_aliases_and_history_are_listed(registered: Registered) -> None:
    first, second = registered.version("v1"), registered.version("v2")
    registered("promote", first, "production")
    registered("promote", second, "candidate")
    assert {alias: entry.version_arn for alias, entry in registered("aliases").items()} == {
        "candidate": second,
        "production": first,
    }
    assert [entry.alias for entry in registered("history")] == ["candidate", "production"]
    with pytest.raises(AliasNotFoundError):
        registered("history", "nightly")


def test_a_copy_keeps_its_lineage(registered: Registered) -> None:
    source = registered.version("v1")
    other = registered.emulator.project("p2")
    copied = registered.emulator.rekognition.copy_project_version(
        SourceProjectArn=registered.project,
        SourceProjectVersionArn=source,
        DestinationProjectArn=other,
        VersionName="copy",
        OutputConfig={"S3Bucket": BUCKET, "S3KeyPrefix": "copies"},
    )["ProjectVersionArn"]
    registered.emulator.describe(other)
    entry = registered("promote", copied, "production")
    assert entry.source_arn == source
    assert registered("history", "production", project=other)[0].source_arn == source


def test_the_project_is_needed_only_if_there_are_several(registered: Registered) -> None:
    with pytest.raises(ValueError, match="has the documents of 0 projects"):
        registered("resolve", "production")
    first = registered.version("v1")
    registered("promote", first, "production")
    assert registered("resolve", "production", registry=registered.another()).version_arn == first
    other = registered.emulator.project("p2")
    second = registered.emulator.create(other)
    registered.emulator.describe(other)
    registered("promote", second, "production")
    with pytest.raises(ValueError, match=r"has the documents of 2 projects: p1, p2\. Pass project="):
        registered("resolve", "production", registry=registered.another())
    assert registered("resolve", "production", registry=registered.another(project=other)).version_arn == second
    assert registered("resolve", "production", registry=registered.another(), project="p1").version_arn == first
    with pytest.raises(RegistryDocumentError, match=r"there is no document '.*p3\.json'"):
        registered("resolve", "production", project="p3")


def test_a_registry_can_be_at_the_top_of_a_bucket(registered: Registered) -> None:
    registry = registered.another(f"s3://{BUCKET}")
    arn = registered.version("v1")
    registered("promote", arn, "production", registry=registry)
    assert (
        registered("resolve", "production", registry=registered.another(f"s3://{BUCKET}/", project="p1")).version_arn
        == arn
    )
    assert registered.emulator.s3.head_object(Bucket=BUCKET, Key="p1.json")


@pytest.mark.parametrize("alias", ["", "a b", "../production", "-x", "x" * 65, "a\n", "é"])
def test_other_names_of_aliases_are_rejected(alias: str, registered: Registered) -> None:
    with pytest.raises(ValueError, match="alias must have 1 to 64 letters"):
        registered("resolve", alias)


def test_arguments_of_a_wrong_type_are_rejected(registered: Registered) -> None:
    arn = registered.version("v1")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"gates": {"min_f1": 0.5}}, "gates must be a Gates"),
        ({"thresholds": {"cat": 0.5}}, "thresholds must be a Thresholds"),
        ({"reason": 5}, "reason must be a string"),
    ]
    for arguments, message in wrong:
        with pytest.raises(TypeError, match=message):
            registered("promote", arn, "production", **arguments)
    with pytest.raises(ValueError, match="at most 1,000 characters"):
        registered("promote", arn, "production", reason="x" * 1001)
    with pytest.raises(TypeError, match="alias must be a string"):
        registered("promote", arn, 5)


def test_a_registry_needs_the_client_that_fits_it(registered: Registered) -> None:
    other: Any = AsyncRegistry if registered.kind == "sync" else Registry
    with pytest.raises(TypeError, match="and AsyncRegistry takes an AsyncVersionsClient"):
        other(registered.client(), LOCATION)
    with pytest.raises(ValueError, match="s3://bucket/key, got 'my-bucket"):
        registered.another("my-bucket/registry")
    with pytest.raises(ValueError, match="got 's3://'"):
        registered.another("s3://")
    with pytest.raises(ValueError, match="max_age must be 0 seconds or more"):
        registered.another(max_age=-1)
    with pytest.raises(ValueError, match="project ARN"):
        registered.another(project="arn:aws:s3:::bucket")


def test_a_denial_names_the_permissions(registered: Registered) -> None:
    denied = client("s3")

    def deny(request: Any, **_: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        from tests.wire import _Raw

        body = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
        return AWSResponse(request.url, 403, {}, _Raw(body))  # type: ignore[arg-type]

    denied.meta.events.register_first("before-send.s3", deny)
    registry = Registry(VersionsClient(registered.emulator.rekognition, s3=denied), LOCATION, project="p1")
    with pytest.raises(ServiceError) as caught:
        registry.resolve("production")
    assert "s3:GetObject" in caught.value.__notes__[-1]
    assert "s3:ListBucket" in caught.value.__notes__[-1]


def start(registered: Registered, *arns: str) -> None:
    for arn in arns:
        registered.emulator.rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
        registered.status(arn)


def test_detect_follows_the_alias_and_applies_its_thresholds(registered: Registered) -> None:
    first, second = registered.version("v1"), registered.version("v2")
    start(registered, first, second)
    registered("promote", first, "production", thresholds=Thresholds.fractions({}, default=0.0))
    assert len(registered("detect", "production", picture())) == 2
    other = registered.another()
    registered("promote", second, "production", thresholds=Thresholds.fractions({}, default=1.0), registry=other)
    registered.time.now += 59
    assert len(registered("detect", "production", picture())) == 2  # the alias is still the old one
    registered.time.now += 1
    assert registered("detect", "production", picture()) == []


def test_detect_resolves_the_alias_again_if_its_model_was_stopped(registered: Registered) -> None:
    first, second = registered.version("v1"), registered.version("v2")
    start(registered, first, second)
    registered("promote", first, "production")
    registered("detect", "production", picture())
    registered("promote", second, "production")
    registered.emulator.rekognition.stop_project_version(ProjectVersionArn=first)
    registered.status(first)
    assert registered("detect", "production", picture()) is not None
    registered.emulator.rekognition.stop_project_version(ProjectVersionArn=second)
    registered.status(second)
    with pytest.raises(ResourceNotReadyError):
        registered("detect", "production", picture())


def test_detect_continues_with_the_known_version_while_s3_is_down(
    registered: Registered, caplog: pytest.LogCaptureFixture
) -> None:
    arn = registered.version("v1")
    start(registered, arn)
    registered("promote", arn, "production")
    registered.emulator.s3.get_object(Bucket=BUCKET, Key=KEY)
    registry = registered.another(max_age=0)
    registered("detect", "production", picture(), registry=registry)
    registry._client._services._clients["s3"] = (down := client("s3"))

    def fail(request: Any, **_: Any) -> None:
        from tests.wire import response_lost

        response_lost()

    down.meta.events.register_first("before-send.s3", fail)
    assert registered("detect", "production", picture(), registry=registry) is not None
    assert "alias 'production' could not be resolved again" in caplog.text
