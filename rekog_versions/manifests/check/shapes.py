"""Which members lines have: what a schema is made for."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, cast

from rekog_versions.manifests.lines import NO_ATTRIBUTES

_MOST_MEMBERS = 100  # of a line: a schema of more is not worth its compilation
_UNNAMEABLE = re.compile(r'[\\"\x00-\x1f\ud800-\udfff]')
"""What a member's name in a schema can't have: what JSON writes with a backslash, and lone surrogates."""

Members: TypeAlias = frozenset[str]
"""The names of an object's members."""


class Pair(NamedTuple):
    """An attribute and its metadata, as far as other lines may have them alike."""

    name: str
    is_boxes: bool
    metadata: Members
    attribute: Members = frozenset()
    size: Members = frozenset()
    box: Members = frozenset()
    object: Members = frozenset()


class Shape(NamedTuple):
    """The members of a line."""

    pairs: tuple[Pair, ...]
    others: Members


def shape_of(entry: Mapping[str, Any]) -> Shape | None:
    """The members of a line in which nothing is wrong; None if it has too many or odd ones."""
    names = {name for name in entry if name not in NO_ATTRIBUTES and f"{name}-metadata" in entry}
    metadata = {f"{name}-metadata" for name in names}
    if names & metadata:
        return None
    shape = Shape(
        tuple(_pair(name, entry[name], entry[f"{name}-metadata"]) for name in sorted(names)),
        frozenset(entry.keys() - names - metadata),
    )
    named = [*shape.others, *names, *(name for pair in shape.pairs for members in pair[2:] for name in members)]
    if any(map(_UNNAMEABLE.search, named)):
        return None
    return shape if len(named) <= _MOST_MEMBERS else None


def _pair(name: str, attribute: Any, metadata: Mapping[str, Any]) -> Pair:
    if metadata["type"] == "groundtruth/image-classification":
        return Pair(name, is_boxes=False, metadata=frozenset(metadata))
    return Pair(
        name,
        is_boxes=True,
        metadata=frozenset(metadata),
        attribute=frozenset(attribute),
        size=_members(attribute["image_size"]),
        box=_members(attribute["annotations"]),
        object=_members(metadata["objects"]),
    )


def _members(items: Sequence[object]) -> Members:
    return frozenset[str]().union(*(cast("Mapping[str, Any]", item) for item in items if isinstance(item, dict)))
