"""Checks of arguments that the methods of the clients share."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from rekog_versions.models._base import Request

RequestT = TypeVar("RequestT", bound=Request)
T = TypeVar("T")


def checked_list(values: Sequence[T] | None, name: str) -> Sequence[T] | None:
    """Return `values` after checking that it is not a string.

    A string is a sequence too, and each of its letters would be taken for an item.

    Raises:
        TypeError: `values` is a string.
    """
    if isinstance(values, str):
        raise TypeError(f"{name} must be a list of strings; for one, write [{values!a}]")
    return values


def request_from(model: type[RequestT], **fields: object) -> RequestT:
    """Return a request with the fields that are not None.

    Raises:
        pydantic.ValidationError: A value breaks a rule.
    """
    return model.model_validate({name: value for name, value in fields.items() if value is not None})


def request_or_fields(model: type[RequestT], request: RequestT | None, fields: Mapping[str, object]) -> RequestT:
    """Return the request of a method that takes either a request or its fields as keyword arguments.

    Raises:
        TypeError: Both are given, or `request` has another type.
        pydantic.ValidationError: A keyword argument breaks a rule.
    """
    if request is None:
        return request_from(model, **fields)
    if not isinstance(request, model):
        raise TypeError(
            f"expected a {model.__name__} or its fields as keyword arguments, got {type(request).__name__}; "
            f"{model.__name__}.from_dict(...) reads a dict"
        )
    given = [name for name, value in fields.items() if value is not None]
    if given:
        raise TypeError(f"pass a {model.__name__} or its fields as keyword arguments, not both: {', '.join(given)}")
    return request
