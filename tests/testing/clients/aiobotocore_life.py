"""The whole life of a model with aiobotocore and the URL of a server. Run it with an interpreter that has aiobotocore.

aiobotocore needs an older botocore than boto3, so it is installed in another environment, and this is a script.
"""

import asyncio
import sys

from aiobotocore.session import get_session

BUCKET, MANIFEST = sys.argv[2], sys.argv[3]


async def main(url: str) -> None:
    session = get_session()
    async with session.create_client(
        "rekognition",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    ) as rekognition:
        project = (await rekognition.create_project(ProjectName="aio"))["ProjectArn"]
        source = {"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": MANIFEST}}}
        train = (await rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN", DatasetSource=source))[
            "DatasetArn"
        ]
        test = (await rekognition.create_dataset(ProjectArn=project, DatasetType="TEST"))["DatasetArn"]
        described = await rekognition.describe_dataset(DatasetArn=train)
        print("dataset", described["DatasetDescription"]["Status"])
        await rekognition.describe_dataset(DatasetArn=test)
        await rekognition.distribute_dataset_entries(Datasets=[{"Arn": train}, {"Arn": test}])
        await rekognition.describe_dataset(DatasetArn=test)
        version = (
            await rekognition.create_project_version(
                ProjectArn=project,
                VersionName="v1",
                OutputConfig={"S3Bucket": BUCKET, "S3KeyPrefix": "aio"},
            )
        )["ProjectVersionArn"]
        names = {"ProjectArn": project, "VersionNames": ["v1"]}
        soon = {"WaiterConfig": {"Delay": 0, "MaxAttempts": 20}}
        await rekognition.get_waiter("project_version_training_completed").wait(**names, **soon)
        print(
            "training",
            (await rekognition.describe_project_versions(**names))["ProjectVersionDescriptions"][0]["Status"],
        )
        await rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
        await rekognition.get_waiter("project_version_running").wait(**names, **soon)
        image = {"S3Object": {"Bucket": BUCKET, "Name": "pictures/circle-0.png"}}
        found = await rekognition.detect_custom_labels(ProjectVersionArn=version, Image=image, MinConfidence=0)
        print("labels", sorted({label["Name"] for label in found["CustomLabels"]}))
        stopped = await rekognition.stop_project_version(ProjectVersionArn=version)
        print("stop", stopped["Status"])
        pages = rekognition.get_paginator("describe_project_versions").paginate(ProjectArn=project)
        print("listed", [item["Status"] async for item in pages.search("ProjectVersionDescriptions")])
        print("delete", (await rekognition.delete_project_version(ProjectVersionArn=version))["Status"])
        left = await rekognition.describe_project_versions(ProjectArn=project)
        print("left", len(left["ProjectVersionDescriptions"]))
        try:
            await rekognition.detect_custom_labels(ProjectVersionArn=version, Image=image)
        except rekognition.exceptions.ResourceNotFoundException:
            print("detect ResourceNotFoundException")


asyncio.run(main(sys.argv[1]))
