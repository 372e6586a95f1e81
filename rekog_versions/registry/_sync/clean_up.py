# Generated from rekog_versions/registry/_async/clean_up.py. Change that file, then run scripts/unasync.py.
"""The asyncio registry's method that deletes versions which nothing needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rekog_versions._aws.conditional_writes import delete_object
from rekog_versions._aws.errors import BotoCoreError, ClientError
from rekog_versions._aws.rate_limit import RateLimiter
from rekog_versions._aws.s3 import S3Location
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import RekogVersionsError, ResourceNotFoundError
from rekog_versions.hosting._sync.overview import CALLS_A_SECOND
from rekog_versions.registry._sync.deployment import Deploying
from rekog_versions.registry.document import RegistryDocument
from rekog_versions.registry.pruning import (
    PruneAction,
    PruneOutcome,
    PruneReport,
    check_keep,
    marked,
    plan_pruning,
    unmarked,
    with_results,
)


class CleanUp(Deploying):
    """Deleting versions."""

    def prune(
        self, project: str | None = None, *, keep: timedelta, files: bool = False, dry_run: bool = True
    ) -> PruneReport:
        """Delete the versions of a project that nothing needs. By default, only report which ones that would be.

        A version is kept if an alias points to it or did so within the period, and if a deployment needs it. It is also
        kept if it is running, training or being copied, or was trained within the period. The versions to delete are
        recorded in the document first, so that no alias can be moved to them. If the process is killed, the next call
        deletes the rest; files of a version that was deleted just before may be left.

        Args:
            project: The project's name or ARN; by default, the project of the registry. It must have a document.
            keep: The period, such as `timedelta(days=90)`.
            files: True to delete the files that the service wrote for these versions, too: evaluations and validation
                results below the output location. Files that other versions name, and manifests, are kept.
            dry_run: Delete nothing.

        Returns:
            The outcome for each version. It is false if a deletion failed.

        Raises:
            RegistryDocumentError: There is no document, or it is invalid.
            RegistryConflictError: Other writers were faster again and again.
            ServiceError: The versions could not be listed, or S3 rejected a request.
            ValueError: `keep` is negative.
            TypeError: `keep` is not a `timedelta`, or `dry_run` or `files` is not a bool.
        """
        check_keep(keep)
        for name, value in (("files", files), ("dry_run", dry_run)):
            if not isinstance(value, bool):  # pyright: ignore[reportUnnecessaryIsInstance] (None would delete)
                raise TypeError(f"{name} must be True or False, got {type(value).__name__}")
        document = self._document(project)
        versions = [version for version in self._client.iter_project_versions(document.project)]
        now = self._now()

        def plan(document: RegistryDocument) -> Sequence[PruneOutcome]:
            return plan_pruning(document, versions, keep=keep, now=now, files=files)

        if dry_run:
            return PruneReport(tuple(plan(document)), dry_run=True)
        chosen: list[Sequence[PruneOutcome]] = []

        def mark(document: RegistryDocument) -> RegistryDocument:
            chosen[:] = [plan(document)]
            return marked(document, [outcome.version_arn for outcome in chosen[0] if _is_doomed(outcome)])

        self._documents.change(document, mark)
        limiter = RateLimiter(CALLS_A_SECOND, self._client.clock)
        results: dict[ProjectVersionArn, list[str]] = {}
        for outcome in filter(_is_doomed, chosen[0]):
            self._client.sleep(limiter.reserve())
            results[outcome.version_arn] = self._delete(outcome)
        existing = {version.project_version_arn for version in versions}
        done = [*results, *(arn for arn in document.deleting if arn not in existing)]

        def unmark(document: RegistryDocument) -> RegistryDocument:
            return unmarked(document, done)

        self._documents.change(document, unmark)
        return PruneReport(with_results(chosen[0], results), dry_run=False)

    def _delete(self, outcome: PruneOutcome) -> list[str]:
        """Delete a version and its files, and return the errors."""
        try:
            self._client.delete_project_version(outcome.version_arn)
        except ResourceNotFoundError:  # someone else was faster
            pass
        except (RekogVersionsError, BotoCoreError) as error:
            return [_described(error)]
        errors: list[str] = []
        for uri in outcome.files:
            try:
                self._client.run_blocking(delete_object, self._client.s3, S3Location.parse(uri))
            except (ClientError, BotoCoreError) as error:
                errors.append(f"{printable(uri, 300)}: {_described(error)}")
        return errors


def _is_doomed(outcome: PruneOutcome) -> bool:
    return outcome.action is PruneAction.WOULD_DELETE


def _described(error: Exception) -> str:
    return printable(f"{type(error).__name__}: {error}", 500)
