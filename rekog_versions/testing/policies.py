"""Project policies: which documents are valid, and whether a policy allows a caller to copy a version.

The rules are IAM's: a Deny that applies wins over any Allow. A document may have the elements of a project policy:
Effect, Principal, Action and Resource. The service forbids the Not forms. A Condition is rejected, because the
emulation cannot evaluate it. `moto.iam.access_control.IAMPolicy` is not used: it denies whatever names another
principal, knows neither accounts as principals nor the wildcard `?`, and takes a dot in a resource for any character.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeAlias, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from rekog_versions.testing.exceptions import MalformedPolicyDocumentException

COPY = "rekognition:CopyProjectVersion"
"""The only action that a project policy can have."""

_ACCOUNT = re.compile(r"(?:arn:aws[a-z-]*:iam::)?([0-9]{12})(?::root)?", re.ASCII)
_PRINCIPAL_ARN = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:[!-~]+", re.ASCII)
_RESOURCE = re.compile(r"\*|arn:.+")


@dataclass(frozen=True)
class Caller:
    """The caller of an operation."""

    account_id: str
    name: str
    """The ARN for messages."""
    arns: frozenset[str]
    """The ARNs by which a policy can name the caller: the user's, or the session's and the role's."""


Effect: TypeAlias = Literal["Allow", "Deny"]


def _check_action(action: str) -> str:
    if not _matches(action.lower(), COPY.lower()):
        raise ValueError(f"the only supported Action is {COPY}, not {action}")
    return action


def _check_resource(resource: str) -> str:
    if not _RESOURCE.fullmatch(resource):
        raise ValueError(f"the Resource {resource} is not an ARN")
    return resource


def _check_principals(principals: dict[str, list[str]]) -> dict[str, list[str]]:
    for name in principals.get("AWS", ()):
        if name != "*" and not _ACCOUNT.fullmatch(name) and not _PRINCIPAL_ARN.fullmatch(name):
            raise ValueError(f"invalid principal in policy: {name}")
    return principals


def _as_list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _as_principals(value: object) -> object:
    return {"AWS": "*"} if value == "*" else value


_Text = Annotated[str, Field(min_length=1)]
_OneOrMore = (BeforeValidator(_as_list), Field(min_length=1))


class _Element(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Statement(_Element):
    """A statement of a policy."""

    sid: object = Field(None, alias="Sid")
    effect: Effect = Field(alias="Effect")
    principals: Annotated[
        # only the kind AWS can call the emulation
        dict[Literal["AWS", "Service", "Federated", "CanonicalUser"], Annotated[list[_Text], *_OneOrMore]],
        BeforeValidator(_as_principals),
        AfterValidator(_check_principals),
    ] = Field(alias="Principal", min_length=1)
    actions: Annotated[list[Annotated[_Text, AfterValidator(_check_action)]], *_OneOrMore] = Field(alias="Action")
    resources: Annotated[list[Annotated[_Text, AfterValidator(_check_resource)]], *_OneOrMore] = Field(alias="Resource")

    def applies(self, caller: Caller, action: str, resource: str) -> bool:
        """Return whether the statement is about this caller, action and resource."""
        return (
            any(_names(principal, caller) for principal in self.principals.get("AWS", ()))
            and any(_matches(pattern.lower(), action.lower()) for pattern in self.actions)
            and any(_matches(pattern, resource) for pattern in self.resources)
        )


class PolicyDocument(_Element):
    """A policy document of a project."""

    version: Literal["2012-10-17", "2008-10-17"] = Field("2012-10-17", alias="Version")
    id: object = Field(None, alias="Id")
    statements: Annotated[list[Statement], *_OneOrMore] = Field(alias="Statement")


@dataclass(frozen=True)
class Policy:
    """The latest revision of a project's policy. The service keeps no other."""

    name: str
    revision: str
    document: str
    statements: tuple[Statement, ...]
    created: int
    """The creation number, distinct in an account and region."""
    created_at: datetime
    updated_at: datetime


def evaluate(policies: Iterable[Policy], caller: Caller, resource: str) -> Effect | None:
    """Return the effect of policies on a caller who copies a version, or None if no statement applies."""
    effects = {
        statement.effect
        for policy in policies
        for statement in policy.statements
        if statement.applies(caller, COPY, resource)
    }
    return "Deny" if "Deny" in effects else "Allow" if effects else None


def parse(document: str) -> tuple[Statement, ...]:
    """Parse a policy document.

    Raises:
        MalformedPolicyDocumentException: The document is not JSON, or not a policy that a project can have.
    """
    try:
        content: object = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise MalformedPolicyDocumentException("The policy document is not valid JSON") from error
    try:
        return tuple(PolicyDocument.model_validate(content).statements)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "The document"
        raise MalformedPolicyDocumentException(f"The policy document is invalid. {place}: {first['msg']}") from error


def _names(principal: str, caller: Caller) -> bool:
    account = _ACCOUNT.fullmatch(principal)
    return principal == "*" or principal in caller.arns or (account is not None and account[1] == caller.account_id)


def _matches(pattern: str, value: str) -> bool:
    """Return whether a value matches a pattern with IAM's wildcards: `*` for any characters, `?` for one."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None
