"""Evaluations of simulated models, with files as the emulated service writes them."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any

from rekog_versions.evaluation import Evaluation
from rekog_versions.manifests.lines import UseCase
from rekog_versions.testing.settings import Quality
from rekog_versions.testing.training.predictions import predict
from rekog_versions.testing.training.read_manifests import LabelledImages, ParsedManifest, parse_lines
from rekog_versions.testing.training.result_files import Trial, snapshot, summary_document
from tests.testing.emulator import boxed_line, line

ARN = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/version/{}/1574310000000"
ENDED = datetime(2026, 1, 2, tzinfo=UTC)


def files(
    labels: tuple[str, ...],
    *,
    name: str = "v1",
    images: int = 12,
    located: bool = False,
    untested: tuple[str, ...] = (),
    f1: float = 0.8,
    worst: tuple[tuple[str, float], ...] = (),
    together: bool = False,
    first: int = 0,
) -> tuple[bytes, bytes]:
    """Return the summary and the snapshot of a simulated model.

    Args:
        labels: The labels of the model.
        name: The name of the version, which also seeds the simulation.
        images: The number of test images of each label.
        located: True for object localization.
        untested: More labels, which are in the summary without test images.
        f1: The F1 score to aim at.
        worst: The F1 scores of some labels.
        together: True to put two labels on each image.
        first: The number of the first image. Other numbers give other test sets.
    """
    chance = Random(name)
    lists = [(label, *((chance.choice(labels),) if together else ())) for label in labels for _ in range(images)]
    made = [
        (boxed_line if located else line)(number + first, *dict.fromkeys(shown)) for number, shown in enumerate(lists)
    ]
    use_case = UseCase.OBJECT_LOCALIZATION if located else UseCase.IMAGE_LEVEL_LABELS
    dataset = LabelledImages.of(use_case, ParsedManifest.of(parse_lines("\n".join(map(json.dumps, made)).encode())))
    quality = Quality(f1=f1, labels=dict(worst))
    trial = Trial(dataset, dataset, predict(dataset, dataset.labels, quality, name))
    evaluation = trial.score()
    summary: dict[str, Any] = json.loads(
        summary_document(trial, evaluation, version_arn=ARN.format(name), ended_at=ENDED)
    )
    summary["EvaluationDetails"]["Labels"] += untested
    return json.dumps(summary).encode(), snapshot(trial, evaluation, ENDED)


@cache
def _read(labels: tuple[str, ...], **options: Any) -> Evaluation:
    return Evaluation.from_files(*files(labels, **options))


def evaluated(labels: Sequence[str], *, worst: Mapping[str, float] | None = None, **options: Any) -> Evaluation:
    """Return the evaluation of a simulated model; `worst` has the F1 scores of some labels."""
    return _read(tuple(labels), worst=tuple((worst or {}).items()), **options)


def numbered(count: int) -> list[str]:
    """Return `count` labels."""
    return [f"part {number:03}" for number in range(count)]
