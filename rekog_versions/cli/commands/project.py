"""`rekog project`: list, create and delete projects."""

from __future__ import annotations

from typing import Any, Literal

from cyclopts import App

from rekog_versions import models
from rekog_versions.cli.arguments import Flag, Many, confirm, pairs_from
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table

app = App(
    name="project",
    help="List, create and delete projects.",
    help_epilogue=examples("rekog project list"),
)


@app.command(name="list", help_epilogue=examples("rekog project list --output id"))
def list_(*names: str) -> Output:
    """List projects, or those with the given names.

    Args:
        names: The names of projects.
    """
    context = current.get()
    projects = list(context.client.iter_projects(project_names=names or None))
    rows = [(_name(project), project.status, _feature(project), project.creation_timestamp) for project in projects]
    return Output(
        projects,
        Table(("PROJECT", "STATUS", "FEATURE", "CREATED"), rows),
        ids=[str(project.project_arn) for project in projects],
    )


@app.command(help_epilogue=examples("rekog project create birds --tags team=vision"))
def create(
    name: str,
    /,
    *,
    feature: Literal["CUSTOM_LABELS", "CONTENT_MODERATION"] | None = None,
    tags: Many = None,
) -> Output:
    """Create a project, and print its ARN.

    Args:
        name: The name, unique in the account and region.
        feature: CUSTOM_LABELS or CONTENT_MODERATION.
        tags: Tags, KEY=VALUE each.
    """
    arn = current.get().client.create_project(name, feature=feature, tags=pairs_from(tags) or None)
    return Output({"ProjectArn": arn}, str(arn), ids=[arn])


@app.command(help_epilogue=examples("rekog project delete pets --yes"))
def delete(project: str, /, *, yes: Flag = False) -> Output:
    """Delete a project. Its versions and datasets must have been deleted.

    Args:
        project: The name or ARN.
        yes: Do not ask.
    """
    context = current.get()
    confirm(f"This deletes the project {project}.", yes=yes, context=context)
    status = context.client.delete_project(project)
    return Output({"Status": status}, f"{project}: {status}")


def _name(project: models.ProjectDescription) -> Any:
    return project.project_arn.project_name if project.project_arn else None


def _feature(project: models.ProjectDescription) -> str | None:
    return project.feature
