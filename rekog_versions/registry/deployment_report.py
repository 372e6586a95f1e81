"""The results of `deploy()`, and of the recovery of a deployment that did not end."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.hosting import ActiveModel, CostRange
from rekog_versions.registry.document import HistoryEntry


class Recovery(StrEnum):
    """The action of a call on a deployment that had not ended, such as one whose process was killed."""

    RESUMED = "resumed"
    """The new model was being started, and this call deploys the same version."""
    UNDONE = "undone"
    """The new model was being started, and was stopped. The alias was not moved."""
    FINISHED = "finished"
    """The alias had been moved, and the old model was stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredDeployment(JsonResult):
    """A deployment that had not ended.

    Attributes:
        alias: The alias.
        recovery: The action of this call on it; in a dry run, the action that it would take.
        version_arn: The version that was being deployed.
        old_arn: The version that the alias pointed to before; None if the alias was new.
        billed: The models of the two that were starting, running or stopping when they were found, so billed.
    """

    alias: str
    recovery: Recovery
    version_arn: ProjectVersionArn
    old_arn: ProjectVersionArn | None
    billed: Sequence[ActiveModel]

    def __str__(self) -> str:
        lines = "".join(f"\n  billed: {model}" for model in self.billed)
        name = printable(self.version_arn.version_name or self.version_arn, 300)
        return f"an earlier deployment of {name} to '{self.alias}' had not ended: {self.recovery.value}{lines}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentReport(JsonResult):
    """The result of `deploy()`.

    Attributes:
        alias: The alias.
        version_arn: The version.
        old_arn: The version that the alias pointed to before; None if the alias is new.
        entry: The entry of the history; None in a dry run.
        extra_cost_an_hour: The cost of the new model for an hour. It is added to that of the old one until that one
            is stopped.
        recovered: A deployment of the alias that had not ended; None if there was none.
        old_needed_by: The aliases for which the old model was left running.
        warnings: Checks that could not be made; printable.
        dry_run: True if nothing was changed.
    """

    alias: str
    version_arn: ProjectVersionArn
    old_arn: ProjectVersionArn | None
    entry: HistoryEntry | None
    extra_cost_an_hour: CostRange
    recovered: RecoveredDeployment | None = None
    old_needed_by: Sequence[str] = ()
    warnings: Sequence[str] = ()
    dry_run: bool = False

    def __str__(self) -> str:
        new = self.version_arn.version_name
        old = self.old_arn.version_name if self.old_arn is not None else None
        lines = [str(self.recovered)] if self.recovered is not None else []
        lines += [f"WARNING: {warning}" for warning in self.warnings]
        does = "would be moved" if self.dry_run else "was moved"
        lines.append(f"'{self.alias}' {does} to {new}{f' from {old}' if old else ''}")
        if self.old_needed_by:
            lines.append(f"{old} is left running for {', '.join(self.old_needed_by)}")
        lines.append(f"{new} costs {self.extra_cost_an_hour} an hour")
        return "\n".join(lines)
