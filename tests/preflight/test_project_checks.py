"""Check the project, its datasets and the version name."""

import json

import pytest

from rekog_versions import CreateProjectVersionRequest, VersionsClient
from rekog_versions.preflight import (
    Certainty,
    PreflightCheck,
    PreflightVerdict,
    preflight,
)
from tests.preflight.helpers import (
    CERTAIN,
    FAIL,
    LIKELY,
    NOT_CHECKED,
    PASS,
    WARNING,
    Account,
    client_of,
    findings_of,
    http_response,
    verdict_of,
)
from tests.testing.emulator import (
    version_request,
)


def test_a_missing_project_fails(account: Account) -> None:
    gone = account.project.replace("/p1/", "/p2/")
    report = account.run(CreateProjectVersionRequest.from_dict(version_request(gone)))
    (found,) = findings_of(report, PreflightCheck.PROJECT)
    assert verdict_of(found) == (FAIL, CERTAIN)
    assert "'p2'" in found.message
    assert findings_of(report, PreflightCheck.VERSION_NAME)[0].verdict is NOT_CHECKED


def test_a_project_that_was_created_again_has_another_arn(account: Account) -> None:
    old = account.project[:-3] + "000"
    found = account.one(PreflightCheck.PROJECT, CreateProjectVersionRequest.from_dict(version_request(old)))
    assert verdict_of(found) == (FAIL, CERTAIN)
    assert account.project in found.message


def test_a_client_of_another_region_fails(account: Account) -> None:
    elsewhere = VersionsClient(client_of("rekognition", "eu-west-1"), session=account.session)
    (found,) = findings_of(preflight(elsewhere, account.request()), PreflightCheck.PROJECT)
    assert verdict_of(found) == (FAIL, CERTAIN)
    assert "the client calls eu-west-1" in found.message


def test_nothing_about_another_region_is_taken_for_the_projects(account: Account) -> None:
    """The other region has a project of the same name, with room for more trainings."""
    other = client_of("rekognition", "eu-west-1")
    other.create_project(ProjectName=account.project.split("/")[1])
    report = preflight(VersionsClient(other, session=account.session), account.request())
    assert not report.ok
    for check in (
        PreflightCheck.DATASETS,
        PreflightCheck.VERSION_NAME,
        PreflightCheck.VERSIONS_QUOTA,
        PreflightCheck.TRAININGS_QUOTA,
    ):
        (finding,) = findings_of(report, check)
        assert finding.verdict is NOT_CHECKED, finding
        assert "us-east-1" in finding.message


@pytest.mark.parametrize(
    ("status", "verdict"), [("CREATING", FAIL), ("DELETING", FAIL), ("FROZEN", WARNING), (None, WARNING)]
)
def test_a_project_that_is_not_ready_does_not_pass(
    account: Account, status: str | None, verdict: PreflightVerdict
) -> None:
    described = {"ProjectArn": account.project} | ({"Status": status} if status else {})
    body = json.dumps({"ProjectDescriptions": [described]}).encode()
    account.aws.on("DescribeProjects", http_response(200, body))
    assert account.one(PreflightCheck.PROJECT).verdict is verdict


def with_datasets(account: Account, **statuses: str) -> None:
    datasets = [
        {"DatasetType": kind, "Status": status, "StatusMessage": "Look out."} for kind, status in statuses.items()
    ]
    project = {"ProjectArn": account.project, "Status": "CREATED", "Datasets": datasets}
    account.aws.on("DescribeProjects", http_response(200, json.dumps({"ProjectDescriptions": [project]}).encode()))


def test_manifests_for_a_project_with_datasets_fail(account: Account) -> None:
    with_datasets(account, TRAIN="CREATE_COMPLETE")
    found = account.one(PreflightCheck.DATASETS)
    assert verdict_of(found) == (FAIL, CERTAIN)
    assert "(TRAIN)" in found.message
    with_datasets(account, TRAIN="DELETE_IN_PROGRESS")
    assert account.one(PreflightCheck.DATASETS).verdict is PASS


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("CREATE_COMPLETE", (PASS, CERTAIN)),
        ("UPDATE_COMPLETE", (PASS, CERTAIN)),
        ("UPDATE_IN_PROGRESS", (FAIL, CERTAIN)),
        ("CREATE_FAILED", (FAIL, CERTAIN)),
        ("UPDATE_FAILED", (FAIL, LIKELY)),
        ("DELETE_IN_PROGRESS", (FAIL, CERTAIN)),
        ("FROZEN", (WARNING, LIKELY)),
    ],
)
def test_a_training_without_manifests_needs_both_datasets_ready(
    account: Account, status: str, expected: tuple[PreflightVerdict, Certainty]
) -> None:
    with_datasets(account, TRAIN="CREATE_COMPLETE", TEST=status)
    report = account.run(account.request(TrainingData=None, TestingData=None))
    train, test = findings_of(report, PreflightCheck.DATASETS)
    assert verdict_of(train) == (PASS, CERTAIN)
    assert verdict_of(test) == expected
    assert not {PreflightCheck.MANIFESTS, PreflightCheck.MANIFEST_FILE} & {found.check for found in report.findings}


def test_a_training_without_manifests_and_without_datasets_fails(account: Account) -> None:
    report = account.run(account.request(TrainingData=None, TestingData=None))
    assert ["no TRAIN dataset" in found.message or "no TEST dataset" in found.message for found in report.failed] == [
        True,
        True,
    ]


def test_a_version_name_that_exists_fails(account: Account) -> None:
    arn = account.emulator.create(account.project)
    found = account.one(PreflightCheck.VERSION_NAME)
    assert verdict_of(found) == (FAIL, CERTAIN)
    assert arn in found.message
    assert account.one(PreflightCheck.VERSION_NAME, account.request(name="v2")).verdict is PASS
