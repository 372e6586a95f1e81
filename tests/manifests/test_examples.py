"""The examples check_manifest.py and make_manifest.py run as they stand, in processes of their own."""

import json
from pathlib import Path

from tests.failures.test_explain_examples import client
from tests.manifests.test_check import classed, manifest, pets
from tests.test_examples import BUCKET, run, server

__all__ = ["server"]  # a fixture


def pet_folder(root: Path) -> Path:
    for name in (f"{label}/{number}.jpg" for label in ("cat", "dog\x1b[2J") for number in range(5)):
        path = root / "pets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root / "pets"


def test_check_manifest_needs_no_account_and_tells_what_would_fail(tmp_path: Path) -> None:
    good, poor = tmp_path / "good.manifest", tmp_path / "poor.manifest"
    good.write_bytes(manifest(*pets(20)))
    poor.write_bytes(manifest(classed(1, "cat\x1b[2J"), {"a": 1}))

    done = run("check_manifest.py", str(good), str(good))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The training would start (image-level labels).")
    done = run("check_manifest.py", str(poor), "--auto-create")
    assert done.returncode == 1, done.stderr
    assert "ERROR_MANIFEST_TOO_FEW_LABELS" in done.stdout
    assert "\x1b" not in done.stdout
    told = json.loads(run("check_manifest.py", str(poor), "--json").stdout)
    assert told["training"]["invalid_json_lines"] == 1


def test_check_manifest_writes_what_the_service_would_write(tmp_path: Path) -> None:
    source, folder = tmp_path / "train.manifest", tmp_path / "checked"
    source.write_bytes(manifest(*pets(20), {"a": 1}))
    done = run("check_manifest.py", str(source), "--write-to", str(folder))
    assert done.returncode == 0, done.stderr
    summary = folder / "manifest_summary.json"
    assert str(summary) in done.stdout
    assert json.loads(summary.read_bytes())["statistics"]["training"]["error_json_line_indices"] == [21]


def test_check_manifest_says_what_is_wrong_with_its_arguments(tmp_path: Path) -> None:
    done = run("check_manifest.py", str(tmp_path / "none.manifest"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "FileNotFoundError" in done.stderr
    both = run("check_manifest.py", "a.manifest", "b.manifest", "--auto-create")
    assert "auto_create is for trainings without a test manifest" in both.stderr
    assert "Traceback" not in done.stderr + both.stderr


def test_check_manifest_reads_manifests_and_images_from_s3(server: str) -> None:
    where = f"s3://{BUCKET}/train.manifest"
    done = run("check_manifest.py", where, "--auto-create", url=server)
    assert done.returncode == 0, done.stderr
    done = run("check_manifest.py", where, "--auto-create", "--images", url=server)
    assert done.returncode == 1, done.stderr
    assert "none of 40 images is there" in done.stdout


def test_make_manifest_makes_one_that_a_training_takes(tmp_path: Path) -> None:
    target = tmp_path / "train.manifest"
    done = run("make_manifest.py", str(pet_folder(tmp_path)), "s3://my-bucket/pets", str(target))
    assert done.returncode == 0, done.stderr
    assert "10 lines" in done.stdout
    assert "\x1b" not in done.stdout
    assert run("check_manifest.py", str(target), "--auto-create").returncode == 0


def test_make_manifest_divides_it(tmp_path: Path) -> None:
    training, testing = (tmp_path / f"{name}.manifest" for name in ("train", "test"))
    places = (str(pet_folder(tmp_path)), "s3://my-bucket/pets", str(training), str(testing))
    done = run("make_manifest.py", *places, "--test-fraction", "0.4")
    assert done.returncode == 0, done.stderr
    assert [len(path.read_bytes().splitlines()) for path in (training, testing)] == [6, 4]
    assert run("check_manifest.py", str(training), str(testing)).returncode == 0
    refused = run("make_manifest.py", *places, "--test-fraction", "4")
    assert refused.returncode == 1
    assert "test_fraction must be more than 0" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_make_manifest_writes_to_s3(server: str, tmp_path: Path) -> None:
    targets = [f"s3://{BUCKET}/made/{name}.manifest" for name in ("train", "test")]
    done = run("make_manifest.py", str(pet_folder(tmp_path)), f"s3://{BUCKET}/pets", *targets, url=server)
    assert done.returncode == 0, done.stderr
    found = client("s3", server).get_object(Bucket=BUCKET, Key="made/test.manifest")["Body"].read()
    places = [json.loads(line)["source-ref"] for line in found.splitlines()]
    assert len(places) == 2
    assert all(place.startswith(f"s3://{BUCKET}/pets/") for place in places)
