"""Requests and responses of the operations on datasets."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from rekog_versions._text import printable
from rekog_versions.arns import DatasetArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Request, Response, Timestamp
from rekog_versions.models.assets import GroundTruthManifest, S3Object
from rekog_versions.statuses import DatasetStatus, OpenStrEnum


class DatasetType(OpenStrEnum):
    """The purpose of a dataset."""

    TRAIN = "TRAIN"
    TEST = "TEST"


class DatasetStatusMessageCode(OpenStrEnum):
    """The outcome behind a dataset's status: success, or an error of the client or the service."""

    SUCCESS = "SUCCESS"
    SERVICE_ERROR = "SERVICE_ERROR"
    CLIENT_ERROR = "CLIENT_ERROR"


class DatasetMetadata(Response):
    """A dataset in the description of its project."""

    creation_timestamp: Timestamp | None = None
    dataset_type: DatasetType | None = None
    dataset_arn: DatasetArn | None = None
    status: DatasetStatus | None = None
    status_message: str | None = None
    status_message_code: DatasetStatusMessageCode | None = None


class DatasetSource(Request):
    """The source of a new dataset: either a manifest or another dataset."""

    ground_truth_manifest: GroundTruthManifest | None = None
    dataset_arn: c.DatasetArn | None = None

    @classmethod
    def from_manifest(cls, uri: str, *, version: str | None = None) -> Self:
        """Create it from a manifest's URI, `s3://BUCKET/KEY`. The bucket must be in the account and region of the call.

        Raises:
            ValueError: The text is not an S3 URI.
        """
        return cls(ground_truth_manifest=GroundTruthManifest(s3_object=S3Object.from_uri(uri, version=version)))

    @classmethod
    def from_dataset(cls, dataset_arn: str) -> Self:
        """Create it from the ARN of another dataset, whose entries are copied.

        Raises:
            pydantic.ValidationError: The text is not the ARN of a dataset.
        """
        return cls(dataset_arn=dataset_arn)

    @model_validator(mode="after")
    def _check_one_source(self) -> Self:
        if (self.ground_truth_manifest is None) == (self.dataset_arn is None):
            raise PydanticCustomError(
                "dataset_source",
                "give exactly one of ground_truth_manifest and dataset_arn. Omit dataset_source for an empty dataset",
            )
        return self


class CreateDatasetRequest(Request):
    """The request of CreateDataset. Without a source, the dataset is empty."""

    dataset_source: DatasetSource | None = None
    dataset_type: Annotated[DatasetType, c.Known]
    """TRAIN or TEST. A project has at most one dataset of each type."""
    project_arn: c.ProjectArn
    tags: c.TagMap | None = None


class CreateDatasetResponse(Response):
    """The response of CreateDataset."""

    dataset_arn: DatasetArn | None = None


class DescribeDatasetRequest(Request):
    """The request of DescribeDataset."""

    dataset_arn: c.DatasetArn


class DatasetStats(Response):
    """The numbers of entries and labels in a dataset."""

    labeled_entries: int | None = None
    """The number of images with labels."""
    total_entries: int | None = None
    """The number of images."""
    total_labels: int | None = None
    """The number of different labels."""
    error_entries: int | None = None
    """The number of images with errors. Trainings skip them."""


class DatasetDescription(Response):
    """The description of a dataset."""

    creation_timestamp: Timestamp | None = None
    last_updated_timestamp: Timestamp | None = None
    status: DatasetStatus | None = None
    status_message: str | None = None
    """The result of the last creation or update. Escape this text before you write it to a terminal or a web page."""
    status_message_code: DatasetStatusMessageCode | None = None
    dataset_stats: DatasetStats | None = None

    def __str__(self) -> str:
        """Return one line, and the status message in a second one if there is one. `repr()` has all details."""
        stats = self.dataset_stats
        counts = f", {stats.total_entries} entries, {stats.total_labels} labels" if stats else ""
        first = printable(f"a dataset: {self.status or 'no status'}{counts}", 300)
        return f"{first}\n  {printable(self.status_message, 300)}" if self.status_message else first


class DescribeDatasetResponse(Response):
    """The response of DescribeDataset."""

    dataset_description: DatasetDescription | None = None


class ListDatasetEntriesRequest(Request):
    """The request of ListDatasetEntries. An entry must match all filters."""

    dataset_arn: c.DatasetArn
    contains_labels: Annotated[list[c.DatasetLabel], Field(min_length=1, max_length=10)] | None = None
    """Lists entries with any of these 1 to 10 labels."""
    labeled: c.Boolean | None = None
    """Lists entries with labels (True) or without labels (False)."""
    source_ref_contains: c.QueryString | None = None
    """Lists entries whose image URI contains this text; 1 to 2,048 characters, not only spaces."""
    has_errors: c.Boolean | None = None
    """Lists entries with errors (True) or without errors (False)."""
    next_token: c.PaginationToken | None = None
    max_results: c.PageSize | None = None
    """1 to 100; 100 by default."""


class ListDatasetEntriesResponse(Response):
    """The response of ListDatasetEntries: one page."""

    dataset_entries: list[str] | None = None
    """JSON lines as in a manifest, with the errors that the service found."""
    next_token: str | None = None
    """The token of the next page. None or empty on the last page."""


class ListDatasetLabelsRequest(Request):
    """The request of ListDatasetLabels."""

    dataset_arn: c.DatasetArn
    next_token: c.PaginationToken | None = None
    max_results: c.PageSize | None = None
    """1 to 100; 100 by default."""


class DatasetLabelStats(Response):
    """The numbers of images with a label."""

    entry_count: int | None = None
    """The number of images with the label."""
    bounding_box_count: int | None = None
    """The number of images that have the label on bounding boxes."""


class DatasetLabelDescription(Response):
    """A label of a dataset."""

    label_name: str | None = None
    label_stats: DatasetLabelStats | None = None


class ListDatasetLabelsResponse(Response):
    """The response of ListDatasetLabels: one page."""

    dataset_label_descriptions: list[DatasetLabelDescription] | None = None
    next_token: str | None = None
    """The token of the next page. None or empty on the last page."""


class DatasetChanges(Request):
    """JSON lines to add to a dataset. A line replaces the entry of the same image."""

    ground_truth: c.GroundTruthBlob
    """1 to 5,242,880 bytes. Base64 in JSON documents."""


class UpdateDatasetEntriesRequest(Request):
    """The request of one call of UpdateDatasetEntries."""

    dataset_arn: c.DatasetArn
    changes: DatasetChanges

    def to_wire(self) -> dict[str, Any]:
        """Return the keyword arguments of boto3's method, which encodes the bytes itself."""
        return {"DatasetArn": str(self.dataset_arn), "Changes": {"GroundTruth": self.changes.ground_truth}}


class UpdateDatasetEntriesResponse(Response):
    """The response of UpdateDatasetEntries, which has no members."""


class DistributeDataset(Request):
    """One of the two datasets of DistributeDatasetEntries."""

    arn: c.DatasetArn


class DistributeDatasetEntriesRequest(Request):
    """The request of DistributeDatasetEntries: the training dataset and the empty test dataset of a project."""

    datasets: Annotated[list[DistributeDataset], Field(min_length=2, max_length=2)]


class DistributeDatasetEntriesResponse(Response):
    """The response of DistributeDatasetEntries, which has no members."""


class DeleteDatasetRequest(Request):
    """The request of DeleteDataset."""

    dataset_arn: c.DatasetArn


class DeleteDatasetResponse(Response):
    """The response of DeleteDataset, which has no members."""
