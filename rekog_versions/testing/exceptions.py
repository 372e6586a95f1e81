"""The errors of the service, with the codes that its model declares.

boto3 makes the modelled class of each (`client.exceptions.ResourceInUseException`), so the codes must be exact. They
live in a module of ours because moto's serializer refuses a bare `ServiceException` and those of its own services.
"""

from moto.core.exceptions import JsonRESTError, ServiceException


class CustomLabelsError(ServiceException):
    """An error that the emulated service answers."""

    http_status = 400
    """The status line's code; the service answers its clients' mistakes with 400."""


class AccessDeniedException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """The caller may not do that."""

    code = "AccessDeniedException"


class InvalidParameterException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """A parameter violates a constraint, or parameters don't fit together."""

    code = "InvalidParameterException"


class InvalidPaginationTokenException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """A token is none, or was given out for another list."""

    code = "InvalidPaginationTokenException"


class InvalidPolicyRevisionIdException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """A policy has another revision, or there is none to update."""

    code = "InvalidPolicyRevisionIdException"


class InvalidS3ObjectException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """An S3 object that the request names can't be read."""

    code = "InvalidS3ObjectException"
    message = "Unable to get object metadata from S3. Check object key, region and/or access permissions."


class LimitExceededException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """A quota of the account is used up."""

    code = "LimitExceededException"


class MalformedPolicyDocumentException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """A policy document is none."""

    code = "MalformedPolicyDocumentException"


class ResourceAlreadyExistsException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """What is to be created is there already."""

    code = "ResourceAlreadyExistsException"


class ResourceInUseException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """The name is taken, or what is to be deleted is still needed."""

    code = "ResourceInUseException"


class ResourceNotFoundException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """What the request names isn't there."""

    code = "ResourceNotFoundException"


class ResourceNotReadyException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """What the request names is there, but not yet (or no longer) fit for it."""

    code = "ResourceNotReadyException"


class ServiceQuotaExceededException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """A collection, of tags or policies, is full."""

    code = "ServiceQuotaExceededException"


class InvalidImageFormatException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """A picture is neither PNG nor JPEG."""

    code = "InvalidImageFormatException"


class ImageTooLargeException(CustomLabelsError):  # noqa: N818 - the service's name for it
    """A picture has too many bytes or pixels."""

    code = "ImageTooLargeException"


class SerializationException(JsonRESTError):  # noqa: N818 - the protocol's name for it
    """The body can't be decoded: the protocol's error, which the service's model doesn't declare."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("SerializationException", message)


class InternalServerError(CustomLabelsError):
    """The emulation can't go on, because it was set up in a way that makes no sense."""

    code = "InternalServerError"
    http_status = 500
