"""`advise_units()`: decisions without calls."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rekog_versions.hosting import Prices, advise_units


def test_units_buy_time_and_not_money() -> None:
    advice = advise_units(5, 100_000, start_minutes=0)
    assert [round(option.hours, 2) for option in advice] == [5.56, 2.78, 1.85, 1.39, 1.11]
    assert {round(option.cost, 1) for option in advice} == {Decimal("22.2")}
    assert advice.units == 1


def test_the_fewest_units_that_keep_the_deadline_are_advised() -> None:
    advice = advise_units(5, 100_000, deadline=2)
    assert advice.units == 4, "with a start of 15 minutes"
    assert [option.fits for option in advice] == [False, False, False, True, True]
    assert advise_units(5, 100_000, deadline=timedelta(hours=2)) == advice
    assert str(advice).splitlines()[3] == "4 units: 20.0 images a second, 1 h 38 min, 26.22 USD (advised)"


def test_no_number_of_units_may_fit() -> None:
    assert not advise_units(5, 100_000, deadline=0.5)
    assert not advise_units(5, 100_000, budget=20)
    assert advise_units(5, 100_000, budget="24").units == 1


def test_more_units_than_the_account_may_call_gain_nothing() -> None:
    advice = advise_units(20, 100_000, start_minutes=0)
    assert [option.rate for option in advice] == [20, 40, 50, 50, 50]
    assert advice.options[4].cost > advice.options[1].cost


def test_prices_can_be_replaced() -> None:
    advice = advise_units(1, 3600, start_minutes=0, prices=Prices(inference_unit_hour=10, currency="EUR"))
    assert (advice.options[0].cost, advice.currency) == (Decimal(10), "EUR")


@given(st.floats(0.01, 100), st.integers(0, 10**7), st.floats(0, 60))
def test_more_units_never_take_longer_or_cost_less(rate: float, images: int, start: float) -> None:
    options = advise_units(rate, images, start_minutes=start).options
    for fewer, more in pairwise(options):
        assert more.hours <= fewer.hours
        assert more.cost >= fewer.cost * Decimal("0.999999")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rate_per_unit": 0}, ValueError, "rate_per_unit must be a number a second above 0, got 0"),
        ({"images": -1}, ValueError, "images must be a number of images, 0 or more, got -1"),
        ({"deadline": 0}, ValueError, "deadline must be above 0"),
        ({"deadline": "2"}, TypeError, "deadline must be a number of hours or a timedelta"),
        ({"budget": -1}, ValueError, "budget must be finite and 0 or more"),
        ({"max_units": 0}, ValueError, "max_units must be an integer of at least 1, got 0"),
        ({"start_minutes": float("nan")}, ValueError, "start_minutes must be a number of minutes"),
        ({"account_rate": None}, ValueError, "account_rate must be a number a second above 0, got None"),
        ({"prices": 4}, TypeError, "prices must be Prices"),
    ],
)
def test_other_values_are_rejected(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        advise_units(**{"rate_per_unit": 5, "images": 100, **arguments})
