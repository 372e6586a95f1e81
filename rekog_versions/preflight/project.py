"""The checks of the project: whether it is there, has the datasets that the request needs, and room for a version."""

from collections.abc import Iterator, Mapping

from rekog_versions._text import printable
from rekog_versions.models.datasets import DatasetMetadata, DatasetType
from rekog_versions.preflight.report import Certainty, PreflightCheck, PreflightFinding, failed, passed, warned
from rekog_versions.preflight.scene import Scene
from rekog_versions.statuses import DatasetStatus, ProjectStatus

_READY = frozenset({DatasetStatus.CREATE_COMPLETE, DatasetStatus.UPDATE_COMPLETE})
_NEXT_OF_A_PROJECT: Mapping[ProjectStatus, str] = {
    ProjectStatus.CREATING: "Wait until it is CREATED.",
    ProjectStatus.DELETING: "Name another project, or make one of this name once it is gone: it has another ARN then.",
}


def look_at_project(scene: Scene) -> Iterator[PreflightFinding]:
    """Whether the project is there, in the client's region, and ready."""
    check, subject = PreflightCheck.PROJECT, scene.request.project_arn
    region = getattr(getattr(scene.client.rekognition, "meta", None), "region_name", None)
    if region is not None and region != scene.region:
        yield failed(
            check,
            subject,
            f"the project is in {scene.region}, the client calls {printable(region, 100)}",
            f"Use a client of that region: VersionsClient.connect(region_name={scene.region!r}).",
        )
        return
    project = scene.project()
    if project is None:
        yield failed(
            check,
            subject,
            f"there is no project {scene.arn.project_name!r} in the account and region that the client calls",
            "Check the ARN and the credentials, or make the project with create_project().",
        )
    elif project.project_arn != scene.request.project_arn:
        yield failed(
            check,
            subject,
            f"the project that has the name now is {printable(project.project_arn)}",
            "Use that ARN: a project that is deleted and made again has another one.",
        )
    elif project.status is ProjectStatus.CREATED:
        yield passed(check, subject, "the project exists and is CREATED")
    elif project.status is not None and (next_step := _NEXT_OF_A_PROJECT.get(project.status)):
        yield failed(check, subject, f"the project is {project.status}", next_step)
    else:
        said = printable(str(project.status), 100) if project.status else "not told"
        yield warned(check, subject, f"the project exists; its status is {said}", "Look at it in the console.")


def look_at_datasets(scene: Scene) -> Iterator[PreflightFinding]:
    """Whether the project has no datasets, or the two that are ready, as the request needs."""
    project = scene.project()
    if project is None:
        return  # that there is no project has been said
    there = [found for found in project.datasets or () if found.status is not DatasetStatus.DELETE_IN_PROGRESS]
    if scene.request.training_data is not None:
        yield _no_datasets(scene, there)
        return
    for kind in (DatasetType.TRAIN, DatasetType.TEST):
        yield _dataset(scene, kind, next((found for found in there if found.dataset_type is kind), None))


def _no_datasets(scene: Scene, there: list[DatasetMetadata]) -> PreflightFinding:
    check, subject = PreflightCheck.DATASETS, scene.request.project_arn
    if not there:
        return passed(check, subject, "the project has no datasets, as a training on manifests needs it")
    kinds = " and ".join(printable(str(found.dataset_type or "dataset"), 100) for found in there)
    return failed(
        check,
        subject,
        f"training_data is given, and the project has datasets already ({kinds})",
        "Leave training_data and testing_data out to train on the datasets, delete those, or take another project. "
        "The console makes datasets of the last manifests when a project is opened there.",
    )


def _dataset(scene: Scene, kind: DatasetType, found: DatasetMetadata | None) -> PreflightFinding:
    check = PreflightCheck.DATASETS
    if found is None:
        return failed(
            check,
            scene.request.project_arn,
            f"training_data is not given, and the project has no {kind} dataset",
            "Make it with CreateDataset, or give training_data and testing_data in a project without datasets.",
        )
    subject = str(found.dataset_arn or f"{kind} dataset of {scene.request.project_arn}")
    if found.status in _READY:
        return passed(check, subject, f"the {kind} dataset is {found.status}")
    status = printable(str(found.status), 100) if found.status else "not told"
    if found.status is None or not found.status.is_known:
        return warned(check, subject, f"the {kind} dataset's status is {status}", "Look at it in the console.")
    said = f": {printable(found.status_message, 500)}" if found.status_message else ""
    is_failed = found.status in (DatasetStatus.CREATE_FAILED, DatasetStatus.UPDATE_FAILED)
    return failed(
        check,
        subject,
        f"the {kind} dataset is {status}{said}",
        "Mend what its status message says." if is_failed else "Wait until that is done.",
        # what became of the entries of a failed update is not documented
        Certainty.LIKELY if found.status is DatasetStatus.UPDATE_FAILED else Certainty.CERTAIN,
    )


def look_at_name(scene: Scene) -> Iterator[PreflightFinding]:
    """Whether no version of the project has the name."""
    check, name = PreflightCheck.VERSION_NAME, scene.request.version_name
    taken = next((found for found in scene.versions(scene.request.project_arn) if found.version_name == name), None)
    if taken is None:
        yield passed(check, name, "no version of the project has the name")
        return
    yield failed(
        check,
        name,
        f"the project has a version of that name, {printable(str(taken.status), 100)}: "
        f"{printable(taken.project_version_arn)}",
        "Choose another version_name; the name is free again once that version is deleted and gone.",
    )
