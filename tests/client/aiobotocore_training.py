"""A training with `AsyncVersionsClient` over an aiobotocore client. Run by an interpreter that has aiobotocore."""

import asyncio
import json
import logging
import sys
import urllib.request

from aiobotocore.session import get_session

from rekog_versions import AsyncVersionsClient, OutputConfig, Schedule, TestingData, TrainingData
from rekog_versions.hosting import running_models


def hang_up_after_the_next(url: str, operation: str) -> None:
    """Let the server carry out the next call of an operation, and close the connection without a response."""
    fault = json.dumps({"operation": operation, "hang_up": "after", "times": 1}).encode()
    with urllib.request.urlopen(f"{url}/_custom-labels/inject", fault, timeout=20):
        pass


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
        hang_up_after_the_next(url, "CreateProjectVersion")
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


logging.basicConfig(stream=sys.stdout, format="%(message).56s")
asyncio.run(main(*sys.argv[1:]))
