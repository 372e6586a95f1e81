"""One pass over the manifests of one side, training or testing: good lines fast, the others slowly and with reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple, cast

from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.check.batch import Batch
from rekog_versions.manifests.check.fast import Schemas
from rekog_versions.manifests.check.log import IssueLog
from rekog_versions.manifests.check.rules import FileFacts, file_issue, rows_issue
from rekog_versions.manifests.check.tally import Tally
from rekog_versions.manifests.check.validation_files import may_hold_notes, validated
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem, ImageSizeMatch, check_image
from rekog_versions.manifests.issues import Issue, hint, issue
from rekog_versions.manifests.limits import LONGEST_ENTRY, MOST_LABELS_OF_IMAGE, Side, most_lines
from rekog_versions.manifests.lines import Image, Line, parse, read_line
from rekog_versions.manifests.sources import (
    LONGEST_LINE,
    BinaryFile,
    ManifestLines,
    NamedSource,
    SourceError,
    open_source,
)

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
        self.names: tuple[str, ...] = ()
        """The files."""
        self.image_errors: dict[int, str] = {}
        """The code of what is wrong with the image of a row (counted from 1 over all files), where something is."""
        self._most = most_lines(region, side)
        self._is_fast = is_fast
        self._looks_at_images = looks_at_images
        self._output = output
        self._schemas = Schemas()
        self.seen = set[int]()
        """The images, by the hashes of their `source-ref`."""
        self._trained = other.seen if other else set[int]()
        self._meanings: dict[tuple[str, str], str] | None = {} if follows_class_ids else None

    def read(self, sources: Sequence[NamedSource], s3: object | None) -> Iterator[tuple[ImageKey, str]]:
        """Reads all files, and asks for the images on the way if it is to.

        Raises:
            OSError: A local file can't be read.
            TypeError: A file object reads text.
            ValueError: An S3 URI has no key, or there is no client for it.
        """
        self.names = tuple(named.name for named in sources)
        for named in sources:
            try:
                with open_source(named, s3) as file:
                    yield from self._read_file(named, file)
            except SourceError as error:
                self.log.add([error.issue], named.name)
        found = rows_issue(self.tally.total, self._most)
        if found and not self.log.counts[found.code]:
            self.log.add([found])

    def _read_file(self, named: NamedSource, file: BinaryFile) -> Iterator[tuple[ImageKey, str]]:
        lines = ManifestLines(file, named.name)
        facts = FileFacts(has_extension=named.has_extension)
        for chunk in lines:
            yield from self._read_chunk(named.name, facts, facts.lines + 1, chunk)
            facts.lines += len(chunk)
        facts.size = lines.size
        found = file_issue(facts, most=self._most)
        if found:
            self.log.add([found], named.name)
        if lines.has_byte_order_mark:
            self.log.add([hint("HINT_BYTE_ORDER_MARK")], named.name)
        if lines.crlf_count:
            detail = f"{lines.crlf_count:,} of {lines.count:,} lines"
            self.log.add([hint("HINT_CRLF", lines.first_crlf, detail=detail)], named.name)

    def add_picture(self, key: ImageKey, picture: ImageInfo) -> None:
        """Takes in what was found of an image."""
        judged = check_image(picture, boxes=key.frame is not None, frame=key.frame)
        if picture.problem is ImageProblem.NOT_CHECKED:
            self.tally.images_unknown += 1
            self.log.add([hint("HINT_IMAGE_NOT_CHECKED", key.line, detail=judged.reason)], key.file)
        self.tally.images_missing += picture.problem is ImageProblem.NOT_FOUND
        if judged.size_match is ImageSizeMatch.DIFFERENT and key.frame:
            detail = (
                f"image_size says {key.frame.width:g} x {key.frame.height:g}, "
                f"the image has {picture.width} x {picture.height}"
            )
            self.log.add([hint("HINT_IMAGE_SIZE_DIFFERS", key.line, detail=detail)], key.file)
        if judged.code:
            self.log.add([issue(judged.code, key.line, detail=judged.reason)], key.file)
            self.image_errors[key.row] = judged.code

    @property
    def name(self) -> str | None:
        """The file, if there is one only."""
        return self.names[0] if len(self.names) == 1 else None

    def finish(self) -> None:
        """Makes the lines of bad images invalid ones, once all images have been looked at."""
        self.tally.add_invalid(sorted(self.image_errors))

    def _read_chunk(
        self, file: str, facts: FileFacts, first: int, lines: list[bytes]
    ) -> Iterator[tuple[ImageKey, str]]:
        """Reads lines in a row, of which `first` is the number of the first."""
        batch = Batch(frames=[] if self._looks_at_images else None, class_maps=None if self._meanings is None else [])
        refused = _Refused(file, facts, self.tally.total + 1 - first, batch)
        numbers: Sequence[int] = range(first, first + len(lines))
        waiting: Sequence[bytes] = lines
        longest = max(map(len, lines))
        while waiting:
            # a line that came cut must not be taken for what is left of it
            for schema in self._schemas.recent if longest <= LONGEST_LINE else ():
                places = schema.take(waiting, numbers, batch)
                waiting, numbers = [waiting[place] for place in places], [numbers[place] for place in places]
            count = self._read_refused_lines(waiting, numbers, refused)
            waiting, numbers = waiting[count:], numbers[count:]
        facts.objects += len(batch.references)
        self._add(batch, file)
        if longest > LONGEST_ENTRY:
            self._find_long_lines(lines, first, file)
        if self._output is not None:
            _write(lines, {number - first: line for number, line in refused.rewritten.items()}, self._output)
        if batch.frames is not None:
            for source_ref, number, frame in zip(batch.references, batch.numbers, batch.frames, strict=True):
                self.tally.images_asked += 1
                yield ImageKey(self, file, number, refused.before + number, frame), source_ref
        self.tally.total += len(lines)

    def _read_refused_lines(self, lines: Sequence[bytes], numbers: Sequence[int], refused: "_Refused") -> int:
        """Reads lines that no recent schema accepts, until there is a new one to try; answers how many it has read."""
        made = self._schemas.made
        for count, (line, number) in enumerate(zip(lines, numbers, strict=True), start=1):
            self._read_refused(line, number, refused)
            if self._schemas.made > made:
                return count
        return len(lines)

    def _read_refused(self, line: bytes, number: int, refused: "_Refused") -> None:
        batch, schemas = refused.batch, self._schemas
        try:
            text = line.decode()
        except UnicodeDecodeError:
            refused.facts.not_utf8 = refused.facts.not_utf8 or number
            text = line.decode(errors="replace")
        parsed = parse(text) if len(line) <= LONGEST_LINE else Line(text, None)
        entry = parsed.entry
        if entry is not None and schemas.has_others and self._accepted(entry, line, number, batch):
            return
        image, issues = read_line(parsed, number)
        self.tally.add_issues(refused.before + number, issues)
        self.log.add(issues, refused.file, parsed)
        if entry is None:
            if parsed.is_blank:
                refused.facts.blank += 1
                self.log.add([hint("HINT_BLANK_LINE", number)], refused.file)
        elif image is None:
            refused.facts.objects += 1
        else:
            self._add_image(entry, image, number, refused)
            if self._is_fast and not issues:
                schemas.learn(entry)
        if self._output is not None and issues:
            refused.rewritten[number] = validated(text, entry, issues).encode("utf-8", "replace")

    def _add_image(self, entry: Mapping[str, Any], image: Image, number: int, refused: "_Refused") -> None:
        """Counts the image of a single line."""
        batch = refused.batch
        if batch.frames is not None:
            batch.frames.append(image.frame if image.boxes else None)
        if batch.class_maps is not None:
            place = len(batch.references)
            batch.class_maps += ((place, name, class_map) for name, class_map in _class_maps(entry))
        batch.references.append(image.source_ref)
        batch.numbers.append(number)
        if image.labels:
            self.tally.add_image(image)
            if len(image.labels) > 1 or image.boxes or len(entry) > MOST_LABELS_OF_IMAGE:
                self.log.add(_hints_of(entry, image, number), refused.file)

    def _accepted(self, entry: Mapping[str, Any], line: bytes, number: int, batch: Batch) -> bool:
        """Whether a schema that is not a recent one accepts a line."""
        for schema in self._schemas.of(entry):
            if not schema.take((line,), (number,), batch):
                self._schemas.use(schema)
                return True
        return False

    def _add(self, batch: Batch, file: str) -> None:
        """Counts what was read of some lines."""
        self.tally.add_batch(batch)
        self.log.add((hint("HINT_MANY_LABELS_IN_IMAGE", batch.numbers[place]) for place in batch.crowded), file)
        self.log.add((hint("HINT_SAME_BOXES_TWICE", batch.numbers[place]) for place in batch.twice), file)
        self._find_known(batch, file)
        for place, name, class_map in sorted(batch.class_maps or (), key=lambda of: batch.numbers[of[0]]):
            self._follow(batch.numbers[place], name, class_map, file)

    def _find_known(self, batch: Batch, file: str) -> None:
        """Finds images that were there before, and remembers the others."""
        hashes = list(map(hash, batch.references))
        if self._trained and not self._trained.isdisjoint(hashes):
            for place in batch.order:
                if hashes[place] in self._trained:
                    detail = batch.references[place]
                    self.log.add([hint("HINT_TEST_IMAGE_IN_TRAINING", batch.numbers[place], detail=detail)], file)
        if len(self.seen) > _MOST_SEEN:
            before = self.seen
        elif self.seen.isdisjoint(hashes):
            count = len(self.seen)
            self.seen.update(hashes)
            if len(self.seen) == count + len(hashes):
                return
            before = set[int]()
        else:
            before = self.seen.intersection(hashes)
            self.seen.update(hashes)
        for place in batch.order:
            known = hashes[place]
            if known in before:
                detail = batch.references[place]
                self.log.add([hint("HINT_DUPLICATE_SOURCE_REF", batch.numbers[place], detail=detail)], file)
            elif before is not self.seen:
                before.add(known)

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
            if len(line) > LONGEST_ENTRY and len(line.decode(errors="replace")) > LONGEST_ENTRY:
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
    """The lines that stand otherwise in the validation manifest, by their numbers."""


def _write(lines: list[bytes], rewritten: dict[int, bytes], output: IO[bytes]) -> None:
    for place, line in enumerate(lines):
        if place not in rewritten and may_hold_notes(line):
            text = line.decode(errors="replace")
            rewritten[place] = validated(text, parse(text).entry, ()).encode("utf-8", "replace")
    for place, line in rewritten.items():
        lines[place] = line
    output.write(b"\n".join(lines) + b"\n")


def _hints_of(entry: Mapping[str, Any], image: Image, number: int) -> Iterator[Issue]:
    if len({label for labels in image.labels.values() for label in labels}) > MOST_LABELS_OF_IMAGE:
        yield hint("HINT_MANY_LABELS_IN_IMAGE", number)
    if len(image.boxes) > 1 and has_same_boxes_twice(entry):
        yield hint("HINT_SAME_BOXES_TWICE", number)


def has_same_boxes_twice(entry: Mapping[str, Any]) -> bool:
    """Whether two attributes of a line have the same boxes, and some."""
    shown = [
        tuple(sorted(tuple(box[side] for side in _SIDES) for box in value["annotations"]))
        for name, value in entry.items()
        if _has_boxes(value) and isinstance(entry.get(f"{name}-metadata"), dict)
    ]
    return len(set(shown)) < len(shown)


def _has_boxes(value: Any) -> bool:
    annotations: object = cast("dict[str, object]", value).get("annotations") if isinstance(value, dict) else None
    boxes = cast("list[object]", annotations) if isinstance(annotations, list) else []
    return bool(boxes) and all(map(_is_box, boxes))


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
