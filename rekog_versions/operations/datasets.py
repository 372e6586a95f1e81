"""The operations on datasets without I/O."""

from collections.abc import Mapping, Sequence

from rekog_versions.arns import DatasetArn
from rekog_versions.errors import ResponseError
from rekog_versions.models.datasets import (
    CreateDatasetRequest,
    CreateDatasetResponse,
    DatasetDescription,
    DatasetLabelDescription,
    DatasetSource,
    DatasetType,
    DeleteDatasetRequest,
    DeleteDatasetResponse,
    DescribeDatasetRequest,
    DescribeDatasetResponse,
    DistributeDataset,
    DistributeDatasetEntriesRequest,
    DistributeDatasetEntriesResponse,
    ListDatasetEntriesRequest,
    ListDatasetEntriesResponse,
    ListDatasetLabelsRequest,
    ListDatasetLabelsResponse,
    UpdateDatasetEntriesResponse,
)
from rekog_versions.operations.flows import Call, Flow, Operation, Reply, answer, request_of
from rekog_versions.operations.listings import Listing, listed

CREATE_DATASET = Operation("CreateDataset", "create_dataset", CreateDatasetResponse)
DESCRIBE_DATASET = Operation("DescribeDataset", "describe_dataset", DescribeDatasetResponse)
LIST_DATASET_ENTRIES = Operation("ListDatasetEntries", "list_dataset_entries", ListDatasetEntriesResponse)
LIST_DATASET_LABELS = Operation("ListDatasetLabels", "list_dataset_labels", ListDatasetLabelsResponse)
UPDATE_DATASET_ENTRIES = Operation("UpdateDatasetEntries", "update_dataset_entries", UpdateDatasetEntriesResponse)
DISTRIBUTE_DATASET_ENTRIES = Operation(
    "DistributeDatasetEntries", "distribute_dataset_entries", DistributeDatasetEntriesResponse
)
DELETE_DATASET = Operation("DeleteDataset", "delete_dataset", DeleteDatasetResponse)


def create_dataset(
    project_arn: str,
    dataset_type: DatasetType | str,
    dataset_source: DatasetSource | None,
    tags: Mapping[str, str] | None,
) -> Flow[DatasetArn]:
    """The flow of CreateDataset.

    Raises:
        ResponseError: The answer has no ARN.
    """
    fields = {"project_arn": project_arn, "dataset_type": dataset_type, "dataset_source": dataset_source, "tags": tags}
    request = request_of(CreateDatasetRequest, None, fields)
    reply: Reply[CreateDatasetResponse] = yield Call(CREATE_DATASET, request.to_wire())
    if not reply.answer.dataset_arn:
        raise ResponseError(
            CREATE_DATASET.name, reply.answer.to_dict(), "it has no DatasetArn", request_id=reply.request_id
        )
    return reply.answer.dataset_arn


def describe_dataset(dataset_arn: str) -> Flow[DatasetDescription]:
    """The flow of DescribeDataset.

    Raises:
        ResponseError: The answer has no description.
    """
    request = DescribeDatasetRequest(dataset_arn=dataset_arn)
    return _described(request)


def _described(request: DescribeDatasetRequest) -> Flow[DatasetDescription]:
    reply: Reply[DescribeDatasetResponse] = yield Call(DESCRIBE_DATASET, request.to_wire())
    if reply.answer.dataset_description is None:
        raise ResponseError(
            DESCRIBE_DATASET.name, reply.answer.to_dict(), "it has no DatasetDescription", request_id=reply.request_id
        )
    return reply.answer.dataset_description


def page_of_entries(**fields: object) -> Flow[ListDatasetEntriesResponse]:
    """The flow of ListDatasetEntries; takes the request's fields."""
    return answer(Call(LIST_DATASET_ENTRIES, request_of(ListDatasetEntriesRequest, None, fields).to_wire()))


def page_of_labels(**fields: object) -> Flow[ListDatasetLabelsResponse]:
    """The flow of ListDatasetLabels; takes the request's fields."""
    return answer(Call(LIST_DATASET_LABELS, request_of(ListDatasetLabelsRequest, None, fields).to_wire()))


def list_entries(
    dataset_arn: str,
    *,
    contains_labels: Sequence[str] | None,
    labeled: bool | None,
    source_ref_contains: str | None,
    has_errors: bool | None,
    page_size: int | None,
) -> Listing[str, ListDatasetEntriesResponse]:
    """The listing of a dataset's entries.

    Raises:
        pydantic.ValidationError: A value breaks a rule.
        TypeError: `contains_labels` is a single string.
    """
    fields = {
        "dataset_arn": dataset_arn,
        "contains_labels": listed(contains_labels, "contains_labels"),
        "labeled": labeled,
        "source_ref_contains": source_ref_contains,
        "has_errors": has_errors,
        "max_results": page_size,
    }
    request = request_of(ListDatasetEntriesRequest, None, fields)
    return Listing(
        LIST_DATASET_ENTRIES, [request.to_wire()], lambda page: page.dataset_entries, lambda page: page.next_token
    )


def list_labels(dataset_arn: str, page_size: int | None) -> Listing[DatasetLabelDescription, ListDatasetLabelsResponse]:
    """The listing of a dataset's labels.

    Raises:
        pydantic.ValidationError: A value breaks a rule.
    """
    fields = {"dataset_arn": dataset_arn, "max_results": page_size}
    request = request_of(ListDatasetLabelsRequest, None, fields)
    return Listing(
        LIST_DATASET_LABELS,
        [request.to_wire()],
        lambda page: page.dataset_label_descriptions,
        lambda page: page.next_token,
    )


def distribute_entries(train_dataset_arn: str, test_dataset_arn: str) -> Flow[DistributeDatasetEntriesResponse]:
    """The flow of DistributeDatasetEntries.

    Raises:
        ValueError: One of the two is of the other type; nothing was sent.
    """
    request = DistributeDatasetEntriesRequest(
        datasets=[DistributeDataset(arn=train_dataset_arn), DistributeDataset(arn=test_dataset_arn)]
    )
    for arn, wanted in ((train_dataset_arn, "train"), (test_dataset_arn, "test")):
        if DatasetArn(arn).dataset_type != wanted:
            raise ValueError(f"{arn} is no {wanted} dataset; the entries go from the train to the test dataset")
    return answer(Call(DISTRIBUTE_DATASET_ENTRIES, request.to_wire()))


def delete_dataset(dataset_arn: str) -> Flow[DeleteDatasetResponse]:
    """The flow of DeleteDataset."""
    return answer(Call(DELETE_DATASET, DeleteDatasetRequest(dataset_arn=dataset_arn).to_wire()))
