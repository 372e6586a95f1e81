"""The 23 operations of the service that this package calls, with the models of their requests and responses."""

import re
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rekog_versions.models import datasets, detection, lifecycle, policies, projects, tags, versions
from rekog_versions.models._base import Request, Response

RequestT = TypeVar("RequestT", bound=Request)
ResponseT = TypeVar("ResponseT", bound=Response)


@dataclass(frozen=True)
class Operation(Generic[RequestT, ResponseT]):
    """An operation of the service.

    Attributes:
        name: The service's name, such as `DescribeProjects`.
        request: The model of the request.
        response: The model of the response.
        method: The name of boto3's method, such as `describe_projects`.
    """

    name: str
    request: type[RequestT]
    response: type[ResponseT]
    method: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "method", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name).lower())


CREATE_PROJECT = Operation("CreateProject", projects.CreateProjectRequest, projects.CreateProjectResponse)
DESCRIBE_PROJECTS = Operation("DescribeProjects", projects.DescribeProjectsRequest, projects.DescribeProjectsResponse)
DELETE_PROJECT = Operation("DeleteProject", projects.DeleteProjectRequest, projects.DeleteProjectResponse)

CREATE_PROJECT_VERSION = Operation(
    "CreateProjectVersion", versions.CreateProjectVersionRequest, versions.CreateProjectVersionResponse
)
DESCRIBE_PROJECT_VERSIONS = Operation(
    "DescribeProjectVersions", versions.DescribeProjectVersionsRequest, versions.DescribeProjectVersionsResponse
)
START_PROJECT_VERSION = Operation(
    "StartProjectVersion", lifecycle.StartProjectVersionRequest, lifecycle.StartProjectVersionResponse
)
STOP_PROJECT_VERSION = Operation(
    "StopProjectVersion", lifecycle.StopProjectVersionRequest, lifecycle.StopProjectVersionResponse
)
DELETE_PROJECT_VERSION = Operation(
    "DeleteProjectVersion", lifecycle.DeleteProjectVersionRequest, lifecycle.DeleteProjectVersionResponse
)
COPY_PROJECT_VERSION = Operation(
    "CopyProjectVersion", lifecycle.CopyProjectVersionRequest, lifecycle.CopyProjectVersionResponse
)

DETECT_CUSTOM_LABELS = Operation(
    "DetectCustomLabels", detection.DetectCustomLabelsRequest, detection.DetectCustomLabelsResponse
)

CREATE_DATASET = Operation("CreateDataset", datasets.CreateDatasetRequest, datasets.CreateDatasetResponse)
DESCRIBE_DATASET = Operation("DescribeDataset", datasets.DescribeDatasetRequest, datasets.DescribeDatasetResponse)
DELETE_DATASET = Operation("DeleteDataset", datasets.DeleteDatasetRequest, datasets.DeleteDatasetResponse)
LIST_DATASET_ENTRIES = Operation(
    "ListDatasetEntries", datasets.ListDatasetEntriesRequest, datasets.ListDatasetEntriesResponse
)
LIST_DATASET_LABELS = Operation(
    "ListDatasetLabels", datasets.ListDatasetLabelsRequest, datasets.ListDatasetLabelsResponse
)
UPDATE_DATASET_ENTRIES = Operation(
    "UpdateDatasetEntries", datasets.UpdateDatasetEntriesRequest, datasets.UpdateDatasetEntriesResponse
)
DISTRIBUTE_DATASET_ENTRIES = Operation(
    "DistributeDatasetEntries", datasets.DistributeDatasetEntriesRequest, datasets.DistributeDatasetEntriesResponse
)

PUT_PROJECT_POLICY = Operation("PutProjectPolicy", policies.PutProjectPolicyRequest, policies.PutProjectPolicyResponse)
LIST_PROJECT_POLICIES = Operation(
    "ListProjectPolicies", policies.ListProjectPoliciesRequest, policies.ListProjectPoliciesResponse
)
DELETE_PROJECT_POLICY = Operation(
    "DeleteProjectPolicy", policies.DeleteProjectPolicyRequest, policies.DeleteProjectPolicyResponse
)

TAG_RESOURCE = Operation("TagResource", tags.TagResourceRequest, tags.TagResourceResponse)
UNTAG_RESOURCE = Operation("UntagResource", tags.UntagResourceRequest, tags.UntagResourceResponse)
LIST_TAGS_FOR_RESOURCE = Operation(
    "ListTagsForResource", tags.ListTagsForResourceRequest, tags.ListTagsForResourceResponse
)
