"""`measure_capacity()`, against capacities of the emulated service."""

import asyncio
from typing import Any

import pytest

from rekog_versions.errors import InvalidS3ObjectError
from rekog_versions.hosting import BulkProgress, MeasurementPlan, measure_capacity
from tests.hosting.bulk.conftest import Bulk
from tests.testing.emulator import BUCKET


def measured(bulk: Bulk, images: Any = None, **options: Any) -> Any:
    result = measure_capacity(bulk.client, bulk.trained.arn, images or bulk.upload(3), **options)

    async def wait() -> Any:
        return await result

    return asyncio.run(wait()) if bulk.kind == "async" else result


@pytest.mark.parametrize(("capacity", "units"), [(2, 1), (1.5, 3)])
def test_the_measured_rate_is_the_capacity(bulk: Bulk, capacity: float, units: int) -> None:
    bulk.trained.emulator.labels.set_capacity(per_unit=capacity)
    measurement = measured(bulk, min_inference_units=units, search_seconds=40, seconds=30)
    assert measurement.rate_per_unit == pytest.approx(capacity, rel=0.05)
    assert (measurement.units, measurement.is_lower_bound) == (units, False)
    assert measurement.seconds == pytest.approx(30, abs=1)
    assert measurement.cost is not None
    assert bulk.trained.status in ("STOPPING", "STOPPED")


def test_the_time_and_the_highest_cost_are_stated_before_anything_is_started(bulk: Bulk) -> None:
    plans: list[MeasurementPlan] = []

    def decline(plan: MeasurementPlan) -> bool:
        plans.append(plan)
        return False

    assert measured(bulk, on_plan=decline, seconds=30, account_rate=10) is None
    assert bulk.trained.calls["StartProjectVersion"] == 0
    assert str(plans[0]) == "at most 901 calls in 1 min 30 s, after a start of up to 20 min 0 s: at most 1.43 USD"


def test_a_model_that_is_never_busy_has_at_least_the_rate_of_the_account(bulk: Bulk) -> None:
    measurement = measured(bulk, account_rate=6, search_seconds=10, seconds=10)
    assert measurement.is_lower_bound
    assert measurement.rate == pytest.approx(6, rel=0.1)
    assert str(measurement).startswith("at least 6")


def test_slow_calls_count_as_a_busy_model(bulk: Bulk) -> None:
    bulk.trained.emulator.labels.set_capacity(latency=0.3)
    slow = measured(bulk, max_latency=0.2, search_seconds=5, seconds=5, max_concurrency=1)
    assert not slow.is_lower_bound
    assert slow.slow_latency == pytest.approx(0.3)


def test_images_that_all_fail_end_the_measurement(bulk: Bulk) -> None:
    with pytest.raises(InvalidS3ObjectError):
        measured(bulk, [f"s3://{BUCKET}/missing.png"])
    assert bulk.trained.status in ("STOPPING", "STOPPED")
    with pytest.raises(ValueError, match="images must have at least one image, got none"):
        measured(bulk, f"s3://{BUCKET}/nothing/")


def test_bulk_detection_advises_units_from_its_measured_rate(bulk: Bulk) -> None:
    bulk.trained.emulator.labels.set_capacity(per_unit=2)
    estimates: list[BulkProgress] = []

    def decline(estimate: BulkProgress) -> bool:
        estimates.append(estimate)
        return False

    bulk(bulk.upload(150), on_estimate=decline)
    (estimate,) = estimates
    advice = estimate.advise_units(start_minutes=0)
    assert advice.options[0].rate == pytest.approx(2, rel=0.05)
    assert advice.options[2].hours == pytest.approx(estimate.left / 6 / 3600, rel=0.05)
