"""The labels of an export: their numbers, their counts, and their names in formats that lack some characters."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping

from rekog_versions._text import shown
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport

_NOT_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
_NOT_XML = frozenset("\ufffe\uffff")
_REPLACEMENT = "\ufffd"


class LabelNumbers:
    """The labels of an export in the order of their numbers, which count from 0.

    Args:
        names: Labels that have the first numbers.

    Raises:
        TypeError: `names` is a text, or contains something else than texts.
        ValueError: A name is twice in `names`.
    """

    def __init__(self, names: Iterable[str] | None) -> None:
        if isinstance(names, str):
            raise TypeError(f"names must be a list of labels, got the text {shown(names)}")
        self._numbers: dict[str, int] = {}
        self._counts: list[int] = []
        for name in names or ():
            if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"names must be a list of labels, got {shown(name)} in it")
            if name in self._numbers:
                raise ValueError(f"names must have each label once, got {shown(name)} twice")
            self._number(name)

    def count(self, name: str) -> int:
        """Count a label, and return its number, which may be new."""
        number = self._number(name)
        self._counts[number] += 1
        return number

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            self._counts.append(0)
        return self._numbers.setdefault(name, len(self._numbers))

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of annotations of each label, in the order of the numbers."""
        return dict(zip(self._numbers, self._counts, strict=True))


class PlainNames:
    """Names of labels for formats of text: on one line, without control characters, and without blanks at the ends.

    Labels keep being different. Every change is added to the report.
    """

    def __init__(self, report: ConversionReport) -> None:
        self._report = report
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()

    def name(self, label: str) -> str:
        """Return the name of a label."""
        found = self._names.get(label)
        if found is None:
            found = self._names[label] = self._new(label)
        return found

    def _new(self, label: str) -> str:
        made = plain_text(label).strip() or _REPLACEMENT
        while made in self._taken:
            made = f"{made}-{hashlib.blake2b(label.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"
        self._taken.add(made)
        if made != label:
            self._report.add(ConversionReason.RENAMED_LABEL, f"label {shown(label)}", f"it is {shown(made)}")
        return made


def plain_text(text: str) -> str:
    """Return a text without characters that XML and YAML do not have, such as control characters."""
    return "".join(_REPLACEMENT if _is_foreign(one) else one for one in text)


def _is_foreign(character: str) -> bool:
    return unicodedata.category(character) in _NOT_TEXT or character in _NOT_XML
