"""Updating a dataset without I/O: lines into parts that one call takes, one part after the other.

An update is asynchronous and a dataset takes one at a time, so between two parts the dataset is waited for. Sending a
part twice does no harm: an entry replaces the one of the same image.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from rekog_versions._text import printable
from rekog_versions.errors import ResourceInUseError, noted
from rekog_versions.models.datasets import DatasetChanges, UpdateDatasetEntriesRequest
from rekog_versions.operations.datasets import UPDATE_DATASET_ENTRIES
from rekog_versions.operations.flows import Call, Flow, Sleep
from rekog_versions.statuses import DATASET_READY
from rekog_versions.waiting import GRACE, MISSING_DELAY, DatasetPoll, DatasetWatch, Schedule

logger = logging.getLogger("rekog_versions")

MOST_BYTES = 5_242_880
"""What one call takes: the service model's longest `GroundTruthBlob`."""
_BOM = b"\xef\xbb\xbf"


class WritesJson(Protocol):
    """A line that writes itself, such as those that build manifests."""

    def to_json(self) -> str:
        """The line as JSON, without a line break."""
        ...


DatasetLine: TypeAlias = str | bytes | Mapping[str, Any] | WritesJson
"""One line of a manifest: as text, as a dict, or as an object that writes itself."""
DatasetLines: TypeAlias = bytes | str | Iterable[DatasetLine]
"""What updates a dataset: the content of a manifest, or its lines."""


@dataclass(frozen=True)
class Part:
    """What one call takes."""

    content: bytes
    first: int
    """Its first line, counted from 1."""
    last: int
    """Its last line."""


def parts_of(changes: DatasetLines, most: int = MOST_BYTES) -> list[Part]:
    """Splits lines into parts of whole lines; blank lines count, and are left out.

    Args:
        changes: The lines.
        most: The most bytes of a part.

    Raises:
        ValueError: There is no line, or one can't be sent: it is no JSON object, has line breaks in it, or is too
            large; the message names the line.
        TypeError: A line is of no type that can be sent.
    """
    parts: list[Part] = []
    held: list[bytes] = []
    size, first, last = 0, 0, 0
    for number, line in enumerate(_lines(changes), 1):
        written = _written(line, number)
        if not written:
            continue
        if len(written) > most:
            raise ValueError(f"line {number} has {len(written):,} bytes; one call takes {most:,}. Nothing was sent")
        if held and size + len(written) > most:
            parts.append(Part(b"\n".join(held), first, last))
            held, size = [], 0
        if not held:
            first = number
        last = number
        held.append(written)
        size += len(written) + 1  # the line break before the next
    if not held:
        raise ValueError("there are no lines to update the dataset with")
    return [*parts, Part(b"\n".join(held), first, last)]


def _lines(changes: DatasetLines) -> Iterable[DatasetLine]:
    if isinstance(changes, Mapping) or hasattr(changes, "to_json"):
        raise TypeError("changes are lines; for a single one, write [line]")
    if hasattr(changes, "__fspath__"):
        raise TypeError("changes are lines or a manifest's content; for a file, pass its read_bytes()")
    if isinstance(changes, str):
        changes = changes.encode("utf-8")
    return changes.removeprefix(_BOM).split(b"\n") if isinstance(changes, bytes) else changes


def _written(line: DatasetLine, number: int) -> bytes:
    try:
        written = _encoded(line).strip()
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"line {number} can't be sent: {printable(str(error))}. Nothing was sent") from error
    if not written:
        return written
    if b"\n" in written or not written.startswith(b"{") or not written.endswith(b"}"):
        raise ValueError(
            f"line {number} is not one JSON object on one line: {_shown(written)} (changes are lines or a manifest's "
            "content, no path and no URI). Nothing was sent"
        )
    try:
        json.loads(written.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # the service would say so of the whole update, and later
        why = printable(str(error))
        raise ValueError(f"line {number} is no JSON ({why}): {_shown(written)}. Nothing was sent") from None
    return written


def _shown(written: bytes) -> str:
    return printable(written[:80].decode("utf-8", "replace"))


def _encoded(line: DatasetLine) -> bytes:
    match line:
        case bytes():
            return line
        case str():
            text = line
        case Mapping():
            text = json.dumps(dict(line), ensure_ascii=False, allow_nan=False)
        case _ if callable(getattr(line, "to_json", None)):
            text = line.to_json()
        case _:
            raise TypeError(f"a line is text, a dict or an object with to_json(), not a {type(line).__name__}")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # which can't be made again of a message alone
        raise ValueError("half a character (a lone surrogate) can't be sent") from None


def update_entries(
    dataset_arn: str,
    parts: Sequence[Part],
    timeout: float | None,
    schedule: Schedule | None,
    clock: Callable[[], float],
) -> Flow[int]:
    """The flow of UpdateDatasetEntries, in as many calls as it takes.

    Args:
        dataset_arn: The dataset.
        parts: The lines.
        timeout: Seconds until a wait between two calls gives up; None for never.
        schedule: When to look between two calls.
        clock: Monotonic seconds.

    Returns:
        How many calls it took. What the last of them sent is not applied yet.

    Raises:
        pydantic.ValidationError: That is no dataset's ARN; nothing was sent.
        WaitError: A part failed, or was not done in time.
        ServiceError: The service refused. Where several parts are sent, a note on the error says which are done.
    """
    requests = [
        UpdateDatasetEntriesRequest(dataset_arn=dataset_arn, changes=DatasetChanges(ground_truth=part.content))
        for part in parts
    ]

    def ready() -> Flow[DatasetPoll]:
        watch = DatasetWatch(DATASET_READY, dataset_arn, timeout=timeout, schedule=schedule, clock=clock)
        return _ready(watch)

    sent = applied = 0
    try:
        for request in requests:
            if sent:
                yield from ready()
                applied = sent
            yield from _sent(request, ready, clock)
            sent += 1
            logger.info("part %d of %d of an update of %s was sent", sent, len(parts), ascii(str(dataset_arn)))
    except BaseException as error:
        if len(parts) > 1:
            noted(error, _how_far(parts, sent, applied))
        raise
    return len(parts)


def _sent(
    request: UpdateDatasetEntriesRequest, ready: Callable[[], Flow[DatasetPoll]], clock: Callable[[], float]
) -> Flow[None]:
    """Sends a part; while the dataset is busy, waits for it and sends the part again."""
    since: float | None = None
    while True:
        try:
            yield Call(UPDATE_DATASET_ENTRIES, request.to_wire())
        except ResourceInUseError:
            # either something goes on, which a wait sees, or what it sees lags behind, or a training holds the dataset
            since = clock() if since is None else since
            if clock() - since > GRACE:
                raise
            yield Sleep(MISSING_DELAY)
            if (yield from ready()).number > 1:
                since = None
        else:
            return


def _ready(watch: DatasetWatch) -> Flow[DatasetPoll]:
    with watch.noting():
        while True:
            try:
                poll = watch.found((yield from watch.look()))
            except Exception as error:  # noqa: BLE001  (raised again, unless it passes)
                poll = watch.failed(error)
            if poll.next_in is None:
                watch.conclude(poll)
                return poll
            yield Sleep(poll.next_in)


def _how_far(parts: Sequence[Part], sent: int, applied: int) -> str:
    last = parts[-1].last
    done = f"lines 1 to {parts[applied - 1].last} were applied" if applied else "no line is known to be applied"
    unknown = "" if sent == applied else f"; lines {parts[applied].first} to {parts[sent - 1].last} were accepted"
    rest = "" if sent == len(parts) else f"; lines {parts[sent].first} to {last} are not known to be accepted"
    return (
        f"The update takes {len(parts)} calls. When it ended, {done}{unknown}{rest}. "
        "Sending a line again does no harm: it replaces the entry of the same image."
    )
