"""Evaluations read from the emulated service with both clients."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError

from rekog_versions import (
    AsyncVersionsClient,
    ProjectVersionDescription,
    ServiceError,
    VersionNotFoundError,
    VersionsClient,
)
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import Evaluation, PredictionOutcome, best_version, get_evaluation
from rekog_versions.evaluation.version_files import why_no_evaluation
from rekog_versions.manifests.lines import UseCase
from tests.testing.conftest import emulator as emulator  # noqa: PLC0414  (a fixture)
from tests.testing.emulator import (
    BUCKET,
    Emulator,
    assets,
    boxed_line,
    cats_and_dogs,
    client,
    json_lines,
    line,
    version_request,
)
from tests.wire import _Raw


class Reader:
    """Calls a function with one of the two clients."""

    def __init__(self, kind: str, emulator: Emulator) -> None:
        self.kind, self.emulator = kind, emulator

    def __call__(self, function: Any, *args: Any, s3: Any = None, **kwargs: Any) -> Any:
        if self.kind == "sync":
            return function(VersionsClient(self.emulator.rekognition, s3=s3 or self.emulator.s3), *args, **kwargs)

        async def call() -> Any:
            return await function(
                AsyncVersionsClient(self.emulator.rekognition, s3=s3 or self.emulator.s3), *args, **kwargs
            )

        return asyncio.run(call())


@pytest.fixture(params=["sync", "async"])
def reader(request: pytest.FixtureRequest, emulator: Emulator) -> Reader:
    return Reader(request.param, emulator)


@pytest.fixture
def trained(emulator: Emulator) -> tuple[str, str]:
    """Return a project with a trained version `v1`."""
    project = emulator.project()
    emulator.create(project, TestingData=assets("data/train.manifest"))
    emulator.describe(project)
    return project, "v1"


class FailingS3:
    """A client for S3 that gets an error response for some keys."""

    def __init__(self, part: str, code: str, status: int, message: str = "no") -> None:
        self.client = client("s3")
        self._part, self._status = part, status
        self._body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        self.client.meta.events.register_first("before-send.s3.GetObject", self._respond)

    def _respond(self, request: Any, **_: Any) -> AWSResponse | None:
        if self._part not in request.url:
            return None
        return AWSResponse(request.url, self._status, {}, _Raw(self._body.encode()))  # type: ignore[arg-type]


def test_an_evaluation_is_read_from_where_the_description_says(reader: Reader, trained: tuple[str, str]) -> None:
    evaluation = reader(get_evaluation, trained)
    (description,) = reader.emulator.describe(trained[0])
    assert isinstance(evaluation, Evaluation)
    assert evaluation.version_arn == description["ProjectVersionArn"]
    assert evaluation.f1_score == description["EvaluationResult"]["F1Score"]
    assert evaluation.recompute().f1_score == pytest.approx(evaluation.f1_score, rel=0, abs=1e-9)
    assert set(evaluation.labels) == {"cat", "dog"}
    assert evaluation.testing_images == 20
    assert evaluation.remarks == ()
    assert reader(get_evaluation, description["ProjectVersionArn"]).labels == evaluation.labels


def test_the_evaluation_of_an_object_localization_model_has_boxes(reader: Reader) -> None:
    emulator = reader.emulator
    emulator.put(json_lines(boxed_line(number, ("cat", "dog")[number % 2]) for number in range(40)))
    emulator.labels.set_quality(f1=0.7)
    project = emulator.project()
    emulator.create(project)
    emulator.describe(project)
    evaluation = reader(get_evaluation, (project, "v1"))
    assert evaluation.use_case is UseCase.OBJECT_LOCALIZATION
    assert evaluation.average_precision == pytest.approx(evaluation.recompute().average_precision, rel=0, abs=1e-9)
    found = list(evaluation.predictions(outcomes=[PredictionOutcome.TRUE_POSITIVE]))
    assert found
    assert all(prediction.box is not None for prediction in found)


def test_a_description_needs_no_call_and_its_files_are_read_in_their_versions(reader: Reader) -> None:
    emulator = reader.emulator
    project = emulator.project()
    emulator.create(project)
    (description,) = emulator.describe(project)
    place = description["EvaluationResult"]["Summary"]["S3Object"]
    emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    first = emulator.s3.put_object(
        Bucket=BUCKET, Key=place["Name"], Body=emulator.read(description["EvaluationResult"]["Summary"])
    )["VersionId"]
    emulator.s3.put_object(Bucket=BUCKET, Key=place["Name"], Body=b"overwritten")
    place["Version"] = first
    emulator.labels.inject("DescribeProjectVersions", error="ThrottlingException", times=99)  # a call would fail
    evaluation = reader(get_evaluation, ProjectVersionDescription.model_validate(description))
    assert evaluation.f1_score == description["EvaluationResult"]["F1Score"]


def test_a_description_from_before_the_end_of_the_training_is_read_again(reader: Reader) -> None:
    emulator = reader.emulator
    emulator.labels.set_training(times=2)
    project = emulator.project()
    emulator.create(project)
    early = VersionsClient(emulator.rekognition).get_project_version((project, "v1"))
    assert early.evaluation_result is None
    assert reader(get_evaluation, early).f1_score is not None


def test_without_a_snapshot_there_are_the_summary_and_the_reason(
    reader: Reader, trained: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    (description,) = reader.emulator.describe(trained[0])
    (asset,) = description["TestingDataResult"]["Output"]["Assets"]
    place = asset["GroundTruthManifest"]["S3Object"]
    reader.emulator.s3.delete_object(Bucket=BUCKET, Key=place["Name"])
    evaluation = reader(get_evaluation, trained)
    assert evaluation.f1_score is not None
    assert evaluation.snapshot is None
    assert (
        f"the snapshot s3://{BUCKET}/{place['Name']} could not be read from S3: NoSuchKey" in evaluation.why_no_snapshot
    )
    assert "moved or deleted" in caplog.text
    with pytest.raises(EvaluationError, match="NoSuchKey"):
        evaluation.recompute()
    del description["TestingDataResult"]["Output"]
    bare = reader(get_evaluation, ProjectVersionDescription.model_validate(description))
    assert "does not name one (TestingDataResult.Output)" in bare.why_no_snapshot


def test_the_snapshot_is_read_only_on_request(reader: Reader, trained: tuple[str, str]) -> None:
    failing = FailingS3("TestingGroundTruth", "AccessDenied", 403)
    evaluation = reader(get_evaluation, trained, snapshot=False, s3=failing.client)
    assert "Call get_evaluation(..., snapshot=True)" in evaluation.why_no_snapshot


def test_the_reason_for_a_denied_snapshot_names_the_permission(reader: Reader, trained: tuple[str, str]) -> None:
    failing = FailingS3("TestingGroundTruth", "AccessDenied", 403, "Access \u202eDenied")
    evaluation = reader(get_evaluation, trained, s3=failing.client)
    assert evaluation.f1_score is not None
    assert "could not be read from S3: AccessDenied (Access \\u202eDenied)" in evaluation.why_no_snapshot
    assert "s3:GetObject" in evaluation.why_no_snapshot


@pytest.mark.parametrize(
    ("code", "status", "next_step"),
    [
        ("AccessDenied", 403, "Grant the caller s3:GetObject"),
        ("NoSuchKey", 404, "moved or deleted"),
        ("InvalidObjectState", 403, "archived: restore it in S3"),
        ("KMS.DisabledException", 400, "enable it in KMS"),
    ],
)
def test_an_unavailable_summary_gives_an_error_with_the_next_step(
    emulator: Emulator, trained: tuple[str, str], code: str, status: int, next_step: str
) -> None:
    failing = FailingS3("EvaluationResultSummary", code, status)
    with pytest.raises(EvaluationError, match="the summary s3://custom-labels/output/") as caught:
        get_evaluation(VersionsClient(emulator.rekognition, s3=failing.client), trained)
    assert next_step in str(caught.value)


def test_other_errors_of_s3_are_not_errors_of_the_files(reader: Reader, trained: tuple[str, str]) -> None:
    for part in ("EvaluationResultSummary", "TestingGroundTruth"):
        with pytest.raises(ServiceError, match="SlowDown"):
            reader(get_evaluation, trained, s3=FailingS3(part, "SlowDown", 400).client)

    def lost(**_: Any) -> None:
        raise ConnectionClosedError(endpoint_url="https://s3")

    s3 = client("s3")
    s3.meta.events.register_first("before-send.s3.GetObject", lost)
    with pytest.raises(ConnectionClosedError):
        reader(get_evaluation, trained, s3=s3)


def test_an_unreadable_snapshot_is_an_error(reader: Reader, trained: tuple[str, str]) -> None:
    (description,) = reader.emulator.describe(trained[0])
    (asset,) = description["TestingDataResult"]["Output"]["Assets"]
    reader.emulator.put(b"<html>", asset["GroundTruthManifest"]["S3Object"]["Name"])
    with pytest.raises(EvaluationError, match=r"the snapshot s3://custom-labels/.* could not be read: line 1"):
        reader(get_evaluation, trained)


def test_a_snapshot_in_several_assets_is_read_as_one(reader: Reader, trained: tuple[str, str]) -> None:
    emulator = reader.emulator
    whole = reader(get_evaluation, trained)
    (description,) = emulator.describe(trained[0])
    output = description["TestingDataResult"]["Output"]
    written = emulator.snapshot(description).splitlines()
    emulator.put("\n".join(written[:5]).encode(), "part-1")
    emulator.put("\n".join(written[5:]).encode(), "part-2")
    output["Assets"] = assets("part-1", "part-2")["Assets"]
    parts = reader(get_evaluation, ProjectVersionDescription.model_validate(description))
    assert parts.recompute() == whole.recompute()
    assert len(parts.snapshot) == 20


def test_the_error_for_a_failed_training_has_the_reason(reader: Reader) -> None:
    emulator = reader.emulator
    emulator.labels.set_training(outcome="TRAINING_FAILED", message="The manifest \x1b[31mfile is bad.")
    project = emulator.project()
    emulator.create(project)
    with pytest.raises(EvaluationError, match=r"its training failed: The manifest \\x1b\[31mfile is bad\.$"):
        reader(get_evaluation, (project, "v1"))


def test_a_version_in_training_has_no_evaluation_yet(reader: Reader) -> None:
    reader.emulator.labels.set_training(times=9)
    project = reader.emulator.project()
    reader.emulator.create(project)
    with pytest.raises(EvaluationError, match=r"no evaluation yet: it is being trained\. Call wait_until"):
        reader(get_evaluation, (project, "v1"))


@pytest.mark.parametrize(
    ("status", "reason"), [("COPYING_FAILED", "Read that of the source version"), ("NEW_ONE", "its status is NEW_ONE")]
)
def test_the_reason_why_other_versions_have_no_evaluation_has_their_status(status: str, reason: str) -> None:
    assert reason in why_no_evaluation(ProjectVersionDescription.model_validate({"Status": status}))


def test_a_missing_version_is_not_found(reader: Reader, trained: tuple[str, str]) -> None:
    with pytest.raises(VersionNotFoundError):
        reader(get_evaluation, (trained[0], "v2"))
    with pytest.raises(ValueError, match="arn"):
        reader(get_evaluation, "v2")


def test_without_a_client_for_s3_the_error_says_what_to_pass(emulator: Emulator, trained: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="this needs a client for s3"):
        get_evaluation(VersionsClient(emulator.rekognition), trained)


@pytest.fixture
def several(emulator: Emulator) -> str:
    """Return a project with versions whose F1 scores are about 0.7, 0.9 and 0.8, and two that are not trained."""
    emulator.put(cats_and_dogs(60))
    project = emulator.project()
    for name, quality in (("v1", 0.7), ("v2", 0.9), ("v3", 0.8)):
        emulator.labels.set_quality(f1=quality, version=name)
        emulator.create(project, name, TestingData=assets("data/train.manifest"))
        emulator.describe(project)
    emulator.labels.set_training(outcome="TRAINING_FAILED", version="failed")
    emulator.create(project, "failed")
    emulator.labels.set_training(times=99, version="training")
    emulator.create(project, "training")
    emulator.describe(project)
    return project


def test_the_best_version_has_the_highest_f1_score_and_s3_is_not_read(reader: Reader, several: str) -> None:
    denied = FailingS3("", "AccessDenied", 403)
    assert reader(best_version, several, s3=denied.client).version_name == "v2"


def test_versions_can_be_ranked_by_a_metric_or_a_function(reader: Reader, several: str) -> None:
    assert reader(best_version, several, by="recall").version_name == "v2"
    worst = reader(best_version, several, by=lambda evaluation: -(evaluation.labels["cat"].f1_score or 0))
    assert worst.version_name == "v1"
    only = reader(best_version, several, by=lambda of: 1.0 if of.version_arn.version_name == "v3" else float("nan"))
    assert only.version_name == "v3"


def test_the_latest_of_equally_good_versions_is_best(reader: Reader, several: str) -> None:
    assert reader(best_version, several, by=lambda _: 1.0).version_name == "v3"


def test_a_version_whose_summary_was_deleted_is_skipped_with_a_warning(
    reader: Reader, several: str, caplog: pytest.LogCaptureFixture
) -> None:
    for description in reader.emulator.describe(several):
        if "/v2/" in description["ProjectVersionArn"]:
            place = description["EvaluationResult"]["Summary"]["S3Object"]
            reader.emulator.s3.delete_object(Bucket=BUCKET, Key=place["Name"])
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        assert reader(best_version, several, by="precision").version_name == "v3"
    assert "a version was skipped: the summary s3://" in caplog.text


def test_if_no_version_has_the_number_there_is_no_best_version(reader: Reader, several: str) -> None:
    with pytest.raises(EvaluationError, match=r"none of the 5 versions of .* is trained and has average_precision"):
        reader(best_version, several, by="average_precision")
    with pytest.raises(EvaluationError, match="is trained and has the number to rank by"):
        reader(best_version, several, by=lambda _: None)


def test_an_unknown_metric_is_rejected(reader: Reader) -> None:
    with pytest.raises(ValueError, match="by must be one of f1_score, precision"):
        reader(best_version, "arn", by="f2")


def test_the_summary_is_read_if_a_description_has_no_f1_score(emulator: Emulator) -> None:
    def without_score(parsed: dict[str, Any], **_: Any) -> None:
        for description in parsed["ProjectVersionDescriptions"]:
            del description["EvaluationResult"]["F1Score"]

    project = emulator.project()
    emulator.create(project)
    rekognition = client("rekognition")
    rekognition.meta.events.register("after-call.rekognition.DescribeProjectVersions", without_score)
    found = best_version(VersionsClient(rekognition, s3=emulator.s3), project)
    assert (found.version_name, found.f1_score) == ("v1", None)


def test_hostile_labels_are_kept_and_shown_escaped_from_training_to_table(reader: Reader) -> None:
    emulator = reader.emulator
    hostile = ["\x1b[2Jcat", "dog\u202e\n", "日本語" * 30]
    emulator.put(json_lines(line(number, hostile[number % 3]) for number in range(60)))
    project = emulator.project()
    emulator.rekognition.create_project_version(**version_request(project))
    emulator.describe(project)
    evaluation = reader(get_evaluation, (project, "v1"))
    assert set(evaluation.labels) == set(hostile)
    assert all(line.isprintable() for line in str(evaluation).split("\n"))
    tuned = evaluation.tune_thresholds()
    assert set(json.loads(tuned.to_json())["thresholds"]["labels"]) == set(hostile)
    assert all(line.isprintable() for line in str(tuned).split("\n"))


def test_the_async_client_reads_and_parses_in_another_thread(
    emulator: Emulator, trained: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    (description,) = emulator.describe(trained[0])
    (asset,) = description["TestingDataResult"]["Output"]["Assets"]
    emulator.put(b"", asset["GroundTruthManifest"]["S3Object"]["Name"])
    threads: list[int] = []

    def rank(evaluation: Evaluation) -> float:
        threads.append(threading.get_ident())
        return 1.0

    s3 = client("s3")
    s3.meta.events.register_first("before-send.s3.GetObject", lambda **_: threads.append(threading.get_ident()))

    async def read() -> None:
        async_client = AsyncVersionsClient(emulator.rekognition, s3=s3)
        await get_evaluation(async_client, trained)
        await best_version(async_client, trained[0], by=rank)

    asyncio.run(read())
    (parsed,) = (record.thread for record in caplog.records if "test images and the snapshot 0" in record.message)
    assert len(threads) == 4  # a summary, a snapshot, a summary, a rank
    assert threading.get_ident() not in {*threads, parsed}


def test_an_object_that_is_replaced_while_it_is_read_is_an_error(emulator: Emulator, trained: tuple[str, str]) -> None:
    (description,) = emulator.describe(trained[0])
    s3 = client("s3")

    class Lost:
        """A response body whose connection breaks."""

        def __init__(self, bucket: str, key: str) -> None:
            self._bucket, self._key = bucket, key

        def read(self, size: int) -> bytes:
            s3.put_object(Bucket=self._bucket, Key=self._key, Body=b"another summary")
            raise ConnectionClosedError(endpoint_url="https://s3")

        def close(self) -> None: ...

    def lose(parsed: dict[str, Any], **_: Any) -> None:
        if "Body" in parsed:
            place = description["EvaluationResult"]["Summary"]["S3Object"]
            parsed["Body"] = Lost(place["Bucket"], place["Name"])

    s3.meta.events.register("after-call.s3.GetObject", lose)
    with pytest.raises(EvaluationError, match=r"the summary 's3://.*' was replaced while it was read: read it again"):
        get_evaluation(VersionsClient(emulator.rekognition, s3=s3), trained)


def test_local_files_are_evaluated_without_importing_a_client() -> None:
    code = """
import sys
from rekog_versions.evaluation import BestF1, Evaluation, Gates, compare
evaluation = Evaluation.from_files(b'{"EvaluationDetails": {}}', b"")
compare(evaluation, evaluation, gates=Gates())
evaluation.tune_thresholds(BestF1())
print([name for name in sys.modules if name.startswith(("rekog_versions.client", "boto3"))])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


@pytest.mark.parametrize("function", [get_evaluation, best_version])
def test_another_object_than_a_client_is_rejected(function: Any) -> None:
    with pytest.raises(TypeError, match=r"client must be a VersionsClient or an AsyncVersionsClient, .*object"):
        function(object(), "arn:aws:rekognition:us-east-1:123456789012:project/p/1574310000000")
