"""compare_manifests finds the images that differ, in any order of the lines."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import ChangeKind, ManifestComparison, compare_manifests
from rekog_versions.manifests.formats import unreadable as check
from tests.manifests.entries import boxed, classed, manifest, pets, two_boxes

OLD = manifest(classed(1, "cat"), classed(2, "cat"), classed(3, "dog"), two_boxes(4), boxed(5, "cat"))
NEW = manifest(
    classed(0, "bird"), classed(2, "dog", "cat"), classed(3, "dog"), two_boxes(4, (2, 2, 9, 9)), boxed(5, "cat")
)


def test_images_are_added_removed_relabelled_and_redrawn() -> None:
    found = compare_manifests(OLD, NEW)
    assert (found.added, found.removed, found.relabelled, found.redrawn, found.unchanged) == (1, 1, 1, 1, 2)
    assert not found.is_same
    assert [(change.kind.value, change.source_ref[-5:], change.old, change.new) for change in found.changes] == [
        ("added", "0.jpg", (), ("bird",)),
        ("removed", "1.jpg", ("cat",), ()),
        ("relabelled", "2.jpg", ("cat",), ("cat", "dog")),
        ("redrawn", "4.jpg", ("cat",), ("cat",)),
    ]
    labels = {label.name: label for label in found}
    assert (labels["cat"].old, labels["cat"].new, labels["cat"].removed, labels["cat"].lost) == (4, 3, 1, 0)
    assert (labels["dog"].gained, labels["bird"].added) == (1, 1)
    assert "relabelled: s3://pets/2.jpg (cat -> cat, dog)" in str(found)
    assert json.loads(found.to_json())["changes"][0]["kind"] == "added"


def test_order_attributes_dates_and_divided_lines_do_not_count() -> None:
    later = classed(1, "cat")
    later["other"], later["other-metadata"] = later.pop("a0"), later.pop("a0-metadata") | {"confidence": 0.3}
    old = manifest(classed(1, "cat"), classed(2, "cat", "dog"), two_boxes(3))
    new = manifest(two_boxes(3), classed(2, "dog"), later, classed(2, "cat"))
    found = compare_manifests(old, new)
    assert found.is_same
    assert found.unchanged == 3


def test_broken_lines_are_counted_and_texts_are_safe() -> None:
    broken = b"{\n\xff\xfe\n" + b"[" * 100_000 + b"\n"
    found = compare_manifests(OLD + broken, OLD + broken + manifest(classed("\x1b[2J", "\x1b[31m")))
    assert (found.added, found.removed, found.unchanged) == (1, 0, 5)
    assert (found.old.lines, found.old.lines_with_errors, list(found.old.error_lines)) == (8, 3, [6, 7, 8])
    assert "\x1b" not in str(found)


def test_only_the_first_changes_are_listed() -> None:
    found = compare_manifests(b"", manifest(*pets(1500)))
    assert (found.added, len(found.changes)) == (1500, 1000)
    assert "and 1,490 more" in str(found)
    assert [label.added for label in found] == [750, 750]


def test_a_file_object_is_rejected_and_a_change_meanwhile_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream: Any = io.BytesIO(OLD)
    with pytest.raises(TypeError, match=r"old must be .*, got a file object"):
        compare_manifests(stream, NEW)
    path = tmp_path / "a.manifest"
    path.write_bytes(OLD)

    def unreadable(head: bytes) -> str:  # called when the new manifest is opened, after the old one was read
        if b"s3://pets/0.jpg" in head:
            path.write_bytes(OLD + b"{}\n")
        return check(head)

    monkeypatch.setattr("rekog_versions.manifests.line_batches.unreadable", unreadable)
    with pytest.raises(ManifestError, match="has changed since it was read first"):
        compare_manifests(path, NEW)


images = st.dictionaries(st.integers(0, 12), st.frozensets(st.sampled_from("abc"), max_size=3), max_size=10)


@settings(max_examples=60, deadline=None)
@given(images, images, st.randoms(use_true_random=False))
def test_the_differences_are_those_of_two_dicts(
    old: dict[int, frozenset[str]], new: dict[int, frozenset[str]], random: Any
) -> None:
    texts = []
    for side in (old, new):
        lines = [classed(number, *sorted(labels)) for number, labels in side.items()]
        random.shuffle(lines)
        texts.append(manifest(*lines))
    found = compare_manifests(*texts)
    by_kind: dict[str, set[str]] = {kind.value: set() for kind in ChangeKind}
    for change in found.changes:
        by_kind[change.kind.value].add(change.source_ref)

    def references(numbers: Any) -> set[str]:
        return {f"s3://pets/{number}.jpg" for number in numbers}

    assert by_kind == {
        "added": references(new.keys() - old.keys()),
        "removed": references(old.keys() - new.keys()),
        "relabelled": references(number for number in old.keys() & new.keys() if old[number] != new[number]),
        "redrawn": set(),
    }
    assert found.unchanged == sum(old[number] == new[number] for number in old.keys() & new.keys())
    back: ManifestComparison = compare_manifests(texts[1], texts[0])
    assert (back.added, back.removed, back.relabelled) == (found.removed, found.added, found.relabelled)
