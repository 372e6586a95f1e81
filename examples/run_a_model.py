"""Runs a model for as long as it takes to look at some images, and stops it whatever happens.

    python examples/run_a_model.py --project shapes --version v1 --max-cost 10 photos/*.jpg
    python examples/run_a_model.py --list
    python examples/run_a_model.py --stop-all

A model is billed by the hour from its start until it is stopped. This script may be ended in any way but `kill -9`: by
Ctrl-C, by SIGTERM, by an error in an image. --list shows what runs all the same, and --stop-all stops it after asking.
"""

import argparse
import sys

from rekog_versions import Poll, RekogVersionsError, Schedule, VersionsClient
from rekog_versions.hosting import running, running_models, stop_all


def project_arn(client: VersionsClient, name: str) -> str:
    for project in client.iter_projects(project_names=[name]):
        if project.project_arn:
            return project.project_arn
    sys.exit(f"there is no project {name!r}")


def show_progress(poll: Poll) -> None:
    print(f"{poll.elapsed:6.0f} s  {poll.error or poll.status}", flush=True)


def look_at_images(client: VersionsClient, options: argparse.Namespace) -> None:
    name = (project_arn(client, options.project), options.version)
    schedule = Schedule(first=options.every, most=options.every)
    with running(client, name, max_cost=options.max_cost, schedule=schedule, on_poll=show_progress) as model:
        print(f"it runs, and costs {model.cost_an_hour} an hour", flush=True)
        for image in options.images:
            # a label's name is text that somebody else wrote; ascii() keeps terminal escapes in it harmless
            labels = [f"{label.name!a} {label.confidence:.1f}" for label in model.detect(image)]
            print(f"{image!a}: {', '.join(labels) or 'nothing'}", flush=True)
    print(f"it is being stopped, and has cost {model.cost}")


def stop_everything(client: VersionsClient) -> None:
    report = stop_all(client)  # a dry run
    print(report)
    if report.outcomes and input("stop these? [y/N] ") == "y":
        print(stop_all(client, dry_run=False))


def main() -> None:
    parser = argparse.ArgumentParser(description="Runs a model while it looks at images.")
    parser.add_argument("images", nargs="*", help="files, or s3://BUCKET/KEY")
    parser.add_argument("--project", help="the project's name")
    parser.add_argument("--version", help="the version's name")
    parser.add_argument("--region", help="the region; otherwise the session's")
    parser.add_argument("--max-cost", default="5", help="stop when it has cost so many USD (default: %(default)s)")
    parser.add_argument("--every", type=float, default=15, help="seconds between two looks (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="show what runs, and what it costs")
    parser.add_argument("--stop-all", action="store_true", help="stop everything that runs")
    options = parser.parse_args()
    if not (options.list or options.stop_all or (options.project and options.version and options.images)):
        parser.error("--project, --version and images are needed, or --list, or --stop-all")

    client = VersionsClient.connect(region_name=options.region)
    try:
        if options.list:
            print(running_models(client))
        elif options.stop_all:
            stop_everything(client)
        else:
            look_at_images(client, options)
    except (RekogVersionsError, ValueError, OSError) as error:
        advice = "\n".join(getattr(error, "__notes__", ()))
        sys.exit(f"{type(error).__name__}: {error}\n{advice}".rstrip())


if __name__ == "__main__":
    main()
