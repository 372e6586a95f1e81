"""Conditional writes of moto's S3 made atomic.

moto 5.2 checks `If-Match` and `If-None-Match` as S3 does, but another thread can write between its check and its write.
S3 cannot be interrupted there. So the tests of races hold a lock for each PutObject.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.s3.responses import S3Response

_lock = threading.Lock()


@contextmanager
def atomic_puts() -> Iterator[None]:
    """Make each PutObject atomic for a block."""
    response: Any = S3Response
    original = response.put_object

    def put_object(self: Any) -> Any:
        with _lock:
            return original(self)

    response.put_object = put_object
    try:
        yield
    finally:
        response.put_object = original


if __name__ == "__main__":
    from rekog_versions.testing.server import main

    with atomic_puts():
        main()
