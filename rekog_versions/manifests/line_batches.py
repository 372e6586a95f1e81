"""Read the lines of manifests that a caller gave, and turn every reason for not reading one into a `ManifestError`."""

from collections.abc import Iterator

from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.formats import unreadable
from rekog_versions.manifests.issues import reported
from rekog_versions.manifests.limits import MOST_BYTES
from rekog_versions.manifests.lines import Line, parse
from rekog_versions.manifests.sources import LONGEST_LINE, ManifestLines, NamedSource, SourceError, open_source

_NOT_AN_OBJECT = Line("-", None)


def line_batches(source: NamedSource, s3: object) -> Iterator[list[bytes]]:
    """Yield the lines of a manifest in batches, without their line feeds.

    Args:
        source: The manifest.
        s3: Reads objects: a boto3 client for S3, or an object that has one as `.s3`.

    Raises:
        ManifestError: The manifest does not exist, is compressed or not UTF-8, is too large, or changed meanwhile.
        OSError: A local file can't be read.
        ValueError: The manifest is in S3 and `s3` is None.
        BotoCoreError, ClientError: S3 can't be reached, or rejects the request.
    """
    try:
        with open_source(source, s3) as file:
            lines = ManifestLines(file, source.name)
            is_first = True
            for batch in lines:
                if is_first and (why := unreadable(lines.head)):
                    raise ManifestError(f"{shown(source.name)} must be a manifest in UTF-8: {why}")
                is_first = False
                yield batch
    except SourceError as error:
        found_issue = reported(error.issue, source.name)
        raise ManifestError(
            f"{shown(source.name)} can't be read: {printable(error.issue.message)} {error.issue.detail}".rstrip(),
            issues=[found_issue],
        ) from error
    if lines.size > MOST_BYTES:
        raise ManifestError(f"{shown(source.name)} must have at most {MOST_BYTES:,} bytes. Split it")


def decoded_line(raw: bytes) -> Line:
    """Return a line as text and JSON object. Lines that are too long or not UTF-8 have no object."""
    try:
        return parse(raw.decode()) if len(raw) <= LONGEST_LINE else _NOT_AN_OBJECT
    except UnicodeDecodeError:
        return _NOT_AN_OBJECT
