"""`detect_all()`, with both clients and the emulated service."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.errors import AccessDeniedError, ResourceNotReadyError
from rekog_versions.hosting import BulkProgress, SharedRate, apply_thresholds, read_detections
from rekog_versions.models import Thresholds
from tests.hosting.bulk.conftest import Bulk
from tests.testing.emulator import BUCKET
from tests.testing.pictures import picture
from tests.wire import FakeTime, notes

DETECT = "DetectCustomLabels"


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def sources(path: Path) -> list[str]:
    return [record["source"] for record in records(path)]


def failures(bulk: Bulk) -> dict[str, str]:
    path = bulk.output.with_name("results.failures.jsonl")
    return {record["source"]: record["error"] for record in records(path)}


def test_each_image_of_a_prefix_gets_a_result_and_the_model_is_stopped(bulk: Bulk) -> None:
    uris = bulk.upload(30)
    bulk.trained.emulator.put(b"text", "bulk/readme.txt")
    report = bulk(f"s3://{BUCKET}/bulk/")
    assert sorted(sources(bulk.output)) == uris
    assert sorted(result.source for result in report) == uris
    assert report
    assert report.ended == "complete"
    assert bulk.trained.calls[DETECT] == 30
    assert bulk.trained.status in ("STOPPING", "STOPPED")


def test_a_record_has_everything_that_the_result_depends_on(bulk: Bulk) -> None:
    (uri,) = bulk.upload(1)
    thresholds = Thresholds.percents({"cat": 1}, default=2)
    (result,) = bulk([uri], thresholds=thresholds)
    assert result.labels
    assert (result.version_arn, result.thresholds, result.raw) == (bulk.trained.arn, thresholds, False)
    (record,) = records(bulk.output)
    assert record["labels"][0].keys() == {"Name", "Confidence"}
    assert record["thresholds"] == thresholds.to_dict()
    assert record["time"].startswith("20")
    assert list(read_detections(bulk.output)) == [result]


def test_images_of_a_folder_are_sent_as_bytes(bulk: Bulk, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(picture(seed=number))
    bulk(folder)
    assert sorted(sources(bulk.output)) == [str(folder / f"{number}.png") for number in range(3)]


def test_images_of_a_manifest_are_read_from_s3(bulk: Bulk) -> None:
    uris = bulk.upload(2)
    bulk.trained.emulator.put(
        "".join(f'{{"source-ref": "{uri}"}}\n' for uri in [*uris, uris[0]]).encode(), "l.manifest"
    )
    bulk(f"s3://{BUCKET}/l.manifest")
    assert sorted(sources(bulk.output)) == uris, "an image that is named twice has one result"


def test_failures_are_beside_the_results_with_their_reasons(bulk: Bulk, tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(b"1" * 6_000_000)
    (tmp_path / "text.png").write_bytes(b"text")
    (uri,) = bulk.upload(1)
    missing = f"s3://{BUCKET}/missing.png"
    report = bulk([missing, str(tmp_path / "none.png"), tmp_path / "large.png", tmp_path / "text.png", uri])
    assert sources(bulk.output) == [uri]
    assert failures(bulk) == {
        missing: "InvalidS3ObjectException",
        str(tmp_path / "none.png"): "FileNotFoundError",
        str(tmp_path / "large.png"): "ValueError",
        str(tmp_path / "text.png"): "InvalidImageFormatException",
    }
    assert not report
    assert (report.ended, report.progress.failed) == ("complete", 4)
    assert "4 failed" in str(report)


def test_a_rerun_sends_only_new_and_failed_images(bulk: Bulk) -> None:
    uris = bulk.upload(3)
    bulk([*uris, f"s3://{BUCKET}/late.png"])
    assert bulk.trained.calls[DETECT] == 4
    bulk.trained.emulator.put(picture(), "late.png")
    bulk([*uris, f"s3://{BUCKET}/late.png", *bulk.upload(1, "more/")])
    assert bulk.trained.calls[DETECT] == 6
    assert sorted(sources(bulk.output)) == sorted([*uris, f"s3://{BUCKET}/late.png", f"s3://{BUCKET}/more/0000.png"])
    assert failures(bulk) == {}


def test_a_rerun_without_open_images_starts_nothing(bulk: Bulk) -> None:
    uris = bulk.upload(2)
    bulk(uris)
    bulk.output.write_text("lost")
    starts = bulk.trained.calls["StartProjectVersion"]
    report = bulk(uris)
    assert bulk.trained.calls["StartProjectVersion"] == starts
    assert report
    assert sorted(sources(bulk.output)) == uris, "the file is written from the journal"


def test_a_model_that_is_running_is_left_running(bulk: Bulk) -> None:
    bulk.trained.start()
    assert bulk.trained.status == "RUNNING"
    bulk(bulk.upload(2))
    assert bulk.trained.status == "RUNNING"
    assert bulk.trained.calls["StartProjectVersion"] == 1
    bulk.trained.emulator.rekognition.stop_project_version(ProjectVersionArn=bulk.trained.arn)


def test_a_busy_model_and_a_throttled_account_lose_no_image(bulk: Bulk) -> None:
    bulk.trained.emulator.labels.set_capacity(per_unit=3, per_account=4)
    uris = bulk.upload(60)
    seen: list[BulkProgress] = []
    report = bulk(uris, on_progress=seen.append)
    assert sorted(sources(bulk.output)) == uris
    last = report.progress
    assert last.model_busy > 0
    assert bulk.trained.calls[DETECT] == 60 + last.model_busy + last.account_busy, "botocore does not retry"
    assert last.model_busy + last.account_busy < 20
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1] == last
    assert last.seconds == pytest.approx(20, rel=0.2)


@pytest.mark.parametrize("fault", [{"error": "InternalServerError"}, {"hang_up": "before"}, {"hang_up": "after"}])
def test_failed_calls_are_repeated(bulk: Bulk, fault: dict[str, Any]) -> None:
    bulk.trained.emulator.labels.inject(DETECT, times=8, **fault)
    uris = bulk.upload(10)
    report = bulk(uris)
    assert sorted(sources(bulk.output)) == uris
    assert report.progress.retries == 8
    assert bulk.trained.calls[DETECT] == 18


def test_after_a_minute_the_expected_end_and_cost_are_reported_once(bulk: Bulk) -> None:
    bulk.trained.emulator.labels.set_capacity(per_unit=2)
    estimates: list[BulkProgress] = []
    bulk(bulk.upload(150), on_estimate=estimates.append)
    (estimate,) = estimates
    assert 60 <= estimate.seconds < 75
    assert estimate.rate == pytest.approx(2, rel=0.05)
    assert estimate.seconds_left == pytest.approx(estimate.left / 2, rel=0.05)
    assert estimate.expected_cost is not None
    assert float(estimate.expected_cost.most) == pytest.approx(4 * 75 / 3600, rel=0.1)


def test_a_declined_estimate_ends_the_run_and_a_rerun_finishes_it(bulk: Bulk) -> None:
    bulk.trained.emulator.labels.set_capacity(per_unit=2)
    uris = bulk.upload(150)
    report = bulk(uris, on_estimate=lambda _: False)
    assert report.ended == "on_estimate"
    assert not report
    assert 100 < report.progress.done < 148
    assert bulk.trained.status in ("STOPPING", "STOPPED")
    assert bulk(uris)
    assert sorted(sources(bulk.output)) == uris
    assert bulk.trained.calls[DETECT] - 150 < 50, "only rejected calls are repeated"


@pytest.mark.parametrize(
    ("limit", "reason"), [({"max_hours": 0.01}, "max_hours=0.01"), ({"max_cost": "0.04"}, "max_cost=0.04")]
)
def test_a_limit_ends_the_run(bulk: Bulk, limit: dict[str, Any], reason: str) -> None:
    bulk.trained.emulator.labels.set_capacity(per_unit=2)
    report = bulk(bulk.upload(100), **limit)
    assert report.ended.startswith(reason)
    assert report.progress.done == pytest.approx(72, rel=0.15)  # 36 seconds
    assert report.progress.cost is not None
    assert report.progress.cost.most < Decimal("0.05")
    assert bulk.trained.status in ("STOPPING", "STOPPED")


def test_a_failing_callback_ends_the_run_and_keeps_the_results(bulk: Bulk) -> None:
    bulk.trained.emulator.labels.set_capacity(per_unit=2)
    uris = bulk.upload(60)

    def fail(_: BulkProgress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as raised:
        bulk(uris, on_progress=fail)
    assert "Call detect_all() again with the same output to continue." in notes(raised.value)
    assert bulk.trained.status in ("STOPPING", "STOPPED")
    kept = sources(bulk.output)
    assert 5 < len(kept) < 40
    assert bulk(uris)
    assert sorted(sources(bulk.output)) == uris
    assert sources(bulk.output)[: len(kept)] == kept


def test_an_error_that_concerns_all_images_ends_the_run(bulk: Bulk) -> None:
    bulk.trained.emulator.labels.inject(DETECT, error="AccessDeniedException")
    uris = bulk.upload(5)
    with pytest.raises(AccessDeniedError) as raised:
        bulk(uris)
    assert "of 5 images have a result." in notes(raised.value)
    assert bulk.trained.status in ("STOPPING", "STOPPED")
    assert bulk(uris)


def test_a_model_that_someone_else_stops_ends_the_run(bulk: Bulk) -> None:
    bulk.trained.start()
    assert bulk.trained.status == "RUNNING"
    bulk.trained.emulator.labels.set_capacity(per_unit=2)

    def stop(_: BulkProgress) -> None:
        if bulk.trained.status == "RUNNING":
            bulk.trained.emulator.rekognition.stop_project_version(ProjectVersionArn=bulk.trained.arn)

    with pytest.raises(ResourceNotReadyError):
        bulk(bulk.upload(50), on_progress=stop)
    assert sources(bulk.output)


def test_a_run_ends_if_its_first_images_all_fail(bulk: Bulk) -> None:
    report = bulk([f"s3://{BUCKET}/missing-{number}.png" for number in range(100)])
    assert report.ended.startswith("the failure of the first 5")
    assert "Unable to get object metadata" in report.ended
    assert bulk.trained.calls[DETECT] < 80


def test_raw_confidences_allow_other_thresholds_later(bulk: Bulk) -> None:
    uris = bulk.upload(20)
    report = bulk(uris, raw=True)
    every = [label for result in report for label in result.labels]
    assert any((label.confidence or 0) < 40 for label in every)
    thresholds = Thresholds.percents({"cat": 60}, default=100)
    kept = apply_thresholds(report, thresholds)
    for _ in range(2):  # it can be iterated again
        assert sorted(result.source for result in kept) == uris
    assert {label.name for result in kept for label in result.labels} <= {"cat"}
    assert sum(len(result.labels) for result in kept) == sum(
        label.name == "cat" and (label.confidence or 0) >= 60 for label in every
    )
    with pytest.raises(ValueError, match="Detect with raw=True"):
        list(apply_thresholds(kept, thresholds))


def test_results_in_s3_are_written_from_the_journal(bulk: Bulk, tmp_path: Path) -> None:
    uris = bulk.upload(4)
    target = f"s3://{BUCKET}/out/results.jsonl"
    report = bulk([*uris, f"s3://{BUCKET}/missing.png"], output=target, journal=tmp_path / "bulk.journal")
    assert sorted(result.source for result in report) == uris
    failed = bulk.trained.emulator.s3.get_object(Bucket=BUCKET, Key="out/results.failures.jsonl")["Body"].read()
    assert b"missing.png" in failed
    assert sorted(r.source for r in read_detections(target, s3=bulk.trained.emulator.s3)) == uris


def test_a_journal_of_another_version_or_other_thresholds_is_not_mixed_in(bulk: Bulk) -> None:
    uris = bulk.upload(1)
    bulk(uris)
    with pytest.raises(ValueError, match=r"belongs to a detection with other settings .*Pass another output"):
        bulk(uris, raw=True)
    assert bulk.trained.calls["StartProjectVersion"] == 1


def test_a_shared_rate_limits_the_calls(bulk: Bulk, one_clock: FakeTime, tmp_path: Path) -> None:
    shared = SharedRate(tmp_path / "rate", 4, now=one_clock.clock)
    report = bulk(bulk.upload(40), account_rate=shared)
    assert report.progress.seconds == pytest.approx(10, abs=1)


def test_progress_is_written_to_standard_error(bulk: Bulk, capsys: pytest.CaptureFixture[str]) -> None:
    bulk(bulk.upload(3), progress=True)
    assert "3 of 3 images, 0.00 USD so far" in capsys.readouterr().err.replace("3.0 a second, ", "")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"output": ""}, ValueError, "output must be the name of a file"),
        ({"output": "s3://bucket/results.jsonl"}, ValueError, "journal must be the path of a local file"),
        ({"output": 5}, TypeError, "output must be a path or s3://BUCKET/KEY, got int"),
        ({"raw": True, "min_confidence": 5}, ValueError, "raw keeps all confidences"),
        ({"min_confidence": 101}, ValueError, "min_confidence must be a number from 0 to 100, got 101"),
        ({"account_rate": 0}, ValueError, "account_rate must be a number of calls a second above 0"),
        ({"max_concurrency": 0}, ValueError, "max_concurrency must be at least 1, got 0"),
        ({"max_concurrency": "5"}, TypeError, "max_concurrency must be an integer, got str"),
        ({"max_cost": 0}, ValueError, "max_cost must be above 0"),
        ({"on_estimate": True}, TypeError, "on_estimate must be a function of a BulkProgress, got bool"),
        ({"min_inference_units": 0}, ValueError, "min_inference_units"),
    ],
)
def test_invalid_arguments_start_nothing(
    bulk: Bulk, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        bulk(["photo.png"], **options)
    assert not bulk.trained.calls


def test_images_of_a_wrong_type_start_nothing(bulk: Bulk) -> None:
    with pytest.raises(TypeError, match="Save images to files first"):
        bulk(["photo.png", b"bytes"])
    assert bulk.trained.calls["StartProjectVersion"] == 0
