"""Which image is sent next, and the consequences of failed calls."""

from itertools import pairwise

import pytest
from botocore.exceptions import NoCredentialsError, ReadTimeoutError
from hypothesis import given, strategies as st

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import ModelStoppedError, ResponseError
from rekog_versions.hosting.bulk.dispatch import (
    MOST_ATTEMPTS,
    Consequence,
    Dispatch,
    Finished,
    QueuedImage,
    Send,
    WaitFor,
    consequence_of,
)
from rekog_versions.hosting.bulk.pace import CallResult, Pace
from tests.hosting.bulk.simulation import BROKEN, BUSY, LOST, THROTTLED, rejection
from tests.wire import VERSION


@pytest.mark.parametrize(
    ("error", "consequence", "result"),
    [
        (BUSY, Consequence.AGAIN, CallResult.MODEL_BUSY),
        (THROTTLED, Consequence.AGAIN, CallResult.ACCOUNT_BUSY),
        (BROKEN, Consequence.RETRY, CallResult.FAILED),
        (LOST, Consequence.RETRY, CallResult.FAILED),
        (ReadTimeoutError(endpoint_url="x"), Consequence.RETRY, CallResult.FAILED),
        (ResponseError("DetectCustomLabels", {}, "no"), Consequence.RETRY, CallResult.FAILED),
        (rejection("InvalidS3ObjectException"), Consequence.FAIL, CallResult.PROCESSED),
        (rejection("ImageTooLargeException"), Consequence.FAIL, CallResult.PROCESSED),
        (FileNotFoundError("photo.jpg"), Consequence.FAIL, CallResult.PROCESSED),
        (ValueError("image must have at most"), Consequence.FAIL, CallResult.PROCESSED),
        (rejection("AccessDeniedException"), Consequence.END, CallResult.FAILED),
        (rejection("ResourceNotReadyException"), Consequence.END, CallResult.FAILED),
        (rejection("ExpiredTokenException"), Consequence.END, CallResult.FAILED),
        (rejection("SomethingNew"), Consequence.END, CallResult.FAILED),
        (NoCredentialsError(), Consequence.END, CallResult.FAILED),
        (ModelStoppedError("stopped", version_arn=ProjectVersionArn(VERSION)), Consequence.END, CallResult.FAILED),
        (ZeroDivisionError(), Consequence.END, CallResult.FAILED),
    ],
    ids=lambda value: getattr(value, "code", None) or type(value).__name__,
)
def test_an_error_has_a_consequence_for_its_image(
    error: Exception, consequence: Consequence, result: CallResult
) -> None:
    assert consequence_of(error) == (consequence, result)


def dispatch(images: int = 3, most: int = 2, rate: float = 2.0) -> Dispatch:
    made = Dispatch(Pace.start(rate, 0.0, first=rate), most, uniform=max)
    made.add(QueuedImage(number, f"{number}.png") for number in range(1, images + 1))
    return made


def sent(step: object) -> int:
    assert isinstance(step, Send)
    return step.image.number


def test_images_are_sent_in_order_at_the_rate_and_no_more_than_the_most_at_the_same_time() -> None:
    made = dispatch()
    assert sent(made.next_step(0.0)) == 1
    assert made.next_step(0.125) == WaitFor(0.375)
    assert sent(made.next_step(0.5)) == 2
    assert made.next_step(5.0) == WaitFor(None), "two calls are in flight"
    made.succeeded(5.0)
    assert sent(made.next_step(5.0)) == 3
    made.succeeded(6.0)
    assert made.next_step(6.0) == WaitFor(None)
    made.succeeded(6.0)
    assert isinstance(made.next_step(6.0), Finished)


def test_a_busy_model_lets_the_same_image_be_sent_first_and_without_end() -> None:
    made = dispatch()
    for number in range(100):
        step = made.next_step(float(number * 20))
        assert sent(step) == 1
        assert isinstance(step, Send)
        assert made.failed(step.image, BUSY, number * 20 + 0.1)[0] is Consequence.AGAIN
        assert step.image.attempts == 0


def test_an_image_waits_longer_after_each_failure_and_fails_in_the_end() -> None:
    made = dispatch(images=1)
    now, pauses = 0.0, []
    while True:
        step = made.next_step(now)
        if isinstance(step, WaitFor):
            assert step.seconds is not None
            now += step.seconds
            continue
        assert isinstance(step, Send)
        pauses.append(now)
        if made.failed(step.image, BROKEN, now)[0] is Consequence.FAIL:
            break
    assert len(pauses) == MOST_ATTEMPTS
    gaps = [later - earlier for earlier, later in pairwise(pauses)]
    assert gaps[:4] == pytest.approx([0.5, 1.0, 2.0, 4.0])
    assert max(gaps) == pytest.approx(30.0)
    assert isinstance(made.next_step(now), Finished)


def test_while_the_service_fails_the_images_in_memory_are_bounded() -> None:
    made = dispatch(images=0, most=5, rate=50.0)
    number, now = 0, 0.0
    for _ in range(2000):
        if made.needs_images:
            made.add(QueuedImage(number + extra, "") for extra in range(200))
            number += 200
        step = made.next_step(now)
        if isinstance(step, Send):
            made.failed(step.image, LOST, now)
        else:
            assert isinstance(step, WaitFor)
            now += step.seconds or 0.0
    assert number <= 400


@given(st.lists(st.sampled_from([None, BUSY, THROTTLED, LOST, rejection("InvalidS3ObjectException")]), max_size=200))
def test_each_image_ends_exactly_once_whatever_the_results_are(results: list[Exception | None]) -> None:
    made = dispatch(images=20, most=4, rate=10.0)
    script, now, ended = iter(results), 0.0, list[int]()
    flying: list[QueuedImage] = []
    while not isinstance(step := made.next_step(now), Finished):
        if isinstance(step, Send):
            assert step.image not in flying
            flying.append(step.image)
        if flying and (isinstance(step, WaitFor) or len(flying) > 2):
            image, error = flying.pop(0), next(script, None)
            if error is None:
                made.succeeded(now)
            if error is None or made.failed(image, error, now)[0] is Consequence.FAIL:
                ended.append(image.number)
        elif isinstance(step, WaitFor):
            now += step.seconds or 0.0
    assert sorted(ended) == list(range(1, 21))
