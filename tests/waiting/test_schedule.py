"""The delays between polls."""

import math
from itertools import islice
from typing import Any

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


HUGE: Any = st.one_of(
    st.integers(max_value=-1), st.integers(min_value=10**10), st.sampled_from([10**400, -(10**400), 10**5000, math.nan])
)


@given(HUGE)
@pytest.mark.parametrize("field", ["first", "most", "jitter"])
def test_a_number_that_no_pause_can_have_is_rejected_with_a_short_message(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field) as caught:
        Schedule(**{"first": 1, "most": 10, field: value})
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("value", [10**400, 10**5000], ids=["400 digits", "5,000 digits"])
def test_a_factor_that_no_float_can_have_is_rejected(value: int) -> None:
    with pytest.raises(ValueError, match="factor must be 1 or more"):
        Schedule(factor=value)


@pytest.mark.parametrize(("arguments", "fields"), [((60,), {}), ((), {"every": 60}), ((), {"fisrt": 1})])
def test_arguments_of_a_schedule_that_do_not_fit_lead_to_its_parameters(arguments: Any, fields: Any) -> None:
    with pytest.raises(TypeError, match=r"Schedule\(\): .*Schedule\(first=60, most=60\) polls every minute"):
        Schedule(*arguments, **fields)
