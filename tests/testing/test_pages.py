import base64

import pytest

from tests.testing.emulator import Emulator, names_of


def version_pages(emulator: Emulator, project: str, **query: object) -> list[list[str]]:
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        answer = emulator.rekognition.describe_project_versions(ProjectArn=project, **query, **token)
        pages.append(names_of(answer["ProjectVersionDescriptions"]))
        if "NextToken" not in answer:
            return pages
        token = {"NextToken": answer["NextToken"]}


def filled(emulator: Emulator, name: str, count: int) -> str:
    project = emulator.project(name)
    for number in range(count):
        emulator.create(project, f"v{number}")
    return project


def test_versions_come_in_pages(emulator: Emulator) -> None:
    project = filled(emulator, "p1", 5)
    assert version_pages(emulator, project, MaxResults=2) == [["v4", "v3"], ["v2", "v1"], ["v0"]]
    assert version_pages(emulator, project, MaxResults=5) == [["v4", "v3", "v2", "v1", "v0"]]
    assert version_pages(emulator, project, MaxResults=1, VersionNames=["v1", "v3"]) == [["v3"], ["v1"]]
    assert version_pages(emulator, project) == [["v4", "v3", "v2", "v1", "v0"]]


def test_a_version_created_between_two_pages_does_not_move_items(emulator: Emulator) -> None:
    project = filled(emulator, "p1", 3)
    first = emulator.rekognition.describe_project_versions(ProjectArn=project, MaxResults=2)
    emulator.create(project, "new")
    second = emulator.rekognition.describe_project_versions(
        ProjectArn=project, MaxResults=2, NextToken=first["NextToken"]
    )
    assert names_of(second["ProjectVersionDescriptions"]) == ["v0"]


def test_the_paginators_of_botocore_return_all_pages(emulator: Emulator) -> None:
    project = filled(emulator, "p1", 5)
    emulator.project("p2")
    paginator = emulator.rekognition.get_paginator("describe_project_versions")
    pages = list(paginator.paginate(ProjectArn=project, PaginationConfig={"PageSize": 2}))
    assert [len(page["ProjectVersionDescriptions"]) for page in pages] == [2, 2, 1]
    projects = emulator.rekognition.get_paginator("describe_projects")
    found = projects.paginate(PaginationConfig={"PageSize": 1}).build_full_result()["ProjectDescriptions"]
    assert [project["ProjectArn"].split("/")[1] for project in found] == ["p2", "p1"]


def test_a_page_has_at_most_a_hundred_items(emulator: Emulator) -> None:
    emulator.labels.set_limits(projects=101)
    for number in range(101):
        emulator.project(f"p{number}")
    answer = emulator.rekognition.describe_projects()
    assert len(answer["ProjectDescriptions"]) == 100
    assert len(emulator.rekognition.describe_projects(NextToken=answer["NextToken"])["ProjectDescriptions"]) == 1


def test_a_malformed_token_and_the_token_of_another_list_are_rejected(emulator: Emulator) -> None:
    project, other = filled(emulator, "p1", 3), filled(emulator, "p2", 3)
    emulator.project("p3")
    token = emulator.rekognition.describe_project_versions(ProjectArn=project, MaxResults=1)["NextToken"]
    named = emulator.rekognition.describe_project_versions(ProjectArn=project, MaxResults=1, VersionNames=["v0", "v1"])[
        "NextToken"
    ]
    of_projects = emulator.rekognition.describe_projects(MaxResults=1)["NextToken"]
    forged = base64.urlsafe_b64encode(bytes([255] * 8) + base64.urlsafe_b64decode(token)[8:]).decode()
    bad = ["x", "é", "not base64!", token[:-4], "AAAA", forged, token + "AAAA", named, of_projects]
    for wrong, arn in [*((text, project) for text in bad), (token, other)]:
        with pytest.raises(emulator.rekognition.exceptions.InvalidPaginationTokenException):
            emulator.rekognition.describe_project_versions(ProjectArn=arn, NextToken=wrong)
    with pytest.raises(emulator.rekognition.exceptions.InvalidPaginationTokenException):
        emulator.rekognition.describe_projects(NextToken=token)
    with pytest.raises(emulator.rekognition.exceptions.InvalidPaginationTokenException):
        emulator.rekognition.describe_projects(NextToken=of_projects, Features=["CONTENT_MODERATION"])
    assert emulator.rekognition.describe_project_versions(ProjectArn=project, NextToken=token, MaxResults=2)


def test_an_empty_token_is_that_of_the_first_page(emulator: Emulator) -> None:
    project, rekognition = filled(emulator, "p1", 3), emulator.rekognition
    arn = rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN")["DatasetArn"]
    for operation, others in (
        ("describe_projects", {}),
        ("describe_project_versions", {"ProjectArn": project, "MaxResults": 2}),
        ("list_project_policies", {"ProjectArn": project}),
        ("list_dataset_entries", {"DatasetArn": arn}),
        ("list_dataset_labels", {"DatasetArn": arn}),
    ):
        first, same = (getattr(rekognition, operation)(**others, **token) for token in ({}, {"NextToken": ""}))
        del first["ResponseMetadata"], same["ResponseMetadata"]
        assert first == same
