"""Every exit path of `running`, in real processes that get real signals, against the server of the emulated service.

No process sleeps to wait for another one: a child reports its progress on its standard output, and continues when it
gets a line on its standard input.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosting.fake_service import FakeService, arn_of, on_loopback
from tests.hosting.server import Service, served

pytestmark = pytest.mark.slow

PRELUDE = """
import asyncio, os, signal, sys, threading, time
import boto3
from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.errors import ModelStoppedError
from rekog_versions.hosting import Prices, running
from rekog_versions.hosting._async import running as for_asyncio

def nap(seconds): time.sleep(min(seconds, 0.01))
async def doze(seconds): await asyncio.sleep(min(seconds, 0.01))
def say(what): print(what, flush=True)
def wait(): sys.stdin.readline()
def forever(): threading.Event().wait()
def stuck(**_):
    say("stopping")
    wait()

rekognition = boto3.client("rekognition", endpoint_url=sys.argv[1])
client = VersionsClient(rekognition, sleep=nap)
aio = AsyncVersionsClient(rekognition, sleep=doze)
for_asyncio.blocking_client = lambda client: VersionsClient(client.rekognition, sleep=nap, clock=client.clock)
version, *others = sys.argv[2:]
"""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with served() as service:
        yield service


class Child:
    """A process that runs a model.

    Its output is read from unbuffered pipes, line by line: nothing that was read before a line is lost.
    """

    def __init__(self, service: Service, code: str, *versions: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + code, service.url, *versions],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self._guard = threading.Timer(60, self._process.kill)
        self._guard.start()

    def until(self, line: str) -> "Child":
        """Read the output up to a line."""
        assert self._process.stdout is not None
        while said := self._process.stdout.readline():
            if said.decode().strip() == line:
                return self
        raise AssertionError(f"{line!r} was not in the output; {self.end()[1:]}")

    def signalled(self, number: signal.Signals) -> "Child":
        self._process.send_signal(number)
        return self

    def resume(self) -> "Child":
        """Let the process continue."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        return self

    def end(self) -> tuple[int, str, str]:
        """The exit status, and the rest of the output."""
        out, err = self._process.communicate()
        self._guard.cancel()
        return self._process.returncode, out.decode(), err.decode()


def test_the_end_of_the_block_stops_the_model_and_restores_the_signal_handlers(service: Service) -> None:
    version = service.version()
    code = """
with running(client, version) as model:
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    say("running")
    wait()
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
"""
    child = Child(service, code, version).until("running")
    assert service.status(version) == "RUNNING"
    assert child.resume().end() == (0, "", "")
    assert service.stopped(version)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [("raise ValueError('of the body')", 1, "ValueError: of the body"), ("sys.exit(3)", 3, "")],
)
def test_an_exception_and_an_exit_stop_the_model(body: str, status: int, said: str, service: Service) -> None:
    version = service.version()
    code, _, err = Child(service, f"with running(client, version):\n    {body}", version).end()
    assert (code, said in err) == (status, True)
    assert service.stopped(version)


BODY = """
with running(client, version):
    try:
        say("running")
        forever()
    finally:
        say("cleaned up")
"""
STARTING = """
def report(poll):
    say(poll.status)
    wait()
with running(client, version, on_poll=report):
    say("running")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_the_block_clean_up_and_stops_the_model_and_ends_the_process_with_its_status(
    number: signal.Signals, service: Service
) -> None:
    version = service.version()
    status, out, _ = Child(service, BODY, version).until("running").signalled(number).end()
    assert (status, out) == (-number, "cleaned up\n")
    assert service.stopped(version)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_model_is_starting_waits_until_it_can_be_stopped(
    number: signal.Signals, service: Service
) -> None:
    version = service.version(times=4)
    status, out, _ = Child(service, STARTING, version).until("STARTING").signalled(number).end()
    assert status == -number
    assert "running" not in out
    assert service.stopped(version)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_during_the_stop_does_not_lose_it(number: signal.Signals, service: Service) -> None:
    version = service.version()
    code = f"""
import logging
logging.basicConfig(stream=sys.stdout, format="%(message)s")
rekognition.meta.events.register('before-send.rekognition.StopProjectVersion', stuck)
{BODY}"""
    child = Child(service, code, version).until("running").signalled(number).until("stopping")
    raised = "KeyboardInterrupt" if number == signal.SIGINT else "Terminated"
    child.signalled(number).until(f"{raised} was received; waiting until {version} has been stopped")
    assert service.status(version) == "RUNNING"
    assert child.resume().end()[0] == -number
    assert service.stopped(version)


def test_a_signal_during_the_start_request_does_not_lose_the_start(service: Service) -> None:
    version = service.version()
    code = f"rekognition.meta.events.register('before-send.rekognition.StartProjectVersion', stuck)\n{BODY}"
    child = Child(service, code, version).until("stopping").signalled(signal.SIGINT)
    status, out, _ = child.resume().end()
    assert (status, out) == (-signal.SIGINT, "")
    assert service.stopped(version)


def test_a_signal_handler_of_the_program_is_not_replaced(service: Service) -> None:
    version = service.version()
    code = """
def mine(*_): say("mine")
signal.signal(signal.SIGTERM, mine)
with running(client, version):
    say("running")
    wait()
assert signal.getsignal(signal.SIGTERM) is mine
"""
    child = Child(service, code, version).until("running").signalled(signal.SIGTERM).until("mine")
    assert service.status(version) == "RUNNING"
    assert child.resume().end()[0] == 0
    assert service.stopped(version)


def test_after_a_block_that_ends_in_another_thread_signals_have_their_default_effect(service: Service) -> None:
    version = service.version()
    code = """
from contextlib import ExitStack
stack = ExitStack()
stack.enter_context(running(client, version))
def leave():
    stack.close()
    say("left")
thread = threading.Thread(target=leave)
thread.start()
thread.join()
say("waiting")
forever()
"""
    status, out, err = Child(service, code, version).until("left").until("waiting").signalled(signal.SIGTERM).end()
    assert (status, out, err) == (-signal.SIGTERM, "", "")
    assert service.stopped(version)


def test_a_signal_ends_the_loop_if_the_task_that_entered_has_ended(service: Service) -> None:
    version = service.version()
    code = """
async def main():
    model = await asyncio.create_task(running(aio, version).__aenter__())
    say("running")
    await asyncio.Event().wait()
asyncio.run(main())
"""
    status, _, _ = Child(service, code, version).until("running").signalled(signal.SIGTERM).end()
    assert status == 128 + signal.SIGTERM
    assert service.stopped(version)


def test_without_handle_signals_sigterm_ends_the_process_at_once(service: Service) -> None:
    version = service.version()
    code = "with running(client, version, handle_signals=False):\n    say('running')\n    forever()"
    assert Child(service, code, version).until("running").signalled(signal.SIGTERM).end()[0] == -signal.SIGTERM
    assert service.status(version) == "RUNNING"


def test_a_block_that_swallows_the_exception_of_a_signal_ends_the_process_by_the_signal(service: Service) -> None:
    version = service.version()
    code = """
with running(client, version):
    try:
        say("running")
        forever()
    except BaseException as error:
        say(type(error).__name__)
say("not reached")
"""
    status, out, _ = Child(service, code, version).until("running").signalled(signal.SIGTERM).end()
    assert (status, out) == (-signal.SIGTERM, "Terminated\n")
    assert service.stopped(version)


def test_the_exit_stops_the_model_of_a_daemon_thread(service: Service) -> None:
    version = service.version()
    code = """
ready = threading.Event()
def work():
    with running(client, version):
        ready.set()
        forever()
threading.Thread(target=work, daemon=True).start()
ready.wait()
"""
    assert Child(service, code, version).end() == (0, "", "")
    assert service.stopped(version)


def test_one_signal_stops_the_models_of_nested_blocks_and_of_threads(service: Service) -> None:
    versions = [service.version() for _ in range(3)]
    code = """
ready = threading.Event()
def work():
    with running(client, others[0]):
        ready.set()
        forever()
threading.Thread(target=work, daemon=True).start()
ready.wait()
with running(client, version), running(client, others[1]):
    say("running")
    forever()
"""
    status, _, _ = Child(service, code, *versions).until("running").signalled(signal.SIGTERM).end()
    assert status == -signal.SIGTERM
    assert all(service.stopped(version) for version in versions)


@pytest.mark.parametrize(
    "code",
    [
        "def models():\n    with running(client, version) as model:\n        yield model\nleft = models()\nnext(left)",
        "left = running(client, version).__enter__()",
        "left = asyncio.run(running(aio, version).__aenter__())",
    ],
    ids=["a generator that is never closed", "entered by hand", "entered by hand under asyncio"],
)
def test_the_exit_stops_models_whose_block_has_not_ended(code: str, service: Service) -> None:
    version = service.version()
    status, _, err = Child(service, code, version).end()
    assert (status, err) == (0, "")
    assert service.stopped(version)


def test_a_forked_child_leaves_the_model_of_its_parent_running(service: Service) -> None:
    version = service.version()
    code = """
import multiprocessing, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forks with threads
with running(client, version):
    child = os.fork()
    if not child:
        sys.exit(5)  # out of the with statement, and through the interpreter's exit
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    worker = context.Process(target=lambda: (ready.set(), forever()))
    worker.start()
    ready.wait()
    worker.terminate()
    worker.join()
    assert worker.exitcode == -signal.SIGTERM, worker.exitcode
    say("running")
    wait()
"""
    child = Child(service, code, version).until("running")
    assert service.status(version) == "RUNNING"
    assert child.resume().end() == (0, "", "")
    assert service.stopped(version)


LATER = """
from rekog_versions.hosting import owner
owner.CHECK_PERIOD = 0.01
moment = 0.0
client._clock = aio._clock = lambda: moment
"""


@pytest.mark.parametrize("limit", ["max_hours=1", "max_cost=5, prices=Prices(inference_unit_hour=5)"])
def test_a_limit_stops_the_model_while_the_block_is_busy(limit: str, service: Service) -> None:
    version = service.version()
    code = f"""
{LATER}
stops = []
rekognition.meta.events.register('before-call.rekognition.StopProjectVersion', lambda **_: stops.append(1))
with running(client, version, {limit}) as model:
    say("running")
    moment = 3601.0
    while not model.is_stopped:
        time.sleep(0.01)
    try:
        model.detect(b"")
    except ModelStoppedError as error:
        say(error)
say(f"stops: {{len(stops)}}")
"""
    status, out, err = Child(service, code, version).until("running").end()
    assert (status, "stops: 1" in out) == (0, True)
    assert limit.partition("=")[0] in out
    assert "its limit was reached" in out
    assert limit.partition("=")[0] in err
    assert service.stopped(version)


def test_a_limit_stops_the_model_while_the_event_loop_is_blocked(service: Service) -> None:
    version = service.version()
    code = f"""
{LATER}
async def main():
    global moment
    async with running(aio, version, max_hours=1) as model:
        moment = 3601.0
        while not model.is_stopped:
            time.sleep(0.01)
        try:
            await model.detect(b"")
        except ModelStoppedError as error:
            say(error)
asyncio.run(main())
"""
    status, out, _ = Child(service, code, version).end()
    assert (status, "its limit was reached" in out) == (0, True)
    assert service.stopped(version)


ASYNC_BODY = """
async def main():
    async def report(poll):
        if poll.status == "STARTING":
            say(poll.status)
            await asyncio.Event().wait()
    async with running(aio, version, on_poll=report):
        try:
            say("running")
            await asyncio.Event().wait()
        finally:
            say("cleaned up")
"""


RUN = {
    "asyncio": "asyncio.run(main())",
    "uvloop": "import uvloop\nuvloop.run(main())",
    "anyio": "import anyio\nanyio.run(main)",
    "anyio on uvloop": "import anyio\nanyio.run(main, backend_options={'use_uvloop': True})",
}
on_every_loop = pytest.mark.parametrize("loop", RUN)


@on_every_loop
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_under_asyncio_cancels_the_task_and_stops_the_model(
    number: signal.Signals, loop: str, service: Service
) -> None:
    version = service.version()
    code = f"{ASYNC_BODY}\n{RUN[loop]}"
    status, out, _ = Child(service, code, version).until("running").signalled(number).end()
    assert (status, out) == (-number, "cleaned up\n")
    assert service.stopped(version)


@on_every_loop
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_under_asyncio_while_the_model_is_starting(
    number: signal.Signals, loop: str, service: Service
) -> None:
    version = service.version(times=4)
    code = f"{ASYNC_BODY}\n{RUN[loop]}"
    status, out, _ = Child(service, code, version).until("STARTING").signalled(number).end()
    assert status == -number
    assert "running" not in out
    assert service.stopped(version)


@on_every_loop
def test_more_signals_under_asyncio_do_not_lose_the_stop(loop: str, service: Service) -> None:
    version = service.version()
    stuck = "rekognition.meta.events.register('before-send.rekognition.StopProjectVersion', stuck)"
    code = f"{stuck}\n{ASYNC_BODY}\n{RUN[loop]}"
    child = Child(service, code, version).until("running").signalled(signal.SIGINT).until("stopping")
    child.signalled(signal.SIGINT).signalled(signal.SIGINT)
    assert service.status(version) == "RUNNING"
    assert child.resume().end()[0] == -signal.SIGINT
    assert service.stopped(version)


def test_a_second_cancellation_of_a_task_does_not_lose_the_stop(service: Service) -> None:
    version = service.version()
    code = f"""
{ASYNC_BODY}
async def outer():
    loop, reached = asyncio.get_running_loop(), asyncio.Event()
    def stopping(**_):
        loop.call_soon_threadsafe(reached.set)
        wait()
    rekognition.meta.events.register("before-send.rekognition.StopProjectVersion", stopping)
    task = asyncio.create_task(main())
    await asyncio.to_thread(wait)
    task.cancel()
    await reached.wait()
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    say("cancelled twice")
    try:
        await task
    except asyncio.CancelledError:
        say("ended")
asyncio.run(outer())
"""
    child = Child(service, code, version).until("running").resume().until("cancelled twice")
    assert service.status(version) == "RUNNING"
    status, out, _ = child.resume().end()
    assert (status, out) == (0, "ended\n")
    assert service.stopped(version)


def test_a_cancelled_scope_of_anyio_stops_the_model(service: Service) -> None:
    version = service.version()
    code = """
import anyio
async def main():
    with anyio.CancelScope() as scope:
        async with running(aio, version):
            say("running")
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught
anyio.run(main)
"""
    assert Child(service, code, version).end() == (0, "running\n", "")
    assert service.stopped(version)


@pytest.mark.parametrize("number", [None, signal.SIGTERM])
def test_a_model_that_was_running_before_is_left_running(number: signal.Signals | None, service: Service) -> None:
    version = service.version(running=True)
    code = """
with running(client, version) as model:
    assert model.was_adopted
    say("running")
    wait()
"""
    child = Child(service, code, version).until("running")
    status, _, _ = (child.resume() if number is None else child.signalled(number)).end()
    assert status == -(number or 0)
    assert service.status(version) == "RUNNING"


def test_os_exit_leaves_the_model_running(service: Service) -> None:
    version = service.version()
    assert Child(service, "with running(client, version):\n    os._exit(4)", version).end()[0] == 4
    assert service.status(version) == "RUNNING"


CHILDREN = """
import multiprocessing, sys, threading, time
from concurrent.futures import ProcessPoolExecutor
from rekog_versions import Schedule, VersionsClient
from rekog_versions.hosting import running
from tests.hosting.fake_service import arn_of, boto3_client

def model(url, name):
    client = VersionsClient(boto3_client(url), sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
    return running(client, arn_of(name), schedule=Schedule(first=0.01, most=0.05))

def by_hand(url, name):
    global kept
    kept = model(url, name)
    kept.__enter__()

def generator(url, name):
    global kept
    def models():
        with model(url, name) as entered:
            yield entered
    kept = models()
    next(kept)

def daemon_thread(url, name):
    is_ready = threading.Event()
    def run():
        with model(url, name):
            is_ready.set()
            time.sleep(60)
    threading.Thread(target=run, daemon=True).start()
    is_ready.wait(20)

def thread(url, name):
    is_ready, may_end = threading.Event(), threading.Event()
    def run():
        with model(url, name) as entered:
            is_ready.set()
            time.sleep(0.3)
            entered.detect(b"...")  # the exit of the main thread must not stop the model of this one
    threading.Thread(target=run).start()
    is_ready.wait(20)

def work(number):
    return number

if __name__ == "__main__":
    method, kind, url, name = sys.argv[1:]
    context = multiprocessing.get_context(method)
    if kind == "executor":
        with ProcessPoolExecutor(1, mp_context=context, initializer=by_hand, initargs=(url, name)) as pool:
            assert list(pool.map(work, [1])) == [1]
    elif kind == "pool":
        with context.Pool(1, initializer=by_hand, initargs=(url, name)) as pool:
            assert pool.map(work, [1]) == [1]
            pool.close()
            pool.join()
    elif kind == "terminated pool":
        with context.Pool(1, initializer=by_hand, initargs=(url, name)) as pool:
            assert pool.map(work, [1]) == [1]
    else:
        process = context.Process(target=globals()[kind], args=(url, name))
        process.start()
        process.join()
        assert process.exitcode == 0, process.exitcode
"""


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
@pytest.mark.parametrize(
    "kind", ["by_hand", "generator", "daemon_thread", "thread", "executor", "pool", "terminated pool"]
)
def test_a_child_process_of_multiprocessing_stops_its_models(method: str, kind: str, tmp_path: Path) -> None:
    script = tmp_path / "children.py"
    script.write_text(CHILDREN)
    fake = FakeService("v1")
    root = str(Path(__file__).parent.parent.parent)
    with on_loopback(fake) as url:
        done = subprocess.run(
            [sys.executable, str(script), method, kind, url, "v1"],
            env={**os.environ, "PYTHONPATH": root},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0
    assert done.stderr == "" or kind == "terminated pool"  # its signal is logged if it arrives during the stop
    assert fake.calls["StartProjectVersion"] == 1
    assert fake.statuses[arn_of("v1")] == "STOPPED"


DURING_EXIT_HANDLERS = """
import atexit, sys, threading, time
is_over = threading.Event()
atexit.register(is_over.wait, 20)  # it runs after the handler of rekog_versions, which is registered later
from rekog_versions import VersionsClient
from rekog_versions.hosting import process, running
from tests.hosting.fake_service import arn_of, boto3_client
client = VersionsClient(boto3_client(sys.argv[1]))

def run():
    while not process.owner()._is_closed:
        time.sleep(0.01)
    try:
        with running(client, arn_of("v1")):
            time.sleep(60)
    except RuntimeError as error:
        print(error, flush=True)
    is_over.set()

threading.Thread(target=run, daemon=True).start()
"""


def test_a_daemon_thread_cannot_start_a_model_after_the_exit_handler() -> None:
    fake = FakeService("v1")
    root = str(Path(__file__).parent.parent.parent)
    with on_loopback(fake) as url:
        done = subprocess.run(
            [sys.executable, "-c", DURING_EXIT_HANDLERS, url],
            env={**os.environ, "PYTHONPATH": root},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert "while the interpreter is exiting" in done.stdout
    assert fake.calls["StartProjectVersion"] == 0
