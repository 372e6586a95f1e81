"""Types of the evaluation of versions: one function for both clients."""

import asyncio
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, assert_type

from rekog_versions import (
    AsyncVersionsClient,
    ProjectVersionArn,
    ProjectVersionDescription,
    VersionRef,
    VersionsClient,
)
from rekog_versions.evaluation import (
    AtLeastPrecision,
    AtLeastRecall,
    BestF1,
    ByLabel,
    Comparison,
    ConfusedPair,
    ConfusionMatrix,
    CurvePoint,
    Evaluation,
    Gates,
    GateVerdict,
    JudgedPrediction,
    LabelChange,
    LabelCurve,
    LabelEvaluation,
    LeastCost,
    ModelMetrics,
    ThresholdSweep,
    TunedThresholds,
    TuningWarning,
    WorstImage,
    best_version,
    compare,
    get_evaluation,
)
from rekog_versions.models.thresholds import Thresholds


def blocking(client: VersionsClient, version: VersionRef) -> None:
    assert_type(get_evaluation(client, version), Evaluation)
    assert_type(get_evaluation(client, version, snapshot=False), Evaluation)
    assert_type(best_version(client, "arn"), ProjectVersionDescription)
    best_version(client, "arn", by="recall")
    best_version(client, "arn", by=lambda evaluation: evaluation.labels["cat"].f1_score)
    best_version(client, "arn", by="f2")  # rejected
    best_version(client, "arn", by=lambda evaluation: evaluation.version_arn)  # rejected
    get_evaluation(client, 5)  # rejected


async def awaited(client: AsyncVersionsClient, version: VersionRef) -> None:
    assert_type(await get_evaluation(client, version), Evaluation)
    assert_type(await best_version(client, "arn", by="precision"), ProjectVersionDescription)
    first, second = await asyncio.gather(get_evaluation(client, version), get_evaluation(client, version))
    assert_type(compare(first, second), Comparison)
    get_evaluation(client, version).f1_score  # rejected


def run(client: AsyncVersionsClient, version: VersionRef) -> None:
    assert_type(asyncio.run(get_evaluation(client, version)), Evaluation)


def from_files() -> None:
    assert_type(Evaluation.from_files("summary.json"), Evaluation)
    Evaluation.from_files(Path("summary.json"), b"...")
    Evaluation.from_files(io.BytesIO(), io.StringIO())
    with Path("summary.json").open() as text, Path("snapshot.json").open("rb") as binary:
        Evaluation.from_files(text, binary)
    Evaluation.from_files(5)  # rejected
    Evaluation.from_files()  # rejected


def of_an_evaluation(evaluation: Evaluation, thresholds: Thresholds) -> None:
    assert_type(evaluation.f1_score, float | None)
    assert_type(evaluation.version_arn, ProjectVersionArn | None)
    assert_type(evaluation.ended_at, datetime | None)
    assert_type(evaluation.testing_images, int | None)
    assert_type(evaluation.labels, ByLabel[LabelEvaluation])
    assert_type(evaluation.labels["cat"].threshold, float | None)
    assert_type(evaluation.confusion_matrix, ConfusionMatrix | None)
    assert_type(evaluation.raw, Mapping[str, Any])
    assert_type(evaluation.thresholds, Thresholds)
    assert_type(evaluation.predictions(thresholds, labels=["cat"]), Iterator[JudgedPrediction])
    assert_type(evaluation.predictions(outcomes=["false_positive"]), Iterator[JudgedPrediction])
    assert_type(evaluation.recompute(), ModelMetrics)
    assert_type(evaluation.sweep([0.1, 0.2]), ThresholdSweep)
    assert_type(evaluation.curve("cat"), LabelCurve)
    assert_type(evaluation.curve("cat").best, CurvePoint | None)
    assert_type(evaluation.most_confused(limit=3), Sequence[ConfusedPair])
    assert_type(evaluation.worst_images(), Sequence[WorstImage])
    evaluation.f1_score = 1  # rejected
    evaluation.labels["cat"] = evaluation.labels["dog"]  # rejected
    evaluation.recompute(0.5)  # rejected
    evaluation.predictions(kinds=["false_positive"])  # rejected


def tune(evaluation: Evaluation) -> None:
    tuned = evaluation.tune_thresholds(AtLeastPrecision(0.95), min_testing_images=30)
    assert_type(tuned, TunedThresholds)
    assert_type(tuned.thresholds, Thresholds)
    assert_type(tuned.warnings, Sequence[TuningWarning])
    assert_type(TunedThresholds.from_json(tuned.to_json()), TunedThresholds)
    evaluation.tune_thresholds({"cat": AtLeastRecall(0.9), "dog": BestF1()})
    evaluation.tune_thresholds(LeastCost(false_positive=1, false_negative=10))
    evaluation.tune_thresholds("f1")  # rejected
    evaluation.tune_thresholds(AtLeastPrecision("high"))  # rejected


def beside(old: Evaluation, new: Evaluation) -> None:
    comparison = compare(old, new, gates=Gates(min_f1=0.9, max_label_drop=0.02))
    assert_type(comparison.verdict, GateVerdict | None)
    assert_type(comparison.same_test_set, bool | None)
    assert_type(comparison.labels["cat"].f1_score, float | None)
    assert_type(comparison.worse, Sequence[LabelChange])
    compare(old, new, Gates())  # rejected
    Gates(min_f2=0.5)  # rejected
