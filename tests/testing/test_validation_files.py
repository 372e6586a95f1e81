"""The files about the manifests: the manifest summary and the validation manifests."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from rekog_versions.manifests.check.service_files import Checked, manifest_summary, validation_manifest
from rekog_versions.manifests.issues import Issue
from rekog_versions.manifests.lines import UseCase
from tests.testing.emulator import BUCKET, OF_CATS, Emulator, assets, boxed_line, cats_and_dogs, json_lines, line

TOO_FEW = {"code": "ERROR_MANIFEST_TOO_FEW_LABELS", "message": "The manifest file has too few labels."}
INVALID_LINE = {"code": "ERROR_INVALID_JSON_LINE", "message": "The JSON Line has an invalid format."}


def statistics(use_case: str, total: int, **others: Any) -> dict[str, Any]:
    return {
        "use_case": use_case,
        "total_json_lines": total,
        "valid_json_lines": total,
        "invalid_json_lines": 0,
        "ignored_json_lines": 0,
        "errors": [],
        "error_json_line_indices": [],
        **others,
    }


def files(emulator: Emulator, version: Mapping[str, Any]) -> tuple[dict[str, Any], str, str]:
    """Return the manifest summary and both validation manifests."""
    manifests: list[str] = []
    for data in ("TrainingDataResult", "TestingDataResult"):
        (asset,) = version[data]["Validation"]["Assets"]
        manifests.append(emulator.read(asset))
    summary: dict[str, Any] = json.loads(emulator.read(version["ManifestSummary"]))
    return summary, manifests[0], manifests[1]


def keys(emulator: Emulator) -> set[str]:
    return {found["Key"] for found in emulator.s3.list_objects_v2(Bucket=BUCKET, Prefix="output").get("Contents", [])}


def test_a_training_writes_its_files_under_the_prefix_and_describes_each(emulator: Emulator) -> None:
    version = emulator.train(cats_and_dogs())
    places = {
        "EvaluationResultSummary": version["EvaluationResult"]["Summary"],
        "ManifestSummary": version["ManifestSummary"],
    }
    for side, data in (("Training", version["TrainingDataResult"]), ("Testing", version["TestingDataResult"])):
        for member, name in (("Output", "GroundTruth"), ("Validation", "ManifestWithValidation")):
            (asset,) = data[member]["Assets"]
            places[side + name] = asset["GroundTruthManifest"]
    assert places == {name: {"S3Object": {"Bucket": BUCKET, "Name": f"output/{name}-p1-v1.json"}} for name in places}
    assert len(places) == 6
    assert keys(emulator) == {place["S3Object"]["Name"] for place in places.values()}
    for key in keys(emulator):
        assert emulator.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def test_valid_manifests_are_copied_unchanged(emulator: Emulator) -> None:
    training, testing = cats_and_dogs(10).replace(b": ", b":  "), json_lines([boxed_line(1, "a"), line(2, "cat")])
    version = emulator.train(training, testing=testing)
    summary, of_training, of_testing = files(emulator, version)
    assert (of_training, of_testing) == (training.decode(), testing.decode())
    assert summary == {
        "errors": [],
        "statistics": {
            "training": statistics("IMAGE_LEVEL_LABELS", 10),
            "testing": statistics("IMAGE_LEVEL_LABELS", 2),
        },
    }
    # one line without a line end, with the test set first, as in real files
    text = emulator.read(version["ManifestSummary"])
    assert "\n" not in text
    assert text.index('"testing"') < text.index('"training"')


def test_auto_create_writes_a_validation_manifest_of_the_held_back_lines(emulator: Emulator) -> None:
    version = emulator.train(json_lines(boxed_line(number, "cat") for number in range(20)))
    summary, training, testing = files(emulator, version)
    assert summary["statistics"]["training"] == statistics("OBJECT_LOCALIZATION", 20)
    assert summary["statistics"]["testing"] == statistics("OBJECT_LOCALIZATION", 4)
    assert set(testing.splitlines()) < set(training.splitlines())
    held_back = [json.loads(text)["source-ref"] for text in testing.splitlines()]
    assert held_back == [json.loads(text)["source-ref"] for text in emulator.snapshot(version).splitlines()]


@pytest.mark.parametrize(
    ("lines", "ignored"),
    [
        ([line(1, "cat"), line(2, "cat")], 0),
        ([line(1), line(2)], 2),
        ([boxed_line(1), boxed_line(2)], 2),
    ],
)
def test_too_few_labels_fail_the_training_and_are_reported_in_the_files(
    emulator: Emulator, lines: list[Any], ignored: int
) -> None:
    version = emulator.train(json_lines(lines), testing=cats_and_dogs(3))
    assert (version["Status"], version["StatusMessage"]) == ("TRAINING_FAILED", TOO_FEW["message"])
    summary, training, testing = files(emulator, version)
    assert summary["errors"] == []
    assert summary["statistics"] == {
        "training": statistics(
            "NOT_DETERMINED", 2, errors=[TOO_FEW], valid_json_lines=2 - ignored, ignored_json_lines=ignored
        ),
        "testing": statistics("NOT_DETERMINED", 3),
    }
    assert [json.loads(text)["source-ref"] for text in training.splitlines()] == [one["source-ref"] for one in lines]
    assert testing == cats_and_dogs(3).decode()
    assert keys(emulator) == {
        f"output/{name}-p1-v1.json"
        for name in ("ManifestSummary", "TrainingManifestWithValidation", "TestingManifestWithValidation")
    }
    assert "EvaluationResult" not in version
    assert "Output" not in version["TrainingDataResult"]
    assert "Output" not in version["TestingDataResult"]


def test_a_failed_training_with_auto_create_has_no_test_lines(emulator: Emulator) -> None:
    summary, _, testing = files(emulator, emulator.train(json_lines([line(1, "cat")])))
    assert summary["statistics"]["testing"] == statistics("NOT_DETERMINED", 0)
    assert testing == ""


def test_a_missing_output_bucket_is_reported_instead_of_too_few_labels(emulator: Emulator) -> None:
    version = emulator.train(json_lines([line(1, "cat")]), OutputConfig={"S3Bucket": "missing-bucket"})
    assert version["StatusMessage"] == "Unable to write to output S3 bucket."
    assert "ManifestSummary" not in version


@pytest.mark.parametrize("how", ["outcome", "manifest", "test manifest"])
def test_other_failures_write_nothing(emulator: Emulator, how: str) -> None:
    others: dict[str, Any] = {}
    if how == "outcome":
        emulator.labels.set_training(outcome="TRAINING_FAILED")
    else:
        others["TrainingData" if how == "manifest" else "TestingData"] = assets("missing.json")
    version = emulator.train(cats_and_dogs(), **others)
    assert version["Status"] == "TRAINING_FAILED"
    assert "ManifestSummary" not in version
    assert set(version["TrainingDataResult"]) == set(version["TestingDataResult"]) == {"Input"}
    assert keys(emulator) == set()


SOURCE = f"s3://{BUCKET}/1.jpg"
SIZE = [{"width": 100, "height": 100, "depth": 3}]
BOX = {"class_id": 0, "top": 1, "left": 1, "width": 10, "height": 10}
CAT = {"class-map": {"0": "cat"}, "objects": [{"confidence": 1}], "type": "groundtruth/object-detection"}


def note(code: str, message: str) -> list[dict[str, str]]:
    return [{"code": code, "message": message}]


def unsupported(attribute: str) -> list[dict[str, str]]:
    return note(
        "ERROR_UNSUPPORTED_USE_CASE_TYPE",
        f"The use case type of the {attribute} label attribute metadata is unsupported. Check the type field.",
    )


NO_VALID = note("ERROR_NO_VALID_LABEL_ATTRIBUTES", "No valid label attributes found.")
BAD_BOXES = note("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", "The format of the label attribute boxes is invalid.")
BAD_METADATA = note(
    "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", "The format of the label attribute metadata is invalid."
)
UNANNOTATED = note("WARNING_UNANNOTATED_RECORD", "Record is unannotated.")
ODD: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"a": 1}, "invalid", {"errors": note("ERROR_NO_LABEL_ATTRIBUTES", "No label attributes found.")}),
    ({"cl-metadata": {"is_labeled": False}}, "ignored", {"warnings": UNANNOTATED}),
    ({}, "ignored", {"warnings": UNANNOTATED}),
    (
        {"a": 1, "a-metadata": {**OF_CATS, "class-name": 5}},
        "invalid",
        {"a-metadata": {**OF_CATS, "class-name": 5, "errors": BAD_METADATA}, "errors": NO_VALID},
    ),
    (
        {"a": 1, "a-metadata": {"class-name": "cat", "confidence": 1}},
        "invalid",
        {"a-metadata": {"class-name": "cat", "confidence": 1, "errors": unsupported("a")}, "errors": NO_VALID},
    ),
    # the name of an attribute may end with the suffix
    (
        {"n-metadata": 1, "n-metadata-metadata": {}},
        "invalid",
        {"n-metadata-metadata": {"errors": unsupported("n-metadata")}, "errors": NO_VALID},
    ),
    (
        {"n-metadata": "x", "n-metadata-metadata": OF_CATS},
        "invalid",
        {
            "errors": [
                *note(
                    "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT",
                    "The format of the label attribute n-metadata is invalid.",
                ),
                *NO_VALID,
            ]
        },
    ),
    (
        {"a": "s3://b/m.png", "a-metadata": {"type": "groundtruth/semantic-segmentation"}},
        "invalid",
        {
            "a-metadata": {
                "type": "groundtruth/semantic-segmentation",
                "errors": unsupported("a"),
            },
            "errors": NO_VALID,
        },
    ),
    # an error at a value without members is put at the line
    ({"a": 1, "a-metadata": "text"}, "invalid", {"errors": [*BAD_METADATA, *NO_VALID]}),
    (
        {"boxes": {"annotations": [BOX]}, "boxes-metadata": CAT},
        "invalid",
        {"boxes": {"annotations": [BOX], "errors": BAD_BOXES}, "errors": NO_VALID},
    ),
    (
        {"boxes": {"annotations": [{**BOX, "width": "10"}], "image_size": SIZE}, "boxes-metadata": CAT},
        "invalid",
        {
            "boxes": {"annotations": [{**BOX, "width": "10"}], "image_size": SIZE, "errors": BAD_BOXES},
            "errors": NO_VALID,
        },
    ),
    (
        {"boxes": {"annotations": [{**BOX, "height": 0}, 7], "image_size": SIZE}, "boxes-metadata": CAT},
        "invalid",
        {
            "boxes": {"annotations": [{**BOX, "height": 0}, 7], "image_size": SIZE, "errors": BAD_BOXES},
            "errors": NO_VALID,
        },
    ),
    ({"boxes": 5, "boxes-metadata": CAT}, "invalid", {"errors": [*BAD_BOXES, *NO_VALID]}),
    (
        {"boxes": {"annotations": [{**BOX, "class_id": 1}], "image_size": SIZE}, "boxes-metadata": CAT},
        "invalid",
        {
            "boxes-metadata": {
                **CAT,
                "errors": note("ERROR_MISSING_CLASS_MAP_ID", "One of more class ids is missing from the class map."),
            },
            "errors": NO_VALID,
        },
    ),
    (
        {"boxes": {"annotations": [], "image_size": SIZE}, "boxes-metadata": {**CAT, "class-map": {}, "objects": []}},
        "ignored",
        {
            "boxes": {
                "annotations": [],
                "image_size": SIZE,
                "warnings": note("WARNING_NO_ATTRIBUTE_ANNOTATIONS", "No attribute annotations were found."),
            },
            "warnings": note("WARNING_NO_ANNOTATIONS", "No annotations were found."),
        },
    ),
    # one valid attribute makes the line valid
    (
        {"a": 1, "a-metadata": OF_CATS, "boxes": 5, "boxes-metadata": CAT},
        "valid",
        {"errors": BAD_BOXES},
    ),
    # an attribute may have any name, also "errors"
    (
        {"{0}": 1, "{0}-metadata": {}, "errors": 1, "errors-metadata": {**OF_CATS, "class-name": 5}},
        "invalid",
        {
            "{0}-metadata": {"errors": unsupported("{0}")},
            "errors-metadata": {**OF_CATS, "class-name": 5, "errors": BAD_METADATA},
            "errors": NO_VALID,
        },
    ),
]


@pytest.mark.parametrize(("entry", "state", "notes"), ODD)
def test_an_error_of_a_line_is_put_at_the_attribute_that_it_concerns(
    emulator: Emulator, entry: dict[str, Any], state: str, notes: dict[str, Any]
) -> None:
    odd = {"source-ref": SOURCE, **entry}
    content = cats_and_dogs(10) + json_lines([odd]) + json_lines([line(99, "dog")])
    summary, training, _ = files(emulator, emulator.train(content))
    lines = training.splitlines()
    assert json.loads(lines[10]) == {**odd, **notes}
    # neither is an error together with the others
    assert [*lines[:10], lines[11]] == [*content.decode().splitlines()[:10], json.dumps(line(99, "dog"))]
    counted = summary["statistics"]["training"]
    if state == "valid":
        # the line can be used, although it has an error
        assert counted == statistics("IMAGE_LEVEL_LABELS", 12, error_json_line_indices=[11])
    else:
        assert counted == statistics(
            "IMAGE_LEVEL_LABELS",
            12,
            **{"valid_json_lines": 11, f"{state}_json_lines": 1},
            error_json_line_indices=[11] if state == "invalid" else [],
        )


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"a": 1, "a-metadata": OF_CATS}, "ERROR_MISSING_SOURCE_REF"),
        ({"source-ref": "images/1.jpg"}, "ERROR_INVALID_SOURCE_REF_FORMAT"),
        ({"source-ref": "s3://bucket/"}, "ERROR_INVALID_SOURCE_REF_FORMAT"),
        ({"source-ref": 5}, "ERROR_INVALID_SOURCE_REF_FORMAT"),
    ],
)
def test_a_line_without_a_valid_source_ref_is_not_used(emulator: Emulator, entry: dict[str, Any], code: str) -> None:
    labelled = {**line(1, "cat"), **entry}
    if "source-ref" not in entry:
        del labelled["source-ref"]
    version = emulator.train(cats_and_dogs(10) + json_lines([labelled]))
    summary, training, _ = files(emulator, version)
    assert [found["code"] for found in json.loads(training.splitlines()[-1])["errors"]] == [code]
    assert summary["statistics"]["training"]["invalid_json_lines"] == 1
    details = emulator.summary(version)["EvaluationDetails"]
    assert details["NumberOfTrainingImages"] + details["NumberOfTestingImages"] == 10


def test_lines_that_are_not_json_are_replaced_by_their_error(emulator: Emulator) -> None:
    content = (
        b"\xef\xbb\xbf"
        + cats_and_dogs(40).replace(b"\n", b"\r\n")
        + b'broken\n\n[]\n{"a": NaN}\n{"a": 1e999}\n'
        + b"[" * 99_999
    )
    summary, training, _ = files(emulator, emulator.train(content))
    lines = training.split("\n")
    assert lines[:40] == [f"{text}\r" for text in cats_and_dogs(40).decode().splitlines()]
    assert [json.loads(text) for text in lines[40:46]] == [{"errors": [INVALID_LINE]}] * 6
    assert lines[46:] == [""]
    assert summary["statistics"]["training"] == statistics(
        "IMAGE_LEVEL_LABELS",
        46,
        valid_json_lines=40,
        invalid_json_lines=6,
        error_json_line_indices=[41, 42, 43, 44, 45, 46],
    )


def test_lines_at_the_nesting_limit_do_not_raise(emulator: Emulator) -> None:
    deep = [b'{"source-ref": "s3://abc/x", "a": ' + b"[" * depth + b"]" * depth + b"}" for depth in range(0, 4000, 40)]
    summary, training, _ = files(emulator, emulator.train(cats_and_dogs(10) + b"\n".join(deep)))
    assert summary["statistics"]["training"]["invalid_json_lines"] == len(deep)
    assert len(training.splitlines()) == 10 + len(deep)
    assert all("errors" in text for text in training.splitlines()[10:])


def test_lines_are_counted_through_all_manifests(emulator: Emulator) -> None:
    emulator.put(b"broken\n" + cats_and_dogs(4), "data/more.json")
    emulator.put(cats_and_dogs(10))
    project = emulator.project()
    emulator.create(project, TrainingData=assets("data/train.manifest", "data/more.json"))
    summary, training, _ = files(emulator, emulator.describe(project)[0])
    assert summary["statistics"]["training"]["error_json_line_indices"] == [11]
    assert len(training.splitlines()) == 15


def test_one_unreadable_manifest_among_several_fails_the_training(emulator: Emulator) -> None:
    emulator.put(b"broken\n", "data/more.json")
    project = emulator.project()
    emulator.create(project, TrainingData=assets("data/train.manifest", "data/more.json"))
    message = emulator.describe(project)[0]["StatusMessage"]
    assert message == "The manifest file extension or contents are invalid."


def test_a_validation_manifest_can_be_trained_with_and_its_errors_are_removed(emulator: Emulator) -> None:
    odd = {"source-ref": SOURCE, "boxes": {"annotations": [BOX]}, "boxes-metadata": CAT}
    version = emulator.train(cats_and_dogs(10) + json_lines([odd]))
    _, training, _ = files(emulator, version)
    mended = training.replace('"annotations"', f'"image_size": {json.dumps(SIZE)}, "annotations"')
    assert '"errors"' in mended
    emulator.put(mended.encode())
    project = emulator.project("p2")
    emulator.create(project)
    summary, again, _ = files(emulator, emulator.describe(project)[0])
    assert summary["statistics"]["training"] == statistics("IMAGE_LEVEL_LABELS", 11)
    assert '"errors"' not in again
    # a member that only looks like an error is kept
    emulator.put(cats_and_dogs(10) + json_lines([line(1, "errors"), line(2, '"warnings"')]))
    project = emulator.project("p3")
    emulator.create(project)
    _, copied, _ = files(emulator, emulator.describe(project)[0])
    assert copied == (cats_and_dogs(10) + json_lines([line(1, "errors"), line(2, '"warnings"')])).decode()


def test_the_files_are_encrypted_with_the_key(emulator: Emulator) -> None:
    emulator.train(cats_and_dogs(), KmsKeyId="alias/mine")
    for key in keys(emulator):
        head = emulator.s3.head_object(Bucket=BUCKET, Key=key)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/mine")


def test_versions_that_share_a_prefix_keep_their_own_files(emulator: Emulator) -> None:
    project = emulator.project()
    emulator.create(project, "v1")
    emulator.create(project, "v2")
    emulator.describe(project)
    assert len(keys(emulator)) == 12


# The issues of a checker with more rules: the files depend only on the list of issues.


def checked(lines: Sequence[str], *issues: Issue) -> Checked:
    return Checked(lines, UseCase.OBJECT_LOCALIZATION, issues)


def test_issues_are_put_at_their_positions() -> None:
    entry = {"source-ref": SOURCE, "boxes": {"annotations": [BOX, BOX], "image_size": SIZE}, "boxes-metadata": CAT}
    off, small = Issue("ERROR_INVALID_BOUNDING_BOX", "off", 2, ("boxes", "annotations", 1)), Issue("W", "w", 2)
    written = validation_manifest(checked(["{}", json.dumps(entry)], off, small)).decode().splitlines()
    assert json.loads(written[1]) == {
        **entry,
        "boxes": {
            "annotations": [BOX, {**BOX, "errors": note("ERROR_INVALID_BOUNDING_BOX", "off")}],
            "image_size": SIZE,
        },
        "errors": note("W", "w"),
    }
    assert written[0] == "{}"


def test_a_box_outside_of_the_image_is_an_error_but_its_line_stays_valid() -> None:
    off = Issue("ERROR_INVALID_BOUNDING_BOX", "off", 2, ("boxes", "annotations", 0))
    both = Issue("ERROR_INSUFFICIENT_LABEL_OVERLAP", "Less than 50% label overlap")
    many = Issue("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST", "too many")
    summary = json.loads(manifest_summary(checked(["{}", "{}"], off), checked([], many), [both]))
    assert summary == {
        "errors": note(both.code, both.message),
        "statistics": {
            "training": statistics("OBJECT_LOCALIZATION", 2, error_json_line_indices=[2]),
            "testing": statistics("OBJECT_LOCALIZATION", 0, errors=note(many.code, many.message)),
        },
    }


def test_an_issue_at_a_missing_position_is_put_at_the_line() -> None:
    lost = [Issue("E", "m", 1, path) for path in (("a", "annotations", 3), ("a", 5), (7,), ("source-ref", "x"))]
    (written,) = validation_manifest(
        checked([json.dumps({"source-ref": SOURCE, "a": {"annotations": []}})], *lost)
    ).splitlines()
    assert json.loads(written)["errors"] == note("E", "m") * 4


def test_lines_that_are_not_json_may_have_no_issue() -> None:
    lines = ['no json with "errors"', "\ud800"]
    assert validation_manifest(checked(lines)).decode() == 'no json with "errors"\n?\n'
