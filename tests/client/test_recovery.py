"""The decision after a lookup: was the lost call carried out?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rekog_versions import ProjectVersionDescription, ProjectVersionStatus
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client.recovery import (
    CLOCK_SLACK,
    DELETE,
    START,
    STOP,
    Carried,
    CreateRecovery,
    NotCarried,
    StatusOperation,
    StatusRecovery,
)
from rekog_versions.models.lifecycle import CopyProjectVersionRequest
from rekog_versions.models.references import SoughtVersion, VersionReference
from tests.client.requests import COPY_FIELDS, create_request
from tests.wire import PROJECT, VERSION

NOW = datetime(2026, 1, 10, 12, 0, 0, tzinfo=UTC)
ELAPSED = 30.0
CALLED = NOW - timedelta(seconds=ELAPSED)
OTHER_SOURCE = VERSION.replace("/v1/", "/v0/")
FIRST_STATUSES = {
    "training": {"TRAINING_IN_PROGRESS", "TRAINING_COMPLETED", "TRAINING_FAILED"},
    "copying": {"COPYING_IN_PROGRESS", "COPYING_COMPLETED", "COPYING_FAILED"},
}


def create_recovery(work: str, now: Callable[[], datetime] = lambda: NOW) -> CreateRecovery:
    """Return the recovery of a training or a copying whose output is s3://results/out."""
    return CreateRecovery(CopyProjectVersionRequest(**COPY_FIELDS) if work == "copying" else create_request(), now)


def description(**members: Any) -> ProjectVersionDescription:
    """Return a description whose members without a value are missing."""
    return ProjectVersionDescription.model_validate(
        {name: value for name, value in members.items() if value is not None}
    )


DEFECTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "another status": st.fixed_dictionaries({"Status": st.sampled_from(["RUNNING", "DELETING", "NEW_STATUS"])}),
    "another output": st.sampled_from([{"S3Bucket": "others", "S3KeyPrefix": "out"}, {"S3Bucket": "results"}]).map(
        lambda output: {"OutputConfig": output}
    ),
    "created earlier": st.floats(0.001, 1e6).map(
        lambda seconds: {"CreationTimestamp": CALLED - CLOCK_SLACK - timedelta(seconds=seconds)}
    ),
}
"""Members of a description that show that another call created the version."""
MISSING = {
    "Status": st.just({"Status": None}),
    "OutputConfig": st.just({"OutputConfig": None}),
    "CreationTimestamp": st.just({"CreationTimestamp": None}),
}
"""Members without which a description does not show who created the version."""
COPY_DEFECTS = {**DEFECTS, "another source": st.just({"SourceProjectVersionArn": OTHER_SOURCE})}


def fitting(work: str, data: st.DataObject) -> dict[str, Any]:
    """Return a description of a version that the call created at the earliest."""
    return {
        "ProjectVersionArn": VERSION,
        "Status": data.draw(st.sampled_from(sorted(FIRST_STATUSES[work]))),
        "OutputConfig": {"S3Bucket": "results", "S3KeyPrefix": "out"},
        "SourceProjectVersionArn": data.draw(st.sampled_from([VERSION, None])),
        "CreationTimestamp": CALLED - CLOCK_SLACK,
    }


@given(data=st.data(), accepted=st.booleans(), hours_ahead=st.floats(0, 1000))
@pytest.mark.parametrize("work", ["training", "copying"])
def test_a_version_is_ours_if_its_status_output_source_and_time_fit(
    work: str, data: st.DataObject, accepted: bool, hours_ahead: float
) -> None:
    """The local clock is ahead of the service's by some hours, or right."""
    clock = iter([CALLED, NOW, NOW, NOW])
    recovery = create_recovery(work, lambda: next(clock) + timedelta(hours=hours_ahead))
    recovery.sought.served_at = NOW
    members = fitting(work, data)
    members["CreationTimestamp"] += timedelta(seconds=data.draw(st.floats(0, 1e6)))
    possible = COPY_DEFECTS if work == "copying" else DEFECTS
    defects = data.draw(st.sets(st.sampled_from(sorted(possible)), max_size=2))
    for defect in sorted(defects):
        members |= data.draw(possible[defect])
    outcome = recovery.judge(description(**members), ELAPSED, accepted=accepted)
    if accepted or not defects:
        assert outcome == Carried(ProjectVersionArn(VERSION))
    else:
        assert isinstance(outcome, NotCarried)
        assert "was not created by this call" in outcome.note
        assert VERSION in outcome.note


@given(data=st.data(), missing=st.sampled_from(sorted(MISSING)))
@pytest.mark.parametrize("work", ["training", "copying"])
def test_a_description_that_lacks_a_member_leaves_the_outcome_open(
    work: str, data: st.DataObject, missing: str
) -> None:
    recovery = create_recovery(work)
    recovery.sought.served_at = NOW
    assert recovery.judge(description(**fitting(work, data) | data.draw(MISSING[missing])), 30, accepted=False) is None
    assert "It is not known whether this call created" in recovery.warning


@given(data=st.data(), slept=st.floats(200, 1e6), local=st.floats(-1e7, 1e7), created=st.floats(-100, 1e6))
def test_a_version_that_a_sleeping_machine_created_is_never_denied(
    data: st.DataObject, slept: float, local: float, created: float
) -> None:
    """The machine slept after the request, so the monotonic clock shows less time. The local clock may be wrong."""
    clock = iter([CALLED, *[NOW + timedelta(seconds=slept)] * 3])
    recovery = create_recovery("training", lambda: next(clock) + timedelta(seconds=local))
    recovery.sought.served_at = NOW + timedelta(seconds=slept)
    members = fitting("training", data) | {"CreationTimestamp": CALLED + timedelta(seconds=min(created, slept))}
    outcome = recovery.judge(description(**members), ELAPSED, accepted=False)
    assert outcome is None or isinstance(outcome, Carried)


@given(data=st.data(), difference=st.floats(-1e6, 1e6))
def test_without_a_date_header_only_a_local_clock_that_agrees_counts(data: st.DataObject, difference: float) -> None:
    clock = iter([CALLED, NOW, NOW, NOW])
    recovery = create_recovery("training", lambda: next(clock))
    members = fitting("training", data) | {"CreationTimestamp": CALLED + timedelta(seconds=difference)}
    outcome = recovery.judge(description(**members), ELAPSED, accepted=False)
    if -120 <= difference <= 120 + ELAPSED:
        assert isinstance(outcome, Carried)
    elif difference < -86_400:
        assert isinstance(outcome, NotCarried)
    else:
        assert outcome is None


@pytest.mark.parametrize(("requested", "described"), [(None, ""), (None, None), ("", None), ("out", "out")])
def test_a_missing_prefix_equals_an_empty_one(requested: str | None, described: str | None) -> None:
    output = {"s3_bucket": "results", **({} if requested is None else {"s3_key_prefix": requested})}
    found = description(
        ProjectVersionArn=VERSION,
        Status="TRAINING_IN_PROGRESS",
        OutputConfig={"S3Bucket": "results", **({} if described is None else {"S3KeyPrefix": described})},
        CreationTimestamp=CALLED,
    )
    recovery = CreateRecovery(create_request(output_config=output), lambda: NOW)
    assert isinstance(recovery.judge(found, ELAPSED, accepted=False), Carried)


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("found", [None, description(Status="TRAINING_IN_PROGRESS")], ids=["missing", "without ARN"])
def test_a_missing_version_does_not_show_the_outcome_of_a_create(
    found: ProjectVersionDescription | None, accepted: bool
) -> None:
    assert create_recovery("training").judge(found, 0, accepted=accepted) is None


@pytest.mark.parametrize(("seconds", "is_ours"), [(119, True), (120, True), (121, False)])
def test_the_clocks_of_the_service_may_differ_by_two_minutes(seconds: float, is_ours: bool) -> None:
    output = {"S3Bucket": "results", "S3KeyPrefix": "out"}
    found = description(
        ProjectVersionArn=VERSION,
        Status="TRAINING_IN_PROGRESS",
        OutputConfig=output,
        CreationTimestamp=NOW - timedelta(seconds=10 + seconds),
    )
    recovery = create_recovery("training")
    recovery.sought.served_at = NOW
    outcome = recovery.judge(found, 10, accepted=False)
    assert isinstance(outcome, Carried if is_ours else NotCarried)


def test_the_note_about_another_version_is_printable() -> None:
    found = description(
        ProjectVersionArn=VERSION, Status="NEW\x1b[2J", OutputConfig={"S3Bucket": "a\x1b", "S3KeyPrefix": ""}
    )
    outcome = create_recovery("training").judge(found, 0, accepted=False)
    assert isinstance(outcome, NotCarried)
    assert outcome.note.isprintable()
    assert "NEW\\x1b[2J, created at an unknown time" in outcome.note


@pytest.mark.parametrize(("work", "is_billed"), [("training", True), ("copying", False)])
def test_the_warning_of_a_create_says_how_to_check_it(work: str, is_billed: bool) -> None:
    warning = create_recovery(work).warning
    assert warning.startswith(f"The {work} of version 'v1' of ")
    assert "may have started" in warning
    assert ("would be billed" in warning) is is_billed
    assert "client.get_project_version(" in warning


@pytest.mark.parametrize(
    ("operation", "shown_by"),
    [
        (START, {"STARTING", "RUNNING"}),
        (STOP, {"STOPPING", "STOPPED"}),
        (DELETE, {"DELETING"}),
    ],
    ids=["start", "stop", "delete"],
)
@pytest.mark.parametrize("status", [*ProjectVersionStatus, None])
@pytest.mark.parametrize("accepted", [True, False])
def test_the_status_shows_whether_a_start_a_stop_or_a_deletion_was_carried_out(
    operation: StatusOperation, shown_by: set[str], status: ProjectVersionStatus | None, accepted: bool
) -> None:
    recovery = StatusRecovery(operation, SoughtVersion(VersionReference.parse(VERSION)))
    outcome = recovery.judge(description(ProjectVersionArn=VERSION, Status=status), 5, accepted=accepted)
    assert outcome == (Carried(status) if status in shown_by else None)
    assert f"Its status was {status} at the last lookup" in recovery.warning


@pytest.mark.parametrize(
    ("operation", "outcome"),
    [(START, None), (STOP, None), (DELETE, Carried(ProjectVersionStatus.DELETING))],
    ids=["start", "stop", "delete"],
)
def test_a_missing_version_shows_only_that_a_deletion_was_carried_out(operation: StatusOperation, outcome: Any) -> None:
    recovery = StatusRecovery(operation, SoughtVersion(VersionReference.parse((PROJECT, "v1"))))
    assert recovery.judge(None, 5, accepted=False) == outcome
    assert "It was not found by the last lookup" in recovery.warning
