"""TagResource, UntagResource and ListTagsForResource."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rekog_versions.testing.entities import Project
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    ResourceNotFoundException,
)
from rekog_versions.testing.operations.base import OperationsBase

_ARN = re.compile(r"arn:[a-z0-9-]+:rekognition:[a-z0-9-]+:[0-9]{12}:.+", re.ASCII | re.DOTALL)


def _tagged(project: Project) -> Iterable[tuple[str, dict[str, str]]]:
    """Yield the ARN and the tags of each resource in a project. The tags may be changed in place."""
    yield project.arn, project.tags
    for version in project.versions.values():
        yield version.arn, version.tags
    for dataset in project.present_datasets().values():
        yield dataset.arn, dataset.tags


class TagOperations(OperationsBase):
    """The operations on tags."""

    def tag_resource(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Add tags, and change the values of tags that the resource has already."""
        with self._lock:
            tags = self._tags(request["ResourceArn"])
            self._check_tags({**tags, **request["Tags"]})
            tags.update(request["Tags"])
        return {}

    def untag_resource(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Remove tags. It is not an error if the resource does not have one."""
        with self._lock:
            tags = self._tags(request["ResourceArn"])
            for key in request["TagKeys"]:
                tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """List the tags of a resource."""
        with self._lock:
            return {"Tags": dict(self._tags(request["ResourceArn"]))}

    def _tags(self, arn: str) -> dict[str, str]:
        if not _ARN.fullmatch(arn):
            raise InvalidParameterException(f"{arn} is not the ARN of a resource of Amazon Rekognition")
        for project in self._present_projects().values():
            for found, tags in _tagged(project):
                if found == arn:
                    return tags
        raise ResourceNotFoundException(f"The resource {arn} does not exist")
