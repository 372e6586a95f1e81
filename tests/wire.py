"""A scripted wire: what botocore would send is noted, and what it would receive is written down by the test.

It stands in for the network only (botocore's `before-send` event): serialization, retries, parsing and all of our own
code are the real ones.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from typing import Any, TypeAlias

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

Json: TypeAlias = Mapping[str, Any]

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/1574310000000"
VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/version/v1/1574317227432"
URL = "https://rekognition.us-east-1.amazonaws.com/"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    body: Json | str
    status: int = 200
    date: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: {"x-amzn-requestid": "request-1"})


def refusal(code: str, message: str = "no", status: int = 400) -> Answer:
    return Answer({"__type": code, "message": message}, status)


@cache
def _session() -> boto3.Session:
    """One for all: a session keeps the service model that it has loaded."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


class _Raw(io.BytesIO):
    def stream(self, amount: int = 1024, decode_content: bool = True) -> Iterator[bytes]:
        while chunk := self.read(amount):
            yield chunk


def answer_lost() -> Answer:
    """The request went out, the answer did not come back."""
    raise ConnectionClosedError(endpoint_url=URL)


def timed_out() -> Answer:
    raise ReadTimeoutError(endpoint_url=URL)


def never_connected() -> Answer:
    raise EndpointConnectionError(endpoint_url=URL)


Step: TypeAlias = Answer | Callable[[], Answer] | BaseException


@dataclass
class Wire:
    """What goes over the wire, by operation; the last step of an operation is repeated."""

    script: dict[str, list[Step]] = field(default_factory=dict)
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def on(self, operation: str, *steps: Step) -> "Wire":
        self.script[operation] = list(steps)
        return self

    def asked(self, operation: str) -> list[dict[str, Any]]:
        return [body for name, body in self.sent if name == operation]

    def client(self, session: boto3.Session | None = None) -> Any:
        """A boto3 client whose network this is; each call is tried three times."""
        make: Any = session or _session()
        settings = Config(retries={"mode": "standard", "total_max_attempts": 3})
        return self.attach(make.client("rekognition", region_name="us-east-1", config=settings))

    def attach(self, client: Any) -> Any:
        client.meta.events.register("before-send.rekognition", self._send)
        return client

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        self.sent.append((operation, json.loads(request.body)))
        steps = self.script[operation]
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        if isinstance(step, BaseException):
            raise step
        answer = step if isinstance(step, Answer) else step()
        body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        headers = HTTPHeaders()
        for name, value in answer.headers.items():
            headers[name] = value
        if answer.date is not None:
            headers["date"] = format_datetime(answer.date.astimezone(UTC), usegmt=True)
        return AWSResponse(URL, answer.status, headers, _Raw(body.encode()))


def described(status: str = "TRAINING_IN_PROGRESS", **members: Any) -> Json:
    """One version as the service describes it on the wire."""
    return {
        "ProjectVersionArn": VERSION,
        "CreationTimestamp": 1574317227.432,
        "Status": status,
        "OutputConfig": {"S3Bucket": "results", "S3KeyPrefix": "out"},
        **members,
    }


def versions(*descriptions: Json, token: str | None = None, date: datetime | None = None) -> Answer:
    page: dict[str, Any] = {"ProjectVersionDescriptions": list(descriptions)}
    return Answer(page | ({} if token is None else {"NextToken": token}), date=date)


def at(*statuses: str) -> list[Step]:
    """One answer of DescribeProjectVersions for each status that the version has, look by look."""
    return [versions(described(status)) for status in statuses]


@dataclass
class FakeTime:
    """A clock that only sleeping moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)
