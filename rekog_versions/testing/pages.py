"""Pages of a list and the tokens that lead from one to the next.

A token holds the last item's creation number and a signature over that number and the list it belongs to: it stays
right while items come and go, and a token of another list, project, account or filter is none here.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from typing import Protocol, TypeVar

from rekog_versions.testing.exceptions import InvalidPaginationTokenException

_KEY = secrets.token_bytes(32)
_NUMBER_BYTES = 8
DEFAULT_SIZE = 100


class _Created(Protocol):
    @property
    def created(self) -> int: ...


_T = TypeVar("_T", bound=_Created)


def page(
    items: Sequence[_T], *, size: int | None, token: str | None, identity: Sequence[object]
) -> tuple[list[_T], str | None]:
    """Cuts a page out of a list.

    Args:
        items: The whole list, latest first; creation numbers are distinct.
        size: How many items a page has; None means 100.
        token: Where to go on; None means at the beginning.
        identity: What the list is a list of: operation, account, region, filters. JSON must be able to hold it.

    Returns:
        The page, and the token for the next one or None if this is the last.

    Raises:
        InvalidPaginationTokenException: The token is none of this list.
    """
    rest = list(items)
    if token is not None:
        last = _position(token, identity)
        rest = [item for item in rest if item.created < last]
    cut = rest[: size or DEFAULT_SIZE]
    return cut, _token(cut[-1].created, identity) if len(rest) > len(cut) else None


def _token(position: int, identity: Sequence[object]) -> str:
    number = position.to_bytes(_NUMBER_BYTES, "big")
    return base64.urlsafe_b64encode(number + _signature(number, identity)).decode("ascii")


def _position(token: str, identity: Sequence[object]) -> int:
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError:  # also what a token of other than ASCII characters raises
        raw = b""
    number, signature = raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]
    if not hmac.compare_digest(signature, _signature(number, identity)):
        raise InvalidPaginationTokenException("Invalid pagination token")
    return int.from_bytes(number, "big")


def _signature(number: bytes, identity: Sequence[object]) -> bytes:
    listed = json.dumps(list(identity), sort_keys=True).encode("ascii")
    return hmac.digest(_KEY, number + listed, hashlib.sha256)
