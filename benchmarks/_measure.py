"""Measure two ways to do one thing against each other, and print the results as a table."""

import gc
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

Sample = Callable[[], float]
"""A function that does the thing once and returns the seconds that it took."""


@dataclass(frozen=True)
class Row:
    """One comparison: the seconds of each repetition, and the highest allowed ratio."""

    what: str
    ours: Sequence[float]
    baseline: Sequence[float]
    limit: float | None = None
    """None if the row is only for information."""
    unit: str = "ms"
    """The unit of the figures. Seconds are converted to ms; figures in another unit are not converted."""

    @property
    def ratios(self) -> list[float]:
        return [ours / baseline for ours, baseline in zip(self.ours, self.baseline, strict=True)]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        return "ok" if self.ratio <= self.limit else "OVER"

    def cells(self) -> tuple[str, ...]:
        lower, _, upper = quantiles(self.ratios, n=4)
        return (
            self.what,
            self._shown(self.ours),
            self._shown(self.baseline),
            f"{self.ratio:.2f} ({lower:.2f}-{upper:.2f})",
            "" if self.limit is None else f"{self.limit:.2f}",
            self.verdict,
        )

    def _shown(self, figures: Sequence[float]) -> str:
        return f"{median(figures) * (1000 if self.unit == 'ms' else 1):.2f} {self.unit}"


def interleaved(*samples: Sample, repetitions: int, warm_up: int = 3) -> list[list[float]]:
    """Take the samples in turns, in alternating order, so that a slow phase of the machine affects all of them."""
    for _ in range(warm_up):
        for sample in samples:
            sample()
    taken: list[list[float]] = [[] for _ in samples]
    for repetition in range(repetitions):
        turns = list(enumerate(samples))
        for index, sample in turns if repetition % 2 == 0 else reversed(turns):
            taken[index].append(sample())
    return taken


def cpu(call: Callable[[], object], times: int, *, whole_heap: bool = False) -> Sample:
    """Return a sample that measures this process's CPU time for one call, as the mean of several calls.

    The garbage collector is on, as it is for users.

    Args:
        call: The function to measure.
        times: The number of calls in a sample.
        whole_heap: True if the collector also visits the objects that existed before. Then the result depends on the
            rest of the process, which has some 130,000 objects of boto3 here. False freezes those objects.
    """

    def sample() -> float:
        gc.collect()
        if not whole_heap:
            gc.freeze()
        try:
            began = time.process_time()
            for _ in range(times):
                call()
            return (time.process_time() - began) / times
        finally:
            gc.unfreeze()

    return sample


def process(*command: str, environment: Mapping[str, str] | None = None) -> Sample:
    """Return a sample that measures the CPU time (user and system) of a command in a process of its own."""

    def sample() -> float:
        child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)  # so that Popen does not wait for it again
        if child.returncode:
            raise RuntimeError(f"{command} ended with {child.returncode}")
        return usage.ru_utime + usage.ru_stime

    return sample


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text, in columns."""
    cells = [("what", "ours", "baseline", "ratio", "limit", ""), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
