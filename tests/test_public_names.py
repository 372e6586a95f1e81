"""The public names: which there are, where they are at home, and that they cost nothing until they are used."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import rekog_versions

PUBLIC = [
    "AccessDeniedError",
    "ActiveModel",
    "Asset",
    "AsyncOutcomes",
    "AsyncPager",
    "AsyncRunningModel",
    "AsyncSubmission",
    "AsyncVersionsClient",
    "AtLeastPrecision",
    "AtLeastRecall",
    "BestF1",
    "BoundingBox",
    "Certainty",
    "Comparison",
    "CopyFailedError",
    "CopyProjectVersionRequest",
    "CopyProjectVersionResponse",
    "CostRange",
    "CreateDatasetRequest",
    "CreateDatasetResponse",
    "CreateProjectRequest",
    "CreateProjectResponse",
    "CreateProjectVersionRequest",
    "CreateProjectVersionResponse",
    "CustomLabel",
    "CustomizationFeature",
    "CustomizationFeatureConfig",
    "CustomizationFeatureContentModerationConfig",
    "DatasetArn",
    "DatasetChanges",
    "DatasetDescription",
    "DatasetFailedError",
    "DatasetLabelDescription",
    "DatasetLabelStats",
    "DatasetMetadata",
    "DatasetPoll",
    "DatasetSource",
    "DatasetStats",
    "DatasetStatus",
    "DatasetStatusMessageCode",
    "DatasetType",
    "DeleteDatasetRequest",
    "DeleteDatasetResponse",
    "DeleteProjectPolicyRequest",
    "DeleteProjectPolicyResponse",
    "DeleteProjectRequest",
    "DeleteProjectResponse",
    "DeleteProjectVersionRequest",
    "DeleteProjectVersionResponse",
    "DescribeDatasetRequest",
    "DescribeDatasetResponse",
    "DescribeProjectVersionsRequest",
    "DescribeProjectVersionsResponse",
    "DescribeProjectsRequest",
    "DescribeProjectsResponse",
    "DescribedAsset",
    "DescribedContentModerationConfig",
    "DescribedFeatureConfig",
    "DescribedGroundTruthManifest",
    "DescribedOutputConfig",
    "DescribedS3Object",
    "DescribedTestingData",
    "DescribedTrainingData",
    "DetectCustomLabelsRequest",
    "DetectCustomLabelsResponse",
    "DistributeDataset",
    "DistributeDatasetEntriesRequest",
    "DistributeDatasetEntriesResponse",
    "Evaluation",
    "EvaluationError",
    "EvaluationResult",
    "FailureExplanation",
    "FailureReason",
    "Gates",
    "Geometry",
    "GroundTruthManifest",
    "HostingError",
    "Image",
    "ImageLevelLine",
    "ImageRef",
    "ImageTooLargeError",
    "InternalServerError",
    "InvalidImageFormatError",
    "InvalidPaginationTokenError",
    "InvalidParameterError",
    "InvalidPolicyRevisionIdError",
    "InvalidS3ObjectError",
    "KmsKeyForm",
    "KmsKeyId",
    "LeastCost",
    "LimitExceededError",
    "LineErrors",
    "LineExample",
    "ListDatasetEntriesRequest",
    "ListDatasetEntriesResponse",
    "ListDatasetLabelsRequest",
    "ListDatasetLabelsResponse",
    "ListProjectPoliciesRequest",
    "ListProjectPoliciesResponse",
    "ListTagsForResourceRequest",
    "ListTagsForResourceResponse",
    "MalformedPolicyDocumentError",
    "ManifestError",
    "ManifestReport",
    "ManifestWriter",
    "ModelStillRunningError",
    "ModelStoppedError",
    "NotRead",
    "ObjectLine",
    "Outcomes",
    "OutputConfig",
    "Pager",
    "PaginationError",
    "Point",
    "Poll",
    "PreflightCheck",
    "PreflightFinding",
    "PreflightReport",
    "PreflightVerdict",
    "Prices",
    "ProjectArn",
    "ProjectAutoUpdate",
    "ProjectDescription",
    "ProjectPolicy",
    "ProjectStatus",
    "ProjectVersionArn",
    "ProjectVersionDescription",
    "ProjectVersionStatus",
    "ProvisionedThroughputExceededError",
    "PutProjectPolicyRequest",
    "PutProjectPolicyResponse",
    "RekogVersionsError",
    "RekognitionClient",
    "ResourceAlreadyExistsError",
    "ResourceInUseError",
    "ResourceNotFoundError",
    "ResourceNotReadyError",
    "ResponseError",
    "RunningModel",
    "RunningModels",
    "S3Object",
    "Schedule",
    "ServiceError",
    "ServiceQuotaExceededError",
    "StartFailedError",
    "StartProjectVersionRequest",
    "StartProjectVersionResponse",
    "StopAllError",
    "StopProjectVersionRequest",
    "StopProjectVersionResponse",
    "StopReport",
    "Submission",
    "SubmissionOutcome",
    "SubmissionReport",
    "Summary",
    "TagResourceRequest",
    "TagResourceResponse",
    "TestingData",
    "TestingDataResult",
    "Thresholds",
    "ThrottlingError",
    "TrainingCosts",
    "TrainingData",
    "TrainingDataResult",
    "TrainingFailedError",
    "TunedThresholds",
    "Unit",
    "UnreachableStatusError",
    "UntagResourceRequest",
    "UntagResourceResponse",
    "UpdateDatasetEntriesRequest",
    "UpdateDatasetEntriesResponse",
    "ValidationData",
    "ValidationStatistics",
    "VersionConflictError",
    "VersionNotFoundError",
    "VersionOutcome",
    "VersionRef",
    "VersionsClient",
    "WaitError",
    "WaitTimeoutError",
    "__version__",
    "as_trained",
    "best_version",
    "check_manifests",
    "compare",
    "explain_failure",
    "from_coco",
    "from_csv",
    "from_folder",
    "from_ground_truth",
    "get_evaluation",
    "local_images",
    "parse_line",
    "preflight",
    "running",
    "running_models",
    "s3_images",
    "split_manifest",
    "stop_all",
    "submit_all",
    "training_cost",
    "training_costs",
]
"""Whoever adds, renames or removes a public name says so here, and in the changelog."""

HEAVY = (
    "boto3",
    "botocore.client",
    "botocore.session",
    "botocore.parsers",
    "matplotlib",
    "moto",
    "rich",
    "tenacity",
    "typer",
)


def test_the_public_names_are_these() -> None:
    assert rekog_versions.__all__ == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_what_its_home_calls_so(name: str) -> None:
    (home,) = (home for home, names in rekog_versions._HOMES.items() if name in names)
    assert getattr(rekog_versions, name) is getattr(importlib.import_module(f"rekog_versions.{home}"), name)


def test_the_imports_for_type_checkers_name_the_same_homes() -> None:
    tree = ast.parse(Path(rekog_versions.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    homes = {
        node.module.removeprefix("rekog_versions."): tuple(alias.name for alias in node.names)
        for node in imports
        if node.module and node.module.startswith("rekog_versions.")
    }
    assert homes == {home: tuple(names) for home, names in rekog_versions._HOMES.items()}
    assert not [alias for node in imports for alias in node.names if alias.asname]


def test_each_name_has_one_home_and_each_home_has_public_names_only() -> None:
    named = [name for names in rekog_versions._HOMES.values() for name in names]
    assert sorted(named) == PUBLIC


def test_dir_lists_the_public_names() -> None:
    assert set(PUBLIC) <= set(dir(rekog_versions))


def test_a_star_import_gives_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from rekog_versions import *", names)
    assert set(PUBLIC) == set(names) - {"__builtins__"}


@pytest.mark.parametrize("name", ["NoSuchName", "Request", "Answer", "printable", "_missing"])
def test_any_other_name_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'rekog_versions' has no attribute '{name}'"):
        getattr(rekog_versions, name)


@pytest.mark.parametrize("statement", ["import rekog_versions", "from rekog_versions import *"])
def test_an_import_loads_nothing_heavy(statement: str) -> None:
    script = f"{statement}\nimport sys\nprint(*sorted(set(sys.argv[1:]) & set(sys.modules)), 'end')"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *HEAVY], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "end\n"


def test_a_plain_import_loads_no_module_of_the_package() -> None:
    script = (
        "import rekog_versions, sys\nprint(*sorted(name for name in sys.modules if 'rekog_versions.' in name), 'end')"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "end\n"


def test_the_package_tells_type_checkers_that_it_is_typed() -> None:
    assert (Path(rekog_versions.__file__).parent / "py.typed").is_file()
