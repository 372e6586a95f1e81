"""Names, types, enums and errors of the models, compared with botocore's service model."""

import types
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from rekog_versions import arns, errors
from rekog_versions.models._base import Request, Response
from rekog_versions.statuses import OpenStrEnum
from tests.models.operations import OPERATIONS
from tests.models.service_model import MODEL, Model


def bare(annotation: Any) -> Any:
    """Return the type within `Annotated[...]` and `... | None`."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        (one,) = (argument for argument in get_args(annotation) if argument is not type(None))
        return bare(one)
    return annotation


SCALARS: Mapping[str, type] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": bool,
    "blob": bytes,
    "timestamp": datetime,
}


def assert_same_shape(model: Model, shape_name: str, annotation: Any, base: type[BaseModel]) -> None:
    """Assert that a type has exactly the members of a shape, with their types."""
    shape, ours = model.shapes[shape_name], bare(annotation)
    match shape["type"]:
        case "structure":
            assert issubclass(ours, base), shape_name
            fields = {field.alias: field for field in ours.model_fields.values()}
            assert set(fields) == set(shape["members"]), shape_name
            for name, reference in shape["members"].items():
                assert_same_shape(model, reference["shape"], fields[name].annotation, base)
                if base is Response:
                    assert fields[name].default is None, (shape_name, name)
        case "list":
            assert get_origin(ours) is list, shape_name
            assert_same_shape(model, shape["member"]["shape"], get_args(ours)[0], base)
        case "map":
            assert get_origin(ours) is dict, shape_name
            assert_same_shape(model, shape["key"]["shape"], get_args(ours)[0], base)
            assert_same_shape(model, shape["value"]["shape"], get_args(ours)[1], base)
        case "string" if "enum" in shape:
            assert issubclass(ours, OpenStrEnum)
            assert ours.__name__ == shape_name
        case "string" if base is Response and hasattr(arns, shape_name) and shape_name.endswith("Arn"):
            assert ours is getattr(arns, shape_name)
        case "string":
            assert ours is str, shape_name
        case scalar:
            assert ours is SCALARS[scalar], shape_name


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_request_has_the_members_and_types_of_its_shape(operation: str) -> None:
    assert_same_shape(MODEL, MODEL.input(operation), OPERATIONS[operation][0], Request)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_response_has_the_members_and_types_of_its_shape(operation: str) -> None:
    assert_same_shape(MODEL, MODEL.output(operation), OPERATIONS[operation][1], Response)


def assert_same_enums(model: Model) -> None:
    names = set[str]().union(*(model.reached_by(operation) for operation in OPERATIONS))
    theirs = {name: model.shapes[name]["enum"] for name in names if "enum" in model.shapes[name]}
    assert {ours.__name__: [member.value for member in ours] for ours in OpenStrEnum.__subclasses__()} == theirs


def test_the_enums_have_the_values_of_the_service_model() -> None:
    assert_same_enums(MODEL)


NOT_MODELLED = {"ValidationException"}
"""Sent for a value that breaks a constraint of the service model, which does not list the exception itself."""


def assert_same_errors(model: Model) -> None:
    names = {error["shape"] for operation in OPERATIONS for error in model.operations[operation]["errors"]}
    codes = {model.shapes[name].get("error", {}).get("code", name) for name in names}
    assert {kind.service_code for kind in errors.ServiceError.__subclasses__()} == codes | NOT_MODELLED


def test_the_error_classes_are_those_of_the_service_model() -> None:
    assert_same_errors(MODEL)
