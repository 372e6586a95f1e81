"""`AsyncVersionsClient`, composed of one module per subject."""

from rekog_versions._aws.given_clients import HOW_TO_CREATE
from rekog_versions._keywords import explains_arguments
from rekog_versions.client._async.datasets import AsyncDatasets
from rekog_versions.client._async.detection import AsyncDetection
from rekog_versions.client._async.lifecycle import AsyncLifecycle
from rekog_versions.client._async.policies import AsyncPolicies
from rekog_versions.client._async.projects import AsyncProjects
from rekog_versions.client._async.tags import AsyncTags
from rekog_versions.client._async.versions import AsyncVersions


@explains_arguments(HOW_TO_CREATE)
class AsyncVersionsClient(
    AsyncVersions, AsyncLifecycle, AsyncDetection, AsyncProjects, AsyncDatasets, AsyncPolicies, AsyncTags
):
    """A client for the model versions of Amazon Rekognition Custom Labels, for asyncio.

    Its methods have the names of the service's operations. Each call runs in a thread, where it continues if it is
    cancelled. If a create, copy, start, stop or deletion is interrupted, a note on the exception says what may have
    happened.

    Args:
        rekognition: A boto3 client for Rekognition; `connect()` creates one with suitable settings.
        session: The session from which clients for other services are created when they are needed.
        s3: A boto3 client for S3; by default, one is created from the session.
        sleep: The function that pauses for a number of seconds.
        clock: The function that returns monotonic seconds.
        max_workers: The most threads for calls of a boto3 client.
    """
