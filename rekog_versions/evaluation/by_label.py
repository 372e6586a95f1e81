"""A read-only mapping that has a value for each label."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from rekog_versions._json import JsonResult, plain, row_of
from rekog_versions._text import printable
from rekog_versions.models.thresholds import Thresholds

T_co = TypeVar("T_co", covariant=True)

_NAMES_IN_MESSAGE = 10


class ByLabel(JsonResult, Mapping[str, T_co]):
    """A read-only mapping from labels to values, in the order of the file. It can be compared, hashed and pickled.

    Raises:
        KeyError: On the lookup of an unknown label. The message lists known labels.
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

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values by label; see `JsonResult.to_dict`."""
        return {label: plain(value) for label, value in self._items.items()}

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a flat dict for each label; see `JsonResult.to_rows`."""
        return [{"label": label, **row_of(value)} for label, value in self._items.items()]

    def __repr__(self) -> str:
        return f"ByLabel({printable(self._items)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._items,)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))


def unknown_label(label: object, known: Iterable[str]) -> str:
    """Return the message for an unknown label. It lists the labels that are known."""
    return f"there is no label '{printable(label, 80)}'; the labels are: {quoted_labels(sorted(known), 40) or 'none'}"


def check_known_labels(thresholds: Thresholds, known: Collection[str]) -> None:
    """Check that the model has all labels for which there is a threshold.

    Raises:
        ValueError: A threshold is for another label, which is probably misspelt.
    """
    unknown = [label for label in thresholds.labels if label not in known]
    if not unknown:
        return
    from difflib import get_close_matches  # noqa: PLC0415 (needed for errors only)

    close = get_close_matches(unknown[0], known, n=1)
    meant = f" Did you mean '{printable(close[0], 80)}'?" if close else ""
    raise ValueError(
        f"thresholds must be for labels of the model, got {quoted_labels(unknown)}.{meant} The labels are: "
        f"{quoted_labels(sorted(known), 40) or 'none'}"
    )


def quoted_labels(labels: Iterable[str], length: int = 80) -> str:
    """Return labels as a list for a message: each quoted and cut to `length` characters, ten of them at most."""
    names = [f"'{printable(label, length)}'" for label in labels]
    hidden = len(names) - _NAMES_IN_MESSAGE
    return ", ".join(names[:_NAMES_IN_MESSAGE]) + (f" and {hidden} more" if hidden > 0 else "")
