"""The foundation of the asyncio registry: its client, its documents, and the versions that callers name."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import AsyncVersionsClient
from rekog_versions.evaluation import Evaluation, Gates
from rekog_versions.evaluation._async.from_versions import get_evaluation
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.registry._async.documents import AsyncDocuments
from rekog_versions.registry.arguments import check_client_class, check_max_age, project_name_of
from rekog_versions.registry.document import Candidate, HistoryEntry, RegistryDocument
from rekog_versions.registry.moves import candidate_of
from rekog_versions.registry.registry_errors import RegistryDocumentError


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def new_identity() -> str:
    """Return the identity of a call, by which it recognizes its own changes."""
    return uuid4().hex


class AsyncRegistryBase:
    """The parts that all methods of the registry use."""

    def __init__(
        self,
        client: AsyncVersionsClient,
        location: str,
        *,
        project: str | None = None,
        max_age: float = 60.0,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        check_client_class(client, AsyncVersionsClient)
        check_max_age(max_age)
        self._client = client
        self._documents = AsyncDocuments(client, location)
        self._project = None if project is None else project_name_of(project)
        self._max_age = max_age
        self._now = now
        self._followed: dict[tuple[str | None, str], tuple[float, HistoryEntry]] = {}

    async def _project_name(self, project: str | None) -> str:
        """Return the name of the project that a call means."""
        if project is not None:
            return project_name_of(project)
        if self._project is None:
            found = await self._documents.projects()
            if len(found) != 1:
                shown = ", ".join(printable(name, 80) for name in found[:10])
                raise ValueError(
                    f"project must be given, because {printable(str(self._documents), 300)} has the documents of "
                    f"{len(found)} projects{f': {shown}' if shown else ''}. Pass project=..., here or to Registry()"
                )
            self._project = found[0]
        return self._project

    async def _document(self, project: str | None) -> RegistryDocument:
        """Return the document of a project, which must exist.

        Raises:
            RegistryDocumentError: There is none.
        """
        name = await self._project_name(project)
        document = await self._documents.read(name)
        if document is None:
            raise RegistryDocumentError(
                f"there is no document '{printable(str(self._documents.location(name)), 300)}'. Check the location and "
                "the project, or call promote() first"
            )
        return document


class AsyncGateCheck:
    """The check of a version's gates, which reads each evaluation once.

    Args:
        client: The client.
        description: The version.
        alias: The alias.
        gates: The gates.
        thresholds: The thresholds that the alias will carry.
        compare_with_old: False to check only the gates about the version itself.
    """

    def __init__(
        self,
        client: AsyncVersionsClient,
        description: ProjectVersionDescription,
        alias: str,
        gates: Gates | None,
        thresholds: Thresholds | None,
        *,
        compare_with_old: bool,
    ) -> None:
        self._client, self._description, self._alias = client, description, alias
        self._gates, self._thresholds = gates or Gates(), thresholds
        self._compare_with_old = compare_with_old
        self._evaluations: dict[ProjectVersionArn, Evaluation] = {}

    async def candidate(self, document: RegistryDocument) -> Candidate:
        """Return the version that passed its gates.

        Raises:
            PromotionRejectedError: A gate failed.
            EvaluationError: An evaluation could not be read.
            ServiceError: A request was rejected.
        """
        arn = ProjectVersionArn.parse(self._description.project_version_arn or "")
        current = document.aliases.get(self._alias)
        old: tuple[ProjectVersionArn, Evaluation] | None = None
        if current is not None and self._compare_with_old and current.version_arn != arn:
            old = current.version_arn, await self._evaluation(current.version_arn, current.version_arn)
        return candidate_of(
            self._description,
            await self._evaluation(arn, self._description),
            old,
            alias=self._alias,
            gates=self._gates,
            thresholds=self._thresholds,
        )

    async def _evaluation(self, arn: ProjectVersionArn, version: str | ProjectVersionDescription) -> Evaluation:
        if arn not in self._evaluations:
            self._evaluations[arn] = await get_evaluation(self._client, version)
        return self._evaluations[arn]
