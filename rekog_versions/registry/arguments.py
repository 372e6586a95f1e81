"""Checks of the arguments of the registry."""

import re

from rekog_versions._text import printable
from rekog_versions.arns import ProjectArn
from rekog_versions.evaluation import Gates
from rekog_versions.models._constraints import is_project_name
from rekog_versions.models.thresholds import Thresholds

MOST_TEXT = 1_000
"""The most characters of a reason."""
_ALIAS = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}")


def check_client_class(client: object, kind: type) -> None:
    """Check that the client of a registry has the class that fits it.

    Raises:
        TypeError: It has another class.
    """
    if not isinstance(client, kind):
        raise TypeError(
            f"client must be of type {kind.__name__}, got {type(client).__name__}. Registry takes a VersionsClient, "
            "and AsyncRegistry takes an AsyncVersionsClient"
        )


def check_max_age(max_age: object) -> None:
    """Check that `max_age` is a number of seconds.

    Raises:
        ValueError: It is negative.
        TypeError: It is not a number.
    """
    if isinstance(max_age, bool) or not isinstance(max_age, int | float):
        raise TypeError(f"max_age must be a number of seconds, got {type(max_age).__name__}")
    if not max_age >= 0:
        raise ValueError(f"max_age must be 0 seconds or more, got {max_age}")


def check_alias(alias: object) -> None:
    """Check that `alias` is the name of an alias.

    Raises:
        ValueError: It has other characters, or more than 64.
        TypeError: It is not a string.
    """
    if not isinstance(alias, str):
        raise TypeError(f"alias must be a string such as 'production', got {type(alias).__name__}")
    if not _ALIAS.fullmatch(alias):
        raise ValueError(
            "alias must have 1 to 64 letters, digits, '.', '_' and '-', and begin with a letter or digit, got "
            f"'{printable(alias, 80)}'"
        )


def check_reason(reason: object) -> None:
    """Check that `reason` is a short text or None.

    Raises:
        ValueError: It is longer than 1,000 characters.
        TypeError: It is not a string.
    """
    if reason is None:
        return
    if not isinstance(reason, str):
        raise TypeError(f"reason must be a string, got {type(reason).__name__}")
    if len(reason) > MOST_TEXT:
        raise ValueError(f"reason must have at most {MOST_TEXT:,} characters, got {len(reason):,}. Shorten it")


def check_promotion(gates: object, thresholds: object) -> None:
    """Check the types of the gates and the thresholds of a promotion.

    Raises:
        TypeError: One has another type.
    """
    if not isinstance(gates, Gates | None):
        raise TypeError(f"gates must be a Gates, such as Gates(min_f1=0.8), got {type(gates).__name__}")
    if not isinstance(thresholds, Thresholds | None):
        raise TypeError(
            f"thresholds must be a Thresholds, such as Thresholds.fractions({{'cat': 0.5}}), got "
            f"{type(thresholds).__name__}"
        )


def project_name_of(project: str) -> str:
    """Return the name of a project that is given by its name or ARN.

    Raises:
        ValueError: It is neither.
        TypeError: It is not a string.
    """
    if not isinstance(project, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"project must be the name or the ARN of a project, got {type(project).__name__}")
    return project if is_project_name(project) else str(ProjectArn.parse(project).project_name)
