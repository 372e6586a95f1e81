"""Objects that a client must not wrap, one in each marked line. Without stubs, BaseClient is `Any` for mypy."""

from typing import Any

from rekog_versions import AsyncVersionsClient, VersionsClient


class NoClient:
    def describe_projects(self, **kwargs: Any) -> dict[str, Any]:
        return {}


class OddClient:
    def create_project(self, **kwargs: Any) -> dict[str, Any]:
        return {}

    def create_project_version(self, **kwargs: Any) -> dict[str, Any]:
        return {}

    def delete_project(self, **kwargs: Any) -> dict[str, Any]:
        return {}

    def describe_project_versions(self, **kwargs: Any) -> dict[str, Any]:
        return {}

    def describe_projects(self, **kwargs: Any) -> int:
        return 0


def no_clients() -> None:
    VersionsClient("rekognition")  # rejected
    VersionsClient(None)  # rejected
    VersionsClient(NoClient())  # rejected
    VersionsClient(OddClient())  # rejected
    AsyncVersionsClient(NoClient())  # rejected
