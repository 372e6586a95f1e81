"""The emulated service in a process of its own, and its versions."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from tests.testing.emulator import BUCKET, MANIFEST, cats_and_dogs, client, version_request


class Service:
    """The server, with a project."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rekognition = client("rekognition", endpoint_url=url)
        s3 = client("s3", endpoint_url=url)
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs())
        self.set("set-limits", running=1000)
        self.project = self.rekognition.create_project(ProjectName="models")["ProjectArn"]
        self._names = (f"v{number}" for number in count(1))

    def set(self, what: str, **settings: Any) -> None:
        request = urllib.request.Request(f"{self.url}/_custom-labels/{what}", json.dumps(settings).encode())
        with urllib.request.urlopen(request, timeout=20) as response:
            assert response.status == 200

    def version(self, *, running: bool = False, **hosting: Any) -> str:
        """A trained version."""
        name = next(self._names)
        if hosting:
            self.set("set-hosting", version=name, project="models", **hosting)
        arn: str = self.rekognition.create_project_version(**version_request(self.project, name))["ProjectVersionArn"]
        assert self.status(arn) == "TRAINING_COMPLETED"
        if running:
            self.rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
            assert self.status(arn) == "RUNNING"
        return arn

    def status(self, arn: str) -> str:
        name = arn.split("/")[3]
        response = self.rekognition.describe_project_versions(ProjectArn=self.project, VersionNames=[name])
        status: str = response["ProjectVersionDescriptions"][0]["Status"]
        return status

    def stopped(self, arn: str) -> bool:
        """True if it was started and is being stopped. A version that was never started is TRAINING_COMPLETED."""
        return self.status(arn) in {"STOPPING", "STOPPED"}


@contextmanager
def served() -> Iterator[Service]:
    """Start the server, and end it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rekog_versions.testing.server", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield Service(process.stdout.readline().strip())
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        process.stdout.close()
