"""The exceptions of this package.

    RekogVersionsError
    ├── ServiceError                               the service rejected a request; also a botocore ClientError
    │   ├── AccessDeniedError
    │   ├── ImageTooLargeError
    │   ├── InternalServerError
    │   ├── InvalidImageFormatError
    │   ├── InvalidPaginationTokenError
    │   ├── InvalidParameterError
    │   ├── InvalidPolicyRevisionIdError
    │   ├── InvalidS3ObjectError
    │   ├── LimitExceededError
    │   ├── MalformedPolicyDocumentError
    │   ├── ProvisionedThroughputExceededError
    │   ├── RequestValidationError
    │   ├── ResourceAlreadyExistsError
    │   ├── ResourceInUseError
    │   ├── ResourceNotFoundError
    │   ├── ResourceNotReadyError
    │   ├── ServiceQuotaExceededError
    │   └── ThrottlingError
    ├── ResponseError                              a response cannot be parsed
    ├── ProjectNotFoundError                       no project has the name; also a LookupError
    ├── PaginationError                            the pages of a listing do not end
    ├── ManifestError                              a manifest is unreadable or a line unwritable; also a ValueError
    ├── EvaluationError                            a version has no readable evaluation; also a ValueError
    ├── VersionConflictError                       submit_all(): another version has the name of a request
    ├── HostingError                               a running model
    │   ├── ModelStillRunningError                 it could not be stopped and is billed
    │   └── ModelStoppedError                      it was stopped: a limit was reached, or its `with` block ended
    └── WaitError                                  a wait ended before its target was reached
        ├── TrainingFailedError
        ├── StartFailedError
        ├── CopyFailedError
        ├── DatasetFailedError
        ├── UnreachableStatusError
        ├── VersionNotFoundError                   get_project_version() raises it too
        └── WaitTimeoutError

A request that breaks a rule raises `pydantic.ValidationError` (a `ValueError`) before anything is sent. botocore's own
`BotoCoreError`s (no connection, no credentials) pass through. `except ClientError` catches every `ServiceError`.
`hosting.StopAllError` is defined beside its report, and the errors of `registry` in that package. All exceptions keep
their class, fields and notes through pickle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Protocol

from botocore.exceptions import ClientError

from rekog_versions import models
from rekog_versions._advice import advice_for, is_markup
from rekog_versions._text import printable
from rekog_versions.arns import DatasetArn, ProjectVersionArn

__all__ = [
    "AccessDeniedError",
    "CopyFailedError",
    "DatasetFailedError",
    "EvaluationError",
    "HostingError",
    "ImageTooLargeError",
    "InternalServerError",
    "InvalidImageFormatError",
    "InvalidPaginationTokenError",
    "InvalidParameterError",
    "InvalidPolicyRevisionIdError",
    "InvalidS3ObjectError",
    "LimitExceededError",
    "MalformedPolicyDocumentError",
    "ManifestError",
    "ManifestIssue",
    "ModelStillRunningError",
    "ModelStoppedError",
    "PaginationError",
    "ProjectNotFoundError",
    "ProvisionedThroughputExceededError",
    "RekogVersionsError",
    "RequestValidationError",
    "ResourceAlreadyExistsError",
    "ResourceInUseError",
    "ResourceNotFoundError",
    "ResourceNotReadyError",
    "ResponseError",
    "ServiceError",
    "ServiceQuotaExceededError",
    "StartFailedError",
    "ThrottlingError",
    "TrainingFailedError",
    "UnreachableStatusError",
    "VersionConflictError",
    "VersionNotFoundError",
    "WaitError",
    "WaitTimeoutError",
]


class RekogVersionsError(Exception):
    """The base class of all exceptions of this package."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[RekogVersionsError], args: tuple[Any, ...], fields: dict[str, Any]) -> RekogVersionsError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(fields)
    return error


class ServiceError(RekogVersionsError, ClientError):
    """The service rejected a request.

    Attributes:
        response: The whole response, as botocore returns it.
        operation_name: The operation, such as `CreateProjectVersion`.
    """

    service_code: ClassVar[str] = ""
    """The error code that the service uses; empty for codes without a class of their own."""

    def __init_subclass__(cls) -> None:
        cls.service_code = cls.service_code or f"{cls.__name__.removesuffix('Error')}Exception"

    @classmethod
    def of(cls, error: ClientError) -> ServiceError:
        """Create the error for a botocore `ClientError`, with a note on the next step if there is one."""
        response: Any = error.response
        code = str(response.get("Error", {}).get("Code", ""))
        created = _BY_CODE.get(code, ServiceError)(response, error.operation_name)
        advice = advice_for(created.operation, code, created.message)
        if advice:
            created.add_note(advice)
        return created

    @property
    def code(self) -> str:
        """The service's error code, such as `ResourceInUseException`."""
        return str(self._member("Error", "Code") or "Unknown")

    @property
    def message(self) -> str:
        """The service's message, unchanged."""
        return str(self._member("Error", "Message") or "")

    @property
    def operation(self) -> str:
        """The operation, such as `CreateProjectVersion`."""
        return str(self.operation_name)

    @property
    def request_id(self) -> str | None:
        """The request id, for AWS Support."""
        return self._member("ResponseMetadata", "RequestId")  # type: ignore[no-any-return]

    @property
    def status_code(self) -> int | None:
        """The HTTP status."""
        return self._member("ResponseMetadata", "HTTPStatusCode")  # type: ignore[no-any-return]

    def _member(self, part: str, name: str) -> Any:
        response: Any = self.response
        return response.get(part, {}).get(name)

    def __str__(self) -> str:
        return printable(super().__str__(), 300 if is_markup(self.message) else 2000)


class AccessDeniedError(ServiceError):
    """The caller lacks a permission."""


class ImageTooLargeError(ServiceError):
    """The image has more bytes or pixels than the service accepts."""


class InternalServerError(ServiceError):
    """The service failed; the same call may succeed later."""

    service_code = "InternalServerError"


class InvalidImageFormatError(ServiceError):
    """The image is not a PNG or JPEG file, or cannot be read."""


class InvalidPaginationTokenError(ServiceError):
    """The pagination token is invalid for this call."""


class InvalidParameterError(ServiceError):
    """The service rejects a value, or a combination of values."""


class InvalidPolicyRevisionIdError(ServiceError):
    """The project policy has another revision, or does not exist."""


class InvalidS3ObjectError(ServiceError):
    """The service cannot read the object in S3."""


class LimitExceededError(ServiceError):
    """A quota of the account is reached: concurrent trainings, running models, versions in a project, or projects."""


class MalformedPolicyDocumentError(ServiceError):
    """The policy document is malformed."""


class ProvisionedThroughputExceededError(ServiceError):
    """The account or the model receives more calls than it can process."""


class RequestValidationError(ServiceError):
    """A value breaks a constraint of the service model: its pattern, length, range or list of allowed values."""

    service_code = "ValidationException"


class ResourceAlreadyExistsError(ServiceError):
    """The project already has such a dataset or policy."""


class ResourceInUseError(ServiceError):
    """The name is taken, or the resource is busy."""


class ResourceNotFoundError(ServiceError):
    """The project, version or dataset does not exist in this account and region."""


class ResourceNotReadyError(ServiceError):
    """The model is not running, or the dataset is not ready."""


class ServiceQuotaExceededError(ServiceError):
    """A quota of the account is used up."""


class ThrottlingError(ServiceError):
    """Too many calls at once; the service allows 5 a second for each operation other than detection."""


_BY_CODE: Mapping[str, type[ServiceError]] = {kind.service_code: kind for kind in ServiceError.__subclasses__()}


class ResponseError(RekogVersionsError):
    """A response cannot be parsed as a response of its operation.

    Attributes:
        operation: The operation.
        response: The response as received; None if botocore could not parse it.
        request_id: The request id; None if something other than the service may have sent the response.
    """

    def __init__(self, operation: str, response: object, why: str, *, request_id: str | None = None) -> None:
        self.operation = operation
        self.response = response
        self.request_id = request_id
        super().__init__(f"the response of {operation} is invalid: {why}. It was: {printable(response, 500)}")


class ProjectNotFoundError(RekogVersionsError, LookupError):
    """No project has the name.

    Attributes:
        project_name: The name.
    """

    def __init__(self, project_name: str) -> None:
        self.project_name = project_name
        super().__init__(
            f"there is no project '{printable(project_name, 300)}'. Check the name, and the account and region of the "
            "client, or create the project with client.project(name, create=True)"
        )


class PaginationError(RekogVersionsError):
    """The pages of a listing do not end: the service sent a token a second time, or too many pages.

    Attributes:
        operation: The operation.
        token: The last token.
        pages: The number of pages received.
    """

    def __init__(self, operation: str, token: str, *, pages: int) -> None:
        self.operation = operation
        self.token = token
        self.pages = pages
        super().__init__(
            f"the pages of {operation} do not end: after {pages:,} pages the service sent the token "
            f"'{printable(token, 80)}' again, or still more pages. The items so far are complete up to there. Start "
            "over, and report it to AWS Support if it happens again"
        )


class ManifestIssue(Protocol):
    """An issue of a manifest line. `rekog_versions.manifests.Issue` is the class that has these fields."""

    @property
    def code(self) -> str:
        """The service's code, such as `ERROR_INVALID_BOUNDING_BOX`."""
        ...

    @property
    def message(self) -> str:
        """The service's message for the code."""
        ...

    @property
    def place(self) -> tuple[str | int, ...]:
        """The path to the affected part of the line; empty if the issue concerns the image."""
        ...

    @property
    def fix(self) -> str:
        """The next step to fix the issue."""
        ...


class ManifestError(RekogVersionsError, ValueError):
    """A manifest cannot be read, or a line must not be written because the service would reject it.

    Attributes:
        issues: The problems of the line; empty if no code describes them.
    """

    def __init__(self, message: str, *, issues: Iterable[ManifestIssue] = ()) -> None:
        self.issues = tuple(issues)
        super().__init__(message)


class EvaluationError(RekogVersionsError, ValueError):
    """A version has no evaluation, or its files cannot be read as one."""


class VersionConflictError(RekogVersionsError):
    """A version has the name of a request but was not created from it. Nothing was started.

    Attributes:
        request: The request.
        description: The version that has the name.
        differences: The differences between the version and the request.
    """

    def __init__(
        self,
        request: models.CreateProjectVersionRequest,
        description: models.ProjectVersionDescription,
        differences: tuple[str, ...],
    ) -> None:
        self.request = request
        self.description = description
        self.differences = differences
        super().__init__(
            f"the project {request.project_arn} already has a version {request.version_name!r} that differs from this "
            f"request: {printable('; '.join(differences))}. It is "
            f"{printable(str(description.project_version_arn))}, status {printable(str(description.status))}. "
            "Nothing was started. Choose another version_name, or delete that version"
        )


class HostingError(RekogVersionsError):
    """The base class of errors about running models.

    Attributes:
        version_arn: The model's version.
    """

    def __init__(self, message: str, *, version_arn: ProjectVersionArn) -> None:
        self.version_arn = version_arn
        super().__init__(message)


class ModelStillRunningError(HostingError):
    """A model could not be stopped. It may be running, and is billed until it is stopped.

    Attributes:
        command: The shell command that stops it.
    """

    def __init__(self, message: str, *, version_arn: ProjectVersionArn, command: str) -> None:
        self.command = command
        super().__init__(message, version_arn=version_arn)


class ModelStoppedError(HostingError):
    """The model was stopped: its limit was reached, or its `with` block ended."""


class WaitError(RekogVersionsError):
    """A wait ended before its target was reached.

    Attributes:
        version_arn: The version; None if only its name is known, or for a dataset.
        version: The version for a reader: its ARN, or its name and project. For a dataset, its ARN.
        description: The last description of the version; None if no poll found it.
        dataset_arn: The dataset, if the wait was for one.
        dataset: The last description of the dataset.
        elapsed: Seconds since the wait began.
    """

    def __init__(
        self,
        message: str,
        *,
        version: str,
        version_arn: ProjectVersionArn | None = None,
        description: models.ProjectVersionDescription | None = None,
        dataset_arn: DatasetArn | None = None,
        dataset: models.DatasetDescription | None = None,
        elapsed: float = 0.0,
    ) -> None:
        self.version = version
        self.version_arn = version_arn
        self.description = description
        self.dataset_arn = dataset_arn
        self.dataset = dataset
        self.elapsed = elapsed
        super().__init__(message)

    @property
    def status_message(self) -> str | None:
        """The service's last status message, unchanged. It is the reason if something failed."""
        last = self.description or self.dataset
        return last.status_message if last else None


class TrainingFailedError(WaitError):
    """The training failed.

    The service's reason is in the message and in `status_message`. If the service could read the manifest files, it
    wrote their errors to S3; `manifest_summary` and `validation_manifests` are the locations.
    """

    @property
    def manifest_summary(self) -> models.DescribedS3Object | None:
        """The file that summarizes the errors of the manifests."""
        return _manifest_summary(self.description)

    @property
    def validation_manifests(self) -> list[models.DescribedS3Object]:
        """The manifests with the errors of each line; training first, then testing."""
        return _validation_manifests(self.description)


class StartFailedError(WaitError):
    """The start of a model failed; the service's reason, if there is one, is in `status_message`."""


class CopyFailedError(WaitError):
    """The service could not copy the version; its reason, if there is one, is in `status_message`."""


class DatasetFailedError(WaitError):
    """The creation or update of a dataset failed; the service's reason is in `status_message`."""

    @property
    def status_message_code(self) -> models.DatasetStatusMessageCode | None:
        """CLIENT_ERROR or SERVICE_ERROR."""
        return self.dataset.status_message_code if self.dataset else None


class UnreachableStatusError(WaitError):
    """The version or dataset has a status from which the target of the wait cannot be reached."""


class VersionNotFoundError(WaitError):
    """The version or its project does not exist."""


class WaitTimeoutError(WaitError):
    """The wait timed out. The operation continues; trainings, starts and stops are billed meanwhile."""


def files_with_errors(description: models.ProjectVersionDescription | None) -> list[models.DescribedS3Object]:
    """Return the files with the errors of the manifests: the summary, then the validation manifests."""
    summary = _manifest_summary(description)
    return [*([summary] if summary else []), *_validation_manifests(description)]


def _manifest_summary(description: models.ProjectVersionDescription | None) -> models.DescribedS3Object | None:
    summary = description.manifest_summary if description else None
    return summary.s3_object if summary else None


def _validation_manifests(description: models.ProjectVersionDescription | None) -> list[models.DescribedS3Object]:
    results = (description.training_data_result, description.testing_data_result) if description else ()
    validations = [result.validation for result in results if result and result.validation]
    assets = [asset for validation in validations for asset in validation.assets or ()]
    return [asset.s3_object for asset in assets if asset.s3_object]
