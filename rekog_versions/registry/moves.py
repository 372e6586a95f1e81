"""The decisions of promote() and rollback(): the document after a move of an alias. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.evaluation import Evaluation, Gates, compare
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.registry.document import (
    AliasState,
    Candidate,
    Deployment,
    EvaluationNumbers,
    HistoryEntry,
    PassedGates,
    RegistryAction,
    RegistryDocument,
    gates_as_json,
)
from rekog_versions.registry.registry_errors import DeploymentError, PromotionRejectedError
from rekog_versions.waiting.targets import TRAINED, Verdict

_WITHOUT_OLD: Mapping[str, Any] = {
    "max_drop": None,
    "max_label_drop": None,
    "not_worse_by": None,
    "same_test_set": False,
    "may_lose_labels": True,
}
"""The gates about two versions, switched off. A new alias has no version to compare with."""
_COPIED = tuple(part.name for part in fields(Candidate))


def check_usable(description: ProjectVersionDescription, alias: str) -> ProjectVersionArn:
    """Check that a version is trained and not being deleted, and return its ARN.

    Raises:
        PromotionRejectedError: It is not.
    """
    arn = ProjectVersionArn.parse(description.project_version_arn or "")
    if TRAINED.verdict(description.status) is not Verdict.REACHED:
        raise _rejected(alias, arn, [f"its status is {printable(description.status or 'unknown', 60)}"])
    return arn


def candidate_of(
    description: ProjectVersionDescription,
    new: Evaluation,
    old: tuple[ProjectVersionArn, Evaluation] | None,
    *,
    alias: str,
    gates: Gates,
    thresholds: Thresholds | None,
) -> Candidate:
    """Return a version that passes its gates, with what an alias carries.

    Args:
        description: The version.
        new: Its evaluation.
        old: The version that the alias points to, with its evaluation. Without it, only the gates about the version
            itself apply.
        alias: The alias.
        gates: The gates.
        thresholds: The thresholds of the alias.

    Raises:
        PromotionRejectedError: A gate failed.
    """
    arn = ProjectVersionArn.parse(description.project_version_arn or "")
    applied = replace(gates, **_WITHOUT_OLD) if old is None else gates
    compared = compare(new if old is None else old[1], new, gates=applied)
    if compared.verdict is None or not compared.verdict.passed:
        raise _rejected(alias, arn, compared.verdict.reasons if compared.verdict is not None else ())
    names = [part.name for part in fields(EvaluationNumbers)]
    numbers: dict[str, Any] = {name: getattr(new, name) for name in names}
    return Candidate(
        version_arn=arn,
        source_arn=description.source_project_version_arn,
        thresholds=thresholds,
        passed=PassedGates(
            gates=gates_as_json(gates),
            compared_with=None if old is None else old[0],
            warnings=() if old is None else tuple(printable(warning, 1000) for warning in compared.warnings),
        ),
        evaluation=EvaluationNumbers(**numbers),
    )


def _rejected(alias: str, arn: ProjectVersionArn, reasons: Sequence[str]) -> PromotionRejectedError:
    lines = "".join(f"\n- {reason}" for reason in reasons)
    return PromotionRejectedError(
        f"alias '{alias}' was not moved to {printable(arn, 300)}:{lines}", alias=alias, reasons=reasons
    )


def check_can_move(document: RegistryDocument, alias: str, version_arn: ProjectVersionArn) -> None:
    """Check that the document allows to move an alias to a version.

    Raises:
        RegistryDocumentError: The version belongs to another project.
        PromotionRejectedError: `prune()` is deleting the version.
        DeploymentError: A deployment of the alias is in progress, or was killed.
    """
    document.check_version(version_arn)
    if version_arn in document.deleting:
        raise _rejected(alias, version_arn, ["prune() is deleting it"])
    unfinished = document.deployments.get(alias)
    if unfinished is not None:
        raise unfinished_error(alias, unfinished)


def unfinished_error(alias: str, deployment: Deployment) -> DeploymentError:
    """Return the error for an alias that cannot be moved because a deployment of it did not end."""
    arns = [deployment.candidate.version_arn, *([deployment.old_arn] if deployment.old_arn else [])]
    return DeploymentError(
        f"a deployment of alias '{alias}' that began at {deployment.began_at:%Y-%m-%d %H:%M} UTC did not end: it is "
        f"{deployment.step.value}. {' and '.join(printable(arn, 300) for arn in arns)} may be running, and are billed. "
        f"Wait for it, or call deploy() or recover('{alias}') if its process was killed",
        alias=alias,
        billed=arns,
    )


def moved(
    document: RegistryDocument,
    alias: str,
    candidate: Candidate,
    *,
    action: RegistryAction,
    identity: str,
    at: datetime,
    reason: str | None,
    returned_to: int | None = None,
) -> RegistryDocument:
    """Return the document after a move of an alias. A move that the document has already is not repeated."""
    if document.find(identity) is not None:
        return document
    document.check_version(candidate.version_arn)
    current = document.aliases.get(alias)
    entry = HistoryEntry(
        **{name: getattr(candidate, name) for name in _COPIED},
        number=len(document.history) + 1,
        id=identity,
        at=at,
        alias=alias,
        action=action,
        previous_arn=current.version_arn if current is not None else None,
        returned_to=returned_to,
        reason=reason,
    )
    state = AliasState(version_arn=candidate.version_arn, entry=entry.number)
    return replace(document, aliases={**document.aliases, alias: state}, history=(*document.history, entry))


def rollback_target(
    document: RegistryDocument, alias: str, version_arn: ProjectVersionArn | None = None
) -> HistoryEntry:
    """Return the entry that a rollback returns to.

    By default, that is the entry before the current one. Entries that were rolled back do not count, so a second
    rollback returns to a still older entry.

    Args:
        document: The document.
        alias: The alias.
        version_arn: The version to return to; the alias must have pointed to it.

    Raises:
        AliasNotFoundError: There is no such alias.
        PromotionRejectedError: There is no such entry.
    """
    document.entry(alias)
    entries = document.moves_of(alias)
    stack: list[HistoryEntry] = []
    for entry in entries:
        while entry.returned_to is not None and stack and stack[-1].number != entry.returned_to:
            stack.pop()
        if entry.returned_to is None:
            stack.append(entry)
        elif not stack:
            stack.append(document.history[entry.returned_to - 1])
    earlier = stack[:-1]
    if version_arn is not None:
        found = [entry for entry in (earlier or entries) if entry.version_arn == version_arn] or [
            entry for entry in entries if entry.version_arn == version_arn
        ]
        if not found:
            raise _rejected(alias, version_arn, ["the alias never pointed to it. Call promote() or deploy()"])
        return found[-1]
    if not earlier:
        current = document.aliases[alias].version_arn
        raise PromotionRejectedError(
            f"alias '{alias}' cannot be rolled back from {printable(current, 300)}: it points to its first version",
            alias=alias,
            reasons=("it points to its first version",),
        )
    return earlier[-1]


def as_candidate(entry: HistoryEntry) -> Candidate:
    """Return the version of an entry with what the alias carried then."""
    return Candidate(**{name: getattr(entry, name) for name in _COPIED})
