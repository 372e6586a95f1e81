"""Images that look alike are found, and images that cannot be read do not end the search."""

import json
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image, ImageFilter

from rekog_versions.manifests import find_similar_images, images_from_folder, images_from_s3
from rekog_versions.manifests.images.perceptual_hash import near_pairs, perceptual_hash
from rekog_versions.testing import mock_custom_labels
from tests.manifests.entries import classed, manifest
from tests.manifests.statistics.photos import encoded, photo
from tests.manifests.test_pixels import bomb
from tests.testing.emulator import shared_client


def lines(names: Iterable[str]) -> bytes:
    return manifest(*({**classed(0, "cat"), "source-ref": f"s3://photos/{name}"} for name in names))


def test_copies_have_nearly_the_same_hash_and_other_images_do_not() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    originals = [photo(number) for number in range(12)]
    hashes = [perceptual_hash(encoded(image, "PNG")) for image in originals]
    assert all((one ^ other).bit_count() > 20 for one, other in combinations(hashes, 2))
    for image, found in zip(originals, hashes, strict=True):
        copies = [
            encoded(image, quality=40),
            encoded(image.resize((640, 480)), "PNG"),
            encoded(image.resize((90, 70)), "PNG"),
            encoded(image.filter(ImageFilter.GaussianBlur(1))),
            encoded(image.transpose(Image.Transpose.ROTATE_90), exif=turned),
        ]
        assert max((perceptual_hash(copy) ^ found).bit_count() for copy in copies) <= 6


def test_leaks_between_training_and_test_come_first(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.png").write_bytes(encoded(photo(number), "PNG"))
    (tmp_path / "copy of 1.jpg").write_bytes(encoded(photo(1), quality=50))
    (tmp_path / "copy of 2.jpg").write_bytes(encoded(photo(2).resize((400, 300)), quality=50))
    training, testing = ["0.png", "1.png", "copy of 1.jpg", "2.png", "3.png"], ["4.png", "copy of 2.jpg", "3.png"]
    found = find_similar_images(
        lines(training), lines(testing), images=images_from_folder(tmp_path, "s3://photos"), on_progress=None
    )
    groups = [[(image.source_ref, image.side) for image in group.images] for group in found]
    assert groups == [
        [("s3://photos/2.png", "training"), ("s3://photos/copy of 2.jpg", "testing")],
        [("s3://photos/1.png", "training"), ("s3://photos/copy of 1.jpg", "training")],
    ]
    assert (found.images, found.group_count, found.leaks, found.in_both) == (7, 2, 1, ("s3://photos/3.png",))
    assert found
    assert json.loads(found.to_json())["groups"][0]["is_leak"] is True
    assert "in training and test:\n  training  s3://photos/2.png (0 bits differ)" in str(found)


def test_images_that_cannot_be_read_are_listed(tmp_path: Path) -> None:
    (tmp_path / "good.png").write_bytes(encoded(photo(1), "PNG"))
    (tmp_path / "bomb.png").write_bytes(bomb(60_000, 60_000))
    (tmp_path / "cut.jpg").write_bytes(encoded(photo(2))[:600])
    (tmp_path / "text.jpg").write_bytes(b"\x1b[31m")
    names = ["good.png", "bomb.png", "cut.jpg", "text.jpg", "missing.png", "../elsewhere.png"]
    found = find_similar_images(lines(names), images=images_from_folder(tmp_path, "s3://photos"))
    reasons = dict(found.unreadable)
    assert (found.images, found.unreadable_count, bool(found)) == (1, 5, False)
    assert "at most 64,000,000 are decoded" in reasons["s3://photos/bomb.png"]
    assert "out of the folder" in reasons["s3://photos/../elsewhere.png"]
    assert all(why.isprintable() for why in reasons.values())
    assert "\x1b" not in str(found)


def test_images_in_s3_are_read_whole_by_several_threads() -> None:
    with mock_custom_labels():
        s3 = shared_client("s3")
        s3.create_bucket(Bucket="photos")
        names = [f"{number}.jpg" for number in range(30)]
        for number, name in enumerate(names):
            s3.put_object(Bucket="photos", Key=name, Body=encoded(photo(number % 25), quality=95 - number))
        done: list[int] = []
        found = find_similar_images(lines([*names, "missing.jpg"]), images=images_from_s3(s3), on_progress=done.append)
    assert done == list(range(1, 32))
    assert [{image.source_ref for image in group.images} for group in found] == [
        {f"s3://photos/{number}.jpg", f"s3://photos/{number + 25}.jpg"} for number in range(5)
    ]
    assert found.unreadable == (("s3://photos/missing.jpg", "the file does not exist"),)


def test_arguments_are_checked(tmp_path: Path) -> None:
    reader: Any = lambda requests: iter(())  # noqa: E731
    with pytest.raises(TypeError, match=r"images must be images_from_s3\(client\) or images_from_folder"):
        find_similar_images(b"", images=reader)
    with pytest.raises(ValueError, match="max_distance must be 0 to 24 bits, got 25"):
        find_similar_images(b"", images=images_from_folder(tmp_path, "s3://photos"), max_distance=25)


@settings(max_examples=60, deadline=None)
@given(
    hashes=st.lists(st.integers(0, 2**10 - 1).map(lambda bits: bits << 60), unique=True, max_size=40),
    most=st.integers(0, 24),
)
def test_all_near_pairs_are_found_once(hashes: list[int], most: int) -> None:
    found = [(one, other) for one, other, _ in near_pairs(hashes, most)]
    expected = [
        (one, other)
        for one, other in combinations(range(len(hashes)), 2)
        if (hashes[one] ^ hashes[other]).bit_count() <= most
    ]
    assert sorted(found) == expected
