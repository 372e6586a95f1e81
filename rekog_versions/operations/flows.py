"""What flows are made of: the calls and pauses that they want done, and what they are sent.

What takes more than one call is written as a flow: a generator that yields the `Call`s and `Sleep`s it wants done and
is sent their results. The clients for boto3 and asyncio run the same flows, so a decision is made in one place only.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeAlias, TypeVar

from rekog_versions._aws.error_codes import Attempt
from rekog_versions.models._base import Request, Response

AnswerT = TypeVar("AnswerT", bound=Response)
RequestT = TypeVar("RequestT", bound=Request)
T = TypeVar("T")


@dataclass(frozen=True)
class Operation(Generic[AnswerT]):
    """An operation of the service."""

    name: str
    method: str
    """The name of boto3's method."""
    answer: type[AnswerT]

    @property
    def response(self) -> type[AnswerT]:
        return self.answer


@dataclass(frozen=True)
class Call(Generic[AnswerT]):
    """A call that a flow wants made; it is sent a `Reply`."""

    operation: Operation[AnswerT]
    wire: Mapping[str, Any]
    attempts: list[Attempt] | None = None
    """Where to note what became of each attempt."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """A pause that a flow wants made."""

    seconds: float


@dataclass(frozen=True)
class Reply(Generic[AnswerT]):
    """What came back of a call."""

    answer: AnswerT
    date: str | None = None
    """The answer's Date header."""
    request_id: str | None = None
    """What the service calls the call; None where something else answered, such as a proxy."""

    @property
    def served_at(self) -> datetime | None:
        """The service's clock; None where the answer does not tell it."""
        try:
            moment = parsedate_to_datetime(self.date or "")
        except ValueError:
            return None
        return moment if moment.tzinfo else None


Flow: TypeAlias = Generator[Call[Any] | Sleep, Any, T]


def request_of(kind: type[RequestT], request: RequestT | None, fields: Mapping[str, object]) -> RequestT:
    """The request that a method was given: whole, or as keyword arguments.

    Raises:
        TypeError: Neither or both were given, or something else than a request.
        pydantic.ValidationError: The keyword arguments break a rule.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    if request is None:
        return kind.model_validate(given)
    if not isinstance(request, kind):
        raise TypeError(
            f"expected a {kind.__name__} or its fields as keyword arguments, got {type(request).__name__}; "
            f"{kind.__name__}.from_dict(...) reads a dict"
        )
    if given:
        raise TypeError(f"give a {kind.__name__} or its fields as keyword arguments, not both: {', '.join(given)}")
    return request


def answer(call: Call[AnswerT]) -> Flow[AnswerT]:
    """The flow of a single call: its answer."""
    reply: Reply[AnswerT] = yield call
    return reply.answer
