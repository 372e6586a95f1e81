"""The 23 operations of the service that this package calls, with the models of their responses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar, cast

from rekog_versions import models
from rekog_versions.models._base import Response

ResponseT = TypeVar("ResponseT", bound=Response)


@dataclass(frozen=True)
class Operation(Generic[ResponseT]):
    """An operation of the service.

    Attributes:
        name: The service's name, such as `DescribeProjects`.
        method: The name of boto3's method, such as `describe_projects`.
    """

    name: str
    method: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "method", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name).lower())

    @cached_property
    def response(self) -> type[ResponseT]:
        """The model of the response, which is imported on first use."""
        return cast("type[ResponseT]", getattr(models, f"{self.name}Response"))


CREATE_PROJECT: Operation[models.CreateProjectResponse] = Operation("CreateProject")
DESCRIBE_PROJECTS: Operation[models.DescribeProjectsResponse] = Operation("DescribeProjects")
DELETE_PROJECT: Operation[models.DeleteProjectResponse] = Operation("DeleteProject")
CREATE_PROJECT_VERSION: Operation[models.CreateProjectVersionResponse] = Operation("CreateProjectVersion")
DESCRIBE_PROJECT_VERSIONS: Operation[models.DescribeProjectVersionsResponse] = Operation("DescribeProjectVersions")
START_PROJECT_VERSION: Operation[models.StartProjectVersionResponse] = Operation("StartProjectVersion")
STOP_PROJECT_VERSION: Operation[models.StopProjectVersionResponse] = Operation("StopProjectVersion")
DELETE_PROJECT_VERSION: Operation[models.DeleteProjectVersionResponse] = Operation("DeleteProjectVersion")
COPY_PROJECT_VERSION: Operation[models.CopyProjectVersionResponse] = Operation("CopyProjectVersion")
DETECT_CUSTOM_LABELS: Operation[models.DetectCustomLabelsResponse] = Operation("DetectCustomLabels")
CREATE_DATASET: Operation[models.CreateDatasetResponse] = Operation("CreateDataset")
DESCRIBE_DATASET: Operation[models.DescribeDatasetResponse] = Operation("DescribeDataset")
DELETE_DATASET: Operation[models.DeleteDatasetResponse] = Operation("DeleteDataset")
LIST_DATASET_ENTRIES: Operation[models.ListDatasetEntriesResponse] = Operation("ListDatasetEntries")
LIST_DATASET_LABELS: Operation[models.ListDatasetLabelsResponse] = Operation("ListDatasetLabels")
UPDATE_DATASET_ENTRIES: Operation[models.UpdateDatasetEntriesResponse] = Operation("UpdateDatasetEntries")
DISTRIBUTE_DATASET_ENTRIES: Operation[models.DistributeDatasetEntriesResponse] = Operation("DistributeDatasetEntries")
PUT_PROJECT_POLICY: Operation[models.PutProjectPolicyResponse] = Operation("PutProjectPolicy")
LIST_PROJECT_POLICIES: Operation[models.ListProjectPoliciesResponse] = Operation("ListProjectPolicies")
DELETE_PROJECT_POLICY: Operation[models.DeleteProjectPolicyResponse] = Operation("DeleteProjectPolicy")
TAG_RESOURCE: Operation[models.TagResourceResponse] = Operation("TagResource")
UNTAG_RESOURCE: Operation[models.UntagResourceResponse] = Operation("UntagResource")
LIST_TAGS_FOR_RESOURCE: Operation[models.ListTagsForResourceResponse] = Operation("ListTagsForResource")
