"""Values in messages."""

from rekog_versions._text import printable


def shown(value: object) -> str:
    """Return a value as messages show it: strings in quotes, long values cut."""
    return f"'{printable(value, 120)}'" if isinstance(value, str) else printable(value, 200)
