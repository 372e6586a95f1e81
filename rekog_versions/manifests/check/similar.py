"""Find labels that seem equal: they differ only in case, blanks, Unicode form or look-alike characters."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

# Unicode's list of confusable characters has thousands of pairs. These are those that keyboards, phones and editors
# produce: Cyrillic, Greek and Armenian letters, and the punctuation that replaces ASCII characters.
_CAPITALS = str.maketrans("АВЕЅІЈКМНОРСТУХԚԜҺΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "ABESIJKMHOPCTYXQWHABEZHIKMNOPTYXC")
_SMALL = str.maketrans(
    "аеѕіјкмортсухԛԝһԁѵɡαεηικνορυχωϲօսհոıɑ"
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2018\u2019\u02bc\u00b4\u201c\u201d\u201e",
    "aesijkmoptcyxqwhdvgaenikvopuxwcouhnia-------''''\"\"\"",
)


def similar_labels(labels: Iterable[str]) -> list[frozenset[str]]:
    """Return the groups of labels that seem equal, sorted by the first label of each group."""
    parents: dict[str, str] = {}

    def root(key: str) -> str:
        while parents.setdefault(key, key) != key:
            parents[key] = key = parents[parents[key]]
        return key

    # Both keys count: labels that differ in case only belong together too, although the capital letters of a script may
    # look like other Latin letters than its small ones.
    keys = {
        label: (_reduced(label), f"like {_reduced(label.translate(_CAPITALS)).translate(_SMALL)}") for label in labels
    }
    for key, look in keys.values():
        parents[root(key)] = root(look)
    groups: dict[str, set[str]] = defaultdict(set)
    for label, (key, _) in keys.items():
        groups[root(key)].add(label)
    return sorted((frozenset(group) for group in groups.values() if len(group) > 1), key=min)


def _reduced(label: str) -> str:
    """Return a label without blanks and invisible characters, in lower case and in one Unicode form."""
    if label.isascii():
        return "".join(label.split()).casefold()
    # the second form is for letters that case folding decomposes, and the first one for compatibility characters:
    # full-width letters, ligatures, letters of mathematics
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).casefold())
    # variation selectors only change how an emoji is drawn
    visible = (c for c in text if unicodedata.category(c) not in ("Cf", "Cc") and not "\ufe00" <= c <= "\ufe0f")
    return "".join("".join(visible).split())
