"""Hints of check_manifests about lines that the service accepts, or rejects without naming the cause."""

import json
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from PIL import Image

from rekog_versions.manifests import HINTS, Level, ManifestReport, check_manifests, images_from_folder
from rekog_versions.manifests.check.similar import similar_labels
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem
from tests.manifests.agreement import both_ways
from tests.manifests.entries import boxed, classed, manifest, pets, two_boxes
from tests.manifests.odd_lines import CLASS
from tests.testing.pictures import picture


def hints(report: ManifestReport, code: str) -> list[tuple[int | None, str]]:
    return [(found.line, found.detail) for found in report.hints if found.code == code]


def agreed(entries: Iterable[dict[str, Any]], **options: Any) -> ManifestReport:
    """Check lines with both readers, and return the report of the fast one."""
    report, _ = both_ways([json.dumps(entry).encode() for entry in entries], **options)
    return report


def test_every_hint_has_a_message_and_a_next_step() -> None:
    for code in HINTS.values():
        assert code.level is Level.HINT
        assert code.message.endswith(".")
        assert code.fix.endswith(".")


# image_size in the file


@pytest.mark.parametrize(
    ("size", "limit"),
    [
        ((64, 64), None),
        ((63, 64), "at least 64"),
        ((64, 63.5), "at least 64"),
        ((4096, 4096), None),
        ((4097, 4096), "at most 4,096"),
        ((300, 4096.5), "at most 4,096"),
        ((1280, 64), None),
        ((1281, 64), "at most 20 times"),
        ((100, 2001), "at most 20 times"),
        ((3509, 4963), "at most 4,096"),
    ],
)
def test_a_size_that_no_image_may_have_is_reported_without_reading_images(
    size: tuple[float, float], limit: str | None
) -> None:
    # good lines first, so that the odd one is read by a compiled schema too
    good = [two_boxes(number) for number in range(6)]
    report = agreed([*good, two_boxes(7, size=size, sides=(0, 0, 60, 60))])
    found = hints(report, "HINT_IMAGE_SIZE_OUT_OF_RANGE")
    assert bool(found) is bool(limit)
    if limit:
        assert found[0][0] == 7
        assert limit in found[0][1]
        assert f"{size[0]:,} x {size[1]:,}" in found[0][1]


# a labeling job beside its adjustment


def with_second_job(number: int, name: str, first: str = "j", **metadata: Any) -> dict[str, Any]:
    """Return a line with boxes of the job `first`, and with moved boxes of another job."""
    line, moved = two_boxes(number), two_boxes(number, sides=(2, 1, 9, 9))
    return {
        "source-ref": line["source-ref"],
        first: line["boxes"],
        f"{first}-metadata": line["boxes-metadata"],
        name: moved["boxes"],
        f"{name}-metadata": {**moved["boxes-metadata"], **metadata},
    }


@pytest.mark.parametrize(
    ("name", "metadata", "says"),
    [
        ("j-chain", {}, "'j-chain' is an adjustment, beside 'j'"),
        ("j-chain2", {}, "'j-chain2' is an adjustment, beside 'j'"),
        ("j-chain-chain", {}, "'j-chain-chain' is an adjustment, beside 'j'"),
        ("adjusted", {"adjustment-status": "adjusted"}, "'adjusted' is an adjustment, beside 'j'"),
        ("a", {"adjustment-status": "unadjusted"}, "'a' is an adjustment, beside 'j'"),
        ("other", {}, None),
        ("jj-chain", {}, None),
        ("j-chained", {}, None),
        ("-chain", {}, None),
    ],
)
def test_a_job_beside_its_adjustment_is_reported_although_the_boxes_were_moved(
    name: str, metadata: dict[str, Any], says: str | None
) -> None:
    report = agreed(with_second_job(number, name, **metadata) for number in range(10))
    found = hints(report, "HINT_JOB_AND_ADJUSTMENT")
    assert found == ([(number, says) for number in range(1, 11)] if says else [])
    assert report.training.boxes == {"cat": 40}
    assert "they count twice" in HINTS["HINT_JOB_AND_ADJUSTMENT"].fix


def test_only_the_lines_with_an_adjustment_are_reported() -> None:
    lines = [with_second_job(n, "b", **({"adjustment-status": "adjusted"} if n % 3 else {})) for n in range(30)]
    report = agreed([*lines, *(two_boxes(f"x{n}") for n in range(5))])
    assert len(hints(report, "HINT_JOB_AND_ADJUSTMENT")) == 20


def test_an_adjusted_class_beside_the_first_one_is_reported_too() -> None:
    entries = [
        {**classed(n), "c": 0, "c-metadata": CLASS, "c-chain": 1, "c-chain-metadata": {**CLASS, "class-name": "dog"}}
        for n in range(4)
    ]
    assert len(hints(agreed(entries), "HINT_JOB_AND_ADJUSTMENT")) == 4


# verification jobs


def verified(number: int, verdict: Any, name: str = "check") -> dict[str, Any]:
    metadata = {"class-name": verdict, "confidence": 1, "type": "groundtruth/label-verification"}
    return {**two_boxes(number), name: "1", f"{name}-metadata": metadata}


@pytest.mark.parametrize(
    ("verdict", "is_rejected"),
    [
        ("reject", True),
        ("Rejected", True),
        (" BAD ", True),
        ("bad", True),
        ("Incorrect - object missed", True),
        ("fail_small", True),
        ("not ok", True),
        ("good", False),
        ("Approve", False),
        ("badger", False),
        ("", False),
        (7, False),
    ],
)
def test_the_lines_that_a_verification_job_rejected_are_counted(verdict: Any, is_rejected: bool) -> None:
    report = agreed([*(verified(n, verdict) for n in range(5)), *(two_boxes(n) for n in range(5, 40))])
    assert report.counts["HINT_REJECTED_LABELS" if is_rejected else "HINT_JOB_AND_ADJUSTMENT"] == 5
    assert ("HINT_REJECTED_LABELS" in report.counts) is is_rejected
    if isinstance(verdict, str) and verdict:
        assert f"the verdict of 'check' is '{verdict}'" in str(report)


# labels that seem equal


@pytest.mark.parametrize(
    "labels",
    [
        ("cat", "Cat "),
        ("café", unicodedata.normalize("NFD", "café")),
        ("cat", "\uff43\uff41\uff54"),
        ("cat", "\U0001d41c\U0001d41a\U0001d42d"),
        ("fish", "ﬁsh"),
        ("cat", "c\u200bat"),
        ("co-op", "co\u2011op"),
        ("cow", "\u0441\u043ew"),  # the first two letters are Cyrillic
        ("COW", "\u0421\u041eW", "cow"),
        ("BOX", "\u0392\u039f\u03a7"),  # Greek
        ("\u039d\u03af\u03ba\u03bf\u03c2", "\u03bd\u03af\u03ba\u03bf\u03c2"),  # Greek, in two cases
        ("straße", "STRASSE"),
        ("2", "\u00b2", "\uff12"),
        ("don't", "don\u2019t"),
        ("❤", "❤\ufe0f"),
    ],
)
def test_labels_that_seem_equal_are_reported(labels: tuple[str, ...]) -> None:
    entries = [classed(f"{n} {m}", label) for m, label in enumerate((*labels, "other")) for n in range(10)]
    report = check_manifests(manifest(*entries), auto_create=True)
    ((_, detail),) = hints(report, "HINT_SIMILAR_LABELS")
    assert all(repr(label) in detail for label in labels)
    assert all(ascii(label) in detail for label in labels)


@pytest.mark.parametrize(
    "labels", [("cat", "cats"), ("0", "O"), ("1", "l"), ("дом", "дым"), ("café", "cafe"), ("猫", "犬")]
)
def test_different_labels_are_not_reported(labels: tuple[str, ...]) -> None:
    assert similar_labels(labels) == []


@given(st.sets(st.text(max_size=4), max_size=12))
def test_labels_are_grouped_once_whatever_they_contain(labels: set[str]) -> None:
    groups = similar_labels(labels)
    members = [label for group in groups for label in group]
    assert len(members) == len(set(members))
    assert set(members) <= labels
    for label in labels:
        spelled = {label.upper().lower(), label.strip()} & labels - {label}
        assert all(any({label, other} <= group for group in groups) for other in spelled)


def test_similar_labels_of_the_two_manifests_are_reported() -> None:
    report = check_manifests(
        manifest(*pets(40)), manifest(classed("t", "Cat"), classed("u", "dog"), classed("v", "cat"))
    )
    ((_, detail),) = hints(report, "HINT_SIMILAR_LABELS")
    assert detail == "'Cat', 'cat'"
    (found,) = (each for each in report.hints if each.code == "HINT_SIMILAR_LABELS")
    assert found.file == "<testing>"
    only = check_manifests(manifest(*pets(40)), manifest(classed("t", "CAT"), classed("u", "dog")))
    assert [each.file for each in only.hints if each.code == "HINT_SIMILAR_LABELS"] == [None]


# images


def album(info: ImageInfo) -> Any:
    def read(requests: Iterable[tuple[Any, str]], /) -> Iterator[tuple[Any, ImageInfo]]:
        for key, _ in requests:
            yield key, info

    return read


@pytest.mark.parametrize(
    ("orientation", "size", "says"),
    [
        (6, (100, 80), "image_size has the sides as displayed"),
        (6, (80, 100), "image_size has the sides as stored"),
        (8, (90, 91), ""),
        (3, (80, 100), "do not show on which form"),
        (2, (80, 100), "do not show on which form"),
        (1, (80, 100), None),
        (None, (80, 100), None),
    ],
)
def test_an_orientation_that_turns_an_image_with_boxes_is_reported(
    orientation: int | None, size: tuple[int, int], says: str | None
) -> None:
    info = ImageInfo("JPEG", 80, 100, 1000, is_rotated=orientation in (6, 8), orientation=orientation)
    entries = [two_boxes(number, size=size, sides=(0, 0, 60, 60)) for number in range(4)]
    report = check_manifests(manifest(*entries), auto_create=True, images=album(info))
    found = hints(report, "HINT_IMAGE_TURNED")
    assert len(found) == (0 if says is None else 4)
    if says is not None:
        assert f"EXIF orientation {orientation}, 80 x 100 pixels stored" in found[0][1]
        assert says in found[0][1]
    assert ("HINT_IMAGE_SIZE_DIFFERS" in report.counts) is (size == (90, 91))


def test_half_of_the_images_in_a_folder_are_turned(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    for number in range(6):
        options: dict[str, Any] = {"exif": turned} if number % 2 else {}
        (tmp_path / f"{number}.jpg").write_bytes(picture(80, 100, kind="JPEG", **options))
    # the boxes were drawn on the images as displayed
    entries = [two_boxes(n, size=(100, 80) if n % 2 else (80, 100), sides=(0, 0, 60, 60)) for n in range(6)]
    report = check_manifests(manifest(*entries), auto_create=True, images=images_from_folder(tmp_path, "s3://pets"))
    assert [line for line, _ in hints(report, "HINT_IMAGE_TURNED")] == [2, 4, 6]
    assert report.clean


def test_an_orientation_is_not_reported_for_image_level_labels() -> None:
    info = ImageInfo("JPEG", 80, 100, 1000, is_rotated=True, orientation=6)
    report = check_manifests(manifest(*pets(20)), auto_create=True, images=album(info))
    assert "HINT_IMAGE_TURNED" not in report.counts


@pytest.mark.parametrize(
    ("key", "decoded"),
    [
        ("a%20b.jpg", "a b.jpg"),
        ("a+b.jpg", "a b.jpg"),
        ("%C3%A9t%C3%A9+1.jpg", "été 1.jpg"),
        ("x%2Fy.jpg", "x/y.jpg"),
        ("50%.jpg", None),
        ("%FF.jpg", None),
        ("a b.jpg", None),
    ],
)
def test_a_missing_image_is_named_with_its_key_and_the_decoded_key(key: str, decoded: str | None) -> None:
    entries = [*pets(30), {**classed("x", "cat"), "source-ref": f"s3://pets/{key}"}]

    def read(requests: Iterable[tuple[Any, str]], /) -> Iterator[tuple[Any, ImageInfo]]:
        for request, source_ref in requests:
            is_missing = source_ref.endswith(key)
            yield request, ImageInfo(problem=ImageProblem.NOT_FOUND) if is_missing else ImageInfo("PNG", 64, 64, 9)

    report = check_manifests(manifest(*entries), auto_create=True, images=read)
    (found,) = (each for each in report if each.code == "ERROR_INVALID_IMAGE")
    assert f"'s3://pets/{key}'" in found.detail
    assert (f"decode it: '{decoded}'" in found.detail) is (decoded is not None)
    assert "under exactly this key, without URL escapes" in found.fix
    assert ("HINT_URL_ENCODED_KEY" in report.counts) is (decoded is not None and "%" in key)


def test_encoded_keys_are_reported_without_reading_images_by_both_readers() -> None:
    entries = [
        {**entry, "source-ref": f"s3://pets/{n}%20.jpg" if n % 2 else f"s3://pets/{n}.jpg"}
        for n, entry in enumerate(pets(20))
    ]
    assert [line for line, _ in hints(agreed(entries), "HINT_URL_ENCODED_KEY")] == list(range(2, 21, 2))


@pytest.mark.parametrize(
    ("key", "is_reported"),
    [
        *(
            (f"x.{name}", True)
            for name in ("gif", "GIF", "tif", "tiff", "TIFF", "bmp", "webp", "heic", "avif", "ppm", "mp4")
        ),
        *(
            (name, False)
            for name in ("x.jpg", "x.jpeg", "x.PNG", "x", "gif", "xtiff", "a.tiff/x", "x.big_tiff", "x.gif ")
        ),
    ],
)
def test_an_extension_of_another_format_is_reported_by_both_readers(key: str, is_reported: bool) -> None:
    entries = [*pets(20), {**classed("x", "cat"), "source-ref": f"s3://pets/{key}"}]
    assert hints(agreed(entries), "HINT_IMAGE_FORMAT") == ([(21, f"s3://pets/{key}")] if is_reported else [])


@pytest.mark.parametrize(
    ("label", "is_reported"),
    [
        ("cat ", True),
        (" cat", True),
        ("\tcat", True),
        ("c\u200bat", True),
        (" ", True),
        ("big cat", False),
        ("猫", False),
    ],
)
def test_blanks_and_invisible_characters_in_labels_are_reported(label: str, is_reported: bool) -> None:
    report = check_manifests(manifest(*pets(40), *(classed(f"x{n}", label) for n in range(10))), auto_create=True)
    assert hints(report, "HINT_BLANKS_IN_LABEL") == ([(None, ascii(label))] if is_reported else [])


# whole manifests


@pytest.mark.parametrize(("count", "is_reported"), [(1000, False), (1001, True)])
def test_more_than_a_thousand_test_images_of_a_label_are_reported(count: int, is_reported: bool) -> None:
    testing = manifest(*(classed(f"t{n}", "cat") for n in range(count)), classed("t", "dog"))
    report = check_manifests(manifest(*pets(40)), testing)
    assert report.ok
    assert hints(report, "HINT_MANY_TEST_IMAGES_FOR_LABEL") == ([(None, "cat: 1,001")] if is_reported else [])
    # a limit of the test manifest only
    assert "HINT_MANY_TEST_IMAGES_FOR_LABEL" not in check_manifests(testing, manifest(*pets(40))).counts


def test_images_whose_labels_the_training_ignores_are_counted() -> None:
    both = {**boxed("m", "cat"), **classed("m", "cat")}
    entries = [*pets(20), both, *(boxed(f"b{n}", "cat") for n in range(7))]
    report = agreed(entries)
    assert hints(report, "HINT_OTHER_USE_CASE") == [(None, "7 of 28 images; the training is for IMAGE_LEVEL_LABELS")]
    assert "HINT_OTHER_USE_CASE" not in agreed([*pets(20), both]).counts


# objects that span lines

INDENTS: list[Any] = [1, 2, 4, "\t"]


@pytest.mark.parametrize("indent", INDENTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_objects_that_span_lines_are_reported_with_the_way_to_rewrite_them(indent: Any, end: str, start: str) -> None:
    text = start + "\n".join(json.dumps(two_boxes(n), indent=indent) for n in range(3))
    report = check_manifests(text.replace("\n", end).encode(), auto_create=True)
    ((line, detail),) = hints(report, "HINT_OBJECT_SPANS_LINES")
    lines = json.dumps(two_boxes(0), indent=indent).count("\n") + 1
    assert (line, detail) == (1, f"3 in the file; the first one has the lines 1 to {lines}")
    assert "jq -c" in HINTS["HINT_OBJECT_SPANS_LINES"].fix
    assert "json.dumps" in str(report)


def pretty(entry: dict[str, Any]) -> str:
    """Return an entry on several lines, with inner objects that are on one line."""
    text = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in entry.items())
    return f"{{\n{text.replace('[{', '[{}{').replace('{}', chr(10))}\n}}"


def test_inner_objects_on_one_line_do_not_hide_that_an_object_spans_lines() -> None:
    text = "\n".join(
        [json.dumps(two_boxes("a")), pretty(two_boxes("b")), json.dumps(two_boxes("c")), pretty(two_boxes("d"))]
    )
    assert any(line.startswith(('{"class_id"', '{"width"')) for line in text.splitlines())
    report = check_manifests(text.encode(), auto_create=True)
    ((line, detail),) = hints(report, "HINT_OBJECT_SPANS_LINES")
    assert line == 2
    assert detail.startswith("2 in the file; the first one has the lines 2 to ")


def test_a_pretty_printed_list_is_reported() -> None:
    report = check_manifests(json.dumps(pets(4), indent=2).encode(), auto_create=True)
    assert hints(report, "HINT_OBJECT_SPANS_LINES")[0][1].startswith("4 in the file")
    assert "JSON array" in report.terminal[0].detail


BROKEN = [b"{", b'{"a": [', b'{"a": "', b"}", b"{]}", b"", b'{"a": 1', b'{"a": 1} x', b'{"a": 1}\n{"b": 2} x\n}']


@pytest.mark.parametrize("broken", BROKEN)
def test_broken_lines_are_not_taken_for_objects_that_span_lines(broken: bytes) -> None:
    content = manifest(*pets(30)) + broken + b"\n" + manifest(*pets(4, start=30)) + broken + b"\n"
    report = check_manifests(content, auto_create=True)
    assert "HINT_OBJECT_SPANS_LINES" not in report.counts
    assert report.training.invalid_json_lines == 2 * (broken.count(b"\n") + 1)


# annotations of the service


def test_members_that_the_service_added_are_not_label_attributes() -> None:
    added = {"cl-metadata": {"is_labeled": False}, "cl-errors": [{"code": "E"}], "cl-warnings": [], "errors": []}
    bare = {"source-ref": "s3://pets/bare.jpg", **added}
    half = {"source-ref": "s3://pets/half.jpg", "pets": 1, **added}
    report = agreed([*({**entry, **added} for entry in pets(20)), bare, half, {"errors": [{"code": "E"}]}])
    issues = {(found.line, found.code): found.detail for found in report if found.line and found.line > 20}
    assert (21, "WARNING_UNANNOTATED_RECORD") in issues
    assert issues[22, "ERROR_NO_LABEL_ATTRIBUTES"] == "'pets' lacks its metadata"
    assert "in place of an invalid line" in issues[23, "ERROR_MISSING_SOURCE_REF"]
    assert report.training.labels == {"cat": 10, "dog": 10}


def test_earlier_notes_of_the_service_are_replaced_in_the_files(tmp_path: Any) -> None:
    old = [{"code": "ERROR_INVALID_IMAGE", "message": "once"}]
    entries = [{**pets(1)[0], "cl-errors": old, "cl-warnings": old}, *pets(20, start=1)]
    report = check_manifests(manifest(*entries), auto_create=True, write_to=tmp_path)
    assert "once" not in report.files[1].read_text()
