"""Count the errors and warnings of lines: limits of memory, and which lines count as invalid or ignored."""

import io
import json
import tracemalloc
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rekog_versions.failures.files import lines_of
from rekog_versions.failures.tally import Tally
from tests.failures.helpers import BAD_LINE, OFF_FRAME, UNANNOTATED, Bucket, statistics, summary
from tests.testing.emulator import json_lines, line


class Chunks(io.RawIOBase):
    """A file whose content arrives in chunks."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = filter(None, chunks)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        chunk = next(self._chunks, b"")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def chunked(chunks: Iterable[bytes]) -> io.BufferedReader:
    return io.BufferedReader(Chunks(chunks), 1 << 16)


def test_memory_does_not_grow_with_the_validation_manifest() -> None:
    bad = json.dumps({**line("x" * 400), "errors": [BAD_LINE]}).encode() + b"\n"
    tally = Tally(5)
    tracemalloc.start()
    for number, text in enumerate(lines_of(chunked(bad * 100 for _ in range(60))), start=1):
        assert text is not None
        tally.add("training", number, text, "")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tally.counts["training"].invalid == tally.counts["training"].total == 6000
    assert peak < 6000 * len(bad) / 4


def test_more_codes_than_the_service_has_are_counted_together(bucket: Bucket) -> None:
    lines = [{"errors": [{"code": f"ERROR_{number}", "message": "?"}]} for number in range(1000)]
    bucket.put(summary=summary(statistics(1000), statistics(0)), training=json_lines(lines), testing=b"")
    explanation = bucket.explain()
    assert len(explanation.line_errors) == 201
    assert sum(group.count for group in explanation.line_errors) == 1000


@given(st.binary(max_size=60).map(lambda text: text.replace(b"a", b"\n")), st.lists(st.integers(0, 60), max_size=6))
@settings(max_examples=200, deadline=None)
def test_lines_are_split_at_newlines_only(content: bytes, cuts: list[int]) -> None:
    ends = sorted({0, *cuts, 60})
    chunks = [content[start:end] for start, end in pairwise(ends)]
    whole = content.split(b"\n")
    expected = whole[:-1] if not whole[-1] else whole
    assert list(lines_of(chunked(chunks))) == expected


def test_a_line_that_is_too_long_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekog_versions.failures.files._LONGEST_LINE", 10)
    chunks = [b"short\n", b"x" * 8, b"x" * 8, b"x\nfit", b"s\n", b"0123456789\n", b"y" * 11]
    assert list(lines_of(chunked(chunks))) == [b"short", None, b"fits", b"0123456789", None]


def test_a_line_is_invalid_or_ignored_for_its_own_notes_and_never_both() -> None:
    tally = Tally(3)
    entries: list[dict[str, Any]] = [
        {"errors": [BAD_LINE], "warnings": [UNANNOTATED]},
        {"source-ref": "s3://b/k", "warnings": [UNANNOTATED]},
        {"source-ref": "s3://b/k", "boxes": {"annotations": [{"class_id": 0, "errors": [OFF_FRAME]}]}},
    ]
    for number, entry in enumerate(entries, start=1):
        assert tally.add("training", number, json.dumps(entry).encode(), "")
    counted = tally.counts["training"]
    assert (counted.total, counted.invalid, counted.ignored) == (3, 1, 1)
    assert counted.statistics().valid_json_lines == 1
