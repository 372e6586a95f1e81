"""The fast reader accepts only lines in which `read_line` finds no issue, and both read the same."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rekog_versions.manifests.check import fast
from rekog_versions.manifests.check.check import check_manifests
from rekog_versions.manifests.check.fast import FastReader
from rekog_versions.manifests.check.totals import ImageBatch
from rekog_versions.manifests.lines import UseCase, parse, read_line
from tests.manifests.agreement import both_ways
from tests.manifests.entries import CLASS_TOO, two_boxes
from tests.manifests.fuzz import block
from tests.manifests.mutations import mutated
from tests.manifests.odd_lines import ENTRIES, LINES

some_lines = st.tuples(st.randoms(use_true_random=False), st.sampled_from(LINES)).map(
    lambda drawn: mutated(Random(drawn[0].randrange(2**32)), [drawn[1]])
)


@settings(max_examples=120, deadline=None)
@given(lines=st.lists(some_lines, max_size=6), start=st.sampled_from(LINES))
def test_the_fast_and_the_slow_way_agree_on_mutated_lines(lines: list[bytes], start: bytes) -> None:
    both_ways([start, start, start, *lines])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(entry=st.sampled_from(ENTRIES), data=st.data())
def test_a_line_that_the_fast_reader_accepts_has_no_issue(entry: dict[str, Any], data: st.DataObject) -> None:
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
def test_the_fast_and_the_slow_way_agree_on_a_fuzzed_manifest(seed: int, tmp_path: Path) -> None:
    assert block(seed, LINES, tmp_path)


def good(number: int = 1) -> dict[str, Any]:
    return json.loads(json.dumps(ENTRIES[0]).replace("1.jpg", f"{number}.jpg"))  # type: ignore[no-any-return]


# text that msgspec and Python's json treat differently, or that msgspec would not check if it skipped it
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
def test_text_that_json_parsers_treat_differently_is_read_in_one_way(trap: bytes) -> None:
    line = json.dumps(good()).encode().removesuffix(b"}}")
    both_ways([*[json.dumps(good()).encode()] * 3, line + b", " + trap + b"}}", json.dumps(good()).encode()])


@pytest.mark.parametrize(
    "text",
    ['{"0": "cat", "-0": "dog"}', '{"-0": "cat"}', '{"00": "cat"}', '{"0": "cat", "0": "dog"}', '{"0.0": "cat"}'],
)
@pytest.mark.parametrize("class_id", ["0", "-0", "0.0", "1e0", "1000"])
def test_class_ids_are_compared_by_their_spelling(text: str, class_id: str) -> None:
    line = json.dumps(ENTRIES[9])
    odd = line.replace(json.dumps(ENTRIES[9]["boxes-metadata"]["class-map"]), text)
    odd = odd.replace('"class_id": 1', f'"class_id": {class_id}')
    assert odd != line
    both_ways([line.encode()] * 3 + [odd.encode()])


def test_the_fast_reader_accepts_nearly_all_lines_of_a_file_with_six_shapes() -> None:
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


def test_the_number_of_schemas_is_limited() -> None:
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


def test_a_line_that_was_cut_is_never_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
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
"""Changes to a line that are just within a limit."""

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
"""Changes to a line that are just beyond a limit, and the code."""


@pytest.mark.parametrize("more", [{}, CLASS_TOO], ids=["boxes alone", "both kinds"])
@pytest.mark.parametrize(
    ("odd", "code"), [*((odd, None) for odd in FITTING), *((odd, f"ERROR_{code}") for odd, code in MISSING)]
)
def test_the_fast_reader_applies_every_limit_of_a_line(
    odd: dict[str, Any], code: str | None, more: dict[str, Any]
) -> None:
    lines = [{**two_boxes(number), **more} for number in range(4)] + [
        {**two_boxes(**odd), **more},
        {**two_boxes(9), **more},
    ]
    report, _ = both_ways([json.dumps(line).encode() for line in lines])
    found = {issue.code for issue in report.issues if issue.line == 5 and issue.code.startswith("ERROR_")}
    assert code in found if code else not found


@pytest.mark.parametrize("image", ["s3://pets/", "s3://pets", "pets/1.jpg", "s3:///1.jpg"])
def test_the_fast_reader_rejects_an_invalid_source_ref_at_any_position(image: str) -> None:
    good = [{"source-ref": f"s3://pets/{number}.jpg", **CLASS_TOO} for number in range(6)]
    for place in (4, 6):
        lines = [*good[:place], {"source-ref": image, **CLASS_TOO}, *good[place:]]
        report, _ = both_ways([json.dumps(line).encode() for line in lines])
        assert report.counts["ERROR_INVALID_SOURCE_REF_FORMAT"] == 1
        assert report.training.error_json_line_indices == [place + 1]


def test_the_first_of_several_image_sizes_counts_in_both_ways() -> None:
    def sized(number: int, width: int) -> dict[str, Any]:
        line, other = two_boxes(number), two_boxes(number, size=(width, 80))
        return {**line, "chain": other["boxes"], "chain-metadata": other["boxes-metadata"]}

    both_ways([json.dumps(sized(number, width)).encode() for number, width in enumerate((100, 100, 100, 200, 100))])


def test_images_with_several_labels_are_counted_once_in_both_ways() -> None:
    metadata = CLASS_TOO["a-metadata"]
    entries = [
        {"source-ref": f"s3://pets/c{n}.jpg", **CLASS_TOO, "b": 1, "b-metadata": {**metadata, "class-name": "dog"}}
        for n in range(5)
    ]
    report, _ = both_ways([json.dumps(entry).encode() for entry in [*entries, *(two_boxes(n) for n in range(4))]])
    assert report.use_case is UseCase.IMAGE_LEVEL_LABELS
