"""The wire side: a request comes in, is checked, and is answered as the service answers."""

import json
from collections.abc import Mapping
from typing import Any, cast

from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model

from rekog_versions.testing.backend import CustomLabelsBackend, custom_labels_backends
from rekog_versions.testing.exceptions import CustomLabelsError, SerializationException
from rekog_versions.testing.validation import validated

OPERATIONS: Mapping[str, str] = {
    "CreateProject": "create_project",
    "DescribeProjects": "describe_projects",
    "DeleteProject": "delete_project",
    "CreateProjectVersion": "create_project_version",
    "DescribeProjectVersions": "describe_project_versions",
    "DetectCustomLabels": "detect_custom_labels",
}
"""The operations that are emulated, and the method of `CustomLabelsResponse` for each. The rest stays moto's."""


class CustomLabelsResponse(BaseResponse):
    """Answers the operations of Custom Labels: a method an operation, found by moto by its name."""

    def __init__(self) -> None:
        super().__init__(service_name="rekognition")
        self.automated_parameter_parsing = True

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
        """The request, checked against the service model."""
        params: object = self.params
        if not isinstance(params, dict):
            raise SerializationException("The request's body is not a JSON object")
        operation: Any = get_service_model("rekognition").operation_model(self._get_action())
        return validated(operation.input_shape, cast("dict[str, Any]", params))
