"""Run a model while it detects labels in some images, and stop it on every exit path.

    python examples/run_a_model.py --project shapes --version v1 --max-cost 10 photos/*.jpg
    python examples/run_a_model.py --list
    python examples/run_a_model.py --stop-all

A model is billed by the hour from its start until it is stopped. Ctrl-C, SIGTERM and errors stop it too; only `kill -9`
leaves it running. --list shows the running models of the account and region. --stop-all stops them after a question.
"""

import argparse
import sys

from rekog_versions import Poll, RekogVersionsError, Schedule, VersionsClient
from rekog_versions.hosting import running, running_models, stop_all


def find_project_arn(client: VersionsClient, name: str) -> str:
    for project in client.iter_projects(project_names=[name]):
        if project.project_arn:
            return project.project_arn
    sys.exit(f"there is no project {name!r}")


def show_progress(poll: Poll) -> None:
    print(f"{poll.elapsed:6.0f} s  {poll.error or poll.status}", flush=True)


def detect_labels(client: VersionsClient, options: argparse.Namespace) -> None:
    version = (find_project_arn(client, options.project), options.version)
    schedule = Schedule(first=options.every, most=options.every)
    with running(client, version, max_cost=options.max_cost, schedule=schedule, on_poll=show_progress) as model:
        print(f"the model is running and costs {model.cost_an_hour} an hour", flush=True)
        for image in options.images:
            # label names are untrusted text; ascii() keeps terminal escapes in them harmless
            labels = [f"{label.name!a} {label.confidence:.1f}" for label in model.detect(image)]
            print(f"{image!a}: {', '.join(labels) or 'nothing'}", flush=True)
    print(f"the model is being stopped and has cost {model.cost}")


def stop_everything(client: VersionsClient) -> None:
    report = stop_all(client)  # a dry run
    print(report)
    if report.outcomes and input("stop these? [y/N] ") == "y":
        print(stop_all(client, dry_run=False))


def main() -> None:
    parser = argparse.ArgumentParser(description="Run a model while it detects labels in images.")
    parser.add_argument("images", nargs="*", help="files, or s3://BUCKET/KEY")
    parser.add_argument("--project", help="the project's name")
    parser.add_argument("--version", help="the version's name")
    parser.add_argument("--region", help="the region (default: the session's)")
    parser.add_argument("--max-cost", default="5", help="stop at this cost in USD (default: %(default)s)")
    parser.add_argument("--every", type=float, default=15, help="seconds between two polls (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="list the running models and their costs")
    parser.add_argument("--stop-all", action="store_true", help="stop all running models")
    options = parser.parse_args()
    if not (options.list or options.stop_all or (options.project and options.version and options.images)):
        parser.error("pass --project, --version and images, or --list, or --stop-all")

    client = VersionsClient.connect(region_name=options.region)
    try:
        if options.list:
            print(running_models(client))
        elif options.stop_all:
            stop_everything(client)
        else:
            detect_labels(client, options)
    except (RekogVersionsError, ValueError, OSError) as error:
        notes = "\n".join(getattr(error, "__notes__", ()))
        sys.exit(f"{type(error).__name__}: {error}\n{notes}".rstrip())


if __name__ == "__main__":
    main()
