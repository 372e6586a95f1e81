"""Waiting for 1,000 versions in 20 projects, simulated: `as_trained` against botocore's own waiters.

Nothing sleeps. Ours is the real function with a `VersionsClient` over a fake boto3 client. Only pauses move its clock,
and each call takes 50 ms. botocore's are its real `Waiter`s with the acceptors, the delay and the attempts of
waiters-2.json: one for each version, because a waiter for a project cannot distinguish its versions. Each has a clock
of its own, and they start evenly over the first two minutes. Their calls take no time and are never throttled, although
1,000 of them make more than the 5 calls a second that the service allows.

Trainings take from 30 minutes to 24 hours, drawn evenly with a fixed seed.
"""

import math
import random
from dataclasses import dataclass, field
from statistics import fmean, quantiles
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import botocore.session
from botocore.exceptions import WaiterError
from botocore.waiter import Waiter, WaiterModel

from rekog_versions import Schedule, VersionsClient
from rekog_versions.batch import as_trained

PROJECTS, VERSIONS, SEED = 20, 50, 20260101
SHORTEST, LONGEST = 30 * 60.0, 24 * 3600.0
CALL = 0.05
"""Seconds that one of our calls takes."""
CALLS_A_ROUND = PROJECTS
_HEAD = "arn:aws:rekognition:us-east-1:123456789012:project"

Key = tuple[str, str]


@dataclass
class Simulated:
    """The service with versions that train from second 0 on, and the clock of the caller."""

    lengths: dict[Key, float]
    now: float = 0.0
    calls: list[float] = field(default_factory=list)
    """When each was made."""

    def __post_init__(self) -> None:
        self._arns = {key: f"{_HEAD}/{_name(key[0])}/version/{key[1]}/1574317227432" for key in self.lengths}
        self._keys: dict[str, list[Key]] = {}
        for key in reversed(self.lengths):
            self._keys.setdefault(key[0], []).append(key)

    def describe_project_versions(
        self,
        ProjectArn: str,  # noqa: N803  (boto3's)
        VersionNames: list[str] | None = None,  # noqa: N803
        MaxResults: int = 100,  # noqa: N803
        NextToken: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        self.calls.append(self.now)
        keys = self._keys[ProjectArn] if VersionNames is None else [(ProjectArn, name) for name in VersionNames]
        start = int(NextToken or 0)
        page = [
            {
                "ProjectVersionArn": self._arns[key],
                "Status": "TRAINING_COMPLETED" if self.lengths[key] <= self.now else "TRAINING_IN_PROGRESS",
            }
            for key in keys[start : start + MaxResults]
        ]
        more = {"NextToken": str(start + MaxResults)} if len(keys) > start + MaxResults else {}
        return {"ProjectVersionDescriptions": page, "ResponseMetadata": {"RequestId": "r"}, **more}

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class _Ours(Simulated):
    def describe_project_versions(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        answer = super().describe_project_versions(*args, **kwargs)
        self.now += CALL
        return answer


@dataclass(frozen=True)
class Outcome:
    """The result of one way of waiting."""

    way: str
    delays: list[float]
    """Seconds from the end of each training to its report."""
    calls: list[float]
    calls_a_round: int
    lost: int
    """Versions whose wait gave up."""

    def cells(self) -> tuple[str, ...]:
        p95 = quantiles(self.delays, n=20)[-1]
        return (
            self.way,
            f"{self.calls_a_round:,}",
            f"{len(self.calls):,}",
            f"{_busiest_second(self.calls):,}",
            f"{fmean(self.delays):.1f} s",
            f"{p95:.1f} s",
            f"{self.lost:,}",
        )


HEADINGS = (
    "1,000 versions in 20 projects",
    "calls a round",
    "calls",
    "in the busiest second",
    "mean delay",
    "95 %",
    "lost",
)


def ours(lengths: dict[Key, float], schedule: Schedule | None, way: str) -> Outcome:
    service = _Ours(lengths)
    client = VersionsClient(service, sleep=service.sleep, clock=lambda: service.now)  # type: ignore[arg-type]
    delays: list[float] = []
    random.seed(SEED)  # a schedule's jitter
    for outcome in as_trained(client, list(lengths), schedule=schedule):
        outcome.result()
        delays.append(service.now - lengths[outcome.version])  # type: ignore[index]
    return Outcome(way, delays, service.calls, _most_calls_a_round(service.calls), len(lengths) - len(delays))


def theirs(lengths: dict[Key, float]) -> Outcome:
    loader = botocore.session.get_session().get_component("data_loader")
    name = "ProjectVersionTrainingCompleted"
    config: Any = WaiterModel(loader.load_service_model("rekognition", "waiters-2")).get_waiter(name)
    chance = random.Random(SEED)
    delays: list[float] = []
    calls: list[float] = []
    for key, length in lengths.items():
        service = Simulated({key: length}, now=chance.uniform(0, config.delay))
        with patch("botocore.waiter.time", SimpleNamespace(sleep=service.sleep)):
            try:
                Waiter(name, config, service.describe_project_versions).wait(ProjectArn=key[0], VersionNames=[key[1]])
            except WaiterError:
                pass
            else:
                delays.append(service.now - length)
        calls += service.calls
    return Outcome("botocore's waiters, 120 s x 360", delays, calls, len(lengths), len(lengths) - len(delays))


def lengths() -> dict[Key, float]:
    chance = random.Random(SEED)
    return {
        (f"{_HEAD}/p{project}/1574310000000", f"v{version}"): chance.uniform(SHORTEST, LONGEST)
        for project in range(PROJECTS)
        for version in range(VERSIONS)
    }


def outcomes() -> list[Outcome]:
    drawn = lengths()
    return [
        ours(drawn, None, "as_trained()"),
        ours(drawn, Schedule(first=120, most=120), "as_trained(), every 120 s as they do"),
        theirs(drawn),
    ]


def verdicts(found: list[Outcome]) -> list[str]:
    """Return the conditions, each with its result."""
    default, _, botocores = found
    holds = {
        f"at most {CALLS_A_ROUND} calls a round": default.calls_a_round <= CALLS_A_ROUND,
        "a mean delay no longer than theirs": fmean(default.delays) <= fmean(botocores.delays),
        "no version lost": default.lost == 0,
    }
    return [f"{what}: {'ok' if held else 'OVER'}" for what, held in holds.items()]


def report() -> str:
    """The table, with what must hold and whether it does."""
    found = outcomes()
    cells = [HEADINGS, *(outcome.cells() for outcome in found)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], "; ".join(verdicts(found))])


def _name(project_arn: str) -> str:
    return project_arn.split("/")[1]


def _most_calls_a_round(calls: list[float]) -> int:
    """Return the largest number of calls in a round. Pauses of over two seconds separate the rounds."""
    most, size, last = 0, 0, -math.inf
    for moment in calls:
        size = size + 1 if moment - last < 2 else 1
        most, last = max(most, size), moment
    return most


def _busiest_second(calls: list[float]) -> int:
    ordered = sorted(calls)
    most, first = 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] > 1 - 1e-6:  # calls a quarter of a second apart are four a second
            first += 1
        most = max(most, last - first + 1)
    return most


if __name__ == "__main__":
    print(report())
