"""describe_manifest counts what is in a manifest, and no line makes it fail."""

import gzip
import json
import math
import statistics
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import boto3
import pytest
from hypothesis import assume, given, settings, strategies as st
from moto import mock_aws

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import ManifestDescription, ObjectLine, check_manifests, describe_manifest
from rekog_versions.manifests.statistics.distribution import Sketch
from rekog_versions.manifests.statistics.repeated import ImageIndex
from tests.manifests.agreement import slow_only
from tests.manifests.entries import boxed, classed, manifest, pets, two_boxes
from tests.manifests.mutations import mutated
from tests.manifests.odd_lines import LINES
from tests.manifests.typed import typed_lines


def test_images_boxes_and_labels_are_counted() -> None:
    found = describe_manifest(manifest(*pets(4), boxed(10, "cat", "cat", "bird"), classed(11, "dog", "cat")))
    assert (found.lines, found.images, found.boxes) == (6, 6, 3)
    assert [(label.name, label.images, label.boxes) for label in found] == [
        ("cat", 4, 2),
        ("dog", 3, 0),
        ("bird", 1, 1),
    ]
    assert found.labels_per_image == {1: 4, 2: 2}
    assert [(pair.first, pair.second, pair.images) for pair in found.together] == [
        ("bird", "cat", 1),
        ("cat", "dog", 1),
    ]
    assert found.buckets == {"pets": 6}
    assert found.extensions == {".jpg": 6}
    assert found.boxes_per_image.median == 3


def test_box_sizes_are_pixels_shares_and_ratios() -> None:
    found = describe_manifest(manifest(two_boxes(sides=(0, 0, 20, 10), size=(100, 80))))
    assert (found.box_width.minimum, found.box_width.maximum) == (20, 50)
    assert found.box_area.minimum == pytest.approx(200 / 8000, rel=0.01)
    assert found.box_aspect.maximum == 2
    assert (found.image_width.median, found.image_height.median) == (100, 80)
    assert found.labels[0].box_area == found.box_area
    assert found.box_area.count == found.boxes == 2


@pytest.mark.parametrize("per_batch", [1, 2, 7, 1000])
def test_images_that_occur_again_are_found_in_any_batch(per_batch: int) -> None:
    random = Random(per_batch)
    names = [f"s3://b/{random.randrange(600)}" for _ in range(1000)]
    images = ImageIndex()
    for start in range(0, len(names), per_batch):
        some = names[start : start + per_batch]
        places = list(range(len(some)))
        random.shuffle(places)
        images.add(start + 1, places, [some[place] for place in places])
    lines: dict[str, list[int]] = {}
    for number, name in enumerate(names, start=1):
        lines.setdefault(name, []).append(number)
    again = {name: numbers for name, numbers in lines.items() if len(numbers) > 1}
    assert images.result(10_000) == (len(lines), len(again), again)


def test_repeated_and_unlabeled_images_are_listed_with_their_lines() -> None:
    lines = [classed(1, "cat"), classed(2, "dog"), classed(1, "cat"), {"source-ref": "s3://other/x"}, classed(1, "cat")]
    found = describe_manifest([manifest(*lines[:2]), manifest(*lines[2:])])
    assert (found.images, found.repeated, found.unlabeled, list(found.unlabeled_lines)) == (3, 1, 1, [4])
    assert [(image.source_ref, list(image.lines)) for image in found.repeated_images] == [
        ("s3://pets/1.jpg", [1, 3, 5])
    ]
    assert found.extensions == {".jpg": 4, "": 1}
    assert found.buckets == {"pets": 4, "other": 1}


def test_dates_jobs_annotators_and_confidences_are_counted() -> None:
    entries = []
    for number, (date, human, confidence) in enumerate(
        [
            ("2026-01-31T23:30:00-01:00", "yes", 1),
            ("2025-12-01T00:00:00", "no", 0.5),
            ("0001-01-01T00:00:00+14:00", "no", 0.25),
            ("yesterday", "no", 0.25),
        ]
    ):
        entry = classed(number, "cat")
        entry["a0-metadata"] |= {
            "creation-date": date,
            "human-annotated": human,
            "job-name": "job",
            "confidence": confidence,
        }
        entries.append(entry)
    found = describe_manifest(manifest(*entries))
    assert found.months == {"2025-12": 1, "2026-02": 1}
    assert found.first_date
    assert found.last_date
    assert [found.first_date.isoformat(), found.last_date.isoformat()] == [
        "2025-12-01T00:00:00+00:00",
        "2026-02-01T00:30:00+00:00",
    ]
    assert (found.jobs, found.by_people, found.by_machines) == ({"job": 4}, 1, 3)
    assert (found.confidence.count, found.confidence.mean, found.confidence.minimum) == (4, 0.5, 0.25)


def test_broken_lines_are_counted_and_the_others_described() -> None:
    content = b"\n".join(
        [
            b"{",
            b"\xff\xfe{}",
            b"[" * 100_000,
            b"",
            b'{"source-ref": 1e400}',
            b'{"source-ref": "s3://b/' + b"x" * (5 * 1024 * 1024) + b'"}',
            json.dumps(classed(1, "cat")).encode(),
            json.dumps({**classed(2, "cat"), "a0-metadata": {"type": "groundtruth/image-classification"}}).encode(),
        ]
    )
    found = describe_manifest(content)
    assert (found.lines, found.blank_lines, found.lines_without_image, found.lines_with_errors) == (8, 1, 5, 6)
    assert found.error_lines == [1, 2, 3, 5, 6, 8]
    assert (found.images, found.unlabeled) == (2, 1)
    assert "check_manifests() explains them" in str(found)


def test_an_image_with_thousands_of_labels_is_quick() -> None:
    labels = [{"Name": f"label {number}"} for number in range(20_000)]
    entry = {"source-ref": "s3://b/1.png", "content-moderation-groundtruth": {"ModerationLabels": labels}}
    found = describe_manifest(manifest(entry))
    assert (len(found), found.together) == (20_000, ())


def test_the_number_of_pairs_and_names_is_limited() -> None:
    entries = (classed(number, *(f"{number} {place}" for place in range(50))) for number in range(42))
    found = describe_manifest(manifest(*entries))
    assert (len(found.together), found.has_all_pairs) == (50_000, False)


@pytest.mark.parametrize(
    "content", [gzip.compress(b"{}", mtime=0), '{"a": 1}\n'.encode("utf-16")], ids=["gzip", "UTF-16"]
)
def test_a_file_that_is_not_a_manifest_is_named(content: bytes) -> None:
    with pytest.raises(ManifestError, match="must be a manifest in UTF-8"):
        describe_manifest(content)


def test_a_manifest_in_s3_is_read_and_a_missing_one_named() -> None:
    with mock_aws():
        s3: Any = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="pets")
        s3.put_object(Bucket="pets", Key="a.manifest", Body=manifest(*pets(3)))
        assert describe_manifest("s3://pets/a.manifest", s3=s3).images == 3
        with pytest.raises(ManifestError, match=r"can't be read: .*NoSuchKey"):
            describe_manifest("s3://pets/b.manifest", s3=s3)


def test_the_text_is_safe_and_the_json_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.manifest"
    path.write_bytes(manifest(classed("\x1b[2J", "\x1b[31mred"), classed("\x1b[2J", "x" * 200), boxed(1, "cat")))
    found = describe_manifest(path)
    text = str(found)
    assert "\x1b" not in text
    assert "images in several lines: 1" in text
    document = json.loads(found.to_json())
    assert [label["name"] for label in document["labels"]] == ["\x1b[31mred", "cat", "x" * 200]
    assert document["labels_per_image"] == {"1": 3}
    assert document["repeated_images"][0]["lines"] == [1, 2]


def test_an_empty_manifest_has_a_text() -> None:
    found = describe_manifest(b"")
    assert not found
    assert found == ManifestDescription(sources=("<source>",))
    assert "0 lines" in str(found)


@settings(max_examples=50, deadline=None)
@given(st.lists(typed_lines, max_size=8))
def test_the_counts_agree_with_check_manifests(lines: list[Any]) -> None:
    content = "".join(f"{line.to_json()}\n" for line in lines).encode()
    found = describe_manifest(content)
    checked = check_manifests(content, auto_create=True).training
    assert {label.name: label.images for label in found} == checked.labels
    assert {label.name: label.boxes for label in found if label.boxes} == checked.boxes
    assert found.buckets == checked.buckets
    assert found.lines == checked.total_json_lines
    assert found.boxes == sum(len(line.boxes) for line in lines if isinstance(line, ObjectLine))
    assert str(found)
    assert json.loads(found.to_json())


some_lines = st.tuples(st.randoms(use_true_random=False), st.sampled_from(LINES)).map(
    lambda drawn: mutated(Random(drawn[0].randrange(2**32)), [drawn[1]])
)


@settings(max_examples=120, deadline=None)
@given(lines=st.lists(some_lines, max_size=6), start=st.sampled_from(LINES))
def test_the_fast_and_the_slow_way_agree(lines: list[bytes], start: bytes) -> None:
    content = b"\n".join([b'{"source-ref": "s3://b/1.png"}', start, start, start, *lines])
    assume(b"\0" not in content)  # that is UTF-16, or another file
    fast = describe_manifest(content)
    with slow_only():
        slow = describe_manifest(content)
    rounded = [json.loads(found.to_json(), parse_float=lambda text: f"{float(text):.6g}") for found in (fast, slow)]
    assert rounded[0] == rounded[1]


texts = st.sampled_from(["source-ref", "a", "a-metadata", "type", "class-map", "objects", "annotations", "image_size"])
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.just("groundtruth/object-detection"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.text(max_size=5), inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(json_values.map(json.dumps).map(str.encode) | st.binary(max_size=20), max_size=5))
def test_no_line_raises(lines: list[bytes]) -> None:
    assume(not any(b"\0" in line for line in lines))  # that is UTF-16, or another file
    found = describe_manifest(b"\n".join([b'{"source-ref": "s3://b/1.png"}', *lines]))
    assert found.images >= 1
    assert str(found)
    assert json.loads(found.to_json())


numbers = st.floats(0, 1e18) | st.integers(0, 10**9)


@given(st.lists(numbers, min_size=1, max_size=60))
def test_quantiles_are_exact_to_one_percent(values: list[float]) -> None:
    sketch = Sketch()
    sketch.add(values)
    found = sketch.result()
    ordered = sorted(values)
    for share, quantile in ((0.05, found.p5), (0.5, found.median), (0.95, found.p95)):
        exact = ordered[max(1, math.ceil(share * len(ordered))) - 1]
        assert quantile == pytest.approx(exact, rel=0.0101, abs=1e-12)
    assert found.minimum == pytest.approx(ordered[0], rel=0.01, abs=1e-12)
    assert found.maximum == pytest.approx(ordered[-1], rel=0.01, abs=1e-12)
    assert found.count == len(ordered)
    assert found.mean == pytest.approx(statistics.fmean(values))


def test_common_sizes_are_exact() -> None:
    for value in (1, 2, 17, 255, 256, 480, 512, 640, 768, 1024, 1080, 1280, 1920, 2048, 4096, 0.5, 0.25):
        sketch = Sketch()
        sketch.add((value,), 3)
        found = sketch.result()
        assert (found.count, found.minimum, found.median, found.maximum, found.mean) == (3, *[value] * 4)


def test_the_boxes_of_frequent_labels_are_sampled() -> None:
    random = Random(1)

    entries = [boxed(number, "cat", "dog") for number in range(12_000)]
    for entry in entries:
        for box in entry["boxes"]["annotations"]:
            box |= {"width": random.randrange(2, 60), "height": random.randrange(2, 60)}
    entries.append(boxed("last", "cat", "rare"))
    found = describe_manifest(manifest(*entries))
    assert [(label.name, label.boxes) for label in found] == [("cat", 12_001), ("dog", 12_000), ("rare", 1)]
    widths = sorted(box["width"] for entry in entries for box in entry["boxes"]["annotations"])
    assert found.boxes == len(widths)
    assert found.box_width.count == pytest.approx(len(widths), rel=0.02)
    for share, quantile in ((0.05, found.box_width.p5), (0.5, found.box_width.median), (0.95, found.box_width.p95)):
        assert quantile == pytest.approx(widths[round(share * len(widths))], abs=3)
    assert found.labels[2].box_area.count == 1


def peak(call: Callable[[], object]) -> int:
    """Return the bytes that a call needs at most."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_an_image_takes_at_most_100_bytes() -> None:
    def index(count: int) -> None:
        images = ImageIndex()
        for start in range(0, count, 500):
            images.add(start, range(500), [f"s3://b/{'x' * 100}{number}" for number in range(start, start + 500)])
        assert images.result(10) == (count, 0, {})

    few, many = peak(lambda: index(20_000)), peak(lambda: index(240_000))
    assert few < 4_000_000
    assert many - few < 220_000 * 75


def test_nothing_else_grows_with_the_images() -> None:
    class Images:
        """A manifest that is made while it is read."""

        def __init__(self, count: int) -> None:
            self._lines = self._made(count)

        def _made(self, count: int) -> Iterator[bytes]:
            for start in range(0, count, 100):
                yield manifest(*(boxed(f"{'x' * 100}{number}", "cat", "dog") for number in range(start, start + 100)))

        def read(self, size: int, /) -> bytes:
            return next(self._lines, b"")

    describe_manifest(Images(100))
    few, many = (peak(lambda: describe_manifest(Images(count))) for count in (6000, 10_000))  # noqa: B023
    assert many - few < 4000 * 80
