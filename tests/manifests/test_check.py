"""check_manifests: what would end a training, and what is wrong in which line."""

import io
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rekog_versions.manifests import CODES, HINTS, Level, ManifestReport, UseCase, check_manifests, limits, sources
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem
from rekog_versions.manifests.images.readers import images_from_s3
from rekog_versions.manifests.naming import has_extension
from tests.manifests.agreement import slow_only
from tests.manifests.odd_lines import BOXES, CLASS, SMALL
from tests.testing.pictures import picture


def classed(number: object, *labels: str, bucket: str = "pets") -> dict[str, Any]:
    entry: dict[str, Any] = {"source-ref": f"s3://{bucket}/{number}.jpg"}
    for place, label in enumerate(labels):
        entry |= {f"a{place}": place, f"a{place}-metadata": {**CLASS, "class-name": label}}
    return entry


def boxed(number: object, *labels: str) -> dict[str, Any]:
    names = sorted(set(labels))
    box = {"top": 1, "left": 1, "width": 10, "height": 10}
    return {
        "source-ref": f"s3://pets/{number}.jpg",
        "boxes": {**SMALL, "annotations": [{"class_id": names.index(label), **box} for label in labels]},
        "boxes-metadata": {
            **BOXES,
            "objects": [{"confidence": 1} for _ in labels],
            "class-map": {str(place): name for place, name in enumerate(names)},
        },
    }


def manifest(*entries: dict[str, Any]) -> bytes:
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def pets(count: int = 40, start: int = 0) -> list[dict[str, Any]]:
    return [classed(number, "dog" if number % 2 else "cat") for number in range(start, start + count)]


def codes(report: ManifestReport, *levels: Level) -> set[str]:
    return {found.code for found in report.issues if found.level in (levels or (Level.FILE, Level.CONTENT))}


def test_a_good_manifest_starts_a_training() -> None:
    report = check_manifests(manifest(*pets()), auto_create=True)
    assert report.ok
    assert report.issues == ()
    assert report.use_case == "IMAGE_LEVEL_LABELS"
    assert report.training.labels == {"cat": 20, "dog": 20}
    assert (report.training.total_json_lines, report.training.valid_json_lines) == (40, 40)
    assert report.training.error_json_line_indices == []
    assert "would start" in str(report)


def test_the_last_line_needs_no_line_feed() -> None:
    content = manifest(*pets())
    assert check_manifests(content.rstrip(b"\n")).training == check_manifests(content).training


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "ERROR_EMPTY_MANIFEST"),
        (b"\n \r\n\n", "ERROR_EMPTY_MANIFEST"),
        (b"\xef\xbb\xbf", "ERROR_EMPTY_MANIFEST"),
        (b"not json\n", "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"),
        (json.dumps(pets(), indent=1).encode(), "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"),
        (manifest(*pets()) + b'{"a": "\xff"}\n', "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"),
        (json.dumps(pets()[0]).encode("utf-16"), "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"),
    ],
)
def test_a_file_that_cannot_be_used_is_reported_alone(content: bytes, code: str, tmp_path: Path) -> None:
    report = check_manifests(content, auto_create=True, write_to=tmp_path)
    assert not report.ok
    assert codes(report) == {code}
    assert report.use_case is UseCase.NOT_DETERMINED
    # of such a training the service writes no files
    assert report.files == ()
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_no_utf8_are_found_in_the_middle_of_a_file() -> None:
    report = check_manifests(manifest(*pets(5)) + b'{"job": "\xff"}\n' + manifest(*pets(5)))
    (found,) = report.terminal
    assert "line 6" in found.detail


def test_of_several_files_that_are_empty_each_is_reported_and_nothing_else() -> None:
    report = check_manifests([b"", b"\n"])
    assert [(found.code, found.file) for found in report.terminal] == [
        ("ERROR_EMPTY_MANIFEST", "<training 1>"),
        ("ERROR_EMPTY_MANIFEST", "<training 2>"),
    ]


@pytest.mark.parametrize(
    ("name", "has_one"),
    [
        *((name, True) for name in ("a.manifest", "a.b/c.jsonl", ".a.b")),
        *((name, False) for name in ("a", "a.b/c", "a.", ".manifest", "..manifest", "a/.manifest", "")),
    ],
)
def test_a_name_has_an_extension_or_lacks_it(name: str, has_one: bool) -> None:
    assert has_extension(name) is has_one


def test_a_file_needs_an_extension_and_bytes_do_not(tmp_path: Path) -> None:
    for name, is_fine in (("a.manifest", True), ("a.json", True), ("a", False), ("a.", False), (".manifest", False)):
        path = tmp_path / name
        path.write_bytes(manifest(*pets()))
        assert check_manifests(path, auto_create=True).ok is is_fine
        assert check_manifests(str(path), auto_create=True).ok is is_fine


def test_a_file_may_have_so_many_bytes_and_no_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = manifest(*pets())
    for most, is_fine in ((len(content), True), (len(content) - 1, False)):
        monkeypatch.setattr("rekog_versions.manifests.check.rules.MOST_BYTES", most)
        monkeypatch.setattr("rekog_versions.manifests.sources.MOST_BYTES", most)
        report = check_manifests(content)
        assert ("ERROR_MANIFEST_SIZE_TOO_LARGE" in report.counts) is not is_fine
    monkeypatch.setattr("rekog_versions.manifests.sources._CHUNK", 1000)
    monkeypatch.setattr("rekog_versions.manifests.sources.MOST_BYTES", 2000)
    file = io.BytesIO(content)
    check_manifests(file)
    assert file.tell() == 3000


@pytest.mark.parametrize(
    ("region", "training", "testing"),
    [(None, 250_000, 250_000), ("eu-west-1", 250_000, 250_000), ("ap-south-1", 28_000, 7_000)],
)
def test_a_manifest_may_have_so_many_lines(region: str | None, training: int, testing: int) -> None:
    assert (limits.most_lines(region, "training"), limits.most_lines(region, "testing")) == (training, testing)
    if region == "ap-south-1":
        lines = manifest(*pets(2)) * 3_500
        assert "ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM" not in check_manifests(lines, lines, region=region).counts
        over = check_manifests(lines, lines + manifest(*pets(1)), region=region)
        assert [(found.code, found.file) for found in over.terminal] == [
            ("ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM", "<testing>")
        ]
        # several files are one manifest
        assert "ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM" in check_manifests(lines, [lines, lines], region=region).counts


def few_of(count: int, label: str) -> list[dict[str, Any]]:
    return [classed(f"few{number}", label) for number in range(count)]


@pytest.mark.parametrize(
    ("training", "testing", "code"),
    [
        ([*pets(40), *[{}] * 11], None, "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"),
        ([*pets(40), *[{}] * 10], None, None),
        ([*pets(40), *[classed(f"bare{n}") for n in range(40)]], None, None),
        ([*pets(40), classed("far", "cat", bucket="elsewhere")], None, "ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS"),
        ([*pets(40), *few_of(1, "bird")], None, "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT"),
        ([*pets(40), *few_of(2, "bird")], None, None),
        ([*pets(40), *few_of(1, "bird")], pets(40), None),
        (few_of(20, "cat"), None, "ERROR_MANIFEST_TOO_FEW_LABELS"),
        ([boxed(n, "cat") for n in range(20)], None, None),
        ([classed(n) for n in range(20)], None, "ERROR_MANIFEST_TOO_FEW_LABELS"),
        ([classed(n, f"label {n // 2}") for n in range(500)], None, None),
        ([classed(n, f"label {n // 2}") for n in range(502)], None, "ERROR_MANIFEST_TOO_MANY_LABELS"),
        (pets(40), [classed("t", "cat")], None),
        ([*pets(40), *few_of(5, "bird")], [classed("t", "cat")], "ERROR_INSUFFICIENT_LABEL_OVERLAP"),
        (pets(40), [classed("t", "Cat"), classed("u", "dog ")], "ERROR_INSUFFICIENT_LABEL_OVERLAP"),
        # lines of the other use case are set aside
        ([*few_of(20, "cat"), *[boxed(n, "dog") for n in range(19)]], None, "ERROR_MANIFEST_TOO_FEW_USABLE_LABELS"),
        (pets(40), [boxed("t", "cat"), boxed("u", "dog")], "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP"),
        ([boxed(n, "cat") for n in range(20)], [classed("t", "cat")], "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP"),
    ],
)
def test_what_the_manifests_hold_ends_the_training_or_does_not(
    training: list[Any], testing: list[Any] | None, code: str | None
) -> None:
    report = check_manifests(
        manifest(*training), None if testing is None else manifest(*testing), auto_create=testing is None
    )
    assert codes(report) == ({code} if code else set())
    assert report.ok is (code is None)
    for found in report.terminal:
        assert found.message == CODES[found.code].message.replace("{}", "50")
        assert found.fix in str(report)


def test_a_file_without_one_valid_line_has_too_many_errors() -> None:
    report = check_manifests(manifest({"a": 1}))
    assert "ERROR_TOO_MANY_RECORDS_IN_ERROR" in codes(report)


def test_moderation_needs_one_label_only() -> None:
    cats = manifest(*few_of(20, "cat"))
    assert not check_manifests(cats, auto_create=True).ok
    assert check_manifests(cats, auto_create=True, feature="CONTENT_MODERATION").ok


def test_the_use_case_is_what_most_images_show_and_both_kinds_are_counted() -> None:
    mixed = {**boxed("m", "cat", "cat", "bird"), **classed("m", "cat", "dog")}
    report = check_manifests(manifest(*pets(4), *[boxed(n, "cat") for n in "abcdef"], mixed, mixed))
    assert report.use_case is UseCase.OBJECT_LOCALIZATION
    even = check_manifests(manifest(*pets(6), *[boxed(n, "cat") for n in "abcdef"]))
    assert even.use_case is UseCase.IMAGE_LEVEL_LABELS
    assert report.training.labels == {"cat": 2 + 6 + 2, "dog": 2 + 2, "bird": 2}
    assert report.training.image_level_labels == {"cat": 4, "dog": 4}
    assert report.training.located_labels == {"cat": 8, "bird": 2}
    assert report.training.boxes == {"cat": 6 + 4, "bird": 2}


def test_an_issue_says_where_it_is_and_lines_count_from_1_in_their_file(tmp_path: Path) -> None:
    off = boxed("off", "cat", "cat")
    off["boxes"]["annotations"][1]["left"] = -1
    first, second = tmp_path / "first.manifest", tmp_path / "second.manifest"
    first.write_bytes(manifest(*pets(30)) + b"\n")
    second.write_bytes(manifest(*pets(1), off))
    report = check_manifests([first, second])
    found = {one.code: one for one in report.issues}
    assert (found["ERROR_INVALID_JSON_LINE"].file, found["ERROR_INVALID_JSON_LINE"].line) == (str(first), 31)
    box = found["ERROR_INVALID_BOUNDING_BOX"]
    assert (box.file, box.line, box.place) == (str(second), 2, ("boxes", "annotations", 1))
    assert box.fix == CODES["ERROR_INVALID_BOUNDING_BOX"].fix
    # the service counts through all files
    assert report.training.error_json_line_indices == [31, 33]
    assert (report.training.total_json_lines, report.training.invalid_json_lines) == (33, 1)


def test_issues_are_bounded_and_counts_are_not() -> None:
    report = check_manifests(manifest(*pets(4)) + b"broken\n" * 5000, most_issues=7)
    broken = [found for found in report.issues if found.code == "ERROR_INVALID_JSON_LINE"]
    assert [found.line for found in broken] == list(range(5, 12))
    assert report.counts["ERROR_INVALID_JSON_LINE"] == report.training.counts["ERROR_INVALID_JSON_LINE"] == 5000
    assert len(report.training.error_json_line_indices) == 5000
    assert report.has_more
    assert "5,000 times" in str(report)


# Hints


def hinted(training: bytes, testing: bytes | None = None, **options: Any) -> dict[str, list[tuple[int | None, str]]]:
    report = check_manifests(training, testing, **options)
    found: dict[str, list[tuple[int | None, str]]] = {}
    for one in report.hints:
        assert one.code in HINTS
        found.setdefault(one.code, []).append((one.line, one.detail))
    assert report.ok
    return found


def test_hints_tell_what_quietly_spoils_a_model() -> None:
    many = classed("many", *(f"label {number}" for number in range(51)))
    long = {**classed("long", "cat"), "remark": "x" * 100_000}
    twice = {
        **boxed("twice", "cat"),
        **{f"chain{k.removeprefix('boxes')}": v for k, v in boxed(1, "cat").items() if "boxes" in k},
    }
    content = b"\xef\xbb\xbf" + manifest(*pets(60), classed(0, "cat"), many, long, twice, classed("c", "CAT ")) + b"\n"
    found = hinted(content.replace(b"\n", b"\r\n"))
    assert found["HINT_BYTE_ORDER_MARK"] == [(None, "")]
    assert found["HINT_CRLF"] == [(1, "66 of 66 lines")]
    assert found["HINT_DUPLICATE_SOURCE_REF"] == [(61, "s3://pets/0.jpg")]
    assert found["HINT_MANY_LABELS_IN_IMAGE"] == [(62, "")]
    assert [line for line, _ in found["HINT_LONG_LINE"]] == [63]
    assert found["HINT_SAME_BOXES_TWICE"] == [(64, "")]
    assert found["HINT_BLANK_LINE"] == [(66, "")]
    assert found["HINT_SIMILAR_LABELS"] == [(None, "'CAT ', 'cat'")]
    assert len(found["HINT_FEW_IMAGES_FOR_LABEL"]) == 52


def test_what_stands_in_both_manifests_or_in_one_only_is_hinted_at() -> None:
    training, testing = manifest(*pets(40), *few_of(10, "bird")), manifest(*pets(2), classed("new", "fish"))
    found = hinted(training, testing)
    assert found == {
        "HINT_TEST_IMAGE_IN_TRAINING": [(1, "s3://pets/0.jpg"), (2, "s3://pets/1.jpg")],
        "HINT_LABEL_ONLY_IN_TESTING": [(None, "fish")],
        "HINT_LABEL_ONLY_IN_TRAINING": [(None, "bird")],
    }


def test_a_class_id_that_changes_its_meaning_is_told_on_request() -> None:
    content = manifest(*[boxed(n, "cat") for n in range(20)], *[boxed(n, "dog") for n in range(20, 40)])
    assert hinted(content) == {}
    (found,) = hinted(content, class_ids=True)["HINT_CLASS_ID_CHANGES_MEANING"]
    assert found == (21, "0 of boxes is dog, before it was cat")


# Sources


def test_sources_may_be_paths_bytes_and_files_that_read_bytes(tmp_path: Path) -> None:
    content = manifest(*pets())
    path = tmp_path / "a.manifest"
    path.write_bytes(content)

    class Trickle:
        """A file object that can nothing but read, and little at a time."""

        def __init__(self) -> None:
            self._rest = b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")

        def read(self, size: int, /) -> bytes:
            piece, self._rest = self._rest[:1], self._rest[1:]
            return piece

    with path.open("rb") as file:
        sources: list[Any] = [path, str(path), content, bytearray(content), file, Trickle()]
        reports = [check_manifests(source) for source in sources]
    assert all(report.training.labels == {"cat": 20, "dog": 20} for report in reports)
    assert reports[-1].counts == {"HINT_BYTE_ORDER_MARK": 1, "HINT_CRLF": 1}
    assert "40 of 40 lines" in reports[-1].hints[1].detail


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"training": 5}, TypeError, "training must be a path"),
        ({"training": [5]}, TypeError, "each manifest of training must be"),
        ({"training": []}, ValueError, "at least one manifest"),
        ({"training": io.StringIO("{}")}, TypeError, "must be opened in binary mode"),
        ({"training": "s3://bucket/a.manifest"}, ValueError, "pass s3="),
        ({"training": "s3://bucket"}, ValueError, "must be given as s3://bucket/key"),
        ({"training": b"", "testing": b"", "auto_create": True}, ValueError, "leave out one of the two"),
        ({"training": b"", "feature": "X"}, ValueError, "feature must be .*, got 'X'"),
        ({"training": b"", "most_issues": 0}, ValueError, "at least 1"),
        ({"training": "/no/such.manifest"}, FileNotFoundError, "no/such"),
    ],
)
def test_what_is_no_manifest_is_refused_with_what_would_be_one(
    arguments: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        check_manifests(**arguments)


class Wrapper:
    def __init__(self, s3: object) -> None:
        self.s3 = s3


@mock_aws
def test_manifests_are_read_from_s3_through_a_client_or_what_has_one() -> None:
    s3: Any = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="pets")
    s3.put_object(Bucket="pets", Key="a/b c.manifest", Body=manifest(*pets(5000)))
    for reader in (s3, Wrapper(s3)):
        report = check_manifests("s3://pets/a/b c.manifest", auto_create=True, s3=reader)
        assert report.ok
        assert report.training.total_json_lines == 5000
    for uri in ("s3://pets/missing.manifest", "s3://no-such-bucket/a.manifest"):
        report = check_manifests(uri, auto_create=True, s3=s3)
        assert codes(report) == {"ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"}
        assert report.issues[0].file == uri
    assert codes(check_manifests("s3://pets/a/b c.manifest", "s3://pets/x", s3=s3)) == {
        "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"
    }


def test_a_denial_is_told_from_what_is_missing_and_other_failures_pass_through() -> None:
    from botocore.exceptions import ClientError

    class Refusing:
        def __init__(self, code: str) -> None:
            self._code = code

        def get_object(self, **_: object) -> object:
            raise ClientError({"Error": {"Code": self._code}}, "GetObject")

    report = check_manifests("s3://pets/a.manifest", s3=Refusing("AccessDenied"))
    assert codes(report) == {"ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET"}
    with pytest.raises(ClientError, match="SlowDown"):
        check_manifests("s3://pets/a.manifest", s3=Refusing("SlowDown"))


# Images


def album(pictures: dict[str, ImageInfo]) -> Any:
    def look(requests: Iterable[tuple[Any, str]]) -> Iterator[tuple[Any, ImageInfo]]:
        asked = list(requests)
        for key, source_ref in reversed(asked):  # in any order
            yield key, pictures.get(source_ref, ImageInfo("JPEG", 640, 480, 1000))

    return look


def test_images_make_their_lines_invalid_and_what_could_not_be_seen_does_not(tmp_path: Path) -> None:
    pictures = {
        "s3://pets/0.jpg": ImageInfo(problem=ImageProblem.NOT_FOUND),
        "s3://pets/1.jpg": ImageInfo("GIF", 640, 480, 1000),
        "s3://pets/2.jpg": ImageInfo(problem=ImageProblem.NOT_CHECKED, detail="AccessDenied"),
        "s3://pets/b.jpg": ImageInfo("PNG", 20, 480, 1000),
        "s3://pets/c.jpg": ImageInfo("PNG", 600, 480, 1000),
        "s3://pets/d.jpg": ImageInfo("PNG", 20, 20, 1000),
    }
    entries = [*pets(20), boxed("b", "cat"), boxed("c", "cat"), {"source-ref": "s3://pets/d.jpg", "a": 1}]
    report = check_manifests(manifest(*entries), images=album(pictures), write_to=tmp_path)
    found = sorted((one.code, one.line) for one in report.issues if one.level is Level.LINE)
    assert found == [
        ("ERROR_INVALID_IMAGE", 1),
        ("ERROR_INVALID_IMAGE", 2),
        ("ERROR_INVALID_IMAGE", 23),
        ("ERROR_INVALID_IMAGE_DIMENSION", 21),
        ("ERROR_NO_LABEL_ATTRIBUTES", 23),
    ]
    assert report.training.error_json_line_indices == [1, 2, 21, 23]
    assert (report.training.valid_json_lines, report.training.invalid_json_lines) == (19, 4)
    assert report.training.images_not_checked == 1
    assert [one.line for one in report.hints if one.code == "HINT_IMAGE_NOT_CHECKED"] == [3]
    sizes = {one.line: one.detail for one in report.hints if one.code == "HINT_IMAGE_SIZE_DIFFERS"}
    assert sizes[22] == "image_size is 640 x 480, the image has 600 x 480"
    lines = [json.loads(line) for line in report.files[1].read_bytes().splitlines()]
    marked = {
        place: [note["code"] for note in line["errors"]] for place, line in enumerate(lines, 1) if "errors" in line
    }
    assert marked == {
        1: ["ERROR_INVALID_IMAGE"],
        2: ["ERROR_INVALID_IMAGE"],
        21: ["ERROR_INVALID_IMAGE_DIMENSION"],
        23: ["ERROR_NO_LABEL_ATTRIBUTES", "ERROR_INVALID_IMAGE"],
    }


def test_images_of_which_none_is_there_end_the_training() -> None:
    class Nowhere(dict[str, ImageInfo]):
        def get(self, key: str, default: Any = None) -> Any:
            return ImageInfo(problem=ImageProblem.NOT_FOUND)

    assert "ERROR_FAILED_IMAGES_S3_COPY" in codes(check_manifests(manifest(*pets()), images=album(Nowhere())))


@mock_aws
def test_images_are_looked_at_in_s3_while_the_manifest_is_read_from_there() -> None:
    s3: Any = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="pets")
    for number in range(40):
        s3.put_object(Bucket="pets", Key=f"{number}.jpg", Body=picture() if number else b"GIF89a")
    s3.put_object(Bucket="pets", Key="a.manifest", Body=manifest(*pets(40)))
    report = check_manifests("s3://pets/a.manifest", auto_create=True, s3=s3, images=images_from_s3(Wrapper(s3)))
    assert report.ok
    (found,) = (one for one in report.issues if not one.is_hint)
    assert (found.code, found.line) == ("ERROR_INVALID_IMAGE", 1)
    assert "GIF" in found.detail
    assert report.training.invalid_json_lines == 1


def test_a_bad_image_of_an_ignored_line_makes_it_an_invalid_one() -> None:
    pictures = {"s3://pets/bare.jpg": ImageInfo(problem=ImageProblem.NOT_FOUND)}
    content = manifest(*pets(40), classed("bare"))
    plain, looked = check_manifests(content), check_manifests(content, images=album(pictures))
    assert (plain.training.ignored_json_lines, plain.training.invalid_json_lines) == (1, 0)
    assert (looked.training.ignored_json_lines, looked.training.invalid_json_lines) == (0, 1)


# The service's files


def test_it_writes_what_the_service_would_write(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    report = check_manifests(manifest(*pets(9), {}), manifest(classed("t", "bird")), write_to=folder)
    assert [path.name for path in report.files] == [
        "manifest_summary.json",
        "training_manifest_with_validation.json",
        "testing_manifest_with_validation.json",
    ]
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in report.files)
    summary = json.loads(report.files[0].read_bytes())
    overlap = {
        "code": "ERROR_INSUFFICIENT_LABEL_OVERLAP",
        "message": "Less than 50% label overlap between the training and testing manifest files.",
    }
    assert summary["errors"] == [overlap]
    assert summary["statistics"]["training"] == {
        "use_case": "IMAGE_LEVEL_LABELS",
        "total_json_lines": 10,
        "valid_json_lines": 9,
        "invalid_json_lines": 1,
        "ignored_json_lines": 0,
        "errors": [],
        "error_json_line_indices": [10],
    }
    training = report.files[1].read_bytes()
    assert training.startswith(manifest(*pets(9)))
    assert "HINT_" not in training.decode() + report.files[0].read_text()
    assert report.files[2].read_bytes() == manifest(classed("t", "bird"))


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            if not piece:
                raise OSError("the cable is out")
            return piece

    (tmp_path / "manifest_summary.json").write_text("of the last time")
    with pytest.raises(OSError, match="cable"):
        check_manifests(Breaking(manifest(*pets())), write_to=tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["of the last time"]


# The report


def test_a_report_is_plain_data_and_safe_text() -> None:
    evil = "\x1b[31m\u202e<script>{0}%s\n"
    odd = {**classed("odd", "cat"), evil: 1, f"{evil}-metadata": {}}
    report = check_manifests(manifest(*pets(3), odd, classed(evil, evil), classed(evil, evil)), auto_create=True)
    text = str(report)
    assert not set(text) & {"\x1b", "\u202e"}
    assert all(line.isprintable() for line in text.split("\n"))
    plain = json.loads(report.to_json())
    assert plain["ok"] is report.ok
    assert plain["training"]["labels"][evil] == 2
    assert plain["issues"][0]["fix"]
    assert plain["testing"] is None


def test_the_text_has_what_ends_the_training_first_and_each_code_once() -> None:
    text = str(check_manifests(manifest(*few_of(6, "cat"), *[{"a": 1}] * 3)))
    order = [
        text.index(code)
        for code in ("ERROR_TOO_MANY_INVALID", "ERROR_MANIFEST_TOO_FEW", "ERROR_MISSING_SOURCE", "HINT_FEW")
    ]
    assert order == sorted(order)
    assert text.count("ERROR_MISSING_SOURCE_REF") == 1
    assert "line 7, line 8, line 9" in text
    assert "\n      cat: 6\n" in text


def test_the_package_costs_nothing_before_it_is_used() -> None:
    code = (
        "import sys, rekog_versions.manifests as m; m.Issue; m.CODES\n"
        "print([name for name in ('msgspec', 'boto3', 'botocore', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_very_long_line_is_no_line_of_a_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekog_versions.manifests.sources.LONGEST_LINE", 2000)
    monkeypatch.setattr("rekog_versions.manifests.check.manifest_reader.LONGEST_LINE", 2000)
    monkeypatch.setattr("rekog_versions.manifests.sources._CHUNK", 500)
    long = manifest({**classed("long", "cat"), "remark": "x" * 100_000})
    report = check_manifests(manifest(*pets(4)) + long + manifest(*pets(4)))
    assert report.training.total_json_lines == 9
    assert report.training.error_json_line_indices == [5]


def test_the_same_boxes_are_the_same_in_any_order() -> None:
    def twice(number: int) -> dict[str, Any]:
        entry: dict[str, Any] = json.loads(json.dumps(boxed(number, "cat", "cat")))
        entry["boxes"]["annotations"][0]["left"] = 20
        entry["boxes-chain"] = {**entry["boxes"], "annotations": entry["boxes"]["annotations"][::-1]}
        return {**entry, "boxes-chain-metadata": entry["boxes-metadata"]}

    for context in (nullcontext(), slow_only()):
        with context:
            report = check_manifests(manifest(*map(twice, range(10))))
        assert report.counts == {"HINT_SAME_BOXES_TWICE": 10}


def test_what_ends_the_training_is_told_once_for_both_sides() -> None:
    broken = manifest(classed("a", "cat"), classed("b", "dog"), {"a": 1})
    elsewhere = manifest(*pets(40), *(classed(f"far{n}", "cat", bucket="other") for n in range(2)), *[{"a": 1}] * 11)
    report = check_manifests(elsewhere, broken)
    assert [(found.code, found.file) for found in report.terminal] == [
        ("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST", "<training>"),
        ("ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS", "<training>"),
        ("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST", "<testing>"),
    ]
    assert str(report).count("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST (2 times)") == 1
    assert str(report).count("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST") == 1


def test_either_manifest_may_have_so_many_labels() -> None:
    training = manifest(*(classed(number, f"label {number % 2}") for number in range(20)))
    for count in (250, 251):
        report = check_manifests(training, manifest(*(classed(f"t{n}", f"label {n}") for n in range(count))))
        assert [(found.code, found.file) for found in report.terminal] == (
            [] if count == 250 else [("ERROR_MANIFEST_TOO_MANY_LABELS", "<testing>")]
        )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (manifest(*pets()).decode(), "the text of a manifest"),
        ([json.dumps(entry) for entry in pets()], "the text of a manifest"),
        ("", "an empty path"),
    ],
)
def test_the_text_of_a_manifest_is_not_taken_for_its_path(text: Any, what: str) -> None:
    with pytest.raises(ValueError, match=f"^training must be a path or an s3:// URI, or .* as bytes, got {what}$"):
        check_manifests(text)


def test_of_an_endless_line_little_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LONGEST_LINE", 2000)
    monkeypatch.setattr(sources, "_CHUNK", 500)
    lines = [line for some in sources.ManifestLines(io.BytesIO(b"{}\n" + b"x" * 100_000 + b"\n{}\n")) for line in some]
    assert (lines[0], lines[2]) == (b"{}", b"{}")
    assert 2000 < len(lines[1]) <= 3500
