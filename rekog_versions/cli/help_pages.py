"""The help pages: plain text in two columns, which fits a screen and narrow terminals."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cyclopts import App
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions

WIDTH = 80
"""The columns of the pages in the documentation."""
_NARROW = 60
"""Below this width, the description is below the option."""
_WIDEST, _TERM = 100, 26
_WITH_VALUE = re.compile(r" (?!--|[<>])")
"""A space within an option and its values, where a line of an example must not end."""
_METAVARS = {"STR": "TEXT", "TIMEDELTA": "DURATION", "INT": "NUMBER", "FLOAT": "NUMBER"}
COMMON_OPTIONS = "Common options"


class HelpFormatter:
    """Formats the parts of a page for cyclopts. The common options are described on the page of `rekog` only.

    Args:
        summaries: The summaries of the commands on that page, which are not imported for it.
    """

    show_metavar = True

    def __init__(self, summaries: Mapping[str, str]) -> None:
        self._summaries = summaries
        self._is_root = False

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:
        """Print the line with the usage."""
        text = _plain(usage).removeprefix("Usage: ")
        self._is_root = text.startswith("rekog COMMAND")
        for name, shown in _METAVARS.items():
            text = text.replace(f" {name} ", f" {shown} ")
        _print(console, _wrapped(text, _width(options), "Usage: ", " " * 7))

    def render_description(self, console: Console, options: ConsoleOptions, description: Any) -> None:
        """Print the description of the command, with its paragraphs."""
        for paragraph in filter(None, _plain(description).split("\n\n")):
            _print(console, ["", *_wrapped(paragraph, _width(options))])

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print a list of commands, arguments or options."""
        if not panel.entries:
            return
        width = _width(options)
        if panel.title == COMMON_OPTIONS and not self._is_root:
            names = ", ".join(entry.names[0] for entry in panel.entries)
            lines = _wrapped(f"{names}; see rekog --help.", width, f"{panel.title}: ", "  ")
        else:
            entries = [(_term(entry), self._description(entry)) for entry in panel.entries]
            title = "Options" if panel.title == "Parameters" else panel.title
            lines = [f"{title}:", *_definitions(entries, width)]
        _print(console, ["", *lines])

    def _description(self, entry: HelpEntry) -> str:
        summary = self._summaries.get(entry.names[0]) if self._is_root and entry.names else None
        return summary or _description(entry)


def examples(*commands: str) -> str:
    """Return the examples of a help page. Long ones continue on the next line, as in a shell."""
    heading = "Examples:" if len(commands) > 1 else "Example:"
    return "\n".join([heading, *(line for command in commands for line in _continued(command))])


def _continued(command: str) -> list[str]:
    lines = _wrapped(_WITH_VALUE.sub("\0", command), WIDTH - 2, "  ", "      ")
    return [line.replace("\0", " ") for line in [*(f"{line} \\" for line in lines[:-1]), lines[-1]]]


def pages(app: App, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Return the commands below `app`, groups included, as their words and their help pages.

    Args:
        app: The command `rekog`.
        path: The words of a command, if only those below it are wanted.
    """
    found = app
    for word in path:
        found = found[word]
    yield path, page(app, *path)
    for name in found:
        if not name.startswith("-"):
            yield from pages(app, *path, name)


def page(app: App, *path: str, width: int = WIDTH) -> str:
    """Return the help page of one command."""
    from rich.console import Console

    file = StringIO()
    app.help_print(path, console=Console(file=file, width=width, highlight=False))
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines()).strip("\n") + "\n"


def _term(entry: HelpEntry) -> str:
    if entry.positional_label:
        return entry.positional_label
    names = ", ".join((*entry.positive_names, *entry.positive_shorts))
    choices = "|".join(entry.choices or ())
    metavar = choices if 0 < len(choices) < _TERM else _metavar(entry.metavar or "")
    return f"{names} {metavar}".rstrip()


def _metavar(name: str) -> str:
    plain = name.removesuffix("...")
    return name.replace(plain, _METAVARS.get(plain, plain))


def _description(entry: HelpEntry) -> str:
    text = _plain(entry.description)
    choices = "|".join(entry.choices or ())
    if choices and (len(choices) >= _TERM or entry.positional_label):
        text += f" One of: {', '.join(entry.choices or ())}."
    if entry.default is not None:
        text += f" Default: {entry.default}."
    return f"{text} Required." if entry.required and not entry.positional_label else text


def _definitions(entries: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    column = min(max((len(term) for term, _ in entries), default=0), _TERM) + 4
    for term, text in entries:
        if width < _NARROW or len(term) + 4 > column:
            yield f"  {term}"
            yield from _wrapped(text, width, " " * (6 if width < _NARROW else column))
        else:
            yield from _wrapped(text, width, f"  {term:<{column - 2}}", " " * column) or [f"  {term}"]


def _wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(value: Any) -> str:
    """Return the text of what cyclopts passes to a formatter: a string, or an object that rich prints."""
    from rich.console import Console

    file = StringIO()
    Console(file=file, width=10_000).print(value or "", end="", markup=False, highlight=False)
    return "\n".join(line.strip() for line in file.getvalue().splitlines()).strip()


def _width(options: ConsoleOptions) -> int:
    return min(options.max_width, _WIDEST)


def _print(console: Console, lines: Sequence[str]) -> None:
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
