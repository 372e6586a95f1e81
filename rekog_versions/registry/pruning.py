"""The decisions of `prune()`: the versions that nothing needs, and their files. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models.assets import DescribedAsset, DescribedS3Object
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.registry.deployments import needs_model
from rekog_versions.registry.document import RegistryDocument
from rekog_versions.statuses import ProjectVersionStatus

_S = ProjectVersionStatus
DELETABLE = frozenset(
    {
        _S.TRAINING_COMPLETED,
        _S.TRAINING_FAILED,
        _S.STOPPED,
        _S.FAILED,
        _S.COPYING_COMPLETED,
        _S.COPYING_FAILED,
        _S.DEPRECATED,
        _S.EXPIRED,
    }
)
"""The statuses of a version that does nothing. Versions with other and unknown statuses are kept."""


class PruneAction(StrEnum):
    """The action of `prune()` on a version."""

    KEPT = "kept"
    WOULD_DELETE = "would be deleted"
    DELETED = "deleted"
    FAILED = "could not be deleted"


@dataclass(frozen=True, slots=True)
class PruneOutcome(JsonResult):
    """The outcome of `prune()` for one version.

    Attributes:
        version_arn: The version.
        action: The action.
        reason: Why it is kept or deleted; printable.
        files: The URIs of the files that are deleted with it.
        errors: Why the version or a file could not be deleted; printable.
    """

    version_arn: ProjectVersionArn
    action: PruneAction
    reason: str
    files: Sequence[str] = ()
    errors: Sequence[str] = ()

    def __str__(self) -> str:
        files = f", with {len(self.files)} files" if self.files else ""
        errors = "".join(f"\n  {error}" for error in self.errors)
        name = printable(self.version_arn.version_name or self.version_arn, 300)
        return f"{name} {self.action}{files}: {self.reason}{errors}"


@dataclass(frozen=True, slots=True)
class PruneReport(JsonResult):
    """The result of `prune()`.

    Attributes:
        outcomes: The outcome for each version of the project, the latest version first.
        dry_run: True if nothing was deleted on purpose.
    """

    _derived = ("is_complete",)

    outcomes: Sequence[PruneOutcome]
    dry_run: bool

    def __iter__(self) -> Iterator[PruneOutcome]:
        return iter(self.outcomes)

    def __bool__(self) -> bool:
        return self.is_complete

    @property
    def is_complete(self) -> bool:
        """True if no deletion failed."""
        return not any(outcome.errors for outcome in self.outcomes)

    def __str__(self) -> str:
        return "\n".join(map(str, self.outcomes)) or "the project has no versions"


def check_keep(keep: object) -> None:
    """Check that `keep` is a period.

    Raises:
        ValueError: It is negative.
        TypeError: It is not a `timedelta`.
    """
    if not isinstance(keep, timedelta):
        raise TypeError(f"keep must be a timedelta, such as timedelta(days=90), got {type(keep).__name__}")
    if keep < timedelta(0):
        raise ValueError(f"keep must be 0 or more, got {keep}")


def plan_pruning(
    document: RegistryDocument,
    versions: Sequence[ProjectVersionDescription],
    *,
    keep: timedelta,
    now: datetime,
    files: bool,
) -> Sequence[PruneOutcome]:
    """Return which versions are kept, and which would be deleted.

    Args:
        document: The document of the project.
        versions: All versions of the project.
        keep: The period for which versions are kept after their training and after an alias pointed to them.
        now: The time.
        files: True to delete the files that the service wrote for them, too.
    """
    since = now - keep if now - datetime.min.replace(tzinfo=now.tzinfo) > keep else None
    outcomes: list[PruneOutcome] = []
    deleted: list[ProjectVersionDescription] = []
    for version in versions:
        arn = version.project_version_arn or ProjectVersionArn("")
        reason = _why_kept(document, version, arn, since)
        if reason is None:
            deleted.append(version)
            is_marked = arn in document.deleting
            why = "prune() began to delete it" if is_marked else f"nothing has needed it for {_days(keep)}"
            outcomes.append(PruneOutcome(arn, PruneAction.WOULD_DELETE, why))
        else:
            outcomes.append(PruneOutcome(arn, PruneAction.KEPT, reason))
    if not files:
        return outcomes
    arns = {version.project_version_arn for version in deleted}
    needed = {uri for version in versions for uri in _named(version, kept=version.project_version_arn not in arns)}
    by_arn = {version.project_version_arn: _written(version) for version in deleted}
    return [
        replace(outcome, files=tuple(uri for uri in by_arn.get(outcome.version_arn, ()) if uri not in needed))
        for outcome in outcomes
    ]


def _why_kept(
    document: RegistryDocument, version: ProjectVersionDescription, arn: ProjectVersionArn, since: datetime | None
) -> str | None:
    if not arn.is_valid or not document.has_version(arn):
        return "its ARN has an unknown form"
    if aliases := needs_model(document, arn):
        return f"it is needed by {' and '.join(aliases)}"
    if version.status not in DELETABLE:
        return f"its status is {printable(version.status or 'unknown', 60)}"
    if arn in document.deleting:
        return None
    ended = version.training_end_timestamp or version.creation_timestamp
    if ended is None or since is None or ended >= since:
        return "it is new"
    for entry in reversed(document.history):
        if entry.at >= since and arn in (entry.version_arn, entry.previous_arn):
            return f"alias {entry.alias} pointed to it until {entry.at:%Y-%m-%d}"
    return None


def _days(keep: timedelta) -> str:
    return f"{keep.days} days" if keep.days else "a while"


def marked(document: RegistryDocument, arns: Sequence[ProjectVersionArn]) -> RegistryDocument:
    """Return the document with the record that some versions are being deleted. No alias can be moved to them then."""
    added = [arn for arn in arns if arn not in document.deleting]
    return replace(document, deleting=(*document.deleting, *added)) if added else document


def unmarked(document: RegistryDocument, arns: Sequence[ProjectVersionArn]) -> RegistryDocument:
    """Return the document without the record of some versions."""
    left = tuple(arn for arn in document.deleting if arn not in arns)
    return document if left == document.deleting else replace(document, deleting=left)


def _written(version: ProjectVersionDescription) -> list[str]:
    """Return the files that the service wrote for a version: those below its output location."""
    output = version.output_config
    if output is None or not output.s3_bucket:
        return []
    below = f"s3://{output.s3_bucket}/{output.s3_key_prefix or ''}"
    return sorted({uri for uri in _uris(_outputs(version)) if uri.startswith(below)})


def _named(version: ProjectVersionDescription, *, kept: bool) -> Iterator[str]:
    """Yield the files that must be kept for a version: its manifests, and its results if it is kept itself."""
    yield from _uris(_inputs(version))
    if kept:
        yield from _uris(_outputs(version))


def _outputs(version: ProjectVersionDescription) -> Iterator[DescribedS3Object | None]:
    result = version.evaluation_result
    yield result.summary.s3_object if result is not None and result.summary is not None else None
    yield version.manifest_summary.s3_object if version.manifest_summary is not None else None
    for side in (version.training_data_result, version.testing_data_result):
        for part in (side.output, side.validation) if side is not None else ():
            yield from _assets(part.assets if part is not None else None)


def _inputs(version: ProjectVersionDescription) -> Iterator[DescribedS3Object | None]:
    for side in (version.training_data_result, version.testing_data_result):
        given = side.input if side is not None else None
        yield from _assets(given.assets if given is not None else None)


def _assets(assets: Sequence[DescribedAsset] | None) -> Iterator[DescribedS3Object | None]:
    return (asset.s3_object for asset in assets or ())


def _uris(objects: Iterator[DescribedS3Object | None]) -> Iterator[str]:
    return (found.uri for found in objects if found is not None and found.uri is not None)


def with_results(
    outcomes: Sequence[PruneOutcome], results: Mapping[ProjectVersionArn, Sequence[str]]
) -> Sequence[PruneOutcome]:
    """Return the outcomes after the deletion.

    Args:
        outcomes: The plan.
        results: The errors of each version whose deletion was attempted.
    """
    return tuple(_with_result(outcome, results.get(outcome.version_arn)) for outcome in outcomes)


def _with_result(outcome: PruneOutcome, errors: Sequence[str] | None) -> PruneOutcome:
    if errors is None:
        return outcome
    return replace(outcome, action=PruneAction.FAILED if errors else PruneAction.DELETED, errors=tuple(errors))
