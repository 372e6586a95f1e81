"""Detection in bulk: the used share of the allowed rate, memory, and the overhead for each image.

The rate is measured on the emulated service with simulated time: `detect_all()` runs in an event loop whose clock jumps
to the next event, and so does the clock of the emulation. A call takes 0.3 seconds on average. After the capacity
check, 20 % of the calls fail: half with a lost response, half with InternalServerError. The allowed rate is that of the
model, at most the 50 calls a second of the account. The first minute is left out, in which the rate is searched.

Memory is the peak of Python's allocations in a run of 8,000 images against a run of 2,000. The overhead is the CPU time
for an image with `detect_all()` as it is by default, with 10 threads, the journal and the files. The baseline is a loop
over `detect_custom_labels` of boto3 on the same canned responses.
"""

import asyncio
import gc
import json
import selectors
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError, ConnectionClosedError

from benchmarks import _canned
from benchmarks._measure import Row
from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.hosting import detect_all
from rekog_versions.hosting.bulk import bookkeeping
from rekog_versions.testing import mock_custom_labels
from rekog_versions.testing.backend import custom_labels_backends
from rekog_versions.testing.exceptions import CustomLabelsError

CAPACITIES = (2, 10, 50)
MINUTES = 4
ACCOUNT, FAULTS, LATENCY, SEED = 50, 0.2, 0.3, 20260101
LEAST_USED = 0.95
OVERHEAD_LIMIT, MEMORY_LIMIT = 1.5, 1.25
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class _Selector(selectors.DefaultSelector):
    """A selector that moves a clock instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0 if timeout else timeout)
        if timeout and not ready:
            self.now += timeout
        return ready


class _SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only in pauses."""

    def __init__(self) -> None:
        self._simulated = _Selector()
        super().__init__(self._simulated)

    def time(self) -> float:
        return self._simulated.now


class _Client(AsyncVersionsClient):
    """A client without threads, whose time would be real."""

    async def run_blocking(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)


@dataclass
class _Service:
    """The emulated service as an asyncio client: its backend, latency, and faults."""

    loop: _SimulatedLoop
    backend: Any
    capacity: float
    random: Random = field(default_factory=lambda: Random(SEED))
    processed: Counter[int] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)

    async def describe_project_versions(self, **request: Any) -> dict[str, Any]:
        return {**self.backend.describe_project_versions(request), "ResponseMetadata": {"RequestId": "r"}}

    async def detect_custom_labels(self, **request: Any) -> dict[str, Any]:
        try:
            response = self.backend.detect_custom_labels(request)
        except CustomLabelsError as error:
            self.rejected[error.code] += 1
            await asyncio.sleep(0.02)
            raise self._error(error.code, error.http_status) from None
        self.processed[int(self.loop.time() // 60)] += 1
        await asyncio.sleep(LATENCY * self.random.uniform(0.5, 1.5))
        if self.random.random() < FAULTS:
            if self.random.random() < 0.5:
                raise ConnectionClosedError(endpoint_url="https://rekognition.us-east-1.amazonaws.com/")
            raise self._error("InternalServerError", 500)
        return {**response, "ResponseMetadata": {"RequestId": "r"}}

    def _error(self, code: str, status: int) -> ClientError:
        response: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return ClientError(response, "DetectCustomLabels")

    def used(self, minute: int) -> float:
        return self.processed[minute] / 60 / min(self.capacity, ACCOUNT)


def report() -> str:
    """Simulate, and return the table of the used rates."""
    lines = [
        f"detection in bulk, simulated for {MINUTES} minutes with {FAULTS:.0%} of failing calls",
        "capacity  images  lost  twice  used in each minute from the second on  least  limit",
    ]
    for capacity in CAPACITIES:
        with TemporaryDirectory() as folder:
            service, sources, count = _simulate(capacity, Path(folder))
        used = [service.used(minute) for minute in range(1, MINUTES)]
        twice = len(sources) - len(set(sources))
        verdict = "ok" if min(used) >= LEAST_USED and count == len(set(sources)) and not twice else "FAILED"
        lines.append(
            f"{capacity:6} /s  {count:6,}  {count - len(set(sources)):4}  {twice:5}  "
            f"{'  '.join(f'{share:.1%}' for share in used):<40}  {min(used):.1%}  {LEAST_USED:.0%} {verdict}"
        )
    return "\n".join(lines)


def _simulate(capacity: float, folder: Path) -> tuple[_Service, list[str], int]:
    count = int(capacity * 60 * MINUTES)  # more than the minutes that are measured can process
    loop = _SimulatedLoop()
    with _emulated(capacity, loop) as (backend, project):
        service = _Service(loop, backend, capacity)
        client = _Client(service, clock=loop.time)  # type: ignore[arg-type]
        images = (f"s3://{_canned.BUCKET}/{number}.png" for number in range(count))
        output = folder / "results.jsonl"
        try:
            loop.run_until_complete(detect_all(client, (project, "v1"), images, output=output, max_concurrency=60))
        finally:
            loop.close()
    return service, [json.loads(line)["source"] for line in output.read_text().splitlines()], count


@contextmanager
def _emulated(capacity: float, loop: _SimulatedLoop) -> Iterator[tuple[Any, str]]:
    """Start the emulation with a running model, in which every key is an image."""
    with mock_custom_labels() as control:
        session: Any = _canned.session()
        rekognition, s3 = session.client("rekognition", region_name=_canned.REGION), session.client("s3")
        s3.create_bucket(Bucket=_canned.BUCKET)
        s3.put_object(Bucket=_canned.BUCKET, Key="train.manifest", Body=_manifest())
        project = rekognition.create_project(ProjectName="shapes")["ProjectArn"]
        place = {"S3Object": {"Bucket": _canned.BUCKET, "Name": "train.manifest"}}
        arn = rekognition.create_project_version(
            ProjectArn=project,
            VersionName="v1",
            OutputConfig={"S3Bucket": _canned.BUCKET, "S3KeyPrefix": "out"},
            TrainingData={"Assets": [{"GroundTruthManifest": place}]},
            TestingData={"AutoCreate": True},
        )["ProjectVersionArn"]
        rekognition.describe_project_versions(ProjectArn=project)
        rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
        rekognition.describe_project_versions(ProjectArn=project)
        control.set_capacity(per_unit=capacity, per_account=ACCOUNT)
        image = _image()
        with (
            patch("rekog_versions.testing.clock.now", lambda: _BEGAN + timedelta(seconds=loop.time())),
            patch("rekog_versions.testing.moto_s3.Storage.read", lambda *_: image),
            patch("rekog_versions.testing.moto_s3.Storage.find", lambda *_: None),
        ):
            yield custom_labels_backends[_canned.ACCOUNT][_canned.REGION], project


def _manifest() -> bytes:
    metadata = {"type": "groundtruth/image-classification", "confidence": 1, "human-annotated": "yes"}
    lines = [
        {
            "source-ref": f"s3://{_canned.BUCKET}/train/{number}.png",
            "label": 1,
            "label-metadata": {**metadata, "class-name": label, "creation-date": "2026-01-01T00:00:00"},
        }
        for number, label in enumerate(["circle", "square"] * 10)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def _image() -> bytes:
    """The header of a PNG image of 80 x 64 pixels."""
    from io import BytesIO

    from PIL import Image

    written = BytesIO()
    Image.new("RGB", (80, 64)).save(written, "PNG")
    return written.getvalue()


LABELS = [
    {
        "Name": "circle",
        "Confidence": 97.1,
        "Geometry": {"BoundingBox": dict.fromkeys(("Width", "Height", "Left", "Top"), 0.25)},
    },
    {"Name": "square", "Confidence": 51.3},
]


class _Canned:
    """A boto3 client whose model runs and whose detections are canned."""

    def __init__(self) -> None:
        self.client = VersionsClient.connect(session=_canned.session())
        self.rekognition = _canned.raw_client()
        running = {**_canned.version_description(1), "Status": "RUNNING", "MinInferenceUnits": 1}
        described = _canned.body_of({"ProjectVersionDescriptions": [running]})
        _canned.respond_with(self.client.rekognition, "DescribeProjectVersions", described)
        for client in (self.client.rekognition, self.rekognition):
            _canned.respond_with(client, "DetectCustomLabels", _canned.body_of({"CustomLabels": LABELS}))
        self._folder = TemporaryDirectory()
        self._runs = 0

    def ours(self, count: int) -> None:
        version = (_canned.PROJECT, "shapes.v1")
        self._runs += 1
        output = Path(self._folder.name) / f"{self._runs}.jsonl"
        images = (f"s3://bucket/{number}.png" for number in range(count))
        with patch.object(bookkeeping, "FIRST_RATE", 1e6):
            detect_all(self.client, version, images, output=output, account_rate=1e6)

    def method(self, count: int) -> None:
        for number in range(count):
            self.client.detect_custom_labels(_canned.version_arn(1), f"s3://bucket/{number}.png")

    def boto3(self, count: int) -> None:
        for number in range(count):
            self.rekognition.detect_custom_labels(
                ProjectVersionArn=_canned.version_arn(1),
                Image={"S3Object": {"Bucket": "bucket", "Name": f"{number}.png"}},
            )


def rows(repetitions: int = 7, images: int = 1000) -> list[Row]:
    canned = _Canned()
    times: tuple[list[float], ...] = ([], [], [])
    for repetition in range(repetitions + 1):
        for work, taken in zip((canned.ours, canned.method, canned.boto3), times, strict=True):
            gc.collect()
            began = time.process_time()
            work(images)
            if repetition:
                taken.append((time.process_time() - began) / images)
    few, many = ([_peak(canned, count) for _ in range(3)] for count in (2_000, 8_000))
    ours, method, boto = times
    return [
        Row("detect_all() an image / boto3", ours, boto, OVERHEAD_LIMIT),
        Row("detect_all() an image / detect_custom_labels()", ours, method),
        Row("detect_all(): memory of 8,000 images / of 2,000", many, few, MEMORY_LIMIT, unit="MB"),
    ]


def _peak(canned: _Canned, count: int) -> float:
    gc.collect()
    tracemalloc.start()
    try:
        canned.ours(count)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    from benchmarks._measure import table

    print(report())
    print(table(rows()))
