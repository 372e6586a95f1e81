# Generated from rekog_versions/registry/_async/documents.py. Change that file, then run scripts/unasync.py.
"""Registry documents in S3: read, and changed by one writer at a time."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rekog_versions._aws.conditional_writes import read_current, write_if_unchanged
from rekog_versions._aws.error_codes import is_denied, is_retryable
from rekog_versions._aws.errors import BotoCoreError, ClientError
from rekog_versions._aws.s3 import (
    LARGEST_OBJECT,
    ObjectChangedError,
    ObjectTooLargeError,
    S3Location,
    is_s3_uri,
    list_keys,
)
from rekog_versions._notes import noted, set_outcome_unknown
from rekog_versions._text import printable
from rekog_versions.client import VersionsClient
from rekog_versions.errors import RekogVersionsError, ServiceError
from rekog_versions.registry.document import RegistryDocument, parse_document
from rekog_versions.registry.registry_errors import RegistryConflictError, RegistryDocumentError

logger = logging.getLogger("rekog_versions")

ATTEMPTS = 25
"""How often a change is attempted. In each round of concurrent writers, one of them succeeds."""
LONGEST_PAUSE = 5.0
"""Seconds between two attempts, at most."""
_SUFFIX = ".json"


class Documents:
    """The documents below a prefix in S3, one for each project.

    Args:
        client: The client.
        prefix: `s3://bucket/prefix`.

    Raises:
        ValueError: `prefix` does not have this form.
        TypeError: `prefix` is not a string.
    """

    def __init__(self, client: VersionsClient, prefix: str) -> None:
        if not isinstance(prefix, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"location must be a string of the form s3://bucket/prefix, got {type(prefix).__name__}")
        bucket = prefix.removeprefix("s3://").rstrip("/")
        if is_s3_uri(prefix) and bucket and "/" not in bucket:
            self._prefix = S3Location(bucket, "")
        else:
            found = S3Location.parse(prefix)
            self._prefix = replace(found, key=f"{found.key.rstrip('/')}/")
        self._client = client

    def __str__(self) -> str:
        return str(self._prefix)

    def location(self, project: str) -> S3Location:
        """Return where the document of a project is."""
        return S3Location(self._prefix.bucket, f"{self._prefix.key}{project}{_SUFFIX}")

    def projects(self) -> list[str]:
        """Return the names of the projects that have a document."""

        def keys() -> list[str]:
            return list(list_keys(self._client.s3, self._prefix))

        names = [key.removeprefix(self._prefix.key) for key in self._call("s3:ListBucket", keys)]
        return sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX) and "/" not in name)

    def read(self, project: str) -> RegistryDocument | None:
        """Return the document of a project; None if there is none.

        Raises:
            RegistryDocumentError: The object is not a document that this release reads.
            ServiceError: S3 rejected the request.
        """
        document, _ = self._read(project)
        return document

    def change(
        self, empty: RegistryDocument, decide: Callable[[RegistryDocument], RegistryDocument]
    ) -> RegistryDocument:
        """Change the document of a project, and return the new one.

        If another writer was faster, or a response was lost, the document is read again and `decide` is called with it.
        `decide` must recognize its own change, which may have been written already.

        Args:
            empty: The document to begin with if there is none.
            decide: Return the changed document, or the same one if nothing must change.

        Raises:
            RegistryConflictError: Other writers were faster again and again.
            RegistryDocumentError: The object is not a document that this release reads, or it would become too large.
            ServiceError: S3 rejected a request.
        """
        from tenacity import (  # noqa: PLC0415  (only changes need it)
            Retrying,
            retry_if_exception,
            stop_after_attempt,
            wait_random_exponential,
        )

        sent: list[RegistryDocument] = []

        def attempt() -> RegistryDocument:
            return self._change_once(empty, decide, sent)

        attempts = Retrying(
            sleep=self._client.sleep,
            wait=wait_random_exponential(multiplier=0.1, max=LONGEST_PAUSE),
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception(_may_succeed_later),
            reraise=True,
        )
        try:
            return attempts(attempt)
        except ObjectChangedError as error:
            raise RegistryConflictError(
                f"{printable(str(self.location(empty.project)), 300)} was changed by other writers {ATTEMPTS} times in "
                "a row. This change was not made. Try again later"
            ) from error
        except (RekogVersionsError, BotoCoreError) as error:
            if sent and _may_succeed_later(error):
                noted(error, "The change may have been written. Call history() to check, or repeat the call")
                set_outcome_unknown(error)
            raise

    def _change_once(
        self,
        empty: RegistryDocument,
        decide: Callable[[RegistryDocument], RegistryDocument],
        sent: list[RegistryDocument],
    ) -> RegistryDocument:
        document, etag = self._read(empty.project)
        document = document or empty
        wanted = decide(document)
        if wanted is document:
            return document
        wanted = replace(wanted, revision=document.revision + 1)
        content, location = wanted.to_bytes(), self.location(empty.project)
        if len(content) > LARGEST_OBJECT:
            raise RegistryDocumentError(
                f"'{printable(str(location), 300)}' would have more than {LARGEST_OBJECT:,} bytes. Nothing was "
                "changed. Use another prefix, and keep this document as an archive"
            )
        sent.append(wanted)
        self._call("s3:PutObject", write_if_unchanged, self._client.s3, location, content, etag)
        return wanted

    def _read(self, project: str) -> tuple[RegistryDocument | None, str | None]:
        location = self.location(project)
        try:
            found = self._call("s3:GetObject", read_current, self._client.s3, location)
        except ObjectTooLargeError as error:
            raise RegistryDocumentError(f"{error}. Nothing was changed") from error
        if found is None:
            return None, None
        document = parse_document(found.content, str(location))
        if document.project != project:
            raise RegistryDocumentError(
                f"'{printable(str(location), 300)}' is the document of project '{printable(document.project, 300)}': "
                "it was moved or copied. Nothing was changed"
            )
        return document, found.etag

    def _call(self, permission: str, function: Callable[..., Any], *args: object) -> Any:
        try:
            return self._client.run_blocking(function, *args)
        except ClientError as error:
            failure = ServiceError.of(error)
            if is_denied(error):
                noted(
                    failure,
                    f"Grant the caller {permission} on {printable(str(self._prefix), 300)}*, and s3:ListBucket on the "
                    "bucket: without it, S3 denies missing objects",
                )
            raise failure from error


def _may_succeed_later(error: BaseException) -> bool:
    return isinstance(error, ObjectChangedError) or (isinstance(error, Exception) and is_retryable(error))
