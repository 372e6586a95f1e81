"""The progress of a wait on standard error: a live line in a terminal or notebook, and otherwise a line a change."""

import contextlib
import shutil
import sys
from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from html import escape
from importlib import import_module
from typing import Any

from rekog_versions._text import display_width, duration, printable, shortened
from rekog_versions.waiting.poll import Poll

_FALLBACK = (100, 24)


class LiveLine:
    """A line that is rewritten, in the output of a notebook's cell or on standard error.

    It is rewritten in a terminal or notebook. A closed standard error is ignored.
    """

    def __init__(self) -> None:
        self.is_live = _is_live()
        self._display = _notebook_display()
        self._cell: Any = None
        self._width = 0

    def write(self, text: str) -> None:
        """Write a line that is kept."""
        _write(f"{printable(text, 500)}\n")

    def rewrite(self, *texts: str) -> None:
        """Replace the live line with the first of the texts that fits, or with what fits of the last one."""
        if self._display is not None:
            self._show(printable(texts[0], 500))
            return
        columns = max(shutil.get_terminal_size(_FALLBACK).columns - 1, 20)
        lines = [printable(text, 4 * columns) for text in texts]
        shown = shortened(next((line for line in lines if display_width(line) <= columns), lines[-1]), columns)
        width = display_width(shown)
        _write(f"\r{shown}{' ' * (self._width - width)}")
        self._width = width

    def close(self) -> None:
        """End the live line, if there is one."""
        self._cell = None
        if self._width:
            _write("\n")
            self._width = 0

    def _show(self, text: str) -> None:
        """Show the line in the output of the notebook's cell, instead of the line before."""
        content = {"text/plain": text, "text/html": f"<code>{escape(text)}</code>"}
        if self._cell is not None:
            self._cell.update(content, raw=True)
        elif self._display is not None:
            self._cell = self._display(content, raw=True, display_id=True)


class Progress:
    """Writes each poll of one wait, and then calls `on_poll`.

    In a terminal or notebook, one line is rewritten at each poll, and kept when the status changes. Elsewhere, as in a
    log file, there is one line for each change of the status. A closed or missing standard error does not
    end a wait. A narrow terminal shows the same in fewer words.

    Args:
        on_poll: A function to call after each poll.
        expected_end: When the work should end, as far as earlier work shows.
    """

    def __init__(self, on_poll: Callable[..., Any] | None, *, expected_end: datetime | None = None) -> None:
        self._on_poll = on_poll
        self._end = None if expected_end is None else f"{expected_end:%H:%M}"
        self._line = LiveLine()
        self._last: str | None = None

    def __call__(self, poll: Poll[Any, Any]) -> Any:
        """Write a poll, and return the result of `on_poll`."""
        found = "the poll failed, the wait continues" if poll.error else str(poll.status or "not found yet")
        text = f"{_name(poll)}: {found} after {duration(poll.elapsed)}"
        if self._line.is_live:
            if self._last not in (None, found):
                self.close()
            self._line.rewrite(*self._texts(poll, found))
            if poll.is_last:
                self.close()
        elif found != self._last:
            self._line.write(text)
        self._last = found
        return None if self._on_poll is None else self._on_poll(poll)

    def _texts(self, poll: Poll[Any, Any], found: str) -> Sequence[str]:
        """Return the line for wide and for narrow terminals."""
        elapsed, end = duration(poll.elapsed), None if poll.is_last else self._end
        pause = None if poll.next_in is None else duration(poll.next_in)
        long = [f", next poll in {pause}" if pause else "", f", expected end {end}" if end else ""]
        short = [f", poll in {pause}" if pause else "", f", end {end}" if end else ""]
        return (
            f"{_name(poll)}: {found} after {elapsed}{''.join(long)}",
            f"{_name(poll)}: {found}, {elapsed}{''.join(short)}",
            f"{found}, {elapsed}{short[1] or short[0]}",
            f"{found}, {elapsed}",
        )

    def close(self) -> None:
        """End the live line, if there is one."""
        self._line.close()


def with_progress(on_poll: Callable[..., Any] | None, progress: object) -> Callable[..., Any] | None:
    """Return `on_poll`, or a function that also writes the progress if `progress` is True.

    Raises:
        TypeError: `progress` is not a bool.
    """
    if not isinstance(progress, bool):
        raise TypeError(f"progress must be True or False, got {type(progress).__name__}")
    return Progress(on_poll) if progress else on_poll


@contextlib.contextmanager
def closing(on_poll: object) -> Generator[None]:
    """End the live line of a wait, whatever ends the wait."""
    try:
        yield
    finally:
        if isinstance(on_poll, Progress):
            on_poll.close()


def _name(poll: Poll[Any, Any]) -> str:
    """Return a short name: the project and the version without the rest of the ARN."""
    version = getattr(poll.arn, "version_name", None)
    return f"{getattr(poll.arn, 'project_name', '')}/{version}" if version else poll.name


def _notebook_display() -> Callable[..., Any] | None:
    """Return IPython's function that displays values in a notebook; None outside of notebooks."""
    if "ipykernel" not in sys.modules:
        return None
    try:
        display: Callable[..., Any] = import_module("IPython.display").display
    except (ImportError, AttributeError):
        return None
    return display


def _is_live() -> bool:
    # a kernel of Jupyter writes standard error to the notebook, which rewrites lines as a terminal does
    return "ipykernel" in sys.modules or bool(sys.stderr and not sys.stderr.closed and sys.stderr.isatty())


def _write(text: str) -> None:
    with contextlib.suppress(AttributeError, OSError, UnicodeError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()
