"""preflight: what would fail, found on the emulated service; denials and faults are answered at the wire."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from rekog_versions import AsyncVersionsClient, CreateProjectVersionRequest, VersionsClient
from rekog_versions.preflight import (
    Certainty,
    PreflightCheck,
    PreflightFinding,
    PreflightReport,
    PreflightVerdict,
    preflight,
)
from rekog_versions.testing import CustomLabelsControl
from tests.testing.world import (
    BUCKET,
    MANIFEST,
    World,
    assets,
    cats_and_dogs,
    client,
    json_lines,
    line,
    version_request,
)

PASS, FAIL = PreflightVerdict.PASS, PreflightVerdict.FAIL
WARNING, NOT_CHECKED = PreflightVerdict.WARNING, PreflightVerdict.NOT_CHECKED
CERTAIN, LIKELY, UNKNOWN = Certainty.CERTAIN, Certainty.LIKELY, Certainty.UNKNOWN

_shared_client = cache(client)
Answer: TypeAlias = AWSResponse | Exception


class Aws:
    """A session whose clients talk to moto, except where a test has said what an operation answers."""

    def __init__(self, region: str = "us-east-1") -> None:
        self.region = region
        self.calls: list[str] = []
        self._answers: dict[str, list[Answer | None]] = {}
        self._clients: dict[str, Any] = {}
        self._leave = ExitStack()

    def on(self, operation: str, *answers: Answer | None) -> "Aws":
        """The answers to an operation, in their order; None lets moto answer, and the last one is repeated."""
        self._answers[operation] = list(answers)
        return self

    def client(self, service: str, region_name: str | None = None, **_: Any) -> Any:
        if service not in self._clients:
            # one for S3 remembers in which region a bucket is, which no other test may believe
            make = client if service == "s3" else _shared_client
            self._clients[service] = make(service, region_name or self.region)
            self.listen(service, "before-call", self._note)
            self.listen(service, "before-send", self._send, first=True)
        return self._clients[service]

    def listen(self, service: str, event: str, handler: Callable[..., object], *, first: bool = False) -> None:
        """Registers a handler until this test ends: the clients are of all tests, for making one takes long."""
        events = self.client(service).meta.events
        (events.register_first if first else events.register)(event, handler)
        self._leave.callback(events.unregister, event, handler)

    def close(self) -> None:
        self._leave.close()

    def _note(self, model: Any, context: dict[str, Any], **_: Any) -> None:
        self.calls.append(model.name)
        context["operation"] = model.name

    def _send(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        answers = self._answers.get(event_name.rpartition(".")[2])
        if not answers:
            return None
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer is not None:
            request.url = "https://answered.example/"  # botocore asks moto as well, which would do what is denied
        if isinstance(answer, Exception):
            raise answer
        return answer


class Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, amount: int = 1024, decode_content: bool = True) -> Iterator[bytes]:
        yield self._content

    def read(self, amount: int | None = None) -> bytes:
        return self._content


def http(status: int, body: bytes = b"", **headers: str) -> AWSResponse:
    made = HTTPHeaders()
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return AWSResponse("https://aws", status, made, Body(body))


def of_s3(code: str, status: int = 403, **headers: str) -> AWSResponse:
    return http(status, f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode(), **headers)


def of_json(code: str, status: int = 400) -> AWSResponse:
    return http(status, json.dumps({"__type": code, "message": "not you"}).encode())


def quota(value: float) -> AWSResponse:
    return http(200, json.dumps({"Quota": {"QuotaCode": "L-F1558568", "Value": value}}).encode())


def key(**members: object) -> AWSResponse:
    described = {"KeyId": "1", "KeyState": "Enabled", "KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT"}
    return http(200, json.dumps({"KeyMetadata": described | members}).encode())


DENIED = of_json("AccessDeniedException")


class Ground:
    """The emulated service with a bucket, a manifest and a project, and a request for a training there."""

    def __init__(self, labels: CustomLabelsControl) -> None:
        self.aws = Aws()
        self.world = World(labels, self.aws.client("rekognition"), self.aws.client("s3"))
        self.world.s3.create_bucket(Bucket=BUCKET)
        self.world.put(cats_and_dogs(40))
        self.project = self.world.project()
        self.aws.on("GetServiceQuota", quota(2))
        self.client = VersionsClient(self.aws.client("rekognition"), session=self.session)

    @property
    def session(self) -> Any:
        return self.aws

    def request(self, **others: Any) -> CreateProjectVersionRequest:
        return CreateProjectVersionRequest.from_dict(version_request(self.project, **others))

    def run(self, request: CreateProjectVersionRequest | None = None, **options: Any) -> PreflightReport:
        self.aws.calls.clear()
        return preflight(self.client, request or self.request(), **options)

    def one(self, check: PreflightCheck, request: CreateProjectVersionRequest | None = None) -> PreflightFinding:
        (found,) = found_of(self.run(request), check)
        return found


@pytest.fixture
def ground(custom_labels: CustomLabelsControl) -> Iterator[Ground]:
    made = Ground(custom_labels)
    yield made
    made.aws.close()


def found_of(report: PreflightReport, check: PreflightCheck) -> list[PreflightFinding]:
    return [finding for finding in report.findings if finding.check is check]


def judged(finding: PreflightFinding) -> tuple[PreflightVerdict, Certainty]:
    return finding.verdict, finding.certainty


# -- as a whole --------------------------------------------------------------------------------------------------------


def test_a_request_that_would_train_passes_with_few_calls_and_none_that_writes(ground: Ground) -> None:
    report = ground.run()
    assert report.ok, str(report)
    assert report.failed == ()
    assert [finding.check for finding in report.not_checked] == [PreflightCheck.OUTPUT]
    assert sorted(ground.aws.calls) == sorted(
        [
            "DescribeProjects",
            "DescribeProjectVersions",
            "GetServiceQuota",
            "HeadBucket",
            "HeadObject",
            "GetObject",
        ]
    )
    ground.client.create_project_version(ground.request())


def test_an_asyncio_client_gets_the_same_report(ground: Ground) -> None:
    asynchronous = AsyncVersionsClient(ground.aws.client("rekognition"), session=ground.session)

    async def look() -> PreflightReport:
        return await preflight(asynchronous, ground.request())

    assert asyncio.run(look()) == ground.run()


def test_something_else_than_a_request_is_refused_before_anything_is_asked(ground: Ground) -> None:
    ground.aws.calls.clear()
    with pytest.raises(TypeError, match=r"CreateProjectVersionRequest\.from_dict"):
        preflight(ground.client, version_request(ground.project))  # type: ignore[call-overload]
    assert ground.aws.calls == []


def test_a_caller_who_may_do_nothing_gets_nothing_but_not_checked(ground: Ground) -> None:
    for operation in ("DescribeProjects", "DescribeProjectVersions", "GetServiceQuota", "DescribeKey"):
        ground.aws.on(operation, DENIED)
    for operation in ("HeadBucket", "HeadObject"):
        ground.aws.on(operation, http(403))
    for operation in ("GetObject", "GetBucketAcl"):
        ground.aws.on(operation, of_s3("AccessDenied"))
    report = ground.run(ground.request(KmsKeyId="alias/mine"))
    assert {judged(finding) for finding in report.findings} == {(NOT_CHECKED, UNKNOWN)}
    checked = set(PreflightCheck)
    assert {finding.check for finding in report.findings} == checked
    messages = " ".join(finding.message for finding in report.findings)
    assert "(not you)" in messages
    for action in ("rekognition:DescribeProjects", "s3:ListBucket", "s3:GetObject", "kms:DescribeKey"):
        assert action in messages


@pytest.mark.parametrize(
    "fault",
    [
        EndpointConnectionError(endpoint_url="https://aws"),
        ConnectTimeoutError(endpoint_url="https://aws"),
        RuntimeError("out of the blue"),
        http(503),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_of_every_call_is_no_crash_and_no_pass(ground: Ground, fault: Answer) -> None:
    for service in ("DescribeProjects", "DescribeProjectVersions", "GetServiceQuota", "DescribeKey", "HeadBucket"):
        ground.aws.on(service, fault)
    for service in ("GetObject", "GetBucketAcl", "HeadObject", "GetAWSDefaultServiceQuota"):
        ground.aws.on(service, fault)
    report = ground.run(ground.request(KmsKeyId="alias/mine"))
    assert {finding.verdict for finding in report.findings} == {NOT_CHECKED}
    assert report.ok


def test_without_a_session_what_needs_one_is_not_checked(ground: Ground) -> None:
    bare = VersionsClient(ground.aws.client("rekognition"))
    report = preflight(bare, ground.request(KmsKeyId="alias/mine"))
    verdicts = {finding.check: judged(finding) for finding in report.findings}
    assert verdicts[PreflightCheck.PROJECT] == (PASS, CERTAIN)
    assert verdicts[PreflightCheck.TRAININGS_QUOTA] == (PASS, LIKELY)
    for check in ("BUCKET", "MANIFEST_FILE", "MANIFESTS", "BUCKET_OWNERS", "KMS_KEY", "OUTPUT"):
        assert verdicts[PreflightCheck[check]] == (NOT_CHECKED, UNKNOWN)


def test_a_report_reads_failures_first_and_escapes_what_others_wrote(ground: Ground) -> None:
    nasty = "\x1b[2Jown"
    ground.aws.on("DescribeKey", key(KeyState=nasty))
    report = ground.run(ground.request(KmsKeyId="alias/mine", name="v7"))
    lines = str(report).splitlines()
    assert lines[0].startswith(f"Preflight of v7 in {ground.project}: 1 failed, 1 not checked, ")
    assert lines[1].startswith("  FAIL         KMS key, alias/mine: the key is \\x1b[2Jown")
    assert all(char.isprintable() for text in lines for char in text)


def test_a_report_is_plain_values_in_json(ground: Ground) -> None:
    report = ground.run()
    document = json.loads(report.to_json())
    assert document == report.to_dict()
    assert document["ok"] is True
    assert document["findings"][0] == {
        "check": "project",
        "verdict": "pass",
        "certainty": "certain",
        "subject": ground.project,
        "message": "the project exists and is CREATED",
        "next_step": None,
    }


# -- the project -------------------------------------------------------------------------------------------------------


def test_a_project_that_is_not_there_fails(ground: Ground) -> None:
    gone = ground.project.replace("/p1/", "/p2/")
    report = ground.run(CreateProjectVersionRequest.from_dict(version_request(gone)))
    (found,) = found_of(report, PreflightCheck.PROJECT)
    assert judged(found) == (FAIL, CERTAIN)
    assert "'p2'" in found.message
    assert found_of(report, PreflightCheck.VERSION_NAME)[0].verdict is NOT_CHECKED


def test_a_project_that_was_made_again_has_another_arn(ground: Ground) -> None:
    old = ground.project[:-3] + "000"
    found = ground.one(PreflightCheck.PROJECT, CreateProjectVersionRequest.from_dict(version_request(old)))
    assert judged(found) == (FAIL, CERTAIN)
    assert ground.project in found.message


def test_a_client_of_another_region_fails_before_it_looks(ground: Ground) -> None:
    elsewhere = VersionsClient(_shared_client("rekognition", "eu-west-1"), session=ground.session)
    (found,) = found_of(preflight(elsewhere, ground.request()), PreflightCheck.PROJECT)
    assert judged(found) == (FAIL, CERTAIN)
    assert "the client calls eu-west-1" in found.message


@pytest.mark.parametrize(
    ("status", "verdict"), [("CREATING", FAIL), ("DELETING", FAIL), ("FROZEN", WARNING), (None, WARNING)]
)
def test_a_project_that_is_not_ready_does_not_pass(
    ground: Ground, status: str | None, verdict: PreflightVerdict
) -> None:
    described = {"ProjectArn": ground.project} | ({"Status": status} if status else {})
    body = json.dumps({"ProjectDescriptions": [described]}).encode()
    ground.aws.on("DescribeProjects", http(200, body))
    assert ground.one(PreflightCheck.PROJECT).verdict is verdict


def with_datasets(ground: Ground, **statuses: str) -> None:
    datasets = [
        {"DatasetType": kind, "Status": status, "StatusMessage": "Look out."} for kind, status in statuses.items()
    ]
    project = {"ProjectArn": ground.project, "Status": "CREATED", "Datasets": datasets}
    ground.aws.on("DescribeProjects", http(200, json.dumps({"ProjectDescriptions": [project]}).encode()))


def test_manifests_for_a_project_with_datasets_fail(ground: Ground) -> None:
    with_datasets(ground, TRAIN="CREATE_COMPLETE")
    found = ground.one(PreflightCheck.DATASETS)
    assert judged(found) == (FAIL, CERTAIN)
    assert "(TRAIN)" in found.message
    with_datasets(ground, TRAIN="DELETE_IN_PROGRESS")
    assert ground.one(PreflightCheck.DATASETS).verdict is PASS


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("CREATE_COMPLETE", (PASS, CERTAIN)),
        ("UPDATE_COMPLETE", (PASS, CERTAIN)),
        ("UPDATE_IN_PROGRESS", (FAIL, CERTAIN)),
        ("CREATE_FAILED", (FAIL, CERTAIN)),
        ("UPDATE_FAILED", (FAIL, LIKELY)),
        ("DELETE_IN_PROGRESS", (FAIL, CERTAIN)),
        ("FROZEN", (WARNING, LIKELY)),
    ],
)
def test_a_training_without_manifests_needs_both_datasets_ready(
    ground: Ground, status: str, expected: tuple[PreflightVerdict, Certainty]
) -> None:
    with_datasets(ground, TRAIN="CREATE_COMPLETE", TEST=status)
    report = ground.run(ground.request(TrainingData=None, TestingData=None))
    train, test = found_of(report, PreflightCheck.DATASETS)
    assert judged(train) == (PASS, CERTAIN)
    assert judged(test) == expected
    assert not {PreflightCheck.MANIFESTS, PreflightCheck.MANIFEST_FILE} & {found.check for found in report.findings}


def test_a_training_without_manifests_and_without_datasets_fails(ground: Ground) -> None:
    report = ground.run(ground.request(TrainingData=None, TestingData=None))
    assert ["no TRAIN dataset" in found.message or "no TEST dataset" in found.message for found in report.failed] == [
        True,
        True,
    ]


def test_a_name_that_is_taken_fails(ground: Ground) -> None:
    arn = ground.world.create(ground.project)
    found = ground.one(PreflightCheck.VERSION_NAME)
    assert judged(found) == (FAIL, CERTAIN)
    assert arn in found.message
    assert ground.one(PreflightCheck.VERSION_NAME, ground.request(name="v2")).verdict is PASS


# -- quotas ------------------------------------------------------------------------------------------------------------


def train(ground: Ground, *names: str, project: str | None = None) -> None:
    ground.world.labels.set_training(times=1000)
    for name in names:
        ground.world.create(project or ground.project, name)


def test_trainings_of_every_project_of_both_features_count(ground: Ground) -> None:
    train(ground, "a")
    train(ground, "b", project=ground.world.project("p2", Feature="CONTENT_MODERATION", AutoUpdate="DISABLED"))
    found = ground.one(PreflightCheck.TRAININGS_QUOTA)
    assert judged(found) == (FAIL, CERTAIN)
    assert found.message == "2 trainings go on, and 2 may at a time (the account's quota L-F1558568)"
    ground.aws.on("GetServiceQuota", quota(3))
    assert judged(ground.one(PreflightCheck.TRAININGS_QUOTA)) == (PASS, CERTAIN)


@pytest.mark.parametrize(
    ("own", "default", "source", "certainty"),
    [
        (quota(2), None, "the account's quota", CERTAIN),
        (of_json("NoSuchResourceException"), quota(2), "AWS's default of L-F1558568; the account's own", LIKELY),
        (DENIED, quota(2), "needs servicequotas:GetServiceQuota", LIKELY),
        (DENIED, DENIED, "the documented default of L-F1558568; Service Quotas was not to be had", LIKELY),
    ],
)
def test_where_the_quota_is_known_from_is_told(
    ground: Ground, own: AWSResponse, default: AWSResponse | None, source: str, certainty: Certainty
) -> None:
    ground.aws.on("GetServiceQuota", own).on("GetAWSDefaultServiceQuota", default)
    found = ground.one(PreflightCheck.TRAININGS_QUOTA)
    assert judged(found) == (PASS, certainty)
    assert source in found.message
    train(ground, "a", "b")
    assert judged(ground.one(PreflightCheck.TRAININGS_QUOTA)) == (FAIL, certainty)


def test_sydney_has_one_training_at_a_time_by_default(custom_labels: CustomLabelsControl) -> None:
    rekognition = _shared_client("rekognition", "ap-southeast-2")
    project = rekognition.create_project(ProjectName="p1")["ProjectArn"]
    request = CreateProjectVersionRequest.from_dict(version_request(project))
    (found,) = found_of(preflight(VersionsClient(rekognition), request), PreflightCheck.TRAININGS_QUOTA)
    assert found.message.startswith("0 trainings go on, and 1 may at a time (the documented default")


def test_projects_that_can_not_be_looked_at_make_it_not_checked_unless_the_others_fill_the_quota(
    ground: Ground,
) -> None:
    train(ground, "a")
    ground.world.project("p2")
    ground.aws.on("DescribeProjectVersions", None, DENIED)
    found = ground.one(PreflightCheck.TRAININGS_QUOTA)
    assert judged(found) == (NOT_CHECKED, UNKNOWN)
    assert "at least 1 trainings" in found.message
    ground.aws.on("DescribeProjectVersions", None, DENIED).on("GetServiceQuota", quota(1))
    assert judged(ground.one(PreflightCheck.TRAININGS_QUOTA)) == (FAIL, CERTAIN)


def test_a_project_that_is_deleted_meanwhile_has_no_trainings(ground: Ground) -> None:
    ground.world.project("p2")
    ground.aws.on("DescribeProjectVersions", None, of_json("ResourceNotFoundException"))
    assert judged(ground.one(PreflightCheck.TRAININGS_QUOTA)) == (PASS, CERTAIN)


def versions_on_the_wire(ground: Ground, count: int) -> None:
    arn = ground.project.rpartition("/")[0]
    described = [{"ProjectVersionArn": f"{arn}/version/n{n}/1574317227432", "Status": "STOPPED"} for n in range(count)]
    ground.aws.on("DescribeProjectVersions", http(200, json.dumps({"ProjectVersionDescriptions": described}).encode()))


@pytest.mark.parametrize(
    ("count", "allowed", "verdict"), [(99, None, PASS), (100, 100, FAIL), (100, 150, PASS), (150, 150, FAIL)]
)
def test_a_project_has_room_for_one_more_version(
    ground: Ground, count: int, allowed: int | None, verdict: PreflightVerdict
) -> None:
    versions_on_the_wire(ground, count)
    # the second quota that is asked for is the trainings'
    ground.aws.on("GetServiceQuota", *([quota(allowed)] if allowed else []), quota(2))
    assert ground.one(PreflightCheck.VERSIONS_QUOTA).verdict is verdict


# -- buckets and files -------------------------------------------------------------------------------------------------


def test_a_bucket_that_is_not_there_fails(ground: Ground) -> None:
    report = ground.run(ground.request(OutputConfig={"S3Bucket": "no-such-bucket"}))
    found = {finding.subject: finding for finding in found_of(report, PreflightCheck.BUCKET)}
    assert judged(found["s3://no-such-bucket"]) == (FAIL, CERTAIN)
    assert "the bucket of the output does not exist" in found["s3://no-such-bucket"].message
    assert judged(found[f"s3://{BUCKET}"]) == (PASS, CERTAIN)


def test_a_bucket_of_another_region_fails(ground: Ground) -> None:
    ireland = {"LocationConstraint": "eu-west-1"}
    client("s3", "eu-west-1").create_bucket(Bucket="in-ireland", CreateBucketConfiguration=ireland)
    report = ground.run(ground.request(OutputConfig={"S3Bucket": "in-ireland"}))
    (found,) = report.failed
    assert judged(found) == (FAIL, CERTAIN)
    assert "is in eu-west-1, the project in us-east-1" in found.message


@pytest.mark.parametrize("status", [301, 307, 400, 403])
def test_the_region_of_a_bucket_is_told_even_where_the_rest_is_not(ground: Ground, status: int) -> None:
    ground.aws.on("HeadBucket", http(status, x_amz_bucket_region="eu-west-1"))
    found = found_of(ground.run(), PreflightCheck.BUCKET)[0]
    assert judged(found) == (FAIL, CERTAIN)
    assert "is in eu-west-1" in found.message


def test_a_bucket_that_the_caller_may_not_list_is_not_checked(ground: Ground) -> None:
    ground.aws.on("HeadBucket", http(403, x_amz_bucket_region="us-east-1"))
    found = found_of(ground.run(), PreflightCheck.BUCKET)[0]
    assert judged(found) == (NOT_CHECKED, UNKNOWN)
    assert "exists and is in us-east-1" in found.message
    assert "needs s3:ListBucket" in found.message


def test_a_manifest_that_is_not_there_fails(ground: Ground) -> None:
    found = ground.one(PreflightCheck.MANIFEST_FILE, ground.request(TrainingData=assets("data/none.manifest")))
    assert judged(found) == (FAIL, CERTAIN)
    assert found.subject == f"s3://{BUCKET}/data/none.manifest"


def test_a_version_of_a_manifest_is_looked_at_as_it_was_then(ground: Ground) -> None:
    ground.world.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    kept = ground.world.s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(40))["VersionId"]
    ground.world.put(json_lines([line(1, "cat")]))
    data = assets(MANIFEST)
    data["Assets"][0]["GroundTruthManifest"]["S3Object"]["Version"] = kept
    report = ground.run(ground.request(TrainingData=data))
    assert report.ok, str(report)
    assert f"in version {kept}" in found_of(report, PreflightCheck.MANIFEST_FILE)[0].message
    assert ground.one(PreflightCheck.MANIFESTS).verdict is FAIL


def test_a_manifest_that_may_not_be_read_is_not_checked(ground: Ground) -> None:
    ground.aws.on("HeadObject", http(403))
    found = ground.one(PreflightCheck.MANIFEST_FILE)
    assert judged(found) == (NOT_CHECKED, UNKNOWN)
    assert "needs s3:GetObject" in found.message


# -- what the manifests hold -------------------------------------------------------------------------------------------


def test_a_manifest_that_would_fail_the_training_fails_with_its_codes(ground: Ground) -> None:
    ground.world.put(json_lines(line(number, "cat") for number in range(20)))
    report = ground.run()
    (found,) = found_of(report, PreflightCheck.MANIFESTS)
    assert found.verdict is FAIL
    assert "ERROR_MANIFEST_TOO_FEW_LABELS" in found.message
    assert report.manifests is not None
    assert not report.manifests.ok
    assert not report.ok


def test_a_manifest_with_faults_that_do_not_stop_a_training_is_a_warning(ground: Ground) -> None:
    ground.world.put(cats_and_dogs(40) + b"no json\n")
    found = ground.one(PreflightCheck.MANIFESTS)
    assert found.verdict is WARNING
    assert "ERROR_INVALID_JSON_LINE" in found.message


def test_the_test_manifest_is_checked_with_the_training_manifest(ground: Ground) -> None:
    ground.world.put(json_lines(line(number, "bird") for number in range(20)), "data/test.manifest")
    report = ground.run(ground.request(TestingData=assets("data/test.manifest")))
    assert "ERROR_INSUFFICIENT_LABEL_OVERLAP" in found_of(report, PreflightCheck.MANIFESTS)[0].message
    assert len(found_of(report, PreflightCheck.MANIFEST_FILE)) == 2


def test_a_manifest_is_read_in_the_version_that_is_named_for_training_and_for_testing(ground: Ground) -> None:
    ground.world.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})

    def stored(*labels: str, images: int) -> dict[str, Any]:
        content = json_lines(line(f"{images}-{n}", labels[n % len(labels)]) for n in range(40))
        version = ground.world.s3.put_object(Bucket=BUCKET, Key="data/both.manifest", Body=content)["VersionId"]
        data = assets("data/both.manifest")
        data["Assets"][0]["GroundTruthManifest"]["S3Object"]["Version"] = version
        return data

    training, testing = stored("cat", "dog", images=1), stored("cat", "dog", "bird", images=2)
    ground.world.put(b"no json", "data/both.manifest")
    report = ground.run(ground.request(TrainingData=training, TestingData=testing))
    assert report.ok, str(report)
    assert report.manifests is not None
    assert set(report.manifests.training.labels) == {"cat", "dog"}
    assert set(report.manifests.testing.labels) == {"cat", "dog", "bird"}


def test_a_manifest_without_an_extension_fails_in_a_named_version_too(ground: Ground) -> None:
    ground.world.put(cats_and_dogs(40), "manifest")
    data = assets("manifest")
    data["Assets"][0]["GroundTruthManifest"]["S3Object"]["Version"] = "null"
    found = ground.one(PreflightCheck.MANIFESTS, ground.request(TrainingData=data))
    assert found.verdict is FAIL
    assert "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT" in found.message


def test_an_adapter_is_checked_by_the_rules_for_adapters(ground: Ground) -> None:
    adapter = ground.world.project("p2", Feature="CONTENT_MODERATION", AutoUpdate="DISABLED")
    ground.world.put(json_lines(line(number, "cat") for number in range(20)))
    found = ground.one(PreflightCheck.MANIFESTS, CreateProjectVersionRequest.from_dict(version_request(adapter)))
    assert found.verdict is not FAIL


def test_images_are_looked_at_on_request(ground: Ground) -> None:
    report = ground.run(images=True)
    (found,) = found_of(report, PreflightCheck.MANIFESTS)
    assert found.verdict is FAIL
    assert "ERROR_INVALID_IMAGE" in found.message
    assert "the images were not looked at" not in found.message


def test_images_without_pillow_are_refused_before_anything_is_asked(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    ground.aws.calls.clear()
    with pytest.raises(ImportError, match=r"rekog_versions\[images\]"):
        ground.run(images=True)
    assert ground.aws.calls == []


# -- whose the buckets are ---------------------------------------------------------------------------------------------


def acl(owner: str | None) -> AWSResponse:
    named = f"<Owner><ID>{owner}</ID></Owner>" if owner else ""
    return http(200, f"<AccessControlPolicy>{named}</AccessControlPolicy>".encode())


def elsewhere(ground: Ground, **others: Any) -> CreateProjectVersionRequest:
    """A request whose manifest lies in another bucket than the images."""
    ground.world.s3.create_bucket(Bucket="manifests")
    ground.world.s3.put_object(Bucket="manifests", Key=MANIFEST, Body=cats_and_dogs(40))
    return ground.request(TrainingData=assets(MANIFEST, bucket="manifests"), **others)


def test_one_bucket_has_one_owner_without_asking(ground: Ground) -> None:
    assert judged(ground.one(PreflightCheck.BUCKET_OWNERS)) == (PASS, CERTAIN)
    assert "GetBucketAcl" not in ground.aws.calls


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        (("a", "a"), (PASS, CERTAIN)),
        (("a", "b"), (FAIL, CERTAIN)),
        (("a", None), (NOT_CHECKED, UNKNOWN)),
    ],
)
def test_two_buckets_must_have_one_owner(
    ground: Ground, owners: tuple[str, ...], expected: tuple[PreflightVerdict, Certainty]
) -> None:
    ground.aws.on("GetBucketAcl", *(acl(owner) for owner in owners))
    assert judged(ground.one(PreflightCheck.BUCKET_OWNERS, elsewhere(ground))) == expected


def test_acls_that_can_not_be_asked_for_leave_the_owners_unchecked(ground: Ground) -> None:
    ground.aws.on("GetBucketAcl", EndpointConnectionError(endpoint_url="https://s3"))
    found = ground.one(PreflightCheck.BUCKET_OWNERS, elsewhere(ground))
    assert judged(found) == (NOT_CHECKED, UNKNOWN)
    assert "EndpointConnectionError" in found.message


def test_a_bucket_without_a_region_is_likely_to_be_right(ground: Ground) -> None:
    ground.aws.on("HeadBucket", http(200))
    assert judged(found_of(ground.run(), PreflightCheck.BUCKET)[0]) == (PASS, LIKELY)


@pytest.mark.parametrize(
    ("ours", "expected", "message"),
    [
        ((200, 200), (PASS, CERTAIN), "both belong to account 123456789012"),
        ((200, 403), (FAIL, CERTAIN), "one of them belongs to account 123456789012, the other does not"),
        ((403, 403), (NOT_CHECKED, UNKNOWN), "neither belongs to account 123456789012"),
    ],
)
def test_where_the_acls_are_denied_the_expected_owner_tells(
    ground: Ground, ours: tuple[int, int], expected: tuple[PreflightVerdict, Certainty], message: str
) -> None:
    request = elsewhere(ground)
    plain = [http(200, x_amz_bucket_region="us-east-1")] * 2
    ground.aws.on("GetBucketAcl", of_s3("AccessDenied")).on("HeadBucket", *plain, *(http(status) for status in ours))
    found = ground.one(PreflightCheck.BUCKET_OWNERS, request)
    assert judged(found) == expected
    assert message in found.message


def test_the_images_bucket_is_looked_at_too(ground: Ground) -> None:
    ground.world.s3.create_bucket(Bucket="results")
    report = ground.run(elsewhere(ground, OutputConfig={"S3Bucket": "results"}))
    assert {finding.subject for finding in found_of(report, PreflightCheck.BUCKET)} == {
        "s3://results",
        "s3://manifests",
        f"s3://{BUCKET}",
    }


def test_images_in_another_region_fail(ground: Ground) -> None:
    ireland = {"LocationConstraint": "eu-west-1"}
    client("s3", "eu-west-1").create_bucket(Bucket="in-ireland", CreateBucketConfiguration=ireland)
    content = cats_and_dogs(40).replace(BUCKET.encode(), b"in-ireland")
    ground.world.put(content)
    report = ground.run()
    assert [(found.check, found.subject) for found in report.failed] == [(PreflightCheck.BUCKET, "s3://in-ireland")]
    assert report.failed[0].message.startswith("the bucket of the images is in eu-west-1")


def test_images_in_many_buckets_are_a_fault_of_the_manifest_and_few_of_the_buckets_are_looked_at(
    ground: Ground,
) -> None:
    lines = [line(number, "cat" if number % 2 else "dog") for number in range(40)]
    for number, entry in enumerate(lines):
        entry["source-ref"] = f"s3://bucket-{number}/1.jpg"
    ground.world.put(json_lines(lines))
    report = ground.run()
    assert "ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS" in found_of(report, PreflightCheck.MANIFESTS)[0].message
    assert len(found_of(report, PreflightCheck.BUCKET)) == 4


@pytest.mark.parametrize("content", [b"", b"no json\n", b'{"source-ref": "images/1.jpg"}\n'])
def test_a_manifest_that_names_no_bucket_leaves_the_images_bucket_unchecked(ground: Ground, content: bytes) -> None:
    ground.world.put(content)
    found = found_of(ground.run(), PreflightCheck.BUCKET)[-1]
    assert judged(found) == (NOT_CHECKED, UNKNOWN)
    assert "name none" in found.message


# -- the KMS key -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "expected", "message"),
    [
        ({}, (PASS, LIKELY), "enabled, symmetric and in the region"),
        ({"KeyState": "Disabled"}, (FAIL, CERTAIN), "the key is Disabled"),
        ({"KeyState": "PendingDeletion"}, (FAIL, CERTAIN), "the key is PendingDeletion"),
        ({"KeyUsage": "SIGN_VERIFY"}, (FAIL, CERTAIN), "the key is for SIGN_VERIFY"),
        ({"KeySpec": "RSA_2048"}, (FAIL, CERTAIN), "the key is asymmetric, RSA_2048"),
        ({"KeyManager": "AWS"}, (WARNING, LIKELY), "managed by AWS"),
    ],
)
def test_a_key_must_be_enabled_symmetric_and_ones_own(
    ground: Ground, members: Mapping[str, str], expected: tuple[PreflightVerdict, Certainty], message: str
) -> None:
    ground.aws.on("DescribeKey", key(**members))
    found = ground.one(PreflightCheck.KMS_KEY, ground.request(KmsKeyId="alias/mine"))
    assert judged(found) == expected
    assert message in found.message


def test_a_key_is_found_by_all_of_its_names(ground: Ground) -> None:
    kms = ground.aws.client("kms")
    made = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=made["KeyId"])
    alias_arn = made["Arn"].replace(f"key/{made['KeyId']}", "alias/mine")
    for name in (made["Arn"], made["KeyId"], "alias/mine", alias_arn):
        assert ground.one(PreflightCheck.KMS_KEY, ground.request(KmsKeyId=name)).verdict is PASS
    kms.disable_key(KeyId=made["KeyId"])
    assert ground.one(PreflightCheck.KMS_KEY, ground.request(KmsKeyId="alias/mine")).verdict is FAIL
    assert judged(ground.one(PreflightCheck.KMS_KEY, ground.request(KmsKeyId="alias/other"))) == (FAIL, CERTAIN)


# -- the output --------------------------------------------------------------------------------------------------------


def objects(ground: Ground) -> list[str]:
    listed = ground.world.s3.list_object_versions(Bucket=BUCKET)
    return [found["Key"] for kind in ("Versions", "DeleteMarkers") for found in listed.get(kind, ())]


def probed(ground: Ground, **others: Any) -> list[PreflightFinding]:
    return found_of(ground.run(ground.request(**others), probe_output=True), PreflightCheck.OUTPUT)


@pytest.mark.parametrize("versioning", [None, "Enabled", "Suspended"])
def test_the_probe_object_is_written_under_the_prefix_and_removed_without_a_trace(
    ground: Ground, versioning: str | None
) -> None:
    if versioning:
        ground.world.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": versioning})
    seen: list[str] = []
    ground.aws.listen("s3", "before-send.s3.PutObject", lambda request, **_: seen.append(urlsplit(request.url).path))
    before = objects(ground)
    (found,) = probed(ground)
    assert judged(found) == (PASS, LIKELY)
    assert found.subject == f"s3://{BUCKET}/output/"
    assert "/output/rekog_versions-probe-" in seen[0]
    assert objects(ground) == before


def test_the_probe_object_is_encrypted_as_the_results_would_be(ground: Ground) -> None:
    sent: list[Any] = []
    ground.aws.listen("s3", "before-send.s3.PutObject", lambda request, **_: sent.append(dict(request.headers)))
    (found,) = probed(ground, KmsKeyId="alias/mine")
    assert "with the KMS key" in found.message
    assert sent[0]["x-amz-server-side-encryption-aws-kms-key-id"] == b"alias/mine"


@pytest.mark.parametrize(
    ("answer", "expected", "message"),
    [
        (of_s3("AccessDenied"), (FAIL, LIKELY), "needs s3:PutObject"),
        (of_s3("KMS.DisabledException", 400), (FAIL, LIKELY), "KMS.DisabledException"),
        (of_s3("NoSuchBucket", 404), (FAIL, CERTAIN), "NoSuchBucket"),
        (of_s3("ExpiredToken", 400), (NOT_CHECKED, UNKNOWN), "ExpiredToken"),
        (of_s3("InvalidAccessKeyId"), (NOT_CHECKED, UNKNOWN), "InvalidAccessKeyId"),  # no permission lacks
        (of_s3("InternalError", 500), (NOT_CHECKED, UNKNOWN), "InternalError"),
    ],
)
def test_a_probe_that_is_refused_tells_whether_that_is_a_failure(
    ground: Ground, answer: AWSResponse, expected: tuple[PreflightVerdict, Certainty], message: str
) -> None:
    ground.aws.on("PutObject", answer)
    (found,) = probed(ground)
    assert judged(found) == expected
    assert message in found.message
    # after a refusal there is nothing to be removed; after a 5xx, that is looked up
    assert ("DeleteObject" in ground.aws.calls) is False
    assert len(objects(ground)) == 1


def test_a_probe_that_can_not_be_removed_is_named_loudly(ground: Ground) -> None:
    ground.world.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    ground.aws.on("DeleteObject", of_s3("AccessDenied"))
    report = ground.run(probe_output=True)
    written, left = found_of(report, PreflightCheck.OUTPUT)
    assert written.verdict is PASS
    assert judged(left) == (WARNING, CERTAIN)
    assert left.message.startswith("THE PROBE OBJECT IS STILL THERE (version ")
    key = left.subject.removeprefix(f"s3://{BUCKET}/")
    assert key in objects(ground)
    assert "needs s3:DeleteObject" in left.message
    assert left.next_step == "Delete it; nothing else will."


def lose_the_answer(ground: Ground, error: BaseException) -> None:
    """Lets the object be written, and the answer not arrive."""

    def lose(**_: Any) -> None:
        raise error

    ground.aws.listen("s3", "needs-retry.s3.PutObject", lose)


@pytest.mark.parametrize("versioning", [None, "Enabled"])
def test_a_probe_whose_answer_was_lost_is_looked_for_and_removed(ground: Ground, versioning: str | None) -> None:
    if versioning:
        ground.world.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": versioning})
    before = objects(ground)
    lose_the_answer(ground, EndpointConnectionError(endpoint_url="https://s3"))
    (found,) = probed(ground)
    assert judged(found) == (NOT_CHECKED, UNKNOWN)
    assert objects(ground) == before


def test_an_interrupted_probe_is_removed_and_the_interrupt_goes_on(ground: Ground) -> None:
    before = objects(ground)
    lose_the_answer(ground, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt) as interrupt:
        ground.run(probe_output=True)
    assert objects(ground) == before
    assert not hasattr(interrupt.value, "__notes__")


def test_an_interrupted_probe_that_stays_is_named_by_a_note(ground: Ground) -> None:
    ground.aws.on("DeleteObject", of_s3("AccessDenied"))
    lose_the_answer(ground, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt) as interrupt:
        ground.run(probe_output=True)
    (note,) = interrupt.value.__notes__
    assert note.startswith("THE PROBE OBJECT MAY BE STILL THERE")
    assert note.rpartition("/")[2] in objects(ground)[-1]


def test_a_manifest_that_is_denied_hides_no_failure_of_the_other(ground: Ground) -> None:
    ground.world.put(b"")
    ground.world.put(cats_and_dogs(), "test.manifest")
    ground.aws.on("GetObject", None, of_s3("AccessDenied"))
    finding = ground.one(PreflightCheck.MANIFESTS, ground.request(TestingData=assets("test.manifest")))
    assert finding.verdict is FAIL
    assert "ERROR_EMPTY_MANIFEST" in finding.message
