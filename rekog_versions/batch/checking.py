"""Many requests, checked together before anything is sent."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, cast

from pydantic import ValidationError

from rekog_versions._text import printable
from rekog_versions.models.versions import CreateProjectVersionRequest

Submittable: TypeAlias = CreateProjectVersionRequest | Mapping[str, Any]
"""A request, or its fields as `CreateProjectVersionRequest.from_dict()` takes them."""


def checked(requests: Iterable[Submittable]) -> list[CreateProjectVersionRequest]:
    """The requests, if all of them can be sent.

    Raises:
        ValueError: Some break a rule, or name the same version; the message lists every problem.
        TypeError: Something is no request, or all of it is a single one.
    """
    if isinstance(requests, CreateProjectVersionRequest | Mapping | str):
        raise TypeError("requests takes many; for one, use client.train(), or put it in a list")
    made: list[CreateProjectVersionRequest] = []
    problems: list[str] = []
    first_with: dict[tuple[str, str], int] = {}
    number = 0
    for number, given in enumerate(requests, start=1):
        try:
            request = _request(given)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_input=False):
                where = ".".join(str(part) for part in problem["loc"])
                problems.append(f"request {number}{_name_of(given)}: {where + ': ' if where else ''}{problem['msg']}")
            continue
        earlier = first_with.setdefault((request.project_arn, request.version_name), number)
        if earlier != number:
            problems.append(f"request {number} ({request.version_name}) names the same version as request {earlier}")
        made.append(request)
    if problems:
        listed = "\n".join(f"  {printable(problem)}" for problem in problems)
        raise ValueError(f"nothing was sent, because of these problems in {number} requests:\n{listed}")
    return made


def _request(given: object) -> CreateProjectVersionRequest:
    match given:
        case CreateProjectVersionRequest():
            return given
        case Mapping():
            return CreateProjectVersionRequest.from_dict(cast("Mapping[str, Any]", given))
        case _:
            raise TypeError(f"a request is a CreateProjectVersionRequest or a dict, not a {type(given).__name__}")


def _name_of(given: Submittable) -> str:
    if isinstance(given, CreateProjectVersionRequest):
        return f" ({given.version_name})"
    name = given.get("version_name", given.get("VersionName"))
    return f" ({name})" if isinstance(name, str) else ""
