"""Mutations of manifest lines: likely mistakes of people and editors, and unlikely ones."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, cast

VALUES: Sequence[Any] = (
    None, True, False, 0, -0.0, 1, -1, 0.5, 1.0, 1.0000001, 2, 50, 256, 999, 1000, 4963, 10**9,
    10**9 - 1, -(10**9), 10**40, 1e308,
    "", "0", "-0", "cat", "Cat ", "x" * 256, "x" * 257, "s3://pets/1.jpg", "s3:///1.jpg",
    "s3://pets/", "s3://pets//",
    "\n", "\ud800", "\u2028", "groundtruth/image-classification", "groundtruth/object-detection",
    [], {}, [{}], [[]], {"0": "cat"},
    {"confidence": 1}, [{"confidence": 1}] * 3, {"class-name": "cat"},
)  # fmt: skip
PIECES: Sequence[bytes] = (
    b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x00", b"\t", b"\r", b" ", b"\\",
    b'"', b"\\ud800", b"\\u0000",
    b"\\q", b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1e-999", b"01", b"1.", b"-",
    b"+1", b"9" * 400, b"0.1e1", b"true",
    b"null", b"{", b"}", b"[", b"]", b",", b":", b"[" * 2000, b"\x0b", b"\xc2\xa0",
    b"\xe2\x80\xa8", b'"errors": [], ', b'"a": 1, ',
    b'"type": "groundtruth/object-detection", ', b'"confidence": 2, ', b'"source-ref": "s3://pets/2.jpg", ',
)  # fmt: skip


def mutated(random: Random, lines: Sequence[bytes]) -> bytes:
    """Return one of the lines, usually with a mutation. It contains no line feed."""
    line = random.choice(lines)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        line = random.choice(_MUTATIONS)(random, line)
    return line.replace(b"\n", b" ")


def _bytes(random: Random, line: bytes) -> bytes:
    at = random.randrange(len(line) + 1)
    until = min(len(line), at + random.choice((0, 0, 1, 1, 2, 20)))
    return line[:at] + random.choice((b"", *PIECES, bytes([random.randrange(256)]))) + line[until:]


def _cut(random: Random, line: bytes) -> bytes:
    return line[: random.randrange(len(line) + 1)]


def _value(random: Random, line: bytes) -> bytes:
    """Replace or remove a random value of the line."""
    try:
        entry: Any = json.loads(line)
    except (ValueError, RecursionError):
        return line
    place: Any = entry
    while isinstance(place, dict | list):
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = random.choice(keys)
        value = place[key]
        if isinstance(value, dict | list) and value and random.random() < 0.75:
            place = value
            continue
        what = random.randrange(5)
        if what == 0:
            del place[key]
        elif what == 1 and isinstance(place, dict):
            cast("dict[str, Any]", place)[str(random.choice(VALUES))] = value
        elif what == 2 and isinstance(place, list):
            place.append(value)
        elif what == 3 and isinstance(value, int | float):
            place[key] = _other(random, value)
        else:
            place[key] = random.choice(VALUES)
        break
    try:
        return json.dumps(entry, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return line


def _other(random: Random, number: float) -> float:
    try:
        return random.choice((number + 1, -number, number * 1000, number / 3, float(number), int(number)))
    except (OverflowError, ValueError):  # too large, or none at all
        return -number


def _twice(random: Random, line: bytes) -> bytes:
    """Repeat a part of the line, for example a key."""
    parts = line.split(b", ")
    at = random.randrange(len(parts))
    return b", ".join((*parts[:at], parts[at], *parts[at:]))


_MUTATIONS: Sequence[Callable[[Random, bytes], bytes]] = (_bytes, _bytes, _cut, _value, _value, _value, _value, _twice)
