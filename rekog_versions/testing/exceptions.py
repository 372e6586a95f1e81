"""The error responses of the service. The name of each class is the error code that the service model declares.

boto3 raises the modelled class of each code, as in `client.exceptions.ResourceInUseException`, so the codes must be
exact. The classes are defined here because moto does not serialize a bare `ServiceException`, nor those of its own
services.
"""

# ruff: noqa: N818 - the names are the service's

import json
from typing import Any
from uuid import uuid4

from moto.core.exceptions import ServiceException


class CustomLabelsError(ServiceException):
    """An error response of the emulated service."""

    http_status = 400
    """The HTTP status. The service responds to invalid requests with 400."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = cls.__name__


class AccessDeniedException(CustomLabelsError):
    """The caller is not allowed to do this."""


class ImageTooLargeException(CustomLabelsError):
    """The image has too many bytes or pixels."""


class InternalServerError(CustomLabelsError):
    """The emulation cannot continue because its settings are malformed."""

    http_status = 500


class InvalidImageFormatException(CustomLabelsError):
    """The image is neither PNG nor JPEG."""


class InvalidPaginationTokenException(CustomLabelsError):
    """The token is malformed, or belongs to another list."""


class InvalidParameterException(CustomLabelsError):
    """Parameters contradict each other, or a value does not fit the resource."""


class InvalidPolicyRevisionIdException(CustomLabelsError):
    """The policy has another revision, or does not exist."""


class InvalidS3ObjectException(CustomLabelsError):
    """An S3 object that the request names cannot be read."""

    message = "Unable to get object metadata from S3. Check object key, region and/or access permissions."


class LimitExceededException(CustomLabelsError):
    """A quota of the account is used up."""


class MalformedPolicyDocumentException(CustomLabelsError):
    """The policy document is invalid."""


class ProvisionedThroughputExceededException(CustomLabelsError):
    """The inference units of the model are busy."""

    message = "Provisioned throughput exceeded for the project version. Reduce the rate of requests."


class ResourceAlreadyExistsException(CustomLabelsError):
    """The resource to create exists already."""


class ResourceInUseException(CustomLabelsError):
    """The name is taken, or the resource to delete is still needed."""


class ResourceNotFoundException(CustomLabelsError):
    """A resource that the request names does not exist."""


class ResourceNotReadyException(CustomLabelsError):
    """A resource that the request names is in the wrong status."""


class ServiceQuotaExceededException(CustomLabelsError):
    """The resource has as many tags or policies as are allowed."""


class ThrottlingException(CustomLabelsError):
    """The account makes too many calls."""

    http_status = 500
    message = "Rate exceeded"


class ValidationException(CustomLabelsError):
    """A value breaks a constraint of the service model, which does not declare this exception."""


class SerializationException(CustomLabelsError):
    """The body cannot be decoded. This is an error of the protocol, which the service model does not declare."""


class InvalidSignatureException(CustomLabelsError):
    """The request is signed for a region that does not exist. The service model does not declare this exception."""


class UnknownOperationException(CustomLabelsError):
    """The operation is not emulated. The service model does not declare this exception."""


def error_response(error: CustomLabelsError) -> tuple[int, dict[str, Any], str]:
    """Return the HTTP status, the headers and the body of an error response, with all members of the service."""
    members = {"__type": error.code, "Code": error.code, "Logref": str(uuid4()), "Message": str(error.message)}
    headers = {"Content-Type": "application/x-amz-json-1.1", "status": error.http_status}
    return error.http_status, headers, json.dumps(members)
