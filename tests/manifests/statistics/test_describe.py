"""describe_manifest counts what is in a manifest, and no line makes it fail."""

import gzip
import json
import math
import statistics
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import assume, given, settings, strategies as st
from moto import mock_aws

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import ManifestDescription, ObjectLine, check_manifests, describe_manifest
from rekog_versions.manifests.statistics.distribution import Sketch
from tests.manifests.entries import boxed, classed, manifest, pets, two_boxes
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
    assert found.box_area.minimum == pytest.approx(200 / 8000)
    assert found.box_aspect.maximum == 2
    assert (found.image_width.median, found.image_height.median) == (100, 80)
    assert found.labels[0].box_area == found.box_area


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
    assert (found.minimum, found.maximum, found.count) == (ordered[0], ordered[-1], len(ordered))
    assert found.mean == pytest.approx(statistics.fmean(values))


def test_an_image_takes_at_most_100_bytes() -> None:
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
    tracemalloc.start()
    try:
        found = describe_manifest(Images(10_000))
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert Counter(label.images for label in found) == {10_000: 2}
    assert peak < 1_500_000 + 10_000 * 60, (kept, peak)  # the filter, a batch of lines, and the images
