"""The function that stops models: its settings, its decisions, and runs over two regions of the emulated service."""

import json
import os
import subprocess
import sysconfig
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from rekog_versions.hosting import StopAllError
from rekog_versions.hosting._sync import hosted_reads
from rekog_versions.testing import CustomLabelsControl, clock, mock_custom_labels
from rekog_versions.workflows import stopper
from rekog_versions.workflows.policies import PERMISSIONS
from rekog_versions.workflows.stopper import StopSettings, handler
from tests.testing.emulator import MANIFEST, assets, cats_and_dogs, client, version_request
from tests.testing.pictures import picture

CFN_LINT = Path(sysconfig.get_path("scripts")) / "cfn-lint"
TEMPLATE = Path(__file__).parents[2] / "examples" / "stopper" / "template.yaml"
BEGAN = datetime(2026, 3, 1, 8, 20, tzinfo=UTC)
REGIONS = ("us-east-1", "eu-west-1")


class Account:
    """Two regions with a project and two versions each, a topic, and a clock that the test moves."""

    def __init__(self, control: CustomLabelsControl, monkeypatch: pytest.MonkeyPatch) -> None:
        self.control, self.time = control, BEGAN
        self.arns: dict[tuple[str, str], str] = {}
        for module in (clock, hosted_reads):
            monkeypatch.setattr(module, "now", lambda: self.time)
        monkeypatch.setattr(stopper, "_now", lambda: self.time)
        self.clients = {region: client("rekognition", region) for region in REGIONS}
        for region in REGIONS:
            s3 = client("s3", region)
            place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            s3.create_bucket(Bucket=f"models-{region}", **place)
            s3.put_object(Bucket=f"models-{region}", Key=MANIFEST, Body=cats_and_dogs())
        self.projects = {
            region: made.create_project(ProjectName="pets")["ProjectArn"] for region, made in self.clients.items()
        }
        self.topic = client("sns").create_topic(Name="models")["TopicArn"]
        queue = client("sqs").create_queue(QueueName="models")["QueueUrl"]
        client("sns").subscribe(
            TopicArn=self.topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:models"
        )
        self.queue = queue
        for name, value in {"REGIONS": ", ".join(REGIONS), "TOPIC_ARN": self.topic, "DRY_RUN": "false"}.items():
            monkeypatch.setenv(name, value)

    def describe(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for region, project in self.projects.items():
            for version in self.clients[region].describe_project_versions(ProjectArn=project)[
                "ProjectVersionDescriptions"
            ]:
                found[f"{region}/{version['ProjectVersionArn'].split('/')[3]}"] = version["Status"]
        return found

    def start(self, region: str, name: str, units: int = 1) -> None:
        made, project = self.clients[region], self.projects[region]
        places = {
            "TrainingData": assets(MANIFEST, bucket=f"models-{region}"),
            "OutputConfig": {"S3Bucket": f"models-{region}", "S3KeyPrefix": "output"},
        }
        arn = made.create_project_version(**version_request(project, name, **places))["ProjectVersionArn"]
        self.arns[region, name] = arn
        self.describe()
        made.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=units)
        self.describe()

    def use(self, region: str, name: str) -> None:
        image = {"Bytes": picture()}
        self.clients[region].detect_custom_labels(ProjectVersionArn=self.arns[region, name], Image=image)

    def forward(self, hours: float) -> None:
        self.time += timedelta(hours=hours)
        self.describe()

    def messages(self) -> list[dict[str, Any]]:
        received = client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in received]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with mock_custom_labels() as control:
        yield Account(control, monkeypatch)


def test_models_over_the_limit_of_hours_are_stopped_in_all_regions(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_HOURS", "12")
    account.start("us-east-1", "old")
    account.start("eu-west-1", "old")
    account.forward(10)
    account.start("eu-west-1", "new")
    account.forward(3)
    result = handler({}, None)
    assert account.describe() == {"us-east-1/old": "STOPPED", "eu-west-1/old": "STOPPED", "eu-west-1/new": "RUNNING"}
    assert [model["action"] for model in result["models"]] == [
        "is being stopped",
        "is being stopped",
        "was left running",
    ]
    assert "13." in result["models"][0]["reason"]
    (message,) = account.messages()
    assert message["Subject"] == "Custom Labels: 2 of 3 running models are over their limits"
    assert "it has run for 13." in message["Message"]


def test_a_dry_run_reports_and_stops_nothing(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_HOURS", "1")
    monkeypatch.delenv("DRY_RUN")
    account.start("us-east-1", "old")
    account.forward(3)
    result = handler({}, None)
    assert (result["dry_run"], result["models"][0]["action"]) == (True, "would be stopped")
    assert account.describe() == {"us-east-1/old": "RUNNING"}
    assert "would be stopped (dry run)" in account.messages()[0]["Subject"]


def test_models_over_the_limit_of_cost_are_stopped(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four USD an hour for a unit: after three hours, the large model has cost 36 USD and the small one 12."""
    monkeypatch.setenv("MAX_COST", "20")
    account.start("us-east-1", "small")
    account.start("us-east-1", "large", units=3)
    account.forward(3)
    handler({}, None)
    assert account.describe() == {"us-east-1/small": "RUNNING", "us-east-1/large": "STOPPED"}


def test_only_models_that_are_certainly_idle_are_stopped(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDLE_HOURS", "2")
    account.start("us-east-1", "idle")
    account.start("eu-west-1", "used")
    account.forward(5)
    account.use("eu-west-1", "used")
    account.forward(0.5)
    result = handler({}, None)
    assert account.describe() == {"us-east-1/idle": "STOPPED", "eu-west-1/used": "RUNNING"}
    assert result["models"][0]["reason"] == "it was not used for 2 hours"


def test_nothing_is_sent_while_no_model_is_over_a_limit(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_HOURS", "12")
    account.start("us-east-1", "new")
    account.forward(1)
    assert handler({}, None)["models"][0]["reason"] == "it is within the limits"
    assert account.messages() == []


def test_a_failure_is_sent_and_raised(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error makes the alarm of the template go off."""
    monkeypatch.setenv("MAX_HOURS", "1")
    account.start("us-east-1", "old")
    account.forward(3)
    account.control.inject("DescribeProjects", error="AccessDeniedException", times=20, region="eu-west-1")
    with pytest.raises(StopAllError, match="AccessDenied"):
        handler({}, None)
    assert account.describe() == {"us-east-1/old": "STOPPED"}
    assert "could not be listed" in account.messages()[0]["Message"]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "one of MAX_HOURS, MAX_COST, IDLE_HOURS must be set"),
        ({"MAX_HOURS": "twelve"}, "MAX_HOURS must be a number above 0, got 'twelve'"),
        ({"MAX_COST": "-1"}, "MAX_COST must be a number above 0, got '-1'"),
        ({"MAX_COST": "NaN"}, "MAX_COST must be a number above 0, got 'NaN'"),
        ({"MAX_HOURS": "1", "REGIONS": " , "}, "REGIONS must name at least one region"),
    ],
)
def test_settings_that_would_never_stop_a_model_are_rejected(environment: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StopSettings.from_environment({"AWS_REGION": "" if "REGIONS" in environment else "us-east-1", **environment})


@pytest.mark.parametrize("value", ["", "true", "False ", "no", "0"])
def test_only_the_word_false_ends_the_dry_run(value: str) -> None:
    settings = StopSettings.from_environment({"MAX_HOURS": "1", "AWS_REGION": "us-east-1", "DRY_RUN": value})
    assert settings.dry_run is (value != "False ")


def test_the_template_is_valid_and_allows_what_the_function_calls() -> None:
    environment = os.environ | {"AWS_DEFAULT_REGION": "us-east-1"}
    checked = subprocess.run([CFN_LINT, TEMPLATE], capture_output=True, text=True, check=False, env=environment)
    assert (checked.returncode, checked.stdout) == (0, "")
    loader = type("Loader", (yaml.SafeLoader,), {})
    yaml.add_multi_constructor("!", lambda made, _, node: str(node.value), loader)
    document = yaml.load(TEMPLATE.read_text("utf-8"), loader)
    properties = document["Resources"]["Stopper"]["Properties"]
    assert properties["Handler"] == f"{handler.__module__}.{handler.__name__}"
    actions = str(properties["Policies"])
    for permission in PERMISSIONS["stop"]:
        assert permission.action in actions
