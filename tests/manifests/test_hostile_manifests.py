"""Manifests that were made to take much time or memory, or to write to a terminal."""

import json
import os
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import ImageLevelLine, UseCase, check_manifests, from_folder
from rekog_versions.manifests.lines import Line, parse, read_line
from tests.manifests.agreement import both_ways
from tests.manifests.entries import boxed, classed, manifest, pets, two_boxes
from tests.manifests.odd_lines import CLASS

ESCAPE = "\x1b]0;owned\x07\x1b[31m\u202e\n"


# work


class Label(str):
    """A label that counts how often labels are compared or hashed."""

    __slots__ = ()
    touched = 0

    def __eq__(self, other: object) -> bool:
        Label.touched += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        Label.touched += 1
        return str.__hash__(self)


def many_labels(count: int) -> dict[str, Any]:
    """Return a line with an attribute for each of many labels."""
    entry: dict[str, Any] = {"source-ref": "s3://pets/1.jpg"}
    for number in range(count):
        entry |= {f"a{number}": 1, f"a{number}-metadata": {**CLASS, "class-name": Label(f"label {number}")}}
    return entry


def test_the_work_for_a_line_is_proportional_to_its_labels() -> None:
    for count in (1000, 16_000):
        Label.touched = 0
        image, issues = read_line(Line("", many_labels(count)), 1)
        assert image is not None
        assert not issues
        assert len(image.labels[UseCase.IMAGE_LEVEL_LABELS]) == count
        assert Label.touched < 5 * count


def test_a_line_with_thousands_of_attributes_of_any_kind_is_read(tmp_path: Path) -> None:
    box = boxed(1, "cat")
    kinds: list[Callable[[int], dict[str, Any]]] = [
        lambda n: {f"a{n}": 1, f"a{n}-metadata": {**CLASS, "class-name": f"label {n}"}},
        lambda n: {f"a{n}": box["boxes"], f"a{n}-metadata": box["boxes-metadata"]},
        lambda n: {f"a{n}": "x", f"a{n}-metadata": CLASS},
        lambda n: {f"a{n}": 1, f"a{n}-metadata": 5},
        lambda n: {f"a{n}": 1},
        lambda n: {f"a{'-chain' * (n % 500)}": 1, f"a{'-chain' * (n % 500)}-metadata": CLASS},
    ]
    for kind in kinds:
        entry: dict[str, Any] = {"source-ref": "s3://pets/1.jpg"}
        for number in range(8000):
            entry |= kind(number)
        report = check_manifests(manifest(entry), auto_create=True, write_to=tmp_path)
        assert report.training.total_json_lines == 1


# memory


class Stream:
    """A binary file whose lines are made when they are read."""

    def __init__(self, count: int, make: Callable[[int], bytes]) -> None:
        self._lines = (make(number) for number in range(count))

    def read(self, size: int, /) -> bytes:
        return next(self._lines, b"")


LONG = "x" * 3_900_000
HALF = LONG[: len(LONG) // 2]
BOX = two_boxes()
SIZE: dict[str, Any] = BOX["boxes"]
METADATA: dict[str, Any] = BOX["boxes-metadata"]


def boxes(attribute: dict[str, Any] | None = None, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {**BOX, "boxes": {**SIZE, **(attribute or {})}, "boxes-metadata": {**METADATA, **(metadata or {})}}


PLACES: dict[str, Callable[[int], Any]] = {
    "the bucket": lambda n: {**classed(n, "cat"), "source-ref": f"s3://{n}{LONG}/x"},
    "the key": lambda n: {**classed(n, "cat"), "source-ref": f"s3://pets/{n}{LONG}"},
    "the same key": lambda _: {**classed(1, "cat"), "source-ref": f"s3://pets/{LONG}"},
    "source-ref without s3": lambda n: {**classed(n, "cat"), "source-ref": f"{n}{LONG}"},
    "a source-ref with escapes": lambda n: {**classed(n, "cat"), "source-ref": f"s3://pets/%20{n}{LONG}"},
    "the label": lambda n: classed(n, f"{n}{LONG}"),
    "the job": lambda n: {**classed(n, "cat"), "a0-metadata": {**CLASS, "job-name": f"{n}{LONG}"}},
    "the confidence": lambda n: {**classed(n, "cat"), "a0-metadata": {**CLASS, "confidence": f"{n}{LONG}"}},
    "the type": lambda n: {**classed(n, "cat"), "a0-metadata": {**CLASS, "type": f"{n}{LONG}"}},
    "a value": lambda n: {**classed(n, "cat"), "a0": f"{n}{LONG}"},
    "another member": lambda n: {**classed(n, "cat"), "other": f"{n}{LONG}"},
    "the name of another member": lambda n: {**classed(n, "cat"), f"{n}{LONG}": 1},
    "the name of half a pair": lambda n: {"source-ref": f"s3://pets/{n}.jpg", f"{n}{LONG}": 1},
    "the name of an attribute": lambda n: {
        "source-ref": f"s3://pets/{n}.jpg",
        f"{n}{HALF}": 1,
        f"{n}{HALF}-metadata": CLASS,
    },
    "the name of an invalid attribute": lambda n: {
        "source-ref": f"s3://pets/{n}.jpg",
        f"{n}{HALF}": "x",
        f"{n}{HALF}-metadata": CLASS,
    },
    "the name of an attribute without a type": lambda n: {
        "source-ref": f"s3://pets/{n}.jpg",
        f"{n}{HALF}": 1,
        f"{n}{HALF}-metadata": {},
    },
    "the name of an attribute with boxes": lambda n: {
        "source-ref": f"s3://pets/{n}.jpg",
        f"{n}{HALF}": SIZE,
        f"{n}{HALF}-metadata": METADATA,
    },
    "the names of a job and its adjustment": lambda n: {
        "source-ref": f"s3://pets/{n}.jpg",
        f"{n}{LONG[:900_000]}": SIZE,
        f"{n}{LONG[:900_000]}-metadata": METADATA,
        f"{n}{LONG[:900_000]}-chain": two_boxes(n, sides=(2, 2, 9, 9))["boxes"],
        f"{n}{LONG[:900_000]}-chain-metadata": METADATA,
    },
    "a verdict": lambda n: {
        **boxes(),
        "check": "1",
        "check-metadata": {"class-name": f"{n}{LONG}", "type": "groundtruth/label-verification"},
    },
    "a member of metadata": lambda n: {**classed(n, "cat"), "a0-metadata": {**CLASS, f"{n}{LONG}": 1}},
    "image_size": lambda n: boxes({"image_size": f"{n}{LONG}"}),
    "the width": lambda n: boxes({"image_size": [{"width": f"{n}{LONG}", "height": 5}]}),
    "annotations": lambda n: boxes({"annotations": f"{n}{LONG}"}),
    "an annotation": lambda n: boxes({"annotations": [f"{n}{LONG}"]}),
    "a class id": lambda n: boxes({"annotations": [{**SIZE["annotations"][0], "class_id": f"{n}{LONG}"}]}),
    "objects": lambda n: boxes(None, {"objects": f"{n}{LONG}"}),
    "a class of the map": lambda n: boxes(None, {"class-map": {f"{n}{LONG}": "cat", "0": "cat"}}),
    "a label of the map": lambda n: boxes(None, {"class-map": {"0": f"{n}{LONG}"}}),
    "cl-errors": lambda n: {**classed(n, "cat"), "cl-errors": [{"code": f"{n}{LONG}"}]},
    "ModerationLabels": lambda n: {
        "source-ref": f"s3://pets/{n}.jpg",
        "content-moderation-groundtruth": {"ModerationLabels": [{"Name": f"{n}{LONG}"}]},
    },
    "text that is not an object": lambda n: f"{n}{LONG}",
    "a list": lambda n: [f"{n}{LONG}"],
}


@pytest.mark.parametrize("place", PLACES)
def test_values_of_4_mb_are_not_kept_wherever_they_are(place: str) -> None:
    make = PLACES[place]
    for feature in ("CONTENT_MODERATION",) if place == "ModerationLabels" else ("CUSTOM_LABELS",):
        tracemalloc.start()
        try:
            stream = Stream(12, lambda n: json.dumps(make(n)).encode() + b"\n")
            report = check_manifests(stream, auto_create=True, class_ids=True, feature=feature)
            kept, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert report.training.total_json_lines == 12
        text = report.to_json()
        assert len(text) < 1_000_000
        assert len(str(report)) < 100_000
        # 12 lines have 47 MB; one is read at a time, in a few copies
        assert kept < 3_000_000, f"{kept:,}"
        assert peak < 45_000_000, f"{peak:,}"


@pytest.mark.slow
def test_a_million_small_values_in_a_line_are_not_kept() -> None:
    nested = b'{"source-ref": "s3://pets/%d.jpg", "a": [' + b"[]," * 1_000_000 + b"[]]}\n"
    tracemalloc.start()
    try:
        report = check_manifests(Stream(4, lambda n: nested % n), auto_create=True)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.training.total_json_lines == 4
    assert kept < 3_000_000


@pytest.mark.parametrize(
    ("bucket", "key", "says"),
    [
        (255, 1024, None),
        (256, 5, "its bucket has 256 characters; S3 allows 255"),
        (5, 1025, "its key has 1,025 characters; S3 allows 1,024"),
        (1, 1, None),
    ],
)
def test_buckets_and_keys_longer_than_in_s3_are_invalid_for_both_readers(
    bucket: int, key: int, says: str | None
) -> None:
    good = [classed(n, "cat") for n in range(5)]
    odd = {**classed("x", "cat"), "source-ref": f"s3://{'b' * bucket}/{'k' * key}"}
    same = {**classed("x", "cat"), "source-ref": f"s3://pets/{'k' * key}"}
    report, _ = both_ways([json.dumps(entry).encode() for entry in (*good, odd, *good, same)])
    found = [each.detail for each in report if each.code == "ERROR_INVALID_SOURCE_REF_FORMAT"]
    assert found == ([] if says is None else [says] * (1 + (key > 1024)))
    if says:
        with pytest.raises(ManifestError, match="S3 allows"):
            ImageLevelLine(odd["source-ref"], ["cat"])


NUMBERS = [
    "1e9",
    "999999999",
    "1e308",
    "1e309",
    "-1e9",
    "9" * 400,
    "1e-400",
    "-0",
    "0.0",
    "4096",
    "4096.0000001",
    "64",
    "1e3",
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("place", ["width", "height", "left", "top", "class_id", "confidence", "depth"])
def test_both_readers_agree_on_any_number_in_any_place(number: str, place: str) -> None:
    line = json.dumps({**two_boxes(1), **{k: v for k, v in classed(1, "cat").items() if k != "source-ref"}})
    odd = line.replace(f'"{place}": ', f'"{place}": {number}, "x": ', 1)
    both_ways([line.encode()] * 3 + [odd.encode(), line.encode()])


# text for terminals


def is_safe(text: str) -> bool:
    return all(line.isprintable() for line in text.splitlines())


def test_no_text_of_a_report_obeys_a_manifest() -> None:
    odd: list[dict[str, Any]] = [
        {"source-ref": f"s3://pets/{ESCAPE}", ESCAPE: 1, f"{ESCAPE}-metadata": {"type": ESCAPE}},
        {**classed("a", "cat"), ESCAPE: "x", f"{ESCAPE}-metadata": CLASS},
        {**classed("b", ESCAPE), ESCAPE: SIZE, f"{ESCAPE}-metadata": {**METADATA, "class-map": {ESCAPE: ESCAPE}}},
        {**classed("c", "cat"), "source-ref": f"pets/{ESCAPE}"},
        {"source-ref": "s3://pets/d.jpg", ESCAPE: 1},
        {ESCAPE: "s3://pets/d.jpg"},
        {**boxes(), "v": "1", "v-metadata": {"type": "groundtruth/label-verification", "class-name": f"bad {ESCAPE}"}},
        with_chain(),
        classed("e", f"{ESCAPE} cat"),
        classed("f", f"{ESCAPE}CAT"),
    ]
    content = manifest(*pets(40), *odd, *odd)
    for report in (
        check_manifests(content, auto_create=True, class_ids=True),
        check_manifests(content, content, feature="CONTENT_MODERATION"),
    ):
        assert len(report) > 12
        for issue in report:
            assert is_safe(issue.message)
            assert issue.message.isprintable()
            assert issue.detail.isprintable(), issue.code
            assert str(issue).isprintable()
            assert f"{issue.code}: " in str(issue)
            assert issue.fix in str(issue)
        assert is_safe(str(report))
        assert report.to_json().isascii()


def with_chain() -> dict[str, Any]:
    moved = two_boxes(5, sides=(2, 2, 9, 9))
    return {
        "source-ref": "s3://pets/5.jpg",
        ESCAPE: moved["boxes"],
        f"{ESCAPE}-metadata": METADATA,
        f"{ESCAPE}-chain": SIZE,
        f"{ESCAPE}-chain-metadata": METADATA,
    }


def test_the_place_of_an_issue_has_the_names_of_the_line() -> None:
    report = check_manifests(manifest({"source-ref": "s3://pets/1.jpg", ESCAPE: "x", f"{ESCAPE}-metadata": CLASS}))
    (found,) = (each for each in report if each.code == "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT")
    assert found.place == (ESCAPE,)
    long = "y" * 501
    report = check_manifests(manifest({"source-ref": "s3://pets/1.jpg", long: "x", f"{long}-metadata": CLASS}))
    (found,) = (each for each in report if each.code == "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT")
    assert found.place == (f"{long[:500]}...",)


def test_the_issues_of_a_rejected_line_can_be_printed() -> None:
    entry = {"source-ref": "s3://pets/1.jpg", ESCAPE: "x", f"{ESCAPE}-metadata": CLASS}
    with pytest.raises(ManifestError) as caught:
        from_line(entry)
    assert str(caught.value).isprintable()
    assert all(str(issue).isprintable() and issue.message.isprintable() for issue in caught.value.issues)
    # the service's own files have the name unchanged
    _, issues = read_line(parse(json.dumps(entry)), 1)
    assert ESCAPE in issues[0].message


def from_line(entry: dict[str, Any]) -> None:
    from rekog_versions.manifests import parse_manifest_line

    parse_manifest_line(json.dumps(entry))


# files that change


class Changing:
    """Changes a file while it is read, after some of its bytes."""

    def __init__(self, path: Path, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch) -> None:
        from rekog_versions.manifests import sources

        original = sources.ManifestLines._chunks

        def chunks(lines: Any) -> Iterator[bytes]:
            for number, chunk in enumerate(original(lines)):
                if number == 0:
                    change(path)
                yield chunk

        monkeypatch.setattr(sources.ManifestLines, "_chunks", chunks)
        monkeypatch.setattr(sources, "_CHUNK", 500)


def truncate(path: Path) -> None:
    os.truncate(path, 1000)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"{}\n")


def rewrite(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"cat", b"dog"))
    os.utime(path, ns=(1, 1))


@pytest.mark.parametrize("change", [truncate, append, rewrite])
def test_a_file_that_changes_while_it_is_checked_is_an_error(
    change: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, folder = tmp_path / "a.manifest", tmp_path / "results"
    path.write_bytes(manifest(*pets(40)))
    assert check_manifests(path, auto_create=True).clean
    Changing(path, change, monkeypatch)
    with pytest.raises(ManifestError, match=r"a\.manifest' has changed while it was read: check it again"):
        check_manifests(path, auto_create=True, write_to=folder)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe")
def test_a_pipe_can_be_checked(tmp_path: Path) -> None:
    import threading

    path = tmp_path / "pipe.manifest"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(manifest(*pets(40))))
    writer.start()
    report = check_manifests(path, auto_create=True)
    writer.join()
    assert report.clean


# folders


@pytest.fixture
def deep_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a folder with an image below 1,100 folders, and remove it: pytest's own clean-up is recursive."""
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path / "photos")
    for _ in range(1100):
        Path("d").mkdir()
        os.chdir("d")
    Path("1.jpg").write_bytes(b"")
    yield tmp_path / "photos"
    Path("1.jpg").unlink()
    for _ in range(1100):
        os.chdir("..")
        Path("d").rmdir()


def test_folders_may_be_nested_more_deeply_than_calls(deep_folder: Path) -> None:
    converted = from_folder(deep_folder, "s3://pets/photos")
    # the key is longer than S3 allows
    assert list(converted) == []
    (issue,) = converted.report
    assert "S3 allows 1,024" in str(issue.text)
