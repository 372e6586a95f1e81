"""The statuses: open enums, and what each status means to a wait."""

import copy
import json
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from rekog_versions import DatasetStatus, ProjectStatus, ProjectVersionStatus
from rekog_versions.models.datasets import DatasetStatusMessageCode, DatasetType
from rekog_versions.models.projects import CustomizationFeature, ProjectAutoUpdate
from rekog_versions.statuses import BEGINS_WITH_TRAINING, TRAINED, OpenStrEnum, Verdict

LISTED = {
    "TRAINING_IN_PROGRESS": Verdict.GO_ON,
    "TRAINING_COMPLETED": Verdict.REACHED,
    "TRAINING_FAILED": Verdict.FAILED,
    "STARTING": Verdict.REACHED,
    "RUNNING": Verdict.REACHED,
    "FAILED": Verdict.REACHED,
    "STOPPING": Verdict.REACHED,
    "STOPPED": Verdict.REACHED,
    "DELETING": Verdict.UNREACHABLE,
    "COPYING_IN_PROGRESS": Verdict.UNREACHABLE,
    "COPYING_COMPLETED": Verdict.REACHED,
    "COPYING_FAILED": Verdict.UNREACHABLE,
    "DEPRECATED": Verdict.REACHED,
    "EXPIRED": Verdict.UNREACHABLE,
}
"""The 14 statuses, with what each means to `wait_until_trained`."""

ENUMS: list[type[OpenStrEnum]] = [
    ProjectVersionStatus,
    ProjectStatus,
    DatasetStatus,
    DatasetType,
    DatasetStatusMessageCode,
    CustomizationFeature,
    ProjectAutoUpdate,
]


def test_every_status_is_classified_for_a_wait_for_the_training() -> None:
    assert {status.value: TRAINED.verdict(status) for status in ProjectVersionStatus} == LISTED
    assert {status.value: verdict for status, verdict in TRAINED.verdicts.items()} == LISTED


def test_a_wait_goes_on_over_a_status_that_is_unknown_or_missing() -> None:
    assert TRAINED.verdict(ProjectVersionStatus("TRAINING_PAUSED")) is Verdict.GO_ON
    assert TRAINED.verdict(ProjectVersionStatus("")) is Verdict.GO_ON
    assert TRAINED.verdict(None) is Verdict.GO_ON


def test_a_version_that_nobody_touched_since_its_creation_has_a_status_of_training() -> None:
    assert {"TRAINING_IN_PROGRESS", "TRAINING_COMPLETED", "TRAINING_FAILED"} == BEGINS_WITH_TRAINING


@pytest.mark.parametrize("enum", ENUMS)
def test_a_listed_value_gives_the_listed_member(enum: type[OpenStrEnum]) -> None:
    for member in enum:
        assert enum(member.value) is member
        assert member.is_known
        assert enum(enum(member)) is member


@pytest.mark.parametrize("enum", ENUMS)
@given(value=st.text(max_size=40))
def test_any_other_text_gives_a_member_of_its_own_that_keeps_its_value(enum: type[OpenStrEnum], value: str) -> None:
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
def test_any_member_survives_copies_pickle_and_json_as_the_same_object(value: str) -> None:
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


def test_iteration_and_length_see_the_listed_members_only() -> None:
    ProjectVersionStatus("NEVER_HEARD_OF")
    assert [member.value for member in ProjectVersionStatus] == list(LISTED)
    assert [member.value for member in reversed(ProjectVersionStatus)] == list(reversed(LISTED))
    assert len(ProjectVersionStatus) == 14
    assert list(ProjectVersionStatus.__members__) == list(LISTED)
    with pytest.raises(KeyError):
        ProjectVersionStatus["NEVER_HEARD_OF"]
    assert not hasattr(ProjectVersionStatus, "NEVER_HEARD_OF")


def test_an_unknown_member_shows_itself_like_a_listed_one() -> None:
    assert repr(ProjectVersionStatus("NEWEST")) == "<ProjectVersionStatus.NEWEST: 'NEWEST'>"
    assert repr(ProjectVersionStatus.RUNNING) == "<ProjectVersionStatus.RUNNING: 'RUNNING'>"


def test_an_unknown_value_of_one_enum_is_unknown_to_the_others() -> None:
    assert type(ProjectStatus("RUNNING")) is ProjectStatus
    assert not ProjectStatus("RUNNING").is_known


def test_threads_that_meet_the_same_new_value_at_once_get_one_member() -> None:
    threads, values = 8, 200
    at_once = threading.Barrier(threads)

    def meet() -> list[ProjectVersionStatus]:
        found = []
        for number in range(values):
            at_once.wait(timeout=30)
            found.append(ProjectVersionStatus(f"MET_BY_THREADS_{number}"))
        return found

    with ThreadPoolExecutor(threads) as pool:
        met = [future.result() for future in [pool.submit(meet) for _ in range(threads)]]
    for same in zip(*met, strict=True):
        assert {id(member) for member in same} == {id(same[0])}


@pytest.mark.parametrize("value", [None, 5, 1.5, True, b"RUNNING", ["RUNNING"], ("RUNNING",), object()])
def test_what_is_no_string_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid ProjectVersionStatus"):
        ProjectVersionStatus(value)


@pytest.mark.parametrize("value", [5, 1.5, True, ["RUNNING"], {}])
def test_pydantic_refuses_a_status_that_is_no_string(value: object) -> None:
    with pytest.raises(ValidationError, match="Input should be 'TRAINING_IN_PROGRESS'"):
        TypeAdapter(ProjectVersionStatus).validate_python(value)
