"""Runs that are killed and resumed: exactly one result for each image, and the model is stopped in the end."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.hosting.fake_service import FakeService, arn_of, on_loopback

ROOT = Path(__file__).parents[3]
MOST_IN_FLIGHT = 8


class DetectingService(FakeService):
    """The fake service, which counts the calls for each image."""

    def __init__(self) -> None:
        super().__init__("v1")
        self.images: Counter[str] = Counter()

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if operation != "DetectCustomLabels":
            return super().call(operation, request)
        self.images[request["Image"]["S3Object"]["Name"]] += 1
        return {"CustomLabels": [{"Name": "cat", "Confidence": 90.0}]}


def start(url: str, count: int, output: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.hosting.bulk.killed_run", url, str(count), str(output)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def run_with_kills(service: DetectingService, count: int, output: Path, seed: int) -> int:
    """Run until the end, and kill the run at random times before. Return the number of kills."""
    chance, kills = random.Random(seed), 0
    with on_loopback(service) as url:
        while True:
            process = start(url, count, output)
            sent = service.images.total()
            until = sent + chance.randrange(1, count // 3)  # some calls after its start
            while process.poll() is None and service.images.total() < until:
                time.sleep(0.005)
            if process.poll() is None and kills < 8:
                process.kill()
                kills += 1
                process.communicate()
                continue
            printed, _ = process.communicate(timeout=300)
            assert process.returncode == 0
            assert printed == "complete\n"
            return kills


def check(service: DetectingService, count: int, output: Path, kills: int) -> None:
    lines = output.read_text().splitlines()
    sources = Counter(json.loads(line)["source"] for line in lines)
    assert len(sources) == count
    assert set(sources.values()) == {1}
    assert output.with_name("results.failures.jsonl").read_text() == ""
    assert len(service.images) == count
    assert service.images.total() - count <= kills * MOST_IN_FLIGHT, "only calls that were in flight are repeated"
    assert service.statuses[arn_of("v1")] == "STOPPED"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_of_5000_images_that_is_killed_has_one_result_for_each(seed: int, tmp_path: Path) -> None:
    service, output = DetectingService(), tmp_path / "results.jsonl"
    kills = run_with_kills(service, 5000, output, seed)
    assert kills > 2
    check(service, 5000, output, kills)


@pytest.mark.slow
def test_a_run_that_is_killed_once_is_resumed(tmp_path: Path) -> None:
    service, output = DetectingService(), tmp_path / "results.jsonl"
    with on_loopback(service) as url:
        process = start(url, 2000, output)
        while service.images.total() < 100:
            assert process.poll() is None
            time.sleep(0.002)
        process.kill()
        process.communicate()
        assert service.statuses[arn_of("v1")] == "RUNNING"
        process = start(url, 200, output)  # 200 of the 2,000 images: those of the journal count too
        process.communicate(timeout=120)
    assert process.returncode == 0
    check(service, 2000, output, 1)


@pytest.mark.slow
def test_a_run_that_is_killed_after_its_last_image_still_leaves_a_note_to_stop_the_model(tmp_path: Path) -> None:
    service, output = DetectingService(), tmp_path / "results.jsonl"
    with on_loopback(service) as url:
        process = start(url, 3, output)
        process.communicate(timeout=60)
        assert service.statuses[arn_of("v1")] == "STOPPED"
        # as a kill between the last result and the stop leaves it
        service.statuses[arn_of("v1")] = "RUNNING"
        with sqlite3.connect(f"{output}.journal") as journal:
            journal.execute("INSERT INTO started_model DEFAULT VALUES")
        journal.close()
        process = start(url, 3, output)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert service.images.total() == 3
    assert service.statuses[arn_of("v1")] == "STOPPED"
