"""Text that other people wrote, made fit for a message: for a terminal, a log line, an exception."""


def printable(text: object, limit: int = 2000) -> str:
    r"""Escapes what a terminal or a log would obey rather than show.

    Status messages, S3 keys, names and whole answers are untrusted: a control character, a newline or a
    right-to-left override in them becomes its Python escape (``\x1b``, ``\n``, ``\u202e``).

    Args:
        text: What to show; anything that is no string is shown by its ``repr``.
        limit: Longer text is cut there, and says how much is missing.

    Returns:
        One line of printable characters.
    """
    raw = text if isinstance(text, str) else repr(text)
    cut = raw[:limit]
    shown = cut if cut.isprintable() else "".join(c if c.isprintable() else _escaped(c) for c in cut)
    return shown if len(raw) <= limit else f"{shown}... ({len(raw) - limit} more characters)"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
