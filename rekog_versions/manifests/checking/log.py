"""Issues as they are found: every one is counted, and of each code the first are kept."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from rekog_versions.manifests.issues import Issue


class IssueLog:
    """The issues of one manifest, in bounded memory."""

    def __init__(self, most: int) -> None:
        """Begins an empty one.

        Args:
            most: How many issues of a code to keep.
        """
        self.most = most
        self._kept: dict[str, list[Issue]] = {}
        self.counts: Counter[str] = Counter()
        """How many of each code there were."""

    def add(self, issues: Iterable[Issue], file: str | None = None) -> None:
        """Adds issues of a file."""
        counts = self.counts
        for found in issues:
            code = found.code
            counts[code] += 1
            if counts[code] <= self.most:
                self._kept.setdefault(code, []).append(found if file is None else replace(found, file=file))

    @property
    def kept(self) -> list[Issue]:
        """The first issues of each code."""
        return [found for issues in self._kept.values() for found in issues]
