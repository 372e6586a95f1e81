"""One rate of calls for all processes of a machine, in a small SQLite file."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rekog_versions._json import is_number
from rekog_versions._text import shown

_LOCK_TIMEOUT = 30.0
_FARTHEST = 3600.0
"""Seconds in the future from which a reservation is a mistake, for example after the clock was set back."""
_SCHEMA = "CREATE TABLE IF NOT EXISTS rate (only_row INTEGER PRIMARY KEY, due REAL NOT NULL)"


class SharedRate:
    """A rate of calls that several processes share.

    All of them pass the same path and rate as `account_rate` of `detect_all()`. Across machines, give each a part of
    the account's rate instead: `account_rate=25` on each of two.

    Args:
        path: A file on a local disk; it is created if it does not exist.
        per_second: The calls a second of all processes together.
        now: Return the time of day in seconds, which all processes share.

    Raises:
        ValueError: `per_second` is not above 0.
    """

    def __init__(
        self, path: str | os.PathLike[str], per_second: float, *, now: Callable[[], float] = time.time
    ) -> None:
        if not is_number(per_second) or per_second <= 0:
            raise ValueError(f"per_second must be a number above 0, got {shown(per_second)}")
        self.path = Path(path)
        self.per_second = float(per_second)
        self._now = now

    def reserve(self) -> float:
        """Reserve the next call of all processes, and return the seconds to wait before it.

        Raises:
            OSError: The file cannot be used.
        """
        try:
            # a connection must not be used after a fork, or by two threads at once, so each call has its own
            with closing(sqlite3.connect(self.path, timeout=_LOCK_TIMEOUT, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_SCHEMA)
                row = connection.execute("SELECT due FROM rate").fetchone()
                now = self._now()
                due: float = row[0] if row else now
                start = max(due, now) if due - now < _FARTHEST else now
                connection.execute("INSERT OR REPLACE INTO rate VALUES (1, ?)", (start + 1 / self.per_second,))
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise OSError(f"the file of the shared rate {shown(str(self.path))} cannot be used: {error}") from error
        return max(0.0, start - now)
