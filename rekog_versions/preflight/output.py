"""The check of the output bucket: write a probe object where the results would go, and delete it. On request only."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any
from uuid import uuid4

from rekog_versions._aws.error_codes import describe_failure, error_code, is_denied, is_missing, is_rejected
from rekog_versions._notes import noted
from rekog_versions._text import printable
from rekog_versions.models.versions import CreateProjectVersionRequest
from rekog_versions.preflight.report import Certainty, Result, failed, not_checked, passed, warned

_CONTENT = b"rekog_versions.preflight() wrote this object to test whether results can be written here. Delete it.\n"


def output_uri(request: CreateProjectVersionRequest) -> str:
    """Return the `s3://` URI under which the results go."""
    prefix = request.output_config.s3_key_prefix or ""
    return f"s3://{request.output_config.s3_bucket}/{prefix}{'/' if prefix and not prefix.endswith('/') else ''}"


def output_not_probed() -> Result:
    """Return the result for an output bucket that was not tested."""
    return not_checked(
        "write access was not tested",
        "Call preflight(..., probe_output=True) to test it with an object that is deleted again.",
    )


def probe_output(get_s3: Callable[[], Any], request: CreateProjectVersionRequest) -> Sequence[Result]:
    """Decide whether the caller can write where the results go: write an object with a unique name, and delete it.

    The object is encrypted with the request's KMS key, like the results. It is also deleted after an interruption. If
    it can't be deleted, a second result names it, or a note on the exception that interrupted the probe.

    The function blocks. A caller that runs it in a thread and is cancelled leaves the deletion to the thread.
    """
    probe = _Probe(get_s3(), request)
    try:
        result = probe.write()
    except BaseException as error:  # Ctrl-C: the object may have been written
        remaining = probe.delete()
        if remaining is not None:
            noted(error, f"{remaining.message}: {remaining.subject}")
        raise
    remaining = probe.delete()
    return [result] if remaining is None else [result, remaining]


class _Written(Enum):
    NO = "no"
    YES = "yes"
    PERHAPS = "perhaps"


class _Probe:
    """One object that is written and deleted."""

    def __init__(self, s3: Any, request: CreateProjectVersionRequest) -> None:
        self._s3 = s3
        bucket, _, folder = output_uri(request).removeprefix("s3://").partition("/")
        self._object: dict[str, str] = {"Bucket": bucket, "Key": f"{folder}rekog_versions-probe-{uuid4()}"}
        key = request.kms_key_id
        self._encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
        self._written = _Written.NO

    def write(self) -> Result:
        """Write the object, and return whether that succeeded."""
        self._written = _Written.PERHAPS
        try:
            response = self._s3.put_object(**self._object, **self._encryption, Body=_CONTENT, ContentType="text/plain")
        except Exception as error:  # noqa: BLE001  (reported below)
            if is_rejected(error):
                self._written = _Written.NO
            return self._failure(error)
        self._written = _Written.YES
        if response.get("VersionId"):
            self._object["VersionId"] = response["VersionId"]
        return passed(
            f"an object could be written here{' with the KMS key' * bool(self._encryption)}", Certainty.LIKELY
        )

    def _failure(self, error: Exception) -> Result:
        why = f"writing here failed: {describe_failure(error)}"
        if is_missing(error):
            return failed(why, "Name a bucket that exists.")
        if is_denied(error) or error_code(error).startswith("KMS."):
            key = ", and kms:GenerateDataKey and kms:Decrypt on the KMS key" if self._encryption else ""
            return failed(
                why, f"Grant the caller s3:PutObject here{key}. Check the bucket's policy too.", Certainty.LIKELY
            )
        return not_checked(f"write access could not be tested: {describe_failure(error)}", "Try again.")

    def delete(self) -> Result | None:
        """Delete the object, in a versioned bucket its only version. Return a warning if that failed."""
        if self._written is _Written.NO:
            return None
        try:
            if self._written is _Written.PERHAPS:
                found = self._s3.head_object(**self._object)
                if found.get("VersionId"):
                    self._object["VersionId"] = found["VersionId"]
            self._s3.delete_object(**self._object)
        except Exception as error:  # noqa: BLE001  (reported as a result)
            return None if is_missing(error) else self._remaining(error)
        return None

    def _remaining(self, error: Exception) -> Result:
        exists = self._written is _Written.YES
        version = f" (version {printable(self._object['VersionId'], 300)})" if "VersionId" in self._object else ""
        result = warned(
            f"THE PROBE OBJECT {'IS STILL' if exists else 'MAY STILL BE'} THERE{version}: {describe_failure(error)}",
            "Delete the object. Nothing else will.",
            Certainty.CERTAIN if exists else Certainty.LIKELY,
        )
        return replace(result, subject=f"s3://{self._object['Bucket']}/{self._object['Key']}")
