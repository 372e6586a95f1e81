"""The wire side: decodes and validates a request, calls the backend, and encodes the response."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from moto import settings
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from rekog_versions._json import sequence
from rekog_versions.testing import clock
from rekog_versions.testing.backend import CustomLabelsBackend, custom_labels_backends
from rekog_versions.testing.exceptions import (
    CustomLabelsError,
    ProvisionedThroughputExceededException,
    SerializationException,
    ThrottlingException,
    error_response,
)
from rekog_versions.testing.fault_injection import Fault, take_fault
from rekog_versions.testing.policies import Caller
from rekog_versions.testing.request_validation import validate

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
"""The emulated operations, and the name of the backend's method for each. moto handles all other operations."""


class CustomLabelsResponse(BaseResponse):
    """Handles the operations of Custom Labels. For each there is an attribute, which moto finds by its name."""

    def __init__(self) -> None:
        super().__init__(service_name="rekognition")
        self.automated_parameter_parsing = True
        self._fault: Fault | None = None

    def call_action(self) -> Any:
        """Handle the request, and apply the fault that a test has injected for it."""
        self._fault = take_fault(self._get_action(), account_id=self.current_account, region=self.region)
        if self._fault is None:
            return super().call_action()
        return self._fault.apply(super().call_action, self.normalized_request)

    def handle(self) -> ActionResult:
        """Validate the request, and call the backend's method for it."""
        if self._fault is not None:
            self._fault.check()
        params: object = self.params
        if not isinstance(params, dict):
            raise SerializationException("The request's body is not a JSON object")
        action = self._get_action()
        operation: Any = get_service_model("rekognition").operation_model(action)
        request = validate(operation.input_shape, cast("dict[str, Any]", params))
        backend = custom_labels_backends[self.current_account][self.region]
        backend.write_metrics()
        if action == "CopyProjectVersion":
            return _JSONResult(backend.copy_project_version(request, self._caller()))
        if action == "DetectCustomLabels":
            return _JSONResult(_counted(backend, action, request))
        return _JSONResult(getattr(backend, OPERATIONS[action])(request))

    def parse_parameters(self, request: Any) -> None:
        """Decode the body, and no more.

        moto's own parser fails for values that do not fit the service model. `handle` validates the request, so that
        its error becomes a response.
        """
        try:
            body: object = json.loads(request.data or b"{}")
        except (ValueError, RecursionError):
            body = None
        self.params: Any = body

    def serialized(self, action_result: ActionResult) -> Any:
        """Encode the result. moto would return every error with 400, and without the members Code and Logref."""
        error = action_result.result
        if not isinstance(error, CustomLabelsError):
            return super().serialized(action_result)
        status, headers, body = error_response(error)
        return status, {**headers, **self.response_headers}, body

    def _caller(self) -> Caller:
        """Return the owner of the access key: an IAM user, a role's session, or moto's own user for unknown keys."""
        sts = cast("Any", sts_backends)[self.current_account][get_partition(self.region)]
        _, arn, _ = sts.get_caller_identity(self.access_key, self.region)
        role = sts.get_assumed_role_from_access_key(self.access_key)
        return Caller(self.current_account, arn, frozenset({arn, role.role_arn} if role else {arn}))


for _method in OPERATIONS.values():
    setattr(CustomLabelsResponse, _method, CustomLabelsResponse.handle)


def _counted(backend: CustomLabelsBackend, action: str, request: dict[str, Any]) -> dict[str, Any]:
    """Detect labels, and count the call in CloudWatch."""
    try:
        response = backend.detect_custom_labels(request)
    except (ThrottlingException, ProvisionedThroughputExceededException):
        backend.count_call(action, "ThrottledCount")
        raise
    backend.count_call(action, "SuccessfulRequestCount")
    return response


class _JSONResult(ActionResult):
    """A result whose keys are those of the service model already. moto's own serializer takes five times as long."""

    def execute_result(self, context: Any) -> Any:  # noqa: ARG002 - the signature of moto
        """Return the HTTP status, the headers and the body."""
        indent = 4 if settings.PRETTIFY_RESPONSES else None
        body = json.dumps(_without_nulls(self.result), default=_timestamp, indent=indent)
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, body


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {name: _without_nulls(member) for name, member in members.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in sequence(cast("object", value))]
    return value


def _timestamp(value: datetime) -> float:
    return clock.to_milliseconds(value) / 1000
