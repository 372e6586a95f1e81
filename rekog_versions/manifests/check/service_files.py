"""The files that the service would write, written to a folder: all of them whole, or none."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from rekog_versions.manifests.check.report import ManifestReport, ManifestStatistics
from rekog_versions.manifests.check.rules import Verdict
from rekog_versions.manifests.check.validation_files import summary_document
from rekog_versions.manifests.issues import Issue, issue
from rekog_versions.manifests.lines import parse
from rekog_versions.manifests.notes import notes

SUMMARY = "manifest_summary.json"
TRAINING = "training_manifest_with_validation.json"
TESTING = "testing_manifest_with_validation.json"


class ServiceFiles:
    """The manifest summary and the validation manifests, in the making; they get their names when they are done."""

    def __init__(self, folder: str | os.PathLike[str] | None) -> None:
        """Makes nothing yet.

        Args:
            folder: Where they are to go; None if nobody wants them.
        """
        self._folder = None if folder is None else Path(folder)
        self._unfinished: Path | None = None
        self.training: IO[bytes] | None = None
        """What takes the lines of the training manifest; None if nobody wants them."""
        self.testing: IO[bytes] | None = None
        """What takes those of the test manifest."""

    def __enter__(self) -> Self:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            # in the folder itself, so that files can be moved and not copied out of it
            self._unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=self._folder))
            self.training = (self._unfinished / TRAINING).open("wb")
            self.testing = (self._unfinished / TESTING).open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()
        if self._unfinished is not None:
            shutil.rmtree(self._unfinished, ignore_errors=True)

    def finish(
        self, report: ManifestReport, verdict: Verdict, image_errors: Mapping[str, Mapping[int, str]]
    ) -> ManifestReport:
        """Completes the files and gives them their names.

        Args:
            report: What was found.
            verdict: What was said of the manifests as a whole.
            image_errors: The codes of what is wrong with images, by the manifest (`TRAINING`, `TESTING`) and the row.

        Returns:
            The report with what was written; as it was if nobody wants the files.
        """
        self._close()
        if self._folder is None or self._unfinished is None:
            return report
        for name, errors in image_errors.items():
            if errors:
                _add_errors(self._unfinished / name, errors)
        summary = summary_document(
            _statistics(report.training, verdict.training), _statistics(report.testing, verdict.testing), verdict.both
        )
        (self._unfinished / SUMMARY).write_bytes(summary)
        written = [self._folder / name for name in (SUMMARY, TRAINING, TESTING)]
        for path in written:
            (self._unfinished / path.name).replace(path)
        return replace(report, files=tuple(written))

    def _close(self) -> None:
        for file in (self.training, self.testing):
            if file is not None:
                file.close()


def _statistics(side: ManifestStatistics, errors: Sequence[Issue]) -> dict[str, Any]:
    return {
        "use_case": side.use_case.value,
        "total_json_lines": side.total_json_lines,
        "valid_json_lines": side.valid_json_lines,
        "invalid_json_lines": side.invalid_json_lines,
        "ignored_json_lines": side.ignored_json_lines,
        "errors": notes(errors),
        "error_json_line_indices": list(side.error_json_line_indices),
    }


def _add_errors(path: Path, errors: Mapping[int, str]) -> None:
    """Writes into a validation manifest what was learnt of the images after their lines had been written."""
    before = path.rename(path.with_suffix(".lines"))
    with before.open("rb") as lines, path.open("wb") as output:
        for row, line in enumerate(lines, start=1):
            output.write(_with_error(line, errors[row]) if row in errors else line)
    before.unlink()


def _with_error(line: bytes, code: str) -> bytes:
    entry = dict(parse(line.decode()).entry or {})
    there = entry.get("errors")
    entry["errors"] = [*(there if isinstance(there, list) else ()), *notes([issue(code)])]
    return json.dumps(entry).encode("ascii") + b"\n"
