"""The asyncio client's methods for tags."""

from collections.abc import Mapping, Sequence

from rekog_versions.client._async.driver import AsyncDriver
from rekog_versions.operations.tags import list_tags, tag_resource, untag_resource


class AsyncTags(AsyncDriver):
    """Tagging projects, versions and datasets."""

    async def tag_resource(self, resource_arn: str, tags: Mapping[str, str]) -> None:
        """Adds tags to a project, version or dataset; a key that is there already gets the new value.

        Args:
            resource_arn: What is tagged.
            tags: Keys of 1 to 128 characters, values of at most 256; at most 200 in all.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused: `ServiceQuotaExceededError` if there would be too many.
        """
        await self.run_flow(tag_resource(resource_arn, tags))

    async def untag_resource(self, resource_arn: str, tag_keys: Sequence[str]) -> None:
        """Takes tags off a project, version or dataset. Keys that are not there do no harm.

        Args:
            resource_arn: What is tagged.
            tag_keys: The keys; at most 200.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused.
            TypeError: `tag_keys` is a single string.
        """
        await self.run_flow(untag_resource(resource_arn, tag_keys))

    async def list_tags_for_resource(self, resource_arn: str) -> dict[str, str]:
        """The tags of a project, version or dataset.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused.
            ResponseError: The answer is not the service's.
        """
        return await self.run_flow(list_tags(resource_arn))
