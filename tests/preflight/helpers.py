"""The emulated service, and responses at the wire, for the tests of `preflight()`."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any, TypeAlias

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from rekog_versions import CreateProjectVersionRequest, VersionsClient
from rekog_versions.preflight import (
    Certainty,
    PreflightCheck,
    PreflightFinding,
    PreflightReport,
    PreflightVerdict,
    preflight,
)
from rekog_versions.testing import CustomLabelsControl
from tests.testing.emulator import (
    BUCKET,
    MANIFEST,
    Emulator,
    assets,
    cats_and_dogs,
    client,
    version_request,
)

PASS, FAIL = PreflightVerdict.PASS, PreflightVerdict.FAIL
WARNING, NOT_CHECKED = PreflightVerdict.WARNING, PreflightVerdict.NOT_CHECKED


CERTAIN, LIKELY, UNKNOWN = Certainty.CERTAIN, Certainty.LIKELY, Certainty.UNKNOWN


client_of = cache(client)


Response: TypeAlias = AWSResponse | Exception


class Aws:
    """A session whose clients call moto, unless a test sets the responses of an operation."""

    def __init__(self, region: str = "us-east-1") -> None:
        self.region = region
        self.calls: list[str] = []
        self._responses: dict[str, list[Response | None]] = {}
        self._clients: dict[str, Any] = {}
        self._leave = ExitStack()

    def on(self, operation: str, *responses: Response | None) -> "Aws":
        """Set the responses of an operation, in order. None is moto's response; the last one is repeated."""
        self._responses[operation] = list(responses)
        return self

    def client(self, service: str, region_name: str | None = None, **_: Any) -> Any:
        if service not in self._clients:
            # a client for S3 caches the region of a bucket, which must not affect other tests
            make = client if service == "s3" else client_of
            self._clients[service] = make(service, region_name or self.region)
            self.listen(service, "before-call", self._note)
            self.listen(service, "before-send", self._send, first=True)
        return self._clients[service]

    def listen(self, service: str, event: str, handler: Callable[..., object], *, first: bool = False) -> None:
        """Register a handler until the test ends. The clients are shared, because creating one is slow."""
        events = self.client(service).meta.events
        (events.register_first if first else events.register)(event, handler)
        self._leave.callback(events.unregister, event, handler)

    def close(self) -> None:
        self._leave.close()

    def _note(self, model: Any, context: dict[str, Any], **_: Any) -> None:
        self.calls.append(model.name)
        context["operation"] = model.name

    def _send(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        responses = self._responses.get(event_name.rpartition(".")[2])
        if not responses:
            return None
        response = responses.pop(0) if len(responses) > 1 else responses[0]
        if response is not None:
            request.url = "https://response.example/"  # botocore calls moto too, which must not carry out the call
        if isinstance(response, Exception):
            raise response
        return response


class Body:
    """The body of an HTTP response."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, amount: int = 1024, decode_content: bool = True) -> Iterator[bytes]:
        yield self._content

    def read(self, amount: int | None = None) -> bytes:
        return self._content


def http_response(status: int, body: bytes = b"", **headers: str) -> AWSResponse:
    http_headers = HTTPHeaders()
    for name, value in headers.items():
        http_headers[name.replace("_", "-")] = value
    return AWSResponse("https://aws", status, http_headers, Body(body))


def s3_error(code: str, status: int = 403, **headers: str) -> AWSResponse:
    return http_response(status, f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode(), **headers)


def json_error(code: str, status: int = 400) -> AWSResponse:
    return http_response(status, json.dumps({"__type": code, "message": "not you"}).encode())


def quota_response(value: float) -> AWSResponse:
    return http_response(200, json.dumps({"Quota": {"QuotaCode": "L-F1558568", "Value": value}}).encode())


def key_response(**members: object) -> AWSResponse:
    described = {"KeyId": "1", "KeyState": "Enabled", "KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT"}
    return http_response(200, json.dumps({"KeyMetadata": described | members}).encode())


DENIED = json_error("AccessDeniedException")


class Account:
    """The emulated service with a bucket, a manifest and a project, and a request for a training."""

    def __init__(self, labels: CustomLabelsControl) -> None:
        self.aws = Aws()
        self.emulator = Emulator(labels, self.aws.client("rekognition"), self.aws.client("s3"))
        self.emulator.s3.create_bucket(Bucket=BUCKET)
        self.emulator.put(cats_and_dogs(40))
        self.project = self.emulator.project()
        self.aws.on("GetServiceQuota", quota_response(2))
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
        (found,) = findings_of(self.run(request), check)
        return found


def findings_of(report: PreflightReport, check: PreflightCheck) -> list[PreflightFinding]:
    return [finding for finding in report.findings if finding.check is check]


def verdict_of(finding: PreflightFinding) -> tuple[PreflightVerdict, Certainty]:
    return finding.verdict, finding.certainty


def elsewhere(account: Account, **others: Any) -> CreateProjectVersionRequest:
    """Return a request whose manifest is in another bucket than the images."""
    account.emulator.s3.create_bucket(Bucket="manifests")
    account.emulator.s3.put_object(Bucket="manifests", Key=MANIFEST, Body=cats_and_dogs(40))
    return account.request(TrainingData=assets(MANIFEST, bucket="manifests"), **others)
