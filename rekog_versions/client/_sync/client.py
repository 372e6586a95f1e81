"""VersionsClient: the driver for boto3. The service's operations and the waits, a module a subject, nothing more."""

from rekog_versions.client._sync.datasets import Datasets
from rekog_versions.client._sync.detection import Detection
from rekog_versions.client._sync.lifecycle import Lifecycle
from rekog_versions.client._sync.policies import Policies
from rekog_versions.client._sync.projects import Projects
from rekog_versions.client._sync.tags import Tags
from rekog_versions.client._sync.versions import Versions


class VersionsClient(Versions, Lifecycle, Detection, Projects, Datasets, Policies, Tags):
    """The model versions of Amazon Rekognition Custom Labels, through a boto3 client.

    Methods bear the service's names. They may be called from several threads, as boto3's clients may.

    Args:
        rekognition: boto3's client for rekognition. `connect()` makes one with sound settings.
        session: What clients for other services are made of when they are needed.
        s3: The client for S3, if it is not to be made of the session.
        sleep: How to pause, in seconds.
        clock: Monotonic seconds.
    """
