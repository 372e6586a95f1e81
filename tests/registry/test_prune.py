"""Versions that nothing needs are deleted, with their files on request; all others are kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rekog_versions import ProjectVersionDescription, ProjectVersionStatus
from rekog_versions.registry import PromotionRejectedError, PruneAction, Registry, RegistryDocumentError
from rekog_versions.registry.document import RegistryDocument
from rekog_versions.registry.pruning import DELETABLE, marked, plan_pruning
from tests.registry.conftest import LOCATION, Registered
from tests.registry.killing import KilledError, Requests, process
from tests.registry.test_document import EMPTY, arn, promoted
from tests.testing.conftest import Clock, stopped_clock as stopped_clock  # noqa: PLC0414  (a fixture)
from tests.testing.emulator import BUCKET, MANIFEST

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MONTH = timedelta(days=30)


def actions(report: Any) -> dict[str, str]:
    return {str(outcome.version_arn.version_name): outcome.action.value for outcome in report}


@pytest.fixture
def aged(registered: Registered, stopped_clock: Clock) -> Registered:
    """Five old versions: v1 was in production, v2 is, v3 is running, v4 and v5 are not needed; v6 is new."""
    stopped_clock.time = registered.now.time = datetime(2026, 1, 1, tzinfo=UTC)
    arns = [registered.version(f"v{number}") for number in range(1, 6)]
    registered("promote", arns[0], "production")
    stopped_clock.forward(100 * 86400)
    registered.now.time = stopped_clock.time
    registered("promote", arns[1], "production")
    registered.emulator.rekognition.start_project_version(ProjectVersionArn=arns[2], MinInferenceUnits=1)
    registered.version("v6")
    return registered


def test_a_dry_run_deletes_nothing_and_names_the_reasons(aged: Registered) -> None:
    before = aged.content()
    report = aged("prune", "p1", keep=MONTH)
    assert report.dry_run
    assert actions(report) == {
        "v6": "kept",
        "v5": "would be deleted",
        "v4": "would be deleted",
        "v3": "kept",
        "v2": "kept",
        "v1": "kept",
    }
    assert str(report).splitlines() == [
        "v6 kept: it is new",
        "v5 would be deleted: nothing has needed it for 30 days",
        "v4 would be deleted: nothing has needed it for 30 days",
        "v3 kept: its status is RUNNING",
        "v2 kept: it is needed by production",
        "v1 kept: alias production pointed to it until 2026-04-11",
    ]
    assert len(aged.emulator.describe(aged.project)) == 6
    assert aged.content() == before


def test_versions_that_nothing_needs_are_deleted(aged: Registered, stopped_clock: Clock) -> None:
    report = aged("prune", keep=MONTH, dry_run=False)
    assert report
    assert {name for name, action in actions(report).items() if action == "deleted"} == {"v4", "v5"}
    assert aged.document()["deleting"] == []
    aged.emulator.describe(aged.project)
    assert actions(aged("prune", keep=MONTH)).keys() == {"v1", "v2", "v3", "v6"}
    stopped_clock.forward(31 * 86400)
    aged.now.time = stopped_clock.time
    assert actions(aged("prune", keep=MONTH, dry_run=False)) == {
        "v6": "deleted",
        "v3": "kept",
        "v2": "kept",
        "v1": "deleted",
    }


def keys(registered: Registered) -> set[str]:
    listed = registered.emulator.s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    return {found["Key"] for found in listed}


def test_files_are_deleted_on_request_only_and_never_those_of_other_versions(aged: Registered) -> None:
    before = keys(aged)
    named = [uri for outcome in aged("prune", keep=MONTH, files=True) for uri in outcome.files]
    assert named
    assert all("v4" in uri or "v5" in uri for uri in named)
    report = aged("prune", keep=MONTH, files=True, dry_run=False)
    assert before - keys(aged) == {uri.removeprefix(f"s3://{BUCKET}/") for uri in named}
    assert MANIFEST in keys(aged)
    assert "deleted, with " in str(report)
    aged.emulator.describe(aged.project)
    again = aged.emulator.create(aged.project, "v4")  # without files=True, the files stay
    aged.emulator.describe(aged.project)
    assert again


def test_a_version_that_cannot_be_deleted_is_reported(aged: Registered) -> None:
    aged.emulator.labels.inject("DeleteProjectVersion", error="AccessDeniedException")
    report = aged("prune", keep=MONTH, dry_run=False)
    assert not report
    assert sorted(action for action in actions(report).values() if action != "kept") == [
        "could not be deleted",
        "deleted",
    ]
    assert "AccessDeniedError" in str(report)
    assert aged.document()["deleting"] == []


@pytest.mark.parametrize("registered", ["sync"], indirect=True)
def test_no_alias_can_be_moved_to_a_version_that_is_being_deleted(aged: Registered) -> None:
    """The process is killed after the record and before the deletion; the next call deletes the rest."""
    dying = Requests()
    registry = Registry(process(dying, aged.time), LOCATION, now=aged.now)
    original = dying.send

    def send(event_name: str, request: Any, **others: Any) -> Any:
        if event_name.endswith("DeleteProjectVersion"):
            raise KilledError
        return original(event_name, request, **others)

    dying.send = send  # type: ignore[method-assign]
    with pytest.raises(KilledError):
        registry.prune(keep=MONTH, dry_run=False)
    described = {each["ProjectVersionArn"].split("/")[3]: each for each in aged.emulator.describe(aged.project)}
    doomed = described["v4"]["ProjectVersionArn"]
    assert doomed in aged.document()["deleting"]
    for method in ("promote", "deploy"):
        with pytest.raises(PromotionRejectedError, match=r"prune\(\) is deleting it"):
            aged(method, doomed, "production")
    assert "v4 would be deleted: prune() began to delete it" in str(aged("prune", keep=timedelta(days=5000)))
    report = aged("prune", keep=timedelta(days=5000), dry_run=False)
    assert {name for name, action in actions(report).items() if action == "deleted"} == {"v4", "v5"}
    assert aged.document()["deleting"] == []


@pytest.mark.parametrize("registered", ["sync"], indirect=True)
def test_a_promotion_between_the_plan_and_the_record_keeps_the_version(aged: Registered) -> None:
    doomed = aged.emulator.describe(aged.project, "v4")[0]["ProjectVersionArn"]
    listed = aged.registry._client.iter_project_versions

    def list_and_promote(*arguments: Any) -> Any:
        found = list(listed(*arguments))
        aged("promote", doomed, "staging", registry=aged.another())
        return found

    aged.registry._client.iter_project_versions = list_and_promote
    report = aged("prune", keep=MONTH, dry_run=False)
    assert actions(report)["v4"] == "kept"
    assert actions(report)["v5"] == "deleted"


def test_a_project_without_a_document_is_not_pruned(registered: Registered) -> None:
    registered.version("v1")
    with pytest.raises(RegistryDocumentError, match="Check the location"):
        registered("prune", "p1", keep=timedelta(0), dry_run=False)
    assert len(registered.emulator.describe(registered.project)) == 1


def test_arguments_that_make_no_sense_are_rejected(registered: Registered) -> None:
    wrong: list[tuple[dict[str, Any], type[Exception]]] = [
        ({"keep": 30}, TypeError),
        ({"keep": timedelta(-1)}, ValueError),
        ({"keep": MONTH, "dry_run": None}, TypeError),
        ({"keep": MONTH, "files": "yes"}, TypeError),
    ]
    for arguments, error in wrong:
        with pytest.raises(error):
            registered("prune", **arguments)


def described(name: str, status: str, days_ago: int) -> ProjectVersionDescription:
    created = (NOW - timedelta(days=days_ago)).timestamp()
    return ProjectVersionDescription.model_validate(
        {"ProjectVersionArn": arn(name), "Status": status, "CreationTimestamp": created}
    )


@pytest.mark.parametrize("status", [*ProjectVersionStatus, "A_NEW_STATUS"])
def test_only_versions_that_do_nothing_are_deleted(status: str) -> None:
    (outcome,) = plan_pruning(EMPTY, [described("v9", status, 999)], keep=MONTH, now=NOW, files=False)
    is_deleted = outcome.action is PruneAction.WOULD_DELETE
    assert is_deleted == (ProjectVersionStatus(status) in DELETABLE)


MOVES = st.lists(
    st.tuples(st.sampled_from(["v1", "v2", "v3", "v4"]), st.sampled_from(["a", "b"]), st.integers(0, 400)), max_size=8
)


@given(MOVES, st.integers(0, 400), st.sets(st.sampled_from(["v1", "v2", "v3", "v4"])))
def test_a_version_that_an_alias_pointed_to_within_the_period_is_kept(
    moves: list[tuple[str, str, int]], keep: int, begun: set[str]
) -> None:
    document: RegistryDocument = EMPTY
    pointed: dict[str, list[tuple[str, int]]] = {"a": [], "b": []}
    for name, alias, days_ago in sorted(moves, key=lambda move: -move[2]):
        document = promoted(document, name, alias, at=NOW - timedelta(days=days_ago))
        pointed[alias].append((name, days_ago))
    needed = set()
    for stints in pointed.values():
        for (name, _), until in zip(stints, [*(days for _, days in stints[1:]), 0], strict=False):
            if until <= keep:
                needed.add(name)
    current = {stints[-1][0] for stints in pointed.values() if stints}
    document = marked(document, [arn(name) for name in begun - current])
    versions = [described(name, "STOPPED", 500) for name in ("v1", "v2", "v3", "v4")]
    plan = plan_pruning(document, versions, keep=timedelta(days=keep), now=NOW, files=False)
    kept = {str(outcome.version_arn.version_name) for outcome in plan if outcome.action is PruneAction.KEPT}
    assert kept == needed - (begun - current)
