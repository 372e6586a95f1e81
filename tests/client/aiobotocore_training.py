"""A training with `AsyncVersionsClient` over an aiobotocore client. Run by an interpreter that has aiobotocore."""

import asyncio
import sys

from aiobotocore.session import get_session

from rekog_versions import AsyncVersionsClient, OutputConfig, Schedule, TestingData, TrainingData
from rekog_versions.hosting import running_models


async def main(url: str, bucket: str, manifest: str) -> None:
    session = get_session()
    async with session.create_client(
        "rekognition",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    ) as rekognition:
        client = AsyncVersionsClient(rekognition)
        project = await client.create_project("awaited")
        version = await client.train(
            project_arn=project,
            version_name="v1",
            output_config=OutputConfig(s3_bucket=bucket, s3_key_prefix="awaited"),
            training_data=TrainingData.from_manifests(f"s3://{bucket}/{manifest}"),
            testing_data=TestingData(auto_create=True),
            schedule=Schedule(first=0.01, most=0.01),
        )
        print(version.status, [found.version_name async for found in client.iter_project_versions(project)])
        print(len((await running_models(client)).models), "running")
        try:
            client.s3  # noqa: B018
        except ValueError as error:
            print(error)


asyncio.run(main(*sys.argv[1:]))
