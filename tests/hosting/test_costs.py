"""Prices, the costs of models and trainings, and limits."""

from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rekog_versions.hosting import CostRange, Prices, TrainingCosts, training_cost
from rekog_versions.hosting.costs import Stopwatch, hourly_cost, limit_of
from rekog_versions.models.versions import ProjectVersionDescription
from tests.hosting.clocks import TwoClocks
from tests.wire import VERSION


def version(**members: Any) -> ProjectVersionDescription:
    return ProjectVersionDescription.model_validate({"ProjectVersionArn": VERSION, **members})


def test_the_default_prices_are_the_list_prices() -> None:
    prices = Prices()
    assert prices == Prices(inference_unit_hour=4, training_hour=1, currency="USD")
    assert [str(prices.inference_unit_hour), str(prices.training_hour)] == ["4", "1"]
    with pytest.raises(FrozenInstanceError):
        prices.currency = "EUR"  # type: ignore[misc]


@pytest.mark.parametrize("written", [3.5, "3.5", Decimal("3.5")])
def test_prices_can_be_written_in_several_forms_and_are_exact(written: Any) -> None:
    assert Prices(inference_unit_hour=written).inference_unit_hour == Decimal("3.5")
    assert Prices(inference_unit_hour=0.1).hosting(3).least == Decimal("0.3")


@pytest.mark.parametrize(
    ("written", "error", "said"),
    [
        (-1, ValueError, "training_hour must be finite and 0 or more, got -1"),
        (float("nan"), ValueError, "finite"),
        ("a\x1b[2J", ValueError, r"got 'a\\x1b\[2J'"),
        (True, TypeError, "got bool"),
        (None, TypeError, "got NoneType"),
    ],
)
def test_an_invalid_price_is_rejected(written: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Prices(training_hour=written)


def test_the_cost_of_a_model_that_scales_is_a_range() -> None:
    assert Prices().hosting(2) == CostRange(Decimal(8), Decimal(8))
    assert Prices().hosting(1, 5) == CostRange(Decimal(4), Decimal(20))
    assert str(Prices(currency="EUR").hosting(1, 5)) == "4.00 to 20.00 EUR"
    assert hourly_cost(version(MinInferenceUnits=1, MaxInferenceUnits=3), Prices()) == Prices().hosting(1, 3)
    assert hourly_cost(version(), Prices()) is None


@pytest.mark.parametrize(
    ("members", "cost"),
    [
        ({"Status": "TRAINING_COMPLETED", "BillableTrainingTimeInSeconds": 5400}, Decimal(3)),
        ({"Status": "STOPPED", "BillableTrainingTimeInSeconds": 3600}, Decimal(2)),
        ({"Status": "TRAINING_COMPLETED", "BillableTrainingTimeInSeconds": 0}, Decimal(0)),
        ({"Status": "TRAINING_FAILED"}, Decimal(0)),
        ({"Status": "TRAINING_FAILED", "BillableTrainingTimeInSeconds": 3600}, Decimal(0)),
        ({"Status": "COPYING_COMPLETED", "SourceProjectVersionArn": VERSION}, Decimal(0)),
        ({"Status": "TRAINING_IN_PROGRESS"}, None),
        ({"Status": "TRAINING_COMPLETED"}, None),
        ({"BillableTrainingTimeInSeconds": 3600}, None),
    ],
)
def test_a_training_costs_its_billable_time_unless_it_failed_or_was_copied(
    members: dict[str, Any], cost: Decimal | None
) -> None:
    assert training_cost(version(**members), prices=Prices(training_hour=2)) == cost


def test_the_total_of_a_project_counts_known_costs_and_the_number_of_unknown_ones() -> None:
    costs = TrainingCosts.of(
        [
            version(Status="TRAINING_IN_PROGRESS"),
            version(Status="TRAINING_COMPLETED", BillableTrainingTimeInSeconds=1800),
            version(Status="TRAINING_FAILED"),
        ],
        Prices(),
    )
    assert (costs.total, costs.unknown) == (Decimal("0.5"), 1)
    assert [cost.cost for cost in costs.versions] == [None, Decimal("0.5"), 0]
    assert str(costs) == "0.50 USD for 2 versions, and 1 of unknown cost"


@given(seconds=st.integers(0, 10**6), least=st.integers(1, 5), more=st.integers(0, 5))
def test_a_cost_limit_is_reached_when_that_amount_was_spent(seconds: int, least: int, more: int) -> None:
    hourly = Prices().hosting(least, least + more)
    spent = hourly.times(Decimal(seconds + 1) / 3600).most
    assert limit_of(None, spent, hourly).seconds == pytest.approx(seconds + 1)


def test_the_limit_that_is_reached_first_counts() -> None:
    hourly = Prices().hosting(1)
    assert limit_of(2, 4, hourly).seconds == 3600
    assert limit_of(0.5, 4, hourly).reason == "max_hours=0.5"
    assert "max_cost=4" in limit_of(2, 4, hourly).reason
    assert "4.00 USD an hour" in limit_of(2, 4, hourly).reason
    assert limit_of(None, 4, Prices(inference_unit_hour=0).hosting(1)).seconds == float("inf")


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"max_hours": 0}, ValueError),
        ({"max_hours": float("inf")}, ValueError),
        ({"max_hours": 10**400}, ValueError),
        ({"max_hours": "2"}, TypeError),
        ({"max_hours": True}, TypeError),
        ({"max_cost": 0}, ValueError),
        ({"max_cost": -1}, ValueError),
        ({"max_cost": []}, TypeError),
    ],
)
def test_an_invalid_limit_is_rejected(limits: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(limits))):
        limit_of(limits.get("max_hours"), limits.get("max_cost"), Prices().hosting(1))


@pytest.mark.parametrize(
    "cost", [10**400, 10**5000, "1e400", "1e9999999"], ids=["int", "very long int", "str", "long str"]
)
def test_a_huge_cost_limit_is_never_reached(cost: Any) -> None:
    assert limit_of(None, cost, Prices().hosting(1)).seconds == float("inf")


def test_a_stopwatch_uses_the_clock_that_advanced_further() -> None:
    clocks = TwoClocks()
    stopwatch = Stopwatch(clocks.clock, clocks.now)
    clocks.monotonic, clocks.wall = 100, 90
    assert stopwatch.seconds == 100
    clocks.wall = 7200  # the laptop slept, and the monotonic clock stood still
    assert stopwatch.cost(Prices().hosting(1)) == CostRange(Decimal(8), Decimal(8))
    clocks.wall = -50  # the wall clock was set back
    assert stopwatch.seconds == 100
    stopwatch.stop()
    clocks.monotonic = 10**6
    assert stopwatch.seconds == 100
