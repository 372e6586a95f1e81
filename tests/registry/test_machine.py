"""A state machine of everything that callers do with a registry, in any order, compared with a model in a few lines."""

from typing import Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from rekog_versions.errors import RekogVersionsError
from rekog_versions.evaluation import Gates
from rekog_versions.registry import DeploymentError, PromotionRejectedError
from rekog_versions.testing import mock_custom_labels
from tests.registry.conftest import Registered
from tests.registry.killing import KilledError, Requests, process
from tests.testing.emulator import BUCKET, Emulator, cats_and_dogs, shared_client
from tests.wire import FakeTime

pytestmark = pytest.mark.slow

ALIASES = st.sampled_from(["production", "candidate"])
LOWEST = 0.75
GATES = Gates(min_f1=LOWEST, max_drop=0.1)


class RegistryMachine(RuleBasedStateMachine):
    """Two aliases of one project. A deployment may be killed at any request."""

    versions: Bundle[str] = Bundle("versions")

    def __init__(self) -> None:
        super().__init__()
        self.mock: Any = mock_custom_labels()
        labels = self.mock.__enter__()
        emulator = Emulator(labels, shared_client("rekognition"), shared_client("s3"))
        emulator.s3.create_bucket(Bucket=BUCKET)
        emulator.put(cats_and_dogs())
        labels.set_limits(running=4)  # two aliases, each with an old and a new model
        self.registered = Registered("sync", emulator, FakeTime())
        self.f1: dict[str, float] = {}
        self.stacks: dict[str, list[str]] = {"production": [], "candidate": []}
        self.deployed: set[str] = set()

    def teardown(self) -> None:
        self.mock.__exit__(None, None, None)

    def passes(self, arn: str, alias: str) -> bool:
        stack = self.stacks[alias]
        return self.f1[arn] >= LOWEST - 1e-9 and (not stack or self.f1[arn] >= self.f1[stack[-1]] - 0.1 - 1e-9)

    def is_unfinished(self, alias: str) -> bool:
        return any(self.stacks.values()) and alias in self.registered.document()["deployments"]

    @rule(target=versions, f1=st.sampled_from([0.6, 0.8, 0.85, 1.0]))
    def train(self, f1: float) -> str:
        arn = self.registered.version(f"v{len(self.f1)}", f1)
        described = self.registered.emulator.describe(self.registered.project, f"v{len(self.f1)}")
        self.f1[arn] = described[0]["EvaluationResult"]["F1Score"]
        return arn

    @rule(version=versions, alias=ALIASES)
    def promote(self, version: str, alias: str) -> None:
        expected = self.passes(version, alias)
        try:
            self.registered("promote", version, alias, gates=GATES)
        except PromotionRejectedError:
            assert not expected
        except DeploymentError:
            assert self.is_unfinished(alias)
        else:
            assert expected
            self._moved(alias, version)
            self.deployed.discard(alias)

    @rule(alias=ALIASES)
    def roll_back(self, alias: str) -> None:
        try:
            self.registered("rollback", alias, project="p1")
        except DeploymentError:
            assert self.is_unfinished(alias)
        except RekogVersionsError:
            assert len(self.stacks[alias]) < 2
        else:
            self.stacks[alias].pop()
            self.deployed.discard(alias)

    @rule(version=versions, alias=ALIASES)
    def deploy(self, version: str, alias: str) -> None:
        expected = self.passes(version, alias)
        try:
            self.registered("deploy", version, alias, gates=GATES, max_running=4)
        except PromotionRejectedError:
            assert not expected
        else:
            assert expected
            self._moved(alias, version)
            self.deployed.add(alias)

    @rule(version=versions, alias=ALIASES, last=st.integers(1, 40), carried_out=st.booleans())
    def deploy_and_be_killed(self, version: str, alias: str, last: int, carried_out: bool) -> None:
        killed = process(Requests(last, carried_out=carried_out), self.registered.time)
        registry = type(self.registered.registry)(killed, "s3://custom-labels/registry", now=self.registered.now)
        expected = self.passes(version, alias)
        try:
            registry.deploy(version, alias, gates=GATES, max_running=4)
        except PromotionRejectedError:
            assert not expected
            return
        except KilledError:
            moved = any(self.stacks.values()) or expected
            now = self.registered.another().aliases(project="p1") if moved and self._has_document() else {}
            if alias not in now or now[alias].version_arn in self.stacks[alias][-1:]:
                return
        assert expected
        self._moved(alias, version)
        self.deployed.add(alias)

    @rule(alias=ALIASES)
    def recover(self, alias: str) -> None:
        if self._has_document():
            self.registered("recover", alias, project="p1")
            assert not self.is_unfinished(alias)

    def _has_document(self) -> bool:
        listed = self.registered.emulator.s3.list_objects_v2(Bucket=BUCKET, Prefix="registry/")
        return bool(listed["KeyCount"])

    def _moved(self, alias: str, version: str) -> None:
        if self.stacks[alias][-1:] != [version]:
            self.stacks[alias].append(version)

    @invariant()
    def an_alias_points_to_a_version_that_passed_its_gates(self) -> None:
        if not self._has_document():
            assert not any(self.stacks.values())
            return
        aliases = self.registered.another().aliases(project="p1")
        assert {alias: entry.version_arn for alias, entry in aliases.items()} == {
            alias: stack[-1] for alias, stack in self.stacks.items() if stack
        }
        assert all(self.f1[entry.version_arn] >= LOWEST - 1e-9 for entry in aliases.values())

    @invariant()
    def the_model_of_a_deployed_alias_is_running(self) -> None:
        running = {
            each["ProjectVersionArn"]
            for each in self.registered.emulator.describe(self.registered.project)
            if each["Status"] == "RUNNING"
        }
        assert {self.stacks[alias][-1] for alias in self.deployed} <= running
        assert len(running) <= 4


TestRegistry = RegistryMachine.TestCase
TestRegistry.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
