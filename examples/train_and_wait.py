"""Trains a version from a manifest in S3, waits for it and says how good it became.

    python examples/train_and_wait.py --project shapes --version v1 \
        --manifest s3://my-bucket/train.manifest --output s3://my-bucket/results

It talks to AWS with the credentials that boto3 finds. With AWS_ENDPOINT_URL set to the emulated service's address it
talks to that instead, unchanged. To take a wait up again after Ctrl-C, run it again with --wait-only.
"""

import argparse
import json
import sys

from rekog_versions import (
    OutputConfig,
    Poll,
    ProjectVersionDescription,
    RekogVersionsError,
    S3Object,
    Schedule,
    TestingData,
    TrainingData,
    VersionsClient,
)


def project_arn(client: VersionsClient, name: str) -> str:
    """The ARN of the project of that name, which is made if there is none."""
    for project in client.iter_projects(project_names=[name]):
        if project.project_arn:
            return project.project_arn
    return client.create_project(name)


def show_progress(poll: Poll) -> None:
    looked = f"could not look: {type(poll.error).__name__}" if poll.error else poll.status or "not visible yet"
    print(f"  {poll.elapsed:7.1f} s  {looked}", flush=True)


def show_result(client: VersionsClient, version: ProjectVersionDescription) -> None:
    print(f"{version.project_version_arn} is {version.status}")
    if version.creation_timestamp and version.training_end_timestamp:
        print(f"trained for {version.training_end_timestamp - version.creation_timestamp}")
    if version.billable_training_time_in_seconds is not None:
        print(f"billed for  {version.billable_training_time_in_seconds / 60:.0f} minutes")
    evaluation = version.evaluation_result
    if evaluation is None or evaluation.summary is None or evaluation.summary.s3_object is None:
        return
    print(f"F1 score    {evaluation.f1_score:.4f}")
    summary = evaluation.summary.s3_object
    print(f"summary     {summary.uri}")
    written = json.loads(client.s3.get_object(Bucket=summary.bucket, Key=summary.name)["Body"].read())
    for label in written["LabelEvaluationResults"]:
        # a label's name is whatever somebody typed: ascii() keeps terminal escapes in it harmless
        print(f"  {ascii(label['Label']):<24} F1 {label['Metrics']['F1Score']}, {label['NumberOfTestingImages']} images")


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains a version and waits for it.")
    parser.add_argument("--project", required=True, help="the project's name")
    parser.add_argument("--version", required=True, help="the version's name")
    parser.add_argument("--manifest", help="the training manifest, s3://BUCKET/KEY")
    parser.add_argument("--output", help="where results go, s3://BUCKET/PREFIX")
    parser.add_argument("--region", help="the region; otherwise the session's")
    parser.add_argument("--kms-key-id", help="your own key, in any of its four forms")
    parser.add_argument("--every", type=float, default=60, help="seconds between two looks (default: %(default)s)")
    parser.add_argument("--wait-only", action="store_true", help="wait for a version that trains already")
    options = parser.parse_args()
    if not options.wait_only and not (options.manifest and options.output):
        parser.error("--manifest and --output are needed to start a training")

    client = VersionsClient.connect(region_name=options.region)
    schedule = Schedule(first=options.every, most=options.every)
    try:
        project = project_arn(client, options.project)
        if options.wait_only:
            name = (project, options.version)
            version = client.wait_until_trained(name, schedule=schedule, on_poll=show_progress)
        else:
            output = S3Object.from_uri(options.output)
            version = client.train(
                project_arn=project,
                version_name=options.version,
                output_config=OutputConfig(s3_bucket=output.bucket, s3_key_prefix=output.name),
                training_data=TrainingData.from_manifests(options.manifest),
                testing_data=TestingData(auto_create=True),
                kms_key_id=options.kms_key_id,
                schedule=schedule,
                on_poll=show_progress,
            )
    except (RekogVersionsError, ValueError) as error:
        advice = "\n".join(getattr(error, "__notes__", ()))
        sys.exit(f"{type(error).__name__}: {error}\n{advice}".rstrip())
    show_result(client, version)


if __name__ == "__main__":
    main()
