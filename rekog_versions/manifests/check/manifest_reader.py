"""Read the manifests of one side, training or testing, in one pass: good lines fast, the others with their issues."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import IO, Any, NamedTuple

from rekog_versions._json import is_number, mapping, sequence
from rekog_versions._text import shown
from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.check.fast import FastReader
from rekog_versions.manifests.check.jobs import adjustment_in, is_rejection, verdicts_in
from rekog_versions.manifests.check.rules import FileFacts, file_issue, rows_issue
from rekog_versions.manifests.check.service_files import annotated_line, may_hold_notes
from rekog_versions.manifests.check.spans import ObjectSpans
from rekog_versions.manifests.check.totals import SAME_BOXES_TWICE, ImageBatch, ManifestTotals
from rekog_versions.manifests.formats import coco
from rekog_versions.manifests.images.image_check import (
    ImageInfo,
    ImageProblem,
    ImageSizeMatch,
    check_image,
    wrong_sides,
)
from rekog_versions.manifests.issues import Issue, hint, issue, reported
from rekog_versions.manifests.limits import LONGEST_ENTRY, Feature, Side, most_lines
from rekog_versions.manifests.lines import Image, Line, parse, read_line
from rekog_versions.manifests.naming import decoded_key
from rekog_versions.manifests.sources import (
    LONGEST_LINE,
    BinaryFile,
    ManifestLines,
    NamedSource,
    SourceError,
    open_source,
)

_SIDES = ("left", "top", "width", "height")
_MOST_REMEMBERED = 300_000  # images; a manifest may have 250,000 lines
_LONGEST_EXTENSION = 4
_OTHER_FORMATS = frozenset(
    tail
    for name in (
        *(
            ".avi",
            ".bmp",
            ".dng",
            ".gif",
            ".ico",
            ".jp2",
            ".mov",
            ".mp4",
            ".pbm",
            ".pdf",
            ".pgm",
            ".ppm",
            ".psd",
            ".svg",
        ),
        *(".tif", "avif", "heic", "heif", "tiff", "webp"),
    )
    for tail in (name, name.upper())
)
"""The last four characters of keys whose extension is that of a format which the service does not accept."""
_MEMBERS_OF_TWO_JOBS = 5  # of a line: two attributes with their metadata, and the source-ref
_MOST_CLASS_IDS = 100_000  # ids whose labels are remembered
_LONGEST_CLASS_ID = 1000  # characters of an attribute and an id whose label is remembered


_last_four = itemgetter(slice(-4, None))


class IssueLog:
    """Counts all issues, and keeps the first ones of each code."""

    def __init__(self, max_issues: int) -> None:
        self.max_issues = max_issues
        self.counts: Counter[str] = Counter()
        self._kept: dict[str, list[Issue]] = {}

    def keeps(self, code: str) -> bool:
        """Return True if the next issue with this code is kept."""
        return self.counts[code] < self.max_issues

    def add(self, issues: Iterable[Issue], file: str | None = None) -> None:
        """Add issues of a file; None keeps the file that an issue has."""
        for found in issues:
            if self.keeps(found.code):
                self._kept.setdefault(found.code, []).append(reported(found, file))
            self.counts[found.code] += 1

    @property
    def kept(self) -> list[Issue]:
        """The first issues of each code."""
        return [found for issues in self._kept.values() for found in issues]


class ImageKey(NamedTuple):
    """The line that an image belongs to. It travels with the request for the image, so that nothing is remembered."""

    reader: "ManifestReader"
    file: str
    line_number: int
    """The number of the line in its file."""
    row: int
    """The number of the line in all files together."""
    frame: Frame | None
    """The image's size in the line; None if the line has no boxes."""
    source_ref: str


@dataclass(slots=True)
class _Chunk:
    """Successive lines of a file, and the results of reading them."""

    file: str
    facts: FileFacts
    lines: list[bytes]
    first: int
    """The number of the first line in the file."""
    first_row: int
    """The number of the first line in all files together."""
    batch: ImageBatch
    rewritten: dict[int, bytes] = field(default_factory=dict[int, bytes])
    """The lines that are different in the validation manifest, by their places."""


class ManifestReader:
    """Reads the manifests of one side as one manifest."""

    def __init__(
        self,
        side: Side,
        *,
        region: str | None,
        max_issues: int,
        checks_images: bool,
        follows_class_ids: bool,
        feature: Feature = "CUSTOM_LABELS",
        training: "ManifestReader | None" = None,
        output: IO[bytes] | None = None,
    ) -> None:
        """Create a reader.

        Args:
            side: The side that the manifests are for.
            region: The training's region, which has its own limits.
            max_issues: The number of issues of each code to keep.
            checks_images: True if `read` must yield requests for the images.
            follows_class_ids: True to add a hint if a class id changes its meaning.
            feature: The feature that the project customizes.
            training: The reader of the training manifests; None if this one reads them.
            output: The file for the validation manifest.
        """
        self.totals = ManifestTotals()
        self.log = IssueLog(max_issues)
        self.names: tuple[str, ...] = ()
        """The names of the files."""
        self.name: str | None = None
        """The name of the file; None if there are several."""
        self.image_errors: dict[int, str] = {}
        """The codes of invalid images, by the row of the image's line, counted from 1 over all files."""
        self._max_lines = most_lines(region, side)
        self._checks_images = checks_images
        self._output = output
        self._feature: Feature = feature
        self._fast = FastReader()
        self._spans = ObjectSpans()
        self.image_hashes = set[int]()
        """The hashes of the `source-ref`s read so far: the texts would take too much memory."""
        self._training_hashes = training.image_hashes if training else set[int]()
        self._class_labels: dict[tuple[str, str], str] | None = {} if follows_class_ids else None

    def read(self, sources: Sequence[NamedSource], s3: object | None) -> Iterator[tuple[ImageKey, str]]:
        """Read all files, and yield the key and the `source-ref` of each image that must be checked.

        Raises:
            OSError: A local file can't be read.
            TypeError: A file object reads text.
            ValueError: An S3 URI has no key, or `s3` is None.
        """
        self.names = tuple(named.name for named in sources)
        self.name = self.names[0] if len(self.names) == 1 else None
        for named in sources:
            try:
                with open_source(named, s3) as file:
                    yield from self._read_file(named, file)
            except SourceError as error:
                self.log.add([error.issue], named.name)
        found = rows_issue(self.totals.total, self._max_lines)
        if found and not self.log.counts[found.code]:
            self.log.add([found])

    def add_image_info(self, key: ImageKey, info: ImageInfo) -> None:
        """Add the issues of an image."""
        verdict = check_image(info, boxes=key.frame is not None, frame=key.frame)
        if info.problem is ImageProblem.NOT_CHECKED:
            self.totals.images_unknown += 1
            self.log.add([hint("HINT_IMAGE_NOT_CHECKED", key.line_number, detail=verdict.reason)], key.file)
        self.totals.images_missing += info.problem is ImageProblem.NOT_FOUND
        if verdict.size_match is ImageSizeMatch.DIFFERENT and key.frame:
            detail = (
                f"image_size is {key.frame.width:g} x {key.frame.height:g}, the image has {info.width} x {info.height}"
            )
            self.log.add([hint("HINT_IMAGE_SIZE_DIFFERS", key.line_number, detail=detail)], key.file)
        if key.frame and info.orientation not in (None, 1):
            self.log.add(
                [hint("HINT_IMAGE_TURNED", key.line_number, detail=_turned(info, verdict.size_match))], key.file
            )
        if verdict.code:
            detail = _missing(key.source_ref) if info.problem is ImageProblem.NOT_FOUND else ""
            self.log.add([issue(verdict.code, key.line_number, detail=f"{verdict.reason}{detail}")], key.file)
            self.image_errors[key.row] = verdict.code

    def finish(self) -> None:
        """Count the lines of invalid images as invalid, once all images are checked."""
        self.totals.add_invalid(self.image_errors)

    def _read_file(self, named: NamedSource, file: BinaryFile) -> Iterator[tuple[ImageKey, str]]:
        lines = ManifestLines(file, named.name)
        facts = FileFacts(has_extension=named.has_extension)
        self._spans = ObjectSpans()
        for some in lines:
            batch = ImageBatch(
                frames=[] if self._checks_images else None, class_maps=None if self._class_labels is None else []
            )
            chunk = _Chunk(named.name, facts, some, facts.lines + 1, self.totals.total + 1, batch)
            self._read_chunk(chunk)
            yield from self._image_requests(chunk)
            facts.lines += len(some)
            self.totals.total += len(some)
        facts.size, facts.head = lines.size, lines.head
        found = file_issue(facts, most=self._max_lines)
        if found:
            self.log.add([found], named.name)
        if self._spans.count:
            first, last = self._spans.first
            detail = f"{self._spans.count:,} in the file; the first one has the lines {first:,} to {last:,}"
            detail += f"; {why}" if (why := coco(lines.head)) else ""
            self.log.add([hint("HINT_OBJECT_SPANS_LINES", first, detail=detail)], named.name)
        if lines.has_byte_order_mark:
            self.log.add([hint("HINT_BYTE_ORDER_MARK")], named.name)
        if lines.crlf_count:
            detail = f"{lines.crlf_count:,} of {lines.count:,} lines"
            self.log.add([hint("HINT_CRLF", lines.first_crlf, detail=detail)], named.name)

    def _read_chunk(self, chunk: _Chunk) -> None:
        read_slowly = partial(self._read_slowly, chunk)
        longest = max(map(len, chunk.lines))
        if longest > LONGEST_LINE:
            # such a line is cut, and the rest of it must not be accepted
            for place in range(len(chunk.lines)):
                read_slowly(place)
        else:
            self._fast.read(chunk.lines, chunk.batch, read_slowly, longest=longest)
        chunk.facts.objects += len(chunk.batch.references)
        self.totals.add_images(chunk.batch)
        self._add_hints(chunk)
        if longest > LONGEST_ENTRY:
            self._add_long_lines(chunk)
        if self._output is not None:
            _write(chunk, self._output)

    def _read_slowly(self, chunk: _Chunk, place: int) -> Mapping[str, Any] | None:
        """Read a line with `read_line`; return its members if it has an image and no issue."""
        raw, number = chunk.lines[place], chunk.first + place
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            if chunk.facts.not_utf8 is None:
                chunk.facts.not_utf8, chunk.facts.invalid_line = number, raw
            text = raw.decode(errors="replace")
        line = parse(text) if len(raw) <= LONGEST_LINE else Line(text, None)
        image, issues = read_line(line, number, explain=self.log.keeps, feature=self._feature)
        if issues:
            self.totals.add_issues(chunk.first_row + place, issues)
            self.log.add(issues, chunk.file)
            if self._output is not None:
                chunk.rewritten[place] = annotated_line(text, line.entry, issues).encode("utf-8", "replace")
        if image is None:
            self._spans.add(number, text, is_object=line.entry is not None)
        if line.entry is None:
            if line.is_blank:
                chunk.facts.blank += 1
                self.log.add([hint("HINT_BLANK_LINE", number)], chunk.file)
            return None
        if image is None:
            chunk.facts.objects += 1
            return None
        batch = chunk.batch
        batch.add_image(place, image)
        if batch.frames is not None:
            batch.frames.append(image.frame if image.boxes else None)
        if batch.class_maps is not None:
            batch.class_maps += ((place, name, class_map) for name, class_map in _class_maps(line.entry))
        if image.labels:
            batch.hints += ((place, code, detail) for code, detail in _hints(image, line.entry))
        # a schema has no place for the labels for Custom Moderation, and would accept any value there
        return None if issues or image.is_moderated else line.entry

    def _image_requests(self, chunk: _Chunk) -> Iterator[tuple[ImageKey, str]]:
        batch = chunk.batch
        if batch.frames is None:
            return
        for source_ref, place, frame in zip(batch.references, batch.places, batch.frames, strict=True):
            self.totals.images_asked += 1
            row = chunk.first_row + place
            yield ImageKey(self, chunk.file, chunk.first + place, row, frame, source_ref), source_ref

    def _add_hints(self, chunk: _Chunk) -> None:
        batch, first = chunk.batch, chunk.first
        for place, code, detail in sorted(batch.hints):
            self.log.add([hint(code, first + place, detail=detail)], chunk.file)
        self._add_odd_keys(chunk)
        self._add_repeated_images(chunk)
        for place, name, class_map in sorted(batch.class_maps or (), key=lambda found: found[0]):
            self._add_changed_class_ids(first + place, name, class_map, chunk.file)

    def _add_odd_keys(self, chunk: _Chunk) -> None:
        """Add hints about keys with URL escapes, and about keys whose extension is that of another format."""
        batch = chunk.batch
        # all keys are searched at once, because nearly all files have none of these
        has_escapes = "%" in "".join(batch.references)
        has_formats = not _OTHER_FORMATS.isdisjoint(map(_last_four, batch.references))
        if not has_escapes and not has_formats:
            return
        for index in batch.by_line:
            number, source_ref = chunk.first + batch.places[index], batch.references[index]
            if "%" in source_ref and (key := decoded_key(source_ref)):
                detail = f"{source_ref}, decoded {shown(key)}"
                self.log.add([hint("HINT_URL_ENCODED_KEY", number, detail=detail)], chunk.file)
            name, dot, extension = source_ref.rpartition(".")
            if name and f"{dot}{extension}"[-4:] in _OTHER_FORMATS and len(extension) <= _LONGEST_EXTENSION:
                self.log.add([hint("HINT_IMAGE_FORMAT", number, detail=source_ref)], chunk.file)

    def _add_repeated_images(self, chunk: _Chunk) -> None:
        """Add hints about images that an earlier line has, and remember the others."""
        batch = chunk.batch
        hashes = list(map(hash, batch.references))

        def add(code: str, index: int) -> None:
            number, source_ref = chunk.first + batch.places[index], batch.references[index]
            self.log.add([hint(code, number, detail=source_ref)], chunk.file)

        if self._training_hashes and not self._training_hashes.isdisjoint(hashes):
            for index in batch.by_line:
                if hashes[index] in self._training_hashes:
                    add("HINT_TEST_IMAGE_IN_TRAINING", index)
        if len(self.image_hashes) > _MOST_REMEMBERED:
            known = self.image_hashes
        elif self.image_hashes.isdisjoint(hashes):
            count = len(self.image_hashes)
            self.image_hashes.update(hashes)
            if len(self.image_hashes) == count + len(hashes):
                return
            known = set[int]()
        else:
            known = self.image_hashes.intersection(hashes)
            self.image_hashes.update(hashes)
        for index in batch.by_line:
            if hashes[index] in known:
                add("HINT_DUPLICATE_SOURCE_REF", index)
            elif known is not self.image_hashes:
                known.add(hashes[index])

    def _add_changed_class_ids(self, number: int, name: str, class_map: Mapping[str, str], file: str) -> None:
        labels = self._class_labels if self._class_labels is not None else {}
        for class_id, label in class_map.items():
            if len(name) + len(class_id) > _LONGEST_CLASS_ID or len(labels) > _MOST_CLASS_IDS:
                continue
            before = labels.setdefault((name, class_id), label)
            if before != label:
                detail = f"{class_id} of {name} is {label}, before it was {before}"
                self.log.add([hint("HINT_CLASS_ID_CHANGES_MEANING", number, f"{name}-metadata", detail=detail)], file)
                labels[name, class_id] = label

    def _add_long_lines(self, chunk: _Chunk) -> None:
        for number, line in enumerate(chunk.lines, start=chunk.first):
            if len(line) > LONGEST_ENTRY and len(line.decode(errors="replace")) > LONGEST_ENTRY:
                self.log.add([hint("HINT_LONG_LINE", number, detail=f"{len(line):,} bytes")], chunk.file)


def _write(chunk: _Chunk, output: IO[bytes]) -> None:
    lines = list(chunk.lines)
    for place, line in enumerate(lines):
        if place in chunk.rewritten:
            lines[place] = chunk.rewritten[place]
        elif may_hold_notes(line):
            text = line.decode(errors="replace")
            lines[place] = annotated_line(text, parse(text).entry, ()).encode("utf-8", "replace")
    output.write(b"\n".join(lines) + b"\n")


def _hints(image: Image, entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the code and the detail of each hint about a line with labels."""
    if image.boxes and (wrong := wrong_sides(image.frame.width, image.frame.height)):
        yield "HINT_IMAGE_SIZE_OUT_OF_RANGE", wrong
    if len(entry) >= _MEMBERS_OF_TWO_JOBS:
        if len(image.boxes) > 1 and _has_same_boxes_twice(entry):
            yield SAME_BOXES_TWICE, ""
        elif found := adjustment_in(entry):
            yield "HINT_JOB_AND_ADJUSTMENT", found
        for name, verdict in verdicts_in(entry):
            code = "HINT_REJECTED_LABELS" if is_rejection(verdict) else "HINT_JOB_AND_ADJUSTMENT"
            yield code, f"the verdict of {shown(name)} is {shown(verdict)}"


def _turned(info: ImageInfo, match: ImageSizeMatch | None) -> str:
    sides = {
        ImageSizeMatch.ROTATED: "image_size has the sides as displayed",
        ImageSizeMatch.SAME: "image_size has the sides as stored",
    }
    same = info.width == info.height or not info.is_rotated
    why = "the sides do not show on which form the boxes were drawn" if same else sides.get(match, "")  # type: ignore[arg-type]
    return f"EXIF orientation {info.orientation}, {info.width} x {info.height} pixels stored{'; ' if why else ''}{why}"


def _missing(source_ref: str) -> str:
    """Return the key of an image that does not exist, as it was read, and the key that may be meant."""
    decoded = decoded_key(source_ref, plus=True)
    advice = f"; if the key is URL-encoded, decode it: {shown(decoded)}" if decoded else ""
    return f": {shown(source_ref)}{advice}"


def _has_same_boxes_twice(entry: Mapping[str, Any]) -> bool:
    """Return True if two label attributes of a line have the same boxes."""
    found = [
        tuple(sorted(tuple(box[side] for side in _SIDES) for box in boxes))
        for name, value in entry.items()
        if isinstance(entry.get(f"{name}-metadata"), dict) and (boxes := _boxes(value))
    ]
    return len(set(found)) < len(found)


def _boxes(attribute: object) -> Sequence[Mapping[str, Any]]:
    """Return the boxes of an attribute; none if one of them is incomplete."""
    boxes = [mapping(box) for box in sequence(mapping(attribute).get("annotations"))]
    return boxes if all(is_number(box.get(side)) for box in boxes for side in _SIDES) else ()


def _class_maps(entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the attributes of a line that have a class map, and the class ids with a label."""
    for name in entry:
        class_map = mapping(mapping(entry.get(f"{name}-metadata")).get("class-map"))
        if class_map:
            yield name, {class_id: label for class_id, label in class_map.items() if isinstance(label, str)}
