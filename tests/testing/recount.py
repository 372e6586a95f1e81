"""Computes the training summary from the text of the snapshot alone, with exact fractions."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

TRUTH, SEEN = "rekognition-custom-labels-training-", "rekognition-custom-labels-evaluation"
FLAGS = ("is-true-positive", "is-true-negative", "is-false-positive", "is-false-negative")


@dataclass
class Seen:
    """A prediction in the snapshot."""

    image: int
    label: str
    confidence: float
    is_present: bool
    flags: tuple[bool, ...]
    box: Mapping[str, float] | None = None


@dataclass
class Label:
    """The numbers of one label."""

    threshold: float
    images: int
    precision: Fraction
    recall: Fraction
    f1: Fraction
    average_precision: Fraction
    full_recall: Fraction


def entries(text: str) -> list[dict[str, Any]]:
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def truth_of(entry: Mapping[str, Any]) -> list[tuple[str, Mapping[str, float] | None]]:
    """Return the labels of a line with their boxes."""
    shown: list[tuple[str, Mapping[str, float] | None]] = []
    for name, value in entry.items():
        if not name.startswith(TRUTH) or name.endswith("-metadata"):
            continue
        metadata = entry[f"{name}-metadata"]
        assert metadata["human-annotated"] == "yes"
        if isinstance(value, dict):
            boxes = value["annotations"]
            assert len(metadata["objects"]) == len(boxes)
            shown += [(metadata["class-map"][str(box["class_id"])], box) for box in boxes]
        else:
            shown.append((metadata["class-name"], None))
    return shown


def seen_in(image: int, entry: Mapping[str, Any]) -> Iterator[Seen]:
    for name, value in entry.items():
        if not name.startswith(SEEN) or name.endswith("-metadata"):
            continue
        metadata = entry[f"{name}-metadata"]
        assert metadata["human-annotated"] == "no"
        if not isinstance(value, dict):
            yield _seen(image, metadata["class-name"], metadata, None)
            continue
        assert name == SEEN
        for box, one in zip(value["annotations"], metadata["objects"], strict=True):
            yield _seen(image, metadata["class-map"][str(box["class_id"])], one, box)


def _seen(image: int, label: str, described: Mapping[str, Any], box: Mapping[str, float] | None) -> Seen:
    details = described[f"{SEEN}-details"]
    assert details["version"] == 1
    assert details["ground-truth-labelling-jobs"] == ["rekognition-custom-labels-training-job"]
    flags = tuple(details[flag] for flag in FLAGS)
    assert sum(flags) == 1
    return Seen(image, label, described["confidence"], details["is-present-in-ground-truth"], flags, box)


def overlap(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    sides: list[float] = []
    for start, length in (("left", "width"), ("top", "height")):
        near = max(one[start], other[start])
        far = min(one[start] + one[length], other[start] + other[length])
        sides.append(max(0, far - near))
    shared = sides[0] * sides[1]
    return shared / (one["width"] * one["height"] + other["width"] * other["height"] - shared)


def check_presence(predictions: Sequence[Seen], shown: Sequence[tuple[str, Mapping[str, float] | None]]) -> None:
    """Return whether `is-present-in-ground-truth` agrees with the labels, or with the overlap of the boxes."""
    left = list(shown)
    for seen in sorted(predictions, key=lambda seen: -seen.confidence):
        hit: tuple[str, Mapping[str, float] | None] | None
        if seen.box is None:
            hit = (seen.label, None) if (seen.label, None) in left else None
        else:
            rivals = [(overlap(seen.box, box), (label, box)) for label, box in left if label == seen.label and box]
            best = max(rivals, key=lambda rival: rival[0], default=(0.0, None))
            hit = best[1] if best[0] >= 0.5 else None
        assert seen.is_present == (hit is not None)
        if hit is not None:
            left.remove(hit)
    known = {seen.label for seen in predictions}
    assert not [label for label, _ in left if label in known], "something that is there has no prediction"


def recount_label(predictions: Sequence[Seen], positives: int, images: int) -> Label:
    best = Label(1.0, images, Fraction(0), Fraction(0), Fraction(0), Fraction(0), Fraction(0))
    area = Fraction(0)
    last_recall = Fraction(0)
    for threshold in sorted({seen.confidence for seen in predictions if seen.confidence > 0}, reverse=True):
        above = [seen for seen in predictions if seen.confidence >= threshold]
        hits = sum(seen.is_present for seen in above)
        precision, recall = Fraction(hits, len(above)), Fraction(hits, positives)
        f1 = 2 * precision * recall / (precision + recall) if hits else Fraction(0)
        area += (recall - last_recall) * precision
        last_recall = recall
        if f1 > best.f1:
            best = Label(threshold, images, precision, recall, f1, area, recall)
    best.average_precision, best.full_recall = area, last_recall
    return best


def recount(text: str) -> dict[str, Any]:
    """Return the summary that belongs to a snapshot, without members that the snapshot does not determine."""
    lines = entries(text)
    shown = [truth_of(entry) for entry in lines]
    predictions = [list(seen_in(image, entry)) for image, entry in enumerate(lines)]
    by_label: dict[str, list[Seen]] = defaultdict(list)
    for seen, truth in zip(predictions, shown, strict=True):
        check_presence(seen, truth)
        for one in seen:
            by_label[one.label].append(one)
    results: dict[str, Label] = {}
    for label, of_label in by_label.items():
        positives = sum(name == label for truth in shown for name, _ in truth)
        images = sum(any(name == label for name, _ in truth) for truth in shown)
        assert positives == sum(seen.is_present for seen in of_label)
        results[label] = recount_label(of_label, positives, images)
        for one in of_label:
            is_above = one.confidence >= results[label].threshold
            assert one.flags == (
                is_above and one.is_present,
                not is_above and not one.is_present,
                is_above and not one.is_present,
                not is_above and one.is_present,
            )
    located = any(f"{SEEN}-metadata" in entry for entry in lines)
    aggregated: dict[str, Any] = {
        name: _mean([getattr(result, value) for result in results.values()])
        for name, value in (("Precision", "precision"), ("Recall", "recall"), ("F1Score", "f1"))
    }
    if located:
        aggregated["AveragePrecision"] = _mean([result.average_precision for result in results.values()])
        aggregated["AverageRecall"] = _mean([result.full_recall for result in results.values()])
    else:
        aggregated["ConfusionMatrix"] = {
            (real, predicted): Fraction(
                sum(
                    any(name == real for name, _ in truth)
                    and any(one.label == predicted and one.confidence >= results[predicted].threshold for one in seen)
                    for truth, seen in zip(shown, predictions, strict=True)
                ),
                results[real].images,
            )
            for real in results
            for predicted in results
        }
    return {"images": len(lines), "labels": results, "aggregated": aggregated}


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values) if values else Fraction(0)


def differences(summary: Mapping[str, Any], recounted: Mapping[str, Any]) -> list[str]:
    """Return the differences between a summary and the computed one that are over 1e-9."""
    found: list[str] = []

    def compare(name: str, said: float, counted: Fraction | float) -> None:
        if not abs(said - float(counted)) <= 1e-9:
            found.append(f"{name}: {said}, recounted {float(counted)}")

    details, aggregated = summary["EvaluationDetails"], dict(summary["AggregatedEvaluationResults"])
    results: Mapping[str, Label] = recounted["labels"]
    compare("images", details["NumberOfTestingImages"], recounted["images"])
    if details["Labels"] != sorted(results):
        found.append(f"labels: {details['Labels']}")
    said = {result["Label"]: result for result in summary["LabelEvaluationResults"]}
    if said.keys() != results.keys() or len(said) != len(summary["LabelEvaluationResults"]):
        found.append(f"evaluated labels: {sorted(said)}")
        return found
    for label, result in results.items():
        metrics = said[label]["Metrics"]
        compare(f"{label}: images", said[label]["NumberOfTestingImages"], result.images)
        compare(f"{label}: threshold", metrics["Threshold"], result.threshold)
        compare(f"{label}: precision", metrics["Precision"], result.precision)
        compare(f"{label}: recall", metrics["Recall"], result.recall)
        compare(f"{label}: F1", metrics["F1Score"], result.f1)
    counted = dict(recounted["aggregated"])
    if "ConfusionMatrix" in counted:
        matrix = {
            (cell["GroundTruthLabel"], cell["PredictedLabel"]): cell["Value"]
            for cell in aggregated.pop("ConfusionMatrix")
        }
        cells = counted.pop("ConfusionMatrix")
        if matrix.keys() != cells.keys():
            found.append(f"confusion matrix: {sorted(matrix)}")
        for pair in matrix.keys() & cells.keys():
            compare(f"confusion {pair}", matrix[pair], cells[pair])
    if aggregated.keys() != counted.keys():
        found.append(f"aggregate: {sorted(aggregated)}")
    for name in aggregated.keys() & counted.keys():
        compare(name, aggregated[name], counted[name])
    return found
