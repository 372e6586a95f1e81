"""One rate of calls for all processes of a machine, in a small SQLite file."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from rekog_versions._json import is_number
from rekog_versions._text import shown

_LOCK_TIMEOUT = 30.0


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
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._pid = 0

    def reserve(self) -> float:
        """Reserve the next call of all processes, and return the seconds to wait before it.

        Raises:
            OSError: The file cannot be used.
        """
        gap = 1 / self.per_second
        with self._lock:
            try:
                connection = self._connected()
                connection.execute("BEGIN IMMEDIATE")
                (due,) = connection.execute("SELECT due FROM rate").fetchone()
                now = self._now()
                start = max(due, now) if due - now < self._farthest else now
                connection.execute("UPDATE rate SET due = ?", (start + gap,))
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise OSError(f"the file of the shared rate {shown(str(self.path))} cannot be used: {error}") from error
        return max(0.0, start - now)

    _farthest = 3600.0
    """Seconds in the future from which a reservation is a mistake, for example after the clock was set back."""

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None or self._pid != os.getpid():  # a connection must not be used after a fork
            connection = sqlite3.connect(
                self.path, timeout=_LOCK_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("CREATE TABLE IF NOT EXISTS rate (only_row INTEGER PRIMARY KEY, due REAL NOT NULL)")
            connection.execute("INSERT OR IGNORE INTO rate VALUES (1, 0)")
            self._connection, self._pid = connection, os.getpid()
        return self._connection
