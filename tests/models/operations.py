"""The request and response model of every operation."""

from collections.abc import Mapping

from rekog_versions.models._base import Request, Response
from rekog_versions.models.datasets import (
    CreateDatasetRequest,
    CreateDatasetResponse,
    DeleteDatasetRequest,
    DeleteDatasetResponse,
    DescribeDatasetRequest,
    DescribeDatasetResponse,
    DistributeDatasetEntriesRequest,
    DistributeDatasetEntriesResponse,
    ListDatasetEntriesRequest,
    ListDatasetEntriesResponse,
    ListDatasetLabelsRequest,
    ListDatasetLabelsResponse,
    UpdateDatasetEntriesRequest,
    UpdateDatasetEntriesResponse,
)
from rekog_versions.models.detection import DetectCustomLabelsRequest, DetectCustomLabelsResponse
from rekog_versions.models.lifecycle import (
    CopyProjectVersionRequest,
    CopyProjectVersionResponse,
    DeleteProjectVersionRequest,
    DeleteProjectVersionResponse,
    StartProjectVersionRequest,
    StartProjectVersionResponse,
    StopProjectVersionRequest,
    StopProjectVersionResponse,
)
from rekog_versions.models.policies import (
    DeleteProjectPolicyRequest,
    DeleteProjectPolicyResponse,
    ListProjectPoliciesRequest,
    ListProjectPoliciesResponse,
    PutProjectPolicyRequest,
    PutProjectPolicyResponse,
)
from rekog_versions.models.projects import (
    CreateProjectRequest,
    CreateProjectResponse,
    DeleteProjectRequest,
    DeleteProjectResponse,
    DescribeProjectsRequest,
    DescribeProjectsResponse,
)
from rekog_versions.models.tags import (
    ListTagsForResourceRequest,
    ListTagsForResourceResponse,
    TagResourceRequest,
    TagResourceResponse,
    UntagResourceRequest,
    UntagResourceResponse,
)
from rekog_versions.models.versions import (
    CreateProjectVersionRequest,
    CreateProjectVersionResponse,
    DescribeProjectVersionsRequest,
    DescribeProjectVersionsResponse,
)

OPERATIONS: Mapping[str, tuple[type[Request], type[Response]]] = {
    "CreateProjectVersion": (CreateProjectVersionRequest, CreateProjectVersionResponse),
    "DescribeProjectVersions": (DescribeProjectVersionsRequest, DescribeProjectVersionsResponse),
    "StartProjectVersion": (StartProjectVersionRequest, StartProjectVersionResponse),
    "StopProjectVersion": (StopProjectVersionRequest, StopProjectVersionResponse),
    "DeleteProjectVersion": (DeleteProjectVersionRequest, DeleteProjectVersionResponse),
    "CopyProjectVersion": (CopyProjectVersionRequest, CopyProjectVersionResponse),
    "CreateProject": (CreateProjectRequest, CreateProjectResponse),
    "DescribeProjects": (DescribeProjectsRequest, DescribeProjectsResponse),
    "DeleteProject": (DeleteProjectRequest, DeleteProjectResponse),
    "CreateDataset": (CreateDatasetRequest, CreateDatasetResponse),
    "DescribeDataset": (DescribeDatasetRequest, DescribeDatasetResponse),
    "ListDatasetEntries": (ListDatasetEntriesRequest, ListDatasetEntriesResponse),
    "ListDatasetLabels": (ListDatasetLabelsRequest, ListDatasetLabelsResponse),
    "UpdateDatasetEntries": (UpdateDatasetEntriesRequest, UpdateDatasetEntriesResponse),
    "DistributeDatasetEntries": (DistributeDatasetEntriesRequest, DistributeDatasetEntriesResponse),
    "DeleteDataset": (DeleteDatasetRequest, DeleteDatasetResponse),
    "DetectCustomLabels": (DetectCustomLabelsRequest, DetectCustomLabelsResponse),
    "PutProjectPolicy": (PutProjectPolicyRequest, PutProjectPolicyResponse),
    "ListProjectPolicies": (ListProjectPoliciesRequest, ListProjectPoliciesResponse),
    "DeleteProjectPolicy": (DeleteProjectPolicyRequest, DeleteProjectPolicyResponse),
    "TagResource": (TagResourceRequest, TagResourceResponse),
    "UntagResource": (UntagResourceRequest, UntagResourceResponse),
    "ListTagsForResource": (ListTagsForResourceRequest, ListTagsForResourceResponse),
}
