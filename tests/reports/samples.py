"""Evaluations with their manifests and images, as realistic as a simulation can be, for the tests of reports.

    python -m tests.reports.samples FOLDER

writes the reports of some models to a folder, to be looked at.
"""

import io
import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from rekog_versions.evaluation import Evaluation, Gates
from rekog_versions.manifests.lines import UseCase
from rekog_versions.reports import Report, report_from_files
from rekog_versions.testing.settings import Quality
from rekog_versions.testing.training.predictions import predict
from rekog_versions.testing.training.read_manifests import LabelledImages, ParsedManifest, parse_lines
from rekog_versions.testing.training.result_files import Trial, snapshot, summary_document
from tests.evaluation.samples import ARN, ENDED
from tests.testing.emulator import line

SIZE = (640, 480)
_WORDS = (
    *("red", "green", "blue", "small", "large", "old", "new", "broken", "wet", "dark", "striped", "round", "flat"),
    *("bent", "rusty", "clean", "dirty", "open", "closed", "cracked"),
)
_THINGS = (
    "screw",
    "bolt",
    "washer",
    "nut",
    "gear",
    "spring",
    "valve",
    "pipe",
    "cable",
    "switch",
    "sensor",
    "lamp",
    "fan",
)


def names(count: int) -> Sequence[str]:
    """Return names of labels as people choose them."""
    every = [f"{word} {thing}" for thing in _THINGS for word in _WORDS]
    return Random(3).sample(every, count)


def located_line(number: int, labels: Sequence[str], random: Random) -> dict[str, Any]:
    """Return a line of a manifest with a box of some size for each label."""
    kinds = sorted(set(labels))
    boxes = []
    for label in labels:
        side = random.choice((24, 40, 80, 160))
        width, height = round(side * random.uniform(0.8, 1.6)), side
        place = {"left": random.randrange(SIZE[0] - width), "top": random.randrange(SIZE[1] - height)}
        boxes.append({"class_id": kinds.index(label), "width": width, "height": height, **place})
    return {
        "source-ref": f"s3://factory-images/line-3/{number:05}.jpg",
        "boxes": {"image_size": [{"width": SIZE[0], "height": SIZE[1], "depth": 3}], "annotations": boxes},
        "boxes-metadata": {
            "objects": [{"confidence": 1} for _ in labels],
            "class-map": {str(index): name for index, name in enumerate(kinds)},
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-01-02T03:04:05.000Z",
        },
    }


def manifest(labels: Sequence[str], images: int, *, located: bool, first: int = 0, seed: str = "") -> bytes:
    """Return a manifest in which some labels are much rarer than others."""
    random = Random(f"{seed}{first}")
    weights = [random.choice((1, 3, 4, 5)) for _ in labels]
    lines = []
    for number in range(first, first + images):
        shown = random.choices(labels, weights, k=random.choice((1, 2, 3)) if located else 1)
        if not located and random.random() < 0.1:
            shown.append(random.choice(labels))
        made = located_line(number, shown, random) if located else line(number, *dict.fromkeys(shown))
        lines.append(json.dumps(made))
    return "\n".join(lines).encode()


@cache
def evaluation(
    labels: tuple[str, ...], images: int, *, located: bool = False, name: str = "v2", f1: float = 0.85
) -> Evaluation:
    """Return the evaluation of a simulated model, whose labels are found more or less well."""
    made = manifest(labels, images, located=located, seed="test")
    use_case = UseCase.OBJECT_LOCALIZATION if located else UseCase.IMAGE_LEVEL_LABELS
    dataset = LabelledImages.of(use_case, ParsedManifest.of(parse_lines(made)))
    random = Random(f"{name}{f1}")
    worst = {label: max(0.2, min(1.0, random.gauss(f1, 0.12))) for label in labels}
    trial = Trial(dataset, dataset, predict(dataset, dataset.labels, Quality(f1=f1, labels=worst), name))
    score = trial.score()
    summary = summary_document(trial, score, version_arn=ARN.format(name), ended_at=ENDED)
    return Evaluation.from_files(summary, snapshot(trial, score, ENDED))


def picture(source_ref: str) -> bytes:
    """Return an image for a URI: shapes on a background."""
    random = Random(source_ref)
    image = Image.new("RGB", SIZE, tuple(random.randrange(120, 230) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y, size = random.randrange(SIZE[0]), random.randrange(SIZE[1]), random.randrange(20, 160)
        draw.ellipse((x, y, x + size, y + size), fill=tuple(random.randrange(256) for _ in range(3)))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=80)
    return written.getvalue()


def report(count: int, tested: int, *, located: bool = False, baseline: bool = True, **options: Any) -> Report:
    """Return the report of a simulated model with a number of labels."""
    labels = tuple(names(count))
    return report_from_files(
        evaluation(labels, tested, located=located),
        training=manifest(
            labels, 4 * tested, located=located, first=tested - 3 if count == 20 else tested, seed="training"
        ),
        baseline=evaluation(labels, tested, located=located, name="v1", f1=0.8) if baseline else None,
        **{"images": picture, "gates": Gates(min_f1=0.8, max_label_drop=0.2), **options},
    )


SAMPLES: dict[str, Any] = {
    "2": {"count": 2, "tested": 60},
    "20": {"count": 20, "tested": 900},
    "250": {"count": 250, "tested": 6000},
    "objects": {"count": 8, "tested": 300, "located": True},
    "objects250": {"count": 250, "tested": 6000, "located": True},
}


def write_samples(folder: Path) -> None:
    """Write the reports of all samples."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, options in SAMPLES.items():
        path = report(**options).write_html(folder / f"{name}.html")
        sys.stdout.write(f"{path} {path.stat().st_size:,}\n")


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]))
