"""The operations on tags without I/O."""

from collections.abc import Mapping, Sequence

from rekog_versions.errors import ResponseError
from rekog_versions.models.tags import (
    ListTagsForResourceRequest,
    ListTagsForResourceResponse,
    TagResourceRequest,
    TagResourceResponse,
    UntagResourceRequest,
    UntagResourceResponse,
)
from rekog_versions.operations.flows import Call, Flow, Operation, Reply, answer, request_of
from rekog_versions.operations.listings import listed

TAG_RESOURCE = Operation("TagResource", "tag_resource", TagResourceResponse)
UNTAG_RESOURCE = Operation("UntagResource", "untag_resource", UntagResourceResponse)
LIST_TAGS_FOR_RESOURCE = Operation("ListTagsForResource", "list_tags_for_resource", ListTagsForResourceResponse)


def tag_resource(resource_arn: str, tags: Mapping[str, str]) -> Flow[TagResourceResponse]:
    """The flow of TagResource."""
    request = request_of(TagResourceRequest, None, {"resource_arn": resource_arn, "tags": tags})
    return answer(Call(TAG_RESOURCE, request.to_wire()))


def untag_resource(resource_arn: str, tag_keys: Sequence[str]) -> Flow[UntagResourceResponse]:
    """The flow of UntagResource.

    Raises:
        TypeError: `tag_keys` is a single string.
    """
    fields = {"resource_arn": resource_arn, "tag_keys": listed(tag_keys, "tag_keys")}
    return answer(Call(UNTAG_RESOURCE, request_of(UntagResourceRequest, None, fields).to_wire()))


def list_tags(resource_arn: str) -> Flow[dict[str, str]]:
    """The flow of ListTagsForResource.

    Raises:
        ResponseError: The answer has neither tags nor a request id: it is not the service's.
    """
    request = ListTagsForResourceRequest(resource_arn=resource_arn)
    reply: Reply[ListTagsForResourceResponse] = yield Call(LIST_TAGS_FOR_RESOURCE, request.to_wire())
    if reply.answer.tags is None and reply.request_id is None:
        raise ResponseError(
            LIST_TAGS_FOR_RESOURCE.name, reply.answer.to_dict(), "it lists nothing and has no request id"
        )
    return reply.answer.tags or {}
