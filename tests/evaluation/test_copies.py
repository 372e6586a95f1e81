"""Evaluations are equal to their copies, and misspelt labels in thresholds are rejected."""

import copy
import pickle

import pytest

from rekog_versions.evaluation import Evaluation
from rekog_versions.models import Thresholds
from tests.evaluation.samples import files

LABELS = ("circle", "square")


def read(*, located: bool = False, name: str = "v1") -> Evaluation:
    return Evaluation.from_files(*files(LABELS, located=located, name=name))


@pytest.mark.parametrize("located", [False, True])
def test_an_evaluation_equals_its_copies_and_a_second_reading(located: bool) -> None:
    evaluation = read(located=located)
    evaluation.recompute()  # which caches values
    copies = (copy.copy(evaluation), copy.deepcopy(evaluation), pickle.loads(pickle.dumps(evaluation)))
    for same in (*copies, read(located=located)):
        assert same == evaluation
        assert hash(same) == hash(evaluation)
        assert same.snapshot == evaluation.snapshot
    assert read(located=located, name="other") != evaluation
    assert Evaluation.from_files(files(LABELS, located=located)[0]) != evaluation


def test_a_threshold_for_a_label_that_the_model_does_not_have_is_rejected() -> None:
    evaluation = read()
    misspelt = Thresholds.fractions({"cirlce": 0.9, "square": 0.5})
    with pytest.raises(ValueError, match=r"got 'cirlce'\. Did you mean 'circle'\? The labels are: 'circle', 'square'"):
        evaluation.recompute(misspelt)
    for method in ("worst_images", "most_confused", "confusion_matrix_at"):
        with pytest.raises(ValueError, match="Did you mean 'circle'"):
            getattr(evaluation, method)(misspelt)
    with pytest.raises(ValueError, match="Did you mean 'circle'"):
        list(evaluation.predictions(misspelt))
    with pytest.raises(ValueError, match=r"got 'x'\. The labels are"):
        evaluation.recompute(Thresholds.fractions({"x": 0.5}))
    assert evaluation.recompute(Thresholds.fractions({"circle": 0.9})).labels["circle"].threshold == 0.9
