"""A hash of what an image shows: copies that were scaled, compressed again or slightly changed have nearly the same."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rekog_versions._drawing import as_rgb
from rekog_versions.manifests.images.headers import read_header
from rekog_versions.manifests.images.pixels import decode_image, upright

BITS = 128
MOST_DISTANCE = 24
"""The largest distance that can be searched for."""

_SIDE = 8
_DECODED = (64, 64)
_MOST_IN_BAND = 500  # hashes with the same band that are compared with each other


def perceptual_hash(content: bytes) -> int:
    """Return the 128 bits of an image: whether each of 8 x 8 fields is brighter than the one to the left and above.

    Images that differ in few bits look alike. The image is turned upright by its EXIF orientation first.

    Args:
        content: A PNG or JPEG file.

    Raises:
        UndecodableImageError: It can't be decoded.
    """
    image = as_rgb(upright(decode_image(content, fit=_DECODED), read_header(content).orientation)).convert("L")
    across = image.resize((_SIDE + 1, _SIDE)).tobytes()
    down = image.resize((_SIDE, _SIDE + 1)).tobytes()
    bits = 0
    for row in range(_SIDE):
        for column in range(_SIDE):
            at = row * (_SIDE + 1) + column
            bits = bits << 1 | (across[at] < across[at + 1])
    for at in range(_SIDE * _SIDE):
        bits = bits << 1 | (down[at] < down[at + _SIDE])
    return bits


def near_pairs(hashes: Sequence[int], most_distance: int) -> Iterator[tuple[int, int, int]]:
    """Yield the places of two different hashes that differ in few bits, and the number of these bits.

    Two hashes that differ in `n` bits have one of `n + 1` bands of bits in common, and only such hashes are compared.
    Of more than 500 hashes with the same band, each is compared with the next 500.

    Args:
        hashes: Different hashes.
        most_distance: The most bits that differ, up to `MOST_DISTANCE`.
    """
    seen = set[tuple[int, int]]()
    edges = [BITS * band // (most_distance + 1) for band in range(most_distance + 2)]
    for start, end in pairwise(edges):
        bands: dict[int, list[int]] = defaultdict(list)
        mask = (1 << (end - start)) - 1
        for place, found in enumerate(hashes):
            bands[found >> start & mask].append(place)
        for places in bands.values():
            for index, one in enumerate(places):
                for other in places[index + 1 : index + 1 + _MOST_IN_BAND]:
                    distance = (hashes[one] ^ hashes[other]).bit_count()
                    if distance <= most_distance and (one, other) not in seen:
                        seen.add((one, other))
                        yield one, other, distance
