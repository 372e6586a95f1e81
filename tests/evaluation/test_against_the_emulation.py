"""Metrics recomputed from the files of emulated trainings equal those in the summaries."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.evaluation import Evaluation, PredictionOutcome
from tests.testing.conftest import emulator as emulator  # noqa: PLC0414  (a fixture)
from tests.testing.emulator import Emulator
from tests.testing.test_evaluation_files import (
    boxed,
    qualities,
    several_labels,
    sizes,
    train,
    trainable_boxes,
    trainable_labels,
)

# all examples share one emulated service: each has a project and files of its own
with_an_emulator = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=False
)


def read(emulator: Emulator, version: dict[str, Any]) -> Evaluation:
    return Evaluation.from_files(
        emulator.read(version["EvaluationResult"]["Summary"]).encode(), emulator.snapshot(version).encode()
    )


def check_predictions(evaluation: Evaluation) -> None:
    """Check that the outcomes of the predictions add up to the metrics."""
    counted = Counter((prediction.label, prediction.outcome) for prediction in evaluation.predictions())
    for label, metrics in evaluation.recompute().labels.items():
        assert counted[label, PredictionOutcome.TRUE_POSITIVE] == metrics.true_positives
        assert counted[label, PredictionOutcome.FALSE_POSITIVE] == metrics.false_positives
        assert counted[label, PredictionOutcome.FALSE_NEGATIVE] == metrics.false_negatives


def check_recomputed(evaluation: Evaluation) -> None:
    """Check that the metrics at the assumed thresholds are those of the summary, to 1e-9."""
    recomputed = evaluation.recompute()
    assert list(recomputed.labels) == list(evaluation.labels)
    for label, said in evaluation.labels.items():
        counted = recomputed.labels[label]
        assert counted.testing_images == said.testing_images
        for name in ("threshold", "precision", "recall", "f1_score"):
            assert getattr(counted, name) == pytest.approx(getattr(said, name), rel=0, abs=1e-9), (label, name)
        # tuning for the service's own goal finds its thresholds
        assert (curve.best.threshold if (curve := evaluation.curve(label)).best else 1.0) == said.threshold
    check_predictions(evaluation)
    tuned = evaluation.tune_thresholds()
    assert tuned.thresholds == evaluation.thresholds
    for name in ("precision", "recall", "f1_score"):
        assert getattr(tuned.before, name) == getattr(tuned.after, name)
    if not evaluation.labels:
        assert recomputed.f1_score is None
        return
    for name in ("precision", "recall", "f1_score"):
        assert getattr(recomputed, name) == pytest.approx(getattr(evaluation, name), rel=0, abs=1e-9), name


@with_an_emulator
@given(lists=several_labels, quality=qualities, is_split=st.booleans())
def test_the_summary_of_image_level_labels_is_recomputed_from_the_snapshot(
    emulator: Emulator, lists: list[list[str]], quality: dict[str, Any], is_split: bool
) -> None:
    training, testing = trainable_labels(lists)
    evaluation = read(emulator, train(emulator, training, None if is_split else testing, **quality))
    check_recomputed(evaluation)
    said, counted = evaluation.confusion_matrix, evaluation.confusion_matrix_at()
    assert said is not None
    assert counted is not None
    assert set(said.labels) == set(counted.labels)
    for real in said.labels:
        for seen in said.labels:
            assert counted.value(real, seen) == pytest.approx(said.value(real, seen), rel=0, abs=1e-9)


@with_an_emulator
@given(images=st.lists(st.tuples(sizes, boxed), min_size=1, max_size=12), quality=qualities, is_split=st.booleans())
def test_the_summary_of_boxes_is_recomputed_from_the_snapshot(
    emulator: Emulator, images: list[Any], quality: dict[str, Any], is_split: bool
) -> None:
    lines = trainable_boxes(images)
    evaluation = read(emulator, train(emulator, lines, None if is_split else lines, **quality))
    check_recomputed(evaluation)
    recomputed = evaluation.recompute()
    if evaluation.labels:
        assert recomputed.average_recall == pytest.approx(evaluation.average_recall, rel=0, abs=1e-9)
        if recomputed.average_precision is not None:
            assert recomputed.average_precision == pytest.approx(evaluation.average_precision, rel=0, abs=1e-9)
        # it is not known if wrong predictions are missing between the assumed threshold and the hits below it
        areas = [(label, evaluation.curve(label).average_precision) for label in evaluation.labels]
        for label in [label for label, area in areas if area is None]:
            outcomes = Counter(one.outcome for one in evaluation.predictions(labels=[label]) if one.confidence)
            assert not outcomes[PredictionOutcome.TRUE_NEGATIVE]
            assert outcomes[PredictionOutcome.FALSE_NEGATIVE]
        assert (recomputed.average_precision is None) == any(area is None for _, area in areas)
    assert evaluation.confusion_matrix is None
    assert evaluation.confusion_matrix_at() is None
