"""Splitting manifests into training and test manifests."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import ImageLevelLine, LabeledBox, ObjectLine
from rekog_versions.manifests.split import ManifestSplit, split_manifest, stratify
from rekog_versions.testing import mock_custom_labels
from tests.testing.emulator import shared_client


def line(name: object, *labels: str) -> str:
    return ImageLevelLine(f"s3://bucket/{name}.jpg", labels).to_json()


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.source, self.training, self.testing = (path / f"{n}.manifest" for n in ("all", "training", "testing"))

    def split(self, content: bytes | Sequence[str], **options: Any) -> ManifestSplit:
        self.source.write_bytes(content if isinstance(content, bytes) else "".join(f"{x}\n" for x in content).encode())
        return split_manifest(self.source, self.training, self.testing, **options)

    def refs(self, path: Path) -> list[str]:
        return [json.loads(text)["source-ref"] for text in path.read_bytes().splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_each_label_gets_its_share_of_test_images(folder: Folder) -> None:
    counts = {"cat": 100, "dog": 50, "eel": 10, "fox": 3, "gnu": 2, "hen": 1}
    lines = [line(f"{label}{n}", label) for label, count in counts.items() for n in range(count)]
    split = folder.split(lines)
    assert dict(split.testing.labels) == {"cat": 20, "dog": 10, "eel": 2, "fox": 1, "gnu": 1}
    assert dict(split.training.labels) == {"cat": 80, "dog": 40, "eel": 8, "fox": 2, "gnu": 1, "hen": 1}
    assert split.without_test == ("hen",)
    assert (split.training.lines, split.testing.lines) == (132, 34)
    assert sorted(folder.refs(folder.training) + folder.refs(folder.testing)) == sorted(
        json.loads(text)["source-ref"] for text in lines
    )


def test_the_text_of_a_split_is_a_table_without_control_characters(folder: Folder) -> None:
    lines = [line(n, "cat\x1b[31m" if n % 2 else "dog") for n in range(20)]
    text = str(folder.split([*lines, line("x", "eel"), "{"]))
    assert text.splitlines() == [
        r"               training     testing   share",
        r"lines                18           4   18.2%",
        r"images               17           4   19.0%",
        r"cat\x1b[31m           8           2   20.0%",
        r"dog                   8           2   20.0%",
        r"eel                   1           0    0.0%",
        r"without a test image: eel",
        r"lines without an image, copied to training: 22",
    ]


def test_shares_hold_where_images_have_several_labels(folder: Folder) -> None:
    chance = random.Random(7)
    names = [f"label {n}" for n in range(12)]
    lines = [line(n, *chance.sample(names, chance.randint(1, 4))) for n in range(1000)]
    split = folder.split(lines, test_fraction=0.25)
    assert split.testing.images == pytest.approx(250, abs=10)
    for name in names:
        there = split.testing.labels[name]
        assert there / (there + split.training.labels[name]) == pytest.approx(0.25, abs=0.02)


def test_images_with_boxes_are_counted_once_for_each_of_their_labels(folder: Folder) -> None:
    boxes = [LabeledBox("cat", 1, 1, 10, 10), LabeledBox("cat", 20, 20, 10, 10), LabeledBox("dog", 5, 5, 9, 9)]
    lines = [ObjectLine(f"s3://bucket/{n}.jpg", 100, 100, boxes).to_json() for n in range(10)]
    split = folder.split(lines)
    assert dict(split.testing.labels) == {"cat": 2, "dog": 2}


def test_lines_of_the_same_image_stay_together(folder: Folder) -> None:
    lines = [line(n % 10, "cat" if n < 10 else "dog") for n in range(30)]
    split = folder.split(lines)
    assert set(folder.refs(folder.training)).isdisjoint(folder.refs(folder.testing))
    assert (split.testing.images, split.testing.lines) == (2, 6)
    assert dict(split.testing.labels) == {"cat": 2, "dog": 2}


ANIMALS = [line(n, "cat" if n % 3 else "dog") for n in range(30)]


def test_the_split_depends_on_the_seed_and_not_on_the_order_of_the_lines(folder: Folder) -> None:
    folder.split(ANIMALS, seed=1)
    first = set(folder.refs(folder.testing))
    folder.split(ANIMALS[::-1], seed=1)
    assert set(folder.refs(folder.testing)) == first
    folder.split(ANIMALS, seed=2)
    assert set(folder.refs(folder.testing)) != first


def test_the_split_is_the_same_in_every_process(folder: Folder) -> None:
    folder.split(ANIMALS, seed=3)
    # hashes of strings differ from process to process, so they must not decide
    assert {f"s3://bucket/{n}.jpg" for n in (1, 5, 8, 10, 12, 27)} == set(folder.refs(folder.testing))


lines_of_any_kind = st.lists(
    st.builds(
        lambda name, labels: line(name, *labels).encode(),
        st.integers(0, 30),
        st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True),
    )
    | st.sampled_from([b"", b"{", b'{"source-ref": "s3://bucket/unlabelled.jpg"}', "\ufeff{}".encode()]),
    max_size=60,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines_of_any_kind, st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.sampled_from([0.1, 0.2, 0.5, 0.9]))
def test_every_line_is_copied_unchanged_to_one_of_the_two_manifests(
    folder: Folder, lines: list[bytes], end: bytes, ends: bool, fraction: float
) -> None:
    content = end.join(lines) + (end if ends else b"")
    try:
        split = folder.split(content, test_fraction=fraction)
    except ManifestError as error:
        assert "can't be split" in str(error)  # noqa: PT017  (some contents can't be split)
        return
    training, testing = folder.training.read_bytes(), folder.testing.read_bytes()
    kept, moved = training.splitlines(keepends=True), testing.splitlines(keepends=True)
    assert Counter([*kept, *moved]) == Counter(content.splitlines(keepends=True))
    for part in (kept, moved):  # in the order of the source
        rest = iter(content.splitlines(keepends=True))
        assert all(text in rest for text in part)
    assert (split.training.lines, split.testing.lines) == (len(kept), len(moved))
    refs = [{json.loads(x)["source-ref"] for x in part if b'"source-ref"' in x} for part in (kept, moved)]
    assert refs[0].isdisjoint(refs[1])
    assert len(refs[1]) == split.testing.images > 0


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdef"), min_size=2), st.floats(0.05, 0.95))
def test_every_share_is_exact_if_each_image_has_one_label(labels: list[str], fraction: float) -> None:
    chosen = stratify({number: (label,) for number, label in enumerate(labels)}, fraction)
    got = Counter(labels[number] for number in chosen)
    for label, count in Counter(labels).items():
        assert abs(got[label] - count * fraction) <= (0.5 if 1 <= round(count * fraction) < count else 1)
        assert count == 1 or 1 <= got[label] < count


def test_a_byte_order_mark_does_not_hide_the_first_image(folder: Folder) -> None:
    content = b"\xef\xbb\xbf" + "\r\n".join(ANIMALS).encode()
    assert folder.split(content).unreadable == ()


@pytest.mark.parametrize("content", [line(1, "cat").encode(), "\n".join([line(1, "cat"), line(2, "dog")])])
def test_a_manifest_without_a_label_of_two_images_is_rejected(folder: Folder, content: bytes | str) -> None:
    with pytest.raises(ManifestError, match="can't be split: none of the labels"):
        folder.split(content.encode() if isinstance(content, str) else content)
    assert [path.name for path in folder.path.iterdir()] == ["all.manifest"]


def test_invalid_fractions_and_targets_are_rejected(folder: Folder) -> None:
    for fraction in (0, 1, -1, 1.5, float("nan")):
        with pytest.raises(ValueError, match="must be above 0 and below 1"):
            folder.split(ANIMALS, test_fraction=fraction)
    with pytest.raises(ValueError, match="must be three different files"):
        split_manifest(folder.source, folder.path / ".." / folder.path.name / "all.manifest", folder.testing)
    with pytest.raises(ManifestError, match="must have an extension"):
        split_manifest(folder.source, folder.training, folder.path / "testing")
    assert [path.name for path in folder.path.iterdir()] == ["all.manifest"]


class ReplacingS3:
    """S3 that replaces an object after it was read."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def get_object(self, **request: Any) -> Any:
        answer = self._s3.get_object(**request)
        self._s3.put_object(Bucket="bucket", Key=request["Key"], Body="\n".join(ANIMALS[::-1]).encode())
        return answer


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_custom_labels():
        made = shared_client("s3")
        made.create_bucket(Bucket="bucket")
        made.put_object(Bucket="bucket", Key="all.manifest", Body="\n".join(ANIMALS).encode())
        yield made


PLACES = ("s3://bucket/all.manifest", "s3://bucket/training.manifest", "s3://bucket/testing.manifest")


def test_a_manifest_in_s3_is_split_into_manifests_in_s3(s3: Any) -> None:
    split = split_manifest(*PLACES, s3=s3)
    assert (split.training.lines, split.testing.lines) == (24, 6)
    written = [s3.get_object(Bucket="bucket", Key=f"{n}.manifest")["Body"].read() for n in ("training", "testing")]
    assert sorted(b"\n".join(written).split(b"\n")) == sorted([b"", *(text.encode() for text in ANIMALS)])
    with pytest.raises(ValueError, match="pass s3=client"):
        split_manifest(*PLACES)


def test_a_source_that_changes_between_the_two_reads_is_an_error(s3: Any) -> None:
    with pytest.raises(ManifestError, match="has changed since it was read first"):
        split_manifest("s3://bucket/all.manifest", *PLACES[1:], s3=ReplacingS3(s3))


def test_a_rejected_upload_leaves_no_file_behind(s3: Any, tmp_path: Path) -> None:
    training = tmp_path / "training.manifest"
    with pytest.raises(ClientError, match="NoSuchBucket"):
        split_manifest(PLACES[0], training, "s3://nowhere/testing.manifest", s3=s3)
    assert list(tmp_path.iterdir()) == []


def test_many_labels_take_no_longer_than_few() -> None:
    seen = 0

    class Label(str):
        """A label that counts comparisons."""

        def __lt__(self, other: str) -> bool:
            nonlocal seen
            seen += 1
            return str.__lt__(self, other)

        __hash__ = str.__hash__

    count = 2_000
    chosen = stratify({number: [Label(f"{number % count:05}")] for number in range(2 * count)}, 0.5)
    assert len(chosen) == count
    assert seen < 100 * count
