"""The status enums: they accept values that this release does not list."""

import copy
import json
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import TypeAdapter, ValidationError

from rekog_versions import DatasetStatus, ProjectStatus, ProjectVersionStatus
from rekog_versions.models.datasets import DatasetStatusMessageCode, DatasetType
from rekog_versions.models.projects import CustomizationFeature, ProjectAutoUpdate
from rekog_versions.statuses import OpenStrEnum

LISTED = [
    "TRAINING_IN_PROGRESS",
    "TRAINING_COMPLETED",
    "TRAINING_FAILED",
    "STARTING",
    "RUNNING",
    "FAILED",
    "STOPPING",
    "STOPPED",
    "DELETING",
    "COPYING_IN_PROGRESS",
    "COPYING_COMPLETED",
    "COPYING_FAILED",
    "DEPRECATED",
    "EXPIRED",
]
"""The statuses of a version, in the order of the service model."""

ENUMS: list[type[OpenStrEnum]] = [
    ProjectVersionStatus,
    ProjectStatus,
    DatasetStatus,
    DatasetType,
    DatasetStatusMessageCode,
    CustomizationFeature,
    ProjectAutoUpdate,
]


@pytest.mark.parametrize("enum", ENUMS)
def test_a_listed_value_returns_the_listed_member(enum: type[OpenStrEnum]) -> None:
    for member in enum:
        assert enum(member.value) is member
        assert member.is_known
        assert enum(enum(member)) is member


@pytest.mark.parametrize("enum", ENUMS)
@given(value=st.text(max_size=40))
def test_any_other_text_becomes_a_new_member_that_keeps_its_value(enum: type[OpenStrEnum], value: str) -> None:
    member = enum(value)
    assert type(member) is enum
    assert isinstance(member, str)
    assert enum(value) is member
    assert enum(member) is member
    assert member == value
    assert hash(member) == hash(value)
    assert str(member) == f"{member}" == member.value == member.name == value
    assert member.is_known == (value in {listed.value for listed in list(enum)})
    assert member != enum(value + "_")


@given(value=st.text(max_size=40))
def test_copies_pickle_and_json_return_the_same_member(value: str) -> None:
    adapter = TypeAdapter(ProjectVersionStatus)
    for member in (ProjectVersionStatus(value), ProjectVersionStatus.RUNNING):
        assert copy.copy(member) is member
        assert copy.deepcopy([member])[0] is member
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert pickle.loads(pickle.dumps(member, protocol)) is member
        assert json.loads(json.dumps(member)) == member
        assert adapter.validate_json(adapter.dump_json(member)) is member
        assert adapter.validate_python(member.value) is member
        assert type(adapter.dump_python(member, mode="json")) is str


def test_iteration_and_length_cover_the_listed_members_only() -> None:
    ProjectVersionStatus("UNLISTED")
    assert [member.value for member in ProjectVersionStatus] == LISTED
    assert [member.value for member in reversed(ProjectVersionStatus)] == list(reversed(LISTED))
    assert len(ProjectVersionStatus) == 14
    assert list(ProjectVersionStatus.__members__) == LISTED
    with pytest.raises(KeyError):
        ProjectVersionStatus["UNLISTED"]
    assert not hasattr(ProjectVersionStatus, "UNLISTED")


def test_the_repr_of_an_unknown_member_looks_like_that_of_a_listed_one() -> None:
    assert repr(ProjectVersionStatus("NEWEST")) == "<ProjectVersionStatus.NEWEST: 'NEWEST'>"
    assert repr(ProjectVersionStatus.RUNNING) == "<ProjectVersionStatus.RUNNING: 'RUNNING'>"


def test_an_unknown_value_is_a_member_of_its_own_enum_only() -> None:
    assert type(ProjectStatus("RUNNING")) is ProjectStatus
    assert not ProjectStatus("RUNNING").is_known


def test_threads_that_use_the_same_new_value_at_once_get_one_member() -> None:
    threads, values = 8, 200
    at_once = threading.Barrier(threads)

    def create() -> list[ProjectVersionStatus]:
        found = []
        for number in range(values):
            at_once.wait(timeout=30)
            found.append(ProjectVersionStatus(f"SHARED_BY_THREADS_{number}"))
        return found

    with ThreadPoolExecutor(threads) as pool:
        created = [future.result() for future in [pool.submit(create) for _ in range(threads)]]
    for same in zip(*created, strict=True):
        assert {id(member) for member in same} == {id(same[0])}


@pytest.mark.parametrize("value", [None, 5, 1.5, True, b"RUNNING", ["RUNNING"], ("RUNNING",), object()])
def test_a_value_that_is_not_a_string_is_rejected(value: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid ProjectVersionStatus"):
        ProjectVersionStatus(value)


@pytest.mark.parametrize("value", [5, 1.5, True, ["RUNNING"], {}])
def test_pydantic_rejects_a_status_that_is_not_a_string(value: object) -> None:
    with pytest.raises(ValidationError, match="Input should be 'TRAINING_IN_PROGRESS'"):
        TypeAdapter(ProjectVersionStatus).validate_python(value)
