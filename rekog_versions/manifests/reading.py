"""One pass over the manifests of one side, training or testing: good lines fast, the others slowly and with reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple, cast

from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.fast import MOST_LABELS_OF_IMAGE, Batch, Schema, Schemas
from rekog_versions.manifests.images import ImageProblem, Picture, SizeMatch, judge
from rekog_versions.manifests.issues import Issue, hint, issue
from rekog_versions.manifests.lines import Image, Line, parse, read_line
from rekog_versions.manifests.log import IssueLog
from rekog_versions.manifests.rules import FileFacts, Side, file_issue, most_lines
from rekog_versions.manifests.sources import LONGEST_LINE, Lines, Named, SourceError, opened
from rekog_versions.manifests.tally import Tally
from rekog_versions.manifests.validation_files import may_hold_notes, validated

_LONGEST_KEPT = 100_000  # characters of a line that a dataset keeps
_SIDES = ("left", "top", "width", "height")
_MOST_SEEN = 300_000  # images that are remembered: a manifest may have 250,000 lines


class ImageKey(NamedTuple):
    """What has to be known of an image when it has been looked at: nothing is remembered meanwhile."""

    side: "SideReading"
    file: str
    line: int
    """In its file."""
    row: int
    """In all files of the side."""
    frame: Frame | None
    """As the line's boxes have it; None without boxes."""


class SideReading:
    """Reads the manifests of one side as one."""

    def __init__(
        self,
        side: Side,
        *,
        region: str | None,
        most_issues: int,
        is_fast: bool = True,
        looks_at_images: bool = False,
        follows_class_ids: bool = False,
        other: "SideReading | None" = None,
        output: IO[bytes] | None = None,
    ) -> None:
        """Begins with nothing read.

        Args:
            side: Which one.
            region: The training's region, for its limits.
            most_issues: How many issues of a code to keep.
            is_fast: Whether to read good lines fast; the slow way finds the same.
            looks_at_images: Whether `read` is to ask for images.
            follows_class_ids: Whether to tell where a class id changes its meaning.
            other: The training side, if this is the other one.
            output: Where to write the validation manifest.
        """
        self.side = side
        self.tally = Tally()
        self.log = IssueLog(most_issues)
        self.name: str | None = None
        """The file, if there is one only."""
        self.image_errors: dict[int, Issue] = {}
        """What is wrong with the image of a row (counted from 1 over all files), where something is."""
        self._most = most_lines(region, side)
        self._is_fast = is_fast
        self._looks_at_images = looks_at_images
        self._output = output
        self._schemas = Schemas()
        self.seen = set[int]()
        """The images, by the hashes of their `source-ref`."""
        self._trained = other.seen if other else set[int]()
        self._meanings: dict[tuple[str, str], str] | None = {} if follows_class_ids else None

    def read(self, sources: Sequence[Named], s3: object | None) -> Iterator[tuple[ImageKey, str]]:
        """Reads all files, and asks for the images on the way if it is to.

        Raises:
            OSError: A local file can't be read.
            TypeError: A file object reads text.
            ValueError: An S3 URI has no key, or there is no client for it.
        """
        self.name = sources[0].name if len(sources) == 1 else None
        for named in sources:
            try:
                with opened(named, s3) as file:
                    yield from self._read_file(Lines(file, name=named.name, has_name=named.has_name))
            except SourceError as error:
                self.log.add([error.issue], named.name)
        rows = FileFacts(size=1, lines=self.tally.total, objects=1)
        if len(sources) > 1 and not self.log.counts["ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM"]:
            self.log.add([found for found in [file_issue(rows, most=self._most)] if found])

    def _read_file(self, lines: Lines) -> Iterator[tuple[ImageKey, str]]:
        facts = FileFacts(has_extension=lines.has_extension)
        for chunk in lines:
            yield from self._read_chunk(lines.name, facts, facts.lines + 1, chunk)
            facts.lines += len(chunk)
        facts.size = lines.size
        found = file_issue(facts, most=self._most)
        if found:
            self.log.add([found], lines.name)
        if lines.has_mark:
            self.log.add([hint("HINT_BYTE_ORDER_MARK")], lines.name)
        if lines.returns:
            detail = f"{lines.returns:,} of {lines.count:,} lines"
            self.log.add([hint("HINT_CRLF", lines.first_return, detail=detail)], lines.name)

    def add_picture(self, key: ImageKey, picture: Picture) -> None:
        """Takes in what was found of an image."""
        judged = judge(picture, boxes=key.frame is not None, frame=key.frame)
        if picture.problem is ImageProblem.NOT_LOOKED_AT:
            self.tally.images_unknown += 1
            self.log.add([hint("HINT_IMAGE_NOT_CHECKED", key.line, detail=judged.reason)], key.file)
        self.tally.images_missing += picture.problem is ImageProblem.NOT_FOUND
        if judged.size is SizeMatch.DIFFERENT and key.frame:
            detail = (
                f"image_size says {key.frame.width:g} x {key.frame.height:g}, "
                f"the image has {picture.width} x {picture.height}"
            )
            self.log.add([hint("HINT_IMAGE_SIZE_DIFFERS", key.line, detail=detail)], key.file)
        if judged.code:
            found = issue(judged.code, key.line, detail=judged.reason)
            self.log.add([found], key.file)
            self.image_errors[key.row] = found

    def finish(self) -> None:
        """Makes the lines of bad images invalid ones, once all images have been looked at."""
        self.tally.add_invalid(sorted(self.image_errors))

    def _read_chunk(
        self, file: str, facts: FileFacts, first: int, lines: list[bytes]
    ) -> Iterator[tuple[ImageKey, str]]:
        """Reads lines in a row, of which `first` is the number of the first."""
        batch = Batch(frames=[] if self._looks_at_images else None, class_maps=None if self._meanings is None else [])
        refused = _Refused(file, facts, self.tally.total + 1 - first, batch)
        place, iterator, count = 0, iter(lines), len(lines)
        while place < count:
            recent = self._schemas.recent
            if recent:
                place += recent[0].take(iterator, first + place, batch)
                if place == count:
                    break
            else:
                next(iterator)
            self._read_refused(lines[place], place, first + place, refused)
            place += 1
        facts.objects += len(batch.references)
        self._add(batch, file)
        if max(map(len, lines)) > _LONGEST_KEPT:
            self._find_long_lines(lines, first, file)
        if self._output is not None:
            _write(lines, refused.rewritten, self._output)
        for place, source_ref in enumerate(batch.references if batch.frames is not None else ()):
            number = batch.line(place)
            self.tally.images_asked += 1
            yield ImageKey(self, file, number, refused.before + number, batch.frames[place]), source_ref  # type: ignore[index]
        self.tally.total += count

    def _read_refused(self, line: bytes, place: int, number: int, refused: "_Refused") -> None:
        """Reads a line that the schema which accepted the last one has refused."""
        batch = refused.batch
        if self._accepted(self._schemas.recent[1:], line, number, batch):
            return
        try:
            text = line.decode()
        except UnicodeDecodeError:
            refused.facts.not_utf8 = refused.facts.not_utf8 or number
            text = line.decode(errors="replace")
        parsed = parse(text) if len(line) <= LONGEST_LINE else Line(text, None)
        entry = parsed.entry
        if entry is not None and self._accepted(self._schemas.of(entry), line, number, batch):
            return
        image, issues = read_line(parsed, number)
        if entry is None:
            refused.facts.blank += parsed.is_blank
        self.tally.add_issues(refused.before + number, issues)
        self.log.add(issues, refused.file)
        self.log.add(_hints_of(parsed, image, number), refused.file)
        if image is None:
            refused.facts.objects += entry is not None
        else:
            if batch.frames is not None:
                batch.frames.append(image.frame if image.boxes else None)
            if batch.class_maps is not None and entry is not None:
                place_of_image = len(batch.references)
                batch.class_maps += ((place_of_image, name, class_map) for name, class_map in _class_maps(entry))
            batch.add_reference(image.source_ref, number)
            self.tally.add_image(image)
            if self._is_fast and image.labels and not issues and entry is not None:
                self._schemas.learn(entry)
        if self._output is not None and issues:
            refused.rewritten[place] = validated(text, entry, issues).encode("utf-8", "replace")

    def _accepted(self, schemas: Sequence[Schema], line: bytes, number: int, batch: Batch) -> bool:
        for schema in schemas:
            if schema.take((line,), number, batch):
                self._schemas.use(schema)
                return True
        return False

    def _add(self, batch: Batch, file: str) -> None:
        """Counts what was read of some lines."""
        self.tally.add_batch(batch)
        self.log.add((hint("HINT_MANY_LABELS_IN_IMAGE", batch.line(place)) for place in batch.crowded), file)
        self.log.add((hint("HINT_SAME_BOXES_TWICE", batch.line(place)) for place in batch.twice), file)
        hashes = list(map(hash, batch.references))
        new = set(hashes)
        is_clean = len(new) == len(hashes) and self.seen.isdisjoint(new) and self._trained.isdisjoint(new)
        for place, known in () if is_clean else enumerate(hashes):
            detail = batch.references[place]
            if known in self.seen:
                self.log.add([hint("HINT_DUPLICATE_SOURCE_REF", batch.line(place), detail=detail)], file)
            self.seen.add(known)
            if known in self._trained:
                self.log.add([hint("HINT_TEST_IMAGE_IN_TRAINING", batch.line(place), detail=detail)], file)
        if len(self.seen) < _MOST_SEEN:
            self.seen |= new
        for place, name, class_map in batch.class_maps or ():
            self._follow(batch.line(place), name, class_map, file)

    def _follow(self, number: int, name: str, class_map: Mapping[str, str], file: str) -> None:
        meanings = self._meanings if self._meanings is not None else {}
        for class_id, label in class_map.items():
            before = meanings.setdefault((name, class_id), label)
            if before != label:
                detail = f"{class_id} of {name} is {label}, before it was {before}"
                self.log.add([hint("HINT_CLASS_ID_CHANGES_MEANING", number, f"{name}-metadata", detail=detail)], file)
                meanings[name, class_id] = label

    def _find_long_lines(self, lines: list[bytes], first: int, file: str) -> None:
        for number, line in enumerate(lines, start=first):
            if len(line) > _LONGEST_KEPT and len(line.decode(errors="replace")) > _LONGEST_KEPT:
                self.log.add([hint("HINT_LONG_LINE", number, detail=f"{len(line):,} bytes")], file)


@dataclass(slots=True)
class _Refused:
    """Where to put what the lines of a chunk say that no schema accepts."""

    file: str
    facts: FileFacts
    before: int
    """What is to be added to a line's number to get its row's."""
    batch: Batch
    rewritten: dict[int, bytes] = field(default_factory=dict[int, bytes])
    """The lines that stand otherwise in the validation manifest, by their place in the chunk."""


def _write(lines: list[bytes], rewritten: dict[int, bytes], output: IO[bytes]) -> None:
    for place, line in enumerate(lines):
        if place not in rewritten and may_hold_notes(line):
            text = line.decode(errors="replace")
            rewritten[place] = validated(text, parse(text).entry, ()).encode("utf-8", "replace")
    for place, line in rewritten.items():
        lines[place] = line
    output.write(b"\n".join(lines) + b"\n")


def _hints_of(line: Line, image: Image | None, number: int) -> Iterator[Issue]:
    if line.entry is None:
        if line.is_blank:
            yield hint("HINT_BLANK_LINE", number)
        return
    if image is None:
        return
    if len({label for labels in image.labels.values() for label in labels}) > MOST_LABELS_OF_IMAGE:
        yield hint("HINT_MANY_LABELS_IN_IMAGE", number)
    if len(image.boxes) > 1 and has_same_boxes_twice(line.entry):
        yield hint("HINT_SAME_BOXES_TWICE", number)


def has_same_boxes_twice(entry: Mapping[str, Any]) -> bool:
    """Whether two attributes of a line have the same boxes, and some."""
    shown = [
        tuple(tuple(box[side] for side in _SIDES) for box in value["annotations"])
        for name, value in entry.items()
        if _has_boxes(value) and isinstance(entry.get(f"{name}-metadata"), dict)
    ]
    return len(set(shown)) < len(shown)


def _has_boxes(value: Any) -> bool:
    annotations: object = cast("dict[str, object]", value).get("annotations") if isinstance(value, dict) else None
    return isinstance(annotations, list) and bool(annotations) and all(map(_is_box, cast("list[object]", annotations)))


def _is_box(box: object) -> bool:
    return isinstance(box, dict) and all(
        isinstance(cast("dict[str, object]", box).get(side), int | float) for side in _SIDES
    )


def _class_maps(entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The attributes of a line that have a class map, and what is usable of it."""
    for name in entry:
        metadata = entry.get(f"{name}-metadata")
        class_map: object = cast("dict[str, object]", metadata).get("class-map") if isinstance(metadata, dict) else None
        if isinstance(class_map, dict):
            known = cast("dict[str, object]", class_map).items()
            yield name, {class_id: label for class_id, label in known if isinstance(label, str)}
