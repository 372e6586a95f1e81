"""Replies of the owner's thread, and how threads and tasks wait for them."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from rekog_versions.hosting.replies import Reply


def set_later(reply: Reply[str]) -> None:
    threading.Timer(0.02, reply.set, ["done"]).start()


def test_a_reply_can_be_waited_for_in_a_thread_and_in_a_task() -> None:
    for wait in (Reply.get, lambda reply: asyncio.run(reply.get_async())):
        reply: Reply[str] = Reply()
        set_later(reply)
        assert wait(reply) == "done"
        assert wait(reply) == "done"  # it is set already


def test_an_error_is_raised_in_the_waiting_thread_and_task() -> None:
    reply: Reply[str] = Reply()
    reply.fail(LookupError("of the command"))
    for wait in (Reply.get, lambda reply: asyncio.run(reply.get_async())):
        with pytest.raises(LookupError, match="of the command"):
            wait(reply)
    assert reply.wait("it is done") is None


def test_only_the_first_result_counts() -> None:
    reply: Reply[str] = Reply()
    reply.set("first")
    reply.set("second")
    reply.fail(LookupError())
    assert reply.get() == "first"


def interrupting(reply: Reply[str], times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise KeyboardInterrupt in the first waits, and set the reply then."""
    left = [KeyboardInterrupt(f"number {number}") for number in range(times)]
    block: Callable[[], None] = reply._block

    def interrupted() -> None:
        if left:
            raise left.pop(0)
        reply.set("done")
        block()

    monkeypatch.setattr(reply, "_block", interrupted)


def test_a_wait_to_the_end_returns_the_first_interruption_and_logs_it_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reply: Reply[str] = Reply()
    interrupting(reply, 3, monkeypatch)
    interruption = reply.wait("the model has been stopped")
    assert isinstance(interruption, KeyboardInterrupt)
    assert str(interruption) == "number 0"
    assert caplog.messages == ["KeyboardInterrupt was received; waiting until the model has been stopped"]


def test_other_waits_end_with_the_first_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    reply: Reply[str] = Reply()
    interrupting(reply, 1, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        reply.get()


def test_cancellations_are_returned_when_the_reply_is_set() -> None:
    reply: Reply[str] = Reply()

    async def main() -> BaseException | None:
        waiting = asyncio.create_task(reply.wait_async("it is done"))
        for _ in range(3):
            await asyncio.sleep(0)
            waiting.cancel()
        await asyncio.sleep(0)
        assert not waiting.done()
        reply.set("done")
        return await waiting

    assert isinstance(asyncio.run(main()), asyncio.CancelledError)


def test_any_number_of_cancellations_leave_nothing_behind() -> None:
    reply: Reply[str] = Reply()

    async def main() -> None:
        waiting = asyncio.create_task(reply.wait_async("it is done"))
        for _ in range(1000):
            await asyncio.sleep(0)
            waiting.cancel()
        await asyncio.sleep(0)
        assert len(reply._wakers) <= 1
        reply.set("done")
        assert isinstance(await waiting, asyncio.CancelledError)

    asyncio.run(main())
    assert reply._wakers == []


def test_a_cancellation_ends_other_waits() -> None:
    reply: Reply[str] = Reply()

    async def main() -> None:
        waiting = asyncio.create_task(reply.get_async())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()

    asyncio.run(main())
    reply.set("done")  # the loop is closed, and the task has gone
    assert reply.get() == "done"


def test_a_thread_that_sets_replies_does_not_wait_for_one() -> None:
    reply: Reply[str] = Reply(never_wait_in={threading.get_ident()})
    assert reply.wait("it is done") is None
    assert asyncio.run(reply.wait_async("it is done")) is None
    assert not reply.is_set
