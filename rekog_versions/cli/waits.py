"""Waits of commands: the progress on stderr, and what Ctrl-C leaves behind."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from typing import Any

from rekog_versions._text import printable
from rekog_versions.cli.context import Context
from rekog_versions.cli.output import remark

_CLEAR = "\r\x1b[2K"


class Progress:
    """Shows the polls of a wait on stderr: one line that is rewritten on a terminal, else a line for each change.

    Args:
        usual: Seconds that earlier trainings of the project took; None if that is not known.
    """

    def __init__(self, usual: float | None = None) -> None:
        self._usual = usual
        self._last: str | None = None
        self._is_terminal = sys.stderr.isatty()

    def __call__(self, poll: Any) -> None:
        """Show a poll."""
        status = str(poll.status) if poll.status else "not found yet"
        if poll.error is not None:
            status = f"retrying after {type(poll.error).__name__}"
        if self._is_terminal:
            sys.stderr.write(f"{_CLEAR}{self._line(poll, status)}")
            sys.stderr.flush()
        elif status != self._last:
            remark(f"{poll.name}: {status} after {clock(poll.elapsed)}")
        self._last = status

    def end(self) -> None:
        """Keep the last line on the terminal."""
        if self._is_terminal and self._last is not None:
            sys.stderr.write("\n")

    def _line(self, poll: Any, status: str) -> str:
        name = printable(str(poll.name).rpartition("version/")[2] or poll.name, 60)
        parts = [name, status, clock(poll.elapsed)]
        if poll.next_in is not None:
            parts.append(f"next poll in {clock(poll.next_in)}")
            if self._usual is not None and self._usual > poll.elapsed:
                parts.append(f"usually {clock(self._usual)}")
        return "  ".join(parts)


@contextmanager
def waiting(command: str, consequence: str, usual: float | None = None) -> Generator[Progress]:
    """Show the progress of a wait; on Ctrl-C, say how to resume it.

    Args:
        command: The command that resumes the wait.
        consequence: A note that the service continues, and that it is billed.
        usual: Seconds that the wait usually takes.
    """
    progress = Progress(usual)
    try:
        yield progress
    except KeyboardInterrupt as interruption:
        progress.end()
        interruption.__notes__ = [consequence, f"Resume the wait with: {command}"]
        raise
    except BaseException:
        progress.end()
        raise
    else:
        progress.end()


def usual_training_time(context: Context, project: str) -> float | None:
    """Return the median time of the project's successful trainings in seconds, from their creation to their end."""
    times = [
        (version.training_end_timestamp - version.creation_timestamp).total_seconds()
        for version in context.client.iter_project_versions(project)
        if version.training_end_timestamp and version.creation_timestamp and version.billable_training_time_in_seconds
    ]
    return median(times) if times else None


def clock(seconds: float) -> str:
    """Return a duration for people, such as `1:02:03` or `45 s`."""
    whole = timedelta(seconds=round(seconds))
    return str(whole) if whole >= timedelta(minutes=1) else f"{whole.seconds} s"
