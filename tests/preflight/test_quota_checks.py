"""Check the quotas on trainings and versions."""

import json

import pytest
from botocore.awsrequest import AWSResponse

from rekog_versions import CreateProjectVersionRequest, VersionsClient
from rekog_versions.preflight import (
    Certainty,
    PreflightCheck,
    PreflightVerdict,
    preflight,
)
from rekog_versions.testing import CustomLabelsControl
from tests.preflight.helpers import (
    CERTAIN,
    DENIED,
    FAIL,
    LIKELY,
    NOT_CHECKED,
    PASS,
    UNKNOWN,
    Account,
    client_of,
    findings_of,
    http_response,
    json_error,
    quota_response,
    verdict_of,
)
from tests.testing.emulator import (
    version_request,
)


def train(account: Account, *names: str, project: str | None = None) -> None:
    account.emulator.labels.set_training(times=1000)
    for name in names:
        account.emulator.create(project or account.project, name)


def test_trainings_of_every_project_of_both_features_count(account: Account) -> None:
    train(account, "a")
    train(account, "b", project=account.emulator.project("p2", Feature="CONTENT_MODERATION", AutoUpdate="DISABLED"))
    found = account.one(PreflightCheck.TRAININGS_QUOTA)
    assert verdict_of(found) == (FAIL, CERTAIN)
    assert found.message == "2 trainings are running, and the quota is 2 (the account's quota L-F1558568)"
    account.aws.on("GetServiceQuota", quota_response(3))
    assert verdict_of(account.one(PreflightCheck.TRAININGS_QUOTA)) == (PASS, CERTAIN)


@pytest.mark.parametrize(
    ("own", "default", "source", "certainty"),
    [
        (quota_response(2), None, "the account's quota", CERTAIN),
        (
            json_error("NoSuchResourceException"),
            quota_response(2),
            "AWS's default of L-F1558568; the account's own quota could not be read",
            LIKELY,
        ),
        (DENIED, quota_response(2), "needs servicequotas:GetServiceQuota", LIKELY),
        (DENIED, DENIED, "the documented default of L-F1558568; could not read Service Quotas", LIKELY),
    ],
)
def test_the_source_of_the_quota_is_reported(
    account: Account, own: AWSResponse, default: AWSResponse | None, source: str, certainty: Certainty
) -> None:
    account.aws.on("GetServiceQuota", own).on("GetAWSDefaultServiceQuota", default)
    found = account.one(PreflightCheck.TRAININGS_QUOTA)
    assert verdict_of(found) == (PASS, certainty)
    assert source in found.message
    train(account, "a", "b")
    assert verdict_of(account.one(PreflightCheck.TRAININGS_QUOTA)) == (FAIL, certainty)


def test_sydney_has_a_default_quota_of_one_training(custom_labels: CustomLabelsControl) -> None:
    rekognition = client_of("rekognition", "ap-southeast-2")
    project = rekognition.create_project(ProjectName="p1")["ProjectArn"]
    request = CreateProjectVersionRequest.from_dict(version_request(project))
    (found,) = findings_of(preflight(VersionsClient(rekognition), request), PreflightCheck.TRAININGS_QUOTA)
    assert found.message.startswith("0 trainings are running, and the quota is 1 (the documented default")


def test_projects_that_cannot_be_listed_leave_it_unchecked_unless_the_others_fill_the_quota(
    account: Account,
) -> None:
    train(account, "a")
    account.emulator.project("p2")
    account.aws.on("DescribeProjectVersions", None, DENIED)
    found = account.one(PreflightCheck.TRAININGS_QUOTA)
    assert verdict_of(found) == (NOT_CHECKED, UNKNOWN)
    assert "at least 1 trainings" in found.message
    account.aws.on("DescribeProjectVersions", None, DENIED).on("GetServiceQuota", quota_response(1))
    assert verdict_of(account.one(PreflightCheck.TRAININGS_QUOTA)) == (FAIL, CERTAIN)


def test_a_project_that_is_deleted_meanwhile_has_no_trainings(account: Account) -> None:
    account.emulator.project("p2")
    account.aws.on("DescribeProjectVersions", None, json_error("ResourceNotFoundException"))
    assert verdict_of(account.one(PreflightCheck.TRAININGS_QUOTA)) == (PASS, CERTAIN)


def versions_on_the_wire(account: Account, count: int) -> None:
    arn = account.project.rpartition("/")[0]
    described = [{"ProjectVersionArn": f"{arn}/version/n{n}/1574317227432", "Status": "STOPPED"} for n in range(count)]
    account.aws.on(
        "DescribeProjectVersions", http_response(200, json.dumps({"ProjectVersionDescriptions": described}).encode())
    )


@pytest.mark.parametrize(
    ("count", "allowed", "verdict"), [(99, None, PASS), (100, 100, FAIL), (100, 150, PASS), (150, 150, FAIL)]
)
def test_a_project_below_its_quota_may_have_one_more_version(
    account: Account, count: int, allowed: int | None, verdict: PreflightVerdict
) -> None:
    versions_on_the_wire(account, count)
    # the second request is for the quota on trainings
    account.aws.on("GetServiceQuota", *([quota_response(allowed)] if allowed else []), quota_response(2))
    assert account.one(PreflightCheck.VERSIONS_QUOTA).verdict is verdict
