"""How many waits of one `AsyncVersionsClient` get in each other's way, and in the way of the application.

1,000 waits poll a client whose responses take 0.3 seconds. The report shows after how many seconds the last of them
has made its first poll, and how long an unrelated `getaddrinfo` takes meanwhile, which runs in the event loop's own
threads.
"""

import asyncio
import socket
import time
from typing import Any

from rekog_versions import AsyncVersionsClient, Poll, ProjectVersionArn

WAITS, LATENCY = 1_000, 0.3
_PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/shapes"


class _Service:
    """A fake of a boto3 client that takes its time."""

    def describe_projects(self, **_: Any) -> dict[str, Any]:
        return {"ProjectDescriptions": [{"ProjectArn": f"{_PROJECT}/1574310000000"}]}

    def describe_project_versions(self, VersionNames: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803  (boto3's)
        time.sleep(LATENCY)
        arn = f"{_PROJECT}/version/{VersionNames[0]}/1574317227432"
        return {"ProjectVersionDescriptions": [{"ProjectVersionArn": arn, "Status": "TRAINING_IN_PROGRESS"}]}


def report() -> str:
    first, delays = asyncio.run(_measure())
    return (
        f"{WAITS:,} waits over one asyncio client, responses in {LATENCY} s: the last first poll after {first:.1f} s; "
        f"getaddrinfo meanwhile takes {max(delays) * 1000:.1f} ms at most, over {len(delays)} calls"
    )


async def _measure() -> tuple[float, list[float]]:
    polled: set[str] = set()
    everyone = asyncio.Event()

    def note(poll: Poll) -> None:
        polled.add(poll.name)
        if len(polled) == WAITS:
            everyone.set()

    async with AsyncVersionsClient(_Service()) as client:  # type: ignore[arg-type]  # it has what the waits need
        began = time.monotonic()
        waits = [
            asyncio.create_task(
                client.wait_until_trained(
                    ProjectVersionArn(f"{_PROJECT}/version/v{number}/1574317227432"), on_poll=note
                )
            )
            for number in range(WAITS)
        ]
        delays: list[float] = []
        while not everyone.is_set():
            asked = time.monotonic()
            await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
            delays.append(time.monotonic() - asked)
            await asyncio.sleep(0.01)
        first = time.monotonic() - began
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
    return first, delays
