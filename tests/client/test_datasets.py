"""Creating, describing, listing and deleting datasets; both clients."""

import pytest
from pydantic import ValidationError

from rekog_versions import DatasetArn, ResourceInUseError, ResponseError
from rekog_versions.errors import InvalidS3ObjectError, ResourceAlreadyExistsError
from rekog_versions.models.datasets import DatasetDescription, DatasetSource
from tests.client.datasets import BUSY, DESCRIBE, DONE, TEST, TRAIN, dataset_in
from tests.conftest import Driver
from tests.wire import PROJECT, HttpResponse, Json, Wire, notes, rejection

CREATE, DELETE, DISTRIBUTE = "CreateDataset", "DeleteDataset", "DistributeDatasetEntries"
ENTRIES, LABELS = "ListDatasetEntries", "ListDatasetLabels"


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        (None, None),
        (
            DatasetSource.from_manifest("s3://data/train.manifest", version="v7"),
            {"GroundTruthManifest": {"S3Object": {"Bucket": "data", "Name": "train.manifest", "Version": "v7"}}},
        ),
        (DatasetSource.from_dataset(TEST), {"DatasetArn": TEST}),
    ],
)
def test_a_dataset_is_created_empty_or_from_a_manifest_or_from_another_dataset(
    source: DatasetSource | None, sent: Json | None, wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, HttpResponse({"DatasetArn": TRAIN}))
    arn = driver.over(wire.client())("create_dataset", PROJECT, "TRAIN", dataset_source=source, tags={"team": "vision"})
    assert isinstance(arn, DatasetArn)
    assert arn.dataset_type == "train"
    (asked,) = wire.requests_of(CREATE)
    assert asked.pop("DatasetSource", None) == sent
    assert asked == {"ProjectArn": PROJECT, "DatasetType": "TRAIN", "Tags": {"team": "vision"}}


def test_invalid_arguments_for_datasets_are_rejected_before_any_request(wire: Wire, driver: Driver) -> None:
    call = driver.over(wire.client())
    with pytest.raises(ValidationError, match="'TRAIN', 'TEST'"):
        call("create_dataset", PROJECT, "VALIDATION")
    with pytest.raises(ValidationError, match="is not a dataset ARN: it is a project ARN"):
        call("describe_dataset", PROJECT)
    with pytest.raises(ValidationError, match="is not a dataset ARN"):
        call("wait_until_dataset_ready", PROJECT)
    with pytest.raises(ValidationError, match="is not a dataset ARN"):
        call("update_dataset_entries", PROJECT, ["{}"])
    with pytest.raises(ValueError, match="uri must have the form s3://BUCKET/KEY"):
        DatasetSource.from_manifest("train.manifest")
    with pytest.raises(ValidationError, match="give exactly one of"):
        DatasetSource()
    assert wire.sent == []


def test_rejected_creations_say_what_to_do(wire: Wire, driver: Driver) -> None:
    wire.on(
        CREATE, rejection("ResourceAlreadyExistsException"), rejection("InvalidS3ObjectException"), HttpResponse({})
    )
    call = driver.over(wire.client())
    with pytest.raises(ResourceAlreadyExistsError) as caught:
        call("create_dataset", PROJECT, "TRAIN")
    assert "at most one training and one test dataset" in notes(caught.value)
    with pytest.raises(InvalidS3ObjectError) as unreadable:
        call("create_dataset", PROJECT, "TRAIN")
    assert "Check bucket, key and region" in notes(unreadable.value)
    with pytest.raises(ResponseError, match="no DatasetArn"):
        call("create_dataset", PROJECT, "TRAIN")


def test_a_dataset_is_described(wire: Wire, driver: Driver) -> None:
    stats = {"LabeledEntries": 3, "TotalEntries": 4, "TotalLabels": 2, "ErrorEntries": 1}
    wire.on(DESCRIBE, *dataset_in("UPDATE_COMPLETE", DatasetStats=stats, StatusMessageCode="SUCCESS"), HttpResponse({}))
    call = driver.over(wire.client())
    found = call("describe_dataset", TRAIN)
    assert isinstance(found, DatasetDescription)
    assert found.dataset_stats is not None
    assert (found.dataset_stats.total_entries, found.dataset_stats.error_entries) == (4, 1)
    assert wire.requests_of(DESCRIBE) == [{"DatasetArn": TRAIN}]
    with pytest.raises(ResponseError, match="no DatasetDescription"):
        call("describe_dataset", TRAIN)


def test_a_dataset_is_deleted(wire: Wire, driver: Driver) -> None:
    wire.on(DELETE, DONE, BUSY)
    call = driver.over(wire.client())
    assert call("delete_dataset", TRAIN) is None
    with pytest.raises(ResourceInUseError):
        call("delete_dataset", TRAIN)


def test_entries_are_distributed_from_the_training_to_the_test_dataset(wire: Wire, driver: Driver) -> None:
    wire.on(DISTRIBUTE, DONE)
    call = driver.over(wire.client())
    assert call("distribute_dataset_entries", TRAIN, TEST) is None
    assert wire.requests_of(DISTRIBUTE) == [{"Datasets": [{"Arn": TRAIN}, {"Arn": TEST}]}]
    with pytest.raises(ValueError, match="expected a train dataset"):
        call("distribute_dataset_entries", TEST, TRAIN)
    assert len(wire.sent) == 1


def test_entries_are_listed_over_all_pages_with_their_filters(wire: Wire, driver: Driver) -> None:
    wire.on(
        ENTRIES,
        HttpResponse({"DatasetEntries": ['{"a": 1}'], "NextToken": "x"}),
        HttpResponse({"DatasetEntries": [], "NextToken": "y"}),
        HttpResponse({"DatasetEntries": ['{"b": 2}']}),
    )
    filters = {"contains_labels": ["a cat"], "labeled": False, "source_ref_contains": "/night/", "has_errors": True}
    found = driver.over(wire.client()).items("iter_dataset_entries", TRAIN, **filters, page_size=50)
    assert found == ['{"a": 1}', '{"b": 2}']
    asked = {
        "DatasetArn": TRAIN,
        "ContainsLabels": ["a cat"],
        "Labeled": False,
        "SourceRefContains": "/night/",
        "HasErrors": True,
        "MaxResults": 50,
    }
    assert wire.requests_of(ENTRIES) == [asked, {**asked, "NextToken": "x"}, {**asked, "NextToken": "y"}]


def test_one_page_of_entries_is_one_request(wire: Wire, driver: Driver) -> None:
    wire.on(ENTRIES, HttpResponse({"DatasetEntries": ["{}"], "NextToken": "x"}))
    page = driver.over(wire.client())("list_dataset_entries", TRAIN, max_results=1, next_token="w")
    assert (page.dataset_entries, page.next_token) == (["{}"], "x")
    assert wire.requests_of(ENTRIES) == [{"DatasetArn": TRAIN, "MaxResults": 1, "NextToken": "w"}]


def test_labels_are_listed_with_their_counts(wire: Wire, driver: Driver) -> None:
    cat = {"LabelName": "cat", "LabelStats": {"EntryCount": 3, "BoundingBoxCount": 2}}
    wire.on(LABELS, HttpResponse({"DatasetLabelDescriptions": [cat], "NextToken": "x"}), HttpResponse({}))
    call = driver.over(wire.client())
    (label,) = call.items("iter_dataset_labels", TRAIN, page_size=1)
    assert (label.label_name, label.label_stats.entry_count, label.label_stats.bounding_box_count) == ("cat", 3, 2)
    wire.on(LABELS, HttpResponse({"DatasetLabelDescriptions": [cat]}))
    assert call("list_dataset_labels", TRAIN).dataset_label_descriptions == [label]


def test_invalid_filters_of_entries_are_rejected_before_any_request(wire: Wire, driver: Driver) -> None:
    client = driver.over(wire.client()).client
    with pytest.raises(TypeError, match="must be a list"):
        client.iter_dataset_entries(TRAIN, contains_labels="cat")
    with pytest.raises(ValidationError, match="more than spaces"):
        client.iter_dataset_entries(TRAIN, source_ref_contains="  ")
    with pytest.raises(ValidationError, match="at most 10 items"):
        client.iter_dataset_entries(TRAIN, contains_labels=["cat"] * 11)
    assert wire.sent == []
