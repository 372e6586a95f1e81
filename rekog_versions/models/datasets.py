"""Datasets, as far as a project's description shows them."""

from rekog_versions.arns import DatasetArn
from rekog_versions.models._base import Answer, Timestamp
from rekog_versions.statuses import DatasetStatus, OpenStrEnum


class DatasetType(OpenStrEnum):
    """What a dataset is for."""

    TRAIN = "TRAIN"
    TEST = "TEST"


class DatasetStatusMessageCode(OpenStrEnum):
    """Whose fault a dataset's status is."""

    SUCCESS = "SUCCESS"
    SERVICE_ERROR = "SERVICE_ERROR"
    CLIENT_ERROR = "CLIENT_ERROR"


class DatasetMetadata(Answer):
    """A dataset of a project, in short."""

    creation_timestamp: Timestamp | None = None
    dataset_type: DatasetType | None = None
    dataset_arn: DatasetArn | None = None
    status: DatasetStatus | None = None
    status_message: str | None = None
    status_message_code: DatasetStatusMessageCode | None = None
