"""The result of `preflight()`: a report with one finding for each check and subject."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.manifests.check.report import ManifestReport


class PreflightCheck(StrEnum):
    """The checks."""

    PROJECT = "project"
    """The project exists, is in the client's region, and is ready."""
    DATASETS = "datasets"
    """The project has no datasets, or the two that the request needs, and they are ready."""
    VERSION_NAME = "version name"
    """No version of the project has the name."""
    VERSIONS_QUOTA = "versions quota"
    """The project may have one more version."""
    TRAININGS_QUOTA = "trainings quota"
    """The account may run one more training in the region."""
    BUCKET = "bucket"
    """A bucket (of the output, the manifests or the images) exists, is in the region, and the caller can list it."""
    MANIFEST_FILE = "manifest file"
    """A manifest file exists, and the caller can read it."""
    MANIFESTS = "manifests"
    """The content of the manifests passes `check_manifests()`."""
    BUCKET_OWNERS = "bucket owners"
    """The buckets of the images and of the manifests have the same owner."""
    OUTPUT = "output"
    """The caller can write to the output bucket. It is checked on request only."""
    KMS_KEY = "KMS key"
    """The key exists in the region, is enabled, and has the right type."""


class PreflightVerdict(StrEnum):
    """The result of a check."""

    PASS = "pass"  # noqa: S105  (not a password)
    FAIL = "fail"
    """The create request would be rejected, or the training would fail."""
    WARNING = "warning"
    """The training would start, but something should be reviewed."""
    NOT_CHECKED = "not checked"
    """The caller lacks a permission, the check was not requested, or it failed itself."""


class Certainty(StrEnum):
    """How certain a verdict is. The state of the account can change between the check and the create request."""

    CERTAIN = "certain"
    """The service that decides has just confirmed it."""
    LIKELY = "likely"
    """It follows from documented rules or defaults, or holds for the caller and probably for the service too."""
    UNKNOWN = "unknown"
    """It was not checked."""


_ORDER: Mapping[PreflightVerdict, str] = {
    PreflightVerdict.FAIL: "failed",
    PreflightVerdict.WARNING: "with a warning",
    PreflightVerdict.NOT_CHECKED: "not checked",
    PreflightVerdict.PASS: "passed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightFinding(JsonResult):
    """The result of one check for one subject."""

    check: PreflightCheck
    verdict: PreflightVerdict
    certainty: Certainty
    subject: str
    """An ARN, a bucket, an S3 URI or a name, unchanged."""
    message: str
    """The details, escaped for a terminal."""
    next_step: str | None = None
    """How to fix it; None if there is nothing to do."""

    def __str__(self) -> str:
        likely = " (likely)" if self.certainty is Certainty.LIKELY else ""
        return f"{self.check}{likely}, {printable(self.subject, 300)}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightReport(JsonResult):
    """The findings of `preflight()`. `str()` returns text for a terminal."""

    _derived = ("ok", "clean")
    _left_out = frozenset({"manifests"})

    project_arn: str
    version_name: str
    findings: tuple[PreflightFinding, ...]
    """The findings, in the order of the checks."""
    manifests: ManifestReport | None = field(default=None, compare=False)
    """The report of `check_manifests()` with every issue; None without manifests, or if they could not be read.
    `to_dict()` leaves it out: it has a `to_dict()` of its own."""

    @property
    def ok(self) -> bool:
        """True if no check failed. A check that was not made may still fail: see `not_checked`."""
        return not self.failed

    @property
    def clean(self) -> bool:
        """True if every check was made and passed. This is the strict verdict, for example for CI."""
        return all(finding.verdict is PreflightVerdict.PASS for finding in self.findings)

    def __bool__(self) -> bool:
        return self.ok

    @property
    def failed(self) -> tuple[PreflightFinding, ...]:
        """The findings for which the request would be rejected or the training fail."""
        return self._with(PreflightVerdict.FAIL)

    @property
    def warnings(self) -> tuple[PreflightFinding, ...]:
        """The findings to review."""
        return self._with(PreflightVerdict.WARNING)

    @property
    def not_checked(self) -> tuple[PreflightFinding, ...]:
        """The checks that were not made, with the reason."""
        return self._with(PreflightVerdict.NOT_CHECKED)

    @property
    def passed(self) -> tuple[PreflightFinding, ...]:
        """The findings without a problem."""
        return self._with(PreflightVerdict.PASS)

    def _with(self, verdict: PreflightVerdict) -> tuple[PreflightFinding, ...]:
        return tuple(finding for finding in self.findings if finding.verdict is verdict)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        counts = ", ".join(
            f"{len(self._with(verdict))} {name}" for verdict, name in _ORDER.items() if self._with(verdict)
        )
        yield f"Preflight of {printable(self.version_name)} in {printable(self.project_arn)}: {counts}."
        for verdict in _ORDER:
            for finding in self._with(verdict):
                # in upper case, because colours may not be available
                mark = verdict.upper() if verdict is PreflightVerdict.FAIL else str(verdict)
                yield f"  {mark:<11}  {finding}"
                if finding.next_step:
                    yield f"  {'':<11}    {finding.next_step}"


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a check: a finding without the check and its subject, which `preflight()` adds."""

    verdict: PreflightVerdict
    certainty: Certainty
    message: str
    next_step: str | None = None
    subject: str | None = None
    """A more precise subject than the check's own; None for that one."""

    def finding(self, check: PreflightCheck, subject: str) -> PreflightFinding:
        """Return the finding of a check on a subject."""
        return PreflightFinding(
            check=check,
            verdict=self.verdict,
            certainty=self.certainty,
            subject=self.subject or subject,
            message=self.message,
            next_step=self.next_step,
        )


def passed(message: str, certainty: Certainty = Certainty.CERTAIN) -> Result:
    """Return the result of a check that found no problem."""
    return Result(PreflightVerdict.PASS, certainty, message)


def failed(message: str, next_step: str, certainty: Certainty = Certainty.CERTAIN) -> Result:
    """Return a result for which the request would be rejected, or the training fail."""
    return Result(PreflightVerdict.FAIL, certainty, message, next_step)


def warned(message: str, next_step: str, certainty: Certainty = Certainty.LIKELY) -> Result:
    """Return a result to review."""
    return Result(PreflightVerdict.WARNING, certainty, message, next_step)


def not_checked(message: str, next_step: str | None = None) -> Result:
    """Return the result of a check that was not made."""
    return Result(PreflightVerdict.NOT_CHECKED, Certainty.UNKNOWN, message, next_step)
