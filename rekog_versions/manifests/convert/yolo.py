"""Convert a YOLO data set: a text file with boxes for each image, and a list of the class names."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import cast

from rekog_versions._json import mapping, sequence
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.documents import read_text, read_yaml, require_formats
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, Split
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import SourceBox, SourceImage, numeric, split_named
from rekog_versions.manifests.convert.walking import check_folder, files_below
from rekog_versions.manifests.images.image_check import ImageReader

_IMAGES = (".jpg", ".jpeg", ".png")
_BOX = 5  # a class and four sides; six numbers have a confidence
_LEAST_POLYGON = 7  # a class and three points
_CORNERS = 4  # of a rotated box (OBB), or of a polygon
_NAMES = frozenset({"classes.txt", "obj.names", "data.yaml", "data.yml", "dataset.yaml"})


def from_yolo(
    folder: str | os.PathLike[str],
    images: str | ImagePlaces,
    *,
    sizes: ImageReader,
    names: str | os.PathLike[str] | Sequence[str] | Mapping[int, str] | None = None,
    suffix: str | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert the YOLO files (`*.txt`) below a folder to lines with boxes, sorted by their names.

    The name of an image is that of its text file with `labels` replaced by `images` in its folders, and the suffix of
    the image: the one on disk, or `suffix`. A folder named `train`, `val` or `test` is the split of its files.

    The sides of YOLO are fractions of the image, so its size is read from the header. Polygons and rotated boxes (OBB)
    become the boxes around them, which the report counts. A file without boxes is an image without boxes, and is left
    out. These are left out too: lines that are not a box or a polygon, and classes without a name.

    Args:
        folder: The folder. Its `data.yaml`, `classes.txt` or `obj.names` has the names, if `names` is not given.
        images: The place of the folder in S3: `s3://bucket/prefix`, or `ImagePlaces`.
        sizes: Read the sizes of images: `images_from_s3(client)` or `images_from_folder(folder, images)`.
        names: The names of the classes: a YAML file with `names` (a list or a map), a text file with a name in each
            line, a list, or a map.
        suffix: The suffix of images that are not on disk, such as `".jpg"`.
        attribute: The name of the boxes' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or `suffix` has no dot.
        ImportError: PyYAML is not installed: `pip install "rekog_versions[formats]"`.
        NotADirectoryError: `folder` is not a folder.
        ManifestError: While iterating: there are no names, or the file with them has none.
        OSError: While iterating: a folder can't be read.
    """
    require_formats("yaml", "from_yolo()")
    if suffix is not None and not suffix.startswith("."):
        raise ValueError(f"suffix must begin with a dot, such as '.jpg', got {shown(suffix)}")
    root = check_folder(folder)
    options = LineOptions(images, "boxes", attribute, "fractions", sizes)
    return convert(lambda report: _Reader(root, suffix, _names(root, names), report).images(), options)


class _Reader:
    def __init__(self, root: Path, suffix: str | None, names: Mapping[int, str], report: ConversionReport) -> None:
        self._root = root
        self._suffix = suffix
        self._names = names
        self._report = report

    def images(self) -> Iterator[SourceImage]:
        for path in files_below(self._root, self._report):
            if (
                path.suffix.lower() != ".txt"
                or path.name in _NAMES
                or (len(path.parts) == 1 and split_named(path.stem))
            ):
                continue
            place = path.as_posix()
            try:
                text = read_text(self._root / path, "a text with a box in each line")
            except (ManifestError, OSError) as error:
                self._report.add(ConversionReason.UNREADABLE, place, str(error))
                continue
            name = self._image_name(path)
            if name is None:
                advice = "its image is not on disk: pass suffix='.jpg', if that is the suffix of the images"
                self._report.add(ConversionReason.UNKNOWN_IMAGE, place, advice)
                continue
            image = SourceImage(place, name, split=_split(path))
            for number, line in enumerate(text.splitlines(), start=1):
                box = self._box(line.split(), f"{place}, line {number}") if line.strip() else None
                if box is not None:
                    image.boxes.append(box)
            yield image

    def _image_name(self, path: PurePath) -> str | None:
        parts = list(path.parts[:-1])
        for at in range(len(parts) - 1, -1, -1):
            if parts[at] == "labels":
                parts[at] = "images"
                break
        stem = PurePath(*parts, path.stem).as_posix()
        for suffix in () if self._suffix else _IMAGES:
            for cased in (suffix, suffix.upper()):
                if (self._root / f"{stem}{cased}").is_file():
                    return f"{stem}{cased}"
        return f"{stem}{self._suffix}" if self._suffix else None

    def _box(self, words: list[str], place: str) -> SourceBox | None:
        id_, *values = map(numeric, words)
        if id_ is None or id_ != int(id_) or len(words) < _BOX or None in values:
            text = f"it must be a class and the fractions of a box or a polygon, got {shown(' '.join(words[:8]))}"
            self._report.add(ConversionReason.UNREADABLE, place, text)
            return None
        label = self._names.get(int(id_))
        if label is None:
            self._report.add(ConversionReason.UNKNOWN_CATEGORY, place, f"class {printable(words[0], 50)} has no name")
            return None
        sides = cast("list[float]", values)
        if len(words) in (_BOX, _BOX + 1):
            return self._centered(label, sides, place)
        confidence = sides.pop() if len(sides) == 2 * _CORNERS + 1 else 1  # of a predicted rotated box
        if len(words) < _LEAST_POLYGON or len(sides) % 2 or not 0 <= confidence <= 1:
            self._report.add(ConversionReason.UNREADABLE, place, f"a polygon must have pairs, got {len(sides)} numbers")
            return None
        across, down = sides[::2], sides[1::2]
        kind = (
            "a rotated box, or a polygon of 4 points"
            if len(across) == _CORNERS
            else f"a polygon of {len(across)} points"
        )
        self._report.add(ConversionReason.REDUCED, place, kind)
        left, top = min(across), min(down)
        return SourceBox(place, label, left, top, max(across) - left, max(down) - top, confidence)

    def _centered(self, label: str, sides: list[float], place: str) -> SourceBox | None:
        x, y, width, height = sides[:4]
        if width < 0 or height < 0:
            self._report.add(ConversionReason.UNREADABLE, place, f"its width and height are {width:g} and {height:g}")
            return None
        confidence = sides[4] if len(sides) == _BOX else 1
        return SourceBox(place, label, x - width / 2, y - height / 2, width, height, confidence)


def _split(path: PurePath) -> Split | None:
    return next((split for part in path.parts[:-1] if (split := split_named(part))), None)


def _names(root: Path, given: str | os.PathLike[str] | Sequence[str] | Mapping[int, str] | None) -> Mapping[int, str]:
    """Return the names of the classes by their numbers.

    Raises:
        ManifestError: There are none.
        OSError: The file can't be read.
    """
    if given is None:
        path = next((root / name for name in sorted(_NAMES, reverse=True) if (root / name).is_file()), None)
        if path is None:
            raise ManifestError(
                f"{shown(str(root))} must have a data.yaml, classes.txt or obj.names with the names of the classes. "
                "Pass names=... if they are elsewhere"
            )
    elif isinstance(given, str | os.PathLike):
        path = Path(given)
    else:
        return _by_number(dict(given) if isinstance(given, Mapping) else list(given), "names")
    if path.suffix.lower() in (".yaml", ".yml"):
        return _by_number(mapping(read_yaml(path, "a YAML file with names")).get("names"), str(path))
    return _by_number([line.strip() for line in read_text(path, "a list of names").splitlines()], str(path))


def _by_number(names: object, source: str) -> Mapping[int, str]:
    items: Iterable[tuple[object, object]] = [*mapping(names).items(), *enumerate(sequence(names))]
    found: dict[int, str] = {}
    for id_, name in items:
        number = numeric(id_)
        # aliases of YAML can make a small file a huge list: other values are neither named nor shown
        if number is not None and number == int(number) and isinstance(name, str | int | float) and name != "":
            found[int(number)] = str(name)
    if not found:
        kind = type(names).__name__
        raise ManifestError(
            f"{shown(source)} must have names, a list or a map of the classes, got {kind} without names"
        )
    return found
