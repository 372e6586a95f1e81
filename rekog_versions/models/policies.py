"""Requests and responses of the operations on project policies."""

from rekog_versions.arns import ProjectArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Request, Response, Timestamp


class PutProjectPolicyRequest(Request):
    """The request of PutProjectPolicy. A policy allows principals to copy versions from a project."""

    project_arn: c.ProjectArn
    """The project from which versions may be copied."""
    policy_name: c.ProjectPolicyName
    """1 to 128 characters, unique in the project."""
    policy_revision_id: c.ProjectPolicyRevisionId | None = None
    """The revision to replace. Omit it for a new policy."""
    policy_document: c.ProjectPolicyDocument
    """An IAM policy in JSON; 1 to 2,000 characters."""


class PutProjectPolicyResponse(Response):
    """The response of PutProjectPolicy."""

    policy_revision_id: str | None = None


class ListProjectPoliciesRequest(Request):
    """The request of ListProjectPolicies."""

    project_arn: c.ProjectArn
    next_token: c.PaginationToken | None = None
    max_results: c.PolicyPageSize | None = None
    """1 to 5; 5 by default."""


class ProjectPolicy(Response):
    """A policy that is attached to a project."""

    project_arn: ProjectArn | None = None
    policy_name: str | None = None
    policy_revision_id: str | None = None
    policy_document: str | None = None
    """The JSON text that was attached."""
    creation_timestamp: Timestamp | None = None
    last_updated_timestamp: Timestamp | None = None


class ListProjectPoliciesResponse(Response):
    """The response of ListProjectPolicies: one page."""

    project_policies: list[ProjectPolicy] | None = None
    next_token: str | None = None
    """The token of the next page. None or empty on the last page."""


class DeleteProjectPolicyRequest(Request):
    """The request of DeleteProjectPolicy."""

    project_arn: c.ProjectArn
    policy_name: c.ProjectPolicyName
    policy_revision_id: c.ProjectPolicyRevisionId | None = None
    """The revision to delete. By default, the current one."""


class DeleteProjectPolicyResponse(Response):
    """The response of DeleteProjectPolicy, which has no members."""
