"""`rekog detect` for many images, `rekog cost --hosting`, and the use of models."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Rekog
from tests.testing.emulator import BUCKET, shared_client
from tests.testing.pictures import picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    made.mkdir()
    for number in range(3):
        (made / f"{number}.png").write_bytes(picture(seed=number))
    return made


def test_labels_of_a_folder_are_written_and_the_model_is_stopped(trained: Rekog, folder: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    done = trained("detect", "pets/v1", "--folder", str(folder), "--results", str(results), "--yes")
    assert done.code == 0
    assert "3 of 3 images" in done.out
    assert "It costs 4.00 USD an hour" in done.err
    assert len(results.read_text().splitlines()) == 3
    assert not json.loads(trained("running", "--output", "json").out)["models"]


def test_a_bucket_with_failures_ends_with_1_and_says_how_to_continue(trained: Rekog, tmp_path: Path) -> None:
    s3 = shared_client("s3")
    s3.put_object(Bucket=BUCKET, Key="in/good.png", Body=picture())
    s3.put_object(Bucket=BUCKET, Key="in/bad.png", Body=b"text")
    options = ("--bucket", f"s3://{BUCKET}/in/", "--results", str(tmp_path / "r.jsonl"), "--yes", "--output", "json")
    done = trained("detect", "pets/v1", *options)
    assert done.code == 1
    assert "Run the same command again" in done.err
    report = json.loads(done.out)
    assert (report["progress"]["done"], report["progress"]["failed"], report["ended"]) == (1, 1, "complete")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "images are missing. Name files or s3:// URIs, or pass --bucket, --manifest or --folder"),
        (("photo.png", "--max-cost", "5"), "must be used with --bucket, --manifest or --folder"),
        (("photo.png", "--results", "r.jsonl", "--yes"), "must be used with --bucket, --manifest or --folder"),
    ],
)
def test_a_detection_without_images_or_with_options_that_it_would_ignore_is_rejected(
    rekog: Rekog, arguments: tuple[str, ...], message: str
) -> None:
    done = rekog("detect", "pets/v1", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_many_images_need_a_confirmation_a_file_and_one_source(trained: Rekog, folder: Path) -> None:
    for arguments, message in (
        (("--folder", str(folder), "--results", "r.jsonl"), "Add --yes"),
        (("--folder", str(folder), "--yes"), "--results must be the file"),
        (("--folder", str(folder), "--manifest", "m", "--results", "r", "--yes"), "only one of them"),
        (("photo.png", "--folder", str(folder), "--results", "r", "--yes"), "only one of them"),
    ):
        done = trained("detect", "pets/v1", *arguments)
        assert done.code == 2
        assert message in done.err


def test_the_costs_of_running_models_are_shown(trained: Rekog) -> None:
    assert trained("version", "start", "pets/v1", "--yes", "--wait").code == 0
    running = trained("running")
    assert " UTC" in running.out
    costs = trained("cost", "--hosting", "--since", "2d")
    assert costs.code == 0
    assert "pets/v1" in costs.out
    assert "upper bounds" in costs.err
    assert trained("cost").code == 2
    kept = trained("stop", "--all", "--idle-for", "3h", "--yes")
    assert (kept.code, "pets/v1" in kept.out) == (0, False)
    assert trained("stop", "pets/v1").code == 0
