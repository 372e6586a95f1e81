from typing import Any

import pytest

from tests.testing.datasets import create_dataset
from tests.testing.world import World, cats_and_dogs

COLLECTION = "arn:aws:rekognition:us-east-1:123456789012:collection/faces"


def tags_of(world: World, arn: str) -> dict[str, str]:
    tags: dict[str, str] = world.rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"]
    return tags


@pytest.mark.parametrize("kind", ["project", "version", "dataset"])
def test_tags_are_added_replaced_and_taken_away(world: World, kind: str) -> None:
    tags = {"team": "vision", "stage": "dev"}
    arn = project = world.project(Tags=tags if kind == "project" else {})
    if kind == "version":
        arn = world.create(project, Tags=tags)
    elif kind == "dataset":
        arn = create_dataset(world, project, content=cats_and_dogs(), Tags=tags)
    assert tags_of(world, arn) == {"team": "vision", "stage": "dev"}
    world.rekognition.tag_resource(ResourceArn=arn, Tags={"stage": "prod", "cöst/center": "12:3"})
    assert tags_of(world, arn) == {"team": "vision", "stage": "prod", "cöst/center": "12:3"}
    answer = world.rekognition.untag_resource(ResourceArn=arn, TagKeys=["team", "missing"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert tags_of(world, arn) == {"stage": "prod", "cöst/center": "12:3"}


def test_a_version_and_its_project_have_their_own_tags(world: World) -> None:
    project = world.project(Tags={"a": "1"})
    version = world.create(project)
    assert tags_of(world, version) == {}
    world.rekognition.tag_resource(ResourceArn=version, Tags={"b": "2"})
    assert tags_of(world, project) == {"a": "1"}


def test_both_datasets_of_a_project_have_their_own_tags(world: World) -> None:
    project = world.project(Tags={"of": "project"})
    training = create_dataset(world, project, "TRAIN", cats_and_dogs(), Tags={"of": "training"})
    testing = create_dataset(world, project, "TEST")
    assert [tags_of(world, arn) for arn in (project, training, testing)] == [{"of": "project"}, {"of": "training"}, {}]
    world.rekognition.tag_resource(ResourceArn=testing, Tags={"of": "test"})
    world.rekognition.untag_resource(ResourceArn=training, TagKeys=["of"])
    assert [tags_of(world, arn) for arn in (project, training, testing)] == [{"of": "project"}, {}, {"of": "test"}]
    # a copy of a dataset has only the tags of its own request
    copied = create_dataset(world, world.project("p2"), DatasetSource={"DatasetArn": testing})
    assert tags_of(world, copied) == {}
    with pytest.raises(world.rekognition.exceptions.ServiceQuotaExceededException, match="more than 50 tags"):
        world.rekognition.tag_resource(ResourceArn=testing, Tags={f"k{number}": "" for number in range(50)})
    assert tags_of(world, testing) == {"of": "test"}
    world.rekognition.delete_dataset(DatasetArn=testing)
    with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException):
        tags_of(world, testing)
    assert tags_of(world, training) == {}


def test_a_resource_has_fifty_tags(world: World) -> None:
    project = world.project()
    world.rekognition.tag_resource(ResourceArn=project, Tags={f"k{number}": "" for number in range(50)})
    # changing the value of a tag does not need another slot
    world.rekognition.tag_resource(ResourceArn=project, Tags={"k1": "another"})
    exceeded = world.rekognition.exceptions.ServiceQuotaExceededException
    with pytest.raises(exceeded, match="more than 50 tags") as caught:
        world.rekognition.tag_resource(ResourceArn=project, Tags={"k1": "lost", "new": ""})
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert tags_of(world, project)["k1"] == "another"
    with pytest.raises(exceeded):
        world.create(project, Tags={f"k{number}": "" for number in range(51)})
    world.labels.set_limits(tags=51)
    world.rekognition.tag_resource(ResourceArn=project, Tags={"new": ""})


@pytest.mark.parametrize(
    ("operation", "others", "message"),
    [
        ("tag_resource", {"Tags": {"aws:mine": "x"}}, "tags.aws:mine.key"),
        ("tag_resource", {"Tags": {f"k{number}": "" for number in range(201)}}, "length less than or equal to 200"),
        ("untag_resource", {"TagKeys": ["aws:mine"]}, "tagKeys.1.member"),
    ],
)
def test_tags_are_checked(world: World, operation: str, others: dict[str, Any], message: str) -> None:
    with pytest.raises(world.rekognition.exceptions.InvalidParameterException, match=message):
        getattr(world.rekognition, operation)(ResourceArn=world.project(), **others)


@pytest.mark.parametrize(
    ("operation", "others"),
    [("tag_resource", {"Tags": {"a": ""}}), ("untag_resource", {"TagKeys": ["a"]}), ("list_tags_for_resource", {})],
)
def test_a_missing_resource_has_no_tags(world: World, operation: str, others: dict[str, Any]) -> None:
    project = world.project()
    call = getattr(world.rekognition, operation)
    for arn in (COLLECTION, project + "0", project.replace("us-east-1", "eu-west-1")):
        with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException):
            call(ResourceArn=arn, **others)
    for arn in ("this is not an ARN at all", "arn:aws:s3:::a-bucket-of-ours", project.replace("arn", "ARN")):
        with pytest.raises(world.rekognition.exceptions.InvalidParameterException, match="not the ARN"):
            call(ResourceArn=arn, **others)


def test_the_tags_of_a_deleted_version_are_gone(world: World) -> None:
    version = world.create(world.project())
    world.rekognition.delete_project_version(ProjectVersionArn=version)
    with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException):
        tags_of(world, version)
