"""The results: how each wait or training ended, and the report on all of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import RekogVersionsError
from rekog_versions.models.references import VersionRef
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription


@dataclass(frozen=True, slots=True)
class VersionOutcome(JsonResult):
    """How the wait for one of many versions ended.

    Attributes:
        version: The version as it was passed in.
        description: The last description; None if the service never returned one.
        error: Why the version is not trained: a `WaitError` as `wait_until_trained()` raises it, or the error of the
            calls for its project, such as an `AccessDeniedError`. None if it is trained.
    """

    _derived = ("ok",)

    version: VersionRef
    description: ProjectVersionDescription | None
    error: RekogVersionsError | None = None

    @property
    def ok(self) -> bool:
        """True if the version is trained."""
        return self.error is None

    def __bool__(self) -> bool:
        return self.ok

    def result(self) -> ProjectVersionDescription:
        """Return the description of the trained version.

        Raises:
            RekogVersionsError: `error`, if the version is not trained.
        """
        return _result(self.description, self.error)


@dataclass(frozen=True, slots=True)
class SubmissionOutcome(JsonResult):
    """How one of many trainings ended.

    Attributes:
        request: The request.
        version_arn: The version; None if it was not started, or the service never returned its ARN.
        description: The last description; None if the service never returned one.
        error: Why the version is not trained: a `WaitError` (the training failed, ...), a `ServiceError` (the service
            rejected the request), a `VersionConflictError` (another version has the name), or the error of the
            connection. None if it is trained.
        was_there_already: True if an earlier run started the version from the same request.
    """

    _derived = ("ok",)

    request: CreateProjectVersionRequest
    version_arn: ProjectVersionArn | None
    description: ProjectVersionDescription | None
    error: Exception | None = None
    was_there_already: bool = False

    @property
    def ok(self) -> bool:
        """True if the version is trained."""
        return self.error is None

    def __bool__(self) -> bool:
        return self.ok

    def result(self) -> ProjectVersionDescription:
        """Return the description of the trained version.

        Raises:
            Exception: `error`, if the version is not trained.
        """
        return _result(self.description, self.error)

    def __str__(self) -> str:
        if self.error is None:
            score = self.description.f1_score if self.description else None
            result = "trained" if score is None else f"trained, F1 {score:.4f}"
        else:
            result = f"{type(self.error).__name__}: {printable(str(self.error))}"
        already = " (was there already)" if self.was_there_already else ""
        return f"{self.request.version_name} of {self.request.project_arn}{already}: {result}"


def _result(description: ProjectVersionDescription | None, error: Exception | None) -> ProjectVersionDescription:
    if error is not None:
        raise error
    if description is None:
        raise TypeError("an outcome without an error must have a description")
    return description


@dataclass(frozen=True, slots=True)
class SubmissionReport(JsonResult):
    """How many trainings ended. `str()` returns one line for each.

    Attributes:
        outcomes: The outcomes, in the order of the requests.
    """

    _derived = ("ok",)

    outcomes: tuple[SubmissionOutcome, ...]

    @property
    def ok(self) -> bool:
        """True if all versions are trained."""
        return not self.failed

    def __bool__(self) -> bool:
        return self.ok

    def __iter__(self) -> Iterator[SubmissionOutcome]:
        return iter(self.outcomes)

    @property
    def trained(self) -> tuple[SubmissionOutcome, ...]:
        """The trained versions."""
        return tuple(outcome for outcome in self.outcomes if outcome.ok)

    @property
    def failed(self) -> tuple[SubmissionOutcome, ...]:
        """The others, each with its error."""
        return tuple(outcome for outcome in self.outcomes if not outcome.ok)

    def raise_failures(self) -> None:
        """Raise an `ExceptionGroup` of the errors, if there are any."""
        errors = [outcome.error for outcome in self.outcomes if outcome.error is not None]
        if errors:
            raise ExceptionGroup(f"{len(errors)} of {len(self.outcomes)} requests were not trained", errors)

    def __str__(self) -> str:
        kinds = Counter(
            "trained" if outcome.error is None else type(outcome.error).__name__ for outcome in self.outcomes
        )
        summary = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "no requests"
        return "\n".join([summary, *(f"  {outcome}" for outcome in self.outcomes)])
