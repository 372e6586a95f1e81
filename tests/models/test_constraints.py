"""Every constraint of the service model on requests, proved with values inside and outside of it.

`python -m tests.models.test_constraints` prints the constraints, one per line.
"""

import sys
from typing import Any

import pytest
from pydantic import ValidationError

from tests.models.documents import written
from tests.models.operations import OPERATIONS
from tests.models.service_model import (
    ADDITIONS,
    CASES,
    FULL,
    KEY_ID,
    MODEL,
    Case,
    assert_that_all_is_understood,
    variants,
)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_request_with_all_members_is_accepted_and_sent_unchanged(operation: str) -> None:
    kind, _ = OPERATIONS[operation]
    for document in variants(operation):
        assert kind.from_dict(document).to_wire() == document


@pytest.mark.parametrize("case", CASES, ids=str)
def test_allowed_values_are_accepted_and_forbidden_values_rejected(case: Case) -> None:
    case.prove(FULL[case.operation])


@pytest.mark.parametrize("addition", sorted(ADDITIONS), ids=".".join)
def test_our_additional_rules_are_where_the_service_model_has_none(addition: tuple[str, str, str]) -> None:
    assert addition in {(case.operation, written(case.path), case.kind) for case in CASES}


def test_the_proofs_understand_everything_in_the_service_model() -> None:
    assert_that_all_is_understood(MODEL)


MODERATION = "arn:aws:kms:eu-west-1:123456789012"
CROSS_RULES: list[tuple[str, dict[str, Any], tuple[Any, ...], str]] = [
    ("CreateProjectVersion", {"TrainingData": None}, (), "testing_data is given without training_data"),
    ("CreateProjectVersion", {"TestingData": None}, (), "training_data is given without testing_data"),
    ("CreateProjectVersion", {"TestingData": {}}, ("TestingData",), "Give assets, or auto_create=True"),
    ("CreateProjectVersion", {"TestingData": {"Assets": []}}, ("TestingData",), "Give assets, or auto_create=True"),
    (
        "CreateProjectVersion",
        {"TestingData": {"Assets": [], "AutoCreate": False}},
        ("TestingData",),
        "Give assets, or auto_create=True",
    ),
    ("CreateProjectVersion", {"KmsKeyId": f"{MODERATION}:alias/x"}, (), "in the region of the project"),
    (
        "CreateProjectVersion",
        {"KmsKeyId": f"{MODERATION}:key/{KEY_ID}"},
        (),
        "us-east-1, got a key in eu-west-1",
    ),
    ("CreateDataset", {}, ("DatasetSource",), "give exactly one of ground_truth_manifest and dataset_arn"),
    ("CreateDataset", {"DatasetSource": {}}, ("DatasetSource",), "Omit dataset_source for an empty dataset"),
    ("DetectCustomLabels", {}, ("Image",), "give exactly one of bytes and s3_object"),
    ("DetectCustomLabels", {"Image": {}}, ("Image",), "give exactly one of bytes and s3_object"),
    ("CopyProjectVersion", {"KmsKeyId": f"{MODERATION}:alias/x"}, (), "in the region of the project"),
    ("StartProjectVersion", {"MaxInferenceUnits": 1}, (), "must not be larger than max_inference_units"),
    ("CreateProject", {"Feature": None}, (), "must be omitted for a CUSTOM_LABELS project"),
    ("CreateProject", {"Feature": "CUSTOM_LABELS"}, (), "must be omitted for a CUSTOM_LABELS project"),
    ("CreateProject", {"AutoUpdate": None}, (), "must be 'ENABLED' or 'DISABLED' for a CONTENT_MODERATION project"),
]


@pytest.mark.parametrize(("operation", "change", "where", "says"), CROSS_RULES)
def test_rules_across_members_are_checked(
    operation: str, change: dict[str, Any], where: tuple[Any, ...], says: str
) -> None:
    kind, _ = OPERATIONS[operation]
    with pytest.raises(ValidationError) as caught:
        kind.from_dict({**FULL[operation], **change})
    (detail,) = caught.value.errors()
    assert detail["loc"] == where
    assert says in detail["msg"]


def main() -> None:
    """Prove and print the constraints, one per line."""
    for case in CASES:
        case.prove(FULL[case.operation])
        if case.is_constraint:
            sys.stdout.write(f"{case}\n")
    constraints = [case for case in CASES if case.is_constraint]
    values = sum(len(case.inside) + len(case.outside) for case in CASES)
    sys.stdout.write(
        f"{len(constraints)} constraints of {len(OPERATIONS)} operations proved, and "
        f"{len(CASES) - len(constraints)} places without a constraint ({len(ADDITIONS)} of them closed by us), "
        f"with {values} values\n"
    )


if __name__ == "__main__":
    main()
