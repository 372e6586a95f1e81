"""Requests and responses of the operations on tags."""

from typing import Annotated

from pydantic import Field

from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Request, Response


class TagResourceRequest(Request):
    """The request of TagResource. An existing key gets the new value."""

    resource_arn: c.ResourceArn
    """The ARN of a project, version or dataset; 20 to 2,048 characters."""
    tags: c.TagMap


class TagResourceResponse(Response):
    """The response of TagResource, which has no members."""


class UntagResourceRequest(Request):
    """The request of UntagResource."""

    resource_arn: c.ResourceArn
    tag_keys: Annotated[list[c.TagKey], Field(max_length=200)]
    """At most 200."""


class UntagResourceResponse(Response):
    """The response of UntagResource, which has no members."""


class ListTagsForResourceRequest(Request):
    """The request of ListTagsForResource."""

    resource_arn: c.ResourceArn


class ListTagsForResourceResponse(Response):
    """The response of ListTagsForResource."""

    tags: dict[str, str] | None = None
