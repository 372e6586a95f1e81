"""`Poll`: what `on_poll` receives after each poll of a wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias

from typing_extensions import TypeVar

from rekog_versions import models
from rekog_versions._json import JsonResult
from rekog_versions._text import duration, printable
from rekog_versions.arns import DatasetArn, ProjectVersionArn
from rekog_versions.statuses import DatasetStatus, ProjectVersionStatus

DescriptionT = TypeVar(
    "DescriptionT",
    bound="models.ProjectVersionDescription | models.DatasetDescription",
    default="models.ProjectVersionDescription",
)
StatusT = TypeVar("StatusT", bound=ProjectVersionStatus | DatasetStatus, default=ProjectVersionStatus)


@dataclass(frozen=True, slots=True)
class Poll(JsonResult, Generic[DescriptionT, StatusT]):
    """One poll of a wait. `Poll` alone is a poll of a version; `DatasetPoll` is a poll of a dataset.

    Attributes:
        number: The number of the poll, from 1.
        name: The version or dataset for a reader: its ARN, or its name and project.
        arn: The ARN, once it is known.
        elapsed: Seconds since the wait began.
        next_in: Seconds until the next poll; None after the last.
        status: The status; None if the poll found none.
        description: The description in the response; None if the poll found none.
        error: The retryable error that the poll failed with; the wait continues.
    """

    number: int
    name: str
    arn: ProjectVersionArn | DatasetArn | None
    elapsed: float
    next_in: float | None
    status: StatusT | None = None
    description: DescriptionT | None = None
    error: Exception | None = None

    def __str__(self) -> str:
        """Return one line for a log or a terminal; `repr()` has the details."""
        found = f"the poll failed: {self.error}" if self.error else self.status or "not found yet"
        following = "" if self.next_in is None else f", next poll in {duration(self.next_in)}"
        return printable(f"{self.name}: {found} after {duration(self.elapsed)}{following}", 1000)

    @property
    def is_last(self) -> bool:
        """True if the wait ends with this poll."""
        return self.next_in is None


DatasetPoll: TypeAlias = "Poll[models.DatasetDescription, DatasetStatus]"
"""One poll of a wait for a dataset."""
