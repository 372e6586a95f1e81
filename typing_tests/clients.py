"""Types of objects that the two clients wrap, with and without stubs."""

from collections.abc import Mapping
from typing import Any, assert_type

from botocore.client import BaseClient

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.client import RekognitionClient


class Fake:
    """A fake client that has only the methods that a test needs."""

    def create_project(self, **kwargs: Any) -> Mapping[str, Any]:
        return {}

    def create_project_version(self, **kwargs: Any) -> Mapping[str, Any]:
        return {"ProjectVersionArn": kwargs["VersionName"]}

    def delete_project(self, **kwargs: Any) -> Mapping[str, Any]:
        return {}

    def describe_project_versions(self, **kwargs: Any) -> dict[str, Any]:
        return {"ProjectVersionDescriptions": []}

    def describe_projects(self, **kwargs: Any) -> dict[str, list[str]]:
        return {"ProjectDescriptions": []}


def of_a_base_client(client: BaseClient) -> None:
    assert_type(VersionsClient(client), VersionsClient)
    assert_type(AsyncVersionsClient(client), AsyncVersionsClient)


def of_anything(client: Any) -> None:
    assert_type(VersionsClient(client), VersionsClient)
    assert_type(AsyncVersionsClient(client), AsyncVersionsClient)


def of_a_fake() -> None:
    assert_type(VersionsClient(Fake()), VersionsClient)
    assert_type(AsyncVersionsClient(Fake()), AsyncVersionsClient)


def of_either(client: RekognitionClient) -> None:
    assert_type(VersionsClient(client), VersionsClient)
    assert_type(AsyncVersionsClient(client), AsyncVersionsClient)


class Subclass(VersionsClient):
    """`connect` makes what it is called on."""


class AsyncSubclass(AsyncVersionsClient):
    """`connect` makes what it is called on."""


def connected() -> None:
    assert_type(VersionsClient.connect(), VersionsClient)
    assert_type(VersionsClient.connect(region_name="eu-west-1", profile_name="training"), VersionsClient)
    assert_type(AsyncVersionsClient.connect(endpoint_url="http://127.0.0.1:5000"), AsyncVersionsClient)
    assert_type(Subclass.connect(), Subclass)
    assert_type(AsyncSubclass.connect(), AsyncSubclass)
