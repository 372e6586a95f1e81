"""Check the manifest files and their content."""

import sys
from typing import Any

import pytest

from rekog_versions import CreateProjectVersionRequest
from rekog_versions.manifests import check_manifests
from rekog_versions.preflight import (
    PreflightCheck,
)
from rekog_versions.preflight.manifests import judge_content
from tests.manifests.entries import classed, manifest
from tests.preflight.helpers import (
    CERTAIN,
    FAIL,
    NOT_CHECKED,
    UNKNOWN,
    WARNING,
    Account,
    findings_of,
    http_response,
    s3_error,
    verdict_of,
)
from tests.testing.emulator import (
    BUCKET,
    MANIFEST,
    assets,
    cats_and_dogs,
    json_lines,
    line,
    version_request,
)


def test_a_missing_manifest_fails(account: Account) -> None:
    found = account.one(PreflightCheck.MANIFEST_FILE, account.request(TrainingData=assets("data/none.manifest")))
    assert verdict_of(found) == (FAIL, CERTAIN)
    assert found.subject == f"s3://{BUCKET}/data/none.manifest"


def test_a_manifest_is_checked_in_the_version_of_the_request(account: Account) -> None:
    account.emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    kept = account.emulator.s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(40))["VersionId"]
    account.emulator.put(json_lines([line(1, "cat")]))
    data = assets(MANIFEST)
    data["Assets"][0]["GroundTruthManifest"]["S3Object"]["Version"] = kept
    report = account.run(account.request(TrainingData=data))
    assert report.ok, str(report)
    assert f"in version {kept}" in findings_of(report, PreflightCheck.MANIFEST_FILE)[0].message
    assert account.one(PreflightCheck.MANIFESTS).verdict is FAIL


def test_a_denied_manifest_is_not_checked(account: Account) -> None:
    account.aws.on("HeadObject", http_response(403))
    found = account.one(PreflightCheck.MANIFEST_FILE)
    assert verdict_of(found) == (NOT_CHECKED, UNKNOWN)
    assert "needs s3:GetObject" in found.message


def test_a_manifest_that_would_fail_the_training_fails_with_its_codes(account: Account) -> None:
    account.emulator.put(json_lines(line(number, "cat") for number in range(20)))
    report = account.run()
    (found,) = findings_of(report, PreflightCheck.MANIFESTS)
    assert found.verdict is FAIL
    assert "ERROR_MANIFEST_TOO_FEW_LABELS" in found.message
    assert report.manifests is not None
    assert not report.manifests.ok
    assert not report.ok


def test_errors_that_do_not_stop_a_training_are_a_warning(account: Account) -> None:
    account.emulator.put(cats_and_dogs(40) + b"no json\n")
    found = account.one(PreflightCheck.MANIFESTS)
    assert found.verdict is WARNING
    assert "ERROR_INVALID_JSON_LINE" in found.message


def test_the_test_manifest_is_checked_with_the_training_manifest(account: Account) -> None:
    account.emulator.put(json_lines(line(number, "bird") for number in range(20)), "data/test.manifest")
    report = account.run(account.request(TestingData=assets("data/test.manifest")))
    assert "ERROR_INSUFFICIENT_LABEL_OVERLAP" in findings_of(report, PreflightCheck.MANIFESTS)[0].message
    assert len(findings_of(report, PreflightCheck.MANIFEST_FILE)) == 2


def test_one_key_can_be_the_training_and_the_test_manifest_in_two_versions(account: Account) -> None:
    account.emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})

    def stored(*labels: str, images: int) -> dict[str, Any]:
        content = json_lines(line(f"{images}-{n}", labels[n % len(labels)]) for n in range(40))
        version = account.emulator.s3.put_object(Bucket=BUCKET, Key="data/both.manifest", Body=content)["VersionId"]
        data = assets("data/both.manifest")
        data["Assets"][0]["GroundTruthManifest"]["S3Object"]["Version"] = version
        return data

    training, testing = stored("cat", "dog", images=1), stored("cat", "dog", "bird", images=2)
    account.emulator.put(b"no json", "data/both.manifest")
    report = account.run(account.request(TrainingData=training, TestingData=testing))
    assert report.ok, str(report)
    assert report.manifests is not None
    assert set(report.manifests.training.labels) == {"cat", "dog"}
    assert set(report.manifests.testing.labels) == {"cat", "dog", "bird"}


def test_a_manifest_without_an_extension_fails_with_a_version_too(account: Account) -> None:
    account.emulator.put(cats_and_dogs(40), "manifest")
    data = assets("manifest")
    data["Assets"][0]["GroundTruthManifest"]["S3Object"]["Version"] = "null"
    found = account.one(PreflightCheck.MANIFESTS, account.request(TrainingData=data))
    assert found.verdict is FAIL
    assert "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT" in found.message


def test_an_adapter_is_checked_by_the_rules_for_adapters(account: Account) -> None:
    adapter = account.emulator.project("p2", Feature="CONTENT_MODERATION", AutoUpdate="DISABLED")
    account.emulator.put(json_lines(line(number, "cat") for number in range(20)))
    found = account.one(PreflightCheck.MANIFESTS, CreateProjectVersionRequest.from_dict(version_request(adapter)))
    assert found.verdict is not FAIL


def test_images_are_checked_on_request(account: Account) -> None:
    report = account.run(images=True)
    (found,) = findings_of(report, PreflightCheck.MANIFESTS)
    assert found.verdict is FAIL
    assert "ERROR_INVALID_IMAGE" in found.message
    assert "the images were not checked" not in found.message


def test_images_without_pillow_raise_before_any_call(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    account.aws.calls.clear()
    with pytest.raises(ImportError, match=r"rekog_versions\[images\]"):
        account.run(images=True)
    assert account.aws.calls == []


def test_a_denied_manifest_does_not_hide_a_failure_of_the_other(account: Account) -> None:
    account.emulator.put(b"")
    account.emulator.put(cats_and_dogs(), "test.manifest")
    account.aws.on("GetObject", None, s3_error("AccessDenied"))
    finding = account.one(PreflightCheck.MANIFESTS, account.request(TestingData=assets("test.manifest")))
    assert finding.verdict is FAIL
    assert "ERROR_EMPTY_MANIFEST" in finding.message


def test_the_labels_of_an_adapter_pass(account: Account) -> None:
    adapter = account.emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="DISABLED")
    names = [{"Name": "Smoking"}]
    account.emulator.put(
        json_lines(
            {**line(n), "content-moderation-groundtruth": {"ModerationLabels": names if n % 2 else []}}
            for n in range(40)
        )
    )
    report = account.run(account.request(ProjectArn=adapter))
    assert report.manifests is not None
    assert report.manifests.clean, str(report.manifests)
    assert findings_of(report, PreflightCheck.MANIFESTS)[0].verdict is not FAIL


def test_the_contents_of_the_manifests_are_summed_up() -> None:
    pictures = [classed(number, "cat" if number < 30 else "dog") for number in range(40)]
    report = check_manifests(manifest(*pictures), manifest(*pictures[25:35]))
    text = judge_content(report, images=False).message
    assert "40 training images of 2 labels, the fewest with 'dog': 10" in text
    assert "10 test images of 10 in the training manifest too" in text
