"""explain_failure: what the service's files say, and all the ways in which they can't be read."""

import asyncio
import io
import json
import pickle
import re
import tracemalloc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError
from botocore.response import StreamingBody
from hypothesis import given, settings
from hypothesis import strategies as st

from rekog_versions import AsyncVersionsClient, ProjectVersionDescription, VersionsClient
from rekog_versions.errors import TrainingFailedError, VersionNotFoundError
from rekog_versions.failures import FailureExplanation, LineExample, explain_failure
from rekog_versions.failures.files import lines_of
from rekog_versions.failures.reasons import reasons_of
from rekog_versions.failures.tally import Tally
from rekog_versions.manifests.check.check import check_manifests
from rekog_versions.manifests.issues import CODES
from rekog_versions.testing import CustomLabelsControl
from tests.testing.world import BUCKET, World, boxed_line, client, json_lines, line, shared_client
from tests.wire import PROJECT, VERSION, Answer, Wire, described, versions

TOO_MANY_INVALID = "The manifest file contains too many invalid rows."
OFF_FRAME = {"code": "ERROR_INVALID_BOUNDING_BOX", "message": "The bounding box has off frame values."}
BAD_LINE = {"code": "ERROR_INVALID_JSON_LINE", "message": "The JSON Line has an invalid format."}
UNANNOTATED = {"code": "WARNING_UNANNOTATED_RECORD", "message": "Record is unannotated."}


def statistics(total: int, invalid: int = 0, ignored: int = 0, errors: Sequence[object] = ()) -> dict[str, Any]:
    return {
        "use_case": "OBJECT_LOCALIZATION",
        "total_json_lines": total,
        "valid_json_lines": total - invalid - ignored,
        "invalid_json_lines": invalid,
        "ignored_json_lines": ignored,
        "errors": errors,
        "error_json_line_indices": [],
    }


def summary(training: Mapping[str, Any], testing: Mapping[str, Any], errors: Sequence[object] = ()) -> bytes:
    return json.dumps({"errors": errors, "statistics": {"testing": testing, "training": training}}).encode()


def pointing(key: str, version: str | None = None) -> dict[str, Any]:
    named = {"Bucket": BUCKET, "Name": key} | ({} if version is None else {"Version": version})
    return {"S3Object": named}


def failed(status: str = "TRAINING_FAILED", message: str | None = TOO_MANY_INVALID, **members: Any) -> Any:
    """A description whose files are `summary.json`, `training.json` and `testing.json`, unless told otherwise."""

    def validation(key: str) -> dict[str, Any]:
        return {"Validation": {"Assets": [{"GroundTruthManifest": pointing(key)}]}}

    whole = {
        "StatusMessage": message,
        "ManifestSummary": pointing("summary.json"),
        "TrainingDataResult": validation("training.json"),
        "TestingDataResult": validation("testing.json"),
        **members,
    }
    kept = {name: value for name, value in whole.items() if value is not None}
    return ProjectVersionDescription.model_validate(described(status, **kept))


@pytest.fixture
def world(custom_labels: CustomLabelsControl) -> World:
    """The emulated service with a bucket in it."""
    made = World(custom_labels, shared_client("rekognition"), shared_client("s3"))
    made.s3.create_bucket(Bucket=BUCKET)
    return made


class Files:
    """S3 with whatever files a test puts there, and the client that reads them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = VersionsClient(world.rekognition, s3=world.s3)

    def put(self, **contents: bytes) -> "Files":
        for name, content in contents.items():
            self.world.put(content, f"{name}.json")
        return self

    def explain(self, description: Any = None, **options: Any) -> FailureExplanation:
        return explain_failure(self.client, description or failed(), **options)


@pytest.fixture
def files(world: World) -> Files:
    return Files(world)


def whys(explanation: FailureExplanation) -> dict[str, str]:
    return {missing.file: missing.why for missing in explanation.not_read}


# -- what the files say ------------------------------------------------------------------------------------------------


def test_a_failed_training_is_explained_from_its_reason_down_to_its_boxes(files: Files) -> None:
    off_frame, broken = boxed_line(7, "cat", "dog"), {"errors": [BAD_LINE]}
    off_frame["boxes"]["annotations"][1]["errors"] = [OFF_FRAME]
    empty = {"source-ref": "s3://custom-labels/images/9.jpg", "warnings": [UNANNOTATED]}
    error = {"code": "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST", "message": TOO_MANY_INVALID}
    files.put(
        summary=summary(statistics(4, 1, 1, [error]), statistics(1)),
        training=json_lines([line(1, "cat"), broken, off_frame, empty]),
        testing=json_lines([line(2, "cat")]),
    )

    explanation = files.explain()

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
    assert explanation.lines_alone_stop is True
    assert explanation.not_read == ()
    assert explanation.billing == "A failed training is not billed."

    text = str(explanation)
    assert text.splitlines()[0] == f"The training of {VERSION} failed (TRAINING_FAILED)."
    assert text.splitlines()[1] == f"Reason: {TOO_MANY_INVALID} (ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST)"
    assert text.count(CODES["ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"].fix) == 1
    assert "training line 3, s3://custom-labels/images/7.jpg, at boxes/annotations/1" in text
    assert "25.0% of the lines are invalid, more than 20%: this alone stops a training." in text


def test_a_training_of_the_emulated_service_is_explained_in_one_call(world: World) -> None:
    world.put(json_lines(line(number, "cat") for number in range(9)) + b"no json\n")
    project = world.project()
    arn = world.create(project)
    versions_client = VersionsClient(world.rekognition, s3=world.s3)
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
        assert explanation.lines_alone_stop is False
        assert explanation.not_read == ()


def test_an_asyncio_client_gets_the_same_explanation(files: Files) -> None:
    files.put(summary=summary(statistics(1), statistics(1)), training=b"{}\n", testing=b"{}\n")
    asynchronous = AsyncVersionsClient(files.world.rekognition, s3=files.world.s3)

    async def explain() -> FailureExplanation:
        return await explain_failure(asynchronous, failed())

    assert asyncio.run(explain()) == files.explain()


def test_a_named_object_version_is_the_one_that_is_read(files: Files) -> None:
    files.world.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    old = files.world.s3.put_object(Bucket=BUCKET, Key="summary.json", Body=summary(statistics(7), statistics(0)))
    files.put(summary=summary(statistics(8), statistics(0)), training=b"", testing=b"")
    explanation = files.explain(failed(ManifestSummary=pointing("summary.json", old["VersionId"])))
    assert explanation.training is not None
    assert explanation.training.total_json_lines == 7


def test_examples_are_as_many_as_asked_for_and_counts_are_of_all(files: Files) -> None:
    bad = json_lines({**line(number, "cat"), "errors": [BAD_LINE, OFF_FRAME]} for number in range(30))
    files.put(summary=summary(statistics(30, 30), statistics(30, 30)), training=bad, testing=bad)
    explanation = files.explain(examples=2)
    assert {(found.count, found.training_lines, found.testing_lines) for found in explanation.line_errors} == {
        (60, 30, 30)
    }
    examples = [[(example.manifest, example.line) for example in found.examples] for found in explanation.line_errors]
    assert examples == [[("training", 1), ("training", 2), ("testing", 1), ("testing", 2)]] * 2
    assert "60 on 30 training lines and 30 testing lines" in str(explanation)
    assert "- and 56 more" in str(explanation)
    assert all(not found.examples for found in files.explain(examples=0).line_errors)
    with pytest.raises(ValueError, match="examples must be 0 or more, got -1"):
        files.explain(examples=-1)


def test_what_an_attribute_named_errors_holds_is_no_error_of_the_service(files: Files) -> None:
    own = {"source-ref": "s3://b/k.jpg", "errors": 3, "errors-metadata": {"class-name": "errors", "warnings": ["x"]}}
    files.put(summary=summary(statistics(1), statistics(0)), training=json_lines([own]), testing=b"")
    explanation = files.explain()
    assert explanation.line_errors == ()
    assert explanation.not_read == ()


@pytest.mark.parametrize(
    ("training", "testing", "alone"),
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
def test_lines_alone_stop_a_training_where_a_fifth_is_invalid_or_none_is_usable(
    files: Files, training: dict[str, Any], testing: dict[str, Any], alone: bool | None
) -> None:
    files.put(summary=summary(training, testing), training=b"", testing=b"")
    assert files.explain().lines_alone_stop is alone


# -- the reason --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code in CODES.values() if code.is_terminal], ids=lambda code: code.name)
def test_every_terminal_message_is_known_by_its_words(code: Any) -> None:
    message = code.message.replace("{}", "50")
    for spelled in (message, f"  {message} ", message.removesuffix("."), message.replace(" ", "\n", 1)):
        (reason,) = reasons_of(spelled)
        assert reason.code == code.name
        assert reason.message == spelled
        assert reason.fix == code.fix


def test_several_reasons_are_told_apart_and_in_their_order() -> None:
    message = (
        "The manifest file has too few labels. "
        "Less than 12.5% label overlap between the training and testing manifest files."
    )
    reasons = reasons_of(message)
    assert [reason.code for reason in reasons] == ["ERROR_MANIFEST_TOO_FEW_LABELS", "ERROR_INSUFFICIENT_LABEL_OVERLAP"]
    assert reasons[0].message == message


def test_an_unknown_message_is_kept_as_it_is_and_escaped_where_it_is_shown(files: Files) -> None:
    explanation = files.explain(failed(message="\x1b[2JThe moon was full."))
    assert explanation.reason is not None
    assert explanation.reason.message == "\x1b[2JThe moon was full."
    assert explanation.reason.code is None
    assert explanation.reason.fix is None
    assert "Reason: \\x1b[2JThe moon was full.\n" in str(explanation)


def test_a_code_in_a_message_is_taken_even_if_it_is_new() -> None:
    (reason,) = reasons_of("ERROR_BUCKET_ON_FIRE: call the fire brigade")
    assert (reason.code, reason.fix) == ("ERROR_BUCKET_ON_FIRE", None)


def test_a_service_issue_is_not_the_manifests_fault(wire: Wire) -> None:
    message = "Amazon Rekognition experienced a service issue."
    wire.on("DescribeProjects", _projects()).on(
        "DescribeProjectVersions", versions(described("TRAINING_FAILED", StatusMessage=message))
    )
    explanation = explain_failure(VersionsClient(wire.client()), VERSION)
    assert explanation.reason is not None
    assert explanation.reason.code is None
    assert "problem of its own" in str(explanation.reason.fix)
    assert not any("Mend" in step for step in explanation.next_steps)
    assert set(whys(explanation)) == {
        "manifest summary",
        "training validation manifest",
        "testing validation manifest",
    }
    assert str(explanation).count("names no such file") == 1


def _projects() -> Any:
    return Answer({"ProjectDescriptions": [{"ProjectArn": PROJECT, "Status": "CREATED"}]})


# -- what has not failed -----------------------------------------------------------------------------------------------


def ask(wire: Wire, description: Mapping[str, Any]) -> FailureExplanation:
    wire.on("DescribeProjects", _projects()).on("DescribeProjectVersions", versions(description))
    return explain_failure(VersionsClient(wire.client()), VERSION)


def test_a_completed_training_tells_its_warnings_and_has_not_failed(world: World) -> None:
    world.put(
        json_lines(
            [*(line(n, "cat" if n % 2 else "dog") for n in range(20)), {"source-ref": "s3://custom-labels/bare.jpg"}]
        )
    )
    project = world.project()
    arn = world.create(project)
    explanation = explain_failure(VersionsClient(world.rekognition, s3=world.s3), arn)
    assert not explanation.failed
    assert explanation.reason is None
    assert [(found.code, found.training_lines) for found in explanation.line_errors] == [
        ("WARNING_UNANNOTATED_RECORD", 1)
    ]
    assert explanation.billable_seconds is not None
    assert str(explanation).startswith(f"{arn} has not failed (TRAINING_COMPLETED).")
    assert f"The training is billed: {explanation.billable_seconds:,} seconds." in str(explanation)


def test_a_training_that_goes_on_has_nothing_to_explain_yet(wire: Wire) -> None:
    explanation = ask(wire, described("TRAINING_IN_PROGRESS"))
    assert not explanation.failed
    assert explanation.not_read == ()
    assert any("wait_until_trained()" in step for step in explanation.next_steps)


@pytest.mark.parametrize(("status", "subject"), [("FAILED", "start"), ("COPYING_FAILED", "copy")])
def test_a_failed_start_or_copy_is_told_by_its_status_message(wire: Wire, status: str, subject: str) -> None:
    explanation = ask(wire, described(status, StatusMessage="No capacity.", ManifestSummary=pointing("summary.json")))
    assert explanation.failed
    assert explanation.subject == subject
    assert explanation.reason is not None
    assert explanation.reason.message == "No capacity."
    assert explanation.not_read == ()
    assert str(explanation).startswith(f"The {'start' if subject == 'start' else 'copying'} of {VERSION} failed")


def test_a_description_is_asked_for_again_unless_its_status_is_the_last(wire: Wire) -> None:
    stale = ProjectVersionDescription.model_validate(described("TRAINING_IN_PROGRESS"))
    wire.on("DescribeProjects", _projects()).on(
        "DescribeProjectVersions", versions(described("TRAINING_FAILED", StatusMessage=TOO_MANY_INVALID))
    )
    versions_client = VersionsClient(wire.client())
    assert explain_failure(versions_client, stale).failed
    assert len(wire.asked("DescribeProjectVersions")) == 1
    explain_failure(versions_client, failed())
    assert len(wire.asked("DescribeProjectVersions")) == 1


def test_a_version_whose_arn_the_service_does_not_tell_is_named_as_it_was_asked_for(wire: Wire) -> None:
    description = {name: value for name, value in described("FAILED").items() if name != "ProjectVersionArn"}
    wire.on("DescribeProjectVersions", versions(description))
    explanation = explain_failure(VersionsClient(wire.client()), (PROJECT, "v1"))
    assert explanation.version == f"version 'v1' of project {PROJECT}"
    without = failed().model_copy(update={"project_version_arn": None})
    assert explain_failure(VersionsClient(wire.client()), without).version == "a version without an ARN"


def test_a_version_that_is_not_there_raises(wire: Wire) -> None:
    wire.on("DescribeProjects", _projects()).on("DescribeProjectVersions", versions())
    with pytest.raises(VersionNotFoundError):
        explain_failure(VersionsClient(wire.client()), VERSION)


def test_what_names_no_version_raises_before_anything_is_sent(wire: Wire) -> None:
    with pytest.raises(ValueError, match="not a project version ARN"):
        explain_failure(VersionsClient(wire.client()), "v1")
    assert wire.sent == []


# -- what can't be read ------------------------------------------------------------------------------------------------


def test_without_a_session_the_status_message_is_explained_and_the_rest_told_to_be_missing(world: World) -> None:
    explanation = explain_failure(VersionsClient(world.rekognition), failed())
    assert explanation.reason is not None
    assert explanation.reason.code == "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"
    assert len(explanation.not_read) == 3
    assert all("s3=boto3.client('s3')" in missing.why for missing in explanation.not_read)
    assert explanation.lines_alone_stop is None


def test_files_that_are_gone_are_named_with_what_s3_says(files: Files) -> None:
    gone = failed(ManifestSummary={"S3Object": {"Bucket": "no-such-bucket", "Name": "summary.json"}})
    explanation = files.explain(gone)
    assert "NoSuchBucket" in whys(explanation)["manifest summary"]
    assert "NoSuchKey" in whys(explanation)["training validation manifest"]
    assert [missing.uri for missing in explanation.not_read] == [
        "s3://no-such-bucket/summary.json",
        f"s3://{BUCKET}/training.json",
        f"s3://{BUCKET}/testing.json",
    ]
    assert any("once the files" in step for step in explanation.next_steps)


def s3_that_answers(answer: AWSResponse | Exception) -> Any:
    """S3's client, whose network gives the same answer to everything."""

    def send(request: Any, **_: Any) -> AWSResponse:
        if isinstance(answer, Exception):
            raise answer
        return answer

    s3 = client("s3")
    s3.meta.events.register_first("before-send.s3", send)
    return s3


class Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, amount: int = 1024, decode_content: bool = True) -> Iterator[bytes]:
        yield self._content

    def read(self, amount: int | None = None) -> bytes:
        return self._content


DENIAL = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (AWSResponse("https://s3", 403, HTTPHeaders(), Raw(DENIAL)), "the caller needs s3:GetObject"),
        (EndpointConnectionError(endpoint_url="https://s3"), "EndpointConnectionError: .*a little later"),
        (RuntimeError("out of the blue"), "RuntimeError: out of the blue"),
    ],
)
def test_what_keeps_a_file_from_being_read_is_told_and_not_raised(world: World, answer: Any, why: str) -> None:
    explanation = explain_failure(VersionsClient(world.rekognition, s3=s3_that_answers(answer)), failed())
    assert len(explanation.not_read) == 3
    for missing in explanation.not_read:
        assert re.search(why, missing.why)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is no JSON"),
        (b"{", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"\xff\xfe", "it is no JSON"),
        (b"[1]", "has a list instead of an object"),
        (b'{"version": 2, "stats": {}}', "has the keys stats, version"),
        (b'{"statistics": 3, "errors": 4}', "has the keys errors, statistics"),
    ],
)
def test_a_summary_of_another_make_is_told_and_the_lines_are_counted_instead(
    files: Files, content: bytes, why: str
) -> None:
    lines = [line(1, "cat"), {**line(2), "errors": [BAD_LINE]}, {**line(3), "warnings": [UNANNOTATED]}]
    files.put(summary=content, training=json_lines(lines), testing=json_lines(lines))
    explanation = files.explain()
    assert why in whys(explanation)["manifest summary"]
    assert explanation.training is not None
    assert explanation.training.is_counted_here
    assert explanation.training.total_json_lines == 3
    assert explanation.training.valid_json_lines == 1
    assert explanation.training.invalid_json_lines == 1
    assert explanation.training.ignored_json_lines == 1
    assert "counted in the validation manifest" in str(explanation)


def test_unknown_members_and_codes_of_a_newer_format_are_taken_along(files: Files) -> None:
    new = {"code": "ERROR_TOO_BLURRED", "message": "The image is blurred.", "severity": 3}
    document = {
        "format": 2,
        "statistics": {"training": {**statistics(2), "images": 2}, "validation": {}},
        "errors": [new, {"code": 4}, "?"],
    }
    mask = {**line(1), "mask": {"regions": [{"polygon": [], "errors": [new]}]}}
    files.put(summary=json.dumps(document).encode(), training=json_lines([mask]), testing=b"")
    explanation = files.explain()
    assert [error.code for error in explanation.content_errors] == ["ERROR_TOO_BLURRED", None]
    (group,) = explanation.line_errors
    assert (group.code, group.fix, group.examples[0].place) == ("ERROR_TOO_BLURRED", None, ("mask", "regions", 0))
    assert explanation.not_read == ()
    assert "ERROR_TOO_BLURRED" in str(explanation)


def test_lines_whose_errors_can_not_be_read_are_counted_and_the_others_are_read(files: Files) -> None:
    lines = [b'{"errors": [', json.dumps({"errors": [BAD_LINE]}).encode(), b'["errors"]', b'{"errors": "\xff"}']
    files.put(summary=summary(statistics(4), statistics(0)), training=b"\n".join(lines), testing=b"")
    explanation = files.explain()
    assert [group.count for group in explanation.line_errors] == [1]
    assert "3 of its lines" in whys(explanation)["training validation manifest"]
    assert "first: 1, 3, 4" in whys(explanation)["training validation manifest"]


def test_a_stream_that_is_torn_off_leaves_what_came_before(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = json.dumps({"errors": [BAD_LINE]}).encode() + b"\n"
    files.put(summary=summary(statistics(9), statistics(0)), training=bad * 9, testing=b"")

    def torn(parsed: dict[str, Any], **_: Any) -> None:
        if "Body" in parsed and parsed["ContentLength"] == len(bad) * 9:
            parsed["Body"] = Torn(bad * 3)

    s3 = client("s3")
    s3.meta.events.register("after-call.s3.GetObject", torn)
    explanation = explain_failure(VersionsClient(files.world.rekognition, s3=s3), failed())
    assert [group.count for group in explanation.line_errors] == [3]
    assert "from line 4 on" in whys(explanation)["training validation manifest"]


class Torn:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        yield self._content
        raise ConnectionResetError("the line went dead")


def test_what_others_wrote_is_shown_escaped_and_kept_as_it_came(files: Files) -> None:
    nasty = "\x1b]0;owned\x07\u202e"
    entry = {"source-ref": f"s3://b/{nasty}", nasty: {"errors": [{"code": f"ERROR_{nasty}", "message": nasty}]}}
    files.put(
        summary=summary({**statistics(1), "use_case": nasty}, statistics(0), [{"code": nasty, "message": nasty}]),
        training=json_lines([entry]),
        testing=b"",
    )
    explanation = files.explain(failed(message=nasty))
    assert all(char.isprintable() for text in str(explanation).splitlines() for char in text)
    assert nasty in explanation.line_errors[0].message
    assert json.loads(explanation.to_json())["reasons"][0]["message"] == nasty


def test_the_explanation_is_plain_values_in_json(files: Files) -> None:
    bad = {**line(1), "errors": [BAD_LINE]}
    files.put(summary=summary(statistics(1, 1), statistics(0)), training=json_lines([bad]), testing=b"")
    document = json.loads(files.explain().to_json())
    assert document == files.explain().to_dict()
    assert document["status"] == "TRAINING_FAILED"
    assert document["failed"] is True
    assert document["lines_alone_stop"] is True
    assert document["line_errors"][0]["examples"][0]["place"] == []
    assert type(files.explain().to_dict()["status"]) is str
    assert pickle.loads(pickle.dumps(files.explain())) == files.explain()


def test_what_check_manifests_writes_is_read_back_as_it_counted(tmp_path: Path) -> None:
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
    s3 = Canned({key: (tmp_path / name).read_bytes() for key, name in names.items()})
    explanation = explain_failure(VersionsClient(shared_client("rekognition"), s3=s3), failed())

    of_lines = {code: count for code, count in report.counts.items() if code in CODES and not CODES[code].is_terminal}
    assert len(of_lines) > 6
    assert {found.code: found.count for found in explanation.line_errors} == of_lines
    terminal = [(issue.code, issue.file is not None) for issue in report.terminal]
    assert [(error.code, error.manifest is not None) for error in explanation.content_errors] == terminal
    assert explanation.training is not None
    for name in ("total_json_lines", "valid_json_lines", "invalid_json_lines", "ignored_json_lines"):
        assert getattr(explanation.training, name) == getattr(report.training, name)
    assert explanation.not_read == ()


# -- size --------------------------------------------------------------------------------------------------------------


def test_memory_does_not_grow_with_the_validation_manifest(files: Files) -> None:
    bad = json.dumps({**line("x" * 400), "errors": [BAD_LINE]}).encode() + b"\n"

    def chunks() -> Iterator[bytes]:
        for _ in range(12):
            yield bad * (2**20 // len(bad))

    tally = Tally(5)
    tracemalloc.start()
    for number, text in enumerate(lines_of(chunks()), start=1):
        assert text is not None
        tally.add("training", number, text, "")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tally.counts["training"].invalid == tally.counts["training"].total > 10_000
    assert peak < 5 * 2**20


def test_more_codes_than_the_service_has_are_not_kept_apart(files: Files) -> None:
    lines = [{"errors": [{"code": f"ERROR_{number}", "message": "?"}]} for number in range(1000)]
    files.put(summary=summary(statistics(1000), statistics(0)), training=json_lines(lines), testing=b"")
    explanation = files.explain()
    assert len(explanation.line_errors) == 201
    assert sum(group.count for group in explanation.line_errors) == 1000


@given(st.binary(max_size=60).map(lambda text: text.replace(b"a", b"\n")), st.lists(st.integers(0, 60), max_size=6))
@settings(max_examples=200, deadline=None)
def test_lines_are_the_same_however_they_come_in_chunks(content: bytes, cuts: list[int]) -> None:
    ends = sorted({0, *cuts, 60})
    chunks = [content[start:end] for start, end in pairwise(ends)]
    whole = content.split(b"\n")
    expected = whole[:-1] if not whole[-1] else whole
    assert list(lines_of(chunks)) == expected


def test_a_line_of_any_length_costs_no_more_than_the_longest_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekog_versions.failures.files._LONGEST_LINE", 10)
    chunks: Iterable[bytes] = [b"short\n", b"x" * 8, b"x" * 8, b"x\nfit", b"s\n", b"0123456789\n", b"y" * 11]
    assert list(lines_of(chunks)) == [b"short", None, b"fits", b"0123456789", None]


_NAMES = st.sampled_from(["errors", "warnings", "code", "message", "x"])
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(_ANYTHING, max_size=5), _ANYTHING)
@settings(max_examples=100, deadline=None)
def test_no_content_of_any_file_raises(lines: list[object], document: object) -> None:
    body = "\n".join(json.dumps(entry) for entry in lines).encode()
    s3 = Canned({"summary.json": json.dumps(document).encode(), "training.json": body, "testing.json": body})
    explanation = explain_failure(VersionsClient(shared_client("rekognition"), s3=s3), failed())
    assert explanation.failed
    assert str(explanation)
    assert json.loads(explanation.to_json())["version"] == VERSION


class Canned:
    """An S3 that needs no wire, for many files in a short time."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        content = self._contents[Key]
        return {"Body": StreamingBody(io.BytesIO(content), len(content))}


def test_a_validation_manifest_that_is_none_is_not_counted_as_lines_without_errors(files: Files) -> None:
    page = b"<html>\n<body>Service Unavailable</body>\n</html>\n"
    explanation = files.put(training=page, testing=b'\xef\xbb\xbf {"source-ref": "s3://b/k"}\r\n\r\n').explain()
    assert whys(explanation)["training validation manifest"] == (
        "3 of its lines can't be read as JSON objects, first: 1, 2, 3"
    )
    assert explanation.training is None
    assert explanation.testing is not None
    assert explanation.testing.total_json_lines == 2


def test_lines_are_invalid_or_ignored_for_what_stands_on_themselves_and_never_both() -> None:
    tally = Tally(3)
    entries: list[dict[str, Any]] = [
        {"errors": [BAD_LINE], "warnings": [UNANNOTATED]},
        {"source-ref": "s3://b/k", "warnings": [UNANNOTATED]},
        {"source-ref": "s3://b/k", "boxes": {"annotations": [{"class_id": 0, "errors": [OFF_FRAME]}]}},
    ]
    for number, entry in enumerate(entries, start=1):
        assert tally.add("training", number, json.dumps(entry).encode(), "")
    counted = tally.counts["training"]
    assert (counted.total, counted.invalid, counted.ignored) == (3, 1, 1)
    assert counted.statistics().valid_json_lines == 1
