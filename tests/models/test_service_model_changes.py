"""The proofs against the service model notice when it changes."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rekog_versions.models._base import Request, Response
from tests.models.operations import OPERATIONS
from tests.models.service_model import CASES, MODEL, SERVICE, Model, assert_that_all_is_understood
from tests.models.test_shapes import assert_same_enums, assert_same_errors, assert_same_shape

PROVED = {operation: [case for case in CASES if case.operation == operation] for operation in OPERATIONS}


def prove_what_is_new(document: Mapping[str, Any]) -> None:
    model = Model(document)
    assert_that_all_is_understood(model)
    assert_same_enums(model)
    assert_same_errors(model)
    for operation, (request, response) in OPERATIONS.items():
        assert_same_shape(model, model.input(operation), request, Request)
        assert_same_shape(model, model.output(operation), response, Response)
        full = model.full(model.input(operation))
        for case in model.cases(operation):
            if case not in PROVED[operation]:
                case.prove(full)


CHANGES: Mapping[str, Callable[[dict[str, Any], dict[str, Any]], object]] = {
    "a longer name": lambda shapes, _: shapes["VersionName"].update(max=256),
    "a shorter name": lambda shapes, _: shapes["VersionName"].update(max=254),
    "a higher minimum length of buckets": lambda shapes, _: shapes["S3Bucket"].update(min=4),
    "no maximum length of tokens": lambda shapes, _: shapes["ExtendedPaginationToken"].pop("max"),
    "one more character in names": lambda shapes, _: shapes["ProjectName"].update(pattern=r"[a-zA-Z0-9_.\-~]+"),
    "one character fewer in names": lambda shapes, _: shapes["ProjectName"].update(pattern=r"[a-zA-Z0-9_\-]+"),
    "a new pattern": lambda shapes, _: shapes["S3ObjectName"].update(pattern="[a-z.]+"),
    "no digits of other scripts in tags": lambda shapes, _: shapes["TagValue"].update(
        pattern=r"^([\p{L}\p{Z}0-9_.:/=+\-@]*)$"
    ),
    "fewer key ids": lambda shapes, _: shapes["KmsKeyId"].update(pattern="^[A-Za-z0-9-]+$"),
    "more tags": lambda shapes, _: shapes["TagMap"].update(max=201),
    "a maximum size of lists": lambda shapes, _: shapes["Assets"].update(max=100),
    "more names per call": lambda shapes, _: shapes["ProjectNames"].update(max=11),
    "a larger page": lambda shapes, _: shapes["ProjectVersionsPageSize"].update(max=101),
    "a lower percentage": lambda shapes, _: shapes["Percent"].update(max=99.5),
    "a new status": lambda shapes, _: shapes["ProjectVersionStatus"]["enum"].append("NEW"),
    "a new value in a request": lambda shapes, _: shapes["ProjectAutoUpdate"]["enum"].append("NEW"),
    "one value fewer": lambda shapes, _: shapes["DatasetType"]["enum"].pop(),
    "a newly required member": lambda shapes, _: shapes["S3Object"].update(required=["Version"]),
    "a member no longer required": lambda shapes, _: shapes["DeleteProjectRequest"].pop("required"),
    "a new member of a request": lambda shapes, _: shapes["OutputConfig"]["members"].update(New={"shape": "S3Bucket"}),
    "a new response member": lambda shapes, _: shapes["EvaluationResult"]["members"].update(New={"shape": "Float"}),
    "one member fewer": lambda shapes, _: shapes["EvaluationResult"]["members"].pop("Summary"),
    "another type": lambda shapes, _: shapes["ULong"].update(type="string"),
    "a new kind of metadata": lambda shapes, _: shapes["VersionName"].update(sensitive=True),
    "a new kind of metadata on a member": lambda shapes, _: shapes["CreateProjectVersionRequest"]["members"][
        "VersionName"
    ].update(idempotencyToken=True),
    "a new exception": lambda shapes, operations: operations["DeleteProject"]["errors"].append({"shape": "Conflict"}),
}


def copied() -> dict[str, Any]:
    """Return the part of the service model that our operations use."""
    reached = set[str]().union(*(MODEL.reached_by(operation) for operation in OPERATIONS))
    return {
        "shapes": {name: copy.deepcopy(SERVICE["shapes"][name]) for name in reached},
        "operations": {name: copy.deepcopy(SERVICE["operations"][name]) for name in OPERATIONS},
    }


def test_a_copy_of_the_service_model_needs_no_new_proofs() -> None:
    prove_what_is_new(copied())


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_service_model_is_detected(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> None:
    other = copied()
    other["shapes"]["Conflict"] = {"type": "structure", "members": {}, "exception": True}
    change(other["shapes"], other["operations"])
    with pytest.raises(AssertionError):
        prove_what_is_new(other)
