"""The files of results and failures of a bulk detection, which are written from its journal."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

from rekog_versions._aws.s3 import S3Location, is_s3_uri
from rekog_versions._text import shown
from rekog_versions.hosting.bulk.journal import ImageState, Journal, default_journal
from rekog_versions.manifests.destinations import Destinations

OutputName: TypeAlias = str | os.PathLike[str]
"""A path, or `s3://BUCKET/KEY`."""


def output_names(output: object) -> dict[ImageState, str]:
    """Return the names of the file of results and of that of failures: `a.jsonl` and `a.failures.jsonl`.

    Raises:
        TypeError: `output` is not a path.
        ValueError: `output` is empty, or an incomplete URI.
    """
    if not isinstance(output, str | os.PathLike):
        raise TypeError(f"output must be a path or s3://BUCKET/KEY, got {type(output).__name__}")
    name = os.fspath(cast("OutputName", output))
    if not name or name.endswith(("/", os.sep)):
        raise ValueError(f"output must be the name of a file, such as results.jsonl, got {shown(name)}")
    if is_s3_uri(name):
        S3Location.parse(name)
    elif Path(name).is_dir():
        raise ValueError(f"output must be the name of a file, got the folder {shown(name)}. Add a name")
    stem, dot, suffix = name.rpartition(".")
    if not dot or "/" in suffix or os.sep in suffix:
        return {ImageState.DONE: name, ImageState.FAILED: f"{name}.failures"}
    return {ImageState.DONE: name, ImageState.FAILED: f"{stem}.failures.{suffix}"}


def journal_path(output: str, journal: object) -> Path:
    """Return the path of the journal.

    Raises:
        TypeError: `journal` is not a path.
        ValueError: There is none, and `output` is in S3.
    """
    if journal is not None:
        if not isinstance(journal, str | os.PathLike):
            raise TypeError(f"journal must be the path of a file, got {type(journal).__name__}")
        return Path(cast("OutputName", journal))
    if is_s3_uri(output):
        raise ValueError("journal must be the path of a local file if output is in S3. Pass journal='results.journal'")
    return default_journal(output)


class LocalFiles:
    """Local files, to which results are appended as images finish.

    They are written anew from the journal first. So a file has the results that the journal has, each once, whatever
    ended the process before.

    Args:
        names: The file of each state.
        journal: The journal.

    Raises:
        OSError: A file cannot be written.
    """

    def __init__(self, names: Mapping[ImageState, str], journal: Journal) -> None:
        _write_all(names, journal)
        self._files = {state: Path(name).open("ab") for state, name in names.items()}  # noqa: SIM115

    def append(self, records: Iterable[tuple[ImageState, str]]) -> None:
        """Append records that are in the journal."""
        for state, record in records:
            self._files[state].write(_line(record))

    def flush(self) -> None:
        """Write the records that are still in memory."""
        for file in self._files.values():
            file.flush()

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()


class S3Files:
    """Objects in S3, which are written from the journal when the files are closed.

    Args:
        names: The `s3://` URI of each state.
        journal: The journal.
        s3: A boto3 client for S3.
    """

    def __init__(self, names: Mapping[ImageState, str], journal: Journal, s3: Any) -> None:
        self._names, self._journal, self._s3 = names, journal, s3

    def append(self, records: Iterable[tuple[ImageState, str]]) -> None:
        """Do nothing: the records are in the journal."""

    def flush(self) -> None:
        """Do nothing: the objects are written at the end."""

    def close(self) -> None:
        """Write the objects.

        Raises:
            BotoCoreError, ClientError: S3 cannot be reached or rejects a request.
        """
        _write_all(self._names, self._journal, self._s3)


def _write_all(names: Mapping[ImageState, str], journal: Journal, s3: Any = None) -> None:
    with Destinations() as destinations:
        for state, name in names.items():
            file = destinations.open_file(name, s3)
            for record in journal.records(state):
                file.write(_line(record))


def _line(record: str) -> bytes:
    return record.encode("ascii") + b"\n"


def open_files(names: Mapping[ImageState, str], journal: Journal, s3: Callable[[], Any]) -> LocalFiles | S3Files:
    """Open the files of results and failures."""
    if is_s3_uri(names[ImageState.DONE]):
        return S3Files(names, journal, s3())
    return LocalFiles(names, journal)
