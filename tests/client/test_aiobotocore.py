"""`AsyncVersionsClient` over aiobotocore, in an environment of its own: aiobotocore pins an older botocore."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.testing.test_others_clients import AIOBOTOCORE, BUCKET, MANIFEST, ROOT, server

__all__ = ["server"]


@pytest.mark.slow
def test_a_training_through_aiobotocore(server: str) -> None:
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
        "TRAINING_COMPLETED ['v1']",
        "0 running",
        "this needs a client for s3: pass s3=boto3.client('s3') or session=boto3.Session(...), or use connect(), "
        "which has a session",
    ]
