"""check_manifests: content that ends a training, and hints."""

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.manifests import CODES, HINTS, UseCase, check_manifests, limits
from tests.manifests.agreement import slow_only
from tests.manifests.entries import boxed, classed, codes, few_of, manifest, pets


def test_a_good_manifest_starts_a_training() -> None:
    report = check_manifests(manifest(*pets()), auto_create=True)
    assert report.ok
    assert report.issues == ()
    assert report.use_case == "IMAGE_LEVEL_LABELS"
    assert report.training.labels == {"cat": 20, "dog": 20}
    assert (report.training.total_json_lines, report.training.valid_json_lines) == (40, 40)
    assert report.training.error_json_line_indices == []
    assert "would start" in str(report)


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
def test_an_unusable_file_is_the_only_issue_reported(content: bytes, code: str, tmp_path: Path) -> None:
    report = check_manifests(content, auto_create=True, write_to=tmp_path)
    assert not report.ok
    assert codes(report) == {code}
    assert report.use_case is UseCase.NOT_DETERMINED
    # the service writes no files for such a training
    assert report.files == ()
    assert list(tmp_path.iterdir()) == []


def test_invalid_utf8_in_the_middle_of_a_file_is_found() -> None:
    report = check_manifests(manifest(*pets(5)) + b'{"job": "\xff"}\n' + manifest(*pets(5)), auto_create=True)
    (found,) = report.terminal
    assert "line 6" in found.detail


def test_each_of_several_empty_files_is_reported_and_nothing_else() -> None:
    report = check_manifests([b"", b"\n"], auto_create=True)
    assert [(found.code, found.file) for found in report.terminal] == [
        ("ERROR_EMPTY_MANIFEST", "<training 1>"),
        ("ERROR_EMPTY_MANIFEST", "<training 2>"),
    ]


@pytest.mark.parametrize(
    ("region", "training", "testing"),
    [(None, 250_000, 250_000), ("eu-west-1", 250_000, 250_000), ("ap-south-1", 28_000, 7_000)],
)
def test_the_limit_of_lines_depends_on_the_region_and_covers_all_files(
    region: str | None, training: int, testing: int
) -> None:
    assert (limits.most_lines(region, "training"), limits.most_lines(region, "testing")) == (training, testing)
    if region == "ap-south-1":
        lines = manifest(*pets(2)) * 3_500
        assert "ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM" not in check_manifests(lines, lines, region=region).counts
        over = check_manifests(lines, lines + manifest(*pets(1)), region=region)
        assert [(found.code, found.file) for found in over.terminal] == [
            ("ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM", "<testing>")
        ]
        # the lines of several files count together
        assert "ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM" in check_manifests(lines, [lines, lines], region=region).counts


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
        # lines of the other use case are ignored
        ([*few_of(20, "cat"), *[boxed(n, "dog") for n in range(19)]], None, "ERROR_MANIFEST_TOO_FEW_USABLE_LABELS"),
        (pets(40), [boxed("t", "cat"), boxed("u", "dog")], "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP"),
        ([boxed(n, "cat") for n in range(20)], [classed("t", "cat")], "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP"),
    ],
)
def test_content_ends_the_training_exactly_at_the_documented_limits(
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


def test_a_manifest_without_any_valid_line_has_too_many_errors() -> None:
    report = check_manifests(manifest({"a": 1}))
    assert "ERROR_TOO_MANY_RECORDS_IN_ERROR" in codes(report)


def test_moderation_needs_only_one_label() -> None:
    cats = manifest(*few_of(20, "cat"))
    assert not check_manifests(cats, auto_create=True).ok
    assert check_manifests(cats, auto_create=True, feature="CONTENT_MODERATION").ok


def test_the_use_case_is_the_kind_of_most_images_and_both_kinds_are_counted() -> None:
    mixed = {**boxed("m", "cat", "cat", "bird"), **classed("m", "cat", "dog")}
    report = check_manifests(manifest(*pets(4), *[boxed(n, "cat") for n in "abcdef"], mixed, mixed))
    assert report.use_case is UseCase.OBJECT_LOCALIZATION
    even = check_manifests(manifest(*pets(6), *[boxed(n, "cat") for n in "abcdef"]))
    assert even.use_case is UseCase.IMAGE_LEVEL_LABELS
    assert report.training.labels == {"cat": 2 + 6 + 2, "dog": 2 + 2, "bird": 2}
    assert report.training.image_level_labels == {"cat": 4, "dog": 4}
    assert report.training.located_labels == {"cat": 8, "bird": 2}
    assert report.training.boxes == {"cat": 6 + 4, "bird": 2}


def hinted(training: bytes, testing: bytes | None = None, **options: Any) -> dict[str, list[tuple[int | None, str]]]:
    report = check_manifests(training, testing, auto_create=testing is None, **options)
    found: dict[str, list[tuple[int | None, str]]] = {}
    for one in report.hints:
        assert one.code in HINTS
        found.setdefault(one.code, []).append((one.line, one.detail))
    assert report.ok
    return found


def test_hints_report_problems_that_the_service_does_not() -> None:
    many = classed("many", *(f"label {number}" for number in range(51)))
    long = {**classed("long", "cat"), "remark": "x" * 100_000}
    twice = {
        **boxed("twice", "cat"),
        **{f"chain{k.removeprefix('boxes')}": v for k, v in boxed(1, "cat").items() if "boxes" in k},
    }
    content = b"\xef\xbb\xbf" + manifest(*pets(60), classed(0, "cat"), many, long, twice, classed("c", "CAT ")) + b"\n"
    other = classed("many too", *(f"label {number}" for number in range(51)))
    found = hinted(content.replace(b"\n", b"\r\n"), manifest(*pets(2, start=100), other, classed("d", "CAT ")))
    assert found["HINT_BYTE_ORDER_MARK"] == [(None, "")]
    assert found["HINT_CRLF"] == [(1, "66 of 66 lines")]
    assert found["HINT_DUPLICATE_SOURCE_REF"] == [(61, "s3://pets/0.jpg")]
    assert found["HINT_MANY_LABELS_IN_IMAGE"] == [(62, ""), (3, "")]
    assert [line for line, _ in found["HINT_LONG_LINE"]] == [63]
    assert found["HINT_SAME_BOXES_TWICE"] == [(64, "")]
    assert found["HINT_BLANK_LINE"] == [(66, "")]
    assert found["HINT_SIMILAR_LABELS"] == [(None, "'CAT ', 'cat'")] * 2
    assert len(found["HINT_FEW_IMAGES_FOR_LABEL"]) == 52


def test_hints_report_test_images_in_training_and_labels_of_one_side_only() -> None:
    training, testing = manifest(*pets(40), *few_of(10, "bird")), manifest(*pets(2), classed("new", "fish"))
    found = hinted(training, testing)
    assert found == {
        "HINT_TEST_IMAGE_IN_TRAINING": [(1, "s3://pets/0.jpg"), (2, "s3://pets/1.jpg")],
        "HINT_LABEL_ONLY_IN_TESTING": [(None, "fish")],
        "HINT_LABEL_ONLY_IN_TRAINING": [(None, "bird")],
    }


def test_class_ids_that_change_their_meaning_are_reported_on_request() -> None:
    content = manifest(*[boxed(n, "cat") for n in range(20)], *[boxed(n, "dog") for n in range(20, 40)])
    assert hinted(content) == {}
    (found,) = hinted(content, class_ids=True)["HINT_CLASS_ID_CHANGES_MEANING"]
    assert found == (21, "0 of boxes is dog, before it was cat")


def test_codes_and_issues_do_not_import_heavy_libraries() -> None:
    code = (
        "import sys, rekog_versions.manifests as m; m.Issue; m.CODES\n"
        "print([name for name in ('msgspec', 'boto3', 'botocore', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_two_attributes_have_the_same_boxes_in_any_order() -> None:
    def twice(number: int) -> dict[str, Any]:
        entry: dict[str, Any] = json.loads(json.dumps(boxed(number, "cat", "cat")))
        entry["boxes"]["annotations"][0]["left"] = 20
        entry["boxes-chain"] = {**entry["boxes"], "annotations": entry["boxes"]["annotations"][::-1]}
        return {**entry, "boxes-chain-metadata": entry["boxes-metadata"]}

    for context in (nullcontext(), slow_only()):
        with context:
            report = check_manifests(manifest(*map(twice, range(10))), auto_create=True)
        assert report.counts == {"HINT_SAME_BOXES_TWICE": 10}


def test_the_limit_of_labels_applies_to_each_manifest() -> None:
    training = manifest(*(classed(number, f"label {number % 2}") for number in range(20)))
    for count in (250, 251):
        report = check_manifests(training, manifest(*(classed(f"t{n}", f"label {n}") for n in range(count))))
        assert [(found.code, found.file) for found in report.terminal] == (
            [] if count == 250 else [("ERROR_MANIFEST_TOO_MANY_LABELS", "<testing>")]
        )
