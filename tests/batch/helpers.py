"""A service on the scripted wire, and a driver for both kinds of iterators."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rekog_versions.batch import VersionOutcome, as_trained
from tests.conftest import Driver
from tests.wire import FakeTime, HttpResponse, Json, Wire, described, rejection, versions

DESCRIBE, PROJECTS = "DescribeProjectVersions", "DescribeProjects"


def project(name: str = "shapes") -> str:
    return f"arn:aws:rekognition:us-east-1:123456789012:project/{name}/1574310000000"


def version_arn(name: str, of: str = "shapes", created: int = 1574317227432) -> str:
    return f"arn:aws:rekognition:us-east-1:123456789012:project/{of}/version/{name}/{created}"


class Service:
    """Projects with versions whose statuses change with the clock."""

    def __init__(self, wire: Wire, time: FakeTime) -> None:
        self.wire, self.time = wire, time
        self.began = time.now
        self.statuses: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self.denied: set[str] = set()
        self.moments: list[float] = []
        wire.on(DESCRIBE, self._describe).on(PROJECTS, self._projects)

    def has(self, name: str, *statuses: tuple[float, str], of: str = "shapes") -> "Service":
        """Add a version. Each status begins at its number of seconds."""
        self.statuses[of, name] = list(statuses)
        return self

    def trains(self, name: str, until: float, of: str = "shapes", end: str = "TRAINING_COMPLETED") -> "Service":
        return self.has(name, (0, "TRAINING_IN_PROGRESS"), (until, end), of=of)

    def _describe(self) -> HttpResponse:
        self.moments.append(self.time.now)
        request = self.wire.sent[-1][1]
        of = request["ProjectArn"].split("/")[1]
        if of in self.denied:
            return rejection("AccessDeniedException", "not you")
        existing = [(name, self._status(moments)) for (where, name), moments in self.statuses.items() if where == of]
        if not existing:
            return rejection("ResourceNotFoundException", "gone")
        return versions(
            *(
                described(status, ProjectVersionArn=version_arn(name, of), StatusMessage="because \x1b")
                for name, status in existing
                if status is not None and name in request.get("VersionNames", [name])
            )
        )

    def _status(self, moments: list[tuple[float, str]]) -> str | None:
        reached = [status for moment, status in moments if moment <= self.time.now - self.began]
        return reached[-1] if reached else None

    def _projects(self) -> HttpResponse:
        self.moments.append(self.time.now)
        names = self.wire.sent[-1][1]["ProjectNames"]
        existing = {of for of, _ in self.statuses}
        listed: list[Json] = [{"ProjectArn": project(name)} for name in names if name in existing]
        return HttpResponse({"ProjectDescriptions": listed})


class BatchRun:
    """A batch function with one of the two clients, as a plain iterator."""

    def __init__(self, driver: Driver, call: Callable[..., Any] = as_trained) -> None:
        self._driver, self._call = driver, call

    def __call__(self, items: Iterable[Any], **kwargs: Any) -> Iterator[Any]:
        self.iterator = self._call(self._driver.client, items, **kwargs)
        return self.resume()

    def resume(self) -> Iterator[Any]:
        if self._driver.kind == "sync":
            yield from self.iterator
            return
        while True:
            try:
                yield asyncio.run(self.iterator.__anext__())
            except StopAsyncIteration:
                return


def names(outcomes: Iterable[VersionOutcome]) -> list[str]:
    return [str(outcome.version[1]) for outcome in outcomes if isinstance(outcome.version, tuple)]


def notes(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))
