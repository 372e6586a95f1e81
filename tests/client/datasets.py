"""ARNs of datasets, and responses of the operations on them."""

from typing import Any

from tests.wire import Answer, Step, refusal

TRAIN = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/dataset/train/1574317000000"
TEST = TRAIN.replace("/train/", "/test/")
DESCRIBE = "DescribeDataset"
BUSY = refusal("ResourceInUseException", "UPDATE_IN_PROGRESS")
NOT_FOUND = refusal("ResourceNotFoundException", "no such dataset")
DONE = Answer({})


def dataset_in(*statuses: str, **members: Any) -> list[Step]:
    """Return a response of DescribeDataset for each status, one after the other."""
    return [Answer({"DatasetDescription": {"Status": status, **members}}) for status in statuses]
