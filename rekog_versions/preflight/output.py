"""The check of the output: a probe object is written where the results would go, and removed again. On request only."""

from collections.abc import Iterable
from enum import Enum
from typing import Any
from uuid import uuid4

from rekog_versions._aws.error_codes import describe_failure, error_code, is_denied, is_missing, is_rejected
from rekog_versions._text import printable
from rekog_versions.errors import noted
from rekog_versions.preflight.report import (
    Certainty,
    PreflightCheck,
    PreflightFinding,
    failed,
    not_checked,
    passed,
    warned,
)
from rekog_versions.preflight.scene import Scene

_CHECK = PreflightCheck.OUTPUT
_CONTENT = b"rekog_versions.preflight() wrote this to see whether results can be written here. It may be deleted.\n"


def leave_output_alone(scene: Scene) -> Iterable[PreflightFinding]:
    """Says that the output was not tried."""
    return [
        not_checked(
            _CHECK,
            _place(scene),
            "whether results can be written was not tried",
            "preflight(..., probe_output=True) tries it with an object that it removes again.",
        )
    ]


def probe_output(scene: Scene) -> Iterable[PreflightFinding]:
    """Whether the caller can write where the results go: writes an object of a name of its own, and removes it.

    It is encrypted with the request's KMS key, as the results would be. Whatever interrupts it, the object is removed
    if that can be done; if not, a finding (or a note on what interrupted it) names it.
    """
    probe = _Probe(scene)
    try:
        finding = probe.write()
    except BaseException as error:  # Ctrl-C: the object may be there
        left = probe.remove()
        if left is not None:
            noted(error, f"{left.message}: {left.subject}")
        raise
    left = probe.remove()
    return [finding] if left is None else [finding, left]


def _place(scene: Scene) -> str:
    output = scene.request.output_config
    prefix = output.s3_key_prefix or ""
    return f"s3://{output.s3_bucket}/{prefix}{'/' if prefix and not prefix.endswith('/') else ''}"


class _Written(Enum):
    NO = "no"
    YES = "yes"
    PERHAPS = "perhaps"


class _Probe:
    """One object that is written and removed."""

    def __init__(self, scene: Scene) -> None:
        self._s3 = scene.client.s3
        self._place = _place(scene)
        bucket, _, folder = self._place.removeprefix("s3://").partition("/")
        self._object: dict[str, Any] = {"Bucket": bucket, "Key": f"{folder}rekog_versions-probe-{uuid4()}"}
        key = scene.request.kms_key_id
        self._encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
        self._written = _Written.NO

    def write(self) -> PreflightFinding:
        self._written = _Written.PERHAPS
        try:
            answer = self._s3.put_object(**self._object, **self._encryption, Body=_CONTENT, ContentType="text/plain")
        except Exception as error:  # noqa: BLE001  (each kind is told apart)
            if is_rejected(error):
                self._written = _Written.NO
            return self._not_written(error)
        self._written = _Written.YES
        if answer.get("VersionId"):
            self._object["VersionId"] = answer["VersionId"]
        key = " with the KMS key" if self._encryption else ""
        return passed(_CHECK, self._place, f"an object could be written here{key}", Certainty.LIKELY)

    def _not_written(self, error: Exception) -> PreflightFinding:
        why = describe_failure(error)
        if is_missing(error):
            return failed(_CHECK, self._place, f"nothing can be written here: {why}", "Name a bucket that exists.")
        if is_denied(error) or error_code(error).startswith("KMS."):
            key = ", and kms:GenerateDataKey and kms:Decrypt on the KMS key" if self._encryption else ""
            return failed(
                _CHECK,
                self._place,
                f"nothing can be written here: {why}",
                f"The caller needs s3:PutObject here{key}; look at the bucket's policy as well.",
                Certainty.LIKELY,
            )
        return not_checked(_CHECK, self._place, f"whether results can be written is not known: {why}", "Try again.")

    def remove(self) -> PreflightFinding | None:
        """Removes what was written; a finding if that failed. In a versioned bucket it removes that very version."""
        if self._written is _Written.NO:
            return None
        try:
            if self._written is _Written.PERHAPS:
                found = self._s3.head_object(**self._object)
                if found.get("VersionId"):
                    self._object["VersionId"] = found["VersionId"]
            self._s3.delete_object(**self._object)
        except Exception as error:  # noqa: BLE001  (what could not be removed is told)
            if is_missing(error):
                return None
            return self._left(error)
        return None

    def _left(self, error: Exception) -> PreflightFinding:
        is_there = self._written is _Written.YES
        version = f" (version {printable(self._object['VersionId'], 300)})" if "VersionId" in self._object else ""
        return warned(
            _CHECK,
            f"s3://{self._object['Bucket']}/{self._object['Key']}",
            f"THE PROBE OBJECT {'IS' if is_there else 'MAY BE'} STILL THERE{version}: {describe_failure(error)}",
            "Delete it; nothing else will.",
            Certainty.CERTAIN if is_there else Certainty.LIKELY,
        )
