"""Mistakes of a model that locates objects, by kind and by size."""

from typing import Any

from rekog_versions.models import Thresholds
from rekog_versions.reports import BoxErrorCounts
from rekog_versions.reports.box_errors import count_box_errors
from tests.evaluation.files import boxes, evaluation

SMALL, MEDIUM, LARGE = (0, 0, 20, 20), (0, 0, 50, 50), (0, 0, 100, 100)
AT = Thresholds.fractions({}, default=0.5)


def errors(truth: Any, predictions: Any) -> Any:
    found = evaluation([boxes("image", truth, predictions)])
    assert found.snapshot is not None
    return count_box_errors(found.snapshot, AT, found.labels)


def test_objects_and_misses_are_counted_by_size() -> None:
    found = errors(
        [("cat", SMALL), ("cat", MEDIUM), ("cat", LARGE), ("dog", LARGE)],
        [("cat", 0.9, True, (1, 1, 20, 20)), ("cat", 0.2, True, MEDIUM), ("dog", 0, True, LARGE)],
    )
    assert found.sizes == (
        BoxErrorCounts(size="small", objects=1),
        BoxErrorCounts(size="medium", objects=1, missed=1),
        BoxErrorCounts(size="large", objects=2, missed=2),
    )
    assert found.total == BoxErrorCounts(size="all", objects=4, missed=3)


def test_a_found_object_counts_with_its_own_size() -> None:
    found = errors([("cat", (0, 0, 31, 31))], [("cat", 0.9, True, (0, 0, 33, 33))])
    assert found.sizes[0] == BoxErrorCounts(size="small", objects=1)


def test_wrong_boxes_have_one_kind_each() -> None:
    truth = [("cat", MEDIUM), ("dog", (200, 200, 50, 50))]
    found = errors(
        truth,
        [
            ("cat", 0.9, True, MEDIUM),
            ("cat", 0.9, False, (2, 2, 50, 50)),  # the same object again
            ("cat", 0.9, False, (200, 200, 50, 50)),  # a dog
            ("dog", 0.9, False, (225, 225, 50, 50)),  # beside the dog
            ("dog", 0.9, False, (400, 400, 50, 50)),
            ("dog", 0.4, False, (500, 400, 50, 50)),  # below the threshold
        ],
    )
    assert found.total == BoxErrorCounts(
        size="all", objects=2, missed=1, repeated=1, wrong_label=1, misplaced=1, background=1
    )


def test_labels_that_the_model_does_not_have_do_not_count() -> None:
    found = errors([("cow", LARGE), ("cat", SMALL)], [("cow", 0.9, False, LARGE), ("cat", 0.9, True, SMALL)])
    assert found.total == BoxErrorCounts(size="all", objects=1)
