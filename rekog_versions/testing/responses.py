"""The wire side: a request comes in, is checked, and is answered as the service answers."""

import json
from collections.abc import Mapping
from typing import Any, cast

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import get_service_model

from rekog_versions.testing import faults
from rekog_versions.testing.backend import CustomLabelsBackend, custom_labels_backends
from rekog_versions.testing.callers import identify
from rekog_versions.testing.exceptions import CustomLabelsError, SerializationException
from rekog_versions.testing.validation import validated

OPERATIONS: Mapping[str, str] = {
    "CreateProject": "create_project",
    "DescribeProjects": "describe_projects",
    "DeleteProject": "delete_project",
    "CreateProjectVersion": "create_project_version",
    "DescribeProjectVersions": "describe_project_versions",
    "StartProjectVersion": "start_project_version",
    "StopProjectVersion": "stop_project_version",
    "DeleteProjectVersion": "delete_project_version",
    "CopyProjectVersion": "copy_project_version",
    "PutProjectPolicy": "put_project_policy",
    "ListProjectPolicies": "list_project_policies",
    "DeleteProjectPolicy": "delete_project_policy",
    "TagResource": "tag_resource",
    "UntagResource": "untag_resource",
    "ListTagsForResource": "list_tags_for_resource",
    "CreateDataset": "create_dataset",
    "DescribeDataset": "describe_dataset",
    "ListDatasetEntries": "list_dataset_entries",
    "ListDatasetLabels": "list_dataset_labels",
    "UpdateDatasetEntries": "update_dataset_entries",
    "DistributeDatasetEntries": "distribute_dataset_entries",
    "DeleteDataset": "delete_dataset",
    "DetectCustomLabels": "detect_custom_labels",
}
"""The operations that are emulated, and the method of `CustomLabelsResponse` for each. The rest stays moto's."""


class CustomLabelsResponse(BaseResponse):
    """Answers the operations of Custom Labels: a method an operation, found by moto by its name."""

    def __init__(self) -> None:
        super().__init__(service_name="rekognition")
        self.automated_parameter_parsing = True
        self._fault: faults.Fault | None = None

    def create_project(self) -> ActionResult:
        """CreateProject."""
        return ActionResult({"ProjectArn": self._backend.create_project(self._request())})

    def describe_projects(self) -> ActionResult:
        """DescribeProjects."""
        projects, token = self._backend.describe_projects(self._request())
        return ActionResult({"ProjectDescriptions": projects, "NextToken": token})

    def delete_project(self) -> ActionResult:
        """DeleteProject."""
        return ActionResult({"Status": self._backend.delete_project(self._request())})

    def create_project_version(self) -> ActionResult:
        """CreateProjectVersion."""
        return ActionResult({"ProjectVersionArn": self._backend.create_project_version(self._request())})

    def describe_project_versions(self) -> ActionResult:
        """DescribeProjectVersions."""
        versions, token = self._backend.describe_project_versions(self._request())
        return ActionResult({"ProjectVersionDescriptions": versions, "NextToken": token})

    def start_project_version(self) -> ActionResult:
        """StartProjectVersion."""
        return ActionResult({"Status": self._backend.start_project_version(self._request())})

    def stop_project_version(self) -> ActionResult:
        """StopProjectVersion."""
        return ActionResult({"Status": self._backend.stop_project_version(self._request())})

    def delete_project_version(self) -> ActionResult:
        """DeleteProjectVersion."""
        return ActionResult({"Status": self._backend.delete_project_version(self._request())})

    def copy_project_version(self) -> ActionResult:
        """CopyProjectVersion."""
        caller = identify(self.current_account, self.access_key, self.region)
        return ActionResult({"ProjectVersionArn": self._backend.copy_project_version(self._request(), caller)})

    def put_project_policy(self) -> ActionResult:
        """PutProjectPolicy."""
        return ActionResult({"PolicyRevisionId": self._backend.put_project_policy(self._request())})

    def list_project_policies(self) -> ActionResult:
        """ListProjectPolicies."""
        policies, token = self._backend.list_project_policies(self._request())
        return ActionResult({"ProjectPolicies": policies, "NextToken": token})

    def delete_project_policy(self) -> ActionResult:
        """DeleteProjectPolicy."""
        self._backend.delete_project_policy(self._request())
        return EmptyResult()

    def tag_resource(self) -> ActionResult:
        """TagResource."""
        self._backend.tag_resource(self._request())
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        """UntagResource."""
        self._backend.untag_resource(self._request())
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        """ListTagsForResource."""
        return ActionResult({"Tags": self._backend.list_tags_for_resource(self._request())})

    def call_action(self) -> Any:
        """Answers the request, or does to it what a test has injected."""
        self._fault = faults.take(self._get_action(), account_id=self.current_account, region=self.region)
        if self._fault is None:
            return super().call_action()
        return self._fault.befall(super().call_action, self.normalized_request)

    def create_dataset(self) -> ActionResult:
        """CreateDataset."""
        return ActionResult({"DatasetArn": self._backend.create_dataset(self._request())})

    def describe_dataset(self) -> ActionResult:
        """DescribeDataset."""
        return ActionResult({"DatasetDescription": self._backend.describe_dataset(self._request())})

    def list_dataset_entries(self) -> ActionResult:
        """ListDatasetEntries."""
        entries, token = self._backend.list_dataset_entries(self._request())
        return ActionResult({"DatasetEntries": entries, "NextToken": token})

    def list_dataset_labels(self) -> ActionResult:
        """ListDatasetLabels."""
        labels, token = self._backend.list_dataset_labels(self._request())
        return ActionResult({"DatasetLabelDescriptions": labels, "NextToken": token})

    def update_dataset_entries(self) -> EmptyResult:
        """UpdateDatasetEntries."""
        self._backend.update_dataset_entries(self._request())
        return EmptyResult()

    def distribute_dataset_entries(self) -> EmptyResult:
        """DistributeDatasetEntries."""
        self._backend.distribute_dataset_entries(self._request())
        return EmptyResult()

    def delete_dataset(self) -> EmptyResult:
        """DeleteDataset."""
        self._backend.delete_dataset(self._request())
        return EmptyResult()

    def detect_custom_labels(self) -> ActionResult:
        """DetectCustomLabels."""
        return ActionResult({"CustomLabels": self._backend.detect_custom_labels(self._request())})

    def parse_parameters(self, request: Any) -> None:
        """Decodes the body, and no more.

        moto's parser takes whatever fits the model and trips over what doesn't; here the check comes first (see
        `_request`), where its error can be answered.
        """
        try:
            body: object = json.loads(request.data or b"{}")
        except (ValueError, RecursionError):
            body = None
        self.params: Any = body

    def serialized(self, action_result: ActionResult) -> Any:
        """Adds the status codes that moto doesn't know: it answers every error with 400."""
        status, headers, body = super().serialized(action_result)
        error = action_result.result
        return error.http_status if isinstance(error, CustomLabelsError) else status, headers, body

    @property
    def _backend(self) -> CustomLabelsBackend:
        return custom_labels_backends[self.current_account][self.region]

    def _request(self) -> dict[str, Any]:
        """The request, checked against the service model; raises the error instead that a test has injected."""
        if self._fault is not None:
            self._fault.check()
        params: object = self.params
        if not isinstance(params, dict):
            raise SerializationException("The request's body is not a JSON object")
        operation: Any = get_service_model("rekognition").operation_model(self._get_action())
        return validated(operation.input_shape, cast("dict[str, Any]", params))
