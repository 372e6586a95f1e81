"""The operations on project policies without I/O."""

import json
from collections.abc import Mapping
from typing import Any

from rekog_versions.models.policies import (
    DeleteProjectPolicyRequest,
    DeleteProjectPolicyResponse,
    ListProjectPoliciesRequest,
    ListProjectPoliciesResponse,
    ProjectPolicy,
    PutProjectPolicyRequest,
    PutProjectPolicyResponse,
)
from rekog_versions.operations.flows import Call, Flow, Operation, answer, request_of
from rekog_versions.operations.listings import Listing

PUT_PROJECT_POLICY = Operation("PutProjectPolicy", "put_project_policy", PutProjectPolicyResponse)
LIST_PROJECT_POLICIES = Operation("ListProjectPolicies", "list_project_policies", ListProjectPoliciesResponse)
DELETE_PROJECT_POLICY = Operation("DeleteProjectPolicy", "delete_project_policy", DeleteProjectPolicyResponse)


def put_policy(
    project_arn: str, policy_name: str, policy_document: str | Mapping[str, Any], policy_revision_id: str | None
) -> Flow[PutProjectPolicyResponse]:
    """The flow of PutProjectPolicy; a document that is no string is written as JSON, as short as it can be."""
    is_text = isinstance(policy_document, str)
    fields = {
        "project_arn": project_arn,
        "policy_name": policy_name,
        "policy_document": policy_document if is_text else json.dumps(policy_document, separators=(",", ":")),
        "policy_revision_id": policy_revision_id,
    }
    return answer(Call(PUT_PROJECT_POLICY, request_of(PutProjectPolicyRequest, None, fields).to_wire()))


def page_of_policies(**fields: object) -> Flow[ListProjectPoliciesResponse]:
    """The flow of ListProjectPolicies; takes the request's fields."""
    return answer(Call(LIST_PROJECT_POLICIES, request_of(ListProjectPoliciesRequest, None, fields).to_wire()))


def list_policies(project_arn: str, page_size: int | None) -> Listing[ProjectPolicy, ListProjectPoliciesResponse]:
    """The listing of a project's policies.

    Raises:
        pydantic.ValidationError: A value breaks a rule.
    """
    fields = {"project_arn": project_arn, "max_results": page_size}
    request = request_of(ListProjectPoliciesRequest, None, fields)
    return Listing(
        LIST_PROJECT_POLICIES, [request.to_wire()], lambda page: page.project_policies, lambda page: page.next_token
    )


def delete_policy(**fields: object) -> Flow[DeleteProjectPolicyResponse]:
    """The flow of DeleteProjectPolicy; takes the request's fields."""
    return answer(Call(DELETE_PROJECT_POLICY, request_of(DeleteProjectPolicyRequest, None, fields).to_wire()))
