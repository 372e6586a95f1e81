"""A version that exists is adopted by submit_all() only if it was created from the same request."""

import itertools
from typing import Any

import pytest

from rekog_versions import CreateProjectVersionRequest, VersionsClient
from rekog_versions.batch import submit_all
from rekog_versions.errors import VersionConflictError
from rekog_versions.testing import CustomLabelsControl
from tests.testing.emulator import BUCKET, Emulator, assets, cats_and_dogs, client, version_request

KEY, OTHER_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab", "9999abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:us-east-1:123456789012:key/{KEY}"
SAME_KEY = frozenset({"key id", "key ARN"})
ALIASES = frozenset({"alias", "another alias"})
AUTO, TEST = {"AutoCreate": True}, assets("data/test.manifest")
VARIANTS: dict[str, dict[str, Any]] = {
    "AutoCreate": {"TestingData": AUTO},
    "a test manifest": {"TestingData": TEST},
    "another test manifest": {"TestingData": assets("data/other.manifest")},
    "another training manifest": {"TestingData": TEST, "TrainingData": assets("data/other.manifest")},
    "another output": {"TestingData": TEST, "OutputConfig": {"S3Bucket": BUCKET, "S3KeyPrefix": "other"}},
    "a description": {"TestingData": TEST, "VersionDescription": "d"},
    "key id": {"TestingData": TEST, "KmsKeyId": KEY},
    "key ARN": {"TestingData": TEST, "KmsKeyId": KEY_ARN},
    "another key": {"TestingData": TEST, "KmsKeyId": OTHER_KEY},
    "alias": {"TestingData": TEST, "KmsKeyId": "alias/mine"},
    "another alias": {"TestingData": TEST, "KmsKeyId": "alias/other"},
}


@pytest.fixture
def versions(custom_labels: CustomLabelsControl) -> tuple[Emulator, str]:
    custom_labels.set_limits(trainings=100)
    emulator = Emulator(custom_labels, client("rekognition"), client("s3"))
    emulator.s3.create_bucket(Bucket=BUCKET)
    for key in ("train", "test", "other"):
        emulator.put(cats_and_dogs(), f"data/{key}.manifest")
    return emulator, emulator.project()


def must_conflict(first: str, second: str) -> bool:
    pair = {first, second}
    if first == second or pair == SAME_KEY:
        return False
    one_is_alias = len(pair & ALIASES) == 1
    return not (one_is_alias and pair & {*SAME_KEY, "another key"})


def test_a_version_is_adopted_only_if_nothing_that_the_service_describes_differs(
    versions: tuple[Emulator, str],
) -> None:
    emulator, project = versions
    for number, fields in enumerate(VARIANTS.values()):
        emulator.create(project, f"v-{number}", **fields)
    blocking = VersionsClient(emulator.rekognition, sleep=lambda _: None)
    for first, second in itertools.product(VARIANTS, repeat=2):
        wire = version_request(project, f"v-{list(VARIANTS).index(first)}", **VARIANTS[second])
        (outcome,) = submit_all(blocking, [CreateProjectVersionRequest.from_dict(wire)]).report()
        found = isinstance(outcome.error, VersionConflictError)
        assert found == must_conflict(first, second), (first, second, outcome.error)
        assert outcome.was_there_already != found


def test_the_conflict_names_the_source_of_the_test_set(versions: tuple[Emulator, str]) -> None:
    emulator, project = versions
    emulator.create(project, "v1", TestingData=AUTO)
    blocking = VersionsClient(emulator.rekognition, sleep=lambda _: None)
    request = CreateProjectVersionRequest.from_dict(version_request(project, "v1", TestingData=TEST))
    (outcome,) = submit_all(blocking, [request]).report()
    assert "its test set comes from AutoCreate, the request's from manifests" in str(outcome.error)


def test_other_tags_are_not_a_difference(versions: tuple[Emulator, str]) -> None:
    emulator, project = versions
    emulator.create(project, "v1", Tags={"team": "x"})
    blocking = VersionsClient(emulator.rekognition, sleep=lambda _: None)
    request = CreateProjectVersionRequest.from_dict(version_request(project, "v1", Tags={"team": "y"}))
    assert submit_all(blocking, [request]).report()
