"""The library's texts in the words of the command: names in place of ARNs, commands in place of calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

_VERSION_ARN = re.compile(
    r"(?<!-arn )arn:[a-z0-9-]+:rekognition:[a-z0-9-]+:\d{12}:project/([\w.-]+)(?:/version/([\w.-]+))?/\d+"
)
"""The ARN of a project or of a version, unless it is in a command of the AWS CLI."""
_ARGUMENTS = r"\(((?:[^()]|\([^()]*\))*)\)"
_Replacement: TypeAlias = str | Callable[[re.Match[str]], str]


def _version(call: re.Match[str]) -> str:
    """Return the version that the arguments of a call name, or a placeholder."""
    named = re.search(r"'([\w.-]+/[\w.-]+)'", call.group(call.lastindex or 0))
    return named.group(1) if named else "VERSION"


_CALLS: Sequence[tuple[str, _Replacement]] = (
    (rf" For the causes and the next steps, call rekog_versions\.failures\.explain_failure{_ARGUMENTS}\.", ""),
    (r"Call preflight\(\.\.\., probe_output=True\) to test it", "Add --probe-output to test it"),
    (
        r"See each line and how to fix it in the report's `manifests`: print\(report\.manifests\)\.",
        "To see each line and how to fix it, run: rekog manifest check MANIFEST",
    ),
    (r"images=\.\.\. of check_manifests\(\) reads", "`rekog manifest check --images` reads"),
    (r"check_manifests\(\)", "`rekog manifest check`"),
    (rf"(?:rekog_versions\.preflight\.)?preflight{_ARGUMENTS}", "`rekog preflight`"),
    (
        rf"Call wait_until_dataset_ready{_ARGUMENTS}(?: first)?(?:; it raises if it failed| for each)?",
        "Wait until `rekog dataset list PROJECT` shows that it is ready",
    ),
    (rf"(?:client\.)?iter_dataset_entries{_ARGUMENTS}", "`rekog dataset entries ARN --has-errors`"),
    (
        rf"(?:client\.)?wait_until_(\w+){_ARGUMENTS}",
        lambda call: f"`rekog version wait {_version(call)} --until {call.group(1)}`",
    ),
    (rf"(?:client\.)?stop_project_version{_ARGUMENTS}", lambda call: f"`rekog stop {_version(call)}`"),
    (rf"(?:client\.)?start_project_version{_ARGUMENTS}", lambda call: f"`rekog version start {_version(call)}`"),
    (rf"(?:client\.)?describe_projects{_ARGUMENTS}", "`rekog project list`"),
    (rf"(?:client\.)?update_dataset_entries{_ARGUMENTS}", "`rekog dataset update`"),
    (rf"(?:client\.)?delete_dataset{_ARGUMENTS}", "`rekog dataset delete`"),
    (rf"deploy{_ARGUMENTS}", "`rekog deploy`"),
    (rf"recover{_ARGUMENTS}", "`rekog rollback --recover`"),
    (rf"promote{_ARGUMENTS}", "`rekog promote`"),
    (rf"prune{_ARGUMENTS}", "`rekog prune`"),
    (rf"history{_ARGUMENTS}", "`rekog history`"),
    (r"pass max_running=\.\.\.", "pass --max-running"),
    (r"\(put_project_policy\)", "(`aws rekognition put-project-policy`)"),
    (r"explain_failure\(\)", "`rekog version explain`"),
    (r"the client's account and region", "--profile and --region"),
    (r"the account and region of the client", "--profile and --region"),
    (r"\bmax_inference_units\b", "--max-inference-units"),
    (r"another version_name", "another name"),
    (r"([Cc])all `rekog", lambda call: f"{'R' if call.group(1) == 'C' else 'r'}un `rekog"),
)
"""The calls that the library's texts recommend, and the commands that do the same."""
_COMPILED = [(re.compile(pattern), replacement) for pattern, replacement in _CALLS]


def short_names(text: object) -> str:
    """Return a text with the names of projects and versions, as commands accept them, in place of their ARNs."""
    return _VERSION_ARN.sub(_name, str(text))


def _name(arn: re.Match[str]) -> str:
    project, version = arn.group(1), arn.group(2)
    return f"{project}/{version}" if version else project


def in_shell_words(text: object) -> str:
    """Return a text of the library for people in a shell."""
    found = short_names(str(text).replace("aws rekognition stop-project-version --project-version-arn ", "rekog stop "))
    for pattern, replacement in _COMPILED:
        found = pattern.sub(replacement, found)
    return found
