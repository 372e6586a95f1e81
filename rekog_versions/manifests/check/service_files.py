"""The files that the service writes about manifests: the manifest summary and the two validation manifests.

Their content follows from the lines and the issues:

- A line with an error that concerns the whole line is invalid. A line with only a warning of this kind is ignored. Any
  other line is valid.
- An issue is written at the place that it concerns, or at the line if that place cannot hold it.
- An issue without a line is written in the summary only.
"""

import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from rekog_versions.manifests.issues import Issue, issue
from rekog_versions.manifests.lines import UseCase, parse
from rekog_versions.manifests.notes import EARLIER_KINDS, annotated, notes

SUMMARY = "manifest_summary.json"
TRAINING = "training_manifest_with_validation.json"
TESTING = "testing_manifest_with_validation.json"


@dataclass(frozen=True)
class Checked:
    """A dataset and its issues."""

    lines: Sequence[str] = ()
    use_case: UseCase | None = None
    """None if it could not be determined."""
    issues: Sequence[Issue] = ()
    """The issues of the lines and, without a line number, of the whole dataset."""

    def by_line(self) -> Mapping[int, Sequence[Issue]]:
        """Return the issues of each line that has issues."""
        found: dict[int, list[Issue]] = defaultdict(list)
        for each in self.issues:
            if each.line is not None:
                found[each.line].append(each)
        return found


def manifest_summary(training: Checked, testing: Checked, both: Sequence[Issue] = ()) -> bytes:
    """Return the content of the manifest summary.

    Args:
        training: The training dataset.
        testing: The test dataset.
        both: The issues of the two datasets together.
    """
    return summary_document(_statistics(training), _statistics(testing), both)


def summary_document(training: Mapping[str, Any], testing: Mapping[str, Any], both: Sequence[Issue]) -> bytes:
    """Return the manifest summary in the layout of the service: the test dataset first, one line without a line feed.

    Args:
        training: The statistics of the training dataset.
        testing: The statistics of the test dataset.
        both: The issues of the two datasets together.
    """
    document = {"errors": notes(both), "statistics": {"testing": testing, "training": training}}
    return json.dumps(document).encode("ascii")


def statistics(
    *,
    use_case: UseCase,
    total: int,
    invalid: int,
    ignored: int,
    errors: Sequence[Issue],
    error_lines: Sequence[int],
) -> dict[str, Any]:
    """Return the statistics of a dataset as the manifest summary has them.

    Args:
        use_case: The use case of the training.
        total: The number of lines.
        invalid: The number of invalid lines.
        ignored: The number of ignored lines.
        errors: The issues of the whole dataset.
        error_lines: The numbers of the lines with any error, counted from 1 as in the guide's example.
    """
    return {
        "use_case": use_case.value,
        "total_json_lines": total,
        "valid_json_lines": total - invalid - ignored,
        "invalid_json_lines": invalid,
        "ignored_json_lines": ignored,
        "errors": notes(errors),
        "error_json_line_indices": list(error_lines),
    }


def _statistics(checked: Checked) -> dict[str, Any]:
    by_line = checked.by_line()
    own = {line: [each for each in issues if not each.place] for line, issues in by_line.items()}
    return statistics(
        use_case=checked.use_case or UseCase.NOT_DETERMINED,
        total=len(checked.lines),
        invalid=sum(any(not each.is_warning for each in issues) for issues in own.values()),
        ignored=sum(bool(issues) and all(each.is_warning for each in issues) for issues in own.values()),
        errors=[each for each in checked.issues if each.line is None],
        error_lines=sorted(line for line, issues in by_line.items() if any(not each.is_warning for each in issues)),
    )


def validation_manifest(checked: Checked) -> bytes:
    """Return the content of a validation manifest: the lines with their issues."""
    by_line = checked.by_line()
    # text that was not read as UTF-8 may have lone surrogates, which have no encoding
    texts = [text.encode("utf-8", "replace") for text in checked.lines]
    return b"".join(
        _line(text, encoded, by_line.get(number, ())) + b"\n"
        for number, (text, encoded) in enumerate(zip(checked.lines, texts, strict=True), start=1)
    )


def _line(text: str, encoded: bytes, issues: Sequence[Issue]) -> bytes:
    if not issues and not may_hold_notes(encoded):
        return encoded
    return annotated_line(text, parse(text).entry, issues).encode("utf-8", "replace")


def annotated_line(text: str, entry: Mapping[str, Any] | None, issues: Sequence[Issue]) -> str:
    """Return a line as the validation manifest has it.

    Args:
        text: The line.
        entry: The JSON object in the line; None if the line is not a JSON object.
        issues: The issues of the line.
    """
    if entry is None:
        # the service replaces such a line by one that has only the error
        return json.dumps({"errors": notes(issues)}) if issues else text
    line, differs = annotated(entry, issues)
    try:
        return json.dumps(line) if differs else text
    except RecursionError:  # the line could just be parsed, but is nested too deeply to be written
        return json.dumps({"errors": notes(issues)})


def may_hold_notes(line: bytes) -> bool:
    """Return True if a line may already have errors and warnings, because its file was a validation manifest."""
    return any(f'"{kind}"'.encode() in line for kind in EARLIER_KINDS)


class ServiceFiles:
    """Writes the three files to a folder. They get their names when all of them are complete.

    Attributes:
        training: The file for the lines of the training manifest; None without a folder.
        testing: The file for the lines of the test manifest; None without a folder.
    """

    def __init__(self, folder: str | os.PathLike[str] | None) -> None:
        """Prepare the files; nothing is created yet.

        Args:
            folder: The folder; None to write no files.
        """
        self._folder = None if folder is None else Path(folder)
        self._unfinished: Path | None = None
        self.training: IO[bytes] | None = None
        self.testing: IO[bytes] | None = None

    def __enter__(self) -> Self:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            # inside the folder, so that files are moved and not copied to it
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

    def finish(self, summary: bytes, image_errors: Mapping[str, Mapping[int, str]]) -> tuple[Path, ...]:
        """Complete the files and give them their names.

        Args:
            summary: The content of the manifest summary.
            image_errors: The codes of invalid images, by the file (`TRAINING`, `TESTING`) and the line number.

        Returns:
            The paths of the files; empty without a folder.
        """
        self._close()
        if self._folder is None or self._unfinished is None:
            return ()
        for name, errors in image_errors.items():
            if errors:
                _add_errors(self._unfinished / name, errors)
        (self._unfinished / SUMMARY).write_bytes(summary)
        written = [self._folder / name for name in (SUMMARY, TRAINING, TESTING)]
        for path in written:
            (self._unfinished / path.name).replace(path)
        return tuple(written)

    def _close(self) -> None:
        for file in (self.training, self.testing):
            if file is not None:
                file.close()


def _add_errors(path: Path, errors: Mapping[int, str]) -> None:
    """Add the errors of images to a validation manifest: they were found after the lines had been written."""
    before = path.rename(path.with_suffix(".lines"))
    with before.open("rb") as lines, path.open("wb") as output:
        for row, line in enumerate(lines, start=1):
            output.write(_with_error(line, errors[row]) if row in errors else line)
    before.unlink()


def _with_error(line: bytes, code: str) -> bytes:
    entry = dict(parse(line.decode()).entry or {})
    errors = entry.get("errors")
    entry["errors"] = [*(errors if isinstance(errors, list) else ()), *notes([issue(code)])]
    return json.dumps(entry).encode("ascii") + b"\n"
