"""AsyncVersionsClient: the driver for asyncio, over a boto3 client that is run in threads.

The same methods as `VersionsClient`, as coroutines and async iterators; a test compares the signatures.
"""

from rekog_versions.client._async.datasets import AsyncDatasets
from rekog_versions.client._async.detection import AsyncDetection
from rekog_versions.client._async.lifecycle import AsyncLifecycle
from rekog_versions.client._async.policies import AsyncPolicies
from rekog_versions.client._async.projects import AsyncProjects
from rekog_versions.client._async.tags import AsyncTags
from rekog_versions.client._async.versions import AsyncVersions


class AsyncVersionsClient(
    AsyncVersions, AsyncLifecycle, AsyncDetection, AsyncProjects, AsyncDatasets, AsyncPolicies, AsyncTags
):
    """The model versions of Amazon Rekognition Custom Labels, for asyncio.

    Methods bear the service's names. Each call of boto3 runs in a thread of the loop's default executor, so a cancelled
    call goes on there: the `CancelledError` of a create, a copy, a start, a stop or a deletion carries a note that says
    what may have become of it.

    Args:
        rekognition: boto3's client for rekognition. `connect()` makes one with sound settings.
        session: What clients for other services are made of when they are needed.
        s3: The client for S3, if it is not to be made of the session.
        sleep: How to pause, in seconds; a coroutine function.
        clock: Monotonic seconds.
    """
