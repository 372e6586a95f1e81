"""The policies against the calls that this package makes: each call is allowed, and nothing else is."""

import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

import boto3
import pytest

from rekog_versions import VersionsClient
from rekog_versions.errors import TrainingFailedError
from rekog_versions.evaluation import Gates, get_evaluation
from rekog_versions.failures import explain_failure
from rekog_versions.hosting import idle_models, running, running_models, stop_all
from rekog_versions.preflight import preflight
from rekog_versions.registry import Registry
from rekog_versions.testing import CustomLabelsControl, mock_custom_labels
from rekog_versions.waiting import Schedule
from rekog_versions.workflows.policies import PERMISSIONS, PipelineRole, policy_document
from tests.testing.emulator import BUCKET, MANIFEST, cats_and_dogs, version_request
from tests.testing.pictures import picture

ROLES: tuple[PipelineRole, ...] = get_args(PipelineRole)
IMAGE = f"s3://{BUCKET}/cat.png"
ACTIONS = {"s3:HeadObject": "s3:GetObject", "s3:ListObjectsV2": "s3:ListBucket", "s3:HeadBucket": "s3:ListBucket"}
"""Operations whose action has another name, from the Service Authorization Reference."""
QUICK = Schedule(first=0.001, most=0.001)


class Account:
    """A project with a trained version, and the actions of all calls."""

    def __init__(self, service: CustomLabelsControl) -> None:
        self.service = service
        self.actions: set[str] = set()
        self.session = boto3.session.Session(aws_access_key_id="x", aws_secret_access_key="x")
        self.client = VersionsClient.connect("us-east-1", session=self.session)
        s3 = self.client.s3
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(40))
        s3.put_object(Bucket=BUCKET, Key="cat.png", Body=picture())
        self.request = version_request(self.client.create_project("pets"))
        self.version, self.next = self.train("v1"), self.train("v2")

    def train(self, name: str) -> str:
        return self.client.train({**self.request, "VersionName": name}).project_version_arn or ""

    def record(self) -> None:
        """Record from now on, in clients that do not know the project."""
        self.client = VersionsClient.connect("us-east-1", session=self.session)
        for name in ("rekognition", "s3", "service-quotas", "cloudwatch"):
            made = self.client.rekognition if name == "rekognition" else self.client.service(name)
            made.meta.events.register("before-call", self._record)

    def _record(self, model: Any, **_: Any) -> None:
        service = {"service-quotas": "servicequotas"}.get(
            model.service_model.service_name, model.service_model.service_name
        )
        action = f"{service}:{model.name}"
        self.actions.add(ACTIONS.get(action, action))


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_custom_labels() as service:
        yield Account(service)


def do_train(account: Account) -> None:
    client, fields = account.client, {**account.request, "VersionName": "v3", "ProjectArn": "pets"}
    preflight(client, fields)
    version = client.train(fields, schedule=QUICK)
    get_evaluation(client, version)
    account.service.set_training(outcome="TRAINING_FAILED", message="The manifest file has too few labels.")
    with pytest.raises(TrainingFailedError) as caught:
        client.train({**fields, "VersionName": "v4"}, schedule=QUICK)
    explain_failure(client, caught.value.version_arn or "")


def do_host(account: Account) -> None:
    with running(account.client, account.version, max_hours=1, schedule=QUICK) as model:
        model.detect(IMAGE)


def do_detect(account: Account) -> None:
    others = VersionsClient.connect("us-east-1", session=account.session)
    others.start_project_version(account.version)
    others.wait_until_running(account.version, schedule=QUICK)
    account.client.detect_custom_labels(account.version, IMAGE)
    account.client.detect_custom_labels(("pets", "v1"), picture())


def do_promote(account: Account) -> None:
    registry = Registry(account.client, f"s3://{BUCKET}/registry")
    registry.promote(account.version, "production", gates=Gates(min_f1=0.01))
    registry.deploy(account.version, "production", gates=Gates(min_f1=0.01), drain=0, schedule=QUICK)
    registry.deploy(account.next, "production", gates=Gates(min_f1=0.01), drain=0, schedule=QUICK)
    registry.rollback("production")


def do_stop(account: Account) -> None:
    others = VersionsClient.connect("us-east-1", session=account.session)
    others.start_project_version(account.version)
    others.wait_until_running(account.version, schedule=QUICK)
    running_models(account.client)
    idle_models(account.client, for_hours=2)
    stop_all(account.client, dry_run=False)


WORK: dict[PipelineRole, Callable[[Account], None]] = {
    "train": do_train,
    "host": do_host,
    "detect": do_detect,
    "promote": do_promote,
    "stop": do_stop,
}


@pytest.mark.parametrize("role", ROLES)
def test_a_policy_allows_what_the_role_calls_and_nothing_else(account: Account, role: PipelineRole) -> None:
    account.record()
    WORK[role](account)
    needed = {permission.action for permission in PERMISSIONS[role] if not permission.by_service}
    allowed = {permission.action for permission in PERMISSIONS[role]}
    assert needed <= account.actions <= allowed, (needed - account.actions, account.actions - allowed)


@pytest.mark.parametrize("role", ROLES)
def test_a_policy_has_no_wildcards_in_its_actions(role: PipelineRole) -> None:
    document = policy_document(role, region="eu-west-1", account_id="123456789012", project="pets", buckets=[BUCKET])
    actions = [action for statement in document["Statement"] for action in statement["Action"]]
    assert len(set(actions)) == len(actions)
    assert "*" not in "".join(actions)
    assert len(json.dumps(document)) < 6144  # the most characters of a managed policy


def test_a_role_that_reads_files_needs_buckets() -> None:
    with pytest.raises(ValueError, match="the role train reads files in S3: name their buckets"):
        policy_document("train", region="eu-west-1", account_id="123456789012")
    only_rekognition = policy_document("stop", region="eu-west-1", account_id="123456789012", project="pets")
    resources = [statement["Resource"] for statement in only_rekognition["Statement"]]
    assert resources == [["arn:aws:rekognition:eu-west-1:123456789012:project/pets/*"], ["*"]]


def test_an_unknown_role_is_rejected() -> None:
    role: Any = "admin"
    with pytest.raises(ValueError, match="role must be one of train, host, detect, promote, stop, got 'admin'"):
        policy_document(role, region="eu-west-1", account_id="123456789012")
