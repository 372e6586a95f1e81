"""The check that a feature's first argument is one of the two clients."""

from rekog_versions.client._async.client import AsyncVersionsClient
from rekog_versions.client._sync.client import VersionsClient


def check_client(client: object) -> None:
    """Refuses what is neither of the two clients, for features that take one.

    Raises:
        TypeError: It is not; the message says how to make one.
    """
    if not isinstance(client, VersionsClient | AsyncVersionsClient):
        raise TypeError(
            f"client must be a VersionsClient or an AsyncVersionsClient, not {type(client).__name__}; "
            "VersionsClient(boto3.client('rekognition')) makes one"
        )
