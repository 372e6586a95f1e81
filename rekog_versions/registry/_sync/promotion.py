# Generated from rekog_versions/registry/_async/promotion.py. Change that file, then run scripts/unasync.py.
"""The asyncio registry's methods for aliases: promote, resolve, list, roll back, and detect through an alias."""

from __future__ import annotations

import logging

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._text import printable
from rekog_versions.client.detection_images import ImageRef
from rekog_versions.errors import ResourceNotFoundError, ResourceNotReadyError
from rekog_versions.evaluation import Gates
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.references import VersionRef
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.registry._sync.registry_base import GateCheck, RegistryBase, new_identity
from rekog_versions.registry.arguments import check_alias, check_promotion, check_reason
from rekog_versions.registry.document import HistoryEntry, RegistryAction, RegistryDocument
from rekog_versions.registry.moves import (
    check_can_move,
    check_usable,
    moved,
)

logger = logging.getLogger("rekog_versions")


class Promotion(RegistryBase):
    """Aliases: moved, resolved, listed and followed."""

    def promote(
        self,
        version: VersionRef,
        alias: str,
        *,
        gates: Gates | None = None,
        thresholds: Thresholds | None = None,
        reason: str | None = None,
        compare_with_old: bool = True,
    ) -> HistoryEntry:
        """Point an alias to a version that passes its gates. No model is started or stopped; `deploy()` does that.

        The gates compare the version with the one that the alias points to. A new alias has none, so only the gates
        about the version itself can fail. If another writer moves the alias meanwhile, the gates are checked again. An
        alias that points to the version with the same thresholds is not moved.

        Args:
            version: The version's ARN, `(project_arn, version_name)`, or a description of it. It must be trained.
            alias: The alias, such as `"production"`.
            gates: The gates; by default `Gates()`, which only require that no label is lost.
            thresholds: The thresholds for `detect()`; by default, the service's assumed thresholds apply.
            reason: A text for the history.
            compare_with_old: False to check only the gates about the version itself, for example because the version
                that the alias points to was deleted.

        Returns:
            The new entry of the history, or the current one if the alias was not moved.

        Raises:
            PromotionRejectedError: A gate failed, or the version is not trained. Nothing was changed.
            DeploymentError: A deployment of the alias did not end.
            EvaluationError: The evaluation of a version could not be read.
            RegistryDocumentError: The document is invalid, or belongs to another account or region.
            RegistryConflictError: Other writers were faster again and again.
            VersionNotFoundError: There is no such version.
            ServiceError: A request was rejected.
        """
        check_alias(alias)
        check_reason(reason)
        check_promotion(gates, thresholds)
        description = self._client.get_project_version(version)
        arn = check_usable(description, alias)
        check = GateCheck(self._client, description, alias, gates, thresholds, compare_with_old=compare_with_old)
        identity = new_identity()

        def decide(document: RegistryDocument) -> RegistryDocument:
            if document.find(identity) is not None:
                return document
            check_can_move(document, alias, arn)
            candidate = check.candidate(document)
            if alias in document.aliases:
                current = document.entry(alias)
                if (current.version_arn, current.thresholds) == (arn, thresholds):
                    return document
            return moved(
                document,
                alias,
                candidate,
                action=RegistryAction.PROMOTE,
                identity=identity,
                at=self._now(),
                reason=reason,
            )

        document = self._documents.change(RegistryDocument.of_project(arn), decide)
        return document.find(identity) or document.entry(alias)

    def resolve(self, alias: str, *, project: str | None = None) -> HistoryEntry:
        """Return the version to which an alias points now, with its thresholds and its evaluation.

        Args:
            alias: The alias.
            project: The project's name or ARN; by default, the project of the registry.

        Raises:
            AliasNotFoundError: There is no such alias.
            RegistryDocumentError: There is no document, or it is invalid.
            ServiceError: S3 rejected a request.
            ValueError: The registry has several projects, and `project` is not given.
        """
        check_alias(alias)
        return (self._document(project)).entry(alias)

    def aliases(self, *, project: str | None = None) -> dict[str, HistoryEntry]:
        """Return the version of each alias of a project.

        Args:
            project: The project's name or ARN; by default, the project of the registry.

        Raises:
            RegistryDocumentError, ServiceError, ValueError: As for `resolve()`.
        """
        document = self._document(project)
        return {alias: document.entry(alias) for alias in sorted(document.aliases)}

    def history(self, alias: str | None = None, *, project: str | None = None) -> list[HistoryEntry]:
        """Return the moves of an alias, the latest first.

        Args:
            alias: The alias; by default, all aliases.
            project: The project's name or ARN; by default, the project of the registry.

        Raises:
            AliasNotFoundError, RegistryDocumentError, ServiceError, ValueError: As for `resolve()`.
        """
        document = self._document(project)
        if alias is None:
            return list(reversed(document.history))
        check_alias(alias)
        document.entry(alias)
        return document.moves_of(alias)[::-1]

    def detect(
        self, alias: str, image: ImageRef, *, max_results: int | None = None, project: str | None = None
    ) -> list[CustomLabel]:
        """Detect labels in an image with the version to which an alias points, and apply the alias's thresholds.

        The alias is resolved again after `max_age` seconds, and if its model is not running any more. If S3 cannot be
        reached then, the last known version is used, and a warning is logged.

        Args:
            alias: The alias.
            image: The image, as for `detect_custom_labels()`.
            max_results: The number of labels, the most confident first.
            project: The project's name or ARN; by default, the project of the registry.

        Raises:
            AliasNotFoundError, RegistryDocumentError, ValueError: As for `resolve()`.
            ServiceError: A request was rejected: `ResourceNotReadyError` if the model is not running.
        """
        check_alias(alias)
        entry = self._follow(alias, project)
        try:
            return self._detect(entry, image, max_results)
        except (ResourceNotReadyError, ResourceNotFoundError):
            now = self._follow(alias, project, anew=True)
            if now.version_arn == entry.version_arn:
                raise
        return self._detect(now, image, max_results)

    def _detect(self, entry: HistoryEntry, image: ImageRef, max_results: int | None) -> list[CustomLabel]:
        return self._client.detect_custom_labels(
            entry.version_arn, image, max_results=max_results, thresholds=entry.thresholds
        )

    def _follow(self, alias: str, project: str | None, *, anew: bool = False) -> HistoryEntry:
        """Return the entry of an alias that is at most `max_age` seconds old."""
        key = project, alias
        known = self._followed.get(key)
        asked_at = self._client.clock()
        if known is not None and not anew and asked_at - known[0] < self._max_age:
            return known[1]
        try:
            entry = self.resolve(alias, project=project)
        except Exception as error:
            if known is None or not is_retryable(error):
                raise
            logger.warning(
                "alias '%s' could not be resolved again, so its last known version is used: %s",
                alias,
                printable(str(error), 300),
            )
            entry = known[1]
        self._followed[key] = asked_at, entry
        return entry
