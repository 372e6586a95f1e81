"""Checks that a client that a caller passes in is one for the expected service."""

from rekog_versions._aws import operations
from rekog_versions._aws.operations import Operation
from rekog_versions._text import printable

HOW_TO_CREATE = (
    "Write VersionsClient(boto3.client('rekognition')), or create both with "
    "VersionsClient.connect(region_name='us-east-1') or VersionsClient.connect(session=session)"
)
_SHARED = frozenset({"tag_resource", "untag_resource", "list_tags_for_resource"})
"""Methods that clients of other services have too."""
_METHODS = frozenset(value.method for value in vars(operations).values() if isinstance(value, Operation)) - _SHARED


def service_of(client: object) -> str | None:
    """Return the name of the service of a boto3 client, such as `s3`; None for anything else."""
    model = getattr(getattr(client, "meta", None), "service_model", None)
    name = getattr(model, "service_name", None)
    return name if isinstance(name, str) else None


def check_rekognition(client: object) -> None:
    """Check that `client` is a boto3 client for Rekognition, or a fake with at least one of its methods.

    Raises:
        TypeError: It is something else; the message says how to create a client.
    """
    service = service_of(client)
    if service == "rekognition":
        return
    if service is not None or isinstance(client, type) or not any(hasattr(client, method) for method in _METHODS):
        raise TypeError(f"rekognition must be a boto3 client for Rekognition, got {_kind(client)}. {HOW_TO_CREATE}")


def check_s3(client: object) -> None:
    """Check that `client` is not a boto3 client for a service other than S3.

    Raises:
        TypeError: It is.
    """
    if service_of(client) not in (None, "s3"):
        raise TypeError(f"s3 must be a boto3 client for S3, got {_kind(client)}. Write s3=boto3.client('s3')")


def check_session(session: object) -> None:
    """Check that `session` is a boto3 session, or a fake with its method `client`.

    Raises:
        TypeError: It is something else.
    """
    if session is not None and not callable(getattr(session, "client", None)):
        raise TypeError(
            f"session must be a boto3.Session, got {_kind(session)}. Write session=boto3.Session(region_name=...)"
        )


def _kind(value: object) -> str:
    service = service_of(value)
    if service is not None:
        return f"a client for {printable(service, 40)}"
    if isinstance(value, str):
        return f"the string '{printable(value, 40)}'"
    return f"the class {value.__name__}" if isinstance(value, type) else f"a value of type {type(value).__name__}"
