"""Waits of commands: the usual time of a training, the version at the end, and what Ctrl-C leaves behind."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Literal, TypeAlias

from rekog_versions import models
from rekog_versions._text import duration
from rekog_versions.cli.arguments import shown_ref, version_ref
from rekog_versions.cli.context import Context
from rekog_versions.cli.output import Output, details, fitted, remark, width_of

Target: TypeAlias = Literal["trained", "running", "stopped", "deleted", "copied"]


@contextmanager
def waiting(command: str, consequence: str) -> Generator[None]:
    """On Ctrl-C, say how to resume the wait.

    Args:
        command: The command that resumes the wait.
        consequence: A note that the service continues, and that it is billed.
    """
    try:
        yield
    except KeyboardInterrupt as interruption:
        interruption.__notes__ = [consequence, f"Resume the wait with: {command}"]
        raise


@dataclass(frozen=True)
class EarlierTrainings:
    """The successful trainings of a project.

    Attributes:
        count: Their number.
        duration: The median time from creation to end.
        billed: The median time that was billed.
    """

    count: int
    duration: timedelta
    billed: timedelta


def earlier_trainings(versions: Iterable[models.ProjectVersionDescription]) -> EarlierTrainings | None:
    """Return what the successful trainings among the versions of a project show; None without one."""
    times = [
        (version.training_end_timestamp - version.creation_timestamp, version.billable_training_time_in_seconds)
        for version in versions
        if version.training_end_timestamp and version.creation_timestamp and version.billable_training_time_in_seconds
    ]
    if not times:
        return None
    whole, billable = median(time.total_seconds() for time, _ in times), median(seconds for _, seconds in times)
    return EarlierTrainings(len(times), timedelta(seconds=whole), timedelta(seconds=billable))


def _expected_end(context: Context, reference: str | tuple[str, str]) -> datetime | None:
    """Return when a training should end, in local time, and say so. None if it has ended or nothing is known."""
    project, _, name = shown_ref(reference).partition("/")
    versions = list(context.client.iter_project_versions(project))
    earlier = earlier_trainings(versions)
    created = next(
        (
            version.creation_timestamp
            for version in versions
            if version.version_name == name and version.status == "TRAINING_IN_PROGRESS"
        ),
        None,
    )
    if earlier is None or created is None:
        return None
    end = (created + earlier.duration).astimezone()
    usual = duration(earlier.duration.total_seconds())
    remark(f"Earlier trainings of {project} took {usual}. The expected end of this one is {end:%Y-%m-%d %H:%M}.")
    return end


def wait_for(context: Context, version: str, until: Target, timeout: timedelta | None) -> Output:
    """Wait with progress on stderr; Ctrl-C leaves the command that resumes the wait."""
    from rekog_versions.client.progress import Progress, closing

    client = context.client
    waits: dict[str, Any] = {
        "trained": client.wait_until_trained,
        "running": client.wait_until_running,
        "stopped": client.wait_until_stopped,
        "deleted": client.wait_until_deleted,
        "copied": client.wait_until_copied,
    }
    reference = version_ref(version)
    command = f"rekog version wait {version} --until {until}{context.options}"
    consequence = {
        "trained": "The training continues and is billed.",
        "running": f"The model continues to start and is billed. Stop it with: rekog stop {version}{context.options}",
    }.get(until, "The service continues.")
    options: dict[str, Any] = {} if timeout is None else {"timeout": timeout.total_seconds()}
    with waiting(command, consequence):
        progress = Progress(None, expected_end=_expected_end(context, reference) if until == "trained" else None)
        with closing(progress):
            found = waits[until](reference, on_poll=progress, **options)
    if found is None:
        return Output({"Deleted": shown_ref(reference)}, f"{shown_ref(reference)} is deleted")
    return described(found)


def described(found: models.ProjectVersionDescription, *remarks: str, ok: bool = True) -> Output:
    """Return the description of a version as data and as lines."""
    output = found.output_config
    pairs = {
        "Version": found.project_version_arn,
        "Status": found.status,
        "Message": found.status_message,
        "Description": found.version_description,
        "F1": found.f1_score,
        "Created": found.creation_timestamp,
        "Ended": found.training_end_timestamp,
        "Billed": billed(found.billable_training_time_in_seconds),
        "Output": f"s3://{output.s3_bucket}/{output.s3_key_prefix or ''}" if output else None,
        "Inference units": found.min_inference_units,
        "At most": found.max_inference_units,
        "Copied from": found.source_project_version_arn,
    }
    text = fitted(details(pairs), width_of(sys.stdout))
    return Output(found, text, ids=[str(found.project_version_arn)], ok=ok, remarks=remarks)


def billed(seconds: float | None) -> str | None:
    """Return the billed time of a training for people."""
    return duration(seconds) if seconds else None
