"""The operations on datasets, and the rules between datasets, projects and trainings."""

import base64
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from rekog_versions.manifests.lines import Line
from rekog_versions.testing import pages
from rekog_versions.testing.datasets.dataset import Change, Dataset
from rekog_versions.testing.datasets.entries import Entries, matching, most_images
from rekog_versions.testing.entities import Project
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    InvalidS3ObjectException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
    ResourceNotReadyException,
)
from rekog_versions.testing.moto_s3 import Storage, StorageError
from rekog_versions.testing.operations.base import OperationsBase
from rekog_versions.testing.request_validation import check_new_dataset
from rekog_versions.testing.training.read_manifests import TOO_MANY_LINES, TrainingError, parse_lines, read_lines
from rekog_versions.testing.transitions import DatasetTransition

_NOT_CREATED = "CREATE_FAILED"


class DatasetOperations(OperationsBase):
    """The operations on datasets. The lock is not held while a manifest is read."""

    def create_dataset(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to create a dataset."""
        check_new_dataset(request)
        dataset_type = request["DatasetType"]
        source = request.get("DatasetSource", {})
        with self._lock:
            self._project_for_dataset(request)
        if "GroundTruthManifest" in source:
            self._check_manifest(source["GroundTruthManifest"]["S3Object"])
        with self._without_due_work(
            lambda: [self._dataset(source["DatasetArn"])] if "DatasetArn" in source else []
        ) as originals:
            project = self._project_for_dataset(request)
            created = self._next_created()
            prefix = project.arn.rpartition("/")[0]
            dataset = project.datasets[dataset_type] = Dataset(
                f"{prefix}/dataset/{dataset_type.lower()}/{created}",
                dataset_type,
                created,
                tags=request.get("Tags", {}),
                creation=self._creation(dataset_type, source, originals),
                find_transition=lambda: self._transition(DatasetTransition, project.name),
            )
        return {"DatasetArn": dataset.arn}

    def describe_dataset(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Describe a dataset."""
        with self._lock:
            self._dataset(request["DatasetArn"]).count_describe()
        with self._without_due_work(lambda: [self._dataset(request["DatasetArn"])]) as (dataset,):
            return {"DatasetDescription": dataset.describe()}

    def list_dataset_entries(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """List the entries that pass the filters, in the order of the dataset."""
        filters = ("ContainsLabels", "Labeled", "SourceRefContains", "HasErrors")
        found, token = pages.page(
            matching(self._readable_entries(request["DatasetArn"]).by_source.values(), request),
            size=request.get("MaxResults"),
            token=request.get("NextToken"),
            identity=[
                "ListDatasetEntries",
                request["DatasetArn"],
                *(_normalized(request.get(name)) for name in filters),
            ],
        )
        return {"DatasetEntries": [entry.text for entry in found], "NextToken": token}

    def list_dataset_labels(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """List the labels, in the order in which they were added."""
        found, token = pages.page(
            self._readable_entries(request["DatasetArn"]).labels,
            size=request.get("MaxResults"),
            token=request.get("NextToken"),
            identity=["ListDatasetLabels", request["DatasetArn"]],
        )
        listed = [
            {
                "LabelName": label.name,
                "LabelStats": {"EntryCount": label.entries, "BoundingBoxCount": label.boxed_entries},
            }
            for label in found
        ]
        return {"DatasetLabelDescriptions": listed, "NextToken": token}

    def update_dataset_entries(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to update a dataset."""
        content = base64.b64decode(request["Changes"]["GroundTruth"])
        with self._without_due_work(lambda: [self._dataset(request["DatasetArn"])]) as (dataset,):
            _check_unused(dataset)
            if dataset.status == _NOT_CREATED:
                raise InvalidParameterException(f"The dataset {dataset.arn} could not be created")
            before, most = dataset.entries, most_images(self.region_name, dataset.dataset_type)
            dataset.begin(
                Change(
                    "UPDATE",
                    "The dataset was successfully updated.",
                    lambda: {dataset.dataset_type: before.updated(parse_lines(content), most=most)},
                )
            )
        return {}

    def distribute_dataset_entries(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to move a fifth of a training dataset to the empty test dataset of its project."""
        arns: list[str] = [named["Arn"] for named in request["Datasets"]]
        with self._without_due_work(lambda: [self._dataset(arn) for arn in arns]) as datasets:
            by_type = {dataset.dataset_type: dataset for dataset in datasets}
            if by_type.keys() != {"TRAIN", "TEST"}:
                raise InvalidParameterException("Datasets must contain one training dataset and one test dataset")
            training, testing = by_type["TRAIN"], by_type["TEST"]
            if _project_of(training.arn) != _project_of(testing.arn):
                raise InvalidParameterException("The datasets must belong to the same project")
            for dataset in datasets:
                if dataset.is_in_progress or dataset.status == _NOT_CREATED:
                    raise ResourceNotReadyException(f"The dataset {dataset.arn} is not ready: {dataset.status}")
            if testing.entries.by_source:
                raise InvalidParameterException(f"The test dataset {testing.arn} is not empty")
            if not training.entries.by_source:
                raise InvalidParameterException(f"The training dataset {training.arn} is empty")
            distribution = _distribution(training)
            for dataset in datasets:
                dataset.begin(distribution)
        return {}

    def delete_dataset(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to delete a dataset."""
        with self._without_due_work(lambda: [self._dataset(request["DatasetArn"])]) as (dataset,):
            if dataset.status != "DELETE_IN_PROGRESS":
                _check_unused(dataset)
            dataset.delete()
        return {}

    @contextmanager
    def _without_due_work(self, find: Callable[[], Sequence[Dataset]]) -> Generator[Sequence[Dataset], None, None]:
        """Hold the lock for a block, with datasets that have no due work. Do due work first, without the lock.

        Args:
            find: Returns the datasets. It is called several times under the lock.
        """
        while True:
            with self._lock:
                datasets = find()
                due = [work for dataset in datasets if (work := dataset.due_work()) is not None]
                if not due:
                    yield datasets
                    return
            for work in due:
                work()

    def _dataset(self, arn: str) -> Dataset:
        """Return a dataset by its ARN. Callers hold the lock."""
        project = self._present_projects().get(_project_of(arn))
        for dataset in project.present_datasets().values() if project else ():
            if dataset.arn == arn:
                return dataset
        raise ResourceNotFoundException(f"The dataset {arn} does not exist")

    def _training_lines(self, project: Project, request: Mapping[str, Any]) -> Mapping[str, Sequence[Line]] | None:
        """Return the lines of the datasets for a new version, by type. No work on the datasets may be due.

        Args:
            project: The project of the version.
            request: The request of CreateProjectVersion.

        Returns:
            The lines, or None if the project has no datasets and the manifests of the request are used.

        Raises:
            InvalidParameterException: The request names manifests and the project has datasets, or there are neither.
                Or a dataset is missing or could not be created.
            ResourceInUseException: A dataset is being created, updated or deleted.
        """
        datasets = project.present_datasets()
        if not datasets:
            if "TrainingData" not in request:
                raise InvalidParameterException(
                    "TrainingData and TestingData must be specified: the project has no datasets"
                )
            return None
        if "TrainingData" in request:
            raise InvalidParameterException(
                "TrainingData and TestingData must not be specified: the project has datasets"
            )
        for dataset_type, name in (("TRAIN", "training"), ("TEST", "test")):
            if dataset_type not in datasets:
                raise InvalidParameterException(f"The project {project.arn} has no {name} dataset")
            dataset = datasets[dataset_type]
            _check_unused(dataset)
            if dataset.status == _NOT_CREATED:
                raise InvalidParameterException(f"The dataset {dataset.arn} could not be created")
        return {dataset_type: dataset.entries.lines for dataset_type, dataset in datasets.items()}

    def _creation(self, dataset_type: str, source: Mapping[str, Any], originals: Sequence[Dataset]) -> Change:
        most = most_images(self.region_name, dataset_type)
        if "GroundTruthManifest" in source:
            location, storage = source["GroundTruthManifest"]["S3Object"], Storage(self.account_id, self.region_name)
            return Change(
                "CREATE",
                "The dataset was successfully created from the manifest file.",
                lambda: {dataset_type: Entries.none().updated(read_lines(storage, location, most=most), most=most)},
            )
        entries = Entries.none()
        for original in originals:
            if original.is_in_progress or original.status == _NOT_CREATED:
                raise InvalidParameterException(f"The dataset {original.arn} is not ready: {original.status}")
            entries = original.entries

        def copy_entries() -> Mapping[str, Entries]:
            if len(entries.by_source) > most:
                raise TrainingError(TOO_MANY_LINES)
            return {dataset_type: entries}

        return Change("CREATE", "The dataset was successfully created.", copy_entries)

    def _project_for_dataset(self, request: Mapping[str, Any]) -> Project:
        """Return the project of a new dataset, if it can have one."""
        project, dataset_type = self._project(request["ProjectArn"]), request["DatasetType"]
        if project.deletion:
            raise ResourceNotFoundException(f"The project {project.arn} is being deleted")
        if project.feature != "CUSTOM_LABELS":
            raise InvalidParameterException(f"A project of the feature {project.feature} has no datasets")
        if dataset_type in project.present_datasets():
            raise ResourceAlreadyExistsException(f"The project {project.arn} already has a {dataset_type} dataset")
        return project

    def _check_manifest(self, location: Mapping[str, str]) -> None:
        try:
            Storage(self.account_id, self.region_name).check(
                location["Bucket"], location["Name"], location.get("Version")
            )
        except StorageError as error:
            raise InvalidS3ObjectException from error

    def _readable_entries(self, arn: str) -> Entries:
        with self._without_due_work(lambda: [self._dataset(arn)]) as (dataset,):
            if dataset.status in ("CREATE_IN_PROGRESS", _NOT_CREATED):
                raise ResourceNotReadyException(f"The dataset {arn} is not ready: {dataset.status}")
            _check_unused(dataset)
            return dataset.entries


def _distribution(training: Dataset) -> Change:
    before, seed = training.entries, _project_of(training.arn)

    def distribute() -> Mapping[str, Entries]:
        staying, moved = before.distributed(seed)
        return {"TRAIN": staying, "TEST": moved}

    return Change("UPDATE", "The dataset was successfully distributed.", distribute)


def _check_unused(dataset: Dataset) -> None:
    if dataset.is_in_progress:
        raise ResourceInUseException(f"The dataset {dataset.arn} is in use: {dataset.status}")


def _project_of(dataset_arn: str) -> str:
    """Return the name of a dataset's project, from ...:project/NAME/dataset/..."""
    return dataset_arn.split("/")[1]


def _normalized(value: object) -> object:
    """Return a filter for the identity of a page token, which does not depend on the order of a list."""
    return sorted({str(item) for item in cast("list[object]", value)}) if isinstance(value, list) else value
