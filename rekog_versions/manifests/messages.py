"""How values stand in messages."""

from rekog_versions._text import printable


def shown(value: object) -> str:
    """A value fit for a message, cut where it is long."""
    return f"'{printable(value, 120)}'" if isinstance(value, str) else printable(value, 200)
