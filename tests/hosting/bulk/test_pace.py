"""The rate of calls: decisions without calls, and their effect on a simulated service."""

import pytest
from hypothesis import given, strategies as st

from rekog_versions.hosting.bulk.pace import SLOWEST_RATE, CallResult, Pace
from tests.hosting.bulk.simulation import Simulation

PROCESSED, BUSY, THROTTLED, FAILED = (
    CallResult.PROCESSED,
    CallResult.MODEL_BUSY,
    CallResult.ACCOUNT_BUSY,
    CallResult.FAILED,
)


def after(pace: Pace, *results: CallResult, seconds: float = 1.0) -> Pace:
    """The pace after results that arrive within some seconds."""
    began = pace.began
    for number, result in enumerate(results, 1):
        pace = pace.after(result, began + seconds * number / len(results))
    return pace


def test_the_rate_grows_until_the_model_is_busy_and_then_by_small_steps() -> None:
    probing = after(Pace.start(50, 0.0, first=10.0), *[PROCESSED] * 10)
    assert (probing.model, probing.is_probing) == (15.0, True)
    busy = after(probing, *[PROCESSED] * 12, *[BUSY] * 4)
    assert busy.model == pytest.approx(15 * (1 - 4 / 16 / 2))
    assert not busy.is_probing
    calm = after(busy, *[PROCESSED] * 14)
    assert calm.model == pytest.approx(busy.model * 1.02)
    again = after(calm, *[PROCESSED] * 14)
    assert again.model - calm.model == pytest.approx(calm.model - busy.model), "the increase is additive"


def test_throttling_of_the_account_halves_the_rate_but_not_the_estimate_of_the_model() -> None:
    pace = Pace.start(50, 0.0, first=40.0)
    throttled = after(pace, THROTTLED)
    assert (throttled.rate, throttled.model) == (25.0, 40.0)
    assert after(throttled, THROTTLED, seconds=0.5) == throttled, "calls that were in flight together count once"
    recovered = throttled
    for _ in range(12):
        recovered = after(recovered, *[PROCESSED] * 25)
    assert recovered.rate == 40.0


def test_the_rate_never_exceeds_the_share_of_the_account() -> None:
    pace = Pace.start(5, 0.0)
    for _ in range(50):
        pace = after(pace, *[PROCESSED] * 10)
    assert pace.rate == 5


def test_the_rate_does_not_grow_if_something_else_limits_the_calls() -> None:
    pace = Pace.start(50, 0.0, first=20.0)
    assert after(pace, *[PROCESSED] * 10).model == 20.0, "only 10 of 20 calls a second were made"


def test_failures_say_nothing_about_the_load() -> None:
    pace = Pace.start(50, 0.0, first=10.0)
    assert after(pace, *[FAILED] * 100).model == 10.0
    assert after(pace, *[FAILED] * 3, *[PROCESSED] * 10).model == 15.0


@given(st.lists(st.sampled_from(CallResult), max_size=300), st.floats(0.5, 500), st.floats(0, 2))
def test_the_rate_stays_within_its_bounds(results: list[CallResult], limit: float, gap: float) -> None:
    pace = Pace.start(limit, 0.0)
    for number, result in enumerate(results):
        pace = pace.after(result, number * gap)
        assert min(SLOWEST_RATE, limit) * 0.02 < pace.rate <= limit


@pytest.mark.parametrize("faults", [0.0, 0.2])
@pytest.mark.parametrize("capacity", [2, 10, 50])
def test_nearly_all_of_a_capacity_is_used_from_the_second_minute_on(capacity: float, faults: float) -> None:
    simulated = Simulation(capacity, faults=faults).run(5)
    assert [minute for minute in range(1, 5) if simulated.used(minute) < 0.95] == []
    assert simulated.busy.total() < 0.1 * simulated.processed.total(), "few calls are rejected"


def test_nearly_all_of_the_rate_is_used_beside_another_program() -> None:
    simulated = Simulation(capacity=100, account=20).run(5)
    assert min(simulated.used(minute) for minute in range(1, 5)) > 0.8
    assert simulated.throttled.total() < 0.2 * simulated.processed.total()


def test_a_capacity_that_changes_is_found_again() -> None:
    simulated = Simulation(capacity=20).run(2)
    simulated.capacity = 5
    simulated.run(2)
    assert simulated.used(3) > 0.95
    simulated.capacity = 20
    simulated.run(8)
    assert simulated.used(11) > 0.9
