"""The models that this process uses: which are to be stopped, by whom, and what is left when the interpreter exits."""

import atexit
import logging
import math
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import TypeAlias

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import AsyncVersionsClient, VersionsClient
from rekog_versions.errors import ModelStillRunningError
from rekog_versions.hosting._sync.stopping import stop_model
from rekog_versions.hosting.attempts import Attempt, Gate
from rekog_versions.hosting.costs import CostRange, Limit, Stopwatch
from rekog_versions.operations.versions import Look, VersionRef

logger = logging.getLogger("rekog_versions")

WATCH_AT_LEAST_EVERY = 30.0
"""Seconds between two looks at the clocks: the one that a thread sleeps by stands still while a laptop does."""
AGAIN_AFTER = 60.0
"""Seconds after which a watchdog whose stop failed tries again."""

Key: TypeAlias = tuple[str | None, str]
"""The address of the service and the version's ARN, which names the region and the account."""


def _now() -> datetime:
    return datetime.now(UTC)


class Hosted:
    """A model that this process uses, once for all who use it.

    Args:
        client: What stops it: calls that block, made in a thread of their own.
        look: Finds the version.
        version_arn: Which one.
        an_hour: What it costs.
    """

    def __init__(self, client: VersionsClient, look: Look, version_arn: ProjectVersionArn, an_hour: CostRange) -> None:
        self.client = client
        self.version_arn = version_arn
        self.an_hour: CostRange | None = an_hour
        self.meter = Stopwatch(client.clock, _now)
        self.begun = Gate()
        """Over when the model was started or adopted, or when that failed."""
        self.users: set[object] = set()
        self.is_ours = False
        """Whether it is to be stopped."""
        self.was_started_here = False
        self.start_is_unsure = False
        self.stopped_because = ""
        """Why it was stopped, or is being stopped, while it was in use."""
        self.stopped = False
        self.attempt: Attempt | None = None
        self._look = look
        self._pid = os.getpid()
        self._lock = threading.RLock()

    @property
    def key(self) -> Key:
        """What it is registered by."""
        return key_of(self.client, self.version_arn)

    @property
    def in_this_process(self) -> bool:
        """Whether it is this process that uses it; in a forked child it is the parent."""
        return self._pid == os.getpid()

    @property
    def is_closing(self) -> bool:
        """Whether it is being stopped."""
        return self.attempt is not None and not self.attempt.done

    def start(self, work: Callable[[], object]) -> Attempt:
        """Begins to start it; from here on it may cost money."""
        self.meter.restart()
        self.is_ours = self.was_started_here = True
        return Attempt(work, f"starting {self.version_arn}").begin()

    def adopt(self, an_hour: CostRange | None) -> None:
        """Takes it over as it runs or starts already."""
        self.meter.restart()
        self.is_ours = self.was_started_here = self.start_is_unsure = False
        self.an_hour = an_hour

    def stop(self) -> Attempt:
        """Begins to stop it, unless that is done or going on already."""
        with self._lock:
            if self.attempt is None or (self.attempt.done and not self.stopped):
                self.attempt = Attempt(self._stop, f"stopping {self.version_arn}")
                self.attempt.begin()
            return self.attempt

    def _stop(self) -> None:
        where = self._look.where
        version: VersionRef = (
            str(self.version_arn) if where.project_arn is None else (str(where.project_arn), where.version_name)
        )
        status = stop_model(
            self.client, version, self.version_arn, hourly=self.an_hour, may_be_starting=self.start_is_unsure
        )
        self.stopped = True
        self.meter.stop()
        registry.discard(self)
        logger.info("%s was stopped: %s", self.version_arn, status)

    def failure(self) -> ModelStillRunningError | None:
        """What went wrong with stopping it, if anything did."""
        error = self.attempt.error if self.attempt is not None else None
        return error if isinstance(error, ModelStillRunningError) and not self.stopped else None


class Watchdog:
    """Stops a model when a limit is reached, in a thread: it does so whatever the rest of the program is busy with.

    Args:
        hosted: The model.
        limit: When.
    """

    def __init__(self, hosted: Hosted, limit: Limit) -> None:
        self._hosted, self._limit = hosted, limit
        self._called_off = threading.Event()
        if limit.seconds < math.inf:
            threading.Thread(target=self._watch, name="rekog_versions limit", daemon=True).start()

    def call_off(self) -> None:
        """Ends the watch."""
        self._called_off.set()

    def _watch(self) -> None:
        pause = 0.0
        while not self._called_off.wait(pause) and not self._hosted.stopped:
            left = self._limit.seconds - self._hosted.meter.seconds
            pause = min(left, WATCH_AT_LEAST_EVERY) if left > 0 else AGAIN_AFTER
            if left <= 0:
                self._hosted.stopped_because = f"its limit is reached: {self._limit.reason}"
                logger.warning("%s is being stopped: %s", self._hosted.version_arn, self._limit.reason)
                self._hosted.stop().wait()


class Part(Enum):
    """What somebody who wants to use a model has to do."""

    FIRST = "first"
    """To start it, or to adopt it."""
    NEXT = "next"
    """To wait for the first one, and to use it then."""
    LATE = "late"
    """To wait until it was stopped, and to come again; no user has been counted."""


class Registry:
    """All models that this process uses, or could not stop."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._hosted: dict[Key, Hosted] = {}

    def join(self, hosted: Hosted, user: object) -> tuple[Hosted, "Part"]:
        """Makes somebody a user of a model: of the one that is there already, or else of this one.

        Returns:
            The model, and the caller's part in it.
        """
        with self._lock:
            there = self._hosted.setdefault(hosted.key, hosted)
            if there.is_closing:
                return there, Part.LATE
            if not there.users:  # it could not be stopped, and is used again
                there.stopped_because = ""
            there.users.add(user)
            return there, Part.FIRST if there is hosted else Part.NEXT

    def leave(self, hosted: Hosted, user: object) -> Attempt | None:
        """Makes somebody a user no more; the last one stops what is to be stopped, and waits for what is returned."""
        if not hosted.in_this_process:
            return None
        with self._lock:
            hosted.users.discard(user)
            if hosted.users:
                return None
            if hosted.is_ours and not hosted.stopped:
                return hosted.stop()
            self.discard(hosted)
            return None

    def discard(self, hosted: Hosted) -> None:
        """Knows it no more."""
        with self._lock:
            if self._hosted.get(hosted.key) is hosted:
                del self._hosted[hosted.key]

    def find(self, client: VersionsClient | AsyncVersionsClient, version_arn: str) -> Hosted | None:
        """The model of an ARN, if this process uses it."""
        return self._hosted.get(key_of(client, version_arn))

    @property
    def in_use(self) -> list[Hosted]:
        """All of them."""
        return list(self._hosted.values())

    def stop_all(self) -> list[ModelStillRunningError]:
        """Stops everything that is to be stopped; returns what could not be."""
        left = [hosted for hosted in self.in_use if hosted.is_ours and hosted.in_this_process]
        for attempt in [hosted.stop() for hosted in left]:
            attempt.wait()
        return [failure for hosted in left if (failure := hosted.failure())]

    def forget(self) -> None:
        """Knows nothing, as the forked child of a process that did: the models are the parent's."""
        self._lock = threading.RLock()
        self._hosted = {}


registry = Registry()


def key_of(client: VersionsClient | AsyncVersionsClient, version_arn: str) -> Key:
    """What a model is registered by."""
    meta = getattr(client.rekognition, "meta", None)
    return getattr(meta, "endpoint_url", None), version_arn


def stopwatch_of(client: VersionsClient | AsyncVersionsClient, version_arn: str) -> Stopwatch | None:
    """Return the stopwatch of a model that this process has started; None for other models."""
    hosted = registry.find(client, version_arn)
    return hosted.meter if hosted is not None and hosted.was_started_here else None


def _at_exit() -> None:
    failures = registry.stop_all()
    if failures:  # the interpreter prints what is raised here
        raise failures[0] if len(failures) == 1 else ExceptionGroup("models could not be stopped", failures)


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=registry.forget)
