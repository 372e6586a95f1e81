"""Read good lines fast: accept the lines that fit a compiled schema, and leave all others to `lines.read_line`.

`FastReader.read` is the only entry. It learns the shapes of a file's lines (the names of their members) from lines in
which `read_line` found no issue, and compiles a msgspec schema for each shape. A line that a schema accepts has no
issue; a line that all schemas reject may still be good. So a schema may be stricter than the service, but never laxer.
That is why a schema names every member: msgspec skips unnamed members without checking the numbers and bytes in them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, compress, starmap
from operator import attrgetter
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, cast

import msgspec

from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.check.contents import ORIGIN, ImageContents
from rekog_versions.manifests.check.jobs import ADJUSTMENT_STATUS, adjustment
from rekog_versions.manifests.check.totals import SAME_BOXES_TWICE, ImageBatch
from rekog_versions.manifests.images.image_check import LARGEST_ASPECT, LONGEST_SIDE, SHORTEST_SIDE
from rekog_versions.manifests.limits import LONGEST_ENTRY, LONGEST_KEY, LONGEST_LABEL, MOST_BOXES, SCALED_SIDE
from rekog_versions.manifests.lines import CLASSIFICATION, DETECTION, FAR, NO_ATTRIBUTES, SOURCE_REF

MOST_SCHEMAS = 32
"""The number of schemas that are compiled for a file."""
_RECENT = 3  # schemas that are tried before the members of the line are known
_MOST_SHAPES = 1000  # shapes that are counted at a time
_LEAST_LINES = 2  # good lines with a shape, before a schema is compiled for it
_MOST_MEMBERS = 100  # of a line; larger schemas take too long to compile
_LONGEST_MEMBERS = 10_000  # characters of their names together; the shapes of many lines are kept
_UNNAMEABLE = re.compile(r'[\\"\x00-\x1f\ud800-\udfff]')  # a schema cannot have escaped names or lone surrogates
_CLASS_IDS = {number: str(number) for number in range(1000)}

_REJECTED = (msgspec.MsgspecError, ValueError, RecursionError)
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

Members: TypeAlias = frozenset[str]
"""The names of an object's members."""


class FastReader:
    """Reads the good lines of a file that have the shape of earlier lines."""

    def __init__(self) -> None:
        self._schemas: dict[_Shape, _Schema] = {}
        self._recent: list[_Schema] = []
        self._by_members: dict[Members, list[_Schema]] = defaultdict(list)
        self._shapes: Counter[_Shape] = Counter()
        self._source_refs = _SourceRefs()

    def read(
        self,
        lines: Sequence[bytes],
        batch: ImageBatch | ImageContents,
        read_slowly: Callable[[int], Mapping[str, Any] | None],
        *,
        longest: int = LONGEST_ENTRY,
    ) -> None:
        """Read lines: add the images of the accepted lines to `batch`, and call `read_slowly` for the others.

        Args:
            lines: The lines, without line feeds.
            batch: The images of the accepted lines are added here, or their contents.
            read_slowly: Called with the place of a line that no schema accepts. It returns the line's members if the
                line has no issue, and None otherwise.
            longest: No line has more bytes.
        """
        # keys are shorter than their lines, and most lines are shorter than the longest key
        self._source_refs.may_be_long = longest > LONGEST_KEY
        waiting: Sequence[int] = range(len(lines))
        while waiting:
            waiting = self._learn_from(self.reject(lines, waiting, batch), read_slowly)

    def reject(self, lines: Sequence[bytes], places: Sequence[int], batch: ImageBatch | ImageContents) -> Sequence[int]:
        """Add the images of the lines that a schema accepts to `batch`, and return the places of the other lines.

        Args:
            lines: All lines.
            places: The places of the lines to read.
            batch: The images are added here.
        """
        for schema in self._recent:
            if places:
                some = lines if len(places) == len(lines) else [lines[place] for place in places]
                places = schema.reject(some, places, batch)
        if len(self._schemas) > _RECENT:
            places = [place for place in places if not self._accepts(lines[place], place, batch)]
        return places

    def _accepts(self, line: bytes, place: int, batch: ImageBatch | ImageContents) -> bool:
        """Return True if a schema that was not used recently accepts the line."""
        try:
            members = frozenset(_decode_members(line))
        except _REJECTED:
            return False
        for schema in self._by_members.get(members, ()):
            if schema not in self._recent and not schema.reject([line], [place], batch):
                self._recent = [schema, *self._recent][:_RECENT]
                return True
        return False

    def _learn_from(
        self, places: Sequence[int], read_slowly: Callable[[int], Mapping[str, Any] | None]
    ) -> Sequence[int]:
        """Read lines slowly until there is a new schema, and return the places of the other lines."""
        for count, place in enumerate(places, start=1):
            entry = read_slowly(place)
            if entry is not None and self._learn(entry):
                return places[count:]
        return ()

    def _learn(self, entry: Mapping[str, Any]) -> bool:
        """Count the shape of a good line that no schema accepts; return True if it has a schema now."""
        if len(self._schemas) >= MOST_SCHEMAS:
            return False
        shape = _shape(entry)
        if shape is None or shape in self._schemas:
            return False
        self._shapes[shape] += 1
        if self._shapes[shape] < _LEAST_LINES:
            if len(self._shapes) > _MOST_SHAPES:
                self._shapes.clear()
            return False
        self._schemas[shape] = schema = _Schema(shape, self._source_refs)
        self._by_members[frozenset(entry)].append(schema)
        self._recent = [schema, *self._recent][:_RECENT]
        return True


class _SourceRefs:
    """Checks `source-ref`s. The bucket of the last valid one is remembered, because most files have one bucket only."""

    def __init__(self) -> None:
        self._prefix: str | None = None
        self.may_be_long = True
        """False if all keys are known to be short enough."""

    def are_all_valid(self, references: Sequence[str]) -> bool:
        """Return True if all are valid and have the same bucket; False if this is not certain."""
        first, last = min(references), max(references)
        # if the first and the last in order have the same prefix, all of them have it
        return (
            self._is_valid(first)
            and self._prefix is not None
            and last.startswith(self._prefix)
            and not (self.may_be_long and max(map(len, references)) > len(self._prefix) + LONGEST_KEY)
        )

    def are_valid(self, references: Sequence[str]) -> list[bool]:
        """Return for each reference if it is valid."""
        prefix, is_valid = self._prefix, self._is_valid
        if prefix is None:
            return list(map(is_valid, references))
        shortest, longest = len(prefix) + 1, len(prefix) + LONGEST_KEY
        return [
            (reference.startswith(prefix) and shortest <= len(reference) <= longest) or is_valid(reference)
            for reference in references
        ]

    def _is_valid(self, reference: str) -> bool:
        if not SOURCE_REF.fullmatch(reference):
            return False
        self._prefix = reference[: reference.index("/", len("s3://")) + 1]
        return True


class _Pair(NamedTuple):
    """The names of the members of a label attribute and its metadata."""

    name: str
    is_boxes: bool
    metadata: Members
    attribute: Members = frozenset()
    size: Members = frozenset()
    box: Members = frozenset()
    object: Members = frozenset()


class _Shape(NamedTuple):
    """The names of all members of a line."""

    pairs: tuple[_Pair, ...]
    others: Members


def _shape(entry: Mapping[str, Any]) -> _Shape | None:
    """Return the shape of a line without issues; None if no schema can describe it."""
    names = {name for name in entry if name not in NO_ATTRIBUTES and f"{name}-metadata" in entry}
    metadata = {f"{name}-metadata" for name in names}
    if names & metadata:
        return None
    shape = _Shape(
        tuple(_pair(name, entry[name], entry[f"{name}-metadata"]) for name in sorted(names)),
        frozenset(entry.keys() - names - metadata),
    )
    named = [*shape.others, *names, *(name for pair in shape.pairs for members in pair[2:] for name in members)]
    if len(named) > _MOST_MEMBERS or sum(map(len, named)) > _LONGEST_MEMBERS or any(map(_UNNAMEABLE.search, named)):
        return None
    return shape


def _pair(name: str, attribute: Any, metadata: Mapping[str, Any]) -> _Pair:
    if metadata["type"] == CLASSIFICATION:
        return _Pair(name, is_boxes=False, metadata=frozenset(metadata))
    return _Pair(
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


class _Schema:
    """Accepts the good lines of one shape."""

    def __init__(self, shape: _Shape, source_refs: _SourceRefs) -> None:
        boxes = [place for place, pair in enumerate(shape.pairs) if pair.is_boxes]
        classes = [place for place, pair in enumerate(shape.pairs) if not pair.is_boxes]
        self._decode: Callable[[bytes], Any] = msgspec.json.Decoder(_line_type(shape)).decode
        self._source_refs = source_refs
        self._reference = attrgetter("reference")
        self._box_names = [shape.pairs[place].name for place in boxes]
        self._class_count, self._box_count = len(classes), len(boxes)
        self._classes = _getter([f"metadata{place}.label" for place in classes])
        self._boxes = _getter([name for place in boxes for name in (f"attribute{place}", f"metadata{place}")])
        self._adjustment = _adjustment(shape)
        self._metadata = [(attrgetter(f"metadata{place}"), pair) for place, pair in enumerate(shape.pairs)]

    def reject(self, lines: Sequence[bytes], places: Sequence[int], batch: ImageBatch | ImageContents) -> list[int]:
        """Add the images of the accepted lines to `batch`, and return the places of the rejected lines.

        Args:
            lines: The lines to read.
            places: The place of each of these lines.
            batch: The images are added here.
        """
        rows: list[Any] = []
        rejected: list[int] = []
        decode, append = self._decode, rows.append
        for place, line in zip(places, lines, strict=True):
            try:
                append(decode(line))
            except _REJECTED:
                rejected.append(place)
        if not rows:
            return rejected
        if rejected:
            known = set(rejected)
            places = [place for place in places if place not in known]
        references = list(map(self._reference, rows))
        labels = self._labels(rows)
        if not all(labels) or not self._source_refs.are_all_valid(references):
            is_valid = self._source_refs.are_valid(references)
            if not all(labels):
                is_valid = [bool(found) and valid for found, valid in zip(labels, is_valid, strict=True)]
            rejected = sorted([*rejected, *(place for place, valid in zip(places, is_valid, strict=True) if not valid)])
            places, references = list(compress(places, is_valid)), list(compress(references, is_valid))
            rows, labels = list(compress(rows, is_valid)), list(compress(labels, is_valid))
        if isinstance(batch, ImageContents):
            self._add_contents(rows, places, references, labels, batch)
        else:
            self._add(rows, places, references, labels, batch)
        return rejected

    def _labels(self, rows: Sequence[Any]) -> list[Any]:
        """Check what the schema cannot express, and return the labels of each row; None for a row with an issue."""
        if not self._box_count:
            return list(map(self._classes, rows))
        if self._box_count == 1:
            return list(starmap(_labels_of_boxes, map(self._boxes, rows)))
        return [_labels_of_all_boxes(self._boxes(row)) for row in rows]

    def _add(
        self,
        rows: Sequence[Any],
        places: Sequence[int],
        references: Sequence[str],
        labels: list[Any],
        batch: ImageBatch,
    ) -> None:
        if self._class_count + self._box_count > 1:
            for row, place, reference, found in zip(rows, places, references, labels, strict=True):
                self._add_row(row, place, reference, found if self._box_count else (), batch)
        else:
            batch.places += places
            batch.references += references
            if self._box_count:
                batch.boxes += chain.from_iterable(labels)
                batch.located += chain.from_iterable(map(set, labels))
                batch.boxed += len(rows)
            else:
                batch.classes += labels
                batch.classed += len(rows)
        if batch.frames is not None:
            batch.frames += map(_frame, map(self._boxes, rows))
        if batch.class_maps is not None and self._box_count:
            for place, row in zip(places, rows, strict=True):
                of_row = zip(self._box_names, self._boxes(row)[1::2], strict=True)
                batch.class_maps += ((place, name, metadata.class_map) for name, metadata in of_row)

    def _add_contents(
        self,
        rows: Sequence[Any],
        places: Sequence[int],
        references: Sequence[str],
        labels: list[Any],
        batch: ImageContents,
    ) -> None:
        batch.places += places
        batch.references += references
        if not self._box_count and self._class_count == 1:
            batch.single += labels
        elif not self._box_count or not self._class_count:
            batch.sets += map(frozenset, labels)
        elif self._class_count == 1:
            batch.sets += [frozenset((self._classes(row), *found)) for row, found in zip(rows, labels, strict=True)]
        else:
            batch.sets += [frozenset((*self._classes(row), *found)) for row, found in zip(rows, labels, strict=True)]
        if self._box_count:
            batch.box_counts += map(len, labels)
            batch.boxes.add(labels, list(map(self._boxes, rows)))
        for metadata_of, pair in self._metadata:
            metadata = list(map(metadata_of, rows))
            if not pair.is_boxes:
                batch.confidences += [each.confidence for each in metadata]
            batch.attributes += len(metadata)
            for member in ORIGIN.keys() & pair.metadata:
                batch.origins[member] += map(_ORIGIN_OF[member], metadata)

    def _add_row(self, row: Any, place: int, reference: str, boxes: Sequence[str], batch: ImageBatch) -> None:
        classes = self._classes(row)
        batch.add(place, reference, {classes} if self._class_count == 1 else set(classes), boxes)
        attributes = self._boxes(row)[::2]
        if len({tuple(sorted(map(_sides, attribute.annotations))) for attribute in attributes}) < len(attributes):
            batch.hints.append((place, SAME_BOXES_TWICE, ""))
        elif self._adjustment:
            batch.hints.append((place, "HINT_JOB_AND_ADJUSTMENT", self._adjustment))


def _adjustment(shape: _Shape) -> str | None:
    """Describe an attribute that is beside the attribute which it adjusts, as `adjustment_in` does for a line."""
    for is_boxes in (False, True):
        pairs = [pair for pair in shape.pairs if pair.is_boxes is is_boxes]
        adjusted = [pair.name for pair in pairs if ADJUSTMENT_STATUS in pair.metadata]
        found = adjustment([pair.name for pair in pairs], adjusted)
        if found:
            return found
    return None


def _getter(names: Sequence[str]) -> Callable[[Any], Any]:
    """Return a function that returns the attributes of these names: a tuple, or the value itself if it is only one."""
    return attrgetter(*names) if names else lambda _: ()


_ORIGIN_OF = {member: attrgetter(name) for member, name in ORIGIN.items()}
_sides = attrgetter("left", "top", "width", "height")


def _frame(pairs: Sequence[Any]) -> Frame | None:
    if not pairs:
        return None
    size = pairs[0].image_size[0]
    return Frame(size.width, size.height)


def _labels_of_all_boxes(pairs: Sequence[Any]) -> list[str] | None:
    """Return the labels of the boxes of several attributes, or None if one of them has an issue."""
    if len({(attribute.image_size[0].width, attribute.image_size[0].height) for attribute in pairs[::2]}) > 1:
        return None  # the first size in the line counts, but the order of the attributes is not known here
    labels: list[str] = []
    for found in starmap(_labels_of_boxes, zip(pairs[::2], pairs[1::2], strict=True)):
        if found is None:
            return None
        labels += found
    return labels


def _labels_of_boxes(attribute: Any, metadata: Any) -> list[str] | None:
    """Return the label of each box of an attribute, or None if the attribute has an issue."""
    size, annotations, class_map = attribute.image_size[0], attribute.annotations, metadata.class_map
    width, height = size.width, size.height
    if len(metadata.objects) < len(annotations) or width > height * LARGEST_ASPECT or height > width * LARGEST_ASPECT:
        return None
    if width > SCALED_SIDE or height > SCALED_SIDE:
        scale = min(1.0, SCALED_SIDE / max(width, height))  # calculated as in `read_line`, to the last bit
        if any(min(box.width, box.height) * scale <= 1 for box in annotations):
            return None
    # a loop and not any(): most of the time goes here
    for box in annotations:
        if box.left + box.width > width or box.top + box.height > height:
            return None
    try:
        return [class_map[_CLASS_IDS[box.class_id]] for box in annotations]
    except KeyError:
        labels = [class_map.get(str(box.class_id)) for box in annotations]
        return None if None in labels else labels


_Int = Annotated[int, msgspec.Meta(gt=-int(FAR), lt=int(FAR))]
_Number = Annotated[float, msgspec.Meta(gt=-FAR, lt=FAR)]
_From0 = Annotated[float, msgspec.Meta(ge=0, lt=FAR)]
_Side = Annotated[float, msgspec.Meta(ge=SHORTEST_SIDE, le=LONGEST_SIDE)]
_Over1 = Annotated[float, msgspec.Meta(gt=1, lt=FAR)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Label = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_LABEL)]

_CLASS_METADATA: Mapping[str, Any] = {
    "class-name": _Label,
    "confidence": _Share,
    "type": Literal[CLASSIFICATION],
}
_SIZE: Mapping[str, Any] = {"width": _Side, "height": _Side}
_BOX: Mapping[str, Any] = {"class_id": _Int, "left": _From0, "top": _From0, "width": _Over1, "height": _Over1}
_OBJECT: Mapping[str, Any] = {"confidence": _Number}


def _line_type(shape: _Shape) -> Any:
    members: list[tuple[str, Any, Any]] = [("reference", str, msgspec.field(name="source-ref"))]
    for place, pair in enumerate(shape.pairs):
        if pair.is_boxes:
            objects: Any = list[_object_type(_OBJECT, pair.object)]  # type: ignore[misc]
            sizes: Any = list[_object_type(_SIZE, pair.size)]  # type: ignore[misc]
            boxes: Any = list[_object_type(_BOX, pair.box)]  # type: ignore[misc]
            attribute = _object_type(
                {
                    "image_size": Annotated[sizes, msgspec.Meta(min_length=1)],
                    "annotations": Annotated[boxes, msgspec.Meta(min_length=1, max_length=MOST_BOXES)],
                },
                pair.attribute,
            )
            metadata = _object_type(
                {"objects": objects, "class-map": dict[str, _Label], "type": Literal[DETECTION]},
                pair.metadata,
                {"class-map": "class_map"},
            )
        else:
            attribute = _Number
            metadata = _object_type(_CLASS_METADATA, pair.metadata, {"class-name": "label"})
        members.append((f"attribute{place}", attribute, msgspec.field(name=pair.name)))
        members.append((f"metadata{place}", metadata, msgspec.field(name=f"{pair.name}-metadata")))
    for place, name in enumerate(sorted(shape.others - {"source-ref"})):
        members.append((f"other{place}", Any, msgspec.field(name=name)))
    return msgspec.defstruct("Line", members, forbid_unknown_fields=True, gc=False)


def _object_type(required: Mapping[str, Any], seen: Members, names: Mapping[str, str] | None = None) -> Any:
    """Return the type of an object: it has the required members, may have those seen, and has no others."""
    if ADJUSTMENT_STATUS in seen:  # a schema decides by it, so that all its lines must have it
        required = {**required, ADJUSTMENT_STATUS: Any}
        names = {**(names or {}), ADJUSTMENT_STATUS: "adjustment_status"}
    members: list[tuple[str, Any, Any]] = [
        ((names or {}).get(key, key), kind, msgspec.field(name=key)) for key, kind in required.items()
    ]
    members += [
        (ORIGIN.get(key, f"other{place}"), Any, msgspec.field(name=key, default=None))
        for place, key in enumerate(sorted(seen - required.keys()))
    ]
    return msgspec.defstruct("Object", members, forbid_unknown_fields=True, gc=False)
