"""Decide on the checks of the project: its state, its datasets and the version name. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rekog_versions._text import printable
from rekog_versions.arns import ProjectArn
from rekog_versions.models.datasets import DatasetMetadata, DatasetType
from rekog_versions.models.projects import ProjectDescription
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription
from rekog_versions.preflight.report import Certainty, Result, failed, passed, warned
from rekog_versions.statuses import DatasetStatus, ProjectStatus

_READY = frozenset({DatasetStatus.CREATE_COMPLETE, DatasetStatus.UPDATE_COMPLETE})
_FAILED = frozenset({DatasetStatus.CREATE_FAILED, DatasetStatus.UPDATE_FAILED})
_NEXT_STEPS: Mapping[ProjectStatus, str] = {
    ProjectStatus.CREATING: "Wait until it is CREATED.",
    ProjectStatus.DELETING: "Use another project, or create one with this name after the deletion. It has another ARN.",
}
_REVIEW = "Check it in the console."


def judge_region(arn: ProjectArn, client_region: str | None) -> Result | None:
    """Return a failure if the client calls another region than the project's, else None."""
    if client_region is None or client_region == arn.region:
        return None
    return failed(
        f"the project is in {arn.region}, but the client calls {printable(client_region, 100)}",
        f"Use a client of that region: VersionsClient.connect(region_name={arn.region!r}).",
    )


def judge_project(arn: ProjectArn, project: ProjectDescription | None) -> Result:
    """Decide whether a project exists and is ready.

    Args:
        arn: The ARN in the request.
        project: The project with this name; None if it does not exist.
    """
    if project is None:
        return failed(
            f"the account and region that the client calls have no project {arn.project_name!r}",
            "Check the ARN and the credentials, or create the project with create_project().",
        )
    if project.project_arn != arn:
        return failed(
            f"the project with this name is now {printable(project.project_arn)}",
            "Use that ARN. A project that is deleted and created again has a new one.",
        )
    if project.status is ProjectStatus.CREATED:
        return passed("the project exists and is CREATED")
    if project.status is not None and (next_step := _NEXT_STEPS.get(project.status)):
        return failed(f"the project is {project.status}", next_step)
    return warned(f"the project exists; its status is {_shown(project.status)}", _REVIEW)


def judge_datasets(request: CreateProjectVersionRequest, project: ProjectDescription) -> Iterator[Result]:
    """Decide whether the project has no datasets, or the two that the request needs, and they are ready."""
    datasets = [found for found in project.datasets or () if found.status is not DatasetStatus.DELETE_IN_PROGRESS]
    if request.training_data is not None:
        yield _judge_absence(datasets)
        return
    for kind in (DatasetType.TRAIN, DatasetType.TEST):
        dataset = next((found for found in datasets if found.dataset_type is kind), None)
        subject = f"{kind} dataset of {request.project_arn}"
        if dataset is not None:
            yield replace(_judge_dataset(kind, dataset), subject=str(dataset.dataset_arn or subject))
        else:
            yield failed(
                f"training_data is not given, and the project has no {kind} dataset",
                "Create the dataset with create_dataset(), or give training_data and testing_data for a project "
                "without datasets.",
            )


def _judge_absence(datasets: Sequence[DatasetMetadata]) -> Result:
    if not datasets:
        return passed("the project has no datasets, as a training with manifests requires")
    kinds = " and ".join(printable(str(found.dataset_type or "dataset"), 100) for found in datasets)
    return failed(
        f"training_data is given, but the project already has datasets ({kinds})",
        "Omit training_data and testing_data to train with the datasets, delete the datasets, or use another project. "
        "The console creates datasets from the last manifests when a project is opened there.",
    )


def _judge_dataset(kind: DatasetType, dataset: DatasetMetadata) -> Result:
    if dataset.status in _READY:
        return passed(f"the {kind} dataset is {dataset.status}")
    status = _shown(dataset.status)
    if dataset.status is None or not dataset.status.is_known:
        return warned(f"the {kind} dataset's status is {status}", _REVIEW)
    reason = f": {printable(dataset.status_message, 500)}" if dataset.status_message else ""
    return failed(
        f"the {kind} dataset is {status}{reason}",
        "Fix the problem in the status message." if dataset.status in _FAILED else "Wait until this is done.",
        # the service does not document what remains of the entries after a failed update
        Certainty.LIKELY if dataset.status is DatasetStatus.UPDATE_FAILED else Certainty.CERTAIN,
    )


def judge_version_name(name: str, versions: Sequence[ProjectVersionDescription]) -> Result:
    """Decide whether no version of the project has the name."""
    existing = next((found for found in versions if found.version_name == name), None)
    if existing is None:
        return passed("no version of the project has the name")
    return failed(
        f"the project already has a version with this name, {_shown(existing.status)}: "
        f"{printable(existing.project_version_arn)}",
        "Choose another version_name. The name becomes free after the deletion of that version.",
    )


def _shown(status: object) -> str:
    return "unknown" if status is None else printable(str(status), 100)
