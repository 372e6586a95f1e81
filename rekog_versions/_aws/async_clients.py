"""Clients whose calls must be awaited, such as those of aiobotocore."""

import inspect
from typing import Any


def is_async(client: object, operation: str = "describe_project_versions") -> bool:
    """Return True if the calls of a client must be awaited.

    Args:
        client: A client of boto3 or aiobotocore, or a fake.
        operation: A method of the client.
    """
    # aiobotocore's operations are plain functions that return coroutines of _make_api_call
    client_class: Any = type(client)
    send = getattr(client_class, "_make_api_call", None)
    return inspect.iscoroutinefunction(send) or inspect.iscoroutinefunction(getattr(client, operation, None))
