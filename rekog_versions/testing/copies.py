"""A version that CopyProjectVersion made: the model of another version, with its output in another place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from rekog_versions.testing import clock
from rekog_versions.testing.entities import ProjectVersion
from rekog_versions.testing.once import Once
from rekog_versions.testing.settings import Images, Quality
from rekog_versions.testing.states import COPYING, CopyingOutcome, CopyingTransition, Stage, Transition
from rekog_versions.testing.storage import Storage, StorageError
from rekog_versions.testing.training import TrainingResult
from rekog_versions.testing.training.run import SERVICE_ISSUE, UNWRITABLE, folder_of

TRAINED = frozenset({"TRAINING_COMPLETED", "COPYING_COMPLETED"})
"""The outcomes of a version that there is a model of."""

_IN_PROGRESS = "The model is being copied."
_SUCCESS = "The model copy is ready to run."
_RESULTS = ("EvaluationResult", "ManifestSummary", "TrainingDataResult", "TestingDataResult")


@dataclass(frozen=True)
class CopyJob:
    """What a copy has to do."""

    account_id: str
    region: str
    project_name: str
    version_arn: str
    request: Mapping[str, Any]
    """The checked request of CopyProjectVersion."""


@dataclass(frozen=True)
class _CopyResult:
    status: CopyingOutcome
    message: str
    results: Mapping[str, Any]
    """What the source's description says of its results, with the places of the copied files. Empty if it failed."""


class CopiedVersion(ProjectVersion):
    """A version that was copied. Its `job` and training result are the source's, so the model behaves as it does."""

    def __init__(
        self, job: CopyJob, created: int, source: ProjectVersion, find_transition: Callable[[], CopyingTransition]
    ) -> None:
        """Begins the copying.

        Args:
            job: What it has to do.
            created: The number at the ARN's end.
            source: What is copied; it is trained.
            find_transition: What says when the copying ends, asked at every look until it has.
        """
        super().__init__(source.job, created, Transition, Quality, Images)
        self.tags = dict(job.request.get("Tags", {}))
        self.copying = Stage(COPYING, "COPYING_IN_PROGRESS", "COPYING_ENDED", find_transition)
        """Ended doesn't say how it went. Looked at under the backend's lock."""
        self._copy_job = job
        self._source = source
        self._copied = Once[_CopyResult]()

    @property
    def arn(self) -> str:
        """The copy's ARN."""
        return self._copy_job.version_arn

    @property
    def name(self) -> str:
        """The copy's name."""
        return str(self._copy_job.request["VersionName"])

    @property
    def project_name(self) -> str:
        """The name of the project that it was copied to."""
        return self._copy_job.project_name

    @property
    def is_copying(self) -> bool:
        """Whether it is still being copied."""
        return not self.copying.has_ended

    def settle(self) -> TrainingResult | None:
        """Copies the output, if the time has come and nobody has yet; no lock is held for that.

        Returns:
            How the training of the source went; None while the copying goes on, or if it failed.
        """
        result = self._settle_copy()
        return self._source.settle() if result and result.status in TRAINED else None

    def outcome(self) -> str:
        """How the copying went. Settles it first."""
        result = self._settle_copy()
        return "COPYING_IN_PROGRESS" if result is None else result.status

    def describe(self) -> dict[str, Any]:
        """The copy as DescribeProjectVersions shows it as long as it was never started. Settles it first."""
        result, request = self._settle_copy(), self._copy_job.request
        description: dict[str, Any] = {
            "ProjectVersionArn": self.arn,
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "Status": "COPYING_IN_PROGRESS",
            "StatusMessage": _IN_PROGRESS,
            "OutputConfig": request["OutputConfig"],
            "SourceProjectVersionArn": self._source.arn,
            "Feature": self.job.feature,
            **({"KmsKeyId": request["KmsKeyId"]} if "KmsKeyId" in request else {}),
        }
        if result is not None:
            description |= {"Status": result.status, "StatusMessage": result.message, **result.results}
        return description

    @property
    def _making(self) -> Stage[Any]:
        return self.copying

    def _settle_copy(self) -> _CopyResult | None:
        ending = self.copying.ended_by
        return None if ending is None else self._copied.get(lambda: _copy(self._copy_job, self._source, ending))


def _copy(job: CopyJob, source: ProjectVersion, ending: CopyingTransition) -> _CopyResult:
    """Does everything that a copy does, in one go."""
    if ending.outcome == "COPYING_FAILED":
        return _CopyResult("COPYING_FAILED", ending.message or SERVICE_ISSUE, {})
    description = source.describe()
    origin = Storage(source.arn.split(":")[4], job.region)
    target = Storage(job.account_id, job.region)
    output, kept = job.request["OutputConfig"], folder_of(description["OutputConfig"])

    def move(place: Mapping[str, str]) -> dict[str, str] | None:
        try:
            content = origin.read(place["Bucket"], place["Name"], place.get("Version"))
        except StorageError:
            return None  # somebody has deleted it: the copy is one of what the source has
        name = place["Name"]
        key = folder_of(output) + (name.removeprefix(kept) if name.startswith(kept) else name.rpartition("/")[2])
        target.write(output["S3Bucket"], key, content, kms_key_id=job.request.get("KmsKeyId"))
        return {"Bucket": output["S3Bucket"], "Name": key}

    try:
        target.check_bucket(output["S3Bucket"])
        results = {name: _moved(description[name], move) for name in _RESULTS if name in description}
    except StorageError:
        return _CopyResult("COPYING_FAILED", UNWRITABLE, {})
    found = {name: result for name, result in results.items() if result}
    return _CopyResult("COPYING_COMPLETED", ending.message or _SUCCESS, found)


def _moved(value: Any, move: Callable[[Mapping[str, str]], dict[str, str] | None]) -> Any:
    """A part of a description with each file moved; what names a file that is gone, is gone, and so is the input."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if "S3Object" in members:
            place = move(members["S3Object"])
            return place and {"S3Object": place}
        found = {name: _moved(member, move) for name, member in members.items() if name != "Input"}
        return {name: member for name, member in found.items() if member not in (None, {}, [])}
    if isinstance(value, list):
        moved = [_moved(item, move) for item in cast("list[Any]", cast("object", value))]
        return [item for item in moved if item not in (None, {}, [])]
    return value
