"""Labels as a picture shows them: every character visible, short enough, and no two alike."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from rekog_versions.evaluation.tables import width

_ELLIPSIS = "…"
_MOST_MARKS = 2  # combining marks that a character may carry; more would reach into the neighbouring lines
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""What Unicode calls printable and nobody can see: fillers and blank patterns."""
_LOOKS_LIKE = str.maketrans(
    "АВЕКМНОРСТХЅІЈаеорсухѕіјԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",  # noqa: RUF001 (they are meant to look like this)
    "ABEKMHOPCTXSIJaeopcyxsijdqwABEZHIKMNOPTYXo",
)


def display_names(labels: Iterable[str], widest: int, is_drawable: Callable[[str], bool]) -> Mapping[str, str]:
    r"""What to write for labels, one line each.

    What can't be seen, would be obeyed or has no glyph becomes its Python escape. Labels that would look alike (by
    blanks, by letters of another alphabet, by an escape that one of them has literally) are spelled out in ASCII. What
    is too wide loses its middle, or, where that would make it look like another, all but its start and what tells it
    from the others.

    Args:
        labels: The labels.
        widest: How many columns a name may have, about.
        is_drawable: Whether a font has a character.
    """
    tokens = {label: _tokens(label, is_drawable) for label in labels}
    spelled: set[str] = set()
    while alike := [
        label
        for group in _groups(tokens, lambda label: _skeleton("".join(tokens[label])))
        if len(group) > 1
        for label in group
        if label not in spelled
    ]:
        spelled.update(alike)
        tokens.update((label, _spelled_out(label)) for label in alike)
    names: dict[str, str] = {}
    for group in _groups(tokens, lambda label: _skeleton(_without_middle(tokens[label], widest))):
        names.update(_told_apart(group, tokens, widest))
    return _numbered({label: names[label] for label in tokens})


def _tokens(label: str, is_drawable: Callable[[str], bool]) -> Sequence[str]:
    """What to draw for each character; marks stay with what they are on."""
    tokens: list[str] = []
    marks = _MOST_MARKS
    for char in label:
        if not _is_visible(char) or not (char == " " or is_drawable(char)):
            tokens.append(_escape(char))
            marks = _MOST_MARKS
        elif unicodedata.category(char) not in ("Mn", "Me"):
            tokens.append(char)
            marks = 0
        elif marks < _MOST_MARKS:
            tokens[-1] += char
            marks += 1
        else:
            tokens.append(_escape(char))
    return tokens if label and label == label.strip() else ["'", *tokens, "'"]


def _is_visible(char: str) -> bool:
    is_selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return char.isprintable() and not is_selector and char not in _UNSEEN


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _spelled_out(label: str) -> Sequence[str]:
    """A label in ASCII, so that no other label is spelled the same."""
    inner = label.strip(" ")
    head = label[: len(label) - len(label.lstrip(" "))] if inner else label
    tail = label[len(label.rstrip(" ")) :] if inner else ""
    middle = [
        r"\x20" if char == " " and place and inner[place - 1] == " " else _escape(char)
        for place, char in enumerate(inner)
    ]
    return [r"\x20"] * len(head) + middle + [r"\x20"] * len(tail) or ["''"]


def _skeleton(text: str) -> str:
    """The same for what looks the same."""
    folded = unicodedata.normalize("NFKC", text).translate(_LOOKS_LIKE)
    return " ".join(folded.replace("' ", "'").replace(" '", "'").split())


def _groups(labels: Iterable[str], key: Callable[[str], str]) -> Iterable[Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for label in labels:
        found[key(label)].append(label)
    return found.values()


def _cut(tokens: Iterable[str], widest: int) -> list[str]:
    kept: list[str] = []
    columns = 0
    for token in tokens:
        columns += width(token)
        if columns > widest:
            break
        kept.append(token)
    return kept


def _without_middle(tokens: Sequence[str], widest: int) -> str:
    if width("".join(tokens)) <= widest:
        return "".join(tokens)
    head = _cut(tokens, (widest - 1) * 3 // 5)
    tail = _cut(reversed(tokens), widest - 1 - width("".join(head)))
    return "".join((*head, _ELLIPSIS, *reversed(tail)))


def _around(tokens: Sequence[str], place: int, widest: int) -> str:
    """Its start, and what stands at a place further on."""
    head = _cut(tokens, widest // 3)
    rest = tokens[max(place, len(head)) :]
    window = _cut(rest, widest - width("".join(head)) - 2)
    skipped = _ELLIPSIS if place > len(head) else ""
    return "".join((*head, skipped, *window, _ELLIPSIS if len(window) < len(rest) else ""))


def _told_apart(group: Sequence[str], tokens: Mapping[str, Sequence[str]], widest: int) -> Mapping[str, str]:
    """Names for labels whose short forms are the same, with what they differ in."""
    if len(group) == 1:
        return {group[0]: _without_middle(tokens[group[0]], widest)}
    length = min(len(tokens[label]) for label in group)
    first = tokens[group[0]]
    place = next((at for at in range(length) if any(tokens[label][at] != first[at] for label in group)), length)
    windows = {label: _around(tokens[label], place, widest) for label in group}
    names: dict[str, str] = {}
    for alike in _groups(group, lambda label: windows[label]):
        split = len(alike) < len(group)
        names.update(_told_apart(alike, tokens, widest) if split and len(alike) > 1 else {a: windows[a] for a in alike})
    return names


def _numbered(names: Mapping[str, str]) -> Mapping[str, str]:
    """The same, with a number after each that is still like one before."""
    taken: set[str] = set()
    distinct: dict[str, str] = {}
    for label, name in names.items():
        made, number = name, 1
        while _skeleton(made) in taken:
            number += 1
            made = f"{name} #{number}"
        taken.add(_skeleton(made))
        distinct[label] = made
    return distinct
