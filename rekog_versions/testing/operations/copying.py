"""The operation that copies a version, between projects and between accounts."""

from abc import abstractmethod
from collections.abc import Mapping
from functools import partial
from typing import Any

from rekog_versions.testing.copies import TRAINED, CopiedVersion, CopyJob
from rekog_versions.testing.entities import ProjectVersion
from rekog_versions.testing.exceptions import (
    AccessDeniedException,
    InvalidParameterException,
    LimitExceededException,
    ResourceInUseException,
)
from rekog_versions.testing.policies import COPY, Caller, Effect, verdict
from rekog_versions.testing.states import CopyingTransition
from rekog_versions.testing.store import Store


class CopyOperations(Store):
    """CopyProjectVersion."""

    @abstractmethod
    def in_account(self, account_id: str) -> "CopyOperations":
        """The backend of an account in the same region."""

    def copy_project_version(self, request: Mapping[str, Any], caller: Caller) -> str:
        """Begins the copying of a version to a project of the caller's account and answers the copy's ARN."""
        if not request["OutputConfig"].get("S3Bucket"):
            raise InvalidParameterException("OutputConfig must name an S3Bucket")
        with self._lock:
            self._custom_labels_project(request["DestinationProjectArn"])
        region, account_id = request["SourceProjectArn"].split(":")[3:5]
        if region != self.region_name:
            raise InvalidParameterException(
                f"The source project is in {region} and the destination project in {self.region_name}"
            )
        source = self.in_account(account_id).lend(request["SourceProjectArn"], request, caller)
        name = request["VersionName"]
        with self._lock:
            project = self._custom_labels_project(request["DestinationProjectArn"])
            self._check_room(project, name)
            self._check_tags(request.get("Tags", {}))
            limit = self._limits().copies
            # to ask whether it is copying is to let those end whose time has come
            if limit is not None and sum(version.is_copying for version in self._versions()) >= limit:
                raise LimitExceededException(f"Cannot copy more than {limit} ProjectVersions concurrently")
            created = self._next_created()
            arn = f"{self._arn_head}:project/{project.name}/version/{name}/{created}"
            project.versions[name] = CopiedVersion(
                CopyJob(self.account_id, self.region_name, project.name, arn, request),
                created,
                source,
                partial(self._ending, CopyingTransition, project.name, name),
            )
        return arn

    def lend(self, project_arn: str, request: Mapping[str, Any], caller: Caller) -> ProjectVersion:
        """The version that is to be copied out of a project of this account.

        Raises:
            AccessDeniedException: A policy denies it, or the caller is of another account and none allows it.
            InvalidParameterException: The version is none of the project.
            ResourceInUseException: There is no model of the version, or it is being deleted.
        """
        arn = request["SourceProjectVersionArn"]
        with self._lock:
            project = self._custom_labels_project(project_arn)
            said = verdict(project.policies.values(), caller, arn)
            if said is Effect.DENY or (said is None and caller.account_id != self.account_id):
                because = "with an explicit deny in" if said else "because no statement allows it in"
                raise AccessDeniedException(
                    f"User: {caller.name} is not authorized to perform: {COPY} on resource: {arn} "
                    f"{because} a project policy"
                )
            version = self._version(arn)
            if version not in project.versions.values():
                raise InvalidParameterException(f"The project version {arn} is not one of the project {project_arn}")
            version.look()
        made = version.outcome()  # without the lock: it may run the training
        with self._lock:
            if made not in TRAINED or version.deletion:
                raise ResourceInUseException(f"The project version {arn} can't be copied: it is {version.status(made)}")
        return version
