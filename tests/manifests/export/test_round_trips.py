"""The converters, and libraries that know nothing of this one, read what exports wrote."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rekog_versions.manifests import (
    ConvertedLines,
    ImageInfo,
    ImageLabel,
    ImageLevelLine,
    ImagePlaces,
    LabeledBox,
    ObjectLine,
    from_coco,
    from_voc,
    from_yolo,
    to_coco,
    to_voc,
    to_yolo,
)
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.export.file_names import without_suffix
from rekog_versions.manifests.export.labels import PlainNames
from tests.manifests.export.other_readers import (
    Box,
    Boxes,
    add_image,
    are_close,
    coco_readings,
    expected,
    voc_readings,
    yolo_readings,
)
from tests.manifests.typed import whole_boxes

PREFIX = "s3://bucket/photos"
LABELS = ["cat", "dög", 'a "b" <c> & d', "1", "yes"]
EXACT, PIXEL = 1e-3, 0.5 + 1e-6


def line(
    key: str, *boxes: tuple[str, float, float, float, float, float], size: tuple[int, int] = (640, 480)
) -> ObjectLine:
    return ObjectLine(f"{PREFIX}/{key}", *size, [LabeledBox(*box) for box in boxes])


LINES = [
    line("1.jpg", ("cat", 10, 20, 200, 120, 1), ("dög", 0, 0, 640, 480, 0.25)),
    line("2.jpg", *((label, 10.25 * n, 0.5, 33.125, 479.5, 1) for n, label in enumerate(LABELS))),
    line("wide.jpg", ("1", 3999, 2, 1000, 60, 1), size=(5000, 62)),
]
FOLDERS = [
    line("cats/1.jpg", ("cat", 1, 2, 30, 40, 1)),
    line("dogs/1.jpg", ("dog", 5, 6, 70, 80, 1)),
    line("dogs/old/1.jpg", ("dog", 9, 10, 110, 120, 1)),
]


SIZES = {one.source_ref: (int(one.width), int(one.height)) for one in [*LINES, *FOLDERS]}


def read_sizes(images: Any) -> Any:
    return ((key, ImageInfo("JPEG", *SIZES.get(source_ref, (100, 80)))) for key, source_ref in images)


def read_again(name: str, target: Path, images: str = PREFIX) -> ConvertedLines[Any]:
    if name == "coco":
        return from_coco(target, images)
    if name == "voc":
        return from_voc(target / "Annotations", images, image_sets=target / "ImageSets" / "Main")
    places = ImagePlaces(images, replace={"images/train/": "", "images/test/": ""})
    return from_yolo(target, places, sizes=read_sizes, suffix=".jpg")


EXPORTS: dict[str, Any] = {"coco": to_coco, "voc": to_voc, "yolo": to_yolo}


@pytest.mark.parametrize(("name", "pixels"), [("coco", EXACT), ("voc", PIXEL), ("yolo", EXACT)])
@pytest.mark.parametrize("lines", [LINES, FOLDERS], ids=["flat", "folders"])
def test_the_converters_read_the_same_boxes(name: str, pixels: float, lines: list[ObjectLine], tmp_path: Path) -> None:
    target = tmp_path / ("x.json" if name == "coco" else "x")
    written = EXPORTS[name](lines, target, images=PREFIX)
    assert written.images == len(lines)
    assert written.labels == count_labels(lines)
    found = list(read_again(name, target))
    by_ref = {one.source_ref: one for one in found}
    wanted = expected(lines, confidences=name == "coco")
    for again, boxes in zip([by_ref[one.source_ref] for one in lines], wanted, strict=True):
        assert are_close(expected([again])[0], boxes, pixels)
        assert isinstance(again, ObjectLine)


def count_labels(lines: Iterable[ObjectLine]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in lines:
        for box in one.boxes:
            found[box.label] = found.get(box.label, 0) + 1
    return found


def check(readings: dict[str, Boxes], lines: Sequence[ObjectLine], names: Sequence[str], pixels: float) -> None:
    """Check that each library has found the boxes of the lines under the names of their files."""
    assert readings
    for library, found in readings.items():
        assert sorted(found) == sorted(names), library
        with_confidences = any(box[5] != 1 for boxes in found.values() for box in boxes)
        for name, wanted in zip(names, expected(lines, confidences=with_confidences), strict=True):
            assert are_close(found[name], wanted, pixels), (library, name, found[name], wanted)


def test_other_libraries_read_the_coco_file(tmp_path: Path) -> None:
    for lines, names in (
        (LINES, ["1.jpg", "2.jpg", "wide.jpg"]),
        (FOLDERS, ["cats/1.jpg", "dogs/1.jpg", "dogs/old/1.jpg"]),
    ):
        path = tmp_path / "x.json"
        to_coco(lines, path, images=PREFIX)
        readings = coco_readings(path)
        assert len(readings) == 3
        check(readings, lines, names, EXACT)


def test_other_libraries_read_the_voc_files(tmp_path: Path) -> None:
    to_voc(LINES, tmp_path / "x", images=PREFIX)
    check(voc_readings(tmp_path / "x", LABELS), LINES, ["1.jpg", "2.jpg", "wide.jpg"], PIXEL)
    to_voc(FOLDERS, tmp_path / "folders", images=PREFIX)
    globox = {"globox": voc_readings(tmp_path / "folders", ["cat", "dog"])["globox"]}
    check(globox, FOLDERS, ["cats/1.jpg", "dogs/1.jpg", "dogs/old/1.jpg"], PIXEL)


def test_other_libraries_read_the_yolo_files(tmp_path: Path) -> None:
    written = to_yolo(LINES, tmp_path / "x", images=PREFIX)
    for one, name in zip(LINES, ["1.jpg", "2.jpg", "wide.jpg"], strict=True):
        add_image(tmp_path / "x" / "images" / "train" / name, one.width, one.height)
    check(yolo_readings(tmp_path / "x", written.labels), LINES, ["1.jpg", "2.jpg", "wide.jpg"], EXACT)


@pytest.mark.parametrize("export", [to_voc, to_yolo])
def test_images_of_equal_names_get_different_files_without_folders(export: Any, tmp_path: Path) -> None:
    written = export(FOLDERS, tmp_path / "x", images=PREFIX, flat=True)
    renamed = {found.text for found in written.report if found.reason is ConversionReason.RENAMED}
    assert len(renamed) == written.report.counts[ConversionReason.RENAMED] == 3
    names = [text.rpartition(" is ")[2].strip("'") for text in sorted(renamed)]
    assert names[0] == "1.jpg"
    assert len(set(names)) == 3
    assert not any("/" in name for name in names)
    if export is to_voc:
        check(voc_readings(tmp_path / "x", ["cat", "dog"]), FOLDERS, names, PIXEL)
    else:
        for name in names:
            add_image(tmp_path / "x" / "images" / "train" / name, 640, 480)
        check(yolo_readings(tmp_path / "x", written.labels), FOLDERS, names, EXACT)


def test_both_manifests_are_read_as_splits(tmp_path: Path) -> None:
    written = to_yolo(LINES[:2], tmp_path / "yolo", testing=LINES[2:], images=PREFIX)
    assert written.report.splits == {"training": 2, "testing": 1}
    for split, lines, names in (("train", LINES[:2], ["1.jpg", "2.jpg"]), ("test", LINES[2:], ["wide.jpg"])):
        for one, name in zip(lines, names, strict=True):
            add_image(tmp_path / "yolo" / "images" / split / name, one.width, one.height)
        check(yolo_readings(tmp_path / "yolo", written.labels, split), lines, names, EXACT)
    info = (tmp_path / "yolo" / "data.yaml").read_text(encoding="utf-8")
    assert info.startswith("train: images/train\nval: images/test\ntest: images/test\nnc: 5\n")

    again = from_yolo(tmp_path / "yolo", PREFIX, sizes=read_sizes)
    assert [split for split, _ in again.with_splits()] == ["testing", "training", "training"]

    to_voc(LINES[:2], tmp_path / "voc", testing=[*LINES[2:], LINES[0]], images=PREFIX)
    again = from_voc(tmp_path / "voc" / "Annotations", PREFIX, image_sets=tmp_path / "voc" / "ImageSets" / "Main")
    splits = {one.source_ref.rpartition("/")[2]: split for split, one in again.with_splits()}
    assert splits == {"1.jpg": "training", "2.jpg": "training", "wide.jpg": "testing"}


def test_image_level_labels_are_read_from_coco(tmp_path: Path) -> None:
    labels = [
        ImageLevelLine(f"{PREFIX}/1.jpg", [ImageLabel("cat", 0.5), "indoors"]),
        ImageLevelLine(f"{PREFIX}/2.jpg", ["dog"]),
    ]
    to_coco(labels, tmp_path / "x.json", images=PREFIX, kind="labels")
    found = {
        one.source_ref: [(label.name, label.confidence) for label in one.labels]
        for one in from_coco(tmp_path / "x.json", PREFIX, kind="labels")
        if isinstance(one, ImageLevelLine)
    }
    assert found == {f"{PREFIX}/1.jpg": [("cat", 0.5), ("indoors", 1)], f"{PREFIX}/2.jpg": [("dog", 1)]}


def files_in_order(name: str, target: Path) -> list[str]:
    """Return the names of the images without their suffixes, in the order of the lines."""
    if name == "coco":
        return [without_suffix(image["file_name"]) for image in json.loads(target.read_bytes())["images"]]
    if name == "voc":
        return (target / "ImageSets" / "Main" / "train.txt").read_text(encoding="utf-8").split("\n")[:-1]
    entries = map(json.loads, (target / "source-refs.jsonl").read_text().splitlines())
    return [without_suffix(entry["file"].removeprefix("images/train/")) for entry in entries]


@pytest.mark.parametrize(("name", "pixels"), [("coco", EXACT), ("voc", PIXEL), ("yolo", EXACT)])
@settings(deadline=None, max_examples=60)
@given(st.lists(whole_boxes, min_size=1, max_size=6, unique_by=lambda one: one.source_ref))
def test_any_keys_and_labels_survive(name: str, pixels: float, lines: list[ObjectLine]) -> None:
    with TemporaryDirectory() as folder:
        target = Path(folder, "x.json" if name == "coco" else "x")
        written = EXPORTS[name](lines, target)
        assert written.images == len(lines)
        read = read_again(name, target, "s3://any")
        again = {without_suffix(one.source_ref.removeprefix("s3://any/")): one for one in read}
        files = files_in_order(name, target)
        assert sorted(again) == sorted(files)
        plain = PlainNames(ConversionReport())
        names = {label: label if name == "coco" else plain.name(label) for label in written.labels}
        for one, file in zip(lines, files, strict=True):
            wanted: list[Box] = [(names[box[0]], *box[1:]) for box in expected([one])[0]]
            assert are_close(expected([again[file]])[0], wanted, pixels)


sides = st.floats(1.001, 40)
placed = st.tuples(st.sampled_from(LABELS), st.floats(0, 59), st.floats(0, 39), sides, sides)
images = st.lists(st.lists(placed, min_size=1, max_size=6), min_size=1, max_size=4)


@settings(deadline=None, max_examples=25)
@given(images)
def test_other_libraries_read_any_box(found: list[list[tuple[str, float, float, float, float]]]) -> None:
    lines = [
        ObjectLine(f"{PREFIX}/{number}.jpg", 100, 80, [LabeledBox(*box) for box in boxes])
        for number, boxes in enumerate(found)
    ]
    names = [f"{number}.jpg" for number in range(len(lines))]
    with TemporaryDirectory() as folder:
        root = Path(folder)
        to_coco(lines, root / "x.json", images=PREFIX)
        check(coco_readings(root / "x.json"), lines, names, EXACT)
        to_voc(lines, root / "voc", images=PREFIX)
        check(voc_readings(root / "voc", LABELS), lines, names, PIXEL)
        written = to_yolo(lines, root / "yolo", images=PREFIX)
        for name in names:
            add_image(root / "yolo" / "images" / "train" / name, 100, 80)
        check(yolo_readings(root / "yolo", written.labels), lines, names, EXACT)
