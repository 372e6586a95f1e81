"""One rate of calls for all processes of a machine."""

import multiprocessing
import time as real_time
from pathlib import Path

import pytest

from rekog_versions.hosting import SharedRate
from tests.wire import FakeTime


def test_two_users_of_a_file_take_turns(tmp_path: Path, time: FakeTime) -> None:
    one, other = (SharedRate(tmp_path / "rate", 2, now=time.clock) for _ in range(2))
    assert [one.reserve(), other.reserve(), one.reserve()] == [0.0, 0.5, 1.0]
    time.now += 1.25
    assert other.reserve() == pytest.approx(0.25)
    time.now += 60
    assert one.reserve() == 0.0, "an idle minute does not add up"
    assert other.reserve() == 0.5


def test_a_clock_that_was_set_back_does_not_stop_the_calls(tmp_path: Path, time: FakeTime) -> None:
    rate = SharedRate(tmp_path / "rate", 1, now=time.clock)
    rate.reserve()
    time.now -= 86_400
    assert rate.reserve() == 0.0


def reserve(path: Path) -> list[float]:
    rate = SharedRate(path, 100)
    return [real_time.time() + rate.reserve() for _ in range(50)]


def test_processes_share_a_rate(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        starts = sorted(start for part in pool.map(reserve, [tmp_path / "rate"] * 2) for start in part)
    assert len(starts) == 100
    assert starts[-1] - starts[0] >= 0.97


@pytest.mark.parametrize("rate", [0, -1, float("nan"), "5", True])
def test_other_rates_are_rejected(tmp_path: Path, rate: float) -> None:
    with pytest.raises(ValueError, match="per_second must be a number above 0"):
        SharedRate(tmp_path / "rate", rate)


def test_a_file_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"the file of the shared rate .* cannot be used"):
        SharedRate(tmp_path / "missing" / "rate", 5).reserve()
