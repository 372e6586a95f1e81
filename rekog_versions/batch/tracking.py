"""Waiting for many versions without I/O: a `waiting.Watch` for each decides, and a few calls feed all of them."""

import logging
import math
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from botocore.exceptions import BotoCoreError, ClientError

from rekog_versions._aws.error_codes import code_and_status, is_retryable
from rekog_versions.arns import ProjectArn, ProjectVersionArn
from rekog_versions.batch.outcomes import VersionOutcome
from rekog_versions.batch.pacing import Pacer
from rekog_versions.batch.planning import Reach, find_projects, find_versions
from rekog_versions.errors import (
    RekogVersionsError,
    ResourceNotFoundError,
    WaitError,
    noted,
)
from rekog_versions.models._constraints import NAMES_PER_CALL
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.operations.flows import Flow, Sleep
from rekog_versions.operations.versions import Look, VersionRef, Whereabouts, whereabouts
from rekog_versions.statuses import TRAINED
from rekog_versions.waiting.versions import Poll, Watch
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.arguments import check_schedule, check_seconds

logger = logging.getLogger("rekog_versions")

ROUNDS = Schedule(most=60.0)
"""When many versions are looked at: as they share their calls, twice as often as one version is."""
MOMENT = 0.001
"""Seconds that don't count: what is due so soon is due."""
_SHOWN = 10

_OF_THE_CALLER = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""The codes that refuse the caller whatever is asked for (AWS, common errors)."""


def ends_all(error: Exception) -> bool:
    """Whether an error that does not pass would meet every other call too, rather than be about what was asked for."""
    if isinstance(error, ClientError):
        return code_and_status(error)[0] in _OF_THE_CALLER
    return not isinstance(error, RekogVersionsError)


@dataclass(slots=True, eq=False)
class Tracked:
    """One version that is waited for."""

    version: VersionRef
    """As it was given."""
    watch: Watch
    due: float
    """When to look at it next."""
    deadline: float

    @property
    def look(self) -> Look:
        """What it is looked for by: where it is, and what has its name instead."""
        return self.watch.looking


@dataclass(slots=True, eq=False)
class Group:
    """The versions of one project."""

    project_arn: str
    """Empty as long as the project is known by its name only."""
    tracked: dict[str, list[Tracked]] = field(default_factory=dict[str, list[Tracked]])
    """By name; of one name there may be several, which had it one after the other."""
    reach: Reach = field(default_factory=Reach)
    due: float = math.inf

    def add(self, tracked: Tracked) -> None:
        """Takes a version in."""
        self.tracked.setdefault(tracked.look.where.version_name, []).append(tracked)
        self.due = min(self.due, tracked.due)

    def settle(self) -> None:
        """Takes those out that have ended, and says when the next of the others is due."""
        for name in list(self.tracked):
            self.tracked[name] = [tracked for tracked in self.tracked[name] if tracked.due < math.inf]
            if not self.tracked[name]:
                del self.tracked[name]
        self.due = min((tracked.due for every in self.tracked.values() for tracked in every), default=math.inf)


class Fleet:
    """The wait for many versions. A driver runs `step()` while `is_open` and takes what is `ready` after each.

    Between two steps nothing is under way, so a wait that was interrupted goes on with the next step.

    Args:
        versions: Which; one that is named twice is waited for once.
        timeout: Seconds until the wait for a version gives up; None for never.
        schedule: When rounds are due, from the begin of one to the begin of the next.
        pacer: When calls may be made.
        clock: Monotonic seconds.

    Raises:
        ValueError: Something names no version, or a number is out of range.
        TypeError: Something is of another type.
    """

    def __init__(
        self,
        versions: Iterable[VersionRef],
        *,
        timeout: float | None,
        schedule: Schedule,
        pacer: Pacer,
        clock: Callable[[], float],
    ) -> None:
        # what a `Watch` refuses too, but here there may be none so far
        check_seconds(timeout)
        check_schedule(schedule)
        self.ready: deque[VersionOutcome] = deque()
        self.polls: deque[Poll] = deque()
        self._timeout = timeout
        self._schedule = schedule
        self._delays = schedule.delays()
        self._pacer = pacer
        self._clock = clock
        self._round_at = -math.inf
        self._groups: dict[str, Group] = {}
        self._homeless: dict[str, Group] = {}
        """Those whose project is known by name only, by that name."""
        for version, where in once(versions):
            self._track(version, where)

    @property
    def open(self) -> list[VersionRef]:
        """Those that are still waited for, as they were given."""
        return [tracked.version for tracked in self._tracked()]

    @property
    def is_open(self) -> bool:
        """Whether there are any."""
        return bool(self._groups or self._homeless)

    def begin(
        self, version: tuple[str, str], arn: ProjectVersionArn | None, description: ProjectVersionDescription | None
    ) -> None:
        """Begins to wait for one more version.

        Args:
            version: Its project and name.
            arn: Its ARN; None if it is not known.
            description: What a look just now showed of it; None if there was none.
        """
        tracked = self._track(version, whereabouts(version))
        if arn is not None:
            tracked.watch.begin(arn)
        if description is not None:
            self._tell(tracked, tracked.watch.found(description))
        else:
            self._later(tracked)
        self._settle(self._at_home(version[0]))

    def step(self, until: float = math.inf) -> Flow[None]:
        """Looks at one project, or sleeps until one is due.

        Args:
            until: When to stop sleeping at the latest.

        Raises:
            ServiceError: The service refused the caller, whatever is asked for: the credentials have expired.
            botocore.exceptions.BotoCoreError: A call failed for a reason that does not pass.
        """
        now = self._clock()
        if now >= self._round_at - MOMENT:
            self._round_at = now + next(self._delays)
        # whoever is due for longest: rounds that take longer than their delay still come to everybody
        group = min((*self._homeless.values(), *self._groups.values()), key=lambda group: group.due)
        if group.due > now + MOMENT:
            yield Sleep(max(0.0, min(group.due, until) - now))
        elif group.project_arn:
            yield from self._look(group, now)
        else:
            yield from self._find_projects(now)

    @contextmanager
    def noting(self) -> Generator[None]:
        """Lets whatever ends the wait early say what goes on and how to take it up again."""
        try:
            yield
        except BaseException as error:
            noted(
                error,
                f"This ends the wait for {counted(len(self.open), 'version')}, not their trainings, which go on and "
                f"are billed: as_trained(client, {spelled(self._tracked())}) takes it up again, in any process.",
            )
            raise

    def _tracked(self) -> Iterator[Tracked]:
        for group in (*self._groups.values(), *self._homeless.values()):
            for every in group.tracked.values():
                yield from every

    def _track(self, version: VersionRef, where: Whereabouts) -> Tracked:
        watch = Watch(TRAINED, version, timeout=self._timeout, schedule=self._schedule, clock=self._clock)
        now = self._clock()
        tracked = Tracked(version, watch, now, now + (math.inf if self._timeout is None else self._timeout))
        tracked.look.where = where
        if where.project_arn is None:
            self._homeless.setdefault(where.project_name, Group("")).add(tracked)
        else:
            self._at_home(where.project_arn).add(tracked)
        return tracked

    def _at_home(self, project_arn: str) -> Group:
        return self._groups.setdefault(project_arn, Group(project_arn))

    def _settle(self, *touched: Group) -> None:
        for group in touched:
            group.settle()
        for groups in (self._groups, self._homeless):
            for key in [key for key, group in groups.items() if not group.tracked]:
                del groups[key]

    def _find_projects(self, now: float) -> Flow[None]:
        due = sorted(self._homeless, key=lambda name: self._homeless[name].due)
        names = [name for name in due[:NAMES_PER_CALL] if self._homeless[name].due <= now + MOMENT]
        found: dict[str, ProjectArn] = {}
        trouble: Exception | None = None
        try:
            yield from find_projects(names, found, self._pacer)
        except (RekogVersionsError, BotoCoreError) as error:
            trouble = error
        for name in [name for name in names if name in found]:
            project_arn = found[name]
            for every in self._homeless.pop(name).tracked.values():
                for tracked in every:
                    tracked.look.where = replace(tracked.look.where, project_arn=project_arn)
                    self._at_home(project_arn).add(tracked)
        left = [self._homeless[name] for name in names if name not in found]
        try:
            self._missed([tracked for group in left for every in group.tracked.values() for tracked in every], trouble)
        finally:
            self._settle(*left)

    def _look(self, group: Group, now: float) -> Flow[None]:
        names = [name for name, every in group.tracked.items() if any(tracked.due <= now + MOMENT for tracked in every)]
        found: dict[str, ProjectVersionDescription] = {}
        trouble: Exception | None = None
        try:
            yield from find_versions(group.project_arn, names, found, group.reach, self._pacer)
        except (RekogVersionsError, BotoCoreError) as error:
            trouble = error
        for name, every in group.tracked.items():
            for tracked in every if name in found else ():
                self._tell(tracked, self._seen(tracked, found[name]))
        missing = [tracked for name in names if name not in found for tracked in group.tracked[name]]
        try:
            self._missed(missing, trouble)
        finally:
            self._settle(group)

    def _seen(self, tracked: Tracked, description: ProjectVersionDescription) -> Poll:
        arn = description.project_version_arn
        if tracked.look.where.version_arn in (None, arn):
            return tracked.watch.found(description)
        tracked.look.other_arn = arn
        return tracked.watch.found(None)

    def _missed(self, missing: Sequence[Tracked], trouble: Exception | None) -> None:
        """What it means that a look did not show these: they are not there, or there was trouble."""
        if trouble is None or isinstance(trouble, ResourceNotFoundError):
            for tracked in missing:
                self._tell(tracked, tracked.watch.found(None))
        elif is_retryable(trouble) or ends_all(trouble):
            for tracked in missing:
                self._tell(tracked, tracked.watch.failed(trouble))  # which raises what does not pass
        elif isinstance(trouble, RekogVersionsError):
            noted(trouble, f"This ends the wait for {spelled(missing)}, not their trainings, which are billed.")
            for tracked in missing:
                self._end(tracked, VersionOutcome(tracked.version, None, trouble))

    def _tell(self, tracked: Tracked, poll: Poll) -> None:
        self.polls.append(poll)
        if poll.next_in is None:
            self._end(tracked, _outcome(tracked, poll))
        elif poll.description is None and poll.error is None:
            tracked.due = self._clock() + poll.next_in
        else:
            self._later(tracked)

    def _later(self, tracked: Tracked) -> None:
        tracked.due = min(self._round_at, tracked.deadline)

    def _end(self, tracked: Tracked, outcome: VersionOutcome) -> None:
        tracked.due = math.inf
        self.ready.append(outcome)


def _outcome(tracked: Tracked, poll: Poll) -> VersionOutcome:
    try:
        return VersionOutcome(tracked.version, tracked.watch.conclude(poll))
    except WaitError as error:
        return VersionOutcome(tracked.version, error.description, error)


def once(versions: Iterable[VersionRef]) -> Iterator[tuple[VersionRef, Whereabouts]]:
    """Reads references and leaves out those that name a version again, also in another way.

    Raises:
        ValueError: One names no version.
        TypeError: One is of another type, or all of it is one reference rather than many.
    """
    if isinstance(versions, str | ProjectVersionDescription) or _is_pair(versions):
        raise TypeError("versions takes many; for one version, use wait_until_trained(), or put it in a list")
    named: dict[tuple[str | None, ...], list[tuple[VersionRef, Whereabouts]]] = {}
    for version in versions:
        where = whereabouts(version)
        arn = where.version_arn or ProjectArn(str(where.project_arn))
        named.setdefault((arn.region, arn.account_id, where.project_name, where.version_name), []).append(
            (version, where)
        )
    for same in named.values():
        yield from _merged(same)


def _is_pair(versions: object) -> bool:
    # ("arn:...:project/...", "v1") is one version, and no ARN of a version is one of its two
    match versions:
        case (str() as project_arn, str()):
            return ProjectArn(project_arn).is_valid
        case _:
            return False


def _merged(same: list[tuple[VersionRef, Whereabouts]]) -> Iterator[tuple[VersionRef, Whereabouts]]:
    """Makes one of references with the same names, unless ARNs say that they are different versions."""
    project_arns = {where.project_arn for _, where in same} - {None}
    version_arns = {where.version_arn for _, where in same} - {None}
    if len(project_arns) <= 1 and len(version_arns) <= 1:
        version, where = same[0]
        yield (
            version,
            replace(where, project_arn=next(iter(project_arns), None), version_arn=next(iter(version_arns), None)),
        )
    else:
        seen: dict[tuple[str | None, str | None], VersionRef] = {}
        for version, where in same:
            if seen.setdefault((where.project_arn, where.version_arn), version) is version:
                yield version, where


def counted(number: int, what: str) -> str:
    """A number with its noun."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def spelled(versions: Iterable[Tracked]) -> str:
    """References as Python code; many are cut short."""
    every = [tracked.look.where.spelling for tracked in versions]
    more = f", ... {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return f"[{', '.join(every[:_SHOWN])}{more}]"
