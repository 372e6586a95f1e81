"""The asyncio client's methods for project policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rekog_versions import models
from rekog_versions._aws.operations import DELETE_PROJECT_POLICY, LIST_PROJECT_POLICIES, PUT_PROJECT_POLICY
from rekog_versions.client._async.lookup import with_arns
from rekog_versions.client.arguments import request_from
from rekog_versions.client.async_base import AsyncClientBase
from rekog_versions.client.pager import AsyncPager, Listing


class AsyncPolicies(AsyncClientBase):
    """Project policies, which let other accounts copy versions out of a project."""

    async def put_project_policy(
        self,
        project_arn: str,
        policy_name: str,
        policy_document: str | Mapping[str, Any],
        *,
        policy_revision_id: str | None = None,
    ) -> str | None:
        """Attach a policy to a project, so that another account can copy versions out of it, or replace one.

        Args:
            project_arn: The project's ARN or name.
            policy_name: 1 to 128 characters, unique in the project.
            policy_document: An IAM policy document, as JSON text or as a dict; at most 2,000 characters.
            policy_revision_id: The revision to replace; by default, the policy must be new.

        Returns:
            The policy's revision.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request: `ResourceAlreadyExistsError` if the name is taken,
                `InvalidPolicyRevisionIdError` if the policy was changed since, or `MalformedPolicyDocumentError`.
        """
        is_text = isinstance(policy_document, str)
        request = request_from(
            models.PutProjectPolicyRequest,
            project_arn=project_arn,
            policy_name=policy_name,
            policy_document=policy_document if is_text else json.dumps(policy_document, separators=(",", ":")),
            policy_revision_id=policy_revision_id,
        )
        return (
            await self.call(PUT_PROJECT_POLICY, (await with_arns(self, request)).to_wire())
        ).response.policy_revision_id

    async def list_project_policies(
        self, project_arn: str, *, max_results: int | None = None, next_token: str | None = None
    ) -> models.ListProjectPoliciesResponse:
        """List the policies of a project: one call and one page.

        Args:
            project_arn: The project's ARN or name.
            max_results: Policies per page, 1 to 5; the service's default is 5.
            next_token: The token from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request.
            ResponseError: The response cannot be parsed.
        """
        request = request_from(
            models.ListProjectPoliciesRequest, project_arn=project_arn, max_results=max_results, next_token=next_token
        )
        return (await self.call(LIST_PROJECT_POLICIES, (await with_arns(self, request)).to_wire())).response

    def iter_project_policies(
        self, project_arn: str, *, page_size: int | None = None
    ) -> AsyncPager[models.ProjectPolicy, models.ListProjectPoliciesResponse]:
        """List all policies of a project.

        Args:
            project_arn: The project's ARN or name.
            page_size: Policies per call, 1 to 5; the service's default is 5.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        request = request_from(models.ListProjectPoliciesRequest, project_arn=project_arn, max_results=page_size)
        listing = Listing(LIST_PROJECT_POLICIES, [request], lambda page: page.project_policies)
        return AsyncPager(self.call, listing, lambda request: with_arns(self, request))

    async def delete_project_policy(
        self, project_arn: str, policy_name: str, *, policy_revision_id: str | None = None
    ) -> None:
        """Delete a policy of a project.

        Args:
            project_arn: The project's ARN or name.
            policy_name: The policy.
            policy_revision_id: The revision to delete; by default, the current one.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request: `InvalidPolicyRevisionIdError` if the policy was changed
                since.
        """
        request = request_from(
            models.DeleteProjectPolicyRequest,
            project_arn=project_arn,
            policy_name=policy_name,
            policy_revision_id=policy_revision_id,
        )
        await self.call(DELETE_PROJECT_POLICY, (await with_arns(self, request)).to_wire())
