"""The asyncio client's methods for tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rekog_versions import models
from rekog_versions._aws.operations import LIST_TAGS_FOR_RESOURCE, TAG_RESOURCE, UNTAG_RESOURCE
from rekog_versions.client.arguments import ResourceRef, checked_list, request_from, resource_arn_of
from rekog_versions.client.async_base import AsyncClientBase
from rekog_versions.errors import ResponseError


class AsyncTags(AsyncClientBase):
    """Tags of projects, versions and datasets."""

    async def tag_resource(self, resource_arn: ResourceRef, tags: Mapping[str, str]) -> None:
        """Add tags to a project, version or dataset. A tag that exists already gets the new value.

        Args:
            resource_arn: The ARN of a project, version or dataset, or a description of a project or version.
            tags: Keys of 1 to 128 characters and values of at most 256; at most 200 in all.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request: `ServiceQuotaExceededError` if there would be too many.
        """
        request = request_from(models.TagResourceRequest, resource_arn=resource_arn_of(resource_arn), tags=tags)
        await self.call(TAG_RESOURCE, request.to_wire())

    async def untag_resource(self, resource_arn: ResourceRef, tag_keys: Sequence[str]) -> None:
        """Remove tags from a project, version or dataset. Keys that do not exist are ignored.

        Args:
            resource_arn: The ARN of a project, version or dataset, or a description of a project or version.
            tag_keys: The keys; at most 200.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request.
            TypeError: `tag_keys` is a single string.
        """
        request = request_from(
            models.UntagResourceRequest,
            resource_arn=resource_arn_of(resource_arn),
            tag_keys=checked_list(tag_keys, "tag_keys"),
        )
        await self.call(UNTAG_RESOURCE, request.to_wire())

    async def list_tags_for_resource(self, resource_arn: ResourceRef) -> dict[str, str]:
        """Return the tags of a project, version or dataset.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request.
            ResponseError: The response has neither tags nor a request id, so the service did not send it.
        """
        reply = await self.call(
            LIST_TAGS_FOR_RESOURCE,
            request_from(models.ListTagsForResourceRequest, resource_arn=resource_arn_of(resource_arn)).to_wire(),
        )
        if reply.response.tags is None and reply.request_id is None:
            raise ResponseError(
                LIST_TAGS_FOR_RESOURCE.name, reply.response.to_dict(), "it has neither tags nor a request id"
            )
        return reply.response.tags or {}
