"""The wait targets: the meaning of every status for every wait, the default timeouts and the delays between polls."""

from typing import Any

import pytest

from rekog_versions import DatasetStatus, ProjectVersionStatus
from rekog_versions.waiting.targets import (
    COPIED,
    DATASET_DELETED,
    DATASET_READY,
    DELETED,
    RUNNING,
    STARTS_WITH_COPYING,
    STARTS_WITH_TRAINING,
    STOPPED,
    TRAINED,
    Target,
    Verdict,
)
from tests.waiting.verdicts import DATASET_MEANINGS, MEANINGS

VERSION_TARGETS = {target.name: target for target in (TRAINED, RUNNING, STOPPED, COPIED, DELETED)}
DATASET_TARGETS = {target.name: target for target in (DATASET_READY, DATASET_DELETED)}
ALL_TARGETS: list[Any] = [*VERSION_TARGETS.values(), *DATASET_TARGETS.values()]
VERDICTS = {
    "reached": Verdict.REACHED,
    "pending": Verdict.PENDING,
    "failed": Verdict.FAILED,
    "never": Verdict.UNREACHABLE,
    "before": Verdict.UNREACHABLE,  # believed only after a grace period
}


def test_the_tables_list_every_status_for_every_target() -> None:
    for name in VERSION_TARGETS:
        assert [status for status, target, _ in MEANINGS if target == name] == list(ProjectVersionStatus)
    for name in DATASET_TARGETS:
        assert [status for status, target, _ in DATASET_MEANINGS if target == name] == list(DatasetStatus)


@pytest.mark.parametrize("target", ALL_TARGETS, ids=lambda target: target.name)
def test_every_target_has_a_verdict_for_every_status(target: Target[Any]) -> None:
    enum = DatasetStatus if target.name in DATASET_TARGETS else ProjectVersionStatus
    assert set(target.verdicts) == set(enum)
    assert target.before < set(enum)


@pytest.mark.parametrize(("status", "target", "meaning"), MEANINGS)
def test_each_status_of_a_version_has_its_verdict(status: str, target: str, meaning: str) -> None:
    assert VERSION_TARGETS[target].verdict(ProjectVersionStatus(status)) is VERDICTS[meaning]
    is_from_before = status in VERSION_TARGETS[target].before
    # FAILED can be the result of an earlier start
    assert is_from_before is (meaning == "before" or (status, target) == ("FAILED", "running"))


@pytest.mark.parametrize(("status", "target", "meaning"), DATASET_MEANINGS)
def test_each_status_of_a_dataset_has_its_verdict(status: str, target: str, meaning: str) -> None:
    assert DATASET_TARGETS[target].verdict(DatasetStatus(status)) is VERDICTS[meaning]
    assert (status in DATASET_TARGETS[target].before) is (meaning == "before")


@pytest.mark.parametrize("target", ALL_TARGETS, ids=lambda target: target.name)
def test_an_unknown_or_missing_status_is_pending(target: Target[Any]) -> None:
    enum = DatasetStatus if target.name in DATASET_TARGETS else ProjectVersionStatus
    assert target.verdict(None) is Verdict.PENDING
    assert target.verdict(enum("RESTING")) is Verdict.PENDING
    assert target.verdict(enum("")) is Verdict.PENDING


@pytest.mark.parametrize(
    ("target", "hours"),
    [
        (TRAINED, 25),
        (RUNNING, 1),
        (STOPPED, 0.5),
        (COPIED, 6),
        (DELETED, 0.5),
        (DATASET_READY, 2),
        (DATASET_DELETED, 2),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_each_target_has_its_default_timeout(target: Target[Any], hours: float) -> None:
    assert target.timeout == hours * 3600


@pytest.mark.parametrize(
    ("target", "first", "most"),
    [
        (TRAINED, 15, 120),
        (RUNNING, 5, 30),
        (STOPPED, 5, 30),
        (COPIED, 10, 60),
        (DELETED, 5, 30),
        (DATASET_READY, 2, 30),
        (DATASET_DELETED, 2, 30),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_each_target_has_its_default_delays(target: Target[Any], first: float, most: float) -> None:
    assert (target.schedule.first, target.schedule.most) == (first, most)


def test_only_calls_on_existing_resources_have_statuses_from_before_the_call() -> None:
    assert {target.name for target in ALL_TARGETS if target.before} == {
        target.name for target in ALL_TARGETS if target.begun_by
    }


def test_a_new_version_starts_with_a_status_of_its_training_or_its_copying() -> None:
    assert {"TRAINING_IN_PROGRESS", "TRAINING_COMPLETED", "TRAINING_FAILED"} == STARTS_WITH_TRAINING
    assert {"COPYING_IN_PROGRESS", "COPYING_COMPLETED", "COPYING_FAILED"} == STARTS_WITH_COPYING
