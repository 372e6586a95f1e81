"""Trains several versions side by side, one for each manifest, and tells of each as it ends.

    python examples/async_train.py --project shapes --output s3://my-bucket/results \
        s3://my-bucket/circles.manifest s3://my-bucket/squares.manifest

An account may run two trainings at a time in a region unless its quota was raised, so no more are started at once.
"""

import argparse
import asyncio

from rekog_versions import (
    AsyncVersionsClient,
    OutputConfig,
    RekogVersionsError,
    S3Object,
    Schedule,
    TestingData,
    TrainingData,
)


async def project_arn(client: AsyncVersionsClient, name: str) -> str:
    async for project in client.iter_projects(project_names=[name]):
        if project.project_arn:
            return project.project_arn
    return await client.create_project(name)


async def train(
    client: AsyncVersionsClient, project: str, name: str, *, manifest: str, output: str, every: float
) -> str:
    where = S3Object.from_uri(output)
    try:
        version = await client.train(
            project_arn=project,
            version_name=name,
            output_config=OutputConfig(s3_bucket=where.bucket, s3_key_prefix=where.name),
            training_data=TrainingData.from_manifests(manifest),
            testing_data=TestingData(auto_create=True),
            schedule=Schedule(first=every, most=every),
        )
    except RekogVersionsError as error:
        return f"{name}: {type(error).__name__}: {error}"
    return f"{name}: {version.status}, F1 {version.f1_score}"


async def main() -> None:
    parser = argparse.ArgumentParser(description="Trains several versions side by side.")
    parser.add_argument("manifests", nargs="+", help="training manifests, s3://BUCKET/KEY each")
    parser.add_argument("--project", required=True, help="the project's name")
    parser.add_argument("--output", required=True, help="where results go, s3://BUCKET/PREFIX")
    parser.add_argument("--prefix", default="v", help="what the versions' names start with (default: %(default)s)")
    parser.add_argument("--region", help="the region; otherwise the session's")
    parser.add_argument("--at-once", type=int, default=2, help="trainings at a time (default: %(default)s)")
    parser.add_argument("--every", type=float, default=60, help="seconds between two looks (default: %(default)s)")
    options = parser.parse_args()

    client = AsyncVersionsClient.connect(region_name=options.region)
    project = await project_arn(client, options.project)
    slots = asyncio.Semaphore(options.at_once)

    async def in_a_slot(number: int, manifest: str) -> str:
        async with slots:
            name = f"{options.prefix}{number}"
            return await train(client, project, name, manifest=manifest, output=options.output, every=options.every)

    trainings = [in_a_slot(number, manifest) for number, manifest in enumerate(options.manifests, start=1)]
    for done in asyncio.as_completed(trainings):
        print(await done, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
