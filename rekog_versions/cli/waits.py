"""Waits of commands: the usual time of a training, and what Ctrl-C leaves behind."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from statistics import median

from rekog_versions.cli.context import Context


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


def usual_training_time(context: Context, project: str) -> float | None:
    """Return the median time of the project's successful trainings in seconds, from their creation to their end."""
    times = [
        (version.training_end_timestamp - version.creation_timestamp).total_seconds()
        for version in context.client.iter_project_versions(project)
        if version.training_end_timestamp and version.creation_timestamp and version.billable_training_time_in_seconds
    ]
    return median(times) if times else None
