# Generated from rekog_versions/reports/_async/from_client.py. Change that file, then run scripts/unasync.py.
"""The report of a version, with a client for asyncio."""

from __future__ import annotations

from rekog_versions.client import VersionsClient
from rekog_versions.evaluation import Evaluation, Gates
from rekog_versions.evaluation._sync.from_versions import get_evaluation
from rekog_versions.evaluation.version_files import summary_location
from rekog_versions.hosting import Prices
from rekog_versions.hosting.costs import LIST_PRICES, check_prices
from rekog_versions.models.references import VersionRef
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.reports.analysis import assemble, check_gates, read_training_set, reported_version
from rekog_versions.reports.report import Report
from rekog_versions.reports.thumbnails import IMAGE_BYTES, GivenImages, check_image_bytes, source_of


def build_report(
    client: VersionsClient,
    version: VersionRef,
    *,
    baseline: VersionRef | Evaluation | None = None,
    images: GivenImages | bool | None = None,
    gates: Gates | None = None,
    prices: Prices = LIST_PRICES,
    image_bytes: int = IMAGE_BYTES,
) -> Report:
    """Build the report of a trained version: verdict, recommendations, scores, mistakes, data and cost.

    It reads the version's evaluation and its training manifests from S3, and the images with the worst mistakes. Files
    that cannot be read are left out, and the report has the reasons. `report.write_html("report.html")` writes it.

    Args:
        client: Either client. With the async one, the result is a coroutine.
        version: The version's ARN, `(project_arn, version_name)`, or a description of the version.
        baseline: A version, or an evaluation, to compare with.
        images: A folder of the images, `images_from_folder(...)`, or a function that returns the bytes of an image for
            its URI. By default, they are read from S3. False leaves the thumbnails out. In a folder, the file whose
            path is the longest end of the key is used.
        gates: The conditions for the verdict.
        prices: The price list.
        image_bytes: The size of all thumbnails together, in bytes.

    Raises:
        EvaluationError: The version, or the baseline, has no evaluation, or it could not be read.
        VersionNotFoundError: There is no such version.
        ServiceError: A request was rejected.
        botocore.exceptions.BotoCoreError: A request failed without a response.
        NotADirectoryError: The folder of the images does not exist.
        ValueError: A gate needs a baseline, `image_bytes` is negative, or `version` does not name a version.
        TypeError: An argument has another type.
        ImportError: Thumbnails need Pillow, which is not installed.
    """
    check_gates(gates, has_baseline=baseline is not None)
    check_prices(prices)
    check_image_bytes(image_bytes)
    source = source_of(images, client)
    description = version if isinstance(version, ProjectVersionDescription) else None
    if description is None or summary_location(description) is None:
        description = client.get_project_version(version)
    evaluation = get_evaluation(client, description)
    old = baseline if isinstance(baseline, Evaluation) or baseline is None else get_evaluation(client, baseline)
    reported = reported_version(evaluation, description, prices)
    training = client.run_blocking(read_training_set, reported.training_manifests, client, evaluation)
    return client.run_blocking(
        assemble,
        evaluation,
        reported,
        training,
        baseline=old,
        gates=gates,
        images=source,
        image_bytes=image_bytes,
    )
