"""The lines of a conversion, to iterate or to write, as all converters return them."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from typing import Any, Generic

from rekog_versions._json import JsonResult
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.writer import ManifestWriter
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, LineT, Split
from rekog_versions.manifests.counts import Counts
from rekog_versions.manifests.destinations import check_target
from rekog_versions.manifests.limits import MOST_LINES


@dataclass(frozen=True, slots=True)
class WrittenManifest(JsonResult):
    """A manifest that a conversion wrote."""

    target: str
    """The path, or `s3://bucket/key`."""
    lines: int
    labels: Mapping[str, int]
    """The number of images with each label."""
    report: ConversionReport

    def __str__(self) -> str:
        return f"{printable(self.target)}: {len(self.labels):,} labels\n{self.report}"


class ConvertedLines(Generic[LineT]):
    """The lines of a conversion. Iterate them, or write them as a manifest.

    Each iteration reads the source again and starts a new report.

    Args:
        read: Read the source and yield the lines with their splits. Its argument is the report of this iteration.
    """

    def __init__(self, read: Callable[[ConversionReport], Iterator[tuple[Split | None, LineT]]]) -> None:
        self._read = read
        self._report = ConversionReport()

    @property
    def report(self) -> ConversionReport:
        """The issues of the last iteration."""
        return self._report

    def __iter__(self) -> Iterator[LineT]:
        return (line for _, line in self.with_splits())

    def with_splits(self) -> Iterator[tuple[Split | None, LineT]]:
        """Iterate the lines with their splits: `"training"`, `"validation"`, `"testing"`, or None if there is none."""
        self._report = report = ConversionReport()
        return report.count_lines(self._read(report))

    def write(self, target: str | os.PathLike[str], *, s3: Any = None, max_lines: int = MOST_LINES) -> WrittenManifest:
        """Write all lines as one manifest, of all splits. If that fails, nothing is written.

        Args:
            target: A path, or `s3://bucket/key`, with an extension such as `.manifest`.
            s3: For S3: a boto3 client for it, or a `VersionsClient`.
            max_lines: The most lines; 28,000 (training) and 7,000 (testing) in ap-south-1 and eu-west-2.

        Raises:
            ManifestError: The conversion made no line, or the lines break a limit: 250 labels, 250,000 lines, 1 GB.
            ValueError: `target` is in S3 and `s3` is None.
            OSError: A file can't be read or written.
            botocore.exceptions.ClientError: S3 rejected a request.
        """
        name = check_target(target)
        lines = iter(self)
        # the first line is made before the file is created, which may be in the folder that is converted
        first = next(lines, None)
        if first is None:
            raise ManifestError(f"the conversion made no line for {shown(name)}. {self._report}")
        with ManifestWriter(name, s3=s3, max_lines=max_lines) as manifest:
            for line in chain([first], lines):
                manifest.write(line)
        return WrittenManifest(name, manifest.lines, Counts(manifest.labels), self._report)

    def write_splits(
        self,
        training: str | os.PathLike[str],
        testing: str | os.PathLike[str],
        *,
        validation: str | os.PathLike[str] | None = None,
        s3: Any = None,
        max_lines: int = MOST_LINES,
    ) -> Mapping[Split, WrittenManifest]:
        """Write a manifest for each split of the source. If that fails, nothing is written.

        Custom Labels trains with a training and a testing manifest. Lines of the validation split are left out by
        default, which the report shows. Give `validation` the target of the lines, or call `write()` and
        `split_manifest()` to divide all lines anew. Lines without a split are left out too.

        Args:
            training: The target of the training lines: a path, or `s3://bucket/key`.
            testing: The target of the testing lines.
            validation: The target of the validation lines.
            s3: For S3: a boto3 client for it, or a `VersionsClient`.
            max_lines: The most lines of a manifest.

        Returns:
            The manifests by their splits. They have the same report.

        Raises:
            ManifestError: A split has no line, or its lines break a limit.
            ValueError: A target is in S3 and `s3` is None, or two targets are equal.
            OSError: A file can't be read or written.
            botocore.exceptions.ClientError: S3 rejected a request.
        """
        given: dict[Split, str] = {"training": check_target(training), "testing": check_target(testing)}
        if validation is not None:
            given["validation"] = check_target(validation)
        if len(set(given.values())) != len(given):
            raise ValueError(f"the targets of the splits must differ, got {', '.join(map(shown, given.values()))}")
        lines = self.with_splits()
        first = next(lines, None)  # before files are created, as in write()
        with ExitStack() as stack:
            writers: dict[Split, ManifestWriter] = {
                split: stack.enter_context(ManifestWriter(name, s3=s3, max_lines=max_lines))
                for split, name in given.items()
            }
            for split, line in chain([first] if first else [], lines):
                if split in writers:
                    writers[split].write(line)
                else:
                    self._report.add(ConversionReason.NO_SPLIT, line.source_ref, f"its split is {split or 'not given'}")
            for split, writer in writers.items():
                if not writer.lines:
                    raise ManifestError(
                        f"the source has no line for {split}. Call write() for one manifest, and split_manifest() to "
                        f"divide it. {self._report}"
                    )
        return {
            split: WrittenManifest(given[split], writer.lines, Counts(writer.labels), self._report)
            for split, writer in writers.items()
        }
