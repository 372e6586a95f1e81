"""The examples check_manifest.py and make_manifest.py, on files and on the emulated service's S3."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.testing import mock_custom_labels
from tests.example_runs import run_example
from tests.manifests.entries import classed, manifest, pets
from tests.test_examples import run
from tests.testing.emulator import client

BUCKET = "my-bucket"


@pytest.fixture
def s3() -> Iterator[Any]:
    """S3 with a bucket that has a manifest and none of its images."""
    with mock_custom_labels():
        made = client("s3")
        made.create_bucket(Bucket=BUCKET)
        made.put_object(Bucket=BUCKET, Key="train.manifest", Body=manifest(*pets(40)))
        yield made


def pet_folder(root: Path) -> Path:
    for name in (f"{label}/{number}.jpg" for label in ("cat", "dog\x1b[2J") for number in range(5)):
        path = root / "pets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root / "pets"


def test_check_manifest_needs_no_account_and_reports_a_training_that_would_fail(tmp_path: Path) -> None:
    good, poor = tmp_path / "good.manifest", tmp_path / "poor.manifest"
    good.write_bytes(manifest(*pets(20)))
    poor.write_bytes(manifest(classed(1, "cat\x1b[2J"), {"a": 1}))

    done = run_example("check_manifest.py", str(good), str(good))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The training would start (image-level labels).")
    done = run_example("check_manifest.py", str(poor), "--auto-create")
    assert done.returncode == 1, done.stderr
    assert "ERROR_MANIFEST_TOO_FEW_LABELS" in done.stdout
    assert "\x1b" not in done.stdout
    document = json.loads(run_example("check_manifest.py", str(poor), "--json").stdout)
    assert document["training"]["invalid_json_lines"] == 1


def test_check_manifest_writes_the_files_that_the_service_would_write(tmp_path: Path) -> None:
    source, folder = tmp_path / "train.manifest", tmp_path / "checked"
    source.write_bytes(manifest(*pets(20), {"a": 1}))
    done = run_example("check_manifest.py", str(source), "--auto-create", "--write-to", str(folder))
    assert done.returncode == 0, done.stderr
    summary = folder / "manifest_summary.json"
    assert str(summary) in done.stdout
    assert json.loads(summary.read_bytes())["statistics"]["training"]["error_json_line_indices"] == [21]
    assert run_example("check_manifest.py", str(source), "--auto-create", "--strict").returncode == 1
    source.write_bytes(manifest(*pets(20)))
    assert run_example("check_manifest.py", str(source), "--auto-create", "--strict").returncode == 0


def test_check_manifest_rejects_invalid_arguments_with_a_message(tmp_path: Path) -> None:
    done = run_example("check_manifest.py", str(tmp_path / "none.manifest"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "FileNotFoundError" in done.stderr
    both = run_example("check_manifest.py", "a.manifest", "b.manifest", "--auto-create")
    assert both.returncode == 1
    assert "auto_create must be False if there is a test manifest" in both.stderr


def test_check_manifest_reads_manifests_and_images_from_s3(s3: Any) -> None:
    uri = f"s3://{BUCKET}/train.manifest"
    done = run_example("check_manifest.py", uri, "--auto-create")
    assert done.returncode == 0, done.stderr
    s3.create_bucket(Bucket="pets")
    done = run_example("check_manifest.py", uri, "--auto-create", "--images")
    assert done.returncode == 1, done.stderr
    assert "none of 40 images exists" in done.stdout


def test_make_manifest_writes_a_manifest_that_a_training_accepts(tmp_path: Path) -> None:
    target = tmp_path / "train.manifest"
    done = run_example("make_manifest.py", str(pet_folder(tmp_path)), "s3://my-bucket/pets", str(target))
    assert done.returncode == 0, done.stderr
    assert "10 lines" in done.stdout
    assert "\x1b" not in done.stdout
    assert run_example("check_manifest.py", str(target), "--auto-create").returncode == 0


def test_make_manifest_splits_the_manifest(tmp_path: Path) -> None:
    training, testing = (tmp_path / f"{name}.manifest" for name in ("train", "test"))
    arguments = (str(pet_folder(tmp_path)), "s3://my-bucket/pets", str(training), str(testing))
    done = run_example("make_manifest.py", *arguments, "--test-fraction", "0.4")
    assert done.returncode == 0, done.stderr
    assert [len(path.read_bytes().splitlines()) for path in (training, testing)] == [6, 4]
    assert run_example("check_manifest.py", str(training), str(testing)).returncode == 0
    rejected = run_example("make_manifest.py", *arguments, "--test-fraction", "4")
    assert rejected.returncode == 1
    assert "test_fraction must be above 0 and below 1" in rejected.stderr


def test_make_manifest_writes_to_s3(s3: Any, tmp_path: Path) -> None:
    targets = [f"s3://{BUCKET}/made/{name}.manifest" for name in ("train", "test")]
    done = run_example("make_manifest.py", str(pet_folder(tmp_path)), f"s3://{BUCKET}/pets", *targets)
    assert done.returncode == 0, done.stderr
    found = s3.get_object(Bucket=BUCKET, Key="made/test.manifest")["Body"].read()
    source_refs = [json.loads(line)["source-ref"] for line in found.splitlines()]
    assert len(source_refs) == 2
    assert all(source_ref.startswith(f"s3://{BUCKET}/pets/") for source_ref in source_refs)


@pytest.mark.slow
def test_the_examples_run_in_processes_of_their_own(tmp_path: Path) -> None:
    target = tmp_path / "train.manifest"
    made = run("make_manifest.py", str(pet_folder(tmp_path)), "s3://my-bucket/pets", str(target))
    assert made.returncode == 0, made.stderr
    checked = run("check_manifest.py", str(target), "--auto-create")
    assert checked.returncode == 0, checked.stderr
    rejected = run("check_manifest.py", str(tmp_path / "none.manifest"))
    assert rejected.returncode == 1
    assert "Traceback" not in rejected.stderr
