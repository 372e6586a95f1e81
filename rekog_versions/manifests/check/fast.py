"""Reading good lines fast: a schema, compiled for the members that a file's lines have, accepts them whole.

What a schema accepts, `read_line` finds nothing in; what it refuses says nothing about the line, which `read_line` then
reads and explains. So a schema may be stricter than the service, never laxer. That is why nothing is skipped (a number
that no float holds, or bytes that are no UTF-8, would pass unseen in what is skipped): every member that may stand
there is named, and the names come from the lines themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, compress
from operator import attrgetter
from typing import Annotated, Any, Literal

import msgspec

from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.check.batch import Batch
from rekog_versions.manifests.check.shapes import Members, Shape, shape_of
from rekog_versions.manifests.limits import LONGEST_LABEL, MOST_BOXES, MOST_LABELS_OF_IMAGE, SCALED_SIDE
from rekog_versions.manifests.lines import FAR

REFUSED = (msgspec.MsgspecError, ValueError, RecursionError)
"""What decoding raises for a line that is refused."""

_MOST_SCHEMAS = 32
_MOST_SHAPES = 1000  # that are counted at a time
_LEAST_LINES = 2  # that have a shape, before a schema is made for it
_RECENT = 3  # schemas that are tried before the line's members are looked at
_NAMES = {number: str(number) for number in range(1000)}

_Int = Annotated[int, msgspec.Meta(gt=-int(FAR), lt=int(FAR))]
_Number = Annotated[float, msgspec.Meta(gt=-FAR, lt=FAR)]
_From0 = Annotated[float, msgspec.Meta(ge=0, lt=FAR)]
_From1 = Annotated[float, msgspec.Meta(ge=1, lt=FAR)]
_Over1 = Annotated[float, msgspec.Meta(gt=1, lt=FAR)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Label = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_LABEL)]

# what each kind of object must hold, by its key; all else that is there is decoded, and says nothing
_CLASS_METADATA: Mapping[str, Any] = {
    "class-name": _Label,
    "confidence": _Share,
    "type": Literal["groundtruth/image-classification"],
}
_SIZE: Mapping[str, Any] = {"width": _From1, "height": _From1}
_BOX: Mapping[str, Any] = {"class_id": _Int, "left": _From0, "top": _From0, "width": _Over1, "height": _Over1}
_OBJECT: Mapping[str, Any] = {"confidence": _Number}


class Schema:
    """What the lines of a shape look like if nothing is wrong with them."""

    def __init__(self, shape: Shape) -> None:
        self._attributes = [pair.name for pair in shape.pairs if pair.is_boxes]
        classes = [f"m{place}" for place, pair in enumerate(shape.pairs) if not pair.is_boxes]
        boxes = [place for place, pair in enumerate(shape.pairs) if pair.is_boxes]
        self._decode: Callable[[bytes], Any] = msgspec.json.Decoder(_line_type(shape)).decode
        self._reference = attrgetter("reference")
        self._labels: Callable[[Any], Any] = attrgetter(*(f"{name}.label" for name in classes)) if classes else _none
        self._class_count = len(classes)
        self._boxes: Callable[[Any], Any] = (
            attrgetter(*chain.from_iterable((f"a{place}", f"m{place}") for place in boxes)) if boxes else _none
        )
        self._take = self._take_any
        if not boxes and self._class_count == 1:
            self._take = self._take_classes
        elif not classes and len(boxes) == 1:
            self._take = self._take_boxes

    def take(self, lines: Sequence[bytes], numbers: Sequence[int], batch: Batch) -> list[int]:
        """Reads lines.

        Args:
            lines: Lines, without their ends.
            numbers: The number of each.
            batch: Where to put what is read.

        Returns:
            The places in `lines` of those that are refused.
        """
        refused = self._take(lines, batch)
        if refused:
            passed_over = set(refused)
            batch.numbers += [number for place, number in enumerate(numbers) if place not in passed_over]
        else:
            batch.numbers += numbers
        return refused

    def _take_classes(self, lines: Sequence[bytes], batch: Batch) -> list[int]:
        rows: list[Any] = []
        refused: list[int] = []
        decode, append = self._decode, rows.append
        for line in lines:
            try:
                append(decode(line))
            except REFUSED:
                refused.append(len(rows) + len(refused))
        references = list(map(self._reference, rows))
        if references and not batch.are_in_bucket(references):
            known = batch.bucket
            begins = (known,) if known else ()  # nothing begins with none
            is_valid = [
                (reference.startswith(begins) and reference != known) or batch.accepts(reference)
                for reference in references
            ]
            if not all(is_valid):
                passed_over = set(refused)
                read = (place for place in range(len(lines)) if place not in passed_over)
                refused = sorted([*refused, *(place for place, valid in zip(read, is_valid, strict=True) if not valid)])
                rows = list(compress(rows, is_valid))
                references = list(compress(references, is_valid))
        batch.references += references
        batch.classes += map(self._labels, rows)
        batch.classed += len(rows)
        if batch.frames is not None:
            batch.frames += [None] * len(rows)
        return refused

    def _take_boxes(self, lines: Sequence[bytes], batch: Batch) -> list[int]:
        decode, names, boxed, located = self._decode, _NAMES, batch.boxes, batch.located
        references, before, of_row = batch.references, len(batch.references), self._boxes
        frames, class_maps = batch.frames, batch.class_maps
        refused: list[int] = []
        for place, line in enumerate(lines):
            try:
                row = decode(line)
            except REFUSED:
                refused.append(place)
                continue
            attribute, metadata = of_row(row)
            annotations, class_map = attribute.annotations, metadata.class_map
            size = attribute.image_size[0]
            width, height = size.width, size.height
            reference, prefix = row.reference, batch.bucket
            is_known = prefix and reference.startswith(prefix) and len(reference) > len(prefix)
            is_scaled = width > SCALED_SIDE or height > SCALED_SIDE
            if (
                len(metadata.objects) < len(annotations)
                or not (is_known or batch.accepts(reference))
                or (is_scaled and not _are_large_enough(annotations, width, height))
            ):
                refused.append(place)
                continue
            # written out: this is where most of the time goes
            for box in annotations:
                if box.left + box.width > width or box.top + box.height > height:
                    refused.append(place)
                    break
            else:
                try:
                    labels = [class_map[names[box.class_id]] for box in annotations]
                except KeyError:
                    labels = [class_map.get(str(box.class_id)) for box in annotations]
                    if None in labels:
                        refused.append(place)
                        continue
                boxed += labels
                located += set(labels)
                if frames is not None:
                    frames.append(Frame(width, height))
                if class_maps is not None:
                    class_maps.append((len(references), self._attributes[0], class_map))
                references.append(reference)
        batch.boxed += len(references) - before
        return refused

    def _take_any(self, lines: Sequence[bytes], batch: Batch) -> list[int]:
        refused: list[int] = []
        for place, line in enumerate(lines):
            try:
                row = self._decode(line)
            except REFUSED:
                refused.append(place)
                continue
            if not self._take_row(row, batch):
                refused.append(place)
        return refused

    def _take_row(self, row: Any, batch: Batch) -> bool:
        if not batch.accepts(row.reference):
            return False
        labels = self._labels(row)
        classes: set[str] = {labels} if self._class_count == 1 else set(labels)
        boxed: list[str] = []
        shown: list[tuple[tuple[float, ...], ...]] = []
        frames: set[Frame] = set()
        flat: Iterator[Any] = iter(self._boxes(row))
        class_maps: list[Mapping[str, str]] = []
        for attribute, metadata in zip(flat, flat, strict=True):
            found = _labels_of(attribute, metadata)
            if found is None:
                return False
            boxed += found
            frames.add(Frame(attribute.image_size[0].width, attribute.image_size[0].height))
            shown.append(tuple(sorted((box.left, box.top, box.width, box.height) for box in attribute.annotations)))
            class_maps.append(metadata.class_map)
        if len(frames) > 1:  # which one counts, the order of the attributes says
            return False
        located, place = set(boxed), len(batch.references)
        batch.references.append(row.reference)
        batch.classes += classes
        batch.classed += bool(classes)
        batch.boxes += boxed
        batch.located += located
        batch.boxed += bool(boxed)
        batch.both += classes & located
        if len(classes | located) > MOST_LABELS_OF_IMAGE:
            batch.crowded.append(place)
        if len(set(shown)) < len(shown):
            batch.twice.append(place)
        if batch.frames is not None:
            batch.frames.append(next(iter(frames), None))
        if batch.class_maps is not None:
            batch.class_maps += zip([place] * len(class_maps), self._attributes, class_maps, strict=True)
        return True


def _none(_: object) -> tuple[()]:
    return ()


def _are_large_enough(annotations: Sequence[Any], width: float, height: float) -> bool:
    # calculated as `read_line` does, to the last bit
    scale = min(1.0, SCALED_SIDE / max(width, height))
    return all(min(box.width, box.height) * scale > 1 for box in annotations)


def _labels_of(attribute: Any, metadata: Any) -> list[str] | None:
    """The label of each box; None if something is wrong with them."""
    width, height = attribute.image_size[0].width, attribute.image_size[0].height
    annotations = attribute.annotations
    if len(metadata.objects) < len(annotations) or not _are_large_enough(annotations, width, height):
        return None
    if any(box.left + box.width > width or box.top + box.height > height for box in annotations):
        return None
    labels = [metadata.class_map.get(str(box.class_id)) for box in annotations]
    return None if None in labels else labels


def _line_type(shape: Shape) -> Any:
    members: list[tuple[str, Any, Any]] = [("reference", str, msgspec.field(name="source-ref"))]
    for place, pair in enumerate(shape.pairs):
        if pair.is_boxes:
            metadata = _object_type(
                {
                    "objects": list[_object_type(_OBJECT, pair.object)],  # type: ignore[misc]
                    "class-map": dict[str, _Label],
                    "type": Literal["groundtruth/object-detection"],
                },
                pair.metadata,
                {"class-map": "class_map"},
            )
            attribute = _object_type(
                {
                    "image_size": Annotated[list[_object_type(_SIZE, pair.size)], msgspec.Meta(min_length=1)],  # type: ignore[misc]
                    "annotations": Annotated[
                        list[_object_type(_BOX, pair.box)],  # type: ignore[misc]
                        msgspec.Meta(min_length=1, max_length=MOST_BOXES),
                    ],
                },
                pair.attribute,
            )
        else:
            metadata = _object_type(_CLASS_METADATA, pair.metadata, {"class-name": "label"})
            attribute = _Number
        members.append((f"a{place}", attribute, msgspec.field(name=pair.name)))
        members.append((f"m{place}", metadata, msgspec.field(name=f"{pair.name}-metadata")))
    for place, name in enumerate(sorted(shape.others - {"source-ref"})):
        members.append((f"other{place}", Any, msgspec.field(name=name)))
    return msgspec.defstruct("Line", members, forbid_unknown_fields=True, gc=False)


def _object_type(needed: Mapping[str, Any], seen: Members, names: Mapping[str, str] | None = None) -> Any:
    """The type of an object that holds what is needed, may hold what was seen, and holds nothing else."""
    members: list[tuple[str, Any, Any]] = [
        ((names or {}).get(key, key), kind, msgspec.field(name=key)) for key, kind in needed.items()
    ]
    members += [
        (f"other{place}", Any, msgspec.field(name=key, default=None))
        for place, key in enumerate(sorted(seen - needed.keys()))
    ]
    return msgspec.defstruct("Object", members, forbid_unknown_fields=True, gc=False)


class Schemas:
    """The schemas of a file, made as its lines need them."""

    def __init__(self) -> None:
        self._shapes: Counter[Shape] = Counter()
        self._made: set[Shape] = set()
        self.recent: list[Schema] = []
        """The schemas that accepted lines last, the latest first."""
        self._by_members: dict[Members, list[Schema]] = defaultdict(list)

    @property
    def has_others(self) -> bool:
        """Whether there are more schemas than the recent ones."""
        return len(self._made) > _RECENT

    @property
    def made(self) -> int:
        """How many there are."""
        return len(self._made)

    def use(self, schema: Schema) -> None:
        """Remembers that a schema has accepted a line."""
        self.recent = [schema, *(other for other in self.recent if other is not schema)][:_RECENT]

    def of(self, entry: Mapping[str, Any]) -> Sequence[Schema]:
        """The schemas that lines with these members may have, but for the recent ones."""
        return [schema for schema in self._by_members.get(frozenset(entry), ()) if schema not in self.recent]

    def learn(self, entry: Mapping[str, Any]) -> None:
        """Takes notice of a line that no schema has accepted, although nothing is wrong with it."""
        if len(self._made) >= _MOST_SCHEMAS:
            return
        shape = shape_of(entry)
        if shape is None or shape in self._made:
            return
        self._shapes[shape] += 1
        if self._shapes[shape] >= _LEAST_LINES:
            schema = Schema(shape)
            self._made.add(shape)
            self._by_members[frozenset(entry)].append(schema)
            self.recent = [schema, *self.recent][:_RECENT]
        elif len(self._shapes) > _MOST_SHAPES:
            self._shapes.clear()
