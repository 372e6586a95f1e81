from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.testing.datasets import create_dataset
from tests.testing.emulator import Emulator, cats_and_dogs

COLLECTION = "arn:aws:rekognition:us-east-1:123456789012:collection/faces"


def tags_of(emulator: Emulator, arn: str) -> dict[str, str]:
    tags: dict[str, str] = emulator.rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"]
    return tags


@pytest.mark.parametrize("kind", ["project", "version", "dataset"])
def test_tags_are_added_replaced_and_taken_away(emulator: Emulator, kind: str) -> None:
    tags = {"team": "vision", "stage": "dev"}
    arn = project = emulator.project(Tags=tags if kind == "project" else {})
    if kind == "version":
        arn = emulator.create(project, Tags=tags)
    elif kind == "dataset":
        arn = create_dataset(emulator, project, content=cats_and_dogs(), Tags=tags)
    assert tags_of(emulator, arn) == {"team": "vision", "stage": "dev"}
    emulator.rekognition.tag_resource(ResourceArn=arn, Tags={"stage": "prod", "cöst/center": "12:3"})
    assert tags_of(emulator, arn) == {"team": "vision", "stage": "prod", "cöst/center": "12:3"}
    answer = emulator.rekognition.untag_resource(ResourceArn=arn, TagKeys=["team", "missing"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert tags_of(emulator, arn) == {"stage": "prod", "cöst/center": "12:3"}


def test_a_version_and_its_project_have_their_own_tags(emulator: Emulator) -> None:
    project = emulator.project(Tags={"a": "1"})
    version = emulator.create(project)
    assert tags_of(emulator, version) == {}
    emulator.rekognition.tag_resource(ResourceArn=version, Tags={"b": "2"})
    assert tags_of(emulator, project) == {"a": "1"}


def test_both_datasets_of_a_project_have_their_own_tags(emulator: Emulator) -> None:
    project = emulator.project(Tags={"of": "project"})
    training = create_dataset(emulator, project, "TRAIN", cats_and_dogs(), Tags={"of": "training"})
    testing = create_dataset(emulator, project, "TEST")
    assert [tags_of(emulator, arn) for arn in (project, training, testing)] == [
        {"of": "project"},
        {"of": "training"},
        {},
    ]
    emulator.rekognition.tag_resource(ResourceArn=testing, Tags={"of": "test"})
    emulator.rekognition.untag_resource(ResourceArn=training, TagKeys=["of"])
    assert [tags_of(emulator, arn) for arn in (project, training, testing)] == [{"of": "project"}, {}, {"of": "test"}]
    # a copy of a dataset has only the tags of its own request
    copied = create_dataset(emulator, emulator.project("p2"), DatasetSource={"DatasetArn": testing})
    assert tags_of(emulator, copied) == {}
    with pytest.raises(emulator.rekognition.exceptions.ServiceQuotaExceededException, match="more than 50 tags"):
        emulator.rekognition.tag_resource(ResourceArn=testing, Tags={f"k{number}": "" for number in range(50)})
    assert tags_of(emulator, testing) == {"of": "test"}
    emulator.rekognition.delete_dataset(DatasetArn=testing)
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
        tags_of(emulator, testing)
    assert tags_of(emulator, training) == {}


def test_a_resource_has_fifty_tags(emulator: Emulator) -> None:
    project = emulator.project()
    emulator.rekognition.tag_resource(ResourceArn=project, Tags={f"k{number}": "" for number in range(50)})
    # changing the value of a tag does not need another slot
    emulator.rekognition.tag_resource(ResourceArn=project, Tags={"k1": "another"})
    exceeded = emulator.rekognition.exceptions.ServiceQuotaExceededException
    with pytest.raises(exceeded, match="more than 50 tags") as caught:
        emulator.rekognition.tag_resource(ResourceArn=project, Tags={"k1": "lost", "new": ""})
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert tags_of(emulator, project)["k1"] == "another"
    with pytest.raises(exceeded):
        emulator.create(project, Tags={f"k{number}": "" for number in range(51)})
    emulator.labels.set_limits(tags=51)
    emulator.rekognition.tag_resource(ResourceArn=project, Tags={"new": ""})


@pytest.mark.parametrize(
    ("operation", "others", "message"),
    [
        ("tag_resource", {"Tags": {"aws:mine": "x"}}, "tags.aws:mine.key"),
        ("tag_resource", {"Tags": {f"k{number}": "" for number in range(201)}}, "length less than or equal to 200"),
        ("untag_resource", {"TagKeys": ["aws:mine"]}, "tagKeys.1.member"),
    ],
)
def test_tags_are_checked(emulator: Emulator, operation: str, others: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=f"ValidationException.*{message}"):
        getattr(emulator.rekognition, operation)(ResourceArn=emulator.project(), **others)


@pytest.mark.parametrize(
    ("operation", "others"),
    [("tag_resource", {"Tags": {"a": ""}}), ("untag_resource", {"TagKeys": ["a"]}), ("list_tags_for_resource", {})],
)
def test_a_missing_resource_has_no_tags(emulator: Emulator, operation: str, others: dict[str, Any]) -> None:
    project = emulator.project()
    call = getattr(emulator.rekognition, operation)
    for arn in (COLLECTION, project + "0", project.replace("us-east-1", "eu-west-1")):
        with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
            call(ResourceArn=arn, **others)
    for arn in ("this is not an ARN at all", "arn:aws:s3:::a-bucket-of-ours", project.replace("arn", "ARN")):
        with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match="not the ARN"):
            call(ResourceArn=arn, **others)


def test_the_tags_of_a_deleted_version_are_gone(emulator: Emulator) -> None:
    version = emulator.create(emulator.project())
    emulator.rekognition.delete_project_version(ProjectVersionArn=version)
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
        tags_of(emulator, version)
