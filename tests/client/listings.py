"""Responses of the operations that list projects and versions."""

from typing import Any

from tests.wire import PROJECT, VERSION, HttpResponse, described

DESCRIBE, PROJECTS = "DescribeProjectVersions", "DescribeProjects"


def named(*names: str) -> list[dict[str, Any]]:
    """Return the description of a version for each name."""
    return [{**described(), "ProjectVersionArn": VERSION.replace("/v1/", f"/{name}/")} for name in names]


def projects(*names: str, token: str | None = None) -> HttpResponse:
    """Return a page of DescribeProjects with a project for each name."""
    listed = [{"ProjectArn": PROJECT.replace("/shapes/", f"/{name}/"), "Status": "CREATED"} for name in names]
    return HttpResponse({"ProjectDescriptions": listed} | ({"NextToken": token} if token is not None else {}))
