"""Calls of the Rekognition client: sends a boto3 call and parses its response into a model.

Two events of botocore are used. `response-received` records each attempt of the calls whose outcome must be known, on
any client, and ends a call of DetectCustomLabels after its first attempt within `without_retries()`. The handlers act
only while one of our own calls runs in the same context. `before-parse` is
used on clients made by `connect()` only: pydantic parses the body of large responses, and botocore's slower parser gets
an empty document. It too affects our own calls only, so the client behaves normally for other users.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, cast

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from rekog_versions._aws.async_clients import is_async
from rekog_versions._aws.error_codes import Attempt, add_advice
from rekog_versions._aws.operations import Operation, ResponseT
from rekog_versions._text import printable
from rekog_versions.errors import ResponseError, ServiceError

if TYPE_CHECKING:
    from botocore.client import BaseClient


class without_retries:  # noqa: N801  (used like a function)
    """Make the calls of DetectCustomLabels in a block without botocore's retries, on any client.

    Code that detects labels in many images repeats failed calls itself, because it must know about each rejection.
    """

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _retries.set(False)

    def __exit__(self, *_: object) -> None:
        _retries.reset(self._token)


class RekognitionMethods(Protocol):
    """The methods by which a Rekognition client is recognised; any object that has them is accepted.

    boto3 clients match, with any type stubs or none, and so do fakes. The protocol names five of the 23 methods, so a
    fake needs no more than these and the methods that the code under test calls. A missing method raises an
    AttributeError with its name when it is called.
    """

    def create_project(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Call CreateProject."""
        ...

    def create_project_version(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Call CreateProjectVersion."""
        ...

    def delete_project(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Call DeleteProject."""
        ...

    def describe_project_versions(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Call DescribeProjectVersions."""
        ...

    def describe_projects(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Call DescribeProjects."""
        ...


# BaseClient does not match the Protocol, and without stubs boto3.client(...) has that type
RekognitionClient: TypeAlias = "RekognitionMethods | BaseClient"
"""A boto3 client for Rekognition, or a fake of one."""

_attempts: ContextVar[list[Attempt] | None] = ContextVar("rekog_versions_attempts", default=None)
_retries: ContextVar[bool] = ContextVar("rekog_versions_retries", default=True)
_wants_body: ContextVar[bool] = ContextVar("rekog_versions_wants_body", default=False)
_BODY = "rekog_versions.body"
_RECORDED = (
    "CreateProjectVersion",
    "CopyProjectVersion",
    "StartProjectVersion",
    "StopProjectVersion",
    "DeleteProjectVersion",
)
_DETECTION = "DetectCustomLabels"
_READ_FROM_BYTES = ("DescribeProjectVersions", "DescribeProjects")
_OK, _REDIRECTS = 200, 300
_LONGEST_DATE = 100
# botocore's parsers raise these for a response that does not match the service model; they have no common base
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, OverflowError, RuntimeError)


@dataclass(frozen=True)
class Reply(Generic[ResponseT]):
    """A response with what its HTTP headers say.

    Attributes:
        response: The parsed response.
        date: The `Date` header.
        request_id: The id of the call. None if something other than the service answered, such as a proxy.
    """

    response: ResponseT
    date: str | None = None
    request_id: str | None = None

    @property
    def served_at(self) -> datetime | None:
        """The service's clock in UTC; None if the response has no readable and plausible `Date` header."""
        from email.utils import parsedate_to_datetime  # noqa: PLC0415  (slow to import, and only needed after a lost call)

        try:
            moment = parsedate_to_datetime(str(self.date or "")[:_LONGEST_DATE])
            # a clock near the ends of the calendar would make every calculation with it overflow
            return moment.astimezone(UTC) if moment.tzinfo and 2000 <= moment.year < 2200 else None  # noqa: PLR2004
        except (ValueError, OverflowError, TypeError, IndexError):  # the parser's own, for malformed parts
            return None


class Transport:
    """Calls operations through a boto3 client.

    Args:
        rekognition: The client.

    Attributes:
        is_async: True if the client's methods must be awaited, as those of aiobotocore must.
    """

    def __init__(self, rekognition: RekognitionClient) -> None:
        self.rekognition = rekognition
        self._reads_bytes = False
        self.is_async = is_async(rekognition)
        for operation in _RECORDED:
            self._listen(f"response-received.rekognition.{operation}", _record_attempt)
        self._listen(f"response-received.rekognition.{_DETECTION}", _end_after_failed_attempt)

    def read_bytes(self) -> None:
        """Parse large responses from bytes. This hooks the client, so the client must be our own."""
        self._reads_bytes = True
        for operation in _READ_FROM_BYTES:
            self._listen(f"before-parse.rekognition.{operation}", _take_body)

    def _listen(self, event: str, handler: Callable[..., None]) -> None:
        events = getattr(getattr(self.rekognition, "meta", None), "events", None)
        if events is not None:  # a fake has no events; its attempts are known from its exceptions only
            events.register(event, handler, unique_id=f"rekog_versions {event}")

    def call(
        self, operation: Operation[ResponseT], wire: Mapping[str, Any], attempts: list[Attempt] | None = None
    ) -> Reply[ResponseT]:
        """Call an operation.

        Args:
            operation: The operation.
            wire: The keyword arguments of boto3's method.
            attempts: A list to which each attempt of the call is appended.

        Raises:
            ServiceError: The service rejected the request.
            ResponseError: The response cannot be parsed.
            botocore.exceptions.BotoCoreError: The call failed otherwise.
        """
        method = getattr(self.rekognition, operation.method)
        with _Observed(operation.name, attempts, wants_body=self._reads_bytes):
            response = method(**wire)
        return self._reply(operation, response)

    async def call_async(
        self, operation: Operation[ResponseT], wire: Mapping[str, Any], attempts: list[Attempt] | None = None
    ) -> Reply[ResponseT]:
        """Call an operation of a client whose methods are coroutine functions, such as aiobotocore's; see `call`."""
        method = getattr(self.rekognition, operation.method)
        with _Observed(operation.name, attempts, wants_body=self._reads_bytes):
            response = await method(**wire)
        return self._reply(operation, response)

    def _reply(self, operation: Operation[ResponseT], response: Any) -> Reply[ResponseT]:
        model = self._parse(operation, response)
        return Reply(model, _metadata(response).get("HTTPHeaders", {}).get("date"), _request_id(response))

    def _parse(self, operation: Operation[ResponseT], response: Any) -> ResponseT:
        if not isinstance(response, Mapping):
            raise ResponseError(operation.name, response, f"expected a dict, got {type(response).__name__}")
        members = cast("Mapping[str, Any]", response)
        body = members.get(_BODY)
        if body is not None:
            try:
                return operation.response.model_validate_json(body)
            except ValidationError:
                # botocore's parser decides what is wrong, so that both ways raise the same error
                with _Observed(operation.name):
                    members = self._parse_with_botocore(
                        operation.name, body, members["ResponseMetadata"]["HTTPHeaders"]
                    )
        own = {name: value for name, value in members.items() if name != "ResponseMetadata"}
        try:
            return operation.response.model_validate(own)
        except ValidationError as error:
            raise ResponseError(operation.name, own, _first_problem(error), request_id=_request_id(members)) from error

    def _parse_with_botocore(self, operation: str, body: bytes, headers: Mapping[str, str]) -> Mapping[str, Any]:
        from botocore.parsers import create_parser  # noqa: PLC0415  (slow to import)

        model: Any = cast("Any", self.rekognition).meta.service_model
        parser: Any = create_parser(model.resolved_protocol)
        response = {"body": body, "headers": headers, "status_code": _OK, "context": {"operation_name": operation}}
        return cast("Mapping[str, Any]", parser.parse(response, model.operation_model(operation).output_shape))


class _Observed:
    """Records the attempts of a call, and raises our errors instead of botocore's.

    A class is several times as fast here as a generator with `contextmanager`.
    """

    __slots__ = ("_attempts", "_operation", "_tokens", "_wants_body")

    def __init__(self, operation: str, attempts: list[Attempt] | None = None, *, wants_body: bool = False) -> None:
        self._operation = operation
        self._attempts = attempts
        self._wants_body = wants_body

    def __enter__(self) -> None:
        self._tokens = _attempts.set(self._attempts), _wants_body.set(self._wants_body)

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, GeneratorExit):  # the coroutine is closed, perhaps in another context
            return
        recorded, wants_body = self._tokens
        _attempts.reset(recorded)
        _wants_body.reset(wants_body)
        if isinstance(error, ClientError):
            raise ServiceError.of(error) from None  # it has the same message, and botocore's error is its context
        if isinstance(error, BotoCoreError):
            add_advice(error)
        elif isinstance(error, _UNREADABLE):
            if isinstance(error, RuntimeError) and type(error) is not RuntimeError:
                return  # raised by a fake or a handler; botocore raises plain RuntimeErrors, for times out of range
            raise ResponseError(self._operation, None, f"parsing it raised {printable(repr(error))}") from error


def _record_attempt(
    parsed_response: Mapping[str, Any] | None = None, exception: Exception | None = None, **_: Any
) -> None:
    attempts = _attempts.get()
    if attempts is None:
        return
    parsed = parsed_response or {}
    attempts.append(
        Attempt(
            exception,
            parsed.get("ResponseMetadata", {}).get("HTTPStatusCode"),
            parsed.get("Error", {}).get("Code"),
        )
    )


def _end_after_failed_attempt(
    parsed_response: Mapping[str, Any] | None = None, exception: Exception | None = None, **_: Any
) -> None:
    """Raise the error of a failed attempt at once. botocore would repeat the attempt after this event."""
    if _retries.get():
        return
    if exception is not None:
        raise exception
    if parsed_response is not None and _metadata(parsed_response).get("HTTPStatusCode", _OK) >= _REDIRECTS:
        raise ClientError(cast("Any", parsed_response), _DETECTION)


def _take_body(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    if _wants_body.get() and response_dict["status_code"] == _OK:
        customized_response_dict[_BODY] = response_dict["body"]
        response_dict["body"] = b"{}"


def _metadata(response: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata: Mapping[str, Any] = response.get("ResponseMetadata", {})  # a fake may leave it out
    return metadata


def _request_id(response: Mapping[str, Any]) -> str | None:
    request_id = _metadata(response).get("RequestId")
    return None if request_id is None else str(request_id)


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'the response'}: {first['msg']}"
