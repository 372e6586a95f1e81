"""The delays between polls."""

import math
from itertools import islice

import pytest
from hypothesis import given, strategies as st

from rekog_versions import Schedule


@given(
    first=st.floats(0.001, 1000),
    growth=st.floats(1, 10),
    factor=st.floats(1, 10),
    jitter=st.floats(0, 0.99),
)
def test_delays_stay_within_the_jitter_and_under_the_cap(
    first: float, growth: float, factor: float, jitter: float
) -> None:
    schedule = Schedule(first=first, factor=factor, most=first * growth, jitter=jitter)
    plain = islice(Schedule(first=first, factor=factor, most=first * growth, jitter=0).delays(), 12)
    for expected, delay in zip(plain, schedule.delays(), strict=False):
        assert expected * (1 - jitter) * 0.999 <= delay <= expected * (1 + jitter) * 1.001
        assert expected <= first * growth * 1.001


def test_two_waits_with_one_schedule_have_different_delays() -> None:
    schedule = Schedule()
    assert list(islice(schedule.delays(), 20)) != list(islice(schedule.delays(), 20))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"first": 0}, "first"),
        ({"first": 130}, "first <= most"),
        ({"most": math.inf}, "most=inf"),
        ({"first": math.nan}, "first=nan"),
        ({"factor": 0.5}, "factor must be 1 or more"),
        ({"jitter": 1}, "jitter must be from 0 to below 1"),
        ({"jitter": -0.1}, "jitter"),
    ],
)
def test_a_schedule_with_a_value_out_of_range_is_rejected(fields: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Schedule(**fields)
