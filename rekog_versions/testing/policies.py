"""Project policies: what a document must be, and whether it lets somebody copy a version.

A policy is evaluated as IAM evaluates one: a Deny that applies wins, else an Allow that applies allows. Of the grammar
there is what a project policy may have: Effect, Principal, Action and Resource. The service forbids the Not forms; a
Condition is refused because the emulation couldn't tell whether it holds.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, cast

from rekog_versions.testing.exceptions import MalformedPolicyDocumentException

COPY = "rekognition:CopyProjectVersion"
"""The one action that a project policy can be about."""

_VERSIONS = ("2012-10-17", "2008-10-17")
_DOCUMENT_KEYS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_KEYS = frozenset({"Sid", "Effect", "Principal", "Action", "Resource"})
_REQUIRED = ("Effect", "Principal", "Action", "Resource")
_PRINCIPAL_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_ACCOUNT = re.compile(r"(?:arn:aws[a-z-]*:iam::)?([0-9]{12})(?::root)?", re.ASCII)
_PRINCIPAL_ARN = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:[!-~]+", re.ASCII)
_RESOURCE = re.compile(r"\*|arn:.+")


@dataclass(frozen=True)
class Caller:
    """Who makes a call."""

    account_id: str
    name: str
    """The ARN that messages name them by."""
    arns: frozenset[str]
    """The ARNs that a policy can name them by: the user, or the role's session and the role."""


class Effect(Enum):
    """What an applicable statement does."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True)
class Statement:
    """A statement of a policy."""

    effect: Effect
    principals: tuple[str, ...]
    """Accounts, ARNs and "*"."""
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def applies(self, caller: Caller, action: str, resource: str) -> bool:
        """Whether it is about somebody doing something with a resource."""
        return (
            any(_names(principal, caller) for principal in self.principals)
            and any(_matches(pattern.lower(), action.lower()) for pattern in self.actions)
            and any(_matches(pattern, resource) for pattern in self.resources)
        )


@dataclass(frozen=True)
class Policy:
    """A policy of a project, in its latest revision: the service keeps no other."""

    name: str
    revision: str
    document: str
    statements: tuple[Statement, ...]
    created: int
    """Distinct among the policies of an account and region, and in the order of their creation."""
    created_at: datetime
    updated_at: datetime


def verdict(policies: Iterable[Policy], caller: Caller, resource: str) -> Effect | None:
    """What policies say of somebody who wants to copy a version: None if nothing."""
    effects = {
        statement.effect
        for policy in policies
        for statement in policy.statements
        if statement.applies(caller, COPY, resource)
    }
    if Effect.DENY in effects:
        return Effect.DENY
    return Effect.ALLOW if effects else None


def parse(document: str) -> tuple[Statement, ...]:
    """Reads a policy document.

    Raises:
        MalformedPolicyDocumentException: It is no JSON, no policy, or one that the service doesn't take for a project.
    """
    try:
        content: object = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise MalformedPolicyDocumentException("The policy document is not valid JSON") from error
    policy = _object(content, "The policy document", _DOCUMENT_KEYS)
    if policy.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise MalformedPolicyDocumentException(f"The policy's Version must be one of {', '.join(_VERSIONS)}")
    given = policy.get("Statement")
    statements = cast("list[object]", given) if isinstance(given, list) else [given]
    if not statements or given is None:
        raise MalformedPolicyDocumentException("The policy document has no Statement")
    return tuple(_statement(statement) for statement in statements)


def _statement(content: object) -> Statement:
    statement = _object(content, "A Statement", _STATEMENT_KEYS)
    for name in _REQUIRED:
        if name not in statement:
            raise MalformedPolicyDocumentException(f"A Statement has no {name}")
    try:
        effect = Effect(statement["Effect"])
    except ValueError as error:
        raise MalformedPolicyDocumentException("The Effect of a Statement must be Allow or Deny") from error
    actions = _texts(statement["Action"], "Action")
    for action in actions:
        if not _matches(action.lower(), COPY.lower()):
            raise MalformedPolicyDocumentException(f"The only supported Action is {COPY}, not {action}")
    resources = _texts(statement["Resource"], "Resource")
    for resource in resources:
        if not _RESOURCE.fullmatch(resource):
            raise MalformedPolicyDocumentException(f"The Resource {resource} is no ARN")
    return Statement(effect, _principals(statement["Principal"]), actions, resources)


def _principals(content: object) -> tuple[str, ...]:
    if content == "*":
        return ("*",)
    principal = _object(content, "A Principal other than *", _PRINCIPAL_KINDS)
    if not principal:
        raise MalformedPolicyDocumentException("A Principal names nobody")
    for kind, named in principal.items():
        _texts(named, f"Principal {kind}")
    # who isn't an account, user or role never calls the emulation
    found = _texts(principal["AWS"], "Principal AWS") if "AWS" in principal else ()
    for name in found:
        if name != "*" and not _ACCOUNT.fullmatch(name) and not _PRINCIPAL_ARN.fullmatch(name):
            raise MalformedPolicyDocumentException(f"Invalid principal in policy: {name}")
    return found


def _object(content: object, what: str, allowed: frozenset[str]) -> Mapping[str, Any]:
    if not isinstance(content, dict):
        raise MalformedPolicyDocumentException(f"{what} must be a JSON object")
    found = cast("dict[str, Any]", content)
    if unknown := sorted(found.keys() - allowed):
        raise MalformedPolicyDocumentException(f"{what} can't have {', '.join(unknown)}")
    return found


def _texts(content: object, name: str) -> tuple[str, ...]:
    items = cast("list[object]", content) if isinstance(content, list) else [content]
    found = tuple(item for item in items if isinstance(item, str) and item)
    if not found or len(found) != len(items):
        raise MalformedPolicyDocumentException(f"The {name} of a Statement must be a string or a list of strings")
    return found


def _names(principal: str, caller: Caller) -> bool:
    account = _ACCOUNT.fullmatch(principal)
    return principal == "*" or principal in caller.arns or (account is not None and account[1] == caller.account_id)


def _matches(pattern: str, value: str) -> bool:
    """Whether a value matches a pattern with IAM's wildcards: `*` for any characters, `?` for one."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None
