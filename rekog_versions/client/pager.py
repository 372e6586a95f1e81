"""Pagers: what a listing method returns, for both clients.

`Listing` and `PageWalk` decide which request follows which response. The two pagers send the requests.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from rekog_versions._aws.operations import Operation
from rekog_versions._aws.transport import Reply
from rekog_versions._keywords import explains_misuse
from rekog_versions.errors import PaginationError, ResponseError
from rekog_versions.models._base import Request, Response
from rekog_versions.models._constraints import NAMES_PER_CALL

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound=Response)

MOST_PAGES = 300_000
"""A listing that does not end after this many pages is an error. A dataset has at most 250,000 entries."""


class _Page(Protocol):
    @property
    def next_token(self) -> str | None: ...


@dataclass(frozen=True)
class Listing(Generic[ItemT, PageT]):
    """A paginated operation and its requests.

    Attributes:
        operation: The operation.
        requests: The first request of each chunk of names; most listings have one.
        items_in: Returns the items of a page; None if the page has no list.
    """

    operation: Operation[PageT]
    requests: Sequence[Request]
    items_in: Callable[[PageT], Sequence[ItemT] | None]

    def items(self, reply: Reply[PageT]) -> Sequence[ItemT]:
        """Return the items of a page.

        Raises:
            ResponseError: The response has neither a list nor a token nor a request id. The service did not send it,
                so the listing may not be empty.
        """
        items = self.items_in(reply.response)
        if items is None and reply.request_id is None and not next_token(reply):
            raise ResponseError(self.operation.name, reply.response.to_dict(), "it has neither a list nor a request id")
        return items or ()


class PageWalk(Generic[PageT]):
    """The requests of one pass over a listing.

    Attributes:
        wire: The next request as keyword arguments of boto3's method; None after the last.
    """

    def __init__(self, operation: Operation[PageT], requests: Sequence[Request]) -> None:
        self._operation = operation
        self._requests = iter(requests)
        self._pages = 0
        self.wire: Mapping[str, Any] | None = None
        self._next_chunk()

    def _next_chunk(self) -> None:
        request = next(self._requests, None)
        self._first = None if request is None else request.to_wire()
        self._seen: set[str] = set()
        self.wire = self._first

    def take(self, reply: Reply[PageT]) -> None:
        """Set `wire` to the request that follows this response.

        Raises:
            PaginationError: The service sent a token a second time, or there are too many pages.
        """
        self._pages += 1
        token = next_token(reply)
        if not token:  # the service omits the last token or sends an empty one
            self._next_chunk()
            return
        if token in self._seen or self._pages >= MOST_PAGES:
            raise PaginationError(self._operation.name, token, pages=self._pages)
        self._seen.add(token)
        self.wire = {**(self._first or {}), "NextToken": token}


def next_token(reply: Reply[Any]) -> str | None:
    """Return the token of the next page."""
    page: _Page = reply.response
    return page.next_token


def chunks(names: Sequence[str] | None) -> Sequence[list[str] | None]:
    """Split names into lists that one call accepts, without duplicates and in their order. None stays one call."""
    if names is None:
        return [None]
    unique = list(dict.fromkeys(names))
    return [unique[start : start + NAMES_PER_CALL] for start in range(0, max(len(unique), 1), NAMES_PER_CALL)]


class Pager(Generic[ItemT, PageT]):
    """The items of a listing. Iterate over it for the items, or over `pages()` for the responses.

    No request is sent before the iteration. Each iteration starts over. An empty page with a token does not end it.

    Raises:
        PaginationError: While iterating: the service sent a token a second time, or too many pages.
        ServiceError: While iterating: the service rejected a request.
    """

    def __init__(
        self,
        call: Callable[..., Reply[PageT]],
        listing: Listing[ItemT, PageT],
        prepare: Callable[[Request], Request] | None = None,
    ) -> None:
        self._call = call
        self._listing = listing
        self._prepare = prepare

    def pages(self) -> Iterator[PageT]:
        """Iterate over the responses."""
        for reply in self._replies():
            yield reply.response

    def __iter__(self) -> Iterator[ItemT]:
        for reply in self._replies():
            yield from self._listing.items(reply)

    def _replies(self) -> Iterator[Reply[PageT]]:
        requests = self._listing.requests
        if self._prepare is not None:
            requests = [self._prepare(request) for request in requests]
        walk = PageWalk(self._listing.operation, requests)
        while walk.wire is not None:
            reply = self._call(self._listing.operation, walk.wire)
            yield reply
            walk.take(reply)


class AsyncPager(Generic[ItemT, PageT]):
    """The items of a listing. Iterate over it for the items, or over `pages()` for the responses.

    No request is sent before the iteration. Each iteration starts over. An empty page with a token does not end it.

    Raises:
        PaginationError: While iterating: the service sent a token a second time, or too many pages.
        ServiceError: While iterating: the service rejected a request.
    """

    def __init__(
        self,
        call: Callable[..., Awaitable[Reply[PageT]]],
        listing: Listing[ItemT, PageT],
        prepare: Callable[[Request], Awaitable[Request]] | None = None,
    ) -> None:
        self._call = call
        self._listing = listing
        self._prepare = prepare

    async def pages(self) -> AsyncIterator[PageT]:
        """Iterate over the responses."""
        async for reply in self._replies():
            yield reply.response

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        async for reply in self._replies():
            for item in self._listing.items(reply):
                yield item

    async def _replies(self) -> AsyncIterator[Reply[PageT]]:
        requests = self._listing.requests
        if self._prepare is not None:
            requests = [await self._prepare(request) for request in requests]
        walk = PageWalk(self._listing.operation, requests)
        while walk.wire is not None:
            reply = await self._call(self._listing.operation, walk.wire)
            yield reply
            walk.take(reply)


_LIST_IT = "a Pager has no items before it is iterated, because each iteration sends requests. Write list(pager)"
explains_misuse(Pager, f"{_LIST_IT}[0], or next(iter(pager), None) for the first item", "__getitem__")
explains_misuse(Pager, f"{_LIST_IT} for all items, or next(iter(pager), None) for the first", "__next__")
explains_misuse(Pager, f"{_LIST_IT} and use the length or truth of the list", "__len__")
explains_misuse(Pager, "iterate a Pager with `for`; `async for` is for pagers of AsyncVersionsClient", "__aiter__")
explains_misuse(
    AsyncPager,
    "an AsyncPager is iterated with `async for`: [item async for item in pager]. Without asyncio, use VersionsClient",
    *("__iter__", "__getitem__", "__next__", "__anext__", "__len__"),
)
