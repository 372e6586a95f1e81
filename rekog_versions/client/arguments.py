"""Checks of arguments that the methods of the clients share."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

from pydantic.alias_generators import to_pascal

from rekog_versions import models
from rekog_versions._keywords import unknown_keywords
from rekog_versions._notes import warn
from rekog_versions.models._base import Request
from rekog_versions.models._constraints import PROJECT_NAMES

RequestT = TypeVar("RequestT", bound=Request)
T = TypeVar("T")
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]").fullmatch
ResourceRef: TypeAlias = "str | models.ProjectDescription | models.ProjectVersionDescription | models.DatasetMetadata"
"""A resource with tags: its ARN, or a description that contains the ARN."""


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
    """Return a request with the fields that are not None. The name of a project is accepted in place of its ARN.

    Raises:
        pydantic.ValidationError: A value breaks a rule.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    return model.model_validate(given, context=PROJECT_NAMES)


def request_or_fields(
    model: type[RequestT], request: RequestT | Mapping[str, object] | None, fields: Mapping[str, object], *others: str
) -> RequestT:
    """Return the request of a function that takes a request, a dict, or the fields as keyword arguments.

    The name of a project is accepted in place of its ARN, except in a request, which was validated already.

    Args:
        model: The class of the request.
        request: The request or a dict of its fields, if it is given.
        fields: The keyword arguments.
        *others: The other parameters of the function, which a misspelt name may mean.

    Raises:
        TypeError: A keyword argument is not a field, both are given, or `request` has another type.
        pydantic.ValidationError: A field breaks a rule.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    if request is None:
        _check_names(model, fields, others)
        return model.model_validate(given, context=PROJECT_NAMES)
    if not isinstance(request, model | Mapping):
        raise TypeError(
            f"expected a {model.__name__}, a dict of its fields, or its fields as keyword arguments, got "
            f"{type(request).__name__}"
        )
    if given:
        raise TypeError(f"pass a {model.__name__} or its fields as keyword arguments, not both: {', '.join(given)}")
    return request if isinstance(request, model) else model.model_validate(request, context=PROJECT_NAMES)


def _check_names(model: type[Request], fields: Mapping[str, object], others: Sequence[str]) -> None:
    if fields.keys() <= model.model_fields.keys():
        return
    known = [*model.model_fields, *others]
    service_names = {to_pascal(name) for name in known}
    unknown = [name for name in fields if name not in model.model_fields and name not in service_names]
    if unknown:
        raise unknown_keywords(model.__name__, unknown, known)


def warn_about_request(request: models.CreateProjectVersionRequest) -> None:
    """Warn about values that the service model allows, and that most likely are mistakes."""
    data = [request.training_data, request.testing_data]
    manifests = [asset.ground_truth_manifest.s3_object for part in data if part for asset in part.assets or ()]
    for bucket in dict.fromkeys([request.output_config.s3_bucket, *(manifest.bucket for manifest in manifests)]):
        if not _BUCKET_NAME(bucket):
            warn(
                f"'{bucket}' is not a name that S3 gives to buckets: 3 to 63 lowercase letters, digits, '.' and '-'. "
                "Only buckets in us-east-1 from before March 2018 can have other names. Check the name"
            )
    testing = request.testing_data
    if testing is not None and testing.assets and testing.auto_create:
        warn(
            "testing_data has assets and auto_create=True, and the service does not document which one it uses. Give "
            "the manifests, or auto_create=True to hold back 20 % of the training images"
        )


def resource_arn_of(resource: ResourceRef) -> object:
    """Return the ARN of a resource that is given as its ARN or as a description of it."""
    for name in ("project_version_arn", "project_arn", "dataset_arn"):
        if not isinstance(resource, str) and (arn := getattr(resource, name, None)):
            return arn
    return resource
