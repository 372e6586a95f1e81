"""`explain_failure()`: the explanation of failed and other versions, for both clients."""

import asyncio
import json
import pickle
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, ProjectVersionDescription, VersionsClient
from rekog_versions.errors import TrainingFailedError, VersionNotFoundError
from rekog_versions.failures import FailureExplanation, LineExample, explain_failure
from rekog_versions.manifests import check_manifests
from rekog_versions.manifests.issues import CODES
from tests.failures.helpers import (
    BAD_LINE,
    OFF_FRAME,
    TOO_MANY_INVALID,
    UNANNOTATED,
    Bucket,
    FakeS3,
    causes,
    failed_version,
    s3_object,
    statistics,
    summary,
)
from tests.testing.emulator import BUCKET, Emulator, boxed_line, client, json_lines, line, shared_client
from tests.wire import PROJECT, VERSION, HttpResponse, Wire, described, versions


def test_a_failed_training_is_explained_from_the_reason_to_the_boxes(bucket: Bucket) -> None:
    off_frame, broken = boxed_line(7, "cat", "dog"), {"errors": [BAD_LINE]}
    off_frame["boxes"]["annotations"][1]["errors"] = [OFF_FRAME]
    empty = {"source-ref": "s3://custom-labels/images/9.jpg", "warnings": [UNANNOTATED]}
    error = {"code": "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST", "message": TOO_MANY_INVALID}
    bucket.put(
        summary=summary(statistics(4, 1, 1, [error]), statistics(1)),
        training=json_lines([line(1, "cat"), broken, off_frame, empty]),
        testing=json_lines([line(2, "cat")]),
    )

    explanation = bucket.explain()

    assert explanation.failed
    assert explanation.reason is not None
    assert explanation.reason.code == "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"
    assert explanation.reason.fix == CODES["ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"].fix
    assert [(found.code, found.manifest) for found in explanation.content_errors] == [
        ("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST", "training")
    ]
    groups = {found.code: found for found in explanation.line_errors}
    assert list(groups) == ["ERROR_INVALID_JSON_LINE", "ERROR_INVALID_BOUNDING_BOX", "WARNING_UNANNOTATED_RECORD"]
    assert groups["ERROR_INVALID_BOUNDING_BOX"].examples == (
        LineExample(
            manifest="training",
            line=3,
            place=("boxes", "annotations", 1),
            source_ref="s3://custom-labels/images/7.jpg",
            message=OFF_FRAME["message"],
            file=f"s3://{BUCKET}/training.json",
        ),
    )
    assert groups["ERROR_INVALID_JSON_LINE"].examples[0].line == 2
    assert groups["ERROR_INVALID_JSON_LINE"].examples[0].source_ref is None
    assert groups["WARNING_UNANNOTATED_RECORD"].is_warning
    assert explanation.training is not None
    assert explanation.training.use_case == "OBJECT_LOCALIZATION"
    assert explanation.training.invalid_share == 0.25
    assert explanation.line_errors_are_fatal is True
    assert explanation.unreadable_files == ()
    assert explanation.billing == "A failed training is not billed."

    text = str(explanation)
    assert text.splitlines()[0] == f"The training of {VERSION} failed (TRAINING_FAILED)."
    assert text.splitlines()[1] == f"Reason: {TOO_MANY_INVALID} (ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST)"
    assert text.count(CODES["ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"].fix) == 1
    assert "training line 3, s3://custom-labels/images/7.jpg, at boxes/annotations/1" in text
    assert "25.0% of the lines are invalid, more than 20%: this alone stops a training." in text


def test_a_failed_training_of_the_emulated_service_is_explained(emulator: Emulator) -> None:
    emulator.put(json_lines(line(number, "cat") for number in range(9)) + b"no json\n")
    project = emulator.project()
    arn = emulator.create(project)
    versions_client = VersionsClient(emulator.rekognition, s3=emulator.s3)
    with pytest.raises(TrainingFailedError, match=r"rekog_versions\.failures\.explain_failure\(client, '" + arn):
        versions_client.wait_until_trained(arn)

    for reference in (arn, (project, "v1"), versions_client.get_project_version(arn)):
        explanation = explain_failure(versions_client, reference)
        assert explanation.version == arn
        assert explanation.reason is not None
        assert explanation.reason.code == "ERROR_MANIFEST_TOO_FEW_LABELS"
        assert [(group.code, group.training_lines) for group in explanation.line_errors] == [
            ("ERROR_INVALID_JSON_LINE", 1)
        ]
        assert explanation.training is not None
        assert explanation.training.invalid_json_lines == 1
        assert explanation.line_errors_are_fatal is False
        assert explanation.unreadable_files == ()


def test_an_async_client_gets_the_same_explanation_and_reads_s3_in_another_thread(bucket: Bucket) -> None:
    bucket.put(summary=summary(statistics(1), statistics(1)), training=b"{}\n", testing=b"{}\n")
    s3 = client("s3")
    threads: set[threading.Thread] = set()
    s3.meta.events.register("before-send.s3", lambda **_: threads.add(threading.current_thread()))
    async_client = AsyncVersionsClient(bucket.emulator.rekognition, s3=s3)

    async def explain() -> FailureExplanation:
        return await explain_failure(async_client, failed_version())

    assert asyncio.run(explain()) == bucket.explain()
    assert threads
    assert threading.current_thread() not in threads


def test_the_object_version_in_the_description_is_read(bucket: Bucket) -> None:
    bucket.emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    old = bucket.emulator.s3.put_object(Bucket=BUCKET, Key="summary.json", Body=summary(statistics(7), statistics(0)))
    bucket.put(summary=summary(statistics(8), statistics(0)), training=b"", testing=b"")
    explanation = bucket.explain(failed_version(ManifestSummary=s3_object("summary.json", old["VersionId"])))
    assert explanation.training is not None
    assert explanation.training.total_json_lines == 7


def test_examples_are_limited_and_counts_are_complete(bucket: Bucket) -> None:
    bad = json_lines({**line(number, "cat"), "errors": [BAD_LINE, OFF_FRAME]} for number in range(30))
    bucket.put(summary=summary(statistics(30, 30), statistics(30, 30)), training=bad, testing=bad)
    explanation = bucket.explain(examples=2)
    assert {(found.count, found.training_lines, found.testing_lines) for found in explanation.line_errors} == {
        (60, 30, 30)
    }
    examples = [[(example.manifest, example.line) for example in found.examples] for found in explanation.line_errors]
    assert examples == [[("training", 1), ("training", 2), ("testing", 1), ("testing", 2)]] * 2
    assert "60 on 30 training lines and 30 testing lines" in str(explanation)
    assert "- and 56 more" in str(explanation)
    assert all(not found.examples for found in bucket.explain(examples=0).line_errors)
    with pytest.raises(ValueError, match="examples must be 0 or more, got -1"):
        bucket.explain(examples=-1)


def test_an_attribute_named_errors_is_not_an_error_of_the_service(bucket: Bucket) -> None:
    own = {"source-ref": "s3://b/k.jpg", "errors": 3, "errors-metadata": {"class-name": "errors", "warnings": ["x"]}}
    bucket.put(summary=summary(statistics(1), statistics(0)), training=json_lines([own]), testing=b"")
    explanation = bucket.explain()
    assert explanation.line_errors == ()
    assert explanation.unreadable_files == ()


@pytest.mark.parametrize(
    ("training", "testing", "are_fatal"),
    [
        (statistics(100, 20), statistics(10), False),
        (statistics(100, 21), statistics(10), True),
        (statistics(100), statistics(10, 3), True),
        (statistics(5, 0, 5), statistics(0), True),
        (statistics(100), statistics(0), False),
        (statistics(100), {"use_case": "NOT_DETERMINED"}, None),
        ({"total_json_lines": "many"}, statistics(1), None),
    ],
)
def test_line_errors_are_fatal_if_over_a_fifth_is_invalid_or_no_line_is_usable(
    bucket: Bucket, training: dict[str, Any], testing: dict[str, Any], are_fatal: bool | None
) -> None:
    bucket.put(summary=summary(training, testing), training=b"", testing=b"")
    assert bucket.explain().line_errors_are_fatal is are_fatal


def test_a_service_issue_does_not_blame_the_manifests(wire: Wire) -> None:
    message = "Amazon Rekognition experienced a service issue."
    wire.on("DescribeProjects", projects()).on(
        "DescribeProjectVersions", versions(described("TRAINING_FAILED", StatusMessage=message))
    )
    explanation = explain_failure(VersionsClient(wire.client()), VERSION)
    assert explanation.reason is not None
    assert explanation.reason.code is None
    assert "internal problem" in str(explanation.reason.fix)
    assert not any("Fix the errors" in step for step in explanation.next_steps)
    assert set(causes(explanation)) == {
        "manifest summary",
        "training validation manifest",
        "testing validation manifest",
    }
    assert str(explanation).count("names no such file") == 1


def projects() -> Any:
    return HttpResponse({"ProjectDescriptions": [{"ProjectArn": PROJECT, "Status": "CREATED"}]})


def explain_on_wire(wire: Wire, description: Mapping[str, Any]) -> FailureExplanation:
    wire.on("DescribeProjects", projects()).on("DescribeProjectVersions", versions(description))
    return explain_failure(VersionsClient(wire.client()), VERSION)


def test_a_completed_training_has_warnings_and_has_not_failed(emulator: Emulator) -> None:
    emulator.put(
        json_lines(
            [*(line(n, "cat" if n % 2 else "dog") for n in range(20)), {"source-ref": "s3://custom-labels/bare.jpg"}]
        )
    )
    project = emulator.project()
    arn = emulator.create(project)
    explanation = explain_failure(VersionsClient(emulator.rekognition, s3=emulator.s3), arn)
    assert not explanation.failed
    assert explanation.reason is None
    assert [(found.code, found.training_lines) for found in explanation.line_errors] == [
        ("WARNING_UNANNOTATED_RECORD", 1)
    ]
    assert explanation.billable_seconds is not None
    assert str(explanation).startswith(f"{arn} has not failed (TRAINING_COMPLETED).")
    assert f"The training is billed: {explanation.billable_seconds:,} seconds." in str(explanation)


def test_a_running_training_has_nothing_to_explain_yet(wire: Wire) -> None:
    explanation = explain_on_wire(wire, described("TRAINING_IN_PROGRESS"))
    assert not explanation.failed
    assert explanation.unreadable_files == ()
    assert any("wait_until_trained()" in step for step in explanation.next_steps)


@pytest.mark.parametrize(("status", "subject"), [("FAILED", "start"), ("COPYING_FAILED", "copy")])
def test_a_failed_start_or_copy_is_explained_by_its_status_message(wire: Wire, status: str, subject: str) -> None:
    explanation = explain_on_wire(
        wire, described(status, StatusMessage="No capacity.", ManifestSummary=s3_object("summary.json"))
    )
    assert explanation.failed
    assert explanation.subject == subject
    assert explanation.reason is not None
    assert explanation.reason.message == "No capacity."
    assert explanation.unreadable_files == ()
    assert str(explanation).startswith(f"The {'start' if subject == 'start' else 'copying'} of {VERSION} failed")


def test_a_description_is_requested_again_unless_its_status_is_final(wire: Wire) -> None:
    stale = ProjectVersionDescription.model_validate(described("TRAINING_IN_PROGRESS"))
    wire.on("DescribeProjects", projects()).on(
        "DescribeProjectVersions", versions(described("TRAINING_FAILED", StatusMessage=TOO_MANY_INVALID))
    )
    versions_client = VersionsClient(wire.client())
    assert explain_failure(versions_client, stale).failed
    assert len(wire.requests_of("DescribeProjectVersions")) == 1
    explain_failure(versions_client, failed_version())
    assert len(wire.requests_of("DescribeProjectVersions")) == 1


def test_a_version_without_an_arn_is_named_by_project_and_name(wire: Wire) -> None:
    description = {name: value for name, value in described("FAILED").items() if name != "ProjectVersionArn"}
    wire.on("DescribeProjectVersions", versions(description))
    explanation = explain_failure(VersionsClient(wire.client()), (PROJECT, "v1"))
    assert explanation.version == f"version 'v1' of project {PROJECT}"
    without = failed_version().model_copy(update={"project_version_arn": None})
    assert explain_failure(VersionsClient(wire.client()), without).version == "a version without an ARN"


def test_a_missing_version_raises(wire: Wire) -> None:
    wire.on("DescribeProjects", projects()).on("DescribeProjectVersions", versions())
    with pytest.raises(VersionNotFoundError):
        explain_failure(VersionsClient(wire.client()), VERSION)


def test_an_invalid_arn_raises_before_anything_is_sent(wire: Wire) -> None:
    with pytest.raises(ValueError, match="not a project version ARN"):
        explain_failure(VersionsClient(wire.client()), "v1")
    assert wire.sent == []


def test_untrusted_text_is_escaped_in_the_text_and_unchanged_in_the_fields(bucket: Bucket) -> None:
    nasty = "\x1b]0;owned\x07\u202e\ud800"
    entry = {"source-ref": f"s3://b/{nasty}", nasty: {"errors": [{"code": f"ERROR_{nasty}", "message": nasty}]}}
    training = json.dumps(entry).encode()
    bucket.put(
        summary=summary({**statistics(1), "use_case": nasty}, statistics(0), [{"code": nasty, "message": nasty}]),
        training=training,
        testing=b"",
    )
    explanation = bucket.explain(failed_version(message=nasty))
    assert all(char.isprintable() for text in str(explanation).splitlines() for char in text)
    assert nasty in explanation.line_errors[0].message
    assert json.loads(explanation.to_json())["reasons"][0]["message"] == nasty


def test_the_explanation_converts_to_plain_json_values(bucket: Bucket) -> None:
    bad = {**line(1), "errors": [BAD_LINE]}
    bucket.put(summary=summary(statistics(1, 1), statistics(0)), training=json_lines([bad]), testing=b"")
    document = json.loads(bucket.explain().to_json())
    assert document == bucket.explain().to_dict()
    assert document["status"] == "TRAINING_FAILED"
    assert document["failed"] is True
    assert document["line_errors_are_fatal"] is True
    assert document["line_errors"][0]["examples"][0]["place"] == []
    assert type(bucket.explain().to_dict()["status"]) is str
    assert pickle.loads(pickle.dumps(bucket.explain())) == bucket.explain()


def test_the_files_that_check_manifests_writes_give_the_same_counts(tmp_path: Path) -> None:
    wrong = boxed_line(1, "cat", "dog", "cat")
    wrong["boxes"]["annotations"][0]["left"] = -1
    wrong["boxes"]["annotations"][2]["width"] = 0.5
    mixed = line(2, "cat", "dog")
    mixed["label0-metadata"]["type"] = "groundtruth/other"
    lines = [wrong, boxed_line(3), line(4), mixed, boxed_line(5, *["cat"] * 51), {"boxes": 1}, boxed_line(6, "cat")]
    content = json_lines(lines) + b"no json\n\n"
    report = check_manifests(content, json_lines(lines[:2]), write_to=tmp_path)
    names = {
        "summary.json": "manifest_summary.json",
        "training.json": "training_manifest_with_validation.json",
        "testing.json": "testing_manifest_with_validation.json",
    }
    s3 = FakeS3({key: (tmp_path / name).read_bytes() for key, name in names.items()})
    explanation = explain_failure(VersionsClient(shared_client("rekognition"), s3=s3), failed_version())

    of_lines = {code: count for code, count in report.counts.items() if code in CODES and not CODES[code].is_terminal}
    assert len(of_lines) > 6
    assert {found.code: found.count for found in explanation.line_errors} == of_lines
    terminal = [(issue.code, issue.file is not None) for issue in report.terminal]
    assert [(error.code, error.manifest is not None) for error in explanation.content_errors] == terminal
    assert explanation.training is not None
    for name in ("total_json_lines", "valid_json_lines", "invalid_json_lines", "ignored_json_lines"):
        assert getattr(explanation.training, name) == getattr(report.training, name)
    assert explanation.unreadable_files == ()


def test_the_text_of_many_errors_is_short_and_the_fields_have_all_of_them(bucket: Bucket) -> None:
    errors = [{"code": f"ERROR_{number}", "message": "m"} for number in range(150_000)]
    bucket.put(
        summary=summary(statistics(4, 1, 1, errors), statistics(1)),
        training=json_lines([line(1, "cat")]),
        testing=json_lines([line(2, "cat")]),
    )
    explanation = bucket.explain()
    shown = str(explanation).splitlines()
    assert len(shown) < 60
    hidden = len(explanation.content_errors) - 20
    assert f"In the manifest summary: and {hidden:,} more" in shown
