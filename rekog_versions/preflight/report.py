"""What `preflight` answers: a finding for each thing that was looked at."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rekog_versions._text import printable

if TYPE_CHECKING:
    from rekog_versions.manifests.check.report import ManifestReport


class PreflightCheck(StrEnum):
    """What is checked."""

    PROJECT = "project"
    """It exists, in the client's region, and is ready."""
    DATASETS = "datasets"
    """The project has none, or the two that are ready, as the request needs."""
    VERSION_NAME = "version name"
    """No version of the project has it."""
    VERSIONS_QUOTA = "versions quota"
    """The project may have one more version."""
    TRAININGS_QUOTA = "trainings quota"
    """The account may run one more training in the region."""
    BUCKET = "bucket"
    """It exists, is in the region, and the caller can list it: the output's, the manifests' and the images'."""
    MANIFEST_FILE = "manifest file"
    """It is there, and the caller can read it."""
    MANIFESTS = "manifests"
    """What the manifests hold: all of `check_manifests()`."""
    BUCKET_OWNERS = "bucket owners"
    """The images' bucket belongs to whom the manifests' does."""
    OUTPUT = "output"
    """The caller can write where the results go; tried on request only."""
    KMS_KEY = "KMS key"
    """It is there, in the region, enabled, and of the right kind."""


class PreflightVerdict(StrEnum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105  (no password)
    FAIL = "fail"
    """The create would be refused, or the training fail."""
    WARNING = "warning"
    """It would go through; something about it deserves a look."""
    NOT_CHECKED = "not checked"
    """The caller lacks a permission for it, it was not asked for, or the look itself failed."""


class Certainty(StrEnum):
    """How sure a verdict is. Everything may change between the check and the create."""

    CERTAIN = "certain"
    """The service that decides has said so, just now."""
    LIKELY = "likely"
    """It follows from documented rules or defaults, or holds for the caller and probably for the service as well."""
    UNKNOWN = "unknown"
    """Nothing is known: it was not checked."""


_ORDER = (PreflightVerdict.FAIL, PreflightVerdict.WARNING, PreflightVerdict.NOT_CHECKED, PreflightVerdict.PASS)
_WORDS: Mapping[PreflightVerdict, str] = {
    PreflightVerdict.FAIL: "failed",
    PreflightVerdict.WARNING: "with a warning",
    PreflightVerdict.NOT_CHECKED: "not checked",
    PreflightVerdict.PASS: "passed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightFinding:
    """What one look found."""

    check: PreflightCheck
    verdict: PreflightVerdict
    certainty: Certainty
    subject: str
    """What was looked at: an ARN, a bucket, an S3 URI, a name; as it came."""
    message: str
    """What was found; fit for a terminal."""
    next_step: str | None = None
    """What to do about it; None where nothing is to be done."""

    def to_dict(self) -> dict[str, Any]:
        """A dict of plain values."""
        return {
            "check": str(self.check),
            "verdict": str(self.verdict),
            "certainty": str(self.certainty),
            "subject": self.subject,
            "message": self.message,
            "next_step": self.next_step,
        }

    def __str__(self) -> str:
        sure = " (likely)" if self.certainty is Certainty.LIKELY else ""
        return f"{self.check}{sure}, {printable(self.subject, 300)}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightReport:
    """All that could be known before a create. `str()` of it is meant for a terminal."""

    project_arn: str
    version_name: str
    findings: tuple[PreflightFinding, ...]
    """In the order in which they were looked at."""
    manifests: "ManifestReport | None" = field(default=None, compare=False)
    """The manifests' own report, with every issue; None if there are none or they could not be read."""

    @property
    def ok(self) -> bool:
        """Whether nothing failed. What was not checked may still fail: see `not_checked`."""
        return not self.failed

    @property
    def failed(self) -> tuple[PreflightFinding, ...]:
        """What the create or the training would fail for."""
        return self._of(PreflightVerdict.FAIL)

    @property
    def warnings(self) -> tuple[PreflightFinding, ...]:
        """What deserves a look."""
        return self._of(PreflightVerdict.WARNING)

    @property
    def not_checked(self) -> tuple[PreflightFinding, ...]:
        """What is not known, and why."""
        return self._of(PreflightVerdict.NOT_CHECKED)

    @property
    def passed(self) -> tuple[PreflightFinding, ...]:
        """What is as it should be."""
        return self._of(PreflightVerdict.PASS)

    def _of(self, verdict: PreflightVerdict) -> tuple[PreflightFinding, ...]:
        return tuple(finding for finding in self.findings if finding.verdict is verdict)

    def to_dict(self) -> dict[str, Any]:
        """A dict of plain values for JSON or YAML, without the manifests' own report."""
        return {
            "ok": self.ok,
            "project_arn": self.project_arn,
            "version_name": self.version_name,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def to_json(self, *, indent: int | None = 4) -> str:
        """A JSON document."""
        return json.dumps(self.to_dict(), indent=indent)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        counts = ", ".join(f"{len(self._of(verdict))} {_WORDS[verdict]}" for verdict in _ORDER if self._of(verdict))
        yield f"Preflight of {printable(self.version_name)} in {printable(self.project_arn)}: {counts}."
        for verdict in _ORDER:
            for finding in self._of(verdict):
                # upper case, for no colour is sure to arrive
                mark = verdict.upper() if verdict is PreflightVerdict.FAIL else str(verdict)
                yield f"  {mark:<11}  {finding}"
                if finding.next_step:
                    yield f"  {'':<11}    {finding.next_step}"


def passed(
    check: PreflightCheck, subject: str, message: str, certainty: Certainty = Certainty.CERTAIN
) -> PreflightFinding:
    """A finding that all is as it should be."""
    return PreflightFinding(
        check=check, verdict=PreflightVerdict.PASS, certainty=certainty, subject=subject, message=message
    )


def failed(
    check: PreflightCheck, subject: str, message: str, next_step: str, certainty: Certainty = Certainty.CERTAIN
) -> PreflightFinding:
    """A finding for which the create would be refused, or the training fail."""
    return PreflightFinding(
        check=check,
        verdict=PreflightVerdict.FAIL,
        certainty=certainty,
        subject=subject,
        message=message,
        next_step=next_step,
    )


def warned(
    check: PreflightCheck, subject: str, message: str, next_step: str, certainty: Certainty = Certainty.LIKELY
) -> PreflightFinding:
    """A finding that deserves a look."""
    return PreflightFinding(
        check=check,
        verdict=PreflightVerdict.WARNING,
        certainty=certainty,
        subject=subject,
        message=message,
        next_step=next_step,
    )


def not_checked(check: PreflightCheck, subject: str, message: str, next_step: str | None = None) -> PreflightFinding:
    """A finding that nothing is known."""
    return PreflightFinding(
        check=check,
        verdict=PreflightVerdict.NOT_CHECKED,
        certainty=Certainty.UNKNOWN,
        subject=subject,
        message=message,
        next_step=next_step,
    )
