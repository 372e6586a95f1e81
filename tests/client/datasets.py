"""ARNs of datasets, and responses of the operations on them."""

from typing import Any

from tests.wire import HttpResponse, Step, rejection

TRAIN = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/dataset/train/1574317000000"
TEST = TRAIN.replace("/train/", "/test/")
DESCRIBE = "DescribeDataset"
BUSY = rejection("ResourceInUseException", "UPDATE_IN_PROGRESS")
NOT_FOUND = rejection("ResourceNotFoundException", "no such dataset")
DONE = HttpResponse({})


def dataset_in(*statuses: str, **members: Any) -> list[Step]:
    """Return a response of DescribeDataset for each status, one after the other."""
    return [HttpResponse({"DatasetDescription": {"Status": status, **members}}) for status in statuses]
