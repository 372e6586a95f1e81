"""The time to write the report of a version: from its evaluation files to HTML.

The baseline reads the same files and sweeps them over 1,000 thresholds. The snapshot has 100,000 lines, as in
`benchmarks.evaluation`, and its summary has the scores of the snapshot. The report has no images.
"""

import json
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks._measure import Row, cpu, interleaved
from benchmarks.evaluation import LINES, Line, image_level_line, line_with_boxes, summary, swept
from rekog_versions.evaluation import Evaluation
from rekog_versions.reports import report_from_files

LIMIT, REPETITIONS = 3.0, 5


def rows() -> list[Row]:
    return [
        _row("an evaluation of 100,000 lines read and its report written / read and swept", image_level_line),
        _row("  the same with two boxes a line", line_with_boxes),
    ]


def _row(what: str, line: Line) -> Row:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot.json"
        random = Random(0)
        path.write_bytes(b"\n".join(json.dumps(line(random, number)).encode() for number in range(LINES)))
        ours, baseline = interleaved(
            cpu(partial(_report, summary(), path), 1),
            cpu(partial(swept, summary(), path), 1),
            repetitions=REPETITIONS,
            warm_up=1,
        )
    return Row(what, ours, baseline, LIMIT)


def _report(summary_file: bytes, snapshot: Path) -> None:
    report_from_files(Evaluation.from_files(summary_file, snapshot)).to_html()
