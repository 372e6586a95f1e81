"""The plot of running hours by day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rekog_versions.hosting import HostedDay, HostedModel, HostingCosts
from rekog_versions.hosting.plots import plot_hosting_hours

SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC)


def model(name: str, *hours: int) -> HostedModel:
    days = (HostedDay(date(2026, 3, day), count, count, Decimal(4 * count)) for day, count in enumerate(hours, 1))
    return HostedModel("pets", name, "us-east-1", tuple(day for day in days if day.hours))


def costs(*models: HostedModel) -> HostingCosts:
    return HostingCosts(models, SINCE, UNTIL, (), ("a gap",), "USD")


def test_the_bars_of_a_day_add_up_to_its_hours() -> None:
    axes = plot_hosting_hours(costs(*(model(f"v{number}", 24, 0, number) for number in range(6))))
    tops: dict[float, float] = {}
    for bar in axes.patches:
        middle = bar.get_x() + bar.get_width() / 2  # type: ignore[attr-defined]
        tops[round(middle)] = max(tops.get(round(middle), 0), bar.get_y() + bar.get_height())  # type: ignore[attr-defined]
    assert tops == {0: 144, 1: 0, 2: 15, 3: 0, 4: 0}
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [*(f"pets/v{number}" for number in range(4)), "2 others"]


def test_a_time_without_models_says_so() -> None:
    axes = plot_hosting_hours(costs())
    assert "No model ran in this time" in [text.get_text() for text in axes.texts]


def test_other_values_are_rejected() -> None:
    with pytest.raises(TypeError, match="costs must be a HostingCosts, got int"):
        plot_hosting_hours(5)  # type: ignore[arg-type]
