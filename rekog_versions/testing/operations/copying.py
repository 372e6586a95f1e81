"""CopyProjectVersion: copies a version between projects and accounts, with its files."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from rekog_versions._json import sequence
from rekog_versions.testing import clock
from rekog_versions.testing.entities import ProjectVersion
from rekog_versions.testing.exceptions import (
    AccessDeniedException,
    InvalidParameterException,
    LimitExceededException,
    ResourceInUseException,
)
from rekog_versions.testing.moto_s3 import Storage, StorageError
from rekog_versions.testing.operations.base import OperationsBase
from rekog_versions.testing.policies import COPY, Caller, evaluate
from rekog_versions.testing.run_once import RunOnce
from rekog_versions.testing.settings import ImageChecks, Quality
from rekog_versions.testing.training.job import SERVICE_ISSUE, UNWRITABLE, TrainingResult, folder_of
from rekog_versions.testing.transitions import CopyingOutcome, CopyingTransition, Stage, TrainingTransition

_TRAINED = frozenset({"TRAINING_COMPLETED", "COPYING_COMPLETED"})
_RESULTS = ("EvaluationResult", "ManifestSummary", "TrainingDataResult", "TestingDataResult")


@dataclass(frozen=True)
class CopyJob:
    """The input of a copy."""

    account_id: str
    region: str
    project_name: str
    version_arn: str
    request: Mapping[str, Any]
    """The validated request of CopyProjectVersion."""


@dataclass(frozen=True)
class _CopyResult:
    status: CopyingOutcome
    message: str
    results: Mapping[str, Any]
    """The results in the source's description, with the locations of the copied files. Empty if the copy failed."""


class CopiedVersion(ProjectVersion):
    """A copied version. It has the job and the training result of its source, and so the same model."""

    def __init__(
        self, job: CopyJob, created: int, source: ProjectVersion, find_transition: Callable[[], CopyingTransition]
    ) -> None:
        """Begin the copying.

        Args:
            job: The input of the copy.
            created: The creation number, which is the last part of the ARN.
            source: The version to copy, which is trained.
            find_transition: Returns the transition that counts now. It is called until the copying has ended.
        """
        super().__init__(source.job, created, TrainingTransition, Quality, ImageChecks)
        self.tags = dict(job.request.get("Tags", {}))
        self._copying = Stage(find_transition)
        self._copy_job = job
        self._source = source
        self._copy_result = RunOnce[_CopyResult]()

    @property
    def arn(self) -> str:
        """The ARN of the copy."""
        return self._copy_job.version_arn

    @property
    def name(self) -> str:
        """The name of the copy."""
        return str(self._copy_job.request["VersionName"])

    @property
    def project_name(self) -> str:
        """The name of the destination project."""
        return self._copy_job.project_name

    @property
    def is_copying(self) -> bool:
        """True if the copy is in progress."""
        return not self._copying.has_ended

    def finish(self) -> TrainingResult | None:
        """Copy the files, if the time of the copying is over and no other caller has copied them. No lock is held.

        Returns:
            The training result of the source. None while the copying is in progress, or if it failed.
        """
        result = self._finish_copy()
        return self._source.finish() if result and result.status in _TRAINED else None

    def outcome(self) -> str:
        """Return the status after the copying. Finish the copying first."""
        result = self._finish_copy()
        return "COPYING_IN_PROGRESS" if result is None else result.status

    def describe(self) -> dict[str, Any]:
        """Return the copy as DescribeProjectVersions shows it before any start. Finish the copying first."""
        result, request = self._finish_copy(), self._copy_job.request
        description: dict[str, Any] = {
            "ProjectVersionArn": self.arn,
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "Status": "COPYING_IN_PROGRESS",
            "StatusMessage": "The model is being copied.",
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
        return self._copying

    def _finish_copy(self) -> _CopyResult | None:
        transition = self._copying.ended_by
        if transition is None:
            return None
        return self._copy_result.get(lambda: _copy(self._copy_job, self._source, transition))


def _copy(job: CopyJob, source: ProjectVersion, transition: CopyingTransition) -> _CopyResult:
    """Run a whole copy."""
    if transition.outcome == "COPYING_FAILED":
        return _CopyResult("COPYING_FAILED", transition.message or SERVICE_ISSUE, {})
    description = source.describe()
    origin = Storage(source.arn.split(":")[4], job.region)
    target = Storage(job.account_id, job.region)
    output, source_folder = job.request["OutputConfig"], folder_of(description["OutputConfig"])

    def copy_file(location: Mapping[str, str]) -> dict[str, str] | None:
        try:
            content = origin.read(location["Bucket"], location["Name"], location.get("Version"))
        except StorageError:
            return None  # the file was deleted; copy the others
        name = location["Name"]
        is_in_folder = name.startswith(source_folder)
        key = folder_of(output) + (name.removeprefix(source_folder) if is_in_folder else name.rpartition("/")[2])
        target.write(output["S3Bucket"], key, content, kms_key_id=job.request.get("KmsKeyId"))
        return {"Bucket": output["S3Bucket"], "Name": key}

    try:
        target.check_bucket(output["S3Bucket"])
        results = {name: _copy_files(description[name], copy_file) for name in _RESULTS if name in description}
    except StorageError:
        return _CopyResult("COPYING_FAILED", UNWRITABLE, {})
    message = transition.message or "The model copy is ready to run."
    return _CopyResult("COPYING_COMPLETED", message, {name: result for name, result in results.items() if result})


def _copy_files(value: Any, copy_file: Callable[[Mapping[str, str]], dict[str, str] | None]) -> Any:
    """Return a part of a description with each file copied, without inputs and without files that are missing."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if "S3Object" in members:
            location = copy_file(members["S3Object"])
            return location and {"S3Object": location}
        copied = {name: _copy_files(member, copy_file) for name, member in members.items() if name != "Input"}
        return {name: member for name, member in copied.items() if member not in (None, {}, [])}
    if isinstance(value, list):
        items = [_copy_files(item, copy_file) for item in sequence(cast("object", value))]
        return [item for item in items if item not in (None, {}, [])]
    return value


class CopyOperations(OperationsBase):
    """CopyProjectVersion."""

    @abstractmethod
    def in_account(self, account_id: str) -> "CopyOperations":
        """Return the backend of an account in the same region."""

    def copy_project_version(self, request: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
        """Begin to copy a version to a project of the caller's account."""
        if not request["OutputConfig"].get("S3Bucket"):
            raise InvalidParameterException("OutputConfig must name an S3Bucket")
        with self._lock:
            self._custom_labels_project(request["DestinationProjectArn"])
        region, account_id = request["SourceProjectArn"].split(":")[3:5]
        if region != self.region_name:
            raise InvalidParameterException(
                f"The source project is in {region} and the destination project in {self.region_name}"
            )
        source = self.in_account(account_id).copy_source(request["SourceProjectArn"], request, caller)
        name = request["VersionName"]
        with self._lock:
            project = self._custom_labels_project(request["DestinationProjectArn"])
            self._check_new_name(project, name)
            self._check_tags(request.get("Tags", {}))
            limit = self._limits().copies
            # `is_copying` ends the copies whose time is over
            if limit is not None and sum(version.is_copying for version in self._versions()) >= limit:
                raise LimitExceededException(f"Cannot copy more than {limit} ProjectVersions concurrently")
            created = self._next_created()
            arn = f"{self._arn_prefix}:project/{project.name}/version/{name}/{created}"
            project.versions[name] = CopiedVersion(
                CopyJob(self.account_id, self.region_name, project.name, arn, request),
                created,
                source,
                partial(self._transition, CopyingTransition, project.name, name),
            )
        return {"ProjectVersionArn": arn}

    def copy_source(self, project_arn: str, request: Mapping[str, Any], caller: Caller) -> ProjectVersion:
        """Return the version to copy from a project of this account, if the caller is allowed to copy it.

        Raises:
            AccessDeniedException: A policy denies it, or the caller is in another account and no policy allows it.
            InvalidParameterException: The version is not in the project.
            ResourceInUseException: The version is not trained, or is being deleted.
        """
        arn = request["SourceProjectVersionArn"]
        with self._lock:
            project = self._custom_labels_project(project_arn)
            effect = evaluate(project.policies.values(), caller, arn)
            if effect == "Deny" or (effect is None and caller.account_id != self.account_id):
                because = "with an explicit deny in" if effect else "because no statement allows it in"
                raise AccessDeniedException(
                    f"User: {caller.name} is not authorized to perform: {COPY} on resource: {arn} "
                    f"{because} a project policy"
                )
            version = self._version(arn)
            if version not in project.versions.values():
                raise InvalidParameterException(f"The project version {arn} is not one of the project {project_arn}")
            version.update()
        outcome = version.outcome()  # without the lock, because it may run the training
        with self._lock:
            if outcome not in _TRAINED or version.deletion:
                status = version.status(outcome)
                raise ResourceInUseException(f"The project version {arn} can't be copied: it is {status}")
        return version
