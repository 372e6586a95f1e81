"""The rate limiter: how long each call has to wait."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from botocore.exceptions import ClientError

from rekog_versions._aws.rate_limit import LONGEST_GAP, RateLimiter
from tests.wire import FakeTime


def throttling() -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "Describe")


def starts(limiter: RateLimiter, time: FakeTime, count: int) -> list[float]:
    """Make calls that take no time, and return when each of them started."""
    moments: list[float] = []
    for _ in range(count):
        time.sleep(limiter.reserve())
        moments.append(time.now)
    return moments


def gaps(moments: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(moments)]


@pytest.mark.parametrize("rate", [4.0, 0.5, 25.0])
def test_calls_never_exceed_the_rate_even_after_an_idle_hour(rate: float) -> None:
    time = FakeTime()
    limiter = RateLimiter(rate, time.clock)
    moments = starts(limiter, time, 20)
    time.sleep(3600)
    moments += starts(limiter, time, 20)
    assert min(gaps(moments)) == pytest.approx(1 / rate)


def test_the_first_call_does_not_wait() -> None:
    assert RateLimiter(0.01, FakeTime().clock).reserve() == 0


def test_calls_that_come_more_slowly_than_the_rate_do_not_wait() -> None:
    time = FakeTime()
    limiter = RateLimiter(4, time.clock)
    for _ in range(5):
        assert limiter.reserve() == 0
        time.sleep(0.3)


def test_a_burst_starts_at_once_and_later_calls_keep_the_rate() -> None:
    time = FakeTime()
    moments = starts(RateLimiter(4, time.clock, burst=3), time, 6)
    assert [moment - moments[0] for moment in moments] == pytest.approx([0, 0, 0, 0.25, 0.5, 0.75])


def test_reservations_from_several_threads_get_different_times() -> None:
    limiter = RateLimiter(10, FakeTime().clock)
    with ThreadPoolExecutor(8) as pool:
        waits = [future.result() for future in [pool.submit(limiter.reserve) for _ in range(200)]]
    assert sorted(waits) == pytest.approx([number / 10 for number in range(200)])


def test_throttling_slows_calls_down_to_the_longest_gap_and_successes_restore_the_rate() -> None:
    time = FakeTime()
    limiter = RateLimiter(4, time.clock)
    for _ in range(20):
        limiter.report(throttling())
    assert limiter.gap == LONGEST_GAP
    assert limiter.reserve() == LONGEST_GAP
    for _ in range(40):
        limiter.report(None)
    assert limiter.gap == 0.25


def test_throttling_does_not_speed_up_a_rate_below_the_longest_gap() -> None:
    limiter = RateLimiter(0.01, FakeTime().clock)
    limiter.report(throttling())
    assert limiter.gap == 100


def test_other_errors_do_not_slow_calls_down() -> None:
    limiter = RateLimiter(4, FakeTime().clock)
    limiter.report(ClientError({"Error": {"Code": "AccessDeniedException"}}, "Describe"))
    limiter.report(OSError())
    assert limiter.gap == 0.25
    assert limiter.reserve() == 0


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_that_is_not_above_0_is_rejected(rate: float) -> None:
    with pytest.raises(ValueError, match="rate must be above 0"):
        RateLimiter(rate, FakeTime().clock)


def test_a_burst_below_1_is_rejected() -> None:
    with pytest.raises(ValueError, match="burst must be at least 1"):
        RateLimiter(4, FakeTime().clock, burst=0)
