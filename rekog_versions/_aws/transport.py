"""The wire: one call of boto3 in, one model out. Here alone are botocore's events and errors touched.

Two events are used. `response-received` tells what became of each attempt of a call that must not be made twice, on any
client: it only listens, and only while one of our own calls runs in the same context. `before-parse` hands over the
body of an answer, so that pydantic reads it from the bytes and botocore's slower walk gets an empty document; that one
is on clients made by `connect()` only, and again only for our own calls, so that the client stays whole for everybody
else.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from rekog_versions._text import printable
from rekog_versions._version import __version__
from rekog_versions.errors import ResponseError, ServiceError
from rekog_versions.operations.flows import AnswerT, Attempt, Call, Reply

if TYPE_CHECKING:
    import boto3
    from botocore.client import BaseClient
    from botocore.config import Config


class RekognitionMethods(Protocol):
    """The methods of boto3's client by which a client for rekognition is known; any object that has them will do.

    A client of boto3, typed by whatever stubs or by none, is one, and so is a fake of one's own. They are those of
    trainings and projects, and not all 23 that the clients call: a fake needs no more than these and what the code
    under test uses, and the fakes that were written for these five stay accepted. A method that a fake lacks is an
    AttributeError that names it, when it is called.
    """

    def create_project(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Calls CreateProject."""
        ...

    def create_project_version(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Calls CreateProjectVersion."""
        ...

    def delete_project(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Calls DeleteProject."""
        ...

    def describe_project_versions(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Calls DescribeProjectVersions."""
        ...

    def describe_projects(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Calls DescribeProjects."""
        ...


# No Protocol accepts BaseClient, and what boto3.client(...) returns is one wherever no stubs are installed
RekognitionClient: TypeAlias = "RekognitionMethods | BaseClient"
"""What a `VersionsClient` takes: boto3's client for rekognition."""

_attempts: ContextVar[list[Attempt] | None] = ContextVar("rekog_versions_attempts", default=None)
_wants_body: ContextVar[bool] = ContextVar("rekog_versions_wants_body", default=False)
_BODY = "rekog_versions.body"
_WATCHED = (
    "CreateProjectVersion",
    "CopyProjectVersion",
    "StartProjectVersion",
    "StopProjectVersion",
    "DeleteProjectVersion",
)
_READ_FROM_BYTES = ("DescribeProjectVersions", "DescribeProjects")
_OK = 200
# what botocore's parsers raise of an answer that has another form than the service model's; they have no common base
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, OverflowError, RuntimeError)


class Transport:
    """Makes calls through a boto3 client.

    Args:
        rekognition: The client.
    """

    def __init__(self, rekognition: "RekognitionClient") -> None:
        self.rekognition = rekognition
        self._reads_bytes = False
        for operation in _WATCHED:
            self._listen(f"response-received.rekognition.{operation}", _note_attempt)

    def read_bytes(self) -> None:
        """Lets the large answers go from bytes into models. It hooks the client, so the client must be ours."""
        self._reads_bytes = True
        for operation in _READ_FROM_BYTES:
            self._listen(f"before-parse.rekognition.{operation}", _take_body)

    def _listen(self, event: str, handler: Callable[..., None]) -> None:
        events = getattr(getattr(self.rekognition, "meta", None), "events", None)
        if events is not None:  # a fake has none: its errors are all that is known of its attempts
            events.register(event, handler, unique_id=f"rekog_versions {event}")

    def call(self, call: Call[AnswerT]) -> Reply[AnswerT]:
        """Makes a call.

        Raises:
            ServiceError: The service refused.
            ResponseError: The answer can't be read.
            botocore.exceptions.BotoCoreError: The call failed otherwise.
        """
        method = getattr(self.rekognition, call.operation.method)
        with (
            _set(_attempts, call.attempts),
            _set(_wants_body, self._reads_bytes),
            _raising_ours(call.operation.name),
        ):
            answered = method(**call.wire)
        answer = self._read(call, answered)
        return Reply(answer, _metadata(answered).get("HTTPHeaders", {}).get("date"), _request_id(answered))

    def _read(self, call: Call[AnswerT], answered: Any) -> AnswerT:
        kind, name = call.operation.answer, call.operation.name
        if not isinstance(answered, Mapping):
            raise ResponseError(name, answered, f"expected a dict, got {type(answered).__name__}")
        answers = cast("Mapping[str, Any]", answered)
        body = answers.get(_BODY)
        if body is not None:
            try:
                return kind.model_validate_json(body)
            except ValidationError:
                # botocore's reader decides what is wrong with it, so that both ways end alike
                with _raising_ours(name):
                    answers = self._read_as_botocore(name, body, answers["ResponseMetadata"]["HTTPHeaders"])
        members = {name: value for name, value in answers.items() if name != "ResponseMetadata"}
        try:
            return kind.model_validate(members)
        except ValidationError as error:
            raise ResponseError(name, members, _in_short(error), request_id=_request_id(answers)) from error

    def _read_as_botocore(self, operation: str, body: bytes, headers: Mapping[str, str]) -> Mapping[str, Any]:
        from botocore.parsers import create_parser  # noqa: PLC0415  (heavy to import)

        model: Any = cast("Any", self.rekognition).meta.service_model
        parser: Any = create_parser(model.resolved_protocol)
        response = {"body": body, "headers": headers, "status_code": _OK, "context": {"operation_name": operation}}
        return cast("Mapping[str, Any]", parser.parse(response, model.operation_model(operation).output_shape))


@contextmanager
def _raising_ours(operation: str) -> Generator[None]:
    try:
        yield
    except ClientError as error:
        raise ServiceError.of(error) from error
    except BotoCoreError:
        raise
    except _UNREADABLE as error:
        if isinstance(error, RuntimeError) and type(error) is not RuntimeError:
            raise  # somebody's own; botocore's, of times that no clock shows, is a plain one
        raise ResponseError(operation, None, f"reading it raised {printable(repr(error))}") from error


@contextmanager
def _set(variable: ContextVar[Any], value: Any) -> Generator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def _note_attempt(
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


def _take_body(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    if _wants_body.get() and response_dict["status_code"] == _OK:
        customized_response_dict[_BODY] = response_dict["body"]
        response_dict["body"] = b"{}"


def _metadata(answered: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = answered.get("ResponseMetadata", {})  # a fake may leave it out
    return found


def _request_id(answered: Mapping[str, Any]) -> str | None:
    found = _metadata(answered).get("RequestId")
    return None if found is None else str(found)


def _in_short(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'the whole'}: {first['msg']}"


class Services:
    """Clients for other services, made of a session when they are first needed, in the region of rekognition's.

    Args:
        rekognition: The client whose region the others get.
        session: What to make them of.
        given: Clients that are there already, by service name.
    """

    def __init__(self, rekognition: "RekognitionClient", session: "boto3.Session | None", **given: Any) -> None:
        self._region: str | None = getattr(getattr(rekognition, "meta", None), "region_name", None)
        self._session = session
        self._clients: dict[str, Any] = {name: client for name, client in given.items() if client is not None}

    def client(self, service: str) -> Any:
        """The client for a service.

        Raises:
            ValueError: There is neither a client nor a session to make one of.
        """
        if service not in self._clients:
            if self._session is None:
                given = "s3=boto3.client('s3') or " if service == "s3" else ""
                raise ValueError(
                    f"this needs a client for {service}: pass {given}session=boto3.Session(...), or use connect(), "
                    "which has a session"
                )
            session = cast("Any", self._session)  # the stubs know each service by its literal name
            self._clients[service] = session.client(service, region_name=self._region)
        return self._clients[service]


def connected(
    session: "boto3.Session | None",
    region_name: str | None,
    profile_name: str | None,
    endpoint_url: str | None,
    config: "Config | None",
) -> tuple[Any, "boto3.Session"]:
    """Makes a boto3 client for rekognition with sound settings, and tells the session that it is of.

    Raises:
        ValueError: Both a session and a profile are given.
        botocore.exceptions.BotoCoreError: There is no such profile, or no region.
    """
    import boto3  # noqa: PLC0415  (heavy, and whoever has a client already has it imported)
    from botocore.config import Config  # noqa: PLC0415

    if session is not None and profile_name is not None:
        raise ValueError("give a session or a profile_name, not both: a session has its profile already")
    session = session or boto3.Session(profile_name=profile_name, region_name=region_name)
    settings = Config(retries={"mode": "standard"}, user_agent_extra=f"rekog_versions/{__version__}")
    if config is not None:
        extra = getattr(config, "user_agent_extra", None)
        settings = settings.merge(config)
        if extra:
            settings = settings.merge(Config(user_agent_extra=f"{extra} rekog_versions/{__version__}"))
    make = cast("Any", session)
    return make.client("rekognition", region_name=region_name, endpoint_url=endpoint_url, config=settings), session
