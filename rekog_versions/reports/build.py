"""The functions that build a report: with either client, and from files."""

from collections.abc import Sequence

from rekog_versions.client.dispatch import for_both_clients
from rekog_versions.evaluation import Evaluation, Gates
from rekog_versions.hosting import Prices
from rekog_versions.hosting.costs import LIST_PRICES, check_prices
from rekog_versions.manifests import ManifestSource
from rekog_versions.reports._async import from_client as _async
from rekog_versions.reports._sync import from_client as _sync
from rekog_versions.reports.analysis import assemble, check_gates, read_training_set, reported_version
from rekog_versions.reports.report import Report
from rekog_versions.reports.thumbnails import IMAGE_BYTES, GivenImages, check_image_bytes, source_of

build_report = for_both_clients(_sync.build_report, _async.build_report)


def report_from_files(
    evaluation: Evaluation,
    *,
    training: ManifestSource | Sequence[ManifestSource] | None = None,
    baseline: Evaluation | None = None,
    images: GivenImages | None = None,
    gates: Gates | None = None,
    prices: Prices = LIST_PRICES,
    image_bytes: int = IMAGE_BYTES,
) -> Report:
    """Build a report without a client, from files on this machine.

    Args:
        evaluation: The evaluation, from `Evaluation.from_files(summary, snapshot)`.
        training: The training manifest, or several: a path, bytes or a binary file.
        baseline: The evaluation to compare with.
        images: A folder of the images, `images_from_folder(...)`, or a function that returns the bytes of an image for
            its URI. By default, the report has no thumbnails.
        gates: The conditions for the verdict.
        prices: The price list.
        image_bytes: The size of all thumbnails together, in bytes.

    Raises:
        NotADirectoryError: The folder of the images does not exist.
        ValueError: A gate needs a baseline, or `image_bytes` is negative.
        TypeError: An argument has another type.
        ImportError: Thumbnails need Pillow, which is not installed.
    """
    if not isinstance(evaluation, Evaluation):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"evaluation must be an Evaluation, got {type(evaluation).__name__}. Call Evaluation.from_files(...)"
        )
    check_gates(gates, has_baseline=baseline is not None)
    check_prices(prices)
    check_image_bytes(image_bytes)
    return assemble(
        evaluation,
        reported_version(evaluation, None, prices),
        read_training_set(training, None, evaluation),
        baseline=baseline,
        gates=gates,
        images=source_of(images, None),
        image_bytes=image_bytes,
    )
