"""The time to evaluate a version: to read its snapshot from a file and to recompute it at 1,000 thresholds.

"Recomputed" means `Evaluation.sweep()`: precision, recall and F1 score of each of 5 labels and their means, at each of
1,000 thresholds. The snapshot has 100,000 lines, with two predicted labels each, or two predicted boxes each. It is
compared with `orjson.loads` of the same lines. Those are in memory; ours are read from the file.

The intervals of 250 labels and their means on 100,000 images are compared with one `recompute()` without intervals,
which counts the predictions of the snapshot anew.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import orjson

from benchmarks._measure import Row, cpu, interleaved
from rekog_versions.evaluation import Evaluation, EvaluationSnapshot
from rekog_versions.evaluation.snapshot import LabelArrays, PredictionArrays
from rekog_versions.manifests.lines import UseCase

LIMIT, LINES, REPETITIONS = 3.0, 100_000, 5
LABELS = tuple(f"label-{number}" for number in range(5))
MANY_LABELS = 250
THRESHOLDS = tuple(step / 1000 for step in range(1000))
_TRAINING, _EVALUATION = "rekognition-custom-labels-training", "rekognition-custom-labels-evaluation"
Line: TypeAlias = Callable[[Random, int], dict[str, Any]]
"""Return a line of a snapshot, given its number."""
_MADE = "2026-01-01T00:00:00.000000"


def rows() -> list[Row]:
    return [
        _row("a snapshot of 100,000 lines read and swept / orjson.loads of them", image_level_line, LIMIT),
        _row("  the same with two boxes a line", line_with_boxes, LIMIT),
        _intervals("intervals of 250 labels, 100,000 images / one recomputation", UseCase.IMAGE_LEVEL_LABELS),
        _intervals("  the same with boxes", UseCase.OBJECT_LOCALIZATION),
    ]


def _row(what: str, line: Line, limit: float) -> Row:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot.json"
        random = Random(0)
        lines = [json.dumps(line(random, number)).encode() for number in range(LINES)]
        path.write_bytes(b"\n".join(lines))
        ours, baseline = interleaved(
            cpu(partial(swept, summary(), path), 1),
            cpu(partial(_load, lines), 1),
            repetitions=REPETITIONS,
            warm_up=1,
        )
    return Row(what, ours, baseline, limit)


def _intervals(what: str, use_case: UseCase) -> Row:
    random = Random(0)
    truth, seen = LabelArrays(), PredictionArrays()
    for image in range(LINES):
        shown, other = image % MANY_LABELS, random.randrange(MANY_LABELS)
        truth.images.append(image)
        truth.labels.append(shown)
        seen.images.extend((image, image))
        seen.labels.extend((shown, other))
        seen.confidences.extend((random.random(), random.random() * 0.7))
        seen.present.extend((True, shown == other))
    names = [f"label-{number}" for number in range(MANY_LABELS)]
    snapshot = EvaluationSnapshot([_image(number) for number in range(LINES)], names, truth, seen, use_case)
    thresholds = {name: {"Threshold": 0.5} for name in names}
    results = [{"Label": name, "Metrics": metrics} for name, metrics in thresholds.items()]
    read = Evaluation.from_files(json.dumps({"LabelEvaluationResults": results}).encode())

    def evaluated() -> Evaluation:
        return replace(read, snapshot=replace(snapshot))

    known = evaluated()
    known.recompute(confidence=None)
    ours, baseline = interleaved(
        cpu(known.intervals, 1),
        cpu(lambda: evaluated().recompute(confidence=None), 1),
        repetitions=REPETITIONS,
        warm_up=1,
    )
    return Row(what, ours, baseline, LIMIT)


def swept(summary_file: bytes, snapshot: Path) -> None:
    Evaluation.from_files(summary_file, snapshot).sweep(THRESHOLDS)


def _load(lines: list[bytes]) -> None:
    for line in lines:
        orjson.loads(line)


def summary() -> bytes:
    metrics = {"Threshold": 0.5, "Precision": 0.5, "Recall": 0.5, "F1Score": 0.5}
    return json.dumps(
        {
            "Version": 1,
            "EvaluationDetails": {"Labels": LABELS, "NumberOfTestingImages": LINES},
            "AggregatedEvaluationResults": {"Precision": 0.5, "Recall": 0.5, "F1Score": 0.5},
            "LabelEvaluationResults": [
                {"Label": label, "NumberOfTestingImages": LINES // len(LABELS), "Metrics": metrics} for label in LABELS
            ],
        }
    ).encode()


def image_level_line(random: Random, number: int) -> dict[str, Any]:
    shown = LABELS[number % len(LABELS)]
    other = random.choice([label for label in LABELS if label != shown])
    entry: dict[str, Any] = {
        "source-ref": _image(number),
        f"{_TRAINING}-0": 1,
        f"{_TRAINING}-0-metadata": {
            "confidence": 1.0,
            "class-name": shown,
            **_metadata(_TRAINING, "image-classification"),
        },
    }
    for place, label in enumerate((shown, other)):
        entry[f"{_EVALUATION}-{place}"] = 1
        entry[f"{_EVALUATION}-{place}-metadata"] = {
            "confidence": random.random(),
            "class-name": label,
            **_metadata(_EVALUATION, "image-classification"),
            f"{_EVALUATION}-details": _details(is_present=label == shown),
        }
    return entry


def line_with_boxes(random: Random, number: int) -> dict[str, Any]:
    shown = {str(place): label for place, label in enumerate(LABELS)}
    found = [
        {"confidence": random.random(), f"{_EVALUATION}-details": _details(is_present=is_present)}
        for is_present in (True, False)
    ]
    return {
        "source-ref": _image(number),
        f"{_TRAINING}-0": _boxes(random, number, 1),
        f"{_TRAINING}-0-metadata": {
            "objects": [{"confidence": 1.0}],
            "class-map": shown,
            **_metadata(_TRAINING, "object-detection"),
        },
        _EVALUATION: _boxes(random, number, 2),
        f"{_EVALUATION}-metadata": {
            "confidence": 0.5,
            "objects": found,
            "class-map": shown,
            **_metadata(_EVALUATION, "object-detection"),
        },
    }


def _boxes(random: Random, number: int, count: int) -> dict[str, Any]:
    sides: Iterator[float] = iter(lambda: round(random.uniform(1, 400), 3), None)
    return {
        "image_size": [{"width": 1024, "height": 768, "depth": 3}],
        "annotations": [
            {
                "class_id": number % len(LABELS),
                **{side: next(sides) for side in ("width", "top", "height", "left")},
            }
            for _ in range(count)
        ],
    }


def _image(number: int) -> str:
    return f"s3://bench/images/{number:06}.png"


def _metadata(job: str, task: str) -> dict[str, Any]:
    kind = f"groundtruth/{task}"
    human = "yes" if job == _TRAINING else "no"
    return {"job-name": f"{job}-job", "human-annotated": human, "creation-date": _MADE, "type": kind}


def _details(*, is_present: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "ground-truth-labelling-jobs": [f"{_TRAINING}-job"],
        "is-true-positive": is_present,
        "is-true-negative": False,
        "is-false-positive": not is_present,
        "is-false-negative": False,
        "is-present-in-ground-truth": is_present,
    }
