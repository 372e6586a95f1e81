"""The errors, and how botocore's become ours.

    RekogVersionsError
    ├── ServiceError                               the service refused; also a botocore ClientError
    │   ├── AccessDeniedError
    │   ├── InternalServerError
    │   ├── InvalidPaginationTokenError
    │   ├── InvalidParameterError
    │   ├── LimitExceededError
    │   ├── ProvisionedThroughputExceededError
    │   ├── ResourceInUseError
    │   ├── ResourceNotFoundError
    │   ├── ServiceQuotaExceededError
    │   └── ThrottlingError
    ├── ResponseError                              the service answered what can't be read
    ├── PaginationError                            the pages don't end
    ├── ManifestError                              a manifest can't be read or must not be written (a ValueError too)
    ├── EvaluationError                            evaluation files can't be read (a ValueError too)
    ├── HostingError                               of models that run
    │   ├── ModelStillRunningError                 it could not be stopped, and is billed
    │   └── ModelStoppedError                      it is used no more: a limit was reached, or it was left
    └── WaitError                                  a wait ended without what was waited for
        ├── TrainingFailedError
        ├── StartFailedError
        ├── CopyFailedError
        ├── UnreachableStatusError
        ├── VersionNotFoundError                   get_project_version() raises it too
        └── WaitTimeoutError

A request that breaks a rule raises `pydantic.ValidationError` (a `ValueError`) before anything is sent. botocore's own
`BotoCoreError`s (no connection, no credentials) pass through. `except ClientError` catches every `ServiceError`.

All of these keep class, fields and notes through pickle.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models.assets import DescribedS3Object
from rekog_versions.models.versions import ProjectVersionDescription


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


class InternalServerError(ServiceError):
    """The service had a problem; the same call may go through later."""

    service_code = "InternalServerError"


class InvalidPaginationTokenError(ServiceError):
    """The token is none that the service gave for this call."""

    service_code = "InvalidPaginationTokenException"


class InvalidParameterError(ServiceError):
    """The service does not accept a value, or values together."""

    service_code = "InvalidParameterException"


class LimitExceededError(ServiceError):
    """A limit of the account is reached: trainings at a time, versions in a project, projects."""

    service_code = "LimitExceededException"


class ProvisionedThroughputExceededError(ServiceError):
    """More calls than the account may make."""

    service_code = "ProvisionedThroughputExceededException"


class ResourceInUseError(ServiceError):
    """The name is taken, or the resource is busy."""

    service_code = "ResourceInUseException"


class ResourceNotFoundError(ServiceError):
    """There is no such project or version in this account and region."""

    service_code = "ResourceNotFoundException"


class ServiceQuotaExceededError(ServiceError):
    """A quota of the account is used up."""

    service_code = "ServiceQuotaExceededException"


class ThrottlingError(ServiceError):
    """Too many calls at once; the service allows 5 a second for each operation but detection."""

    service_code = "ThrottlingException"


_BY_CODE: Mapping[str, type[ServiceError]] = {kind.service_code: kind for kind in ServiceError.__subclasses__()}

_ADVICE: Mapping[tuple[str, str], str] = {
    ("CreateProjectVersion", "ResourceInUseException"): (
        "The project has a version of that name. Choose another version_name, or wait for the one that is there with "
        "wait_until_trained((project_arn, version_name))."
    ),
    ("CreateProjectVersion", "LimitExceededException"): (
        "An account may run 2 trainings at a time in a region (Service Quotas L-F1558568; fewer in some regions) and "
        "keep 100 versions in a project (L-9CF05323). Wait for a training to end, delete versions, or have the quota "
        "raised. Nothing was started."
    ),
    ("StartProjectVersion", "ResourceInUseException"): (
        "A model can be started once it is trained or copied, or when it is STOPPED or FAILED. If it is STARTING "
        "or RUNNING already, wait_until_running(version) waits for it; if it is STOPPING, "
        "wait_until_stopped(version) comes first."
    ),
    ("StartProjectVersion", "LimitExceededException"): (
        "An account may run 2 models at a time in a region (Service Quotas L-5E225387), with 5 inference units each "
        "(L-4FA65ECB). Stop a model, or have the quota raised. Nothing was started."
    ),
    ("StopProjectVersion", "ResourceInUseException"): (
        "Only a model that is RUNNING can be stopped. If it is STARTING, wait_until_running(version) comes first; it "
        "is billed until it is stopped."
    ),
    ("DeleteProjectVersion", "ResourceInUseException"): (
        "A version that trains, is copied or runs can't be deleted: wait for it, or stop_project_version(version) and "
        "wait_until_stopped(version) first."
    ),
    ("CopyProjectVersion", "ResourceInUseException"): (
        "Either the destination project has a version of that name, or the source version has no finished model."
    ),
    ("CopyProjectVersion", "AccessDeniedException"): (
        "The caller needs rekognition:CopyProjectVersion on the source and the destination; where the source is in "
        "another account, its project needs a policy that allows it (put_project_policy)."
    ),
    ("CopyProjectVersion", "LimitExceededException"): (
        "An account may make a limited number of copies at a time (Service Quotas L-B3EE7891) and keep 100 versions in "
        "a project (L-9CF05323). Wait for a copy to end, delete versions, or have the quota raised. Nothing was "
        "started."
    ),
    ("CreateProject", "ResourceInUseException"): (
        "There is a project of that name in this account and region: describe_projects(project_names=[...]) finds it."
    ),
    ("CreateProject", "LimitExceededException"): (
        "An account may have 100 projects in a region (Service Quotas L-14D0BC19). Delete some, or have it raised."
    ),
    ("DeleteProject", "ResourceInUseException"): (
        "Only a project without versions and datasets can be deleted: delete those first."
    ),
}
_ADVICE_ANYWHERE: Mapping[str, str] = {
    "AccessDeniedException": "The caller needs a policy that allows rekognition:{operation} on this resource.",
    "ResourceNotFoundException": "Check the ARN, and that the client calls its account and region.",
    "ExpiredTokenException": "The credentials have expired: renew them and make a new client.",
}


def _advice(code: str, error: ServiceError) -> str | None:
    text = _ADVICE.get((error.operation, code)) or _ADVICE_ANYWHERE.get(code)
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
    """A manifest can't be read at all, or a line must not be written because the service would refuse it."""


class EvaluationError(RekogVersionsError, ValueError):
    """A version has no evaluation, or its files can't be read as one."""


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
        version_arn: The version; None where only its name is known.
        version: The version for a reader: its ARN, or its name and project.
        description: What the service said last; None if it never said anything.
        elapsed: Seconds since the wait began.
    """

    def __init__(
        self,
        message: str,
        *,
        version: str,
        version_arn: ProjectVersionArn | None = None,
        description: ProjectVersionDescription | None = None,
        elapsed: float = 0.0,
    ) -> None:
        self.version = version
        self.version_arn = version_arn
        self.description = description
        self.elapsed = elapsed
        super().__init__(message)

    @property
    def status_message(self) -> str | None:
        """What the service said of the status last, as it came: the reason, where something failed."""
        return self.description.status_message if self.description else None


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
    """The version has a status from which what was waited for can't be reached."""


class VersionNotFoundError(WaitError):
    """There is no such version, or its project is gone."""


class WaitTimeoutError(WaitError):
    """The time was up. What was waited for goes on without us, and is billed."""


def noted(error: BaseException, note: str) -> BaseException:
    """Adds a note to an error, once."""
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)
    return error
