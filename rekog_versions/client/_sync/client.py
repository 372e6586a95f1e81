# Generated from rekog_versions/client/_async/client.py. Change that file, then run scripts/unasync.py.
"""`VersionsClient`, composed of one module per subject."""

from rekog_versions._aws.given_clients import HOW_TO_CREATE
from rekog_versions._keywords import explains_arguments
from rekog_versions.client._sync.datasets import Datasets
from rekog_versions.client._sync.detection import Detection
from rekog_versions.client._sync.lifecycle import Lifecycle
from rekog_versions.client._sync.policies import Policies
from rekog_versions.client._sync.projects import Projects
from rekog_versions.client._sync.tags import Tags
from rekog_versions.client._sync.versions import Versions


@explains_arguments(HOW_TO_CREATE)
class VersionsClient(Versions, Lifecycle, Detection, Projects, Datasets, Policies, Tags):
    """A client for the model versions of Amazon Rekognition Custom Labels.

    Its methods have the names of the service's operations. They can be called from several threads.
    If a create, copy, start, stop or deletion is interrupted, a note on the exception says what may have
    happened.

    Args:
        rekognition: A boto3 client for Rekognition; `connect()` creates one with suitable settings.
        session: The session from which clients for other services are created when they are needed.
        s3: A boto3 client for S3; by default, one is created from the session.
        sleep: The function that pauses for a number of seconds.
        clock: The function that returns monotonic seconds.
    """
