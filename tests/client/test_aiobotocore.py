"""`AsyncVersionsClient` over aiobotocore, in an environment of its own: aiobotocore pins an older botocore."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.client.aiobotocore_walk import STEPS
from tests.test_api import SNAPSHOT
from tests.testing.test_others_clients import AIOBOTOCORE, BUCKET, MANIFEST, ROOT, server

__all__ = ["server"]


@pytest.mark.slow
def test_a_training_through_aiobotocore_whose_first_response_is_lost(server: str) -> None:
    script = Path(__file__).with_name("aiobotocore_training.py")
    done = subprocess.run(
        [str(AIOBOTOCORE), str(script), server, BUCKET, MANIFEST],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "the outcome of CreateProjectVersion for version 'v1' of ",
        "TRAINING_COMPLETED ['v1']",
        "0 running",
        "this needs a client for s3: pass s3=boto3.client('s3') or session=boto3.Session(...), or use connect(), "
        "which has a session",
    ]


NEEDS_S3 = r"ValueError: this needs a client for s3: pass s3=boto3\.client\('s3'\) or session=boto3\.Session\(\.\.\.\)"
ERRORS = {
    "preflight": r"NotCheckedError: .*not checked +manifests, .*" + NEEDS_S3,
    "explain_failure": r"NotCheckedError: .*Not read: manifest summary .*" + NEEDS_S3,
    "get_evaluation": NEEDS_S3,
    "hosting_costs": r"NotCheckedError: .*ValueError: this needs a client for cloudwatch",
    "idle_models": r"NotCheckedError: CloudWatch could not be read",
    "build_report": NEEDS_S3,
    "running": r"TypeError: running\(\) .* pass AsyncVersionsClient\(boto3\.client\('rekognition'\)\)",
    "s3": NEEDS_S3,
    "service": r"ValueError: this needs a client for kms: pass session=boto3\.Session\(\.\.\.\)",
    "check_manifests": NEEDS_S3,
    "read_detections": NEEDS_S3,
    "describe_manifest": NEEDS_S3,
    "compare_manifests": NEEDS_S3,
    "contact_sheet": NEEDS_S3,
    "find_similar_images": NEEDS_S3,
    "to_coco": NEEDS_S3,
    "to_yolo": NEEDS_S3,
    "to_voc": NEEDS_S3,
    "predictions_to_coco": NEEDS_S3,
    "predictions_to_label_studio": NEEDS_S3,
    "upload_images": NEEDS_S3,
    "split_manifest": NEEDS_S3,
    "from_ground_truth": NEEDS_S3,
    "from_folder": NEEDS_S3,
    "images_from_s3": NEEDS_S3,
    "ManifestWriter": NEEDS_S3,
    "write": NEEDS_S3,
    "write_csv": NEEDS_S3,
    "write_splits": NEEDS_S3,
    "Registry": r"TypeError: client must be of type VersionsClient, got AsyncVersionsClient",
    "AsyncRegistry": NEEDS_S3,
    "check_manifests_with_an_asyncio_client": r"TypeError: s3 must be .* pass s3=client, a VersionsClient or boto3\.",
    "AsyncVersionsClient": r"TypeError: s3 must be .* pass s3=boto3\.client\('s3'\)",
}
"""The errors of the functions that need a boto3 client. All others work."""

FOR_FEATURES = {
    *(
        "call",
        "check_on_poll",
        "check_region",
        "clock",
        "forget_projects",
        "project_arns",
        "rekognition",
        "report_poll",
    ),
    *("run_blocking", "sleep", "take_turn"),
}
"""Members of the client that features use, and that the steps above use through them."""
WITHOUT_AIOBOTOCORE = {"aclose", "connect"}
RESULTS = {"AsyncOutcomes", "AsyncSubmission", "Outcomes", "Submission"}
"""The iterators that as_trained() and submit_all() return."""


def public_functions() -> set[str]:
    """Return the names of the members of `AsyncVersionsClient`, and of all functions that take a client."""
    snapshot = SNAPSHOT.read_text()
    (client,) = re.findall(r"^class AsyncVersionsClient.*\n((?:    .*\n)*)", snapshot, re.MULTILINE)
    members = set(re.findall(r"^    \.(\w+)", client, re.MULTILINE))
    functions = set(re.findall(r"^(?:class |    \.)?(\w+)\(.*\b(?:clients?|s3|rekognition)\b", snapshot, re.MULTILINE))
    return members | functions


def test_the_walk_has_a_step_for_every_public_function_that_takes_a_client() -> None:
    # Lambda's durable functions are not async
    not_async = {"VersionsClient", "over", "hosted", "train_once", "wait_until"}
    expected = public_functions() - FOR_FEATURES - WITHOUT_AIOBOTOCORE - RESULTS - not_async
    assert len(expected) > 50
    assert expected - set(STEPS) == set(), "add a step to aiobotocore_walk.py"
    assert set(ERRORS) <= set(STEPS)


@pytest.mark.slow
def test_every_public_function_works_with_aiobotocore_or_names_the_client_to_pass(server: str) -> None:
    done = subprocess.run(
        [str(AIOBOTOCORE), "-m", "tests.client.aiobotocore_walk", server, BUCKET, MANIFEST],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "was never awaited" not in done.stderr
    errors = json.loads(done.stdout)
    assert set(errors) == set(STEPS)
    for name, error in errors.items():
        assert re.match(ERRORS.get(name, "$"), error, re.DOTALL), f"{name}: {error}"
