"""The training summaries of Custom Moderation adapters."""

import json
from typing import Any

import pytest

from rekog_versions.evaluation import AdapterCounts, Evaluation, OutcomeCounts
from rekog_versions.evaluation.intervals import intervals_of_counts
from tests.evaluation.files import encoded


def counts(found: Any, right: Any, wrong: Any, missed: Any) -> dict[str, Any]:
    return {"TruePositive": found, "TrueNegative": right, "FalsePositive": wrong, "FalseNegative": missed}


def at(threshold: Any) -> dict[str, Any]:
    gesture = {"Label": "Rude Gesture", "BaseModel": counts(3, 10, 2, 2), "Adapter": counts(4, 10, 2, 1)}
    return {
        "ConfidenceThreshold": threshold,
        "AggregatedEvaluationResults": {"BaseModel": counts(5, 10, 2, 4), "Adapter": counts(8, 10, 2, 1)},
        "LabelEvaluationResults": [gesture],
    }


def summary(**results: Any) -> Evaluation:
    return Evaluation.from_files(
        encoded(
            {
                "AggregatedEvaluationResults": {"F1Score": 0.91},
                "EvaluationDetails": {
                    "Labels": ["Nudity", "Rude Gesture"],
                    "NumberOfTestingImages": 20,
                    "NumberOfTrainingImages": 80,
                },
                "ContentModeration": results,
            }
        )
    )


ADAPTER = summary(InputConfidenceThresholdEvalResults=at(50.0), AllConfidenceThresholdsEvalResults=[at(5.0), at(95)])


def test_the_counts_of_an_adapter_are_read() -> None:
    assert ADAPTER.adapter is not None
    chosen = ADAPTER.adapter.chosen
    assert chosen is not None
    assert (chosen.threshold, chosen.total.adapter) == (0.5, OutcomeCounts(8, 10, 2, 1))
    assert chosen.labels["Rude Gesture"] == AdapterCounts(OutcomeCounts(3, 10, 2, 2), OutcomeCounts(4, 10, 2, 1))
    assert [one.threshold for one in ADAPTER.adapter.thresholds] == [0.05, 0.95]
    assert (ADAPTER.f1_score, ADAPTER.testing_images, ADAPTER.training_images) == (0.91, 20, 80)


def test_the_labels_of_an_adapter_have_metrics_from_its_counts() -> None:
    gesture = ADAPTER.labels["Rude Gesture"]
    assert (gesture.testing_images, gesture.threshold) == (5, 0.5)
    assert gesture.precision == pytest.approx(4 / 6)
    assert gesture.recall == pytest.approx(4 / 5)
    assert gesture.f1_score == pytest.approx(8 / 11)
    assert ADAPTER.intervals().labels["Rude Gesture"] == intervals_of_counts(4, 2, 1, 0.95)


def test_a_label_without_counts_has_an_unknown_number_of_images() -> None:
    assert ADAPTER.labels["Nudity"].testing_images is None
    (row,) = [line for line in str(ADAPTER).split("\n") if line.startswith("Nudity")]
    assert row.split() == ["Nudity", "-", "-", "-", "-", "-"]
    assert "adapter: 8 found, 2 wrongly found, 1 missed, 10 rightly not found" in str(ADAPTER)
    assert "base model: 5 found" in str(ADAPTER)


def test_the_document_has_the_counts_and_the_metrics() -> None:
    document = json.loads(ADAPTER.to_json())["adapter"]["chosen"]["total"]["adapter"]
    assert (document["true_positives"], document["precision"]) == (8, 0.8)
    assert document["f1_score"] == pytest.approx(16 / 19)


@pytest.mark.parametrize(
    "wrong", [{}, {"Adapter": 5}, {"Adapter": counts("x", 1, 1, 1)}, {"Adapter": counts(-1, 1, 1, 1)}]
)
def test_counts_of_another_form_are_unknown(wrong: dict[str, Any]) -> None:
    read = summary(InputConfidenceThresholdEvalResults={**at("x"), "AggregatedEvaluationResults": wrong})
    assert read.adapter is not None
    assert read.adapter.chosen is not None
    assert read.adapter.chosen.total == AdapterCounts(None, None)
    assert read.adapter.chosen.threshold is None
    assert summary().adapter is not None
    assert str(summary().adapter) == ""


def test_metrics_without_images_to_moderate_are_unknown() -> None:
    nothing = OutcomeCounts(0, 10, 3, 0)
    assert (nothing.precision, nothing.recall, nothing.f1_score) == (None, None, None)
    missed = OutcomeCounts(0, 10, 0, 3)
    assert (missed.precision, missed.recall, missed.f1_score) == (0.0, 0.0, 0.0)
