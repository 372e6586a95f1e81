"""An interruption or a cancellation at every function call of a use.

Afterwards the model is stopped, and the next use works.
"""

import asyncio
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, Schedule, VersionsClient
from rekog_versions.hosting import process, running
from rekog_versions.hosting._async import running as for_asyncio
from tests.hosting.fake_service import FakeService, arn_of
from tests.interruptions import PACKAGE, Calls

HOSTING = str(Path(PACKAGE) / "hosting")
EVERYWHERE = (PACKAGE, threading.__file__)
FAST = Schedule(first=0.001, most=0.001)


def use(client: VersionsClient) -> None:
    with running(client, arn_of("v1"), schedule=FAST, timeout=20) as model:
        model.detect(b"...")


def interrupted_use(folders: tuple[str, ...], first: int | None = None, second: int | None = None) -> tuple[int, str]:
    """Interrupt a use once or twice, and check what it leaves behind.

    Returns:
        The number of calls, and the name of the exception that ended the use.
    """
    service = FakeService("v1")
    client = VersionsClient(service, sleep=lambda _: None)
    calls, others = Calls(folders, first), Calls(folders, second)
    error: BaseException | None = None
    tracer = sys.gettrace()  # coverage's
    try:
        if second is not None:
            sys.settrace(others)
        sys.setprofile(calls)
        use(client)
    except BaseException as caught:  # noqa: BLE001  (checked below)
        error = caught  # it is kept, with all objects of its traceback, as in a notebook
    finally:
        sys.setprofile(None)
        sys.settrace(tracer)
    ended_with = type(error).__name__ if error is not None else ""
    where = f"{first} and {second} of {calls.count}, ended with {ended_with}"
    check_stopped(service, where)
    use(client)  # the next use works, and does not find a model that is not its own
    check_stopped(service, where)
    assert ended_with in ("", "KeyboardInterrupt"), where
    return calls.count, ended_with


def check_stopped(service: FakeService, where: str) -> None:
    deadline = time.monotonic() + 20
    while process.owner().models or service.active():
        assert time.monotonic() < deadline, f"{where}: {service.active()}, {process.owner().models}"
        time.sleep(0.0005)


@pytest.fixture(autouse=True)
def new_owner() -> Iterator[None]:
    process.reset()
    use(VersionsClient(FakeService("v1"), sleep=lambda _: None))  # all modules are imported
    yield
    assert process.owner().close() == []
    process.reset()


def test_a_use_without_an_interruption_makes_the_calls_that_are_interrupted_below() -> None:
    count, ended_with = interrupted_use((HOSTING,))
    assert count > 50
    assert ended_with == ""


def test_one_interruption_at_each_call_in_hosting() -> None:
    count, _ = interrupted_use((HOSTING,))
    ends = [interrupted_use((HOSTING,), first)[1] for first in range(1, count + 1)]
    assert ends.count("KeyboardInterrupt") > 0.9 * count


def test_two_interruptions_at_calls_in_hosting() -> None:
    count, _ = interrupted_use((HOSTING,))
    for first in range(1, count + 1, 3):
        for distance in (1, 2, 5):
            interrupted_use((HOSTING,), first, first + distance)


@pytest.mark.slow
def test_one_interruption_at_each_call() -> None:
    count, _ = interrupted_use(EVERYWHERE)
    for first in range(1, count + 1):
        interrupted_use(EVERYWHERE, first)


@pytest.mark.slow
def test_two_interruptions_at_each_call() -> None:
    count, _ = interrupted_use(EVERYWHERE)
    for first in range(1, count + 1):
        for distance in (*range(1, 12), 20, 35, 60):
            interrupted_use(EVERYWHERE, first, first + distance)


async def use_async(client: AsyncVersionsClient) -> None:
    async with running(client, arn_of("v1"), schedule=FAST, timeout=20) as model:
        await model.detect(b"...")


async def no_pause(_: float) -> None:
    await asyncio.sleep(0)


def cancelled_use(folder: str, first: int | None = None, second: int | None = None) -> tuple[int, bool]:
    """Cancel a task that uses a model, as Ctrl-C does under `asyncio.run`, once or twice, and check the model.

    Returns:
        The number of calls, and whether the task ended as cancelled.
    """
    service = FakeService("v1")
    client = AsyncVersionsClient(service, sleep=no_pause)

    async def main() -> tuple[int, bool]:
        using = asyncio.ensure_future(use_async(client))
        calls = Calls((folder,), first, cancel=using.cancel)
        others = Calls((folder,), second, cancel=using.cancel)
        tracer = sys.gettrace()  # coverage's
        if second is not None:
            sys.settrace(others)
        sys.setprofile(calls)
        try:
            await asyncio.wait([using])
        finally:
            sys.setprofile(None)
            sys.settrace(tracer)
        check_stopped(service, f"{first} and {second} of {calls.count}")
        await use_async(client)
        check_stopped(service, f"{first} and {second} of {calls.count}, next use")
        return calls.count, using.cancelled()

    return asyncio.run(main())


@pytest.fixture
def no_pauses_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def blocking_client(client: Any) -> VersionsClient:
        return VersionsClient(client.rekognition, sleep=lambda _: None)

    monkeypatch.setattr(for_asyncio, "blocking_client", blocking_client)


@pytest.mark.usefixtures("no_pauses_in_threads")
def test_one_cancellation_at_each_call_in_hosting() -> None:
    count, _ = cancelled_use(HOSTING)
    ends = [cancelled_use(HOSTING, first)[1] for first in range(1, count + 1)]
    assert count > 50
    assert ends.count(True) > 0.9 * count


@pytest.mark.slow
@pytest.mark.usefixtures("no_pauses_in_threads")
def test_two_cancellations_at_each_call() -> None:
    count, _ = cancelled_use(PACKAGE)
    for first in range(1, count + 1):
        for distance in (1, 2, 3, 5, 8, 13, 21, 34):
            cancelled_use(PACKAGE, first, first + distance)


def test_a_thread_that_cannot_be_started_prevents_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot_start(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    service = FakeService("v1")
    client = VersionsClient(service, sleep=lambda _: None)
    with monkeypatch.context() as patch:
        patch.setattr("_thread.start_new_thread", cannot_start)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            use(client)
    assert service.calls["StartProjectVersion"] == 0
    use(client)
    check_stopped(service, "afterwards")


def test_the_owner_does_not_wait_for_the_thread_of_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", waits.append)  # it waits for the new thread
    service = FakeService("v1")
    use(VersionsClient(service, sleep=lambda _: None))
    check_stopped(service, "afterwards")
    assert waits == []


def test_an_owner_that_cannot_start_prevents_the_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot_start(*_: object) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    service = FakeService("v1")
    process.reset()
    context = running(VersionsClient(service, sleep=lambda _: None), arn_of("v1"), schedule=FAST)
    with monkeypatch.context() as patch:
        patch.setattr("_thread.start_new_thread", cannot_start)
        with pytest.raises(RuntimeError, match="can't create new thread"):
            context.__enter__()  # it does not wait for a reply, which would never come
    assert service.calls.total() == 0
    with context:
        assert service.active()
    check_stopped(service, "afterwards")


def test_objects_that_are_not_used_any_more_end_the_use() -> None:
    service = FakeService("v1")
    client = VersionsClient(service, sleep=lambda _: None)
    model = running(client, arn_of("v1"), schedule=FAST).__enter__()
    model.detect(b"...")
    assert service.active()
    del model
    check_stopped(service, "collected")


def test_reading_the_exit_method_does_not_end_a_use() -> None:
    service = FakeService("v1")
    client = VersionsClient(service, sleep=lambda _: None)
    with running(client, arn_of("v1"), schedule=FAST) as model:
        context: Any = model._context
        assert callable(context.__exit__)
        assert hasattr(context, "__exit__")
        time.sleep(0.02)
        assert service.active()
        assert not model.is_stopped
    check_stopped(service, "at the end")


def test_the_owners_thread_is_started_once() -> None:
    process.reset()
    runs: list[int] = []
    process.owner()._on_start = lambda: runs.append(1)
    for _ in range(3):
        process.owner().start()  # a second thread ends at once
    use(VersionsClient(FakeService("v1"), sleep=lambda _: None))
    assert runs == [1]


def test_a_use_is_rejected_once_the_process_is_exiting() -> None:
    service = FakeService("v1")
    assert process.owner().close() == []
    with pytest.raises(RuntimeError, match="cannot start or adopt a model while the interpreter is exiting"):
        use(VersionsClient(service, sleep=lambda _: None))
    assert service.calls["StartProjectVersion"] == 0
    process.reset()
    use(VersionsClient(service, sleep=lambda _: None))


SIGNALS_AT_RANDOM_TIMES = """
import asyncio, gc, logging, os, random, signal, sys, time
from rekog_versions import AsyncVersionsClient, Schedule, VersionsClient
from rekog_versions.hosting import process, running
from rekog_versions.hosting._async import running as for_asyncio
from tests.hosting.fake_service import FakeService, arn_of

for_asyncio.blocking_client = lambda client: VersionsClient(client.rekognition, sleep=lambda _: None)
kind, seed, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
rng = random.Random(seed)
logging.disable(logging.CRITICAL)
sent, left = 0, 0


def interrupt(*_):
    global sent, left
    if left:
        sent, left = sent + 1, left - 1
        if kind == "sync":
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)  # asyncio cancels the task at the first one, and raises at others


async def doze(_):
    await asyncio.sleep(0)


def use(service):
    schedule = Schedule(first=0.001, most=0.001)
    if kind == "sync":
        with running(VersionsClient(service, sleep=lambda _: None), arn_of("v1"), schedule=schedule) as model:
            model.detect(b"...")
        return

    async def main():
        global left
        left = 1 if kind == "cancelled" else left
        try:
            async with running(AsyncVersionsClient(service, sleep=doze), arn_of("v1"), schedule=schedule) as model:
                await model.detect(b"...")
        finally:
            left = 0 if kind == "cancelled" else left

    asyncio.run(main())


def check(service):
    deadline = time.monotonic() + 20
    while process.owner().models or service.active():
        if time.monotonic() > deadline - 19.5:
            gc.collect()  # an interrupted event loop leaves a task behind that is only referenced by itself
        assert time.monotonic() < deadline, (seed, sent, service.active(), process.owner().models)
        time.sleep(0.0005)


durations = []
for _ in range(20):
    began = time.monotonic()
    use(FakeService("v1"))
    durations.append(time.monotonic() - began)
duration = sorted(durations)[5]
signal.signal(signal.SIGALRM, interrupt)
uses, until = 0, time.monotonic() + seconds
while time.monotonic() < until:
    service = FakeService("v1")
    first, pause = rng.uniform(1e-5, duration), rng.choice([1e-5, 5e-5, 2e-4, 1e-3, 1.0])
    if kind != "sync":  # an interruption can make asyncio wait without end, until the next signal
        pause = 0.05
        asyncio.events._set_running_loop(None)  # and leaves the loop set
    try:
        left = {"sync": rng.choice([1, 2, 4, 1000]), "async": 1000, "cancelled": 0}[kind]
        signal.setitimer(signal.ITIMER_REAL, first, pause)
        use(service)
    except BaseException:
        left = 0
    left = 0
    signal.setitimer(signal.ITIMER_REAL, 0)
    uses += 1
    check(service)
    if uses % 10 == 0:
        use(service)
        check(service)
print(f"{kind}: {uses} uses, {sent} signals", flush=True)
if kind == "async":  # interrupted executors of asyncio would keep the process alive
    os._exit(0)
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", ["sync", "async", "cancelled"])
def test_real_signals_at_random_times(kind: str, seed: int) -> None:
    command = [sys.executable, "-c", SIGNALS_AT_RANDOM_TIMES, kind, str(seed), "20"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    uses, signals = (int(word) for word in re.findall(r"\d+", done.stdout))
    assert uses > 20
    assert signals > uses / 10
