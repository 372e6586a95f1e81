"""The number of inference units for a deadline or a budget. No I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TypedDict, cast

from rekog_versions._json import JsonResult, is_number
from rekog_versions._text import duration, shown
from rekog_versions.hosting.costs import LIST_PRICES, Amount, Prices, check_prices, hours_limit, hours_of, parse_amount

MOST_UNITS = 5
"""The service's default quota for the inference units of a model."""
_HOUR = 3600
_MOST_IMAGES = 10**12


@dataclass(frozen=True, slots=True)
class UnitsOption(JsonResult):
    """The time and cost of a detection in bulk with a number of inference units.

    Attributes:
        units: The inference units.
        rate: The images a second.
        hours: The hours from the start of the model until its stop.
        cost: The cost of these hours.
        fits: True if the deadline and the budget are kept.
    """

    units: int
    rate: float
    hours: float
    cost: Decimal
    fits: bool


@dataclass(frozen=True, slots=True)
class UnitsAdvice(JsonResult):
    """The options, one for each number of inference units, and the advised one. Its truth value is that one fits.

    Attributes:
        options: The options, the fewest units first.
        units: The advised number: the fewest units that fit; None if none fit.
        currency: The currency of the costs.
    """

    options: Sequence[UnitsOption]
    units: int | None
    currency: str

    def __iter__(self) -> Iterator[UnitsOption]:
        return iter(self.options)

    def __bool__(self) -> bool:
        return self.units is not None

    def __str__(self) -> str:
        lines = (
            f"{option.units} {'unit' if option.units == 1 else 'units'}: {option.rate:.1f} images a second, "
            f"{duration(option.hours * _HOUR)}, {option.cost:.2f} {self.currency}"
            f"{' (advised)' if option.units == self.units else '' if option.fits else ' (does not fit)'}"
            for option in self.options
        )
        return "\n".join(lines)


class AdviceOptions(TypedDict, total=False):
    """The options of `advise_units()`."""

    deadline: float | timedelta | None
    budget: Amount | None
    max_units: int
    account_rate: float
    start_minutes: float
    prices: Prices


def advise_units(
    rate_per_unit: float,
    images: int,
    *,
    deadline: float | timedelta | None = None,
    budget: Amount | None = None,
    max_units: int = MOST_UNITS,
    account_rate: float = 50.0,
    start_minutes: float = 15.0,
    prices: Prices = LIST_PRICES,
) -> UnitsAdvice:
    """Compare the time and cost of a detection in bulk by the number of inference units.

    Units buy time and not money: twice the units take half the time at the same cost. Two things limit that. The
    start is billed for each unit, and an account makes 50 calls a second. Without a deadline, one unit is advised.

    Args:
        rate_per_unit: The images a second of one unit, from `measure_capacity()` or an earlier run.
        images: The number of images.
        deadline: The hours, or the time, until the end, with the start of the model.
        budget: The most that it may cost.
        max_units: The quota of units for a model.
        account_rate: The calls a second of the account.
        start_minutes: How long the model takes to start, which is billed.
        prices: The price list.

    Raises:
        ValueError: A number is out of range.
        TypeError: A value has the wrong type.
    """
    _check_number("rate_per_unit", rate_per_unit)
    _check_number("account_rate", account_rate)
    check_prices(prices)
    if not is_number(images, _MOST_IMAGES) or images < 0:
        raise ValueError(f"images must be a number of images, 0 or more, got {shown(images)}")
    if not is_number(start_minutes) or start_minutes < 0:
        raise ValueError(f"start_minutes must be a number of minutes, 0 or more, got {shown(start_minutes)}")
    if not isinstance(cast("object", max_units), int) or max_units < 1:
        raise ValueError(f"max_units must be an integer of at least 1, got {shown(max_units)}")
    most_hours = None if deadline is None else hours_limit(deadline, "deadline")
    most_cost = None if budget is None else parse_amount(budget, "budget")
    options: list[UnitsOption] = []
    for units in range(1, max_units + 1):
        rate = min(rate_per_unit * units, account_rate)
        seconds = images / rate + start_minutes * 60
        cost = prices.hosting(units).times(hours_of(seconds)).most
        hours = seconds / _HOUR
        fits = (most_hours is None or hours <= most_hours) and (most_cost is None or cost <= most_cost)
        options.append(UnitsOption(units, rate, hours, cost, fits))
    return UnitsAdvice(tuple(options), next((option.units for option in options if option.fits), None), prices.currency)


def _check_number(name: str, value: object) -> None:
    if not is_number(value) or value <= 0:
        raise ValueError(f"{name} must be a number a second above 0, got {shown(value)}")
