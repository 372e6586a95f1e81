"""Train a version from a manifest in S3, wait for the training, and print the quality of the model.

    python examples/train_and_wait.py --project shapes --version v1 \
        --manifest s3://my-bucket/train.manifest --output s3://my-bucket/results

The example calls AWS with the credentials that boto3 finds. Set AWS_ENDPOINT_URL to call the emulated service instead.
After Ctrl-C, run it again with --wait-only to resume the wait.
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


def show_progress(poll: Poll) -> None:
    result = f"the poll failed: {type(poll.error).__name__}" if poll.error else poll.status or "not visible yet"
    print(f"  {poll.elapsed:7.1f} s  {result}", flush=True)


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
        # a label's name is untrusted text: ascii() makes terminal escapes in it harmless
        name = ascii(label["Label"])
        print(f"  {name:<24} F1 {label['Metrics']['F1Score']:.4f}, {label['NumberOfTestingImages']} test images")


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a version and wait for the training.")
    parser.add_argument("--project", required=True, help="the project's name")
    parser.add_argument("--version", required=True, help="the version's name")
    parser.add_argument("--manifest", help="the training manifest, s3://BUCKET/KEY")
    parser.add_argument("--output", help="the place of the results, s3://BUCKET/PREFIX")
    parser.add_argument("--region", help="the region (default: the session's)")
    parser.add_argument("--kms-key-id", help="your own KMS key: an id, an ARN, an alias or the ARN of an alias")
    parser.add_argument("--every", type=float, default=60, help="seconds between two polls (default: %(default)s)")
    parser.add_argument("--wait-only", action="store_true", help="wait for a training that was started before")
    options = parser.parse_args()
    if not options.wait_only and not (options.manifest and options.output):
        parser.error("--manifest and --output are needed to start a training")

    client = VersionsClient.connect(region_name=options.region)
    schedule = Schedule(first=options.every, most=options.every)
    try:
        project = client.project(options.project, create=True)
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
