"""Manifests for Custom Moderation: lines with `content-moderation-groundtruth` and without metadata."""

import json
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import (
    ImageLevelLine,
    ManifestWriter,
    ModerationLine,
    check_manifests,
    parse_manifest_line,
    split_manifest,
)
from tests.manifests.agreement import both_ways
from tests.manifests.entries import classed, codes, manifest, pets

ADAPTER: Any = {"feature": "CONTENT_MODERATION"}
NAMES = ("Gambling", "Smoking", "Weapons")


def moderated(number: object, *labels: str) -> dict[str, Any]:
    return {
        "source-ref": f"s3://photos/{number}.jpg",
        "content-moderation-groundtruth": {"ModerationLabels": [{"Name": label} for label in labels]},
    }


def some(count: int = 20) -> list[dict[str, Any]]:
    """Return lines with no label, with one, and with two."""
    return [moderated(n, *NAMES[: n % 3]) for n in range(count)]


def test_the_check_counts_the_labels_of_an_adapter_and_accepts_images_without_any() -> None:
    report = check_manifests(manifest(*some()), auto_create=True, **ADAPTER)
    assert report.ok
    assert report.clean
    assert report.use_case == "IMAGE_LEVEL_LABELS"
    assert report.training.valid_json_lines == 20
    assert report.training.labels == {"Gambling": 13, "Smoking": 6}


def test_an_adapter_can_be_trained_with_images_that_show_nothing_to_moderate() -> None:
    content = manifest(*(moderated(n) for n in range(20)))
    report = check_manifests(content, content, **ADAPTER)
    assert report.ok
    assert report.training.labels == {}
    assert codes(check_manifests(b"{}\n", b"{}\n", **ADAPTER)) >= {"ERROR_MANIFEST_TOO_FEW_LABELS"}


def test_a_project_for_custom_labels_has_no_use_for_moderation_labels_and_the_check_names_the_feature() -> None:
    report = check_manifests(manifest(*some()), auto_create=True)
    assert not report.ok
    first = next(found for found in report.issues if found.code == "ERROR_NO_LABEL_ATTRIBUTES")
    assert "pass feature='CONTENT_MODERATION'" in first.detail


def test_lines_in_the_form_of_custom_labels_are_reported_for_an_adapter() -> None:
    report = check_manifests(manifest(*some(), *pets(6)), auto_create=True, **ADAPTER)
    hints = {each.code: each.detail for each in report.hints}
    assert hints["HINT_LABELS_OF_OTHER_FEATURE"] == "6 of 26 lines with an image"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "it is missing"),
        ([{"Name": "Gambling"}], "it is a list, not an object"),
        ({}, "ModerationLabels is missing"),
        ({"ModerationLabels": {"Name": "Gambling"}}, "ModerationLabels is an object, not a list"),
        ({"ModerationLabels": ["Gambling"]}, "label 0 is 'Gambling', not an object"),
        ({"ModerationLabels": [{"Name": "Gambling"}, {"name": "Smoking"}]}, "the Name of label 1 is missing"),
        ({"ModerationLabels": [{"Name": ""}]}, "the Name of label 0 is empty"),
        ({"ModerationLabels": [{"Name": 7}]}, "the Name of label 0 is 7, not a string"),
    ],
)
def test_a_label_list_of_the_wrong_type_is_explained(value: Any, says: str) -> None:
    odd = {**moderated("odd"), "content-moderation-groundtruth": value}
    report = check_manifests(manifest(*some(), odd), auto_create=True, **ADAPTER)
    details = {found.code: found.detail for found in report.issues if found.line == 21}
    assert details["ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"] == says
    assert "ERROR_NO_VALID_LABEL_ATTRIBUTES" in details
    assert report.training.invalid_json_lines == 1


def test_the_length_of_a_moderation_label_is_limited() -> None:
    for length, is_fine in ((256, True), (257, False)):
        report = check_manifests(manifest(*some(), moderated("x", "x" * length)), auto_create=True, **ADAPTER)
        assert ("ERROR_INVALID_LABEL_NAME_LENGTH" not in report.counts) is is_fine


def test_both_readers_agree_on_lines_of_both_features() -> None:
    mixed = [{**classed(n, "cat"), **moderated(n, *NAMES[: n % 2])} for n in range(6)]
    broken = {**mixed[0], "content-moderation-groundtruth": 5}
    entries = [*some(8), *pets(8), *mixed, broken, *mixed, *some(4)]
    lines = [json.dumps(entry).encode() for entry in entries]
    report, _ = both_ways(lines, **ADAPTER)
    assert report.counts["ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"] == 1
    both_ways(lines)


def test_a_typed_line_is_written_and_parsed_again(tmp_path: Path) -> None:
    lines = [ModerationLine("s3://photos/1.jpg", ["Gambling", "Smoking"]), ModerationLine("s3://photos/2.jpg")]
    assert lines[0].to_dict() == moderated(1, "Gambling", "Smoking")
    with ManifestWriter(tmp_path / "a.manifest") as writer:
        writer.write(lines[0])
        writer.write(moderated(3, "Gambling"))
        writer.write(lines[1].to_json())
        with pytest.raises(ManifestError, match="all lines of a manifest must be for one feature"):
            writer.write(ImageLevelLine("s3://photos/4.jpg", ["cat"]))
    assert writer.labels == {"Gambling": 2, "Smoking": 1}
    written = (tmp_path / "a.manifest").read_text().splitlines()
    assert [parse_manifest_line(text) for text in (written[0], written[2])] == lines
    with pytest.raises(ManifestError, match="labels of one feature only"):
        parse_manifest_line(json.dumps({**moderated(1), **classed(1, "cat")}))
    both = json.dumps({**classed(1, "cat"), **moderated(1, "Smoking")})
    assert parse_manifest_line(both, attribute="content-moderation-groundtruth").labels == ("Smoking",)  # type: ignore[union-attr]


@pytest.mark.parametrize("labels", ["Gambling", [""], [5], ["x" * 257], ["Gambling", "Gambling"]])
def test_invalid_labels_are_rejected(labels: Any) -> None:
    with pytest.raises(ManifestError, match="label"):
        ModerationLine("s3://photos/1.jpg", labels)


def test_the_split_divides_each_label_and_the_images_without_one(tmp_path: Path) -> None:
    source, training, testing = (tmp_path / f"{name}.manifest" for name in ("all", "training", "testing"))
    source.write_bytes(manifest(*some(60)))
    split = split_manifest(source, training, testing)
    assert split.unlabeled == 20
    assert (split.testing.images, split.testing.labels) == (12, {"Gambling": 8, "Smoking": 4})
    assert "images without a usable label: 20" in str(split)
    assert check_manifests(training, testing, **ADAPTER).ok
