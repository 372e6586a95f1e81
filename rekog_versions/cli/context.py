"""The options that every command accepts, and the client that they describe."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:  # a command without calls does not import boto3
    from rekog_versions import VersionsClient

STDIN = "<stdin>"
"""The argument `-`, which the parser would read as an option: the command replaces it before."""
Format: TypeAlias = Literal["table", "json", "jsonl", "id"]


@dataclass(frozen=True)
class Context:
    """The common options of one run of the command.

    Attributes:
        profile: A profile of AWS's shared configuration files.
        region: The region to call.
        endpoint_url: An endpoint other than AWS's.
        output: The format of the data on stdout.
        query: A JMESPath expression that selects from the data.
        debug: True to show tracebacks, and what the library logs.
        child: The command after `--`.
    """

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    output: Format = "table"
    query: str | None = None
    debug: bool = False
    child: tuple[str, ...] | None = field(default=None)

    @cached_property
    def client(self) -> VersionsClient:
        """The client for the account and region of the options."""
        return self.client_in(self.region)

    def clients_in(self, regions: Sequence[str] | None) -> list[VersionsClient]:
        """Return a client for each region; without regions, the client of the configuration."""
        return [self.client_in(region) for region in regions] if regions else [self.client]

    def client_in(self, region: str | None) -> VersionsClient:
        """Return a client for another region."""
        from rekog_versions import VersionsClient

        return VersionsClient.connect(profile_name=self.profile, region_name=region, endpoint_url=self.endpoint_url)

    @property
    def options(self) -> str:
        """The options that select the account and region, as they appear in a command line to copy."""
        import shlex

        given = {"--profile": self.profile, "--region": self.region, "--endpoint-url": self.endpoint_url}
        return "".join(f" {name} {shlex.quote(value)}" for name, value in given.items() if value is not None)


current: ContextVar[Context] = ContextVar("rekog_context")
