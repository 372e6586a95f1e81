"""The time to check or describe a manifest, and the memory.

Checking is compared with `for line in file: orjson.loads(line)` without keeping the results.

Both read the same file from disk, on one core. The broken lines have, in turn, invalid JSON, an invalid source-ref, an
invalid confidence and an invalid type; the baseline skips lines that it cannot decode. The peak memory is that of a new
process for a file of 500 MB, once with good lines and once with broken lines.

describe_manifest() is compared with check_manifests(). The boxes are in files that are large enough for a sample, as
those are for which the time matters.
"""

import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import orjson

from benchmarks._measure import Row, cpu, interleaved
from rekog_versions.manifests import check_manifests, describe_manifest

LINES, BOXES, REPETITIONS = 40_000, 10, 9
SIZE, MOST_MEMORY = 500 * 10**6, 200.0
_PEAK = "import sys; from benchmarks.manifests import print_peak; print_peak(sys.argv[1])"


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        cases: tuple[tuple[str, float, Iterator[str], Callable[[Path], None]], ...] = (
            ("checking image-level lines / orjson.loads of each", 1.5, _classes(LINES), _decode),
            ("checking lines with 10 boxes / orjson.loads of each", 1.7, _boxed(LINES // 5), _decode),
            ("  image-level, every fifth line broken", 3.5, _broken(_classes(LINES), 5), _decode_some),
            ("  10 boxes, every fifth line broken", 3.5, _broken(_boxed(LINES // 5), 5), _decode_some),
        )
        measured = [_compared(Path(folder, "a.manifest"), *case) for case in cases]
        described = [
            _described(Path(folder, "d.manifest"), "describing image-level lines / checking", _classes(LINES)),
            _described(Path(folder, "d.manifest"), "describing lines with 10 boxes / checking", _boxed(LINES // 2)),
        ]
        return [
            *measured,
            *described,
            _memory(Path(folder, "b.manifest"), "peak memory (MB) of checking 500 MB / 200 MB", _classes(1000)),
            _memory(
                Path(folder, "c.manifest"),
                "  every line broken",
                (line for number, line in enumerate(_broken(_classes(5000), 5)) if number % 5 == 0),
            ),
        ]


def _compared(path: Path, what: str, limit: float, lines: Iterator[str], decode: Callable[[Path], None]) -> Row:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    ours, theirs = interleaved(
        cpu(lambda: check_manifests(path, auto_create=True), 1),
        cpu(lambda: decode(path), 1),
        repetitions=REPETITIONS,
    )
    return Row(what, ours, theirs, limit)


def _described(path: Path, what: str, lines: Iterator[str]) -> Row:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    ours, theirs = interleaved(
        cpu(lambda: describe_manifest(path), 1),
        cpu(lambda: check_manifests(path, auto_create=True), 1),
        repetitions=REPETITIONS,
    )
    return Row(what, ours, theirs, 1.5)


def _decode(path: Path) -> None:
    with path.open("rb") as file:
        for line in file:
            orjson.loads(line)


def _decode_some(path: Path) -> None:
    with path.open("rb") as file:
        for line in file:
            try:
                orjson.loads(line)
            except orjson.JSONDecodeError:
                continue


def _memory(path: Path, what: str, lines: Iterator[str]) -> Row:
    some = list(lines)
    with path.open("w", encoding="utf-8") as file:
        number = size = 0
        while size < SIZE:
            # all images are different
            size += file.write(
                "".join(f"{line.replace('/images/', f'/{number + at}/')}\n" for at, line in enumerate(some))
            )
            number += len(some)
    found = subprocess.run([sys.executable, "-c", _PEAK, str(path)], check=True, capture_output=True, text=True)
    path.unlink()
    peak = float(found.stdout)
    return Row(what, [peak] * 2, [MOST_MEMORY] * 2, 1.0, unit="MB")


def print_peak(path: str) -> None:
    """Check a file, and print the peak memory of this process in MB."""
    report = check_manifests(path, auto_create=True)
    if report.training.total_json_lines < SIZE // 1000:
        raise RuntimeError(str(report))
    print(_peak_in_kilobytes() * 1024 / 10**6)


def _peak_in_kilobytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # on Linux, getrusage inherits the maximum of the parent process
        return int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1])  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _classes(count: int) -> Iterator[str]:
    for number in range(count):
        metadata = {
            "class-name": f"label-{number % 10}",
            "confidence": 1.0,
            "type": "groundtruth/image-classification",
            "job-name": "labeling-job/shape",
            "human-annotated": "yes",
            "creation-date": "2026-01-01T00:00:00.000000",
        }
        yield _line(number, shape=number % 10, shape_metadata=metadata)


def _boxed(count: int) -> Iterator[str]:
    random = Random(0)
    for number in range(count):
        attribute = {
            "image_size": [{"width": 1024, "height": 768, "depth": 3}],
            "annotations": [
                {
                    "class_id": random.randrange(5),
                    "top": random.randrange(400),
                    "left": random.randrange(600),
                    "height": random.randrange(20, 300),
                    "width": random.randrange(20, 300),
                }
                for _ in range(BOXES)
            ],
        }
        metadata = {
            "objects": [{"confidence": 0.09} for _ in range(BOXES)],
            "class-map": {str(label): f"label-{label}" for label in range(5)},
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-01-01T00:00:00.000000",
            "job-name": "labeling-job/boxes",
        }
        yield _line(number, shape=attribute, shape_metadata=metadata)


def _line(number: int, **members: Any) -> str:
    named = {name.replace("_", "-"): value for name, value in members.items()}
    return json.dumps({"source-ref": f"s3://bench/images/{number:06}.png", **named})


def _broken(lines: Iterator[str], every: int) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number % every:
            yield line
            continue
        match number // every % 4:
            case 0:
                yield line[:-2]
            case 1:
                yield line.replace("s3://", "")
            case 2:
                yield line.replace('"confidence": ', '"confidence": 1')
                # only the confidence of an image-level label is limited
            case _:
                yield line.replace('"type": "groundtruth/', '"type": "')
