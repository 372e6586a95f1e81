"""List the versions of all projects or of some projects, the latest version first.

python examples/list_versions.py
python examples/list_versions.py --project shapes
"""

import argparse

from rekog_versions import ProjectVersionDescription, VersionsClient


def row(project_name: str | None, version: ProjectVersionDescription) -> str:
    created = f"{version.creation_timestamp:%Y-%m-%d %H:%M}" if version.creation_timestamp else "?"
    quality = "" if version.f1_score is None else f"F1 {version.f1_score:.3f}"
    name, status = version.version_name or "?", version.status or "?"
    return f"{project_name:<24} {name:<24} {created}  {status:<20} {quality}".rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(description="List versions.")
    parser.add_argument(
        "--project", action="append", help="the name of a project; repeat the option for several projects"
    )
    parser.add_argument("--region", help="the region (default: the session's)")
    options = parser.parse_args()

    client = VersionsClient.connect(region_name=options.region)
    for project in client.iter_projects(project_names=options.project):
        if project.project_arn:
            for version in client.iter_project_versions(project.project_arn):
                print(row(project.project_name, version))


if __name__ == "__main__":
    main()
