"""The errors of the registry."""

from collections.abc import Sequence

from rekog_versions._text import printable
from rekog_versions.errors import RekogVersionsError


class RegistryError(RekogVersionsError):
    """The base class of the registry's errors."""


class RegistryDocumentError(RegistryError, ValueError):
    """A registry document is invalid, newer than this release, or of another project. It is unchanged."""


class RegistryConflictError(RegistryError):
    """Other writers changed the document again and again, or a request to S3 kept failing. Nothing was changed."""


class AliasNotFoundError(RegistryError, LookupError):
    """There is no such alias.

    Attributes:
        alias: The alias.
        project: The name of the project.
    """

    def __init__(self, alias: str, project: str, known: Sequence[str]) -> None:
        self.alias = alias
        self.project = project
        others = f"its aliases are {', '.join(known[:20])}" if known else "it has no aliases. Call promote() first"
        super().__init__(f"project '{printable(project, 300)}' has no alias '{printable(alias, 80)}': {others}")


class PromotionRejectedError(RegistryError):
    """A version must not be used: it failed a gate, or its state does not allow it. Nothing was changed.

    Attributes:
        alias: The alias that was not moved.
        reasons: The failed gates, or other reasons; printable.
    """

    def __init__(self, message: str, *, alias: str, reasons: Sequence[str]) -> None:
        self.alias = alias
        self.reasons = tuple(reasons)
        super().__init__(message)


class DeploymentError(RegistryError):
    """A deployment did not complete. The message says which model serves, and which ones are billed.

    Attributes:
        alias: The alias.
        billed: The ARNs of the models of this deployment that may still be running.
    """

    def __init__(self, message: str, *, alias: str, billed: Sequence[str] = ()) -> None:
        self.alias = alias
        self.billed = tuple(billed)
        super().__init__(message)
