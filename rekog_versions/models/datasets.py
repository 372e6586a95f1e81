"""The operations on datasets: what they take and what they answer."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from rekog_versions.arns import DatasetArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Answer, Request, Timestamp
from rekog_versions.models.assets import GroundTruthManifest, S3Object
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


class DatasetSource(Request):
    """What a dataset is made of: a manifest or another dataset, and not both."""

    ground_truth_manifest: GroundTruthManifest | None = None
    dataset_arn: c.DatasetArn | None = None

    @classmethod
    def from_manifest(cls, uri: str, *, version: str | None = None) -> Self:
        """Makes it of a manifest's URI, `s3://BUCKET/KEY`; the bucket must be in the account and region of the call.

        Raises:
            ValueError: The text is no S3 URI.
        """
        return cls(ground_truth_manifest=GroundTruthManifest(s3_object=S3Object.from_uri(uri, version=version)))

    @classmethod
    def from_dataset(cls, dataset_arn: str) -> Self:
        """Makes it of another dataset's ARN: its entries are copied.

        Raises:
            pydantic.ValidationError: That is no dataset's ARN.
        """
        return cls(dataset_arn=dataset_arn)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.ground_truth_manifest is None) == (self.dataset_arn is None):
            raise PydanticCustomError(
                "dataset_source",
                "give either ground_truth_manifest or dataset_arn; for an empty dataset, give no dataset_source at all",
            )
        return self


class CreateDatasetRequest(Request):
    """What CreateDataset takes. Without a source the dataset is made empty."""

    dataset_source: DatasetSource | None = None
    dataset_type: Annotated[DatasetType, c.Known]
    """TRAIN or TEST; a project has one of each at most."""
    project_arn: c.ProjectArn
    tags: c.TagMap | None = None


class CreateDatasetResponse(Answer):
    """What CreateDataset answers."""

    dataset_arn: DatasetArn | None = None


class DescribeDatasetRequest(Request):
    """What DescribeDataset takes."""

    dataset_arn: c.DatasetArn


class DatasetStats(Answer):
    """How many entries and labels a dataset has."""

    labeled_entries: int | None = None
    """The images with labels."""
    total_entries: int | None = None
    """The images."""
    total_labels: int | None = None
    """The different labels."""
    error_entries: int | None = None
    """The images with errors, which no training uses."""


class DatasetDescription(Answer):
    """All that the service says of a dataset."""

    creation_timestamp: Timestamp | None = None
    last_updated_timestamp: Timestamp | None = None
    status: DatasetStatus | None = None
    status_message: str | None = None
    """What came of the last creation or update; text of the service, not to be trusted with a terminal as it stands."""
    status_message_code: DatasetStatusMessageCode | None = None
    dataset_stats: DatasetStats | None = None


class DescribeDatasetResponse(Answer):
    """What DescribeDataset answers."""

    dataset_description: DatasetDescription | None = None


class ListDatasetEntriesRequest(Request):
    """What ListDatasetEntries takes. An entry is listed if it passes all filters."""

    dataset_arn: c.DatasetArn
    contains_labels: Annotated[list[c.DatasetLabel], Field(min_length=1, max_length=10)] | None = None
    """Entries with any of these labels; 1 to 10."""
    labeled: c.Boolean | None = None
    """Entries with labels, or those without."""
    source_ref_contains: c.QueryString | None = None
    """Entries whose image's URI contains this; 1 to 2,048 characters, not only spaces."""
    has_errors: c.Boolean | None = None
    """Entries with errors, or those without."""
    next_token: c.PaginationToken | None = None
    max_results: c.PageSize | None = None
    """1 to 100; the service's default is 100."""


class ListDatasetEntriesResponse(Answer):
    """What ListDatasetEntries answers: one page."""

    dataset_entries: list[str] | None = None
    """A line of JSON each, as in a manifest; with the errors that the service found in it."""
    next_token: str | None = None
    """There is more, unless it is None or empty."""


class ListDatasetLabelsRequest(Request):
    """What ListDatasetLabels takes."""

    dataset_arn: c.DatasetArn
    next_token: c.PaginationToken | None = None
    max_results: c.PageSize | None = None
    """1 to 100; the service's default is 100."""


class DatasetLabelStats(Answer):
    """How often a label stands in a dataset."""

    entry_count: int | None = None
    """The images with the label."""
    bounding_box_count: int | None = None
    """The images that have the label with boxes."""


class DatasetLabelDescription(Answer):
    """A label of a dataset."""

    label_name: str | None = None
    label_stats: DatasetLabelStats | None = None


class ListDatasetLabelsResponse(Answer):
    """What ListDatasetLabels answers: one page."""

    dataset_label_descriptions: list[DatasetLabelDescription] | None = None
    next_token: str | None = None
    """There is more, unless it is None or empty."""


class DatasetChanges(Request):
    """Lines of JSON to be added to a dataset, or to replace the entries of the same images."""

    ground_truth: c.GroundTruthBlob
    """1 to 5,242,880 bytes; in JSON documents as base64."""


class UpdateDatasetEntriesRequest(Request):
    """What one call of UpdateDatasetEntries takes."""

    dataset_arn: c.DatasetArn
    changes: DatasetChanges

    def to_wire(self) -> dict[str, Any]:
        """The keyword arguments of boto3's method, which encodes the bytes itself."""
        return {"DatasetArn": str(self.dataset_arn), "Changes": {"GroundTruth": self.changes.ground_truth}}


class UpdateDatasetEntriesResponse(Answer):
    """What UpdateDatasetEntries answers: nothing."""


class DistributeDataset(Request):
    """A dataset that is to be distributed, or to receive."""

    arn: c.DatasetArn


class DistributeDatasetEntriesRequest(Request):
    """What DistributeDatasetEntries takes: the training dataset and the empty test dataset of one project."""

    datasets: Annotated[list[DistributeDataset], Field(min_length=2, max_length=2)]


class DistributeDatasetEntriesResponse(Answer):
    """What DistributeDatasetEntries answers: nothing."""


class DeleteDatasetRequest(Request):
    """What DeleteDataset takes."""

    dataset_arn: c.DatasetArn


class DeleteDatasetResponse(Answer):
    """What DeleteDataset answers: nothing."""
