"""The error tree, and how botocore's errors become ours."""

import copy
import pickle
import re
import traceback
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from rekog_versions import (
    LimitExceededError,
    RekogVersionsError,
    ResourceInUseError,
    ResponseError,
    ServiceError,
    VersionsClient,
    errors as module,
)
from rekog_versions._advice import BY_OPERATION
from rekog_versions.errors import PaginationError, ResourceNotReadyError
from tests.client.requests import CREATE, create_request
from tests.models.operations import OPERATIONS
from tests.wire import PROJECT, VERSION, Wire, rejection

DESCRIBE = "DescribeProjectVersions"


REQUEST: Any = {"RequestId": "r", "HTTPStatusCode": 400}


def raised(wire: Wire, code: str, message: str = "no", status: int = 400) -> ServiceError:
    wire.on(DESCRIBE, rejection(code, message, status))
    with pytest.raises(ServiceError) as caught:
        VersionsClient(wire.client()).describe_project_versions(PROJECT)
    return caught.value


def every_kind() -> list[type[ServiceError]]:
    return ServiceError.__subclasses__()


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_each_code_of_the_service_has_its_class(kind: type[ServiceError], wire: Wire) -> None:
    error = raised(wire, kind.service_code)
    assert type(error) is kind
    assert (error.code, error.message, error.operation) == (kind.service_code, "no", DESCRIBE)
    assert (error.request_id, error.status_code) == ("request-1", 400)


def test_a_code_without_a_class_is_a_service_error(wire: Wire) -> None:
    error = raised(wire, "SomethingNewException")
    assert type(error) is ServiceError
    assert error.code == "SomethingNewException"


def test_a_service_error_is_a_client_error_with_botocores_error_as_its_context(wire: Wire) -> None:
    rekognition = wire.on(DESCRIBE, rejection("ResourceNotFoundException")).client()
    with pytest.raises(ClientError) as caught:
        VersionsClient(rekognition).describe_project_versions(PROJECT)
    assert isinstance(caught.value, RekogVersionsError)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert isinstance(caught.value.__context__, rekognition.exceptions.ResourceNotFoundException)


def test_the_traceback_of_a_rejected_call_is_one_and_ends_with_the_next_step(wire: Wire) -> None:
    wire.on(CREATE, rejection("LimitExceededException", "Cannot create more than 2 ProjectVersions concurrently"))
    with pytest.raises(LimitExceededError) as caught:
        VersionsClient(wire.client()).train(create_request())
    shown = "".join(traceback.format_exception(caught.value))
    assert shown.count("Traceback (most recent call last)") == 1
    *_, message, note = shown.splitlines()
    assert message.endswith("Cannot create more than 2 ProjectVersions concurrently")
    assert note.startswith("By default an account can run 2 trainings at a time")


def test_a_message_with_terminal_escapes_is_escaped_when_shown_and_unchanged_in_the_error(wire: Wire) -> None:
    error = raised(wire, "InvalidParameterException", "bad \x1b[31mname\u202e\n")
    assert str(error).isprintable()
    assert "\\x1b[31m" in str(error)
    assert error.message == "bad \x1b[31mname\u202e\n"


def test_an_empty_response_becomes_an_error() -> None:
    made = ServiceError.of(ClientError({}, "CreateProject"))
    assert type(made) is ServiceError
    assert (made.code, made.message, made.request_id, made.status_code) == ("Unknown", "", None, None)


def test_an_access_denied_error_names_the_missing_permission(wire: Wire) -> None:
    assert "rekognition:DescribeProjectVersions" in raised(wire, "AccessDeniedException").__notes__[0]


@pytest.mark.parametrize(
    "error",
    [
        ServiceError.of(
            ClientError(
                {
                    "Error": {"Code": "ResourceInUseException", "Message": "taken"},
                    "ResponseMetadata": REQUEST,
                },
                "CreateProjectVersion",
            )
        ),
        ResponseError(DESCRIBE, {"a": 1}, "odd", request_id="r"),
        PaginationError(DESCRIBE, "token", pages=2),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_keep_class_fields_and_notes_through_pickle(error: Any) -> None:
    error.add_note("seen at night")
    for back in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(back) is type(error)
        assert str(back) == str(error)
        assert vars(back) == vars(error)
        assert back.__notes__[-1] == "seen at night"
    if isinstance(error, ResourceInUseError):
        assert pickle.loads(pickle.dumps(error)).request_id == "r"


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = set(re.findall(r"^    [ │├└─]*(\w+Error)", module.__doc__ or "", re.MULTILINE))
    real = {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, RekogVersionsError)
    }
    assert drawn == real


def test_every_error_that_the_service_model_names_has_a_class() -> None:
    model = botocore.session.get_session().get_service_model("rekognition")
    modelled = {shape.name for name in OPERATIONS for shape in model.operation_model(name).error_shapes}
    # the service sends ValidationException too, for a value that breaks a constraint of the model
    assert modelled | {"ValidationException"} == {kind.service_code for kind in every_kind()}


def test_advice_is_given_for_errors_that_the_operation_can_have() -> None:
    """A note of what to do next belongs to an operation and a code of the service model, so no note is dead text."""
    model = botocore.session.get_session().get_service_model("rekognition")
    for operation, code in BY_OPERATION:
        assert operation in OPERATIONS
        assert code in {shape.name for shape in model.operation_model(operation).error_shapes}, (operation, code)


def test_the_error_for_a_stopped_model_says_how_to_start_it(wire: Wire) -> None:
    wire.on("DetectCustomLabels", rejection("ResourceNotReadyException", "it is STOPPED"))
    with pytest.raises(ResourceNotReadyError, match="it is STOPPED") as caught:
        VersionsClient(wire.client()).detect_custom_labels(VERSION, b"image")
    assert "start_project_version(version)" in caught.value.__notes__[0]
    assert "billed" in caught.value.__notes__[0]
