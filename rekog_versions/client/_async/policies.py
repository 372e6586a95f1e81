"""The asyncio client's methods for project policies."""

from collections.abc import Mapping
from typing import Any

from rekog_versions.client._async.driver import AsyncDriver, AsyncPager
from rekog_versions.models.policies import ListProjectPoliciesResponse, ProjectPolicy
from rekog_versions.operations.policies import delete_policy, list_policies, page_of_policies, put_policy


class AsyncPolicies(AsyncDriver):
    """Saying who may copy versions out of a project."""

    async def put_project_policy(
        self,
        project_arn: str,
        policy_name: str,
        policy_document: str | Mapping[str, Any],
        *,
        policy_revision_id: str | None = None,
    ) -> str | None:
        """Hangs a policy on a project, so that another account may copy versions out of it, or replaces one.

        Args:
            project_arn: The project.
            policy_name: 1 to 128 characters, unique in the project.
            policy_document: What IAM calls a policy document: its JSON, or a dict of which JSON is made; at most 2,000
                characters.
            policy_revision_id: The revision that is to be replaced; without it, the policy must be new.

        Returns:
            The policy's revision.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused: `ResourceAlreadyExistsError` if there is one of that name,
                `InvalidPolicyRevisionIdError` if it was changed meanwhile, `MalformedPolicyDocumentError`.
        """
        answer = await self.run_flow(put_policy(project_arn, policy_name, policy_document, policy_revision_id))
        return answer.policy_revision_id

    async def list_project_policies(
        self, project_arn: str, *, max_results: int | None = None, next_token: str | None = None
    ) -> ListProjectPoliciesResponse:
        """Lists the policies of a project: one call, one page.

        Args:
            project_arn: The project.
            max_results: Policies a page, 1 to 5; the service's default is 5.
            next_token: Where to go on, from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused.
            ResponseError: The answer can't be read.
        """
        return await self.run_flow(
            page_of_policies(project_arn=project_arn, max_results=max_results, next_token=next_token)
        )

    def iter_project_policies(
        self, project_arn: str, *, page_size: int | None = None
    ) -> AsyncPager[ProjectPolicy, ListProjectPoliciesResponse]:
        """Lists all policies of a project.

        Args:
            project_arn: The project.
            page_size: Policies a call, 1 to 5; the service's default is 5.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        return AsyncPager(self._transport.call, list_policies(project_arn, page_size))

    async def delete_project_policy(
        self, project_arn: str, policy_name: str, *, policy_revision_id: str | None = None
    ) -> None:
        """Takes a policy off a project.

        Args:
            project_arn: The project.
            policy_name: The policy.
            policy_revision_id: The revision that is to be deleted; without it, whichever there is.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused: `InvalidPolicyRevisionIdError` if it was changed meanwhile.
        """
        await self.run_flow(
            delete_policy(project_arn=project_arn, policy_name=policy_name, policy_revision_id=policy_revision_id)
        )
