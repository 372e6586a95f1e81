"""Every public function with nothing but an aiobotocore client, against the server of the emulated service.

Run by an interpreter that has aiobotocore. It prints a JSON object: for each function, the error that it raised, or "".
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterable, Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from rekog_versions import AsyncVersionsClient, OutputConfig, Schedule, TestingData, TrainingData
from rekog_versions.batch import as_trained, submit_all
from rekog_versions.client import check_client
from rekog_versions.evaluation import (
    best_version,
    get_evaluation,
    predictions_to_coco,
    predictions_to_label_studio,
)
from rekog_versions.failures import explain_failure
from rekog_versions.hosting import (
    Detections,
    detect_all,
    hosting_costs,
    idle_models,
    measure_capacity,
    read_detections,
    running,
    running_models,
    stop_all,
    training_costs,
)
from rekog_versions.manifests import (
    ManifestWriter,
    check_manifests,
    compare_manifests,
    contact_sheet,
    describe_manifest,
    find_similar_images,
    from_folder,
    from_ground_truth,
    images_from_folder,
    images_from_s3,
    split_manifest,
    to_coco,
    to_voc,
    to_yolo,
    upload_images,
)
from rekog_versions.models import CreateProjectVersionRequest, DatasetSource
from rekog_versions.preflight import preflight
from rekog_versions.registry import AsyncRegistry, Registry
from rekog_versions.reports import build_report

SOON = Schedule(first=0.01, most=0.05)
ENTRY = '{"source-ref": "s3://shapes-bucket/pictures/circle-0.png"}'


async def items(pager: AsyncIterable[Any]) -> list[Any]:
    """Return all items of a pager."""
    return [item async for item in pager]


class Walk:
    """The functions in an order in which each finds what it needs. A method has the name of the function it calls."""

    def __init__(self, client: AsyncVersionsClient, aio_s3: Any, bucket: str, manifest: str) -> None:
        self.aio_s3 = aio_s3
        self.client, self.bucket, self.manifest = client, bucket, f"s3://{bucket}/{manifest}"
        self.project_arn = self.train_dataset = self.test_dataset = self.version = self.copy = ""

    def fields(self, name: str) -> dict[str, Any]:
        return {
            "project_arn": self.project_arn,
            "version_name": name,
            "output_config": OutputConfig(s3_bucket=self.bucket, s3_key_prefix="walk"),
            "training_data": TrainingData.from_manifests(self.manifest),
            "testing_data": TestingData(auto_create=True),
        }

    async def check_client(self) -> None:
        check_client(self.client)

    # projects, policies and tags

    async def create_project(self) -> None:
        self.project_arn = await self.client.create_project("walk")

    async def describe_projects(self) -> None:
        await self.client.describe_projects()

    async def iter_projects(self) -> None:
        assert len(await items(self.client.iter_projects(project_names=["walk"]))) == 1

    async def project(self) -> None:
        assert await self.client.project("walk") == self.project_arn

    async def put_project_policy(self) -> None:
        statement = {"Effect": "Deny", "Principal": "*", "Action": "rekognition:CopyProjectVersion", "Resource": "*"}
        await self.client.put_project_policy(self.project_arn, "p", {"Version": "2012-10-17", "Statement": [statement]})

    async def list_project_policies(self) -> None:
        await self.client.list_project_policies(self.project_arn)

    async def iter_project_policies(self) -> None:
        assert len(await items(self.client.iter_project_policies(self.project_arn))) == 1

    async def delete_project_policy(self) -> None:
        await self.client.delete_project_policy(self.project_arn, "p")

    # datasets

    async def create_dataset(self) -> None:
        source = DatasetSource.from_manifest(self.manifest)
        self.train_dataset = await self.client.create_dataset(self.project_arn, "TRAIN", dataset_source=source)
        self.test_dataset = await self.client.create_dataset(self.project_arn, "TEST")

    async def wait_until_dataset_ready(self) -> None:
        for dataset in (self.train_dataset, self.test_dataset):
            await self.client.wait_until_dataset_ready(dataset, schedule=SOON)

    async def describe_dataset(self) -> None:
        await self.client.describe_dataset(self.train_dataset)

    async def distribute_dataset_entries(self) -> None:
        await self.client.distribute_dataset_entries(self.train_dataset, self.test_dataset)
        await self.wait_until_dataset_ready()

    async def update_dataset_entries(self) -> None:
        await self.client.update_dataset_entries(self.train_dataset, ENTRY, schedule=SOON)

    async def list_dataset_entries(self) -> None:
        await self.client.list_dataset_entries(self.train_dataset)

    async def iter_dataset_entries(self) -> None:
        assert await items(self.client.iter_dataset_entries(self.train_dataset))

    async def list_dataset_labels(self) -> None:
        await self.client.list_dataset_labels(self.train_dataset)

    async def iter_dataset_labels(self) -> None:
        assert await items(self.client.iter_dataset_labels(self.train_dataset))

    async def delete_dataset(self) -> None:
        for dataset in (self.train_dataset, self.test_dataset):
            await self.client.delete_dataset(dataset)

    async def wait_until_dataset_deleted(self) -> None:
        for dataset in (self.train_dataset, self.test_dataset):
            await self.client.wait_until_dataset_deleted(dataset, schedule=SOON)

    # trainings

    async def preflight(self) -> None:
        report = await preflight(self.client, CreateProjectVersionRequest(**self.fields("v1")))
        raise NotCheckedError(str(report))

    async def train(self) -> None:
        trained = await self.client.train(**self.fields("v1"), schedule=SOON)
        self.version = str(trained.project_version_arn)

    async def create_project_version(self) -> None:
        await self.client.create_project_version(**self.fields("v2"))

    async def wait_until_trained(self) -> None:
        await self.client.wait_until_trained((self.project_arn, "v2"), schedule=SOON)

    async def submit_all(self) -> None:
        requests = [CreateProjectVersionRequest(**self.fields(name)) for name in ("v3", "v4")]
        report = await submit_all(self.client, requests, schedule=SOON).report()
        assert [outcome.error for outcome in report.outcomes] == [None, None]

    async def as_trained(self) -> None:
        assert len([outcome async for outcome in as_trained(self.client, [self.version])]) == 1

    async def describe_project_versions(self) -> None:
        await self.client.describe_project_versions(self.project_arn)

    async def iter_project_versions(self) -> None:
        assert len(await items(self.client.iter_project_versions(self.project_arn))) == 4

    async def get_project_version(self) -> None:
        await self.client.get_project_version(self.version)

    async def tag_resource(self) -> None:
        await self.client.tag_resource(self.version, {"team": "vision"})

    async def list_tags_for_resource(self) -> None:
        assert await self.client.list_tags_for_resource(self.version) == {"team": "vision"}

    async def untag_resource(self) -> None:
        await self.client.untag_resource(self.version, ["team"])

    async def explain_failure(self) -> None:
        raise NotCheckedError(str(await explain_failure(self.client, self.version)))

    async def get_evaluation(self) -> None:
        await get_evaluation(self.client, self.version)

    async def build_report(self) -> None:
        await build_report(self.client, self.version)

    async def predictions_to_coco(self) -> None:
        evaluation = await get_evaluation(self.client, self.version)
        files = [f"s3://{self.bucket}/{name}.json" for name in ("truth", "results")]
        predictions_to_coco(evaluation, *files, s3=self.client)

    async def predictions_to_label_studio(self) -> None:
        evaluation = await get_evaluation(self.client, self.version)
        predictions_to_label_studio(evaluation, f"s3://{self.bucket}/tasks.json", s3=self.client)

    async def best_version(self) -> None:
        await best_version(self.client, self.project_arn)

    async def training_costs(self) -> None:
        await training_costs(self.client, self.project_arn)

    # models

    async def start_project_version(self) -> None:
        await self.client.start_project_version(self.version)

    async def wait_until_running(self) -> None:
        await self.client.wait_until_running(self.version, schedule=SOON)

    async def detect_custom_labels(self) -> None:
        await self.client.detect_custom_labels(self.version, f"s3://{self.bucket}/pictures/circle-0.png")

    async def detect_all(self) -> None:
        with TemporaryDirectory() as folder:
            images = [f"s3://{self.bucket}/pictures/circle-0.png"]
            report = await detect_all(self.client, self.version, images, output=Path(folder) / "results.jsonl")
            assert len(list(report)) == 1

    async def read_detections(self) -> None:
        list(read_detections(f"s3://{self.bucket}/results.jsonl", s3=self.client))

    async def measure_capacity(self) -> None:
        images = [f"s3://{self.bucket}/pictures/circle-0.png"]
        assert await measure_capacity(self.client, self.version, images, search_seconds=0.1, seconds=0.3)

    async def write_csv(self) -> None:
        """`Detections.write_csv()`."""
        Detections(lambda: iter(())).write_csv(f"s3://{self.bucket}/results.csv", s3=self.client)

    async def running_models(self) -> None:
        assert len((await running_models(self.client)).models) == 1

    async def idle_models(self) -> None:
        (use,) = (await idle_models(self.client, for_hours=1)).uses
        raise NotCheckedError(use.reason)

    async def hosting_costs(self) -> None:
        raise NotCheckedError(str(await hosting_costs(self.client, since=timedelta(days=1))))

    async def stop_all(self) -> None:
        assert len((await stop_all(self.client)).outcomes) == 1

    async def stop_project_version(self) -> None:
        await self.client.stop_project_version(self.version)

    async def wait_until_stopped(self) -> None:
        await self.client.wait_until_stopped(self.version, schedule=SOON)

    async def running(self) -> None:
        running(self.client, self.version)

    async def copy_project_version(self) -> None:
        target = await self.client.create_project("walk-copies")
        self.copy = await self.client.copy_project_version(
            source_project_arn=self.project_arn,
            source_project_version_arn=self.version,
            destination_project_arn=target,
            version_name="copy",
            output_config=OutputConfig(s3_bucket=self.bucket, s3_key_prefix="copies"),
        )

    async def wait_until_copied(self) -> None:
        await self.client.wait_until_copied(self.copy, schedule=SOON)

    async def delete_project_version(self) -> None:
        async for version in self.client.iter_project_versions(self.project_arn):
            await self.client.delete_project_version(version)

    async def wait_until_deleted(self) -> None:
        await self.client.wait_until_deleted(self.version, schedule=SOON)

    async def delete_project(self) -> None:
        await self.client.delete_project(self.project_arn)

    # clients of other services, and the functions that read or write S3

    async def s3(self) -> None:
        assert self.client.s3

    async def service(self) -> None:
        self.client.service("kms")

    async def check_manifests(self) -> None:
        check_manifests(self.manifest, s3=self.client)

    async def describe_manifest(self) -> None:
        describe_manifest(self.manifest, s3=self.client)

    async def compare_manifests(self) -> None:
        compare_manifests(self.manifest, self.manifest, s3=self.client)

    async def contact_sheet(self) -> None:
        with TemporaryDirectory() as folder:
            contact_sheet(self.manifest, images_from_folder(folder, "s3://bucket"), s3=self.client)

    async def find_similar_images(self) -> None:
        with TemporaryDirectory() as folder:
            find_similar_images(self.manifest, images=images_from_folder(folder, "s3://bucket"), s3=self.client)

    async def to_coco(self) -> None:
        with TemporaryDirectory() as folder:
            to_coco(self.manifest, Path(folder, "x.json"), s3=self.client)

    async def to_yolo(self) -> None:
        with TemporaryDirectory() as folder:
            to_yolo(self.manifest, Path(folder, "x"), s3=self.client)

    async def to_voc(self) -> None:
        with TemporaryDirectory() as folder:
            to_voc(self.manifest, Path(folder, "x"), s3=self.client)

    async def upload_images(self) -> None:
        with TemporaryDirectory() as folder:
            (Path(folder) / "1.png").touch()
            upload_images(folder, f"s3://{self.bucket}/uploaded", s3=self.client)

    async def split_manifest(self) -> None:
        split_manifest(self.manifest, f"s3://{self.bucket}/a", f"s3://{self.bucket}/b", s3=self.client)

    async def from_ground_truth(self) -> None:
        list(from_ground_truth(self.manifest, s3=self.client))

    async def images_from_s3(self) -> None:
        images_from_s3(self.client)

    async def ManifestWriter(self) -> None:  # noqa: N802  (a class)
        with ManifestWriter(f"s3://{self.bucket}/written.manifest", s3=self.client):
            pass

    async def from_folder(self) -> None:
        list(from_folder(f"s3://{self.bucket}/pictures", s3=self.client))

    async def write_splits(self) -> None:
        """`ConvertedLines.write_splits()`."""
        with TemporaryDirectory() as folder:
            for split in ("train", "test"):
                image = Path(folder) / split / "cat" / "1.png"
                image.parent.mkdir(parents=True)
                image.touch()
            lines = from_folder(folder, f"s3://{self.bucket}", splits=True)
            lines.write_splits(f"s3://{self.bucket}/x.manifest", f"s3://{self.bucket}/y.manifest", s3=self.client)

    async def write(self) -> None:
        """`ConvertedLines.write()`."""
        with TemporaryDirectory() as folder:
            image = Path(folder) / "cat" / "1.png"
            image.parent.mkdir()
            image.touch()
            from_folder(folder, f"s3://{self.bucket}").write(f"s3://{self.bucket}/x.manifest", s3=self.client)

    # the registry

    async def Registry(self) -> None:  # noqa: N802  (a class)
        Registry(cast("Any", self.client), f"s3://{self.bucket}/registry")

    async def AsyncRegistry(self) -> None:  # noqa: N802  (a class)
        await AsyncRegistry(self.client, f"s3://{self.bucket}/registry", project="walk").resolve("production")

    # an aiobotocore client for S3

    async def check_manifests_with_an_asyncio_client(self) -> None:
        check_manifests(self.manifest, s3=self.aio_s3)

    async def AsyncVersionsClient(self) -> None:  # noqa: N802  (a class)
        AsyncVersionsClient(self.client.rekognition, s3=self.aio_s3)


class NotCheckedError(Exception):
    """A report that may contain parts that could not be checked."""


STEPS = {name: step for name, step in vars(Walk).items() if asyncio.iscoroutinefunction(step)}


async def walk(url: str, bucket: str, manifest: str) -> dict[str, str]:
    """Call each function, and return the errors."""
    from aiobotocore.session import get_session  # the steps can be listed without it

    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    create = partial(get_session().create_client, region_name="us-east-1", endpoint_url=url, **keys)
    async with create("rekognition") as rekognition, create("s3") as s3:
        walk = Walk(AsyncVersionsClient(rekognition), s3, bucket, manifest)
        return {name: await error_of(step, walk) for name, step in STEPS.items()}


async def error_of(step: Callable[[Walk], Awaitable[None]], walk: Walk) -> str:
    """Take a step, and return its error, or an empty string."""
    try:
        await step(walk)
    except Exception as error:  # noqa: BLE001  (the test compares it)
        return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    print(json.dumps(asyncio.run(walk(*sys.argv[1:]))))
