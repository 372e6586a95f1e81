"""A year of nightly retraining with deployments, on the emulated service: failures, lost responses, kills, two writers.

Each night, a job trains a version and deploys it if it passes the gates. A second writer changes another alias and
prunes old versions while the job works. Processes are killed at random requests, responses are lost, the service fails.
After each process, every alias points to a version that passed its gates, and the model of `production` is serving. At
most two models are billed; the emulated service would reject a third one.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from rekog_versions import OutputConfig, TestingData, TrainingData, VersionsClient
from rekog_versions.errors import RekogVersionsError
from rekog_versions.evaluation import Gates
from rekog_versions.hosting import stop_all
from rekog_versions.registry import PromotionRejectedError, Registry, RegistryAction
from rekog_versions.testing import clock
from tests.registry.conftest import LOCATION
from tests.registry.killing import KilledError, Requests, process
from tests.testing.emulator import BUCKET, MANIFEST, Emulator, cats_and_dogs
from tests.wire import FakeTime

GATES = Gates(min_f1=0.7, max_drop=0.1)
BILLED = {"STARTING", "RUNNING", "STOPPING"}
FAULTS = ("DescribeProjectVersions", "StartProjectVersion", "StopProjectVersion", "DescribeProjects")
MONTH = timedelta(days=30)


class Year:
    """The nights, and the checks after each process."""

    def __init__(self, emulator: Emulator, seed: int) -> None:
        self.emulator, self.chance, self.time = emulator, Random(seed), FakeTime()
        self.today = datetime(2026, 1, 1, 2, tzinfo=UTC)
        self.project = emulator.project()
        self.f1: dict[str, float] = {}  # of each trained version, from its description
        self.counts: Counter[str] = Counter()
        self.most_billed = 0

    def now(self) -> datetime:
        return self.today

    def registry(self, requests: Requests) -> Registry:
        return Registry(process(requests, self.time), LOCATION, project="p1", now=self.now)

    def requests(self) -> Requests:
        """Return the requests of a process that may be killed, lose responses, and meet another writer."""
        is_killed, meets_another = self.chance.random() < 0.25, self.chance.random() < 0.3
        other_at = self.chance.randrange(1, 40) if meets_another else None
        self.emulator.labels.undo()
        self.emulator.labels.set_hosting(times=self.chance.choice([1, 1, 2, 3]))
        if self.chance.random() < 0.1:
            self.emulator.labels.set_hosting(outcome="FAILED", version=f"v{self.night}")
        if self.chance.random() < 0.2:
            self.emulator.labels.inject(
                self.chance.choice(FAULTS),
                error=self.chance.choice(["InternalServerError", "ThrottlingException", "AccessDeniedException"]),
                times=self.chance.choice([1, 2, 9]),
            )
        loses = self.chance.random() < 0.3
        return Requests(
            self.chance.randrange(1, 60) if is_killed else None,
            carried_out=self.chance.random() < 0.5,
            lost=lambda _: loses and self.chance.random() < 0.05,
            before=lambda number: self.another_writer() if number == other_at else None,
        )

    def another_writer(self) -> None:
        """Change another alias, or prune, while the job works."""
        registry = self.registry(Requests())
        try:
            match self.chance.choice(["promote", "roll back", "prune"]):
                case "promote":
                    registry.promote(self.chance.choice([*self.f1]), "candidate", gates=Gates(min_f1=0.7))
                case "roll back":
                    registry.rollback("candidate")
                case _:
                    registry.prune(keep=MONTH, dry_run=False, files=True)
        except (RekogVersionsError, BotoCoreError, IndexError, ValueError) as error:
            self.counts[f"other: {type(error).__name__}"] += 1
        else:
            self.counts["other: done"] += 1

    def run_nightly_job(self, night: int) -> None:
        self.night = night
        requests = self.requests()
        self.emulator.labels.set_quality(f1=self.chance.choice([0.6, 0.75, 0.8, 0.85, 0.9, 0.95]))
        try:
            registry = self.registry(requests)
            arn = self.train(registry, f"v{night}")
            report = registry.deploy(arn, "production", gates=GATES, reason=f"night {night}")
        except (PromotionRejectedError, RekogVersionsError, BotoCoreError) as error:
            self.counts[type(error).__name__] += 1
        except KilledError:
            self.counts["killed"] += 1
        else:
            self.counts["deployed"] += 1
            if report.recovered is not None:
                self.counts[report.recovered.recovery.value] += 1

    def train(self, registry: Registry, name: str) -> str:
        client: VersionsClient = registry._client
        version = client.train(
            project_arn=self.project,
            version_name=name,
            output_config=OutputConfig(s3_bucket=BUCKET, s3_key_prefix="output"),
            training_data=TrainingData.from_manifests(f"s3://{BUCKET}/{MANIFEST}"),
            testing_data=TestingData.from_manifests(f"s3://{BUCKET}/{MANIFEST}"),
        )
        arn = str(version.project_version_arn)
        self.f1[arn] = version.f1_score or 0.0
        return arn

    def person_rolls_back(self) -> None:
        try:
            self.registry(self.requests()).redeploy("production", reason="complaints")
        except (RekogVersionsError, BotoCoreError) as error:
            self.counts[f"rollback: {type(error).__name__}"] += 1
        except KilledError:
            self.counts["rollback: killed"] += 1
        else:
            self.counts["rolled back"] += 1

    def stop_models_without_an_alias(self) -> None:
        """Stop the models that a deployment left running for an alias that has moved on since."""
        self.emulator.labels.undo()
        registry = self.registry(Requests())
        needed = {entry.version_arn for entry in registry.aliases(project="p1").values()}
        stop_all(registry._client, dry_run=False, only=lambda model: model.version_arn not in needed)

    def check(self) -> None:
        self.emulator.labels.undo()
        described = self.emulator.describe(self.project)
        statuses = {each["ProjectVersionArn"]: each["Status"] for each in described}
        billed = [arn for arn, status in statuses.items() if status in BILLED]
        self.most_billed = max(self.most_billed, len(billed))
        assert len(billed) <= 2, billed
        registry = self.registry(Requests())
        try:
            aliases = registry.aliases()
        except RekogVersionsError:
            assert not billed or len(self.f1) < 3  # nothing was deployed yet
            return
        for alias, entry in aliases.items():
            assert entry.version_arn in statuses, f"the version of {alias} was deleted"
        if "production" in aliases:
            assert statuses[aliases["production"].version_arn] == "RUNNING"
        for entry in registry.history():
            assert self.f1[entry.version_arn] >= 0.7
            if entry.alias == "production" and entry.action is not RegistryAction.ROLLBACK and entry.previous_arn:
                assert self.f1[entry.version_arn] >= self.f1[entry.previous_arn] - 0.1 - 1e-9


@pytest.fixture
def stopped_year(monkeypatch: pytest.MonkeyPatch, emulator: Emulator, request: pytest.FixtureRequest) -> Iterator[Year]:
    logging.disable(logging.CRITICAL)
    year = Year(emulator, request.param)
    monkeypatch.setattr(clock, "now", year.now)
    emulator.put(cats_and_dogs())
    yield year
    logging.disable(logging.NOTSET)


def run(year: Year, nights: int) -> None:
    for night in range(1, nights + 1):
        year.today += timedelta(days=1)
        year.run_nightly_job(night)
        year.check()
        if year.chance.random() < 0.05:
            year.person_rolls_back()
            year.check()
        if night % 7 == 0:
            year.registry(Requests()).prune("p1", keep=MONTH, dry_run=False, files=True)
            year.stop_models_without_an_alias()
            year.check()
    registry = year.registry(Requests())
    registry.recover("production")
    year.stop_models_without_an_alias()
    described = year.emulator.describe(year.project)
    running = {each["ProjectVersionArn"] for each in described if each["Status"] == "RUNNING"}
    aliases = {alias: entry.version_arn for alias, entry in registry.aliases().items()}
    assert {aliases["production"]} <= running <= set(aliases.values())


@pytest.mark.parametrize("stopped_year", [1], indirect=True)
def test_weeks_of_nightly_retraining(stopped_year: Year) -> None:
    run(stopped_year, 21)
    assert stopped_year.counts["deployed"] > 3


@pytest.mark.slow
@pytest.mark.parametrize("stopped_year", [2], indirect=True)
def test_a_year_of_nightly_retraining(stopped_year: Year) -> None:
    run(stopped_year, 365)
    counts: Any = stopped_year.counts
    assert stopped_year.most_billed == 2
    assert counts["deployed"] > 100
    assert counts["killed"] > 30
    assert counts["PromotionRejectedError"] > 30
    assert min(counts[recovery] for recovery in ("undone", "finished", "rolled back", "other: done")) > 0
