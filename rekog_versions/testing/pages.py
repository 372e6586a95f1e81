"""Pages of a list, and the tokens that lead from one page to the next.

A token holds the creation number of the page's last item, and a hash of the list that it belongs to. So a token stays
valid while items are added and deleted, and a token of another list, project, account or filter is rejected.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Protocol, TypeVar

from rekog_versions.testing.exceptions import InvalidPaginationTokenException

DEFAULT_SIZE = 100


class _Created(Protocol):
    @property
    def created(self) -> int: ...


_T = TypeVar("_T", bound=_Created)


def page(
    items: Sequence[_T], *, size: int | None, token: str | None, identity: Sequence[object]
) -> tuple[list[_T], str | None]:
    """Return one page of a list, and the token of the next page.

    Args:
        items: The whole list, latest first. The creation numbers are distinct.
        size: The number of items on a page. None means 100.
        token: The token of the page. None or "" means the first page.
        identity: The operation, the account, the region and the filters of the list, as JSON values.

    Returns:
        The page, and the token of the next page or None if this is the last one.

    Raises:
        InvalidPaginationTokenException: The token does not belong to this list.
    """
    rest = list(items)
    if token:
        last = _last_created(token, _hash(identity))
        rest = [item for item in rest if item.created < last]
    found = rest[: size or DEFAULT_SIZE]
    if len(rest) == len(found):
        return found, None
    return found, base64.urlsafe_b64encode(f"{found[-1].created}:{_hash(identity)}".encode("ascii")).decode("ascii")


def _hash(identity: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(list(identity), sort_keys=True).encode("ascii")).hexdigest()


def _last_created(token: str, list_hash: str) -> int:
    try:
        created, found_hash = base64.b64decode(token, altchars=b"-_", validate=True).decode("ascii").split(":")
        if found_hash == list_hash and created.isdecimal():
            return int(created)
    except ValueError:  # of b64decode, decode and split
        pass
    raise InvalidPaginationTokenException("Invalid pagination token")
