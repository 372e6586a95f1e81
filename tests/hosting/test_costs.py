from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekog_versions.hosting import CostRange, Prices, TrainingCosts, training_cost
from rekog_versions.hosting.costs import hosting_an_hour
from rekog_versions.hosting.limits import Meter, cost_so_far, limit_of
from rekog_versions.models.versions import ProjectVersionDescription
from tests.hosting.clocks import TwoClocks
from tests.wire import VERSION


def version(**members: Any) -> ProjectVersionDescription:
    return ProjectVersionDescription.model_validate({"ProjectVersionArn": VERSION, **members})


def test_the_list_prices() -> None:
    prices = Prices()
    assert prices == Prices(inference_unit_hour=4, training_hour=1, currency="USD")
    assert [str(prices.inference_unit_hour), str(prices.training_hour)] == ["4", "1"]
    with pytest.raises(FrozenInstanceError):
        prices.currency = "EUR"  # type: ignore[misc]


@pytest.mark.parametrize("written", [3.5, "3.5", Decimal("3.5")])
def test_prices_are_written_in_any_form_and_kept_exactly(written: Any) -> None:
    assert Prices(inference_unit_hour=written).inference_unit_hour == Decimal("3.5")
    assert Prices(inference_unit_hour=0.1).hosting(3).least == Decimal("0.3")


@pytest.mark.parametrize(
    ("written", "error", "said"),
    [
        (-1, ValueError, "training_hour must be 0 or more"),
        (float("nan"), ValueError, "finite"),
        ("a\x1b[2J", ValueError, r"got 'a\\x1b\[2J'"),
        (True, TypeError, "not a bool"),
        (None, TypeError, "not a NoneType"),
    ],
)
def test_a_price_that_is_none_is_refused(written: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Prices(training_hour=written)


def test_a_model_that_scales_costs_something_between_its_units() -> None:
    assert Prices().hosting(2) == CostRange(Decimal(8), Decimal(8))
    assert Prices().hosting(1, 5) == CostRange(Decimal(4), Decimal(20))
    assert str(Prices(currency="EUR").hosting(1, 5)) == "4.00 to 20.00 EUR"
    assert hosting_an_hour(version(MinInferenceUnits=1, MaxInferenceUnits=3), Prices()) == Prices().hosting(1, 3)
    assert hosting_an_hour(version(), Prices()) is None


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
def test_what_a_training_cost(members: dict[str, Any], cost: Decimal | None) -> None:
    assert training_cost(version(**members), prices=Prices(training_hour=2)) == cost


def test_a_project_adds_up_what_is_known_and_counts_what_is_not() -> None:
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
    assert str(costs) == "0.50 USD for 2 versions, and 1 of which it is not known"


@given(seconds=st.integers(0, 10**6), least=st.integers(1, 5), more=st.integers(0, 5))
def test_what_has_been_spent_when_a_cost_limit_is_reached_is_the_limit(seconds: int, least: int, more: int) -> None:
    an_hour = Prices().hosting(least, least + more)
    spent = an_hour.times(Decimal(seconds + 1) / 3600).most
    assert limit_of(None, spent, an_hour).seconds == pytest.approx(seconds + 1)


def test_of_two_limits_the_first_one_counts() -> None:
    an_hour = Prices().hosting(1)
    assert limit_of(2, 4, an_hour).seconds == 3600
    assert limit_of(0.5, 4, an_hour).reason == "max_hours=0.5"
    assert "max_cost=4" in limit_of(2, 4, an_hour).reason
    assert "4.00 USD an hour" in limit_of(2, 4, an_hour).reason
    assert limit_of(None, 4, Prices(inference_unit_hour=0).hosting(1)).seconds == float("inf")


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"max_hours": 0}, ValueError),
        ({"max_hours": float("inf")}, ValueError),
        ({"max_hours": "2"}, TypeError),
        ({"max_hours": True}, TypeError),
        ({"max_cost": 0}, ValueError),
        ({"max_cost": -1}, ValueError),
        ({"max_cost": []}, TypeError),
    ],
)
def test_a_limit_that_is_none_is_refused(limits: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(limits))):
        limit_of(limits.get("max_hours"), limits.get("max_cost"), Prices().hosting(1))


def test_a_meter_goes_by_the_clock_by_which_more_time_has_passed() -> None:
    clocks = TwoClocks()
    meter = Meter(clocks.clock, clocks.now)
    clocks.monotonic, clocks.wall = 100, 90
    assert meter.seconds == 100
    clocks.wall = 7200  # the laptop slept, and the monotonic clock with it
    assert cost_so_far(meter, Prices().hosting(1)) == CostRange(Decimal(8), Decimal(8))
    clocks.wall = -50  # somebody set the clock back
    assert meter.seconds == 100
    meter.end()
    clocks.monotonic = 10**6
    assert meter.seconds == 100
