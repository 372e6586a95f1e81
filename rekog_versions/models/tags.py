"""The operations on tags: what they take and what they answer."""

from typing import Annotated

from pydantic import Field

from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Answer, Request


class TagResourceRequest(Request):
    """What TagResource takes. A tag whose key is there already gets the new value."""

    resource_arn: c.ResourceArn
    """A project, version or dataset; 20 to 2,048 characters."""
    tags: c.TagMap


class TagResourceResponse(Answer):
    """What TagResource answers: nothing."""


class UntagResourceRequest(Request):
    """What UntagResource takes."""

    resource_arn: c.ResourceArn
    tag_keys: Annotated[list[c.TagKey], Field(max_length=200)]
    """At most 200."""


class UntagResourceResponse(Answer):
    """What UntagResource answers: nothing."""


class ListTagsForResourceRequest(Request):
    """What ListTagsForResource takes."""

    resource_arn: c.ResourceArn


class ListTagsForResourceResponse(Answer):
    """What ListTagsForResource answers."""

    tags: dict[str, str] | None = None
