"""How many waits of one `AsyncVersionsClient` get in each other's way, and in the way of the application.

1,000 waits poll a client whose responses take 0.3 seconds. The report shows after how many seconds the last of them
has made its first poll, and how long an unrelated `getaddrinfo` takes meanwhile, which runs in the event loop's own
threads. The baseline is 1,000 tasks that make the same calls without this package, in as many threads.

Python's garbage collector stops all threads while it visits the objects of the whole process. The report shows its
longest pause, because the longest delay contains it.
"""

import asyncio
import gc
import socket
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from rekog_versions import AsyncVersionsClient, ProjectVersionArn
from rekog_versions.client.async_base import MAX_WORKERS

WAITS, LATENCY = 1_000, 0.3
_PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/shapes"

Wait: TypeAlias = Callable[[int, Callable[[int], None]], Awaitable[object]]
"""Polls the version with this number without end, and calls the function with the number after each poll."""


class _Service:
    """A fake of a boto3 client that takes its time."""

    def describe_projects(self, **_: Any) -> dict[str, Any]:
        return {"ProjectDescriptions": [{"ProjectArn": f"{_PROJECT}/1574310000000"}]}

    def describe_project_versions(self, VersionNames: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803  (boto3's)
        time.sleep(LATENCY)
        arn = f"{_PROJECT}/version/{VersionNames[0]}/1574317227432"
        return {"ProjectVersionDescriptions": [{"ProjectVersionArn": arn, "Status": "TRAINING_IN_PROGRESS"}]}


def report() -> str:
    plain, ours = asyncio.run(_without_the_package()), asyncio.run(_with_the_package())
    return (
        f"{WAITS:,} waits over one asyncio client, responses in {LATENCY} s: the last first poll after "
        f"{ours.all_polled:.1f} s; getaddrinfo meanwhile takes {ours.getaddrinfo * 1000:.0f} ms at most, plain tasks "
        f"{plain.getaddrinfo * 1000:.0f} ms; the longest garbage collection {ours.collection * 1000:.0f} ms, plain "
        f"tasks {plain.collection * 1000:.0f} ms"
    )


@dataclass
class _Longest:
    """Seconds: the longest `getaddrinfo` and garbage collection, and the time until every wait has polled."""

    getaddrinfo: float = 0.0
    collection: float = 0.0
    all_polled: float = 0.0
    _began: float = 0.0

    def collecting(self, phase: str, _: object) -> None:
        if phase == "start":
            self._began = time.monotonic()
        else:
            self.collection = max(self.collection, time.monotonic() - self._began)


async def _with_the_package() -> _Longest:
    async with AsyncVersionsClient(_Service()) as client:  # type: ignore[arg-type]  # it has what the waits need

        async def wait(number: int, polled: Callable[[int], None]) -> None:
            arn = ProjectVersionArn(f"{_PROJECT}/version/v{number}/1574317227432")
            await client.wait_until_trained(arn, on_poll=lambda _: polled(number))

        return await _measure(wait)


async def _without_the_package() -> _Longest:
    service, loop = _Service(), asyncio.get_running_loop()
    with ThreadPoolExecutor(MAX_WORKERS) as threads:

        async def wait(number: int, polled: Callable[[int], None]) -> None:
            while True:
                await loop.run_in_executor(threads, service.describe_projects)
                await loop.run_in_executor(threads, partial(service.describe_project_versions, [f"v{number}"]))
                polled(number)
                await asyncio.sleep(15)

        return await _measure(wait)


async def _measure(wait: Wait) -> _Longest:
    await _until_polled(wait, 1, _Longest())  # imports what is imported on first use
    longest = _Longest()
    gc.callbacks.append(longest.collecting)
    await _until_polled(wait, WAITS, longest)
    gc.callbacks.remove(longest.collecting)
    return longest


async def _until_polled(wait: Wait, number: int, longest: _Longest) -> None:
    """Start waits, and measure until each of them has polled."""
    polled: set[int] = set()
    began = time.monotonic()
    tasks = [asyncio.ensure_future(wait(each, polled.add)) for each in range(number)]
    while len(polled) < number:
        asked = time.monotonic()
        await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
        longest.getaddrinfo = max(longest.getaddrinfo, time.monotonic() - asked)
        await asyncio.sleep(0.01)
    longest.all_polled = time.monotonic() - began
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
