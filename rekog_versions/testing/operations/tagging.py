"""The operations on tags."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rekog_versions.testing.entities import Project
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    ResourceNotFoundException,
)
from rekog_versions.testing.store import Store

_ARN = re.compile(r"arn:[a-z0-9-]+:rekognition:[a-z0-9-]+:[0-9]{12}:.+", re.ASCII | re.DOTALL)


def tagged(project: Project) -> Iterable[tuple[str, dict[str, str]]]:
    """What has tags in a project: each ARN with its tags, which may be changed in place."""
    yield project.arn, project.tags
    for version in project.versions.values():
        yield version.arn, version.tags
    for dataset in project.present_datasets().values():
        yield dataset.arn, dataset.tags


class TagOperations(Store):
    """TagResource, UntagResource and ListTagsForResource."""

    def tag_resource(self, request: Mapping[str, Any]) -> None:
        """Adds tags, or gives those that are there another value."""
        with self._lock:
            tags = self._tags(request["ResourceArn"])
            self._check_tags({**tags, **request["Tags"]})
            tags.update(request["Tags"])

    def untag_resource(self, request: Mapping[str, Any]) -> None:
        """Takes tags away; those that aren't there are no error."""
        with self._lock:
            tags = self._tags(request["ResourceArn"])
            for key in request["TagKeys"]:
                tags.pop(key, None)

    def list_tags_for_resource(self, request: Mapping[str, Any]) -> dict[str, str]:
        """The tags of a resource."""
        with self._lock:
            return dict(self._tags(request["ResourceArn"]))

    def _tags(self, arn: str) -> dict[str, str]:
        if not _ARN.fullmatch(arn):
            raise InvalidParameterException(f"{arn} is not the ARN of a resource of Amazon Rekognition")
        for project in self._present_projects().values():
            for found, tags in tagged(project):
                if found == arn:
                    return tags
        raise ResourceNotFoundException(f"The resource {arn} does not exist")
