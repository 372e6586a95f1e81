"""The report of check_manifests and the files that it writes."""

import io
import json
from pathlib import Path

import pytest

from rekog_versions.manifests import CODES, check_manifests
from tests.manifests.entries import boxed, classed, few_of, manifest, pets


def test_write_to_creates_the_files_that_the_service_would_write(tmp_path: Path) -> None:
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


def test_no_incomplete_file_is_left_after_an_error(tmp_path: Path) -> None:
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


def test_the_text_lists_errors_that_end_the_training_first_and_each_code_once() -> None:
    text = str(check_manifests(manifest(*few_of(6, "cat"), *[{"a": 1}] * 3)))
    order = [
        text.index(code)
        for code in ("ERROR_TOO_MANY_INVALID", "ERROR_MANIFEST_TOO_FEW", "ERROR_MISSING_SOURCE", "HINT_FEW")
    ]
    assert order == sorted(order)
    assert text.count("ERROR_MISSING_SOURCE_REF") == 1
    assert "line 7, line 8, line 9" in text
    assert "\n      cat: 6\n" in text


def test_an_error_that_ends_the_training_is_listed_once_for_both_sides() -> None:
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


def test_listed_issues_are_limited_but_all_are_counted() -> None:
    report = check_manifests(manifest(*pets(4)) + b"broken\n" * 5000, max_issues=7)
    broken = [found for found in report.issues if found.code == "ERROR_INVALID_JSON_LINE"]
    assert [found.line for found in broken] == list(range(5, 12))
    assert report.counts["ERROR_INVALID_JSON_LINE"] == report.training.counts["ERROR_INVALID_JSON_LINE"] == 5000
    assert len(report.training.error_json_line_indices) == 5000
    assert report.has_more
    assert "5,000 times" in str(report)


def test_an_issue_names_its_file_its_line_counted_from_1_and_its_place(tmp_path: Path) -> None:
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
    # the service numbers the lines of all files together
    assert report.training.error_json_line_indices == [31, 33]
    assert (report.training.total_json_lines, report.training.invalid_json_lines) == (33, 1)
