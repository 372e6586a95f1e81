"""The journal of a bulk detection: which images have a result, in a SQLite file that survives the process.

The journal is the truth: a result exists once its transaction is committed. Files of results are written from it. One
process uses a journal at a time, and the operating system ends the lock with the process, also after SIGKILL.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from pathlib import Path
from typing import Any, Self

from rekog_versions._text import printable, shown
from rekog_versions.hosting.bulk.dispatch import QueuedImage

_FORMAT = 1
_AT_ONCE = 1_000
"""Rows that are inserted or read together."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS started_model (only_row INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS images (number INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS results (
    finished INTEGER PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    record TEXT NOT NULL
);
"""


class ImageState(IntEnum):
    """The state of an image that is finished."""

    DONE = 1
    FAILED = 2


@dataclass(frozen=True, slots=True)
class ListedImage:
    """An image to detect labels in, or the reason why it cannot be sent."""

    source: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """The number of images in each state."""

    open: int = 0
    done: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """The number of all images."""
        return self.open + self.done + self.failed

    def after(self, done: int, failed: int) -> "ImageCounts":
        """Return the counts after more images have a result, or have failed."""
        return ImageCounts(self.open - done - failed, self.done + done, self.failed + failed)


class Journal:
    """The images of a bulk detection and their results.

    Args:
        path: The file; it is created if it does not exist.
        settings: The settings on which the results depend, such as the version and the thresholds.

    Raises:
        ValueError: The journal belongs to a detection with other settings, or the file is not a journal.
        RuntimeError: Another process uses the journal.
        OSError: The file cannot be opened.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self.path = path
        if not path.parent.is_dir():
            raise FileNotFoundError(f"the folder of the journal {shown(str(path))} must exist. Create it")
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._open(settings)
        except sqlite3.OperationalError as error:
            self.close()
            if "locked" in str(error):
                raise RuntimeError(
                    f"the journal {shown(str(path))} is in use by another process. Wait for its end, or pass another "
                    "output"
                ) from error
            raise OSError(f"the journal {shown(str(path))} cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            self.close()
            raise ValueError(f"the journal {shown(str(path))} must be a file of detect_all(): {error}") from error
        except BaseException:
            self.close()
            raise

    def _open(self, settings: Mapping[str, Any]) -> None:
        execute = self._connection.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")
        execute("BEGIN IMMEDIATE")  # takes the lock, which is held until the journal is closed
        for statement in _SCHEMA.split(";"):
            execute(statement)
        wanted = {"format": _FORMAT, **settings}
        found = {name: json.loads(value) for name, value in execute("SELECT name, value FROM settings")}
        if not found:
            rows = [(name, json.dumps(value)) for name, value in wanted.items()]
            self._connection.executemany("INSERT INTO settings VALUES (?, ?)", rows)
        elif found != wanted:
            execute("ROLLBACK")
            raise ValueError(_other_settings(self.path, found, wanted))
        execute("COMMIT")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, so that another process can use it."""
        self._connection.close()

    def add(self, images: Iterable[ListedImage]) -> None:
        """Add images that are not in the journal yet. An image that cannot be sent has failed at once."""
        rest = iter(images)
        while batch := list(islice(rest, _AT_ONCE)):
            with self._transaction():
                self._connection.executemany(
                    "INSERT OR IGNORE INTO images (source) VALUES (?)", [(image.source,) for image in batch]
                )
                for image in batch:
                    if image.problem is not None:
                        self._fail(image.source, image.problem)

    def _fail(self, source: str, problem: str) -> None:
        record = json.dumps({"source": source, "error": "InvalidImage", "message": problem})
        self._connection.execute(
            "INSERT OR IGNORE INTO results (number, state, record) SELECT number, ?, ? FROM images WHERE source = ?",
            (ImageState.FAILED, record, source),
        )

    def reopen_failed(self) -> None:
        """Make the images that have failed open again, for another attempt."""
        self._connection.execute("DELETE FROM results WHERE state = ?", (ImageState.FAILED,))

    def open_images(self, after: int, most: int) -> list[QueuedImage]:
        """Return the next images without a result.

        Args:
            after: The number of the last image that was returned before; 0 for none.
            most: The most images.
        """
        rows = self._connection.execute(
            "SELECT number, source FROM images WHERE number > ? "
            "AND NOT EXISTS (SELECT 1 FROM results WHERE results.number = images.number) ORDER BY number LIMIT ?",
            (after, most),
        )
        return [QueuedImage(number, source) for number, source in rows]

    def finish(self, results: Iterable[tuple[int, ImageState, str]]) -> None:
        """Write results in one transaction. An image that has a result keeps it.

        Args:
            results: The number of each image, its state, and its record as JSON.
        """
        with self._transaction():
            self._connection.executemany(
                "INSERT OR IGNORE INTO results (number, state, record) VALUES (?, ?, ?)", results
            )

    def counts(self) -> ImageCounts:
        """Return the number of images in each state."""
        (total,) = self._connection.execute("SELECT count(*) FROM images").fetchone()
        found = dict(self._connection.execute("SELECT state, count(*) FROM results GROUP BY state"))
        done, failed = found.get(ImageState.DONE, 0), found.get(ImageState.FAILED, 0)
        return ImageCounts(total - done - failed, done, failed)

    def records(self, state: ImageState) -> Iterator[str]:
        """Yield the records of images in a state, in the order in which they finished."""
        last = 0
        while True:
            rows = self._connection.execute(
                "SELECT finished, record FROM results WHERE finished > ? AND state = ? ORDER BY finished LIMIT ?",
                (last, state, _AT_ONCE),
            ).fetchall()
            if not rows:
                return
            yield from (record for _, record in rows)
            last = rows[-1][0]

    @property
    def has_started_model(self) -> bool:
        """True if a run has started the model and has not stopped it, for example because it was killed."""
        return self._connection.execute("SELECT 1 FROM started_model").fetchone() is not None

    @has_started_model.setter
    def has_started_model(self, value: bool) -> None:
        with self._transaction():
            self._connection.execute("DELETE FROM started_model")
            if value:
                self._connection.execute("INSERT INTO started_model DEFAULT VALUES")

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._connection)


class _Transaction:
    """A transaction that is committed at the end of a block, or rolled back by an exception."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")


def default_journal(output: str | os.PathLike[str]) -> Path:
    """Return the path of the journal beside a file of results."""
    path = Path(output)
    return path.with_name(f"{path.name}.journal")


def _other_settings(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    names = [name for name in {**found, **wanted} if found.get(name) != wanted.get(name)]
    changed = ", ".join(
        f"{name} {printable(found.get(name), 100)} there, {printable(wanted.get(name), 100)} now" for name in names
    )
    return f"the journal {shown(str(path))} belongs to a detection with other settings ({changed}). Pass another output"
