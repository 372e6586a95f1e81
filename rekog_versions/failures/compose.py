"""Compose an explanation from a version's description and the content of its files, without I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rekog_versions._text import printable
from rekog_versions.failures.explanation import FailureExplanation, Subject
from rekog_versions.failures.files import FileContents
from rekog_versions.failures.reasons import reasons_of
from rekog_versions.failures.tally import Tally
from rekog_versions.models.references import VersionRef
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus

EXAMPLES = 3
"""The examples of each code and manifest by default."""

_SUBJECTS: Mapping[ProjectVersionStatus, Subject] = {
    ProjectVersionStatus.TRAINING_FAILED: "training",
    ProjectVersionStatus.FAILED: "start",
    ProjectVersionStatus.COPYING_FAILED: "copy",
}
_WITHOUT_FILES = frozenset(
    {
        ProjectVersionStatus.TRAINING_IN_PROGRESS,
        ProjectVersionStatus.FAILED,
        ProjectVersionStatus.COPYING_IN_PROGRESS,
        ProjectVersionStatus.COPYING_FAILED,
    }
)
"""The files do not exist yet, or they do not concern the failure."""
_FINAL = frozenset({ProjectVersionStatus.TRAINING_FAILED, ProjectVersionStatus.COPYING_FAILED})
"""Only a deletion follows these statuses."""


def check_examples(examples: int) -> None:
    """Check that `examples` is not negative.

    Raises:
        ValueError: It is negative.
    """
    if examples < 0:
        raise ValueError(f"examples must be 0 or more, got {examples}")


def final_description(version: VersionRef) -> ProjectVersionDescription | None:
    """Return `version` if it is a description that is still valid, because its status can't change any more."""
    if isinstance(version, ProjectVersionDescription) and version.status in _FINAL:
        return version
    return None


def has_files(description: ProjectVersionDescription) -> bool:
    """Return True if the files of the training may exist and concern the version's status."""
    return description.status not in _WITHOUT_FILES


def explanation_of(
    description: ProjectVersionDescription, version: VersionRef, contents: FileContents | None
) -> FailureExplanation:
    """Return the explanation.

    Args:
        description: The version's description.
        version: The caller's reference to the version.
        contents: The content of the version's files; None if they were not read.
    """
    contents = contents or FileContents(Tally(0))
    status = description.status
    subject = _SUBJECTS.get(status) if status is not None else None
    explanation = FailureExplanation(
        version=_name_of(description, version),
        status=status,
        subject=subject,
        status_message=description.status_message,
        reasons=reasons_of(description.status_message) if subject else (),
        content_errors=tuple(contents.content_errors),
        line_errors=contents.tally.line_errors(),
        training=contents.statistics.get("training"),
        testing=contents.statistics.get("testing"),
        unreadable_files=tuple(contents.unreadable),
        billable_seconds=description.billable_training_time_in_seconds,
        next_steps=(),
    )
    return replace(explanation, next_steps=tuple(_next_steps(explanation, description.version_name)))


def _name_of(description: ProjectVersionDescription, version: VersionRef) -> str:
    if description.project_version_arn:
        return str(description.project_version_arn)
    # only a lookup by name finds a version without an ARN; a description can come from anywhere
    if isinstance(version, tuple):
        project_arn, version_name = version
        return f"version {version_name!r} of project {project_arn}"
    return "a version without an ARN"


def _next_steps(explanation: FailureExplanation, name: str | None) -> Iterator[str]:
    if any(unreadable.uri for unreadable in explanation.unreadable_files):
        yield "Make the unreadable files readable and call explain_failure() again: they stay in the output bucket."
    if explanation.subject == "training":
        reasons = (*explanation.reasons, *explanation.content_errors)
        if explanation.line_errors or any(reason.code for reason in reasons):
            yield "Fix the errors listed above. preflight() finds such errors before a training."
        taken = f"the name {printable(name, 300)!r}" if name else "the version's name"
        yield f"Choose another version_name for the next training, or delete this version: {taken} is still in use."
    elif explanation.subject == "start":
        yield "Start the model again. If it fails again, contact AWS support. The trained model still exists."
    elif explanation.subject == "copy":
        yield "Check the policy of the source project, both output buckets and the KMS key. Then copy it again."
    elif explanation.status is ProjectVersionStatus.TRAINING_IN_PROGRESS:
        yield "The version is still training. Call wait_until_trained() to wait for the result."
