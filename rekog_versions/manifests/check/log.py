"""Issues as they are found: every one is counted, and of each code the first are kept."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from rekog_versions.manifests.check.why import why
from rekog_versions.manifests.issues import Issue
from rekog_versions.manifests.lines import Line


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

    def add(self, issues: Iterable[Issue], file: str | None = None, line: Line | None = None) -> None:
        """Adds issues of a file, or of one line of it: then those that are kept say what exactly is wrong."""
        counts = self.counts
        for found in issues:
            code = found.code
            counts[code] += 1
            if counts[code] <= self.most:
                detail = found.detail if line is None else why(line, found)
                self._kept.setdefault(code, []).append(replace(found, file=file or found.file, detail=detail))

    @property
    def kept(self) -> list[Issue]:
        """The first issues of each code."""
        return [found for issues in self._kept.values() for found in issues]
