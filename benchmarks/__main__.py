"""Run all benchmarks and print their table."""

import platform
import sys

import boto3
import pydantic

from benchmarks import (
    async_waits,
    batch,
    bulk,
    command,
    create_version,
    describe_versions,
    emulation,
    evaluation,
    formats,
    import_time,
    manifests,
    report,
)
from benchmarks._measure import Row, table

BENCHMARKS = (
    import_time,
    create_version,
    describe_versions,
    emulation,
    manifests,
    formats,
    evaluation,
    report,
    command,
    bulk,
)
"""Each has a function `rows()`, which measures, and a docstring that describes the comparison."""


def main() -> None:
    print(
        f"Python {platform.python_version()}, pydantic {pydantic.VERSION}, boto3 {boto3.__version__}, "
        f"{platform.machine()} {platform.system()}. CPU times: medians of interleaved repetitions; "
        "the ratio is the median of the pairs' ratios, with its quartiles."
    )
    rows: list[Row] = []
    for benchmark in BENCHMARKS:
        print(f"measuring {benchmark.__name__.removeprefix('benchmarks.')} ...", file=sys.stderr)
        rows += benchmark.rows()
    print(table(rows))
    print()
    print(batch.report())
    print()
    print(bulk.report())
    print()
    print(async_waits.report())


main()
