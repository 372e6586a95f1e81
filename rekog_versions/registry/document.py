"""The document of a project: its aliases, their history, and the work in progress. No I/O.

It is one JSON object, which people can read. A release rejects a document with another schema, with unknown members or
with contradictions, so it never overwrites content that it does not understand.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Self, cast

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from rekog_versions._json import JsonResult, dumps
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models._base import Timestamp
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.registry.arguments import MOST_TEXT, check_alias
from rekog_versions.registry.registry_errors import AliasNotFoundError, RegistryDocumentError

SCHEMA = 1
"""The schema that this release reads and writes."""
_FORMAT = "rekog_versions.registry"
_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)


def _known_alias(alias: str) -> str:
    check_alias(alias)
    return alias


def _valid_arn(arn: ProjectVersionArn) -> ProjectVersionArn:
    return ProjectVersionArn.parse(arn)


def _thresholds(value: object) -> object:
    if value is None or isinstance(value, Thresholds):
        return value
    if not isinstance(value, Mapping):
        raise ValueError("thresholds must be an object with unit and labels")  # noqa: TRY004 (pydantic needs it)
    try:
        return Thresholds.from_dict(cast("Mapping[str, Any]", value))
    except TypeError as error:
        raise ValueError(str(error)) from None


Arn = Annotated[ProjectVersionArn, AfterValidator(_valid_arn)]
AliasName = Annotated[str, AfterValidator(_known_alias)]
Identifier = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=MOST_TEXT)]
AliasThresholds = Annotated[Thresholds, BeforeValidator(_thresholds)]


class RegistryAction(StrEnum):
    """The operation that moved an alias."""

    PROMOTE = "promote"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"


class DeploymentStep(StrEnum):
    """The step of a deployment that is being done. It is recorded before it is done."""

    STARTING = "starting the new model"
    STOPPING_OLD = "stopping the old model"
    UNDOING = "stopping the new model"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationNumbers(JsonResult):
    """The evaluation of a version, in numbers from 0 to 1. None means that the summary does not have the number."""

    __pydantic_config__ = _STRICT

    f1_score: float | None = None
    precision: float | None = None
    recall: float | None = None
    average_precision: float | None = None
    average_recall: float | None = None
    training_images: int | None = None
    testing_images: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedGates(JsonResult):
    """The gates that a version passed.

    Attributes:
        gates: The gates that were set, by name.
        compared_with: The version that it was compared with: the one that the alias pointed to. None if there was none.
        warnings: Reasons why the comparison can mislead; printable.
    """

    __pydantic_config__ = _STRICT

    gates: Mapping[str, JsonValue]
    compared_with: Arn | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(JsonResult):
    """A version that passed its gates, with what an alias carries."""

    __pydantic_config__ = _STRICT

    version_arn: Arn
    source_arn: Arn | None = None
    thresholds: AliasThresholds | None = None
    passed: PassedGates
    evaluation: EvaluationNumbers


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry(Candidate):
    """A move of an alias to a version.

    Attributes:
        version_arn: The version to which the alias points since then.
        source_arn: The version that it was copied from; None if it is not a copy.
        thresholds: The thresholds of the alias; None if the service's assumed thresholds apply.
        passed: The gates that the version passed. A rollback has those of the earlier move.
        evaluation: The evaluation in numbers.
        number: The number of the entry in its project, from 1.
        id: The identity of the call that moved the alias.
        at: The time, by the clock of the caller.
        alias: The alias.
        action: The operation.
        previous_arn: The version to which the alias pointed before; None if it is new.
        returned_to: The number of the entry to which a rollback returned.
        reason: The caller's reason.
    """

    __pydantic_config__ = _STRICT

    number: Annotated[int, Field(ge=1)]
    id: Identifier
    at: Timestamp
    alias: AliasName
    action: RegistryAction
    previous_arn: Arn | None = None
    returned_to: int | None = None
    reason: Text | None = None

    def _names(self) -> Iterator[str]:
        inherited = {part.name for part in fields(Candidate)}
        return iter(sorted(JsonResult._names(self), key=inherited.__contains__))  # noqa: SLF001  (super() and slots)

    def __str__(self) -> str:
        moved = f"{self.at:%Y-%m-%d %H:%M} UTC  {self.action.value} {self.alias} to {self.version_arn.version_name}"
        was = f" (was {self.previous_arn.version_name})" if self.previous_arn is not None else ""
        f1 = f", F1 {self.evaluation.f1_score:.4f}" if self.evaluation.f1_score is not None else ""
        return printable(f"{moved}{was}{f1}{f': {self.reason}' if self.reason else ''}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasState(JsonResult):
    """The version to which an alias points. The history entry with the number has the details."""

    __pydantic_config__ = _STRICT

    version_arn: Arn
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(JsonResult):
    """A deployment in progress, or one whose process was killed.

    Attributes:
        id: The identity of the deployment, which its history entry has too.
        owner: The call that works on it. Another call takes it over by its own identity.
        action: DEPLOY or ROLLBACK.
        step: The step that is being done.
        began_at: When it began.
        candidate: The new version.
        old_arn: The version to which the alias pointed; None if the alias is new.
        was_running: True if the new model was running before. It is then left running if the deployment is undone.
        returned_to: The number of the entry to which a rollback returns.
        reason: The caller's reason.
    """

    __pydantic_config__ = _STRICT

    id: Identifier
    owner: Identifier
    action: RegistryAction
    step: DeploymentStep
    began_at: Timestamp
    candidate: Candidate
    old_arn: Arn | None = None
    was_running: bool = False
    returned_to: int | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryDocument(JsonResult):
    """The document of a project. Changes return a new one.

    Attributes:
        project: The name of the project.
        account_id: Its account.
        region: Its region.
        revision: How often the document was written.
        aliases: The version of each alias.
        deployments: The deployment in progress of each alias.
        deleting: The versions that `prune()` is deleting. No alias can be moved to them.
        history: All moves of aliases, the oldest first.
    """

    __pydantic_config__ = _STRICT

    project: str
    account_id: str
    region: str
    revision: Annotated[int, Field(ge=0)] = 0
    aliases: Mapping[AliasName, AliasState] = field(default_factory=dict[str, AliasState])
    deployments: Mapping[AliasName, Deployment] = field(default_factory=dict[str, Deployment])
    deleting: tuple[Arn, ...] = ()
    history: tuple[HistoryEntry, ...] = ()

    @classmethod
    def of_project(cls, version_arn: ProjectVersionArn) -> Self:
        """Return the empty document of the project that a version belongs to."""
        return cls(
            project=str(version_arn.project_name),
            account_id=str(version_arn.account_id),
            region=str(version_arn.region),
        )

    def entry(self, alias: str) -> HistoryEntry:
        """Return the move that made an alias point where it does.

        Raises:
            AliasNotFoundError: There is no such alias.
        """
        state = self.aliases.get(alias)
        if state is None:
            raise AliasNotFoundError(alias, self.project, sorted(self.aliases))
        return self.history[state.entry - 1]

    def find(self, identity: str) -> HistoryEntry | None:
        """Return the move that a call made; None if it made none."""
        return next((entry for entry in reversed(self.history) if entry.id == identity), None)

    def moves_of(self, alias: str) -> list[HistoryEntry]:
        """Return all moves of an alias, the oldest first."""
        return [entry for entry in self.history if entry.alias == alias]

    def check_version(self, version_arn: ProjectVersionArn) -> None:
        """Check that a version belongs to the project of this document.

        Raises:
            RegistryDocumentError: It belongs to another account, region or project.
        """
        if not self.has_version(version_arn):
            raise RegistryDocumentError(
                f"the document of project '{printable(self.project, 300)}' is for account {printable(self.account_id)} "
                f"in {printable(self.region)}, got a version of another project, account or region: "
                f"{printable(version_arn, 300)}. Use another prefix for each account and region"
            )

    def has_version(self, version_arn: ProjectVersionArn) -> bool:
        """Return True if a version belongs to the project of this document, whether it exists or not."""
        project = (version_arn.account_id, version_arn.region, version_arn.project_name)
        return project == (self.account_id, self.region, self.project)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object. Its first members name the format and the schema."""
        # the base class by name: super() does not work in a class with slots
        return {"format": _FORMAT, "schema": SCHEMA, **JsonResult.to_dict(self)}

    def to_bytes(self) -> bytes:
        """Return the content of the file: indented JSON without the members that are None."""
        return (dumps(cast("dict[str, Any]", _without_none(self.to_dict())), 2) + "\n").encode("ascii")


def _without_none(value: object) -> object:
    if isinstance(value, dict):
        known = cast("dict[str, object]", value)
        return {name: _without_none(item) for name, item in known.items() if item is not None}
    return [_without_none(item) for item in cast("list[object]", value)] if isinstance(value, list) else value


def parse_document(content: bytes, location: str) -> RegistryDocument:
    """Read the content of a file.

    Args:
        content: The content.
        location: The file, for the message.

    Raises:
        RegistryDocumentError: It is not a document of this format and schema, or it contradicts itself.
    """
    try:
        read = json.loads(content, object_pairs_hook=_members_of, parse_constant=_reject_constant)
    except (ValueError, RecursionError) as error:  # a UnicodeDecodeError is a ValueError
        raise _invalid(location, f"it is not valid JSON ({printable(str(error), 200)})") from None
    if not isinstance(read, dict) or cast("dict[str, object]", read).get("format") != _FORMAT:
        raise _invalid(location, f"it is not an object with the format '{_FORMAT}'")
    known = cast("dict[str, Any]", read)
    schema = known.get("schema")
    if isinstance(schema, int) and not isinstance(schema, bool) and schema > SCHEMA:
        raise RegistryDocumentError(
            f"'{printable(location, 300)}' has the schema {printable(schema, 20)}, and this release reads schema "
            f"{SCHEMA}: a newer release of rekog_versions wrote it. Upgrade rekog_versions. Nothing was changed"
        )
    if isinstance(schema, bool) or schema != SCHEMA:
        raise _invalid(location, f"its schema is {printable(schema, 40)}, not {SCHEMA}")
    members = {name: value for name, value in known.items() if name not in ("format", "schema")}
    try:
        document = _adapter().validate_python(members)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _invalid(location, f"{printable(where, 200)}: {printable(first['msg'], 200)}") from None
    except RecursionError:
        raise _invalid(location, "it is nested too deeply") from None
    problem = _contradiction(document)
    if problem is not None:
        raise _invalid(location, problem)
    return document


@cache
def _adapter() -> TypeAdapter[RegistryDocument]:
    return TypeAdapter(RegistryDocument)


def _invalid(location: str, why: str) -> RegistryDocumentError:
    return RegistryDocumentError(
        f"'{printable(location, 300)}' is not a valid registry document: {why}. Restore an earlier version of the "
        "object, or use another prefix. Nothing was changed"
    )


def _members_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a member occurs twice in an object")
    return {name: value for name, value in result.items() if value is not None}  # as `to_bytes` writes it


def _reject_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")


def _contradiction(document: RegistryDocument) -> str | None:
    """Return the first contradiction in a document."""
    for number, entry in enumerate(document.history, 1):
        if entry.number != number:
            return f"the history entry {number} has the number {entry.number}"
        if entry.returned_to is not None:
            earlier = document.history[entry.returned_to - 1] if 0 < entry.returned_to < number else None
            if earlier is None or (earlier.alias, earlier.version_arn) != (entry.alias, entry.version_arn):
                return f"the history entry {number} returned to an entry of another version or alias"
    if len({entry.id for entry in document.history}) < len(document.history):
        return "two history entries have the same id"
    last = {entry.alias: entry for entry in document.history}
    if last.keys() != document.aliases.keys():
        return "the aliases are not those of the history"
    for alias, state in document.aliases.items():
        if (last[alias].number, last[alias].version_arn) != (state.entry, state.version_arn):
            return f"the alias '{alias}' does not point to the version of its last history entry"
    arns = [entry.version_arn for entry in document.history]
    arns += [deployment.candidate.version_arn for deployment in document.deployments.values()]
    for arn in (*arns, *document.deleting):
        if not document.has_version(arn):
            return f"{printable(arn, 300)} belongs to another project, account or region"
    return None


def gates_as_json(gates: object) -> dict[str, Any]:
    """Return the gates that are set, by name, for the history."""
    document = cast("JsonResult", gates).to_dict()
    defaults = {gate.name: gate.default for gate in fields(cast("Any", gates))}
    return {name: value for name, value in document.items() if value != defaults.get(name)}
