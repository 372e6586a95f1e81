"""The errors, and how botocore's become ours.

    RekogVersionsError
    ├── ServiceError                               the service refused; also a botocore ClientError
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
    │   ├── ResourceAlreadyExistsError
    │   ├── ResourceInUseError
    │   ├── ResourceNotFoundError
    │   ├── ResourceNotReadyError
    │   ├── ServiceQuotaExceededError
    │   └── ThrottlingError
    ├── ResponseError                              the service answered what can't be read
    ├── PaginationError                            the pages don't end
    ├── ManifestError                              a manifest can't be read or must not be written (a ValueError too)
    ├── EvaluationError                            evaluation files can't be read (a ValueError too)
    ├── VersionConflictError                       submit_all(): another version has the name that a request wants
    ├── HostingError                               of models that run
    │   ├── ModelStillRunningError                 it could not be stopped, and is billed
    │   └── ModelStoppedError                      it is used no more: a limit was reached, or it was left
    └── WaitError                                  a wait ended without what was waited for
        ├── TrainingFailedError
        ├── StartFailedError
        ├── CopyFailedError
        ├── DatasetFailedError
        ├── UnreachableStatusError
        ├── VersionNotFoundError                   get_project_version() raises it too
        └── WaitTimeoutError

A request that breaks a rule raises `pydantic.ValidationError` (a `ValueError`) before anything is sent. botocore's own
`BotoCoreError`s (no connection, no credentials) pass through. `except ClientError` catches every `ServiceError`.

`hosting.StopAllError` stands with the report that it carries. All of these keep class, fields and notes through pickle.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from botocore.exceptions import ClientError

from rekog_versions._advice import ANYWHERE, BY_OPERATION
from rekog_versions._text import printable
from rekog_versions.arns import DatasetArn, ProjectVersionArn
from rekog_versions.models.assets import DescribedS3Object
from rekog_versions.models.datasets import DatasetDescription, DatasetStatusMessageCode
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription

if TYPE_CHECKING:
    from rekog_versions.manifests.issues import Issue


class RekogVersionsError(Exception):
    """The base of all errors of this package."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[RekogVersionsError], args: tuple[Any, ...], fields: dict[str, Any]) -> RekogVersionsError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(fields)
    return error


class ServiceError(RekogVersionsError, ClientError):
    """The service refused a call.

    Attributes:
        response: The whole answer, as botocore gives it.
        operation_name: The operation, such as `CreateProjectVersion`.
    """

    service_code: ClassVar[str] = ""
    """The code that the service gives this error; empty for codes that have no class of their own."""

    @classmethod
    def of(cls, error: ClientError) -> "ServiceError":
        """Makes ours of botocore's, with a note on what to do next where there is something to say."""
        response: Any = error.response
        code = str(response.get("Error", {}).get("Code", ""))
        made = _BY_CODE.get(code, ServiceError)(response, error.operation_name)
        advice = _advice(code, made)
        if advice:
            made.add_note(advice)
        return made

    @property
    def code(self) -> str:
        """The service's code, such as `ResourceInUseException`."""
        return str(self._error.get("Code", "Unknown"))

    @property
    def message(self) -> str:
        """What the service said; its text as it came."""
        return str(self._error.get("Message", ""))

    @property
    def operation(self) -> str:
        """The operation, such as `CreateProjectVersion`."""
        return str(self.operation_name)

    @property
    def request_id(self) -> str | None:
        """The id to give to AWS support."""
        found = self._metadata.get("RequestId")
        return None if found is None else str(found)

    @property
    def status_code(self) -> int | None:
        """The HTTP status."""
        found = self._metadata.get("HTTPStatusCode")
        return found if isinstance(found, int) else None

    @property
    def _error(self) -> Mapping[str, Any]:
        response: Any = self.response
        return response.get("Error", {})  # type: ignore[no-any-return]

    @property
    def _metadata(self) -> Mapping[str, Any]:
        response: Any = self.response
        return response.get("ResponseMetadata", {})  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return printable(super().__str__())


class AccessDeniedError(ServiceError):
    """The caller may not do this."""

    service_code = "AccessDeniedException"


class ImageTooLargeError(ServiceError):
    """The image has more bytes than the service takes."""

    service_code = "ImageTooLargeException"


class InternalServerError(ServiceError):
    """The service had a problem; the same call may go through later."""

    service_code = "InternalServerError"


class InvalidImageFormatError(ServiceError):
    """The image is neither PNG nor JPEG, or can't be read."""

    service_code = "InvalidImageFormatException"


class InvalidPaginationTokenError(ServiceError):
    """The token is none that the service gave for this call."""

    service_code = "InvalidPaginationTokenException"


class InvalidParameterError(ServiceError):
    """The service does not accept a value, or values together."""

    service_code = "InvalidParameterException"


class InvalidPolicyRevisionIdError(ServiceError):
    """The project's policy has another revision, or there is no such policy."""

    service_code = "InvalidPolicyRevisionIdException"


class InvalidS3ObjectError(ServiceError):
    """The service can't read the object in S3."""

    service_code = "InvalidS3ObjectException"


class LimitExceededError(ServiceError):
    """A limit of the account is reached: trainings or running models at a time, versions in a project, projects."""

    service_code = "LimitExceededException"


class MalformedPolicyDocumentError(ServiceError):
    """The policy's document is none that the service understands."""

    service_code = "MalformedPolicyDocumentException"


class ProvisionedThroughputExceededError(ServiceError):
    """More calls than the account may make."""

    service_code = "ProvisionedThroughputExceededException"


class ResourceAlreadyExistsError(ServiceError):
    """The project has such a dataset or such a policy already."""

    service_code = "ResourceAlreadyExistsException"


class ResourceInUseError(ServiceError):
    """The name is taken, or the resource is busy."""

    service_code = "ResourceInUseException"


class ResourceNotFoundError(ServiceError):
    """There is no such project, version or dataset in this account and region."""

    service_code = "ResourceNotFoundException"


class ResourceNotReadyError(ServiceError):
    """The model does not run, or the dataset is not ready."""

    service_code = "ResourceNotReadyException"


class ServiceQuotaExceededError(ServiceError):
    """A quota of the account is used up."""

    service_code = "ServiceQuotaExceededException"


class ThrottlingError(ServiceError):
    """Too many calls at once; the service allows 5 a second for each operation but detection."""

    service_code = "ThrottlingException"


_BY_CODE: Mapping[str, type[ServiceError]] = {kind.service_code: kind for kind in ServiceError.__subclasses__()}


def _advice(code: str, error: ServiceError) -> str | None:
    text = BY_OPERATION.get((error.operation, code)) or ANYWHERE.get(code)
    return text and text.replace("{operation}", error.operation)


class ResponseError(RekogVersionsError):
    """The service answered something that can't be read as the answer of this operation.

    Attributes:
        operation: The operation.
        response: The answer as it came; None where botocore itself could not read it.
        request_id: The id that the service gave the call; None where it is not sure that the service answered.
    """

    def __init__(self, operation: str, response: object, why: str, *, request_id: str | None = None) -> None:
        self.operation = operation
        self.response = response
        self.request_id = request_id
        super().__init__(f"the answer of {operation} can't be read: {why}. It was: {printable(response, 500)}")


class PaginationError(RekogVersionsError):
    """The service gave a page token a second time, so its pages would never end.

    Attributes:
        operation: The operation.
        token: The token that came again.
    """

    def __init__(self, operation: str, token: str) -> None:
        self.operation = operation
        self.token = token
        super().__init__(
            f"{operation} gave the page token '{printable(token, 80)}' a second time: its pages would never end. "
            "What came before is complete up to there; start over, and tell AWS if it happens again"
        )


class ManifestError(RekogVersionsError, ValueError):
    """A manifest can't be read at all, or a line must not be written because the service would refuse it.

    Attributes:
        issues: What is wrong with the line by the service's codes; empty where no code of a line says it.
    """

    def __init__(self, message: str, *, issues: "Iterable[Issue]" = ()) -> None:
        self.issues = tuple(issues)
        super().__init__(message)


class EvaluationError(RekogVersionsError, ValueError):
    """A version has no evaluation, or its files can't be read as one."""


class VersionConflictError(RekogVersionsError):
    """The name of a request is taken by a version that was not made of it; nothing was started.

    Attributes:
        request: What was to be trained.
        description: The version that has the name.
        differences: What is different, in words.
    """

    def __init__(
        self,
        request: CreateProjectVersionRequest,
        description: ProjectVersionDescription,
        differences: tuple[str, ...],
    ) -> None:
        self.request = request
        self.description = description
        self.differences = differences
        super().__init__(
            f"the project {request.project_arn} has a version {request.version_name!r} already, and it was not made of "
            f"this request: {printable('; '.join(differences))}. It is "
            f"{printable(str(description.project_version_arn))}, status {printable(str(description.status))}. "
            "Nothing was started: choose another version_name, or delete that version"
        )


class HostingError(RekogVersionsError):
    """Something about a model that runs.

    Attributes:
        version_arn: Its version.
    """

    def __init__(self, message: str, *, version_arn: ProjectVersionArn) -> None:
        self.version_arn = version_arn
        super().__init__(message)


class ModelStillRunningError(HostingError):
    """A model could not be stopped: it may run on, and is billed until somebody stops it.

    Attributes:
        command: What stops it by hand, for a shell.
    """

    def __init__(self, message: str, *, version_arn: ProjectVersionArn, command: str) -> None:
        self.command = command
        super().__init__(message, version_arn=version_arn)


class ModelStoppedError(HostingError):
    """A model is not to be used any more: its limit was reached, or the `with` statement that it was for has ended."""


class WaitError(RekogVersionsError):
    """A wait ended without what was waited for.

    Attributes:
        version_arn: The version; None where only its name is known, or where a dataset was waited for.
        version: The version for a reader: its ARN, or its name and project; of a dataset, its ARN.
        description: What the service said of the version last; None if it never said anything.
        dataset_arn: The dataset, where one was waited for.
        dataset: What the service said of the dataset last.
        elapsed: Seconds since the wait began.
    """

    def __init__(
        self,
        message: str,
        *,
        version: str,
        version_arn: ProjectVersionArn | None = None,
        description: ProjectVersionDescription | None = None,
        dataset_arn: DatasetArn | None = None,
        dataset: DatasetDescription | None = None,
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
        """What the service said of the status last, as it came: the reason, where something failed."""
        said = self.description or self.dataset
        return said.status_message if said else None


class TrainingFailedError(WaitError):
    """The training failed.

    The service's reason is in the message and in `status_message`. Where it could read the manifest files at all, it
    wrote what was wrong with them to S3: `manifest_summary` and `validation_manifests` say where.
    """

    @property
    def manifest_summary(self) -> DescribedS3Object | None:
        """The file that sums up the manifests' errors."""
        return _manifest_summary(self.description)

    @property
    def validation_manifests(self) -> list[DescribedS3Object]:
        """The manifests in which the errors stand beside the lines, training before testing."""
        return _validation_manifests(self.description)


class StartFailedError(WaitError):
    """The model was to run, and the service says FAILED; its reason, if it gives one, is in `status_message`."""


class CopyFailedError(WaitError):
    """The service could not copy the version; its reason, if it gives one, is in `status_message`."""


class DatasetFailedError(WaitError):
    """The creation or the update of a dataset failed; the service's reason is in `status_message`."""

    @property
    def status_message_code(self) -> DatasetStatusMessageCode | None:
        """Whose fault it was: CLIENT_ERROR or SERVICE_ERROR."""
        return self.dataset.status_message_code if self.dataset else None


def files_with_errors(description: ProjectVersionDescription | None) -> list[DescribedS3Object]:
    """Where the service wrote what is wrong with the manifests: the summary, then the manifests with the errors."""
    summary = _manifest_summary(description)
    return [*([summary] if summary else []), *_validation_manifests(description)]


def _manifest_summary(description: ProjectVersionDescription | None) -> DescribedS3Object | None:
    summary = description.manifest_summary if description else None
    return summary.s3_object if summary else None


def _validation_manifests(description: ProjectVersionDescription | None) -> list[DescribedS3Object]:
    results = (description.training_data_result, description.testing_data_result) if description else ()
    validations = [result.validation for result in results if result and result.validation]
    assets = [asset for validation in validations for asset in validation.assets or ()]
    return [asset.s3_object for asset in assets if asset.s3_object]


class UnreachableStatusError(WaitError):
    """The version or dataset has a status from which what was waited for can't be reached."""


class VersionNotFoundError(WaitError):
    """There is no such version, or its project is gone."""


class WaitTimeoutError(WaitError):
    """The time was up. What was waited for goes on without us; trainings, starts and stops are billed meanwhile."""


def noted(error: BaseException, note: str) -> BaseException:
    """Adds a note to an error, once."""
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)
    return error
