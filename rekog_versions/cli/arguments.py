"""Arguments that several commands share: versions, tags, files, and the confirmation of what costs or destroys."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from cyclopts import Parameter

from rekog_versions import models
from rekog_versions._text import printable
from rekog_versions.cli.context import STDIN, Context
from rekog_versions.cli.output import UsageError, remark
from rekog_versions.cli.shell_words import short_names

Flag: TypeAlias = Annotated[bool, Parameter(negative=(), show_default=False)]
"""An option that is off without it."""
Many: TypeAlias = Annotated[list[str] | None, Parameter(consume_multiple=True, negative=())]
"""An option with one value or more."""


def version_ref(text: str) -> str | tuple[str, str]:
    """Return the version that an ARN or `PROJECT/VERSION` names; PROJECT is a name.

    Raises:
        UsageError: The text has neither form.
    """
    if text.startswith("arn:"):
        return text
    project, slash, version = text.partition("/")
    if not (project and slash and version) or "/" in version:
        raise UsageError(f"VERSION must be an ARN or PROJECT/VERSION, got '{printable(text, 200)}'")
    return project, version


def target_ref(version: str) -> tuple[str, str]:
    """Return the project and the name of a version to create.

    Raises:
        UsageError: The text is not `PROJECT/VERSION`.
    """
    project, slash, name = version.rpartition("/")
    if not slash or not project:
        version_ref(version)  # raises
    return project, name


def shown_ref(version: str | tuple[str, str] | None) -> str:
    """Return a version as the command line names it."""
    return "/".join(version) if isinstance(version, tuple) else short_names(version)


def output_from(uri: str) -> models.OutputConfig:
    """Return the place of results that `s3://BUCKET/PREFIX` names; the prefix may be empty.

    Raises:
        UsageError: The text has another form.
    """
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket:
        raise UsageError(f"--output-config must be s3://BUCKET/PREFIX, got '{printable(uri, 200)}'")
    try:
        return models.OutputConfig(s3_bucket=bucket, s3_key_prefix=prefix or None)
    except ValueError as error:
        raise invalid_uri("--output-config must be s3://BUCKET/PREFIX", uri, error) from None


def invalid_uri(rule: str, uri: str, error: ValueError) -> UsageError:
    """Return the error for a place in S3 whose bucket or key breaks a rule of the service."""
    from pydantic import ValidationError

    details = error.errors(include_url=False, include_input=False) if isinstance(error, ValidationError) else []
    reason = "; ".join(f"{detail['loc'][-1]}: {detail['msg']}" for detail in details)
    shown = f"{rule}, got '{printable(uri, 200)}'"
    return UsageError(f"{shown}: {reason}. Check the name" if reason else f"{shown}. Upload the file to S3 first")


def pairs_from(pairs: Sequence[str] | None, option: str = "--tags") -> dict[str, str]:
    """Return the pairs of an option with `KEY=VALUE ...`.

    Raises:
        UsageError: A pair has no "=".
    """
    for pair in pairs or ():
        if "=" not in pair:
            raise UsageError(f"{option} must be KEY=VALUE, got '{printable(pair, 200)}'")
    return dict(pair.split("=", 1) for pair in pairs or ())


def read_text(path: str) -> str:
    """Return the text of a file, or of stdin for `STDIN`."""
    return sys.stdin.read() if path == STDIN else Path(path).read_text(encoding="utf-8")


def confirm(consequence: str, *, yes: bool, context: Context) -> None:
    """Say what is about to happen, and ask on a terminal. Without a terminal, `--yes` is required.

    Raises:
        UsageError: The caller did not confirm.
    """
    remark(*consequence.splitlines())
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or context.output != "table":
        raise UsageError("this needs a confirmation, and there is no terminal to ask on. Add --yes")
    print("Continue? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("not confirmed; nothing was done")


def manifest_sources(paths: Sequence[str]) -> Any:
    """Return the manifests that arguments name: files, s3:// URIs, and stdin for `STDIN`."""
    sources = [BytesIO(sys.stdin.buffer.read()) if path == STDIN else path for path in paths]
    return sources if len(sources) > 1 else sources[0]


def s3_for(context: Context, places: Sequence[str]) -> Any:
    """Return the client for S3 if one of the places is there, and else None: files need no configuration."""
    return context.client.s3 if any(place.startswith("s3://") for place in places) else None
