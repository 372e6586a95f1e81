"""Read the files that the service wrote during a training: the manifest summary and the validation manifests.

The version's description names the files; their names are never guessed. A file that can't be read is noted with the
cause and raises nothing. The functions block.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from rekog_versions._aws.error_codes import describe_failure
from rekog_versions._aws.s3 import S3Location, open_object, read_object
from rekog_versions._json import mapping, sequence, text
from rekog_versions._text import printable
from rekog_versions.failures.explanation import MANIFESTS, FailureReason, Manifest, UnreadableFile, ValidationStatistics
from rekog_versions.failures.reasons import reason_of
from rekog_versions.failures.tally import Tally
from rekog_versions.models.assets import DescribedS3Object
from rekog_versions.models.versions import ProjectVersionDescription

_LONGEST_LINE = 16 << 20
"""Bytes. The service drops lines over 100,000 characters, and its notes add little."""
_LARGEST_SUMMARY = 16 << 20
"""Bytes. A summary that lists each of 250,000 lines has 2 MB."""
_MOST_LISTED = 5
"""The most unreadable lines whose numbers are listed."""
_UNNAMED = (
    "the service names no such file. It writes none if a manifest file itself is at fault, or if the service had an "
    "internal problem"
)


@dataclass
class FileContents:
    """The content of a version's files, as far as they could be read."""

    tally: Tally
    content_errors: list[FailureReason] = field(default_factory=list[FailureReason])
    statistics: dict[Manifest, ValidationStatistics] = field(default_factory=dict[Manifest, ValidationStatistics])
    unreadable: list[UnreadableFile] = field(default_factory=list[UnreadableFile])


def read_files(get_s3: Callable[[], Any], description: ProjectVersionDescription, examples: int) -> FileContents:
    """Read the manifest summary and the validation manifests of a version.

    Args:
        get_s3: Return the boto3 client for S3, or raise ValueError if there is no such client.
        description: The description that names the files.
        examples: The most examples to keep for each code and manifest.
    """
    contents = FileContents(Tally(examples))
    reader = _Reader(get_s3, contents)
    reader.read_summary(description.manifest_summary.s3_object if description.manifest_summary else None)
    for manifest, result in zip(
        MANIFESTS, (description.training_data_result, description.testing_data_result), strict=True
    ):
        validation = result.validation if result else None
        reader.read_manifests(manifest, [asset.s3_object for asset in (validation and validation.assets) or ()])
    return contents


class _Reader:
    """Reads files into `contents`."""

    def __init__(self, get_s3: Callable[[], Any], contents: FileContents) -> None:
        self._get_s3 = get_s3
        self._contents = contents

    def read_summary(self, s3_object: DescribedS3Object | None) -> None:
        """Read the manifest summary."""
        location = _location(s3_object)
        try:
            if location is None:
                problems = [_UNNAMED]
            else:
                content = read_object(self._get_s3(), location, limit=_LARGEST_SUMMARY)
                problems = list(self._parse_summary(content))
        # boto3 and the libraries below it have no common base class of errors
        except Exception as error:  # noqa: BLE001
            problems = [describe_failure(error)]
        self._note("manifest summary", s3_object, problems)

    def _parse_summary(self, content: bytes) -> Iterator[str]:
        """Take the content of a summary, and yield its problems."""
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            yield f"the file is not JSON: {printable(str(error), 200)}"
            return
        statistics = mapping(mapping(document).get("statistics"))
        if not statistics:
            outline = printable(_outline(document), 200)
            yield f"the file has no statistics, so its format is unknown. It has {outline}"
        self._contents.content_errors.extend(_reasons(mapping(document).get("errors"), None))
        for manifest in MANIFESTS:
            found = mapping(statistics.get(manifest))
            self._contents.content_errors.extend(_reasons(found.get("errors"), manifest))
            if found:
                self._contents.statistics[manifest] = _statistics(found)

    def read_manifests(self, manifest: Manifest, s3_objects: Sequence[DescribedS3Object | None]) -> None:
        """Read the validation manifests of the training manifest or of the test manifest."""
        problems = [self._read_manifest(manifest, s3_object) for s3_object in s3_objects or [None]]
        # the counts of an incomplete file must not look like the counts of the whole
        if not any(problems):
            counted = self._contents.tally.counts[manifest].statistics()
            self._contents.statistics.setdefault(manifest, counted)

    def _read_manifest(self, manifest: Manifest, s3_object: DescribedS3Object | None) -> list[str]:
        problems: list[str] = []
        unreadable: list[int] = []
        count = number = 0
        location = _location(s3_object)
        try:
            for number, line in enumerate(self._lines(location), start=1):
                if line is None or not self._contents.tally.add(manifest, number, line, str(location)):
                    count += 1
                    if count <= _MOST_LISTED:
                        unreadable.append(number)
        except Exception as error:  # noqa: BLE001  (as in `read_summary`)
            why = describe_failure(error)
            problems.append(f"from line {number + 1:,} on, {why}" if number else why)
        if location is None:
            problems.append(_UNNAMED)
        if unreadable:
            first = ", ".join(f"{number:,}" for number in unreadable)
            problems.append(f"{count:,} of its lines are not JSON objects, first: {first}")
        self._note(f"{manifest} validation manifest", s3_object, problems)
        return problems

    def _lines(self, location: S3Location | None) -> Iterator[bytes | None]:
        if location is not None:
            with open_object(self._get_s3(), location) as file:
                yield from lines_of(file)

    def _note(self, file: str, s3_object: DescribedS3Object | None, problems: Sequence[str]) -> None:
        uri = s3_object.uri if s3_object else None
        self._contents.unreadable.extend(UnreadableFile(file=file, uri=uri, why=why) for why in problems)


def lines_of(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield the lines of a file without their newlines, and None for each line that is too long to keep."""
    limit = _LONGEST_LINE + 1
    while line := file.readline(limit):
        if len(line) < limit or line.endswith(b"\n"):
            yield line.removesuffix(b"\n")
            continue
        while (rest := file.readline(limit)) and not rest.endswith(b"\n"):
            pass
        yield None


def _location(s3_object: DescribedS3Object | None) -> S3Location | None:
    return None if s3_object is None or not s3_object.uri else S3Location.of(s3_object)


def _reasons(errors: object, manifest: Manifest | None) -> Iterator[FailureReason]:
    for error in map(mapping, sequence(errors)):
        if error.get("code") or error.get("message"):
            yield reason_of(text(error.get("code")), text(error.get("message")), manifest)


def _statistics(found: Mapping[str, Any]) -> ValidationStatistics:
    return ValidationStatistics(
        use_case=text(found.get("use_case")),
        total_json_lines=_count(found.get("total_json_lines")),
        valid_json_lines=_count(found.get("valid_json_lines")),
        invalid_json_lines=_count(found.get("invalid_json_lines")),
        ignored_json_lines=_count(found.get("ignored_json_lines")),
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _outline(document: object) -> str:
    if isinstance(document, dict):
        return f"the keys {', '.join(sorted(cast('Mapping[str, Any]', document))) or '(none)'}"
    return f"a {type(document).__name__} instead of an object"
