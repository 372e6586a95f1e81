"""Reading the service's files from S3: the manifest summary as a whole, the validation manifests line by line.

Where a file is comes from the version's description; its name is never guessed. Nothing here raises for a file that
can't be read: it is noted, with the reason.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from rekog_versions._aws.error_codes import describe_failure
from rekog_versions._text import printable
from rekog_versions.failures.explanation import MANIFESTS, FailureReason, Manifest, NotRead, ValidationStatistics
from rekog_versions.failures.reasons import reason
from rekog_versions.failures.tally import Tally
from rekog_versions.models.assets import DescribedS3Object
from rekog_versions.models.versions import ProjectVersionDescription

_CHUNK = 1 << 20
_LONGEST_LINE = 16 << 20
"""Bytes; the service drops lines over 100,000 characters, and its own notes make one only a little longer."""
_LARGEST_SUMMARY = 16 << 20
"""Bytes; a summary that lists each of 250,000 lines has 2 MB."""
_NAMED = 5
"""Lines that can't be read are named up to so many."""
_SUMMARY = "manifest summary"
_UNNAMED = (
    "the service names no such file; it writes none when a manifest file itself is at fault, or when it had a problem "
    "of its own"
)


@dataclass
class Findings:
    """What the files of a version say."""

    tally: Tally
    content_errors: list[FailureReason] = field(default_factory=list[FailureReason])
    statistics: dict[Manifest, ValidationStatistics] = field(default_factory=dict[Manifest, ValidationStatistics])
    not_read: list[NotRead] = field(default_factory=list[NotRead])


def read_files(client_for_s3: Callable[[], Any], description: ProjectVersionDescription, examples: int) -> Findings:
    """Reads the manifest summary and the validation manifests of a version.

    Args:
        client_for_s3: Gives boto3's client for S3, or raises ValueError where there is none.
        description: Names the files.
        examples: The most examples to keep of each code and manifest.
    """
    findings = Findings(Tally(examples))
    reader = _Reader(client_for_s3, findings)
    reader.read_summary(description.manifest_summary.s3_object if description.manifest_summary else None)
    for manifest, result in zip(
        MANIFESTS, (description.training_data_result, description.testing_data_result), strict=True
    ):
        validation = result.validation if result else None
        reader.read_manifests(manifest, [asset.s3_object for asset in (validation and validation.assets) or ()])
    return findings


class _Reader:
    def __init__(self, client_for_s3: Callable[[], Any], findings: Findings) -> None:
        self._client_for_s3 = client_for_s3
        self._findings = findings

    def read_summary(self, place: DescribedS3Object | None) -> None:
        try:
            problems = list(self._take_summary(self._whole(place)))
        except _UnreadableError as error:
            problems = [str(error)]
        self._note(_SUMMARY, place, problems)

    def _whole(self, place: DescribedS3Object | None) -> bytes:
        content = b""
        for chunk in self._chunks(place):
            content += chunk
            if len(content) > _LARGEST_SUMMARY:
                raise _UnreadableError(f"it has more than {_LARGEST_SUMMARY:,} bytes, so it is none")
        return content

    def _take_summary(self, content: bytes) -> Iterator[str]:
        """Takes what a summary holds, and yields what it lacks."""
        try:
            read = json.loads(content)
        except (ValueError, RecursionError) as error:
            yield f"it is no JSON: {printable(str(error), 200)}"
            return
        document = _mapping(read)
        statistics = _mapping(document.get("statistics"))
        if not statistics:
            yield f"it has no statistics, so its format is not the known one; it has {printable(_outline(read), 200)}"
        self._findings.content_errors.extend(_reasons(document.get("errors"), None))
        for manifest in MANIFESTS:
            found = _mapping(statistics.get(manifest))
            self._findings.content_errors.extend(_reasons(found.get("errors"), manifest))
            if found:
                self._findings.statistics[manifest] = _statistics(found)

    def read_manifests(self, manifest: Manifest, places: Sequence[DescribedS3Object | None]) -> None:
        problems = [self._read_manifest(manifest, place) for place in places or [None]]
        # counts of a part would pass for counts of the whole
        if not any(problems):
            counted = self._findings.tally.counts[manifest].statistics()
            self._findings.statistics.setdefault(manifest, counted)

    def _read_manifest(self, manifest: Manifest, place: DescribedS3Object | None) -> list[str]:
        problems: list[str] = []
        unreadable: list[int] = []
        count = number = 0
        uri = (place.uri if place else None) or ""
        try:
            for number, line in enumerate(lines_of(self._chunks(place)), start=1):
                if line is None or not self._findings.tally.add(manifest, number, line, uri):
                    count += 1
                    if count <= _NAMED:
                        unreadable.append(number)
        except _UnreadableError as error:
            problems.append(f"from line {number + 1:,} on, {error}" if number else str(error))
        if unreadable:
            first = ", ".join(f"{number:,}" for number in unreadable)
            problems.append(f"{count:,} of its lines can't be read as JSON objects, first: {first}")
        self._note(f"{manifest} validation manifest", place, problems)
        return problems

    def _note(self, file: str, place: DescribedS3Object | None, problems: Sequence[str]) -> None:
        uri = place.uri if place else None
        self._findings.not_read.extend(NotRead(file=file, uri=uri, why=why) for why in problems)

    def _chunks(self, place: DescribedS3Object | None) -> Iterator[bytes]:
        if place is None or not (place.bucket and place.name):
            raise _UnreadableError(_UNNAMED)
        version = {"VersionId": place.version} if place.version else {}
        try:
            body = self._client_for_s3().get_object(Bucket=place.bucket, Key=place.name, **version)["Body"]
            with body:
                yield from body.iter_chunks(_CHUNK)
        # denied, not there, no client, no network, torn off in the middle: boto3 and what is under it have no one base
        except Exception as error:
            raise _UnreadableError(describe_failure(error)) from error


class _UnreadableError(Exception):
    """A file, or the rest of it, can't be read."""


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Splits what comes in chunks into lines; one that is too long to be kept is None. A last newline begins none."""
    kept: list[bytes] = []
    size = 0
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            yield b"".join((*kept, part)) if size + len(part) <= _LONGEST_LINE else None
            kept, size = [], 0
        size += len(rest)
        kept = [*kept, rest] if size <= _LONGEST_LINE else []
    if size:
        yield b"".join(kept) if size <= _LONGEST_LINE else None


def _reasons(errors: object, manifest: Manifest | None) -> Iterator[FailureReason]:
    for error in cast("list[object]", errors) if isinstance(errors, list) else ():
        found = _mapping(error)
        code, message = found.get("code"), found.get("message")
        if code or message:
            yield reason(
                code if isinstance(code, str) else None, message if isinstance(message, str) else None, manifest
            )


def _statistics(found: Mapping[str, Any]) -> ValidationStatistics:
    use_case = found.get("use_case")
    return ValidationStatistics(
        use_case=use_case if isinstance(use_case, str) else None,
        total_json_lines=_count(found.get("total_json_lines")),
        valid_json_lines=_count(found.get("valid_json_lines")),
        invalid_json_lines=_count(found.get("invalid_json_lines")),
        ignored_json_lines=_count(found.get("ignored_json_lines")),
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _outline(value: object) -> str:
    if isinstance(value, dict):
        return f"the keys {', '.join(sorted(cast('Mapping[str, Any]', value))) or '(none)'}"
    return f"a {type(value).__name__} instead of an object"
