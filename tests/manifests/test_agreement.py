"""Good lines are read fast: whatever the fast way accepts, the slow way finds nothing in, and both see the same."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekog_versions.manifests.check import fast
from rekog_versions.manifests.check.check import check_manifests
from rekog_versions.manifests.check.fast import FastReader
from rekog_versions.manifests.check.totals import ImageBatch
from rekog_versions.manifests.lines import UseCase, parse, read_line
from tests.manifests.agreement import both_ways
from tests.manifests.fuzz import block
from tests.manifests.mutations import mutated
from tests.manifests.odd_lines import ENTRIES, LINES

some_lines = st.tuples(st.randoms(use_true_random=False), st.sampled_from(LINES)).map(
    lambda drawn: mutated(Random(drawn[0].randrange(2**32)), [drawn[1]])
)


@settings(max_examples=120, deadline=None)
@given(lines=st.lists(some_lines, max_size=6), start=st.sampled_from(LINES))
def test_both_ways_find_the_same_in_mutated_lines(lines: list[bytes], start: bytes) -> None:
    both_ways([start, start, start, *lines])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(entry=st.sampled_from(ENTRIES), data=st.data())
def test_what_the_fast_way_accepts_the_slow_way_finds_nothing_in(entry: dict[str, Any], data: st.DataObject) -> None:
    changed: dict[str, Any] = json.loads(json.dumps(entry))
    place: Any = changed
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(json_values)
        break
    _, found = read_line(parse(json.dumps(entry)), 1)
    reader = FastReader()
    reader.read([json.dumps(entry).encode()] * 2, ImageBatch(), lambda _: None if found else entry)
    line = json.dumps(changed).encode()
    batch = ImageBatch(frames=[])
    if reader.reject([line], [0], batch):
        assert not batch.references
        return
    image, issues = read_line(parse(line.decode()), 1)
    assert image is not None
    assert not issues
    assert batch.references == [image.source_ref]
    assert sorted(batch.classes) == sorted(image.labels.get(UseCase.IMAGE_LEVEL_LABELS, ()))
    assert sorted(batch.boxes) == sorted(image.labels.get(UseCase.OBJECT_LOCALIZATION, ()))
    assert batch.frames is not None
    (frame,) = batch.frames
    if image.boxes:
        assert frame is not None
        assert (frame.width, frame.height) == (image.frame.width, image.frame.height)
    else:
        assert frame is None


@pytest.mark.parametrize("seed", range(4))
def test_both_ways_find_and_write_the_same_in_a_fuzzed_manifest(seed: int, tmp_path: Path) -> None:
    assert block(seed, LINES, tmp_path)


def good(number: int = 1) -> dict[str, Any]:
    return json.loads(json.dumps(ENTRIES[0]).replace("1.jpg", f"{number}.jpg"))  # type: ignore[no-any-return]


# where msgspec and Python's json disagree, or skipping would let something through
TRAPS: list[bytes] = [
    b'"job-name": "\xff"',
    b'"job-name": "\xed\xa0\x80"',
    b'"job-name": "\\ud800"',
    b'"job-name": "\\q"',
    b'"job-name": 1e999',
    b'"job-name": -1e999',
    b'"job-name": NaN',
    b'"job-name": ' + b"9" * 5000,
    b'"job-name": ' + b"[" * 500 + b"]" * 500,
    b'"job-name": ' + b"[" * 100_000,
    b'"confidence": 2, "confidence": 1',
    b'"confidence": 1, "confidence": 2',
    b'"confidence": true',
    b'"confidence": 1.00000000000000000001',
    b'"class-name": "dog", "class-name": ""',
    b'"class-name": ""',
    b'"class-name": "' + "\U0001f408".encode() * 256 + b'"',
    b'"class-name": "' + "\U0001f408".encode() * 257 + b'"',
    b'"\\u0063lass-name": 5',
    b'"new-member": {"a": [1e999]}',
]


@pytest.mark.parametrize("trap", TRAPS, ids=[repr(trap[:30]) for trap in TRAPS])
def test_what_one_json_reader_takes_and_another_does_not_is_read_alike(trap: bytes) -> None:
    line = json.dumps(good()).encode().removesuffix(b"}}")
    both_ways([*[json.dumps(good()).encode()] * 3, line + b", " + trap + b"}}", json.dumps(good()).encode()])


@pytest.mark.parametrize(
    "text",
    ['{"0": "cat", "-0": "dog"}', '{"-0": "cat"}', '{"00": "cat"}', '{"0": "cat", "0": "dog"}', '{"0.0": "cat"}'],
)
@pytest.mark.parametrize("class_id", ["0", "-0", "0.0", "1e0", "1000"])
def test_class_ids_are_compared_as_they_are_spelled(text: str, class_id: str) -> None:
    line = json.dumps(ENTRIES[9])
    odd = line.replace(json.dumps(ENTRIES[9]["boxes-metadata"]["class-map"]), text)
    odd = odd.replace('"class_id": 1', f'"class_id": {class_id}')
    assert odd != line
    both_ways([line.encode()] * 3 + [odd.encode()])


def test_the_fast_way_reads_nearly_all_lines_of_a_file_however_their_attributes_are_named() -> None:
    lines = [
        json.dumps({"source-ref": f"s3://pets/{number}.jpg", name: 1, f"{name}-metadata": ENTRIES[0]["pets-metadata"]})
        for number, name in enumerate(["a", "b", "c", "d", "e", "f"] * 50)
    ]
    slow: list[int] = []

    def counting(line: Any, number: int, **options: Any) -> Any:
        slow.append(number)
        return read_line(line, number, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("rekog_versions.manifests.check.manifest_reader.read_line", counting)
        report = check_manifests("\n".join(lines).encode())
    assert report.training.valid_json_lines == 300
    assert len(slow) == 12


def test_attributes_that_are_named_anew_on_every_line_make_no_end_of_schemas() -> None:
    lines = [
        json.dumps({"source-ref": f"s3://pets/{number}.jpg", name: 1, f"{name}-metadata": ENTRIES[0]["pets-metadata"]})
        for number, name in enumerate(f"image-{number // 2}" for number in range(400))
    ]
    made: list[Any] = []
    original = fast._Schema

    def counting(shape: Any, *others: Any) -> Any:
        made.append(shape)
        return original(shape, *others)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fast, "_Schema", counting)
        report = check_manifests("\n".join(lines).encode())
    assert report.training.valid_json_lines == 400
    assert len(made) == fast.MOST_SCHEMAS


def test_a_line_that_is_too_long_is_never_taken_for_what_is_left_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sources.LONGEST_LINE", "check.manifest_reader.LONGEST_LINE"):
        monkeypatch.setattr(f"rekog_versions.manifests.{name}", 2000)
    monkeypatch.setattr("rekog_versions.manifests.sources._CHUNK", 500)
    metadata = {"class-name": "cat", "confidence": 1, "type": "groundtruth/image-classification", "job-name": ""}
    lines = [
        {"source-ref": f"s3://pets/{number}.jpg", "a": 0, "a-metadata": {**metadata, "job-name": "x" * length}}
        for number, length in enumerate((1, 1, 1, 1, 2200, 100_000, 1))
    ]
    report, _ = both_ways([json.dumps(line).encode() for line in lines])
    assert report.training.error_json_line_indices == [5, 6]


def one_box(number: int = 0, sides: tuple[float, ...] = (1, 1, 9, 9), **others: Any) -> dict[str, Any]:
    """A line with two boxes of one label, of which the second has these sides: left, top, width and height."""
    boxes = [dict(zip(("left", "top", "width", "height"), its, strict=True)) for its in ((5, 5, 50, 50), sides)]
    width, height = others.get("size", (100, 80))
    return {
        "source-ref": others.get("image", f"s3://pets/{number}.jpg"),
        "boxes": {
            "image_size": [{"width": width, "height": height}],
            "annotations": [{"class_id": 0, **box} for box in boxes] * others.get("times", 1),
        },
        "boxes-metadata": {
            "objects": [{"confidence": 0}] * others.get("objects", 2),
            "class-map": {others.get("id", "0"): others.get("label", "cat")},
            "type": "groundtruth/object-detection",
        },
    }


FITTING: list[dict[str, Any]] = [
    {"sides": (0, 0, 100, 80)},
    {"sides": (50, 40, 50, 40)},
    {"sides": (0, 0, 1.01, 1.01)},
    {"size": (1280, 1280), "sides": (0, 0, 1.5, 1.5)},
    {"size": (2560, 80), "sides": (0, 0, 2.1, 2.1)},
    {"size": (100, 2560), "sides": (0, 0, 2.1, 2.1)},
    {"objects": 3},
    {"times": 25, "objects": 50},
    {"label": "c" * 256},
    {"image": "s3://pets/ "},
    {"image": "s3://dogs/1.jpg"},
]
"""What is just right."""

_FEW, _FRAME, _SMALL = "MISSING_BOUNDING_BOX_CONFIDENCE", "INVALID_BOUNDING_BOX", "BOUNDING_BOX_TOO_SMALL"
MISSING: list[tuple[dict[str, Any], str]] = [
    ({"sides": (50.5, 40, 50, 40)}, _FRAME),
    ({"sides": (50, 40.5, 50, 40)}, _FRAME),
    ({"sides": (-0.5, 0, 50, 40)}, _FRAME),
    ({"sides": (0, -0.5, 50, 40)}, _FRAME),
    ({"sides": (0, 0, 1, 9)}, _SMALL),
    ({"sides": (0, 0, 9, 1)}, _SMALL),
    ({"size": (2560, 80), "sides": (0, 0, 2, 9)}, _SMALL),
    ({"size": (100, 2560), "sides": (0, 0, 9, 2)}, _SMALL),
    ({"objects": 1}, _FEW),
    ({"id": "1"}, "MISSING_CLASS_MAP_ID"),
    ({"times": 26, "objects": 52}, "TOO_MANY_BOUNDING_BOXES"),
    ({"label": "c" * 257}, "INVALID_LABEL_NAME_LENGTH"),
    ({"image": "s3://pets/"}, "INVALID_SOURCE_REF_FORMAT"),
    ({"image": "s3://pets"}, "INVALID_SOURCE_REF_FORMAT"),
    ({"image": "s3:///1.jpg"}, "INVALID_SOURCE_REF_FORMAT"),
    ({"image": "pets/1.jpg"}, "INVALID_SOURCE_REF_FORMAT"),
]
"""What just isn't, and why."""

CLASS_TOO: dict[str, Any] = {
    "a": 1,
    "a-metadata": {"class-name": "cat", "confidence": 1, "type": "groundtruth/image-classification"},
}


@pytest.mark.parametrize("more", [{}, CLASS_TOO], ids=["boxes alone", "both kinds"])
@pytest.mark.parametrize(
    ("odd", "code"), [*((odd, None) for odd in FITTING), *((odd, f"ERROR_{code}") for odd, code in MISSING)]
)
def test_the_fast_way_knows_every_limit(odd: dict[str, Any], code: str | None, more: dict[str, Any]) -> None:
    lines = [{**one_box(number), **more} for number in range(4)] + [{**one_box(**odd), **more}, {**one_box(9), **more}]
    report, _ = both_ways([json.dumps(line).encode() for line in lines])
    found = {issue.code for issue in report.issues if issue.line == 5 and issue.code.startswith("ERROR_")}
    assert code in found if code else not found


@pytest.mark.parametrize("image", ["s3://pets/", "s3://pets", "pets/1.jpg", "s3:///1.jpg"])
def test_the_fast_way_knows_what_a_source_ref_is_wherever_it_stands_among_others(image: str) -> None:
    good = [{"source-ref": f"s3://pets/{number}.jpg", **CLASS_TOO} for number in range(6)]
    for place in (4, 6):
        lines = [*good[:place], {"source-ref": image, **CLASS_TOO}, *good[place:]]
        report, _ = both_ways([json.dumps(line).encode() for line in lines])
        assert report.counts["ERROR_INVALID_SOURCE_REF_FORMAT"] == 1
        assert report.training.error_json_line_indices == [place + 1]


def test_the_first_of_several_sizes_of_an_image_counts_in_both_ways() -> None:
    def sized(number: int, width: int) -> dict[str, Any]:
        line, other = one_box(number), one_box(number, size=(width, 80))
        return {**line, "chain": other["boxes"], "chain-metadata": other["boxes-metadata"]}

    both_ways([json.dumps(sized(number, width)).encode() for number, width in enumerate((100, 100, 100, 200, 100))])


def test_images_are_counted_by_the_kinds_of_their_labels_in_both_ways() -> None:
    metadata = CLASS_TOO["a-metadata"]
    entries = [
        {"source-ref": f"s3://pets/c{n}.jpg", **CLASS_TOO, "b": 1, "b-metadata": {**metadata, "class-name": "dog"}}
        for n in range(5)
    ]
    report, _ = both_ways([json.dumps(entry).encode() for entry in [*entries, *(one_box(n) for n in range(4))]])
    assert report.use_case is UseCase.IMAGE_LEVEL_LABELS


def test_a_label_that_a_line_gives_twice_counts_once() -> None:
    entry = {"source-ref": "s3://pets/1.jpg", **CLASS_TOO, "b": 1, "b-metadata": CLASS_TOO["a-metadata"]}
    image, issues = read_line(parse(json.dumps(entry)), 1)
    assert not issues
    assert image is not None
    assert image.labels == {UseCase.IMAGE_LEVEL_LABELS: ("cat",)}


def test_boxes_on_another_size_are_scaled_to_the_first() -> None:
    line, other = one_box(), one_box(size=(200, 160), sides=(20, 40, 60, 80))
    image, _ = read_line(
        parse(json.dumps({**line, "chain": other["boxes"], "chain-metadata": other["boxes-metadata"]})), 1
    )
    assert image is not None
    assert (image.frame.width, image.frame.height) == (100, 80)
    assert [(box.left, box.top, box.width, box.height) for box in image.boxes[-1:]] == [(10, 20, 30, 40)]


def test_a_line_of_which_only_one_attribute_is_wrong_is_ignored_for_want_of_boxes() -> None:
    line = one_box()
    line["boxes"]["annotations"] = []
    unsupported = {"mask": 1, "mask-metadata": {"type": "groundtruth/semantic-segmentation"}}
    _, issues = read_line(parse(json.dumps({**line, **unsupported})), 1)
    assert [issue.code for issue in issues if not issue.place] == ["WARNING_NO_ANNOTATIONS"]
