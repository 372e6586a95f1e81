"""Train a version from each of many manifests, as many at a time as the account may, and report each when it ends.

    python examples/train_many.py --project shapes --output s3://my-bucket/results \
        s3://my-bucket/circles.manifest s3://my-bucket/squares.manifest ...

A version is named after its manifest. Run it again with the same arguments after Ctrl-C, a crash or a reboot: versions
that were started are found by their names and waited for, and nothing is trained twice. `--wait-only` waits for all
running trainings of the project, and starts nothing.
"""

import argparse
import sys
from pathlib import PurePosixPath

from rekog_versions import (
    CreateProjectVersionRequest,
    OutputConfig,
    ProjectVersionStatus,
    RekogVersionsError,
    S3Object,
    Schedule,
    TestingData,
    TrainingData,
    VersionsClient,
)
from rekog_versions.batch import as_trained, submit_all


def request(project: str, manifest: str, output: str) -> CreateProjectVersionRequest:
    name = PurePosixPath(S3Object.from_uri(manifest).name).stem
    where = S3Object.from_uri(output)
    return CreateProjectVersionRequest(
        project_arn=project,
        version_name=name,
        output_config=OutputConfig(s3_bucket=where.bucket, s3_key_prefix=f"{where.name}/{name}"),
        training_data=TrainingData.from_manifests(manifest),
        testing_data=TestingData(auto_create=True),
    )


def train(client: VersionsClient, requests: list[CreateProjectVersionRequest], schedule: Schedule) -> bool:
    submission = submit_all(client, requests, schedule=schedule)
    for outcome in submission:
        print(outcome, flush=True)
    report = submission.report()
    print(f"{len(report.trained)} of {len(report.outcomes)} are trained")
    return not report.failed


def wait(client: VersionsClient, project: str, schedule: Schedule) -> bool:
    status = ProjectVersionStatus.TRAINING_IN_PROGRESS
    versions = [version for version in client.iter_project_versions(project) if version.status == status]
    ok = True
    for outcome in as_trained(client, versions, schedule=schedule):
        result = outcome.error or f"F1 {outcome.result().f1_score}"
        print(f"{outcome.description.version_name if outcome.description else '?'}: {result}", flush=True)
        ok = ok and outcome.ok
    return ok


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a version from each of many manifests.")
    parser.add_argument("manifests", nargs="*", help="training manifests, s3://BUCKET/KEY each")
    parser.add_argument("--project", required=True, help="the project's name")
    parser.add_argument("--output", help="where the results go, s3://BUCKET/PREFIX")
    parser.add_argument("--region", help="the region; by default, the session's")
    parser.add_argument("--every", type=float, default=60, help="seconds between two rounds (default: %(default)s)")
    parser.add_argument("--wait-only", action="store_true", help="wait for running trainings, and start nothing")
    options = parser.parse_args()
    if not options.wait_only and not (options.manifests and options.output):
        parser.error("manifests and --output are needed to start trainings")

    client = VersionsClient.connect(region_name=options.region)
    schedule = Schedule(first=options.every, most=options.every)
    try:
        project = client.project(options.project, create=True)
        if options.wait_only:
            ok = wait(client, project, schedule)
        else:
            ok = train(client, [request(project, uri, options.output) for uri in options.manifests], schedule)
    except (RekogVersionsError, ValueError) as error:
        advice = "\n".join(getattr(error, "__notes__", ()))
        sys.exit(f"{type(error).__name__}: {error}\n{advice}".rstrip())
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
