"""Train several versions at the same time, one for each manifest, and report each as its training ends.

    python examples/async_train.py --project shapes --output s3://my-bucket/results \
        s3://my-bucket/circles.manifest s3://my-bucket/squares.manifest

By default, an account may run two trainings at a time in a region, so the example starts no more than two at once.
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


async def train(
    client: AsyncVersionsClient, project: str, name: str, *, manifest: str, output: str, every: float
) -> str:
    results = S3Object.from_uri(output)
    try:
        version = await client.train(
            project_arn=project,
            version_name=name,
            output_config=OutputConfig(s3_bucket=results.bucket, s3_key_prefix=results.name),
            training_data=TrainingData.from_manifests(manifest),
            testing_data=TestingData(auto_create=True),
            schedule=Schedule(first=every, most=every),
        )
    except RekogVersionsError as error:
        return f"{name}: {type(error).__name__}: {error}"
    return f"{name}: {version.status}, F1 {version.f1_score}"


async def main() -> None:
    parser = argparse.ArgumentParser(description="Train several versions at the same time.")
    parser.add_argument("manifests", nargs="+", help="training manifests, each s3://BUCKET/KEY")
    parser.add_argument("--project", required=True, help="the project's name")
    parser.add_argument("--output", required=True, help="the place of the results, s3://BUCKET/PREFIX")
    parser.add_argument("--prefix", default="v", help="the prefix of the versions' names (default: %(default)s)")
    parser.add_argument("--region", help="the region (default: the session's)")
    parser.add_argument(
        "--at-once", type=int, default=2, help="the number of trainings at a time (default: %(default)s)"
    )
    parser.add_argument("--every", type=float, default=60, help="seconds between two polls (default: %(default)s)")
    options = parser.parse_args()

    client = AsyncVersionsClient.connect(region_name=options.region)
    project = await client.project(options.project, create=True)
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
