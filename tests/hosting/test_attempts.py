"""Work that nothing interrupts, and waiting for it."""

import asyncio
import threading
from typing import Any

import pytest

from rekog_versions.hosting.attempts import Attempt, Gate


def test_what_the_work_raises_is_kept() -> None:
    def work() -> None:
        raise LookupError("of the work")

    attempt = Attempt(work, "working").begin()
    assert attempt.wait() is None
    assert isinstance(attempt.error, LookupError)


@pytest.mark.parametrize("failures", [0, 2])
def test_without_threads_the_work_is_done_here_and_again_if_it_is_interrupted(
    failures: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    done: list[str] = []
    left = [KeyboardInterrupt] * failures

    def work() -> None:
        if left:
            raise left.pop()
        done.append(threading.current_thread().name)

    attempt = Attempt(work, "stopping it").begin()
    assert (attempt.done, attempt.error, done) == (True, None, ["MainThread"])
    assert caplog.text.count("KeyboardInterrupt comes when stopping it is done") == failures


def test_without_threads_a_failure_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", no_thread)

    def work() -> None:
        raise LookupError("of the work")

    assert isinstance(Attempt(work, "working").begin().error, LookupError)


def test_ctrl_c_while_the_thread_is_started_does_the_work_once_and_is_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start, interrupted, done = threading.Thread.start, [True, True], []

    def start_and_be_interrupted(self: threading.Thread) -> None:
        start(self)
        if interrupted:
            interrupted.pop()
            raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", start_and_be_interrupted)
    attempt = Attempt(lambda: done.append(1), "working").begin()
    assert isinstance(attempt.wait(), KeyboardInterrupt)
    assert done == [1]


def test_the_work_can_not_wait_for_itself() -> None:
    attempts: list[Attempt] = []
    begun = threading.Event()

    def work() -> None:
        assert begun.wait(20)
        attempts[0].wait()  # as the collector does that closes a forgotten generator in this thread

    attempts.append(Attempt(work, "working").begin())
    begun.set()
    assert attempts[0].wait() is None


def test_cancellations_are_handed_on_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()

    async def main() -> Any:
        waiting = asyncio.create_task(gate.wait_async())
        for _ in range(3):
            await asyncio.sleep(0)
            waiting.cancel()
        await asyncio.sleep(0)
        assert not waiting.done()
        gate.finish()
        gate.finish(ValueError("too late"))
        return await waiting

    assert isinstance(asyncio.run(main()), asyncio.CancelledError)
    assert gate.error is None


def test_a_wait_for_what_others_see_to_ends_at_once_when_it_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()

    async def main() -> Any:
        waiting = asyncio.create_task(gate.wait_async(to_the_end=False))
        await asyncio.sleep(0)
        waiting.cancel()
        return await waiting

    assert isinstance(asyncio.run(main()), asyncio.CancelledError)

    class Interrupted:
        def acquire(self) -> None:
            if self.is_held:
                raise KeyboardInterrupt
            self.is_held = True

        is_held = False

        def release(self) -> None:
            self.is_held = False

    monkeypatch.setattr(threading, "Lock", Interrupted)
    assert isinstance(gate.wait(to_the_end=False), KeyboardInterrupt)
    gate.finish()  # nobody is told who is gone
    assert gate.done


def test_a_gate_that_is_over_is_passed_at_once() -> None:
    gate = Gate()
    gate.finish()
    assert gate.wait() is None
    assert asyncio.run(gate.wait_async()) is None
