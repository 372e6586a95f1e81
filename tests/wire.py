"""A scripted network: it records the requests of a boto3 client and returns the responses that a test lists.

Only the network is replaced, by botocore's `before-send` event. Serialization, retries, parsing and our own code are
the real ones.
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
_THREE_ATTEMPTS: Json = {"mode": "standard", "total_max_attempts": 3}

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/1574310000000"
VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/version/v1/1574317227432"
URL = "https://rekognition.us-east-1.amazonaws.com/"


@dataclass(frozen=True)
class HttpResponse:
    """An HTTP response."""

    body: Json | str
    status: int = 200
    date: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: {"x-amzn-requestid": "request-1"})


def rejection(code: str, message: str = "no", status: int = 400) -> HttpResponse:
    """Return the response to a request that the service rejects."""
    return HttpResponse({"__type": code, "message": message}, status)


@cache
def shared_session() -> boto3.Session:
    """Return the session of all clients. It keeps the service model that it has loaded."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


class _Raw(io.BytesIO):
    def stream(self, amount: int = 1024, decode_content: bool = True) -> Iterator[bytes]:
        while chunk := self.read(amount):
            yield chunk


def response_lost() -> HttpResponse:
    """Raise the error of a connection that closes before the response arrives."""
    raise ConnectionClosedError(endpoint_url=URL)


def timed_out() -> HttpResponse:
    """Raise the error of a response that does not arrive in time."""
    raise ReadTimeoutError(endpoint_url=URL)


def never_connected() -> HttpResponse:
    """Raise the error of a connection that cannot be made, so nothing was sent."""
    raise EndpointConnectionError(endpoint_url=URL)


Step: TypeAlias = HttpResponse | Callable[[], HttpResponse] | BaseException
"""A response, a function that returns one, or an exception to raise."""


@dataclass
class Wire:
    """The requests and responses of a client.

    Attributes:
        script: The steps of each operation. Each request takes the next one; the last is repeated.
        sent: The operation and the body of each request.
    """

    script: dict[str, list[Step]] = field(default_factory=dict)
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def on(self, operation: str, *steps: Step) -> "Wire":
        """Set the steps of an operation."""
        self.script[operation] = list(steps)
        return self

    def requests_of(self, operation: str) -> list[dict[str, Any]]:
        """Return the bodies of an operation's requests."""
        return [body for name, body in self.sent if name == operation]

    def client(self, session: boto3.Session | None = None, retries: Mapping[str, Any] = _THREE_ATTEMPTS) -> Any:
        """Return a boto3 client that uses this network. By default, it tries each call three times."""
        make: Any = session or shared_session()
        settings = Config(retries=dict(retries))  # type: ignore[arg-type]
        return self.attach(make.client("rekognition", region_name="us-east-1", config=settings))

    def attach(self, client: Any) -> Any:
        """Make a boto3 client use this network."""
        client.meta.events.register("before-send.rekognition", self._send)
        return client

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        self.sent.append((operation, json.loads(request.body)))
        steps = self.script[operation]
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        if isinstance(step, BaseException):
            raise step
        response = step if isinstance(step, HttpResponse) else step()
        body = response.body if isinstance(response.body, str) else json.dumps(response.body)
        headers = HTTPHeaders()
        for name, value in response.headers.items():
            headers[name] = value
        if response.date is not None:
            headers["date"] = format_datetime(response.date.astimezone(UTC), usegmt=True)
        return AWSResponse(URL, response.status, headers, _Raw(body.encode()))


def described(status: str = "TRAINING_IN_PROGRESS", **members: Any) -> Json:
    """Return the description of a version, as the service sends it."""
    return {
        "ProjectVersionArn": VERSION,
        "CreationTimestamp": 1574317227.432,
        "Status": status,
        "OutputConfig": {"S3Bucket": "results", "S3KeyPrefix": "out"},
        **members,
    }


def versions(*descriptions: Json, token: str | None = None, date: datetime | None = None) -> HttpResponse:
    """Return a page of DescribeProjectVersions.

    Args:
        *descriptions: The versions.
        token: The token of the next page.
        date: The service's clock.
    """
    page: dict[str, Any] = {"ProjectVersionDescriptions": list(descriptions)}
    return HttpResponse(page | ({} if token is None else {"NextToken": token}), date=date)


def at(*statuses: str) -> list[Step]:
    """Return a response of DescribeProjectVersions for each status, one after the other."""
    return [versions(described(status)) for status in statuses]


def notes(error: BaseException) -> str:
    """Return the notes of an exception as one text."""
    return "\n".join(getattr(error, "__notes__", ()))


@dataclass
class FakeTime:
    """A clock that only `sleep` moves.

    Attributes:
        now: The time in seconds.
        slept: The seconds of each pause.
    """

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)
