"""`explain_failure`: asks for the version, reads the files that it names, and says what they mean together."""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import replace
from typing import overload

from rekog_versions._text import printable
from rekog_versions.client import AsyncVersionsClient, VersionsClient, check_client
from rekog_versions.failures.explanation import FailureExplanation, Subject
from rekog_versions.failures.files import Findings, read_files
from rekog_versions.failures.reasons import reasons_of
from rekog_versions.failures.tally import Tally
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.operations import VersionRef
from rekog_versions.statuses import ProjectVersionStatus

_S = ProjectVersionStatus

EXAMPLES = 3
"""So many lines are shown of each code and manifest unless told otherwise."""

_SUBJECTS: Mapping[_S, Subject] = {
    _S.TRAINING_FAILED: "training",
    _S.FAILED: "start",
    _S.COPYING_FAILED: "copy",
}
_WITHOUT_FILES = frozenset({_S.TRAINING_IN_PROGRESS, _S.FAILED, _S.COPYING_IN_PROGRESS, _S.COPYING_FAILED})
"""There are none yet, or they say nothing of what failed."""
_LAST = frozenset({_S.TRAINING_FAILED, _S.COPYING_FAILED})
"""From there no status follows but the deletion, so a description that has one is not asked for again."""


@overload
def explain_failure(client: VersionsClient, version: VersionRef, *, examples: int = ...) -> FailureExplanation: ...


@overload
def explain_failure(
    client: AsyncVersionsClient, version: VersionRef, *, examples: int = ...
) -> Awaitable[FailureExplanation]: ...


def explain_failure(
    client: VersionsClient | AsyncVersionsClient, version: VersionRef, *, examples: int = EXAMPLES
) -> FailureExplanation | Awaitable[FailureExplanation]:
    """Explains why a training failed: the reason, what is wrong with which lines, and what to do next.

    It reads the version's status message, and from S3 the manifest summary and both validation manifests, which it
    finds through the description only. The manifests are read as they come, so their size costs time and no memory.
    What can't be read (denied, deleted, broken, of another format) stands in `not_read`; it raises nothing.

    A version that has not failed is described all the same, with `failed` False: the validation manifests of a training
    that succeeded tell which lines it did without. A start or a copy that failed is explained by the status message.

    Args:
        client: Where to ask. It needs a session or an S3 client to read the files; without one the status message is
            all there is.
        version: Its ARN, `(project_arn, version_name)`, or a description of it. A description with TRAINING_FAILED or
            COPYING_FAILED (such as `TrainingFailedError.description`) is used as it is, for nothing follows from
            there; with any other status it is asked for again.
        examples: The most lines to show of each code and manifest.

    Returns:
        The explanation; with an `AsyncVersionsClient`, an awaitable of it.

    Raises:
        VersionNotFoundError: There is no such version.
        ServiceError: The service refused to describe it.
        ValueError: `version` names no version, or `examples` is negative.
    """
    check_client(client)
    if examples < 0:
        raise ValueError(f"examples must be 0 or more, got {examples}")
    if isinstance(client, AsyncVersionsClient):
        return asyncio.to_thread(_explained, client.sync, version, examples)
    return _explained(client, version, examples)


def _explained(client: VersionsClient, version: VersionRef, examples: int) -> FailureExplanation:
    if isinstance(version, ProjectVersionDescription) and version.status in _LAST:
        description = version
    else:
        description = client.get_project_version(version)
    status = description.status
    has_files = status not in _WITHOUT_FILES
    findings = read_files(lambda: client.s3, description, examples) if has_files else Findings(Tally(examples))
    subject = _SUBJECTS.get(status) if status is not None else None
    explanation = FailureExplanation(
        version=_named(description, version),
        status=status,
        subject=subject,
        status_message=description.status_message,
        reasons=reasons_of(description.status_message) if subject else (),
        content_errors=tuple(findings.content_errors),
        line_errors=findings.tally.line_errors(),
        training=findings.statistics.get("training"),
        testing=findings.statistics.get("testing"),
        not_read=tuple(findings.not_read),
        billable_seconds=description.billable_training_time_in_seconds,
        next_steps=(),
    )
    return replace(explanation, next_steps=tuple(_next_steps(explanation, description.version_name)))


def _named(description: ProjectVersionDescription, version: VersionRef) -> str:
    if description.project_version_arn:
        return str(description.project_version_arn)
    # only a pair finds a version whose ARN is not told; a description may have been made by anybody
    if isinstance(version, tuple):
        project_arn, version_name = version
        return f"version {version_name!r} of project {project_arn}"
    return "a version without an ARN"


def _next_steps(explained: FailureExplanation, name: str | None) -> Iterator[str]:
    if any(missing.uri for missing in explained.not_read):
        yield "Explain it again once the files that could not be read can be: they stay in the output bucket."
    if explained.subject == "training":
        reasons = (*explained.reasons, *explained.content_errors)
        if explained.line_errors or any(reason.code for reason in reasons):
            yield "Mend what the reason and the errors name. preflight() finds such faults before a training."
        shown = f"the name {printable(name, 300)!r}" if name else "the version's name"
        yield f"Choose another version_name for the next try, or delete this version: {shown} stays taken."
    elif explained.subject == "start":
        yield "Start it again; if it fails again, ask AWS support. The trained model is still there."
    elif explained.subject == "copy":
        yield "Check the policy of the source project, both output buckets and the KMS key, and copy it again."
    elif explained.status is _S.TRAINING_IN_PROGRESS:
        yield "It still trains: wait_until_trained() says how that ends."
