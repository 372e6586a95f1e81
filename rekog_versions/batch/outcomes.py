"""What is yielded: how a wait or a training ended, and the report over all of them."""

from collections import Counter
from dataclasses import dataclass

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import RekogVersionsError
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription
from rekog_versions.operations.versions import VersionRef


@dataclass(frozen=True, slots=True)
class VersionOutcome:
    """How the wait for one of many versions ended.

    Attributes:
        version: The version as it was given.
        description: What the service said last; None if it never said anything.
        error: Why it did not become trained: a `WaitError` as of `wait_until_trained()`, or what kept the service from
            telling, such as an `AccessDeniedError` of its project. None if it is trained.
    """

    version: VersionRef
    description: ProjectVersionDescription | None
    error: RekogVersionsError | None = None

    @property
    def ok(self) -> bool:
        """Whether it is trained."""
        return self.error is None

    def result(self) -> ProjectVersionDescription:
        """The trained version.

        Raises:
            RekogVersionsError: It is none: `error`.
        """
        return _result(self.description, self.error)


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """What became of one of many requests.

    Attributes:
        request: What was to be trained.
        version_arn: The version; None if none was started, or the service never told.
        description: What the service said last of it.
        error: Why it is not trained: a `WaitError` (the training failed, ...), a `ServiceError` (the service refused to
            start it), a `VersionConflictError` (the name is taken by something else), or what kept the service from
            being reached. None if it is trained.
        was_there_already: Whether the version was there before, made of the same request: by an earlier run.
    """

    request: CreateProjectVersionRequest
    version_arn: ProjectVersionArn | None
    description: ProjectVersionDescription | None
    error: Exception | None = None
    was_there_already: bool = False

    @property
    def ok(self) -> bool:
        """Whether it is trained."""
        return self.error is None

    def result(self) -> ProjectVersionDescription:
        """The trained version.

        Raises:
            Exception: It is none: `error`.
        """
        return _result(self.description, self.error)

    def __str__(self) -> str:
        if self.error is None:
            score = self.description.f1_score if self.description else None
            became = "trained" if score is None else f"trained, F1 {score:.4f}"
        else:
            became = f"{type(self.error).__name__}: {printable(str(self.error))}"
        already = " (was there already)" if self.was_there_already else ""
        return f"{self.request.version_name} of {self.request.project_arn}{already}: {became}"


def _result(description: ProjectVersionDescription | None, error: Exception | None) -> ProjectVersionDescription:
    if error is not None:
        raise error
    if description is None:
        raise TypeError("an outcome without an error has a description")
    return description


@dataclass(frozen=True, slots=True)
class SubmissionReport:
    """What became of many requests; `str()` has a line for each.

    Attributes:
        outcomes: In the order of the requests.
    """

    outcomes: tuple[SubmissionOutcome, ...]

    @property
    def trained(self) -> tuple[SubmissionOutcome, ...]:
        """Those that are trained."""
        return tuple(outcome for outcome in self.outcomes if outcome.ok)

    @property
    def failed(self) -> tuple[SubmissionOutcome, ...]:
        """Those that are not, each with its error."""
        return tuple(outcome for outcome in self.outcomes if not outcome.ok)

    def raise_failures(self) -> None:
        """Raises an `ExceptionGroup` of the errors, if there are any."""
        errors = [outcome.error for outcome in self.outcomes if outcome.error is not None]
        if errors:
            raise ExceptionGroup(f"{len(errors)} of {len(self.outcomes)} requests were not trained", errors)

    def __str__(self) -> str:
        kinds = Counter(
            "trained" if outcome.error is None else type(outcome.error).__name__ for outcome in self.outcomes
        )
        summary = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "no requests"
        return "\n".join([summary, *(f"  {outcome}" for outcome in self.outcomes)])
