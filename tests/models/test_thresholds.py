"""Thresholds have an explicit unit and keep it in documents and copies."""

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rekog_versions.models import ConfidenceUnit, Thresholds

fractions = st.dictionaries(st.text(max_size=20), st.floats(0, 1), max_size=5)


def test_both_units_give_the_same_thresholds() -> None:
    one, other = Thresholds.fractions({"cat": 0.625}, default=0.5), Thresholds.percents({"cat": 62.5}, default=50)
    for label in ("cat", "anything else"):
        assert one.fraction(label) == other.fraction(label)
        assert one.percent(label) == other.percent(label)
    assert (one.percent("cat"), one.percent("dog")) == (62.5, 50)
    assert (other.fraction("cat"), other.fraction("dog")) == (0.625, 0.5)


def test_other_labels_have_no_threshold_without_a_default() -> None:
    for thresholds in (Thresholds.fractions({"cat": 1}), Thresholds.percents({"cat": 100})):
        assert thresholds.fraction("dog") is None
        assert thresholds.percent("dog") is None
        assert thresholds.percent("cat") == 100


@pytest.mark.parametrize(
    ("labels", "options", "error", "says"),
    [
        ({"cat": 0.5}, {"unit": "share"}, ValueError, r"'fraction' \(0 to 1\) or 'percent' \(0 to 100\), got 'share'"),
        (
            {"cat": 62},
            {"unit": "fraction"},
            ValueError,
            r"'cat' must be from 0 to 1.*got 62\. .* Thresholds.percents",
        ),
        ({"cat\x1b": 101}, {"unit": "percent"}, ValueError, r"'cat\\x1b' must be from 0 to 100.*got 101"),
        ({"cat": float("nan")}, {"unit": "percent"}, ValueError, "got nan"),
        ({"cat": -0.1}, {"unit": "fraction"}, ValueError, "from 0 to 1"),
        ({}, {"unit": "fraction", "default": 2}, ValueError, "default must be from 0 to 1"),
        ({"cat": True}, {"unit": "fraction"}, TypeError, "a number from 0 to 1, got bool"),
        ({"cat": "0.5"}, {"unit": "fraction"}, TypeError, "got str"),
        ({7: 0.5}, {"unit": "fraction"}, TypeError, "labels must have strings as keys, got int"),
    ],
)
def test_invalid_thresholds_are_rejected(
    labels: Any, options: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        Thresholds(labels, **options)


@given(labels=fractions, default=st.none() | st.floats(0, 1), is_percent=st.booleans())
def test_thresholds_survive_json_pickle_and_copies(
    labels: dict[str, float], default: float | None, *, is_percent: bool
) -> None:
    thresholds = Thresholds(
        labels, unit=ConfidenceUnit.PERCENT if is_percent else ConfidenceUnit.FRACTION, default=default
    )
    again = [
        Thresholds.from_json(thresholds.to_json()),
        Thresholds.from_dict(thresholds.to_dict()),
        pickle.loads(pickle.dumps(thresholds)),
        copy.deepcopy(thresholds),
    ]
    assert again == [thresholds] * 4
    assert {hash(one) for one in again} == {hash(thresholds)}
    assert json.loads(thresholds.to_json())["unit"] == ("percent" if is_percent else "fraction")


def test_equal_numbers_in_different_units_are_different() -> None:
    assert Thresholds.fractions({"cat": 1}) != Thresholds.percents({"cat": 1})


def test_thresholds_do_not_share_data_with_their_arguments() -> None:
    labels = {"cat": 0.5}
    thresholds = Thresholds.fractions(labels)
    labels["cat"] = 0.9
    assert thresholds.fraction("cat") == 0.5
    with pytest.raises(TypeError):
        thresholds.labels["cat"] = 0.9  # type: ignore[index]


@pytest.mark.parametrize(
    "document",
    [
        "[]",
        "{",
        '{"labels": {}}',
        '{"unit": "percent"}',
        '{"unit": "percent", "labels": [], "default": 1}',
        '{"unit": "percent", "labels": {}, "threshold": 1}',
        '{"unit": "%", "labels": {}}',
    ],
)
def test_an_invalid_document_is_rejected(document: str) -> None:
    with pytest.raises(ValueError, match=r"thresholds must be|unit must be|Expecting"):
        Thresholds.from_json(document)


@pytest.mark.parametrize("arguments", [({"cat": 0.5},), ()])
def test_thresholds_without_a_unit_name_the_two_ways_to_give_it(arguments: tuple[Any, ...]) -> None:
    incomplete: Any = Thresholds
    with pytest.raises(TypeError, match=r"use Thresholds\.fractions\(.*or Thresholds\.percents\("):
        incomplete(*arguments)


@pytest.mark.parametrize(
    "document",
    [
        '{"unit": "fraction", "labels": {"a": ' + "9" * 400 + "}}",
        '{"unit": "fraction", "labels": {"a": ' + "9" * 5000 + "}}",
        '{"unit": "percent", "labels": {}, "default": -' + "9" * 400 + "}",
        "[" * 100_000,
        '{"unit": "percent", "labels": ' + '{"a": ' * 100_000,
    ],
    ids=["400 digits", "5,000 digits", "default", "lists", "objects"],
)
def test_numbers_and_nesting_beyond_all_limits_are_value_errors(document: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        Thresholds.from_json(document)
    assert len(str(caught.value)) < 400
