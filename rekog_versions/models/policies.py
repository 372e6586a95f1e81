"""The operations on project policies: what they take and what they answer."""

from rekog_versions.arns import ProjectArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Answer, Request, Timestamp


class PutProjectPolicyRequest(Request):
    """What PutProjectPolicy takes: who may copy versions out of a project."""

    project_arn: c.ProjectArn
    """The project from which versions may be copied."""
    policy_name: c.ProjectPolicyName
    """1 to 128 characters, unique in the project."""
    policy_revision_id: c.ProjectPolicyRevisionId | None = None
    """The revision that is to be replaced; without it, the policy must be new."""
    policy_document: c.ProjectPolicyDocument
    """JSON, as IAM writes policies; 1 to 2,000 characters."""


class PutProjectPolicyResponse(Answer):
    """What PutProjectPolicy answers."""

    policy_revision_id: str | None = None


class ListProjectPoliciesRequest(Request):
    """What ListProjectPolicies takes."""

    project_arn: c.ProjectArn
    next_token: c.PaginationToken | None = None
    max_results: c.PolicyPageSize | None = None
    """1 to 5; the service's default is 5."""


class ProjectPolicy(Answer):
    """A policy that hangs on a project."""

    project_arn: ProjectArn | None = None
    policy_name: str | None = None
    policy_revision_id: str | None = None
    policy_document: str | None = None
    """JSON, as it was put."""
    creation_timestamp: Timestamp | None = None
    last_updated_timestamp: Timestamp | None = None


class ListProjectPoliciesResponse(Answer):
    """What ListProjectPolicies answers: one page."""

    project_policies: list[ProjectPolicy] | None = None
    next_token: str | None = None
    """There is more, unless it is None or empty."""


class DeleteProjectPolicyRequest(Request):
    """What DeleteProjectPolicy takes."""

    project_arn: c.ProjectArn
    policy_name: c.ProjectPolicyName
    policy_revision_id: c.ProjectPolicyRevisionId | None = None
    """The revision that is to be deleted; without it, whichever there is."""


class DeleteProjectPolicyResponse(Answer):
    """What DeleteProjectPolicy answers: nothing."""
