"""The capacity of models and accounts, on the clock of the emulation."""

from collections import Counter
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given, strategies as st

from rekog_versions.testing import CustomLabelsControl, clock
from rekog_versions.testing.capacity import CallBucket
from tests.testing.conftest import Clock
from tests.testing.emulator import BUCKET, Emulator, client
from tests.testing.pictures import picture

ONCE = Config(retries={"total_max_attempts": 1})
BUSY, THROTTLED = "ProvisionedThroughputExceededException", "ThrottlingException"


class Model:
    """A running model, called without retries."""

    def __init__(self, emulator: Emulator, name: str = "p1", units: int = 1) -> None:
        self.rekognition = client("rekognition", config=ONCE)
        self.arn = emulator.create(emulator.project(name))
        emulator.put(picture(), "photo.png")
        self.start(units)

    def start(self, units: int = 1) -> None:
        self.rekognition.start_project_version(ProjectVersionArn=self.arn, MinInferenceUnits=units)

    def detect(self) -> str:
        image = {"S3Object": {"Bucket": BUCKET, "Name": "photo.png"}}
        try:
            self.rekognition.detect_custom_labels(ProjectVersionArn=self.arn, Image=image)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ok"

    def results(self, count: int) -> Counter[str]:
        return Counter(self.detect() for _ in range(count))


def test_without_a_capacity_every_call_is_processed(emulator: Emulator, stopped_clock: Clock) -> None:
    assert Model(emulator).results(100) == {"ok": 100}


def test_a_model_processes_the_images_of_its_units(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_capacity(per_unit=2)
    one, three = Model(emulator), Model(emulator, "p2", units=3)
    assert one.results(5) == {"ok": 2, BUSY: 3}
    assert three.results(10) == {"ok": 6, BUSY: 4}
    stopped_clock.forward(0.5)
    assert one.results(5) == {"ok": 1, BUSY: 4}
    stopped_clock.forward(3600)
    assert one.results(5) == {"ok": 2, BUSY: 3}, "an idle hour does not add up"


def test_the_rate_of_an_account_is_separate(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_capacity(per_unit=4, per_account=6)
    one, other = Model(emulator), Model(emulator, "p2")
    assert one.results(5) == {"ok": 4, BUSY: 1}
    assert other.results(3) == {"ok": 1, THROTTLED: 2}, "a call that the model rejects counts for the account"
    with pytest.raises(ClientError) as throttled:
        one.rekognition.detect_custom_labels(ProjectVersionArn=one.arn, Image={"Bytes": b"1"})
    assert throttled.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_a_rate_above_which_no_whole_call_fits_in_a_second_still_lets_calls_through(
    emulator: Emulator, stopped_clock: Clock
) -> None:
    emulator.labels.set_capacity(per_unit=0.25)
    model = Model(emulator)
    assert model.results(2) == {"ok": 1, BUSY: 1}
    stopped_clock.forward(3.9)
    assert model.detect() == BUSY
    stopped_clock.forward(0.1)
    assert model.detect() == "ok"


def test_latency_passes_on_the_clock_of_the_emulation(
    emulator: Emulator, stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "sleep", stopped_clock.forward)
    emulator.labels.set_capacity(latency=0.3, per_unit=2)
    began = stopped_clock.now()
    assert Model(emulator).results(20)["ok"] == 3  # two at once, and the next one in the time that they took
    assert (stopped_clock.now() - began).total_seconds() == pytest.approx(3 * 0.3), "a rejected call takes no time"


def test_the_most_specific_value_counts_for_each_setting(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_capacity(per_unit=1, per_account=100)
    emulator.labels.set_capacity(per_unit=3, project="p2")
    assert Model(emulator).results(5)["ok"] == 1
    assert Model(emulator, "p2").results(5)["ok"] == 3


def test_undoing_the_settings_removes_the_limits(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_capacity(per_unit=1)
    model = Model(emulator)
    assert model.results(3)["ok"] == 1
    emulator.labels.undo()
    assert model.results(3)["ok"] == 3


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"per_unit": 0}, ValueError, "per_unit must be above 0, got 0"),
        ({"latency": -1}, ValueError, "latency must be 0 or more, got -1"),
        ({"per_account": float("nan")}, ValueError, "per_account must be above 0, got nan"),
        ({"per_unit": "2"}, TypeError, "per_unit must be a number, got '2'"),
        ({"per_account": 5, "project": "p1"}, ValueError, "per_account must have no project"),
    ],
)
def test_wrong_values_are_rejected(
    emulator: Emulator, arguments: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        CustomLabelsControl.current().set_capacity(**arguments)


@given(st.floats(0.1, 100), st.lists(st.floats(0, 5), max_size=200))
def test_a_bucket_never_exceeds_its_rate(rate: float, pauses: list[float]) -> None:
    stopped = Clock()
    bucket = CallBucket()
    began = stopped.now()
    taken = 0
    for pause in pauses:
        stopped.forward(pause)
        taken += bucket.take(rate, stopped.now())
    assert taken <= max(1.0, rate) + rate * (stopped.now() - began).total_seconds() + 1e-6
