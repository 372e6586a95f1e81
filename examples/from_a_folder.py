"""From a folder of pictures to detected labels. The folder has a folder of pictures for each label.

python examples/from_a_folder.py pictures my-bucket pets picture.jpg
"""

import sys

from rekog_versions import OutputConfig, Schedule, TestingData, TrainingData, VersionsClient
from rekog_versions.hosting import running
from rekog_versions.manifests import check_manifests, from_folder, images_from_s3, split_manifest, upload_images


def main(folder: str, bucket: str, project: str, picture: str, every: float = 60) -> None:
    client, schedule = VersionsClient.connect(), Schedule(first=every)
    images, train, test = (f"s3://{bucket}/{name}" for name in ("images", "train.manifest", "test.manifest"))

    print(upload_images(folder, images, s3=client))
    print(from_folder(folder, images).write("all.manifest"))
    print(split_manifest("all.manifest", train, test, s3=client))
    report = check_manifests(train, test, images=images_from_s3(client), s3=client)
    if not report:
        sys.exit(str(report))

    version = client.train(
        project_arn=client.create_project(project),
        version_name="v1",
        output_config=OutputConfig(s3_bucket=bucket, s3_key_prefix="results"),
        training_data=TrainingData.from_manifests(train),
        testing_data=TestingData.from_manifests(test),
        schedule=schedule,
        progress=True,
    )
    print(f"the F1 score is {version.f1_score}")
    with running(client, version, schedule=schedule) as model:
        print(*model.detect(picture), sep="\n")


if __name__ == "__main__":
    given_folder, given_bucket, given_project, given_picture, *seconds = sys.argv[1:]
    main(given_folder, given_bucket, given_project, given_picture, *map(float, seconds))
