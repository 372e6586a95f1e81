"""Reading training summaries, to all digits and with tolerance."""

import io
import json
import logging
import math
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rekog_versions import ProjectVersionArn
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import ConfusionMatrix, Evaluation, LabelEvaluation
from rekog_versions.manifests.lines import UseCase
from tests.evaluation.files import ARN, CAP, WATCH, encoded, image, lines, result, summary, summary_of

MATRIX = {
    "ConfusionMatrix": [
        {"GroundTruthLabel": "CAP", "PredictedLabel": "CAP", "Value": 0.9948717948717949},
        {"GroundTruthLabel": "CAP", "PredictedLabel": "WATCH", "Value": 0.008547008547008548},
        {"GroundTruthLabel": "WATCH", "PredictedLabel": "CAP", "Value": 0.1794871794871795},
        {"GroundTruthLabel": "WATCH", "PredictedLabel": "WATCH", "Value": 0.7008547008547008},
    ]
}


def read(**members: Any) -> Evaluation:
    return Evaluation.from_files(encoded(summary(**members)))


@pytest.mark.parametrize("nested", [False, True])
def test_the_guides_example_is_read_to_all_digits(nested: bool) -> None:
    evaluation = read(nested=nested, aggregate=MATRIX)
    assert evaluation.f1_score == 0.9726959470546408
    assert evaluation.precision == 0.9719115848331294
    assert evaluation.recall == 0.9735042735042735
    assert evaluation.labels["CAP"] == LabelEvaluation(
        "CAP", 390, threshold=0.9879502058, precision=0.9819587629, recall=0.9769230769, f1_score=0.9794344473
    )
    assert evaluation.labels["WATCH"] == LabelEvaluation(
        "WATCH", 234, threshold=0.0144506833, precision=0.9618644068, recall=0.9700854701, f1_score=0.9659574468
    )
    assert list(evaluation.labels) == ["CAP", "WATCH"]
    assert evaluation.thresholds.fraction("CAP") == 0.9879502058
    assert evaluation.version_arn == ARN
    assert isinstance(evaluation.version_arn, ProjectVersionArn)
    assert evaluation.version_arn.version_name == "v1"
    assert evaluation.ended_at == datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (evaluation.training_images, evaluation.testing_images) == (1500, 624)
    assert evaluation.use_case is UseCase.IMAGE_LEVEL_LABELS
    assert (evaluation.average_precision, evaluation.average_recall) == (None, None)


def test_the_guides_example_can_be_recomputed_from_its_counts() -> None:
    # 381 of 390 caps are found, with 7 false positives; 227 of 234 watches, with 9
    counts = {"CAP": (381, 7, 390, 0.9879502058), "WATCH": (227, 9, 234, 0.0144506833)}
    entries = []
    for label, (found, wrong, positives, threshold) in counts.items():
        below = threshold / 2
        entries += [image(f"{label}-{n}", [label], [(label, threshold)]) for n in range(found)]
        entries += [image(f"{label}-missed-{n}", [label], [(label, below)]) for n in range(positives - found)]
        entries += [image(f"{label}-wrong-{n}", [], [(label, 1.0)]) for n in range(wrong)]
    recomputed = Evaluation.from_files(encoded(summary()), lines(entries)).recompute()
    for said in (CAP, WATCH):
        counted = recomputed.labels[str(said["Label"])]
        metrics: Any = said["Metrics"]
        assert round(counted.precision or 0, 10) == metrics["Precision"]
        assert round(counted.recall or 0, 10) == metrics["Recall"]
        assert round(counted.f1_score or 0, 10) == metrics["F1Score"]
        assert counted.testing_images == said["NumberOfTestingImages"]
    assert recomputed.precision == pytest.approx(0.9719115848331294, rel=0, abs=1e-15)
    assert recomputed.recall == pytest.approx(0.9735042735042735, rel=0, abs=1e-15)
    assert recomputed.f1_score == pytest.approx(0.9726959470546408, rel=0, abs=1e-15)


def test_the_confusion_matrix_has_labels() -> None:
    matrix = read(aggregate=MATRIX).confusion_matrix
    assert matrix is not None
    assert matrix.labels == ("CAP", "WATCH")
    assert matrix.value("WATCH", "CAP") == 0.1794871794871795
    assert matrix.rows() == ((0.9948717948717949, 0.008547008547008548), (0.1794871794871795, 0.7008547008547008))
    assert [(pair.truth, pair.predicted) for pair in matrix.most_confused()] == [("WATCH", "CAP"), ("CAP", "WATCH")]
    assert [pair.share for pair in matrix.most_confused(1)] == [0.1794871794871795]
    with pytest.raises(KeyError, match="there is no label 'HAT'; the labels are: 'CAP', 'WATCH'"):
        matrix.value("HAT", "CAP")


def test_the_confusion_matrix_as_text_is_a_table_and_a_large_one_its_worst_pairs() -> None:
    shown = str(read(aggregate=MATRIX).confusion_matrix)
    assert [line.split() for line in shown.split("\n")] == [
        ["truth", "\\", "predicted", "CAP", "WATCH"],
        ["CAP", "0.995", "0.009"],
        ["WATCH", "0.179", "0.701"],
    ]
    large = ConfusionMatrix.of({(f"l{n}", f"l{n + 1}\x1b"): n / 300 for n in range(250)})
    lines = str(large).split("\n")
    assert lines[0] == "500 labels; the most confused:"
    assert lines[1] == r"  'l249' taken for 'l250\x1b': 83.0%"
    assert len(lines) == 11


def test_a_missing_cell_does_not_become_zero() -> None:
    cells = [{"GroundTruthLabel": "CAP", "PredictedLabel": "WATCH", "Value": 0}, {"PredictedLabel": "x", "Value": 1}]
    matrix = read(aggregate={"ConfusionMatrix": cells}).confusion_matrix
    assert matrix is not None
    assert matrix.rows() == ((None, 0.0), (None, None))


def test_the_object_form_has_map_and_mar_and_no_matrix() -> None:
    evaluation = read(nested=True, aggregate={"AveragePrecision": 0.75, "AverageRecall": 1})
    assert (evaluation.average_precision, evaluation.average_recall) == (0.75, 1.0)
    assert evaluation.use_case is UseCase.OBJECT_LOCALIZATION
    assert evaluation.confusion_matrix is None
    assert "mAP 0.750, mAR 1.000" in str(evaluation)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (1, 1.0),
        ("0.25", 0.25),
        (" 2.5e-1 ", 0.25),
        (math.nan, None),
        ("NaN", None),
        (math.inf, None),
        ("high", None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_numbers_are_read_in_many_forms_and_other_values_become_none(written: Any, value: float | None) -> None:
    assert read(aggregate={"F1Score": written}).f1_score == value


def test_a_label_without_test_images_has_no_metrics_rather_than_zeros() -> None:
    evaluation = Evaluation.from_files(summary_of(result("cat", 3), result("dog", 0, threshold=0.7, f1=0)))
    assert evaluation.labels["dog"] == LabelEvaluation("dog", 0, threshold=0.7)
    assert "dog" in str(evaluation)


def test_a_label_that_was_not_evaluated_is_listed() -> None:
    document = summary()
    document["EvaluationDetails"]["Labels"].append("RARE")
    assert Evaluation.from_files(encoded(document)).labels["RARE"] == LabelEvaluation("RARE", 0)


def test_missing_values_become_none() -> None:
    evaluation = Evaluation.from_files(b'{"EvaluationDetails": {}}')
    found = (evaluation.f1_score, evaluation.version_arn, evaluation.ended_at, evaluation.testing_images)
    assert found == (None, None, None, None)
    assert evaluation.use_case is None
    assert not evaluation.labels
    assert "an unnamed version: F1 -" in str(evaluation)


@pytest.mark.parametrize("threshold", [1.5, -0.1, "x"])
def test_an_invalid_threshold_is_dropped_with_a_remark(threshold: Any) -> None:
    evaluation = Evaluation.from_files(summary_of(result("cat", 3, threshold=threshold)))
    assert evaluation.labels["cat"].threshold is None
    assert evaluation.thresholds.labels == {}
    assert any("the Threshold of 'cat' must be a number from 0 to 1" in remark for remark in evaluation.remarks)


def test_a_newer_format_is_read_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        first, second = read(Version=17, New={"a": 1}), read(Version=17)
    assert first.f1_score == second.f1_score == 0.9726959470546408
    assert first.raw["New"] == {"a": 1}
    assert len([record for record in caplog.records if "Version 17" in record.message]) == 1
    assert "Version 17, and this package supports 1" in first.remarks[0]
    assert "note: the summary has Version 17" in str(second)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"\xff\xfe", "it is not a JSON document"),
        (b'{"Version": 1', "it is not a JSON document"),
        (b"[1]", "it is not a JSON object"),
        (b"{}", "it has none of EvaluationDetails, AggregatedEvaluationResults, LabelEvaluationResults"),
        (b'{"statistics": {}}', "summary of the manifests' validation"),
        (lines([image(1, ["cat"], [])] * 2), "pass a snapshot as the second argument"),
        (b"[" * 100_000, "it is not a JSON document"),
    ],
)
def test_a_file_that_is_not_a_summary_gives_an_error_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        Evaluation.from_files(content)
    assert why in str(caught.value)
    assert "It must be a training summary" in str(caught.value)


def test_files_can_be_paths_bytes_and_open_files(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text("\ufeff" + json.dumps(summary()), encoding="utf-8")
    expected = 0.9726959470546408
    assert Evaluation.from_files(path).f1_score == expected
    assert Evaluation.from_files(str(path)).f1_score == expected
    with path.open("rb") as binary, path.open(encoding="utf-8-sig") as text:
        assert Evaluation.from_files(binary).f1_score == expected
        assert Evaluation.from_files(text).f1_score == expected
    assert Evaluation.from_files(io.BytesIO(encoded(summary()))).f1_score == expected
    assert Evaluation.from_files(memoryview(encoded(summary()))).f1_score == expected


def test_the_error_for_a_missing_file_names_it(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"the summary '.*no-such\\x1b\.json' could not be read: No such file"):
        Evaluation.from_files(tmp_path / "no-such\x1b.json")
    with pytest.raises(EvaluationError, match=r"the snapshot '.*' could not be read: Is a directory"):
        Evaluation.from_files(encoded(summary()), tmp_path)


def test_an_s3_uri_is_rejected_as_a_path() -> None:
    with pytest.raises(EvaluationError, match=r"got the S3 URI .* Use get_evaluation\(client, version\)"):
        Evaluation.from_files("s3://bucket/summary.json")


def test_other_types_are_rejected() -> None:
    wrong: Any = 5
    with pytest.raises(TypeError, match="the summary must be a path, bytes or an open file, got int"):
        Evaluation.from_files(wrong)


def test_an_evaluation_can_be_pickled_compared_and_hashed() -> None:
    evaluation = read(aggregate=MATRIX)
    assert pickle.loads(pickle.dumps(evaluation)) == evaluation
    assert hash(pickle.loads(pickle.dumps(evaluation))) == hash(evaluation)
    assert evaluation != read()


def test_the_error_for_an_unknown_label_lists_the_known_ones() -> None:
    with pytest.raises(KeyError, match="there is no label 'cap'; the labels are: 'CAP', 'WATCH'"):
        read().labels["cap"]
    assert read().labels.get("cap") is None
    assert "cap" not in read().labels


def test_hostile_labels_are_shown_escaped() -> None:
    hostile = ["\x1b[2J\x1b[31mred", "a\nb", "\u202eevil", "<script>", "{0}%s", "日本語" * 30, "x" * 300, "\ud800"]
    evaluation = Evaluation.from_files(summary_of(*(result(label, 1) for label in hostile), images=8))
    shown = str(evaluation)
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "\\x1b[2J\\x1b[31mred" in shown
    assert len(shown.split("\n")) == 2 + 1 + len(hostile) + 1 + 1  # two lines, a table with header and total, a note
    assert list(evaluation.labels) == hostile
    assert "\x1b" not in repr(evaluation.labels)
