"""What is known label by label: a read-only mapping that can be compared, pickled and shown."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from rekog_versions._text import printable

T_co = TypeVar("T_co", covariant=True)


class ByLabel(Mapping[str, T_co]):
    """Something for each label, in the order of the file that it is from. It doesn't change.

    Raises:
        KeyError: On a lookup: there is no such label; the error names some that there are.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, T_co] | Iterable[tuple[str, T_co]] = ()) -> None:
        self._items: dict[str, T_co] = dict(items)

    def __getitem__(self, label: str) -> T_co:
        try:
            return self._items[label]
        except KeyError:
            raise KeyError(unknown_label(label, self._items)) from None

    def __contains__(self, label: object) -> bool:
        return label in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"ByLabel({printable(self._items)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._items,)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))


def unknown_label(label: object, known: Iterable[str]) -> str:
    """What to say of a label that there isn't: which there are."""
    names = sorted(known)
    shown = ", ".join(f"'{printable(name, 40)}'" for name in names[:10])
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""  # noqa: PLR2004 (that many fit a line)
    return f"there is no label '{printable(label, 80)}'; there are: {shown or 'none'}{more}"
