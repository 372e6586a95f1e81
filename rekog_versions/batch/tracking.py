"""Decide on the wait for many versions, without I/O. Each version has a `VersionWatch`; they share their calls."""

import math
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._notes import noted
from rekog_versions.arns import ProjectArn, ProjectVersionArn
from rekog_versions.batch.actions import Action, Pause, ProjectSearch, SafeSteps, concerns_caller
from rekog_versions.batch.outcomes import VersionOutcome
from rekog_versions.batch.planning import PageEstimate, VersionSearch
from rekog_versions.errors import RekogVersionsError, ResourceNotFoundError, WaitError
from rekog_versions.models._constraints import NAMES_PER_CALL
from rekog_versions.models.references import VersionRef, VersionReference
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.waiting.arguments import Seconds, check_schedule, seconds_of
from rekog_versions.waiting.poll import Poll
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import TRAINED
from rekog_versions.waiting.watch import VersionWatch

ROUNDS = Schedule(most=60.0)
"""The default schedule of the rounds. Many versions share their calls, so they are polled twice as often as one is."""
_MOMENT = 0.001
"""Seconds; a poll that is due so soon is due now."""
_MOST_LISTED = 10


@dataclass(slots=True, eq=False)
class _Tracked:
    """One version of the wait.

    Attributes:
        version: The version as it was passed in.
        watch: The decision after each of its polls.
        due: When to poll it next; infinite once it has an outcome.
        deadline: When its wait gives up.
        outcome: The outcome, once it is known.
        is_ready: True once the outcome has been put among those to yield.
    """

    version: VersionRef
    watch: VersionWatch
    due: float
    deadline: float
    outcome: VersionOutcome | None = None
    is_ready: bool = False


@dataclass(slots=True, eq=False)
class _Group:
    """The versions of one project.

    Attributes:
        by_name: The versions by name. A name can have had several versions, one after the other.
        estimate: The estimate for searches.
        due: When to poll one of the versions next.
    """

    by_name: dict[str, list[_Tracked]] = field(default_factory=dict[str, list[_Tracked]])
    estimate: PageEstimate = field(default_factory=PageEstimate)
    due: float = math.inf

    def add(self, tracked: _Tracked) -> None:
        self.by_name.setdefault(tracked.watch.sought.reference.version_name, []).append(tracked)
        self.due = min(self.due, tracked.due)

    def all(self) -> Iterator[_Tracked]:
        return chain.from_iterable(self.by_name.values())

    def settle(self) -> None:
        """Remove the versions that have an outcome, and compute when the next of the others is due."""
        remaining = {name: [one for one in same if one.due < math.inf] for name, same in self.by_name.items()}
        self.by_name = {name: same for name, same in remaining.items() if same}
        self.due = min((tracked.due for tracked in self.all()), default=math.inf)


class VersionTracker(SafeSteps):
    """The decisions of `as_trained()`. `submit_all()` tracks its trainings with them too.

    Args:
        versions: The versions. One that is named twice is tracked once.
        timeout: Seconds, or a `timedelta`, until the wait for a version gives up; None for no limit.
        schedule: The delays between the starts of two rounds.
        clock: Monotonic seconds.

    Raises:
        ValueError: An item does not name a version, or a number is out of range.
        TypeError: An argument has the wrong type.
    """

    def __init__(
        self,
        versions: Iterable[VersionRef],
        *,
        timeout: Seconds | None,
        schedule: Schedule,
        clock: Callable[[], float],
    ) -> None:
        timeout = seconds_of(timeout)
        check_schedule(schedule)
        super().__init__()
        self._every: list[_Tracked] = []
        """All versions, also those that have an outcome."""
        self.ready: deque[VersionOutcome] = deque()
        self.polls: deque[Poll] = deque()
        self._timeout = timeout
        self._schedule = schedule
        self._delays = schedule.delays()
        self._clock = clock
        self._round_at = -math.inf
        self._is_connected = False
        self._groups: dict[str, _Group] = {}
        """By project ARN."""
        self._unresolved: dict[str, _Group] = {}
        """By project name: an ARN of a version does not contain the project's ARN."""
        for version, reference in unique_versions(versions):
            self._track(version, reference)

    @property
    def open(self) -> list[VersionRef]:
        """The versions that have no outcome yet, as they were passed in."""
        return [tracked.version for tracked in self._all()]

    @property
    def is_open(self) -> bool:
        """True if there are such versions."""
        return bool(self._groups or self._unresolved)

    def begin(
        self, name: tuple[str, str], arn: ProjectVersionArn | None, description: ProjectVersionDescription | None
    ) -> None:
        """Begin to track one more version.

        Args:
            name: Its project and name.
            arn: Its ARN; None if it is unknown.
            description: Its description from a lookup just now; None if it was just created.
        """
        tracked = self._track(name, VersionReference.parse(name))
        if arn is not None:
            tracked.watch.begin(arn)
        if description is not None:
            self._take_poll(tracked, tracked.watch.found(description))
        else:
            tracked.due = self._next_round(tracked)
        self._settle(self._groups[name[0]])

    def _choose(self, until: float) -> Action:
        """Return the next search, or a pause until one is due."""
        now = self._clock()
        if now >= self._round_at - _MOMENT:
            self._round_at = now + next(self._delays)
        # the group that has been due for longest: each group has its turn even if rounds take longer than their delay
        due, project_arn = min(
            ((group.due, project_arn) for project_arn, group in self._groups.items()), default=(math.inf, "")
        )
        unresolved = sorted(self._unresolved, key=lambda name: self._unresolved[name].due)
        if unresolved and self._unresolved[unresolved[0]].due <= min(due, now + _MOMENT):
            names = unresolved[:NAMES_PER_CALL]
            return ProjectSearch([name for name in names if self._unresolved[name].due <= now + _MOMENT])
        if due <= now + _MOMENT:
            group = self._groups[project_arn]
            names = [
                tracked.watch.sought.reference.version_name for tracked in group.all() if tracked.due <= now + _MOMENT
            ]
            return VersionSearch(project_arn, dict.fromkeys(names), group.estimate)
        due = min([due, until, *(self._unresolved[name].due for name in unresolved[:1])])
        return Pause(max(0.0, due - now))

    def _apply(self, action: Action, error: Exception | None) -> None:
        if error is None and not isinstance(action, Pause) and not self._is_connected:
            self._is_connected = True
            for tracked in self._all():
                tracked.watch.connected()
        match action:
            case ProjectSearch():
                self._take_projects(action, error)
            case VersionSearch():
                self._take_versions(action, error)
            case _:
                pass

    def _rebuild(self) -> None:
        self._groups, self._unresolved = {}, {}
        for tracked in self._every:
            if tracked.outcome is None:
                tracked.due = self._clock()
                self._group(tracked)
            elif not tracked.is_ready and all(outcome is not tracked.outcome for outcome in self.ready):
                self.ready.append(tracked.outcome)
                tracked.is_ready = True

    @contextmanager
    def noting(self) -> Generator[None]:
        """Add a note on how to resume to any exception that ends the wait early."""
        try:
            yield
        except BaseException as error:
            noted(
                error,
                f"This ends the wait for {counted(len(self.open), 'version')}, not their trainings, which continue and "
                f"are billed: as_trained(client, {_as_python(self._all())}) resumes the wait, in any process.",
            )
            raise

    def _all(self) -> Iterator[_Tracked]:
        for group in (*self._groups.values(), *self._unresolved.values()):
            yield from group.all()

    def _track(self, version: VersionRef, reference: VersionReference) -> _Tracked:
        watch = VersionWatch(TRAINED, version, timeout=self._timeout, schedule=self._schedule, clock=self._clock)
        watch.sought.reference = reference
        if self._is_connected:
            watch.connected()
        now = self._clock()
        tracked = _Tracked(version, watch, now, now + (math.inf if self._timeout is None else self._timeout))
        self._every.append(tracked)
        self._group(tracked)
        return tracked

    def _group(self, tracked: _Tracked) -> None:
        reference = tracked.watch.sought.reference
        if reference.project_arn is None:
            self._unresolved.setdefault(reference.project_name, _Group()).add(tracked)
        else:
            self._groups.setdefault(reference.project_arn, _Group()).add(tracked)

    def _settle(self, *touched: _Group) -> None:
        for group in touched:
            group.settle()
        self._groups = {key: group for key, group in self._groups.items() if group.by_name}
        self._unresolved = {key: group for key, group in self._unresolved.items() if group.by_name}

    def _take_projects(self, search: ProjectSearch, error: Exception | None) -> None:
        for name in [name for name in search.names if name in search.found]:
            project_arn = search.found[name]
            for tracked in self._unresolved.pop(name).all():
                tracked.watch.sought.set_project(project_arn)
                self._groups.setdefault(project_arn, _Group()).add(tracked)
        missing = [self._unresolved[name] for name in search.names if name not in search.found]
        try:
            self._take_missing([tracked for group in missing for tracked in group.all()], error)
        finally:
            self._settle(*missing)

    def _take_versions(self, search: VersionSearch, error: Exception | None) -> None:
        group = self._groups[search.project_arn]
        for name, same in group.by_name.items():
            if name in search.found:
                for tracked in same:
                    description = tracked.watch.sought.pick([search.found[name]])
                    self._take_poll(tracked, tracked.watch.found(description))
        missing = [tracked for name in search.names if name not in search.found for tracked in group.by_name[name]]
        try:
            self._take_missing(missing, error)
        finally:
            self._settle(group)

    def _take_missing(self, missing: Sequence[_Tracked], error: Exception | None) -> None:
        """Decide for versions that a search did not find: they do not exist, or there was an error."""
        if error is None or isinstance(error, ResourceNotFoundError):
            for tracked in missing:
                self._take_poll(tracked, tracked.watch.found(None))
        elif is_retryable(error, connected_before=self._is_connected):
            for tracked in missing:
                self._take_poll(tracked, tracked.watch.failed(error))
        elif not isinstance(error, RekogVersionsError) or concerns_caller(error):
            raise error
        else:
            versions = _as_python(missing)
            noted(error, f"This ends the wait for {versions}, not their trainings, which continue and are billed.")
            for tracked in missing:
                self._end(tracked, VersionOutcome(tracked.version, None, error))

    def _take_poll(self, tracked: _Tracked, poll: Poll) -> None:
        self.polls.append(poll)
        if poll.next_in is None:
            self._end(tracked, _outcome(tracked, poll))
        elif poll.description is None and poll.error is None:  # missing: within the grace period
            tracked.due = self._clock() + poll.next_in
        else:
            tracked.due = self._next_round(tracked)

    def _next_round(self, tracked: _Tracked) -> float:
        return min(self._round_at, tracked.deadline)

    def _end(self, tracked: _Tracked, outcome: VersionOutcome) -> None:
        tracked.outcome = outcome
        tracked.due = math.inf
        self.ready.append(outcome)
        tracked.is_ready = True


def _outcome(tracked: _Tracked, last: Poll) -> VersionOutcome:
    try:
        return VersionOutcome(tracked.version, tracked.watch.result(last))
    except WaitError as error:
        return VersionOutcome(tracked.version, error.description, error)


def unique_versions(versions: Iterable[VersionRef]) -> Iterator[tuple[VersionRef, VersionReference]]:
    """Parse references, and leave out those that name a version again, even in another form.

    Raises:
        ValueError: An item does not name a version.
        TypeError: An item has the wrong type, or `versions` is one version.
    """
    if isinstance(versions, str | ProjectVersionDescription) or _is_pair(versions):
        raise TypeError(
            "versions must be a list of versions; for one version, call wait_until_trained() or put it in a list"
        )
    by_name: dict[tuple[str | None, ...], list[tuple[VersionRef, VersionReference]]] = {}
    for version in versions:
        reference = VersionReference.parse(version)
        arn = reference.version_arn or ProjectArn(str(reference.project_arn))
        key = (arn.region, arn.account_id, reference.project_name, reference.version_name)
        by_name.setdefault(key, []).append((version, reference))
    for same in by_name.values():
        yield from _merged(same)


def _is_pair(versions: object) -> bool:
    """Return True for `(project_arn, version_name)`. The ARN of a version is not the ARN of a project."""
    match versions:
        case (str() as project_arn, str()):
            return ProjectArn(project_arn).is_valid
        case _:
            return False


def _merged(same: list[tuple[VersionRef, VersionReference]]) -> Iterator[tuple[VersionRef, VersionReference]]:
    """Merge references with the same names into one, unless their ARNs belong to different versions."""
    project_arns = {reference.project_arn for _, reference in same} - {None}
    version_arns = {reference.version_arn for _, reference in same} - {None}
    if len(project_arns) <= 1 and len(version_arns) <= 1:
        version, reference = same[0]
        project_arn, version_arn = next(iter(project_arns), None), next(iter(version_arns), None)
        yield version, replace(reference, project_arn=project_arn, version_arn=version_arn)
        return
    seen: dict[tuple[str | None, str | None], VersionRef] = {}
    for version, reference in same:
        if seen.setdefault((reference.project_arn, reference.version_arn), version) is version:
            yield version, reference


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _as_python(versions: Iterable[_Tracked]) -> str:
    """Return references as a Python list; a long one is shortened."""
    listed = [tracked.watch.sought.reference.as_python for tracked in versions]
    more = f", ... {len(listed) - _MOST_LISTED} more" if len(listed) > _MOST_LISTED else ""
    return f"[{', '.join(listed[:_MOST_LISTED])}{more}]"
