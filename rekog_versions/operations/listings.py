"""Pages: which call follows which reply, and what of it is listed."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rekog_versions.errors import PaginationError, ResponseError
from rekog_versions.models._base import Response
from rekog_versions.models._constraints import NAMES_PER_CALL
from rekog_versions.operations.flows import Call, Operation, Reply

PageT = TypeVar("PageT", bound=Response)
ItemT = TypeVar("ItemT")
T = TypeVar("T")


@dataclass(frozen=True)
class Listing(Generic[ItemT, PageT]):
    """What is listed, and by which calls: for each chunk of ten names all of its pages."""

    operation: Operation[PageT]
    requests: Sequence[Mapping[str, Any]]
    """The first call of each chunk."""
    list_of: Callable[[PageT], Sequence[ItemT] | None]
    token_of: Callable[[PageT], str | None]

    def items(self, reply: Reply[PageT]) -> Sequence[ItemT]:
        """What a page lists.

        Raises:
            ResponseError: The answer has neither a list nor a token nor a request id: it is not the service's, and
                "nothing is there" would be a guess.
        """
        listed = self.list_of(reply.answer)
        if listed is None and reply.request_id is None and not self.token_of(reply.answer):
            raise ResponseError(self.operation.name, reply.answer.to_dict(), "it lists nothing and has no request id")
        return listed or ()

    def calls(self) -> Generator[Call[PageT], Reply[PageT], None]:
        """The calls, one after the other; each wants the reply to the one before.

        Raises:
            PaginationError: A token came a second time.
        """
        for request in self.requests:
            token: str | None = None
            seen: set[str] = set()
            while True:
                reply = yield Call(self.operation, {**request, "NextToken": token} if token else request)
                token = self.token_of(reply.answer)
                if not token:  # the service ends with none or with an empty one
                    break
                if token in seen:
                    raise PaginationError(self.operation.name, token, pages=len(seen))
                seen.add(token)


def following(calls: Generator[Call[PageT], Reply[PageT], None], reply: Reply[PageT]) -> Call[PageT] | None:
    """The call after the one that got this reply; None after the last."""
    try:
        return calls.send(reply)
    except StopIteration:
        return None


def chunks(names: Sequence[str] | None) -> Iterator[list[str] | None]:
    """Splits names into what one call takes, each name once, in their order; None, for all, stays one call."""
    if names is None:
        yield None
        return
    unique = list(dict.fromkeys(names))
    yield from (unique[start : start + NAMES_PER_CALL] for start in range(0, max(len(unique), 1), NAMES_PER_CALL))


def listed(values: Sequence[T] | None, parameter: str) -> Sequence[T] | None:
    """Refuses a lone string where a list of strings is meant.

    Raises:
        TypeError: It is one.
    """
    # a lone string is a sequence too: each of its letters would be taken for a name
    if isinstance(values, str):
        raise TypeError(f"{parameter} takes a list of strings; for one, write [{values!a}]")
    return values
