"""The exit code of an exception, and its text or JSON object on stderr."""

from __future__ import annotations

import json
import sys
import traceback
from enum import IntEnum
from typing import Self

from rekog_versions._text import printable
from rekog_versions.cli.context import Context
from rekog_versions.cli.output import fitted, width_of
from rekog_versions.cli.shell_words import in_shell_words, short_names


class ExitCode(IntEnum):
    """The exit codes of `rekog`; those above 200 are the AWS CLI's."""

    meaning: str
    """When a command ends with the code."""

    def __new__(cls, value: int, meaning: str) -> Self:
        """Create the member with its meaning."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    OK = 0, "success"
    NO = 1, "a negative result: an invalid manifest, a failed training, a failed gate, a part that could not be read"
    USAGE = 2, "the command line is wrong, or a question was answered with no"
    INTERRUPTED = 130, "interrupted"
    CONFIGURATION = 253, "credentials or configuration are missing or invalid"
    REJECTED = 254, "the service rejected the request, or there is no such project or version"
    OTHER = 255, "any other error; `--debug` shows the traceback"


def exit_code_of(error: BaseException) -> ExitCode:
    """Return the exit code for an exception."""
    from pydantic import ValidationError

    from rekog_versions import errors
    from rekog_versions._aws.error_codes import concerns_configuration
    from rekog_versions.registry import registry_errors as registry

    match error:
        case KeyboardInterrupt():
            return ExitCode.INTERRUPTED
        case Exception() if concerns_configuration(error):
            return ExitCode.CONFIGURATION
        case errors.ServiceError() | errors.ProjectNotFoundError() | errors.VersionNotFoundError():
            return ExitCode.REJECTED
        case registry.AliasNotFoundError():
            return ExitCode.REJECTED
        case registry.RegistryDocumentError():
            return ExitCode.OTHER
        case (
            errors.TrainingFailedError()
            | errors.StartFailedError()
            | errors.CopyFailedError()
            | errors.DatasetFailedError()
            | errors.UnreachableStatusError()
            | errors.ManifestError()
            | errors.EvaluationError()
            | registry.PromotionRejectedError()
            | registry.DeploymentError()
        ):
            return ExitCode.NO
        case ValidationError() | ValueError() | TypeError():
            return ExitCode.USAGE
        case _:
            return ExitCode.OTHER


def report(error: BaseException, code: ExitCode, context: Context) -> None:
    """Print an exception on stderr: as text, or as one line of JSON under `--output json` and `jsonl`."""
    if context.debug:
        traceback.print_exception(error)
    notes = [_safe(note) for note in (*getattr(error, "__notes__", ()), *_next_steps(error, context))]
    message = _safe(_message(error))
    if context.output in ("json", "jsonl"):
        described = {
            "error": type(error).__name__,
            "code": getattr(error, "code", None),
            "message": message,
            "request_id": getattr(error, "request_id", None),
            "notes": notes,
            "exit_code": int(code),
        }
        print(json.dumps(described), file=sys.stderr)
        return
    kind = "" if code in (ExitCode.USAGE, ExitCode.INTERRUPTED) else f"{type(error).__name__}: "
    lines = [f"rekog: {kind}{message}", *notes]
    request_id = getattr(error, "request_id", None)
    if request_id:
        lines.append(f"Request id: {printable(request_id, 200)}")
    if code is ExitCode.OTHER and not context.debug:
        lines.append("Add --debug for the traceback.")
    print(fitted("\n".join(lines), width_of(sys.stderr)), file=sys.stderr)


def _safe(text: str) -> str:
    """Return a text in the words of the command, with its lines indented and without what a terminal would obey."""
    return "\n  ".join(printable(line, 4000) for line in in_shell_words(text).splitlines())


def _next_steps(error: BaseException, context: Context) -> list[str]:
    from rekog_versions.errors import TrainingFailedError, WaitTimeoutError

    arn = getattr(error, "version_arn", None)
    match error:
        case TrainingFailedError() if arn:
            return [f"Explain it with: rekog version explain {short_names(arn)}{context.options}"]
        case WaitTimeoutError() if arn:
            return [f"Resume the wait with: rekog version wait {short_names(arn)}{context.options}"]
        case _:
            return []


def _message(error: BaseException) -> str:
    from pydantic import ValidationError

    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, ValidationError):
        details = error.errors(include_url=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in details)
    return str(error) or type(error).__name__
