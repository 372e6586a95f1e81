"""PutProjectPolicy, ListProjectPolicies and DeleteProjectPolicy."""

import secrets
from collections.abc import Mapping
from typing import Any

from rekog_versions.testing import clock, pages
from rekog_versions.testing.entities import Project
from rekog_versions.testing.exceptions import (
    InvalidPolicyRevisionIdException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
)
from rekog_versions.testing.operations.base import OperationsBase
from rekog_versions.testing.policies import Policy, parse

_PAGE_SIZE = 5
_REVISION_BYTES = 16


class PolicyOperations(OperationsBase):
    """The operations on project policies."""

    def put_project_policy(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Attach a policy to a project, or replace the named revision."""
        name, revision = request["PolicyName"], request.get("PolicyRevisionId")
        statements = parse(request["PolicyDocument"])
        with self._lock:
            project = self._custom_labels_project(request["ProjectArn"])
            if project.deletion:
                raise ResourceNotFoundException(f"The project {project.arn} is being deleted")
            present = project.policies.get(name)
            if present is None:
                self._check_new_policy(project, name, revision)
            elif revision is None:
                raise ResourceAlreadyExistsException(
                    f"A policy with the name {name} already exists; to update it, name its PolicyRevisionId"
                )
            else:
                _check_revision(present, revision)
            now = clock.now()
            policy = Policy(
                name,
                secrets.token_hex(_REVISION_BYTES),
                request["PolicyDocument"],
                statements,
                present.created if present else self._next_created(),
                present.created_at if present else now,
                now,
            )
            project.policies[name] = policy
        return {"PolicyRevisionId": policy.revision}

    def list_project_policies(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """List the policies of a project, latest first."""
        with self._lock:
            project = self._custom_labels_project(request["ProjectArn"])
            found, token = pages.page(
                list(reversed(project.policies.values())),
                size=request.get("MaxResults", _PAGE_SIZE),
                token=request.get("NextToken"),
                identity=["ListProjectPolicies", project.arn],
            )
        listed = [
            {
                "ProjectArn": project.arn,
                "PolicyName": policy.name,
                "PolicyRevisionId": policy.revision,
                "PolicyDocument": policy.document,
                "CreationTimestamp": policy.created_at,
                "LastUpdatedTimestamp": policy.updated_at,
            }
            for policy in found
        ]
        return {"ProjectPolicies": listed, "NextToken": token}

    def delete_project_policy(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Delete a policy of a project."""
        name, revision = request["PolicyName"], request.get("PolicyRevisionId")
        with self._lock:
            project = self._custom_labels_project(request["ProjectArn"])
            present = project.policies.get(name)
            if present is None:
                raise ResourceNotFoundException(f"The project {project.arn} has no policy with the name {name}")
            if revision is not None:
                _check_revision(present, revision)
            del project.policies[name]
        return {}

    def _check_new_policy(self, project: Project, name: str, revision: str | None) -> None:
        if revision is not None:
            raise InvalidPolicyRevisionIdException(f"The project has no policy with the name {name} to update")
        limit = self._limits().policies
        if limit is not None and len(project.policies) >= limit:
            raise ServiceQuotaExceededException(f"Cannot attach more than {limit} policies to a project")


def _check_revision(policy: Policy, revision: str) -> None:
    if revision.lower() != policy.revision:
        raise InvalidPolicyRevisionIdException(
            f"The revision {revision} is not the latest of the policy with the name {policy.name}"
        )
