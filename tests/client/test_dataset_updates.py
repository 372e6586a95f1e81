"""Dataset updates of any size: the lines, the parts, and the waits between the calls; both clients."""

import base64
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from hypothesis import given, settings, strategies as st

from rekog_versions import AccessDeniedError, ResourceInUseError, VersionsClient, WaitTimeoutError
from rekog_versions.client.dataset_lines import MOST_BYTES, split_lines
from rekog_versions.errors import DatasetFailedError
from tests.client.datasets import BUSY, DESCRIBE, DONE, TRAIN, dataset_in
from tests.conftest import Driver
from tests.waiting.waits import STEADY
from tests.wire import FakeTime, Wire, notes, rejection, response_lost

UPDATE = "UpdateDatasetEntries"


class OwnLine:
    """A line that has its own `to_json()`."""

    def to_json(self) -> str:
        return '{"source-ref": "s3://data/3.png"}'


def sent_lines(wire: Wire) -> list[list[str]]:
    """Return the lines of each call."""
    contents = [base64.b64decode(asked["Changes"]["GroundTruth"]).decode() for asked in wire.requests_of(UPDATE)]
    return [content.split("\n") for content in contents]


def test_lines_of_every_kind_are_sent_in_one_call(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE)
    lines = ['{"source-ref": "s3://data/1.png"}\n', b'{"source-ref": "s3://data/2.png"}\r\n', OwnLine(), {"größe": 4}]
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, lines) == 1
    assert sent_lines(wire) == [
        [
            '{"source-ref": "s3://data/1.png"}',
            '{"source-ref": "s3://data/2.png"}',
            '{"source-ref": "s3://data/3.png"}',
            '{"größe": 4}',
        ]
    ]
    assert wire.requests_of(DESCRIBE) == []


@pytest.mark.parametrize("content", ['\ufeff{"a": 1}\r\n\r\n{"b": 2}\r\n', '{"a": 1}\n{"b": 2}'])
def test_the_content_of_a_manifest_is_sent_without_its_blank_lines(content: str, wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE)
    driver.over(wire.client())("update_dataset_entries", TRAIN, content)
    driver("update_dataset_entries", TRAIN, content.encode())
    assert sent_lines(wire) == [['{"a": 1}', '{"b": 2}']] * 2


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        (["{}", "[]"], ValueError, "line 2 is not one JSON object on one line"),
        (['{"a":\n1}'], ValueError, "line 1 is not one JSON object on one line"),
        (["{}", '{"a": "' + "x" * MOST_BYTES + '"}'], ValueError, r"line 2 has 5,242,8\d\d bytes; one call accepts"),
        ([], ValueError, "at least one line"),
        (b"\n\n", ValueError, "at least one line"),
        ({"source-ref": "s3://data/1.png"}, TypeError, "write \\[line\\]"),
        (OwnLine(), TypeError, "write \\[line\\]"),
        (Path("train.manifest"), TypeError, r"pass its read_bytes\(\)"),
        ("train.manifest", ValueError, "line 1 is not .*: train.manifest .*not a path or a URI"),
        (["{}", 5], TypeError, "line 2 cannot be sent: a line must be text, a dict or an object with to_json"),
        (["{}", {"a": float("nan")}], ValueError, "line 2 cannot be sent: Out of range float values"),
        (["{}", {"a": object()}], TypeError, "line 2 cannot be sent: Object of type object is not JSON serializable"),
        (['{"a": "\ud800"}'], ValueError, "line 1 cannot be sent: it contains a lone surrogate"),
        (["\x1b[2J"], ValueError, r"line: \\x1b\[2J"),
        (["{}", '{"a": }'], ValueError, 'line 2 is not valid JSON .*column 7.*: {"a": }'),
        (['{"a": 1}{"b": 2}'], ValueError, "line 1 is not valid JSON .Extra data"),
        ([b'{"a": "\xff"}'], ValueError, "line 1 is not valid JSON .'utf-8' codec"),
        (['{"a": ' + "[" * 100_000 + "}"], ValueError, "line 1 is not valid JSON .*recursion"),
    ],
)
def test_an_invalid_line_is_rejected_before_any_line_is_sent(
    changes: Any, error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(error, match=says):
        driver.over(wire.client())("update_dataset_entries", TRAIN, changes)
    assert wire.sent == []


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(2, 40), min_size=1, max_size=40), most=st.integers(40, 120))
def test_parts_hold_all_lines_whole_and_in_order_and_as_many_as_fit(sizes: list[int], most: int) -> None:
    lines = ["{" + " " * (size - 2) + "}" for size in sizes]
    parts = split_lines(lines, most)
    assert [line for part in parts for line in part.content.decode().split("\n")] == lines
    assert all(len(part.content) <= most for part in parts)
    for part, following in pairwise(parts):
        assert len(part.content) + 1 + len(following.content.split(b"\n")[0]) > most
        assert following.first == part.last + 1
    assert (parts[0].first, parts[-1].last) == (1, len(lines))


def test_lines_that_fill_a_call_to_the_last_byte_are_one_part() -> None:
    half = "{" + " " * (MOST_BYTES // 2 - 3) + "}"  # with the line break between them 5,242,879 bytes
    assert len(split_lines([half, half])) == 1
    assert len(split_lines([half, half + " ", "{}"])) == 2


BIG = [json.dumps({"source-ref": f"s3://data/{number}.png", "note": "x" * 2_000_000}) for number in range(5)]
"""Two of these lines fit into one call."""


def test_a_large_update_waits_between_its_calls_until_the_dataset_is_ready(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(UPDATE, DONE).on(DESCRIBE, *dataset_in("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_COMPLETE"))
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, BIG, schedule=STEADY) == 3
    assert [name for name, _ in wire.sent] == [UPDATE, DESCRIBE, DESCRIBE, UPDATE, DESCRIBE, UPDATE]
    assert sent_lines(wire) == [BIG[:2], BIG[2:4], BIG[4:]]
    assert time.slept == [60]


def test_a_failed_part_has_a_note_on_the_lines_applied_before(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE)
    wire.on(DESCRIBE, *dataset_in("UPDATE_COMPLETE"), *dataset_in("UPDATE_FAILED", StatusMessage="Too many images."))
    with pytest.raises(DatasetFailedError, match="Too many images") as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, BIG)
    assert "takes 3 calls" in notes(caught.value)
    assert "lines 1 to 2 were applied; lines 3 to 4 were accepted; lines 5 to 5 are not known" in notes(caught.value)
    assert len(wire.requests_of(UPDATE)) == 2


def test_a_rejected_part_has_a_note_on_the_lines_applied_before(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE, rejection("AccessDeniedException")).on(DESCRIBE, *dataset_in("UPDATE_COMPLETE"))
    with pytest.raises(AccessDeniedError) as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, BIG)
    assert "lines 1 to 2 were applied; lines 3 to 5 are not known to be accepted" in notes(caught.value)


def test_a_rejected_first_part_has_a_note_that_nothing_was_applied(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, rejection("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, BIG)
    assert "no line is known to be applied; lines 1 to 5 are not known to be accepted" in notes(caught.value)


def test_a_rejected_update_of_one_call_has_no_note_on_lines(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, rejection("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"])
    assert "lines" not in notes(caught.value)


def test_an_update_waits_until_a_busy_dataset_is_ready(wire: Wire, driver: Driver, time: FakeTime) -> None:
    """The lost attempt made it busy. It does no harm to send the lines again."""
    wire.on(UPDATE, response_lost, BUSY, DONE)
    wire.on(DESCRIBE, *dataset_in("UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"))
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"], schedule=STEADY) == 1
    assert time.slept == [5, 60, 60]
    assert sent_lines(wire) == [["{}"]] * 3


def test_an_update_waits_for_any_number_of_other_updates(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(UPDATE, BUSY, BUSY, BUSY, DONE)
    wire.on(DESCRIBE, *dataset_in(*["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"] * 3))
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"], schedule=STEADY) == 1
    assert sum(time.slept) == 3 * 65


def test_a_dataset_that_stays_in_use_although_it_is_ready_raises_the_services_error(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    """A training uses it, which can take hours."""
    wire.on(UPDATE, BUSY).on(DESCRIBE, *dataset_in("UPDATE_COMPLETE"))
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"])
    assert "used by a training" in notes(caught.value)
    assert sum(time.slept) == pytest.approx(35, abs=5)


def test_an_update_whose_every_attempt_is_lost_raises(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, response_lost)
    with pytest.raises(ConnectionClosedError):
        driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"])


def test_a_wait_between_calls_survives_lost_polls_and_has_the_timeout(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE).on(DESCRIBE, *[response_lost] * 3, *dataset_in("UPDATE_COMPLETE"))
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, BIG) == 3
    wire.on(DESCRIBE, *dataset_in("UPDATE_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError, match="within 90 seconds") as caught:
        driver("update_dataset_entries", TRAIN, BIG, timeout=90)
    assert "no line is known to be applied; lines 1 to 2 were accepted" in notes(caught.value)


def test_a_dict_with_line_separators_in_its_text_is_sent_as_one_line(wire: Wire) -> None:
    entry = {"source-ref": "s3://data/\u2028 \n\t.png", "größe": "數"}
    wire.on(UPDATE, DONE)
    VersionsClient(wire.client()).update_dataset_entries(TRAIN, [entry])
    ((line,),) = sent_lines(wire)
    assert json.loads(line) == entry
