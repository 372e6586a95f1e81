"""The operations on datasets, and the rules between datasets, their projects and their trainings."""

import base64
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from rekog_versions.manifests.lines import Line
from rekog_versions.testing import pages, validation
from rekog_versions.testing.datasets.dataset import Dataset, Work
from rekog_versions.testing.datasets.entries import Entries, matching, most_images
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    InvalidS3ObjectException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
    ResourceNotReadyException,
)
from rekog_versions.testing.states import DatasetTransition
from rekog_versions.testing.storage import Storage, StorageError
from rekog_versions.testing.store import Store
from rekog_versions.testing.training.manifests import TOO_MANY_LINES, TrainingError, parse_lines, read_lines

if TYPE_CHECKING:
    from rekog_versions.testing.entities import Project

_NO_CREATION = "CREATE_FAILED"


class DatasetOperations(Store):
    """The datasets of one account and region. The lock is not held while a manifest is read."""

    def create_dataset(self, request: Mapping[str, Any]) -> str:
        """Begins the creation of a dataset and answers its ARN."""
        validation.check_new_dataset(request)
        dataset_type = request["DatasetType"]
        source = request.get("DatasetSource", {})
        with self._lock:
            self._check_place(request)
        if "GroundTruthManifest" in source:
            self._check_manifest(source["GroundTruthManifest"]["S3Object"])
        with self.at_rest(
            lambda: [self.find_dataset(source["DatasetArn"])] if "DatasetArn" in source else []
        ) as originals:
            project = self._check_place(request)
            created = self._next_created()
            head = project.arn.rpartition("/")[0]
            dataset = project.datasets[dataset_type] = Dataset(
                f"{head}/dataset/{dataset_type.lower()}/{created}",
                dataset_type,
                created,
                tags=request.get("Tags", {}),
                work=self._creation(dataset_type, source, originals),
                find_transition=lambda: self._ending(DatasetTransition, project.name),
            )
        return dataset.arn

    def describe_dataset(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Describes a dataset."""
        with self._lock:
            self.find_dataset(request["DatasetArn"]).count_describe()
        with self.at_rest(lambda: [self.find_dataset(request["DatasetArn"])]) as (dataset,):
            return dataset.describe()

    def list_dataset_entries(self, request: Mapping[str, Any]) -> tuple[list[str], str | None]:
        """Lists the entries that pass the filters, in the order of the dataset, and the token for the next page."""
        filters = ("ContainsLabels", "Labeled", "SourceRefContains", "HasErrors")
        cut, token = pages.page(
            matching(self._readable_entries(request["DatasetArn"]).by_source.values(), request),
            size=request.get("MaxResults"),
            token=request.get("NextToken"),
            identity=["ListDatasetEntries", request["DatasetArn"], *(_spelled(request.get(name)) for name in filters)],
        )
        return [entry.text for entry in cut], token

    def list_dataset_labels(self, request: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
        """Lists the labels, in the order in which they came, and answers the token for the next page."""
        cut, token = pages.page(
            self._readable_entries(request["DatasetArn"]).labels,
            size=request.get("MaxResults"),
            token=request.get("NextToken"),
            identity=["ListDatasetLabels", request["DatasetArn"]],
        )
        return [
            {
                "LabelName": label.name,
                "LabelStats": {"EntryCount": label.entries, "BoundingBoxCount": label.boxed_entries},
            }
            for label in cut
        ], token

    def update_dataset_entries(self, request: Mapping[str, Any]) -> None:
        """Begins an update of a dataset."""
        content = base64.b64decode(request["Changes"]["GroundTruth"])
        with self.at_rest(lambda: [self.find_dataset(request["DatasetArn"])]) as (dataset,):
            _check_unused(dataset)
            if dataset.status == _NO_CREATION:
                raise InvalidParameterException(f"The dataset {dataset.arn} could not be created")
            before, most = dataset.entries, most_images(self.region_name, dataset.dataset_type)
            dataset.begin(
                Work(
                    "UPDATE",
                    "The dataset was successfully updated.",
                    lambda: {dataset.dataset_type: before.updated(parse_lines(content), most=most)},
                )
            )

    def distribute_dataset_entries(self, request: Mapping[str, Any]) -> None:
        """Begins to move a fifth of a training dataset into the empty test dataset of its project."""
        arns: list[str] = [named["Arn"] for named in request["Datasets"]]
        with self.at_rest(lambda: [self.find_dataset(arn) for arn in arns]) as datasets:
            by_type = {dataset.dataset_type: dataset for dataset in datasets}
            if by_type.keys() != {"TRAIN", "TEST"}:
                raise InvalidParameterException("Datasets must contain one training dataset and one test dataset")
            training, testing = by_type["TRAIN"], by_type["TEST"]
            if _project_of(training.arn) != _project_of(testing.arn):
                raise InvalidParameterException("The datasets must belong to the same project")
            for dataset in datasets:
                if dataset.is_in_progress or dataset.status == _NO_CREATION:
                    raise ResourceNotReadyException(f"The dataset {dataset.arn} is not ready: {dataset.status}")
            if testing.entries.by_source:
                raise InvalidParameterException(f"The test dataset {testing.arn} is not empty")
            if not training.entries.by_source:
                raise InvalidParameterException(f"The training dataset {training.arn} is empty")
            work = _distribution(training)
            for dataset in datasets:
                dataset.begin(work)

    def delete_dataset(self, request: Mapping[str, Any]) -> None:
        """Begins the deletion of a dataset."""
        with self.at_rest(lambda: [self.find_dataset(request["DatasetArn"])]) as (dataset,):
            if dataset.status != "DELETE_IN_PROGRESS":
                _check_unused(dataset)
            dataset.delete()

    @contextmanager
    def at_rest(self, find: Callable[[], Sequence[Dataset]]) -> Generator[Sequence[Dataset], None, None]:
        """Holds the lock for a block, with datasets of which none has ended work that is still to be done.

        That work is done first, without the lock.

        Args:
            find: Finds the datasets; called under the lock, several times.
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

    def find_dataset(self, arn: str) -> Dataset:
        """Finds a dataset by its ARN; called under the lock.

        Raises:
            ResourceNotFoundException: There is none.
        """
        project = self._present_projects().get(_project_of(arn))
        for dataset in project.present_datasets().values() if project else ():
            if dataset.arn == arn:
                return dataset
        raise ResourceNotFoundException(f"The dataset {arn} does not exist")

    def training_lines(self, project: "Project", request: Mapping[str, Any]) -> Mapping[str, Sequence[Line]] | None:
        """What a new version trains on; called at rest.

        Args:
            project: Its project.
            request: The request of CreateProjectVersion.

        Returns:
            The lines of both datasets by their type; None if the project has none, and the manifests count.

        Raises:
            InvalidParameterException: The request names manifests though there are datasets, or neither; a dataset is
                missing or could not be created.
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
            if dataset.status == _NO_CREATION:
                raise InvalidParameterException(f"The dataset {dataset.arn} could not be created")
        return {dataset_type: dataset.entries.lines for dataset_type, dataset in datasets.items()}

    def _creation(self, dataset_type: str, source: Mapping[str, Any], originals: Sequence[Dataset]) -> Work:
        most = most_images(self.region_name, dataset_type)
        if "GroundTruthManifest" in source:
            location, storage = source["GroundTruthManifest"]["S3Object"], Storage(self.account_id, self.region_name)
            return Work(
                "CREATE",
                "The dataset was successfully created from the manifest file.",
                lambda: {dataset_type: Entries.none().updated(read_lines(storage, location, most=most), most=most)},
            )
        entries = Entries.none()
        for original in originals:
            if original.is_in_progress or original.status == _NO_CREATION:
                raise InvalidParameterException(f"The dataset {original.arn} is not ready: {original.status}")
            entries = original.entries

        def copy() -> Mapping[str, Entries]:
            if len(entries.by_source) > most:
                raise TrainingError(TOO_MANY_LINES)
            return {dataset_type: entries}

        return Work("CREATE", "The dataset was successfully created.", copy)

    def _check_place(self, request: Mapping[str, Any]) -> "Project":
        """The project of a new dataset, if it has room for it."""
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
        with self.at_rest(lambda: [self.find_dataset(arn)]) as (dataset,):
            if dataset.status in ("CREATE_IN_PROGRESS", _NO_CREATION):
                raise ResourceNotReadyException(f"The dataset {arn} is not ready: {dataset.status}")
            _check_unused(dataset)
            return dataset.entries


def _distribution(training: Dataset) -> Work:
    before, seed = training.entries, _project_of(training.arn)

    def distribute() -> Mapping[str, Entries]:
        stays, goes = before.distributed(seed)
        return {"TRAIN": stays, "TEST": goes}

    return Work("UPDATE", "The dataset was successfully distributed.", distribute)


def _check_unused(dataset: Dataset) -> None:
    if dataset.is_in_progress:
        raise ResourceInUseException(f"The dataset {dataset.arn} is in use: {dataset.status}")


def _project_of(dataset_arn: str) -> str:
    """The name of a dataset's project: ...:project/NAME/dataset/..."""
    return dataset_arn.split("/")[1]


def _spelled(value: object) -> object:
    """A filter as a token's identity holds it: the order of a list's items means nothing."""
    return sorted({str(item) for item in cast("list[object]", value)}) if isinstance(value, list) else value
