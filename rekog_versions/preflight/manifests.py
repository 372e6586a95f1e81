"""Decide on the checks of the manifests: the files and their content. No I/O."""

from collections import Counter
from collections.abc import Sequence

from rekog_versions._aws.error_codes import describe_failure, is_denied, is_missing
from rekog_versions._aws.s3 import S3Location
from rekog_versions._text import printable
from rekog_versions.manifests.check.report import ManifestReport
from rekog_versions.models.assets import S3Object
from rekog_versions.models.versions import CreateProjectVersionRequest
from rekog_versions.preflight.buckets import Bucket, BucketPair
from rekog_versions.preflight.report import Certainty, Result, failed, not_checked, passed, warned

_DENIED = "ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET"
_LEAK = "HINT_TEST_IMAGE_IN_TRAINING"
_MOST_BUCKETS = 3
"""Images in more than one bucket are an error of the manifests, so a few buckets are enough."""
_DETAILS = "See each line and how to fix it in the report's `manifests`: print(report.manifests)."


def training_manifests(request: CreateProjectVersionRequest) -> Sequence[S3Object]:
    """Return the manifests to train with; empty if the project's datasets are used."""
    assets = request.training_data.assets if request.training_data else ()
    return [asset.ground_truth_manifest.s3_object for asset in assets]


def testing_manifests(request: CreateProjectVersionRequest) -> Sequence[S3Object]:
    """Return the manifests to test with; empty if test images are split off, or if datasets are used."""
    data = request.testing_data
    assets = () if data is None or data.auto_create else data.assets or ()
    return [asset.ground_truth_manifest.s3_object for asset in assets]


def manifests_of(request: CreateProjectVersionRequest) -> Sequence[S3Object]:
    """Return the manifests to train and to test with."""
    return [*training_manifests(request), *testing_manifests(request)]


def buckets_of(request: CreateProjectVersionRequest) -> Sequence[Bucket]:
    """Return the buckets that the request names."""
    contents: dict[str, list[str]] = {request.output_config.s3_bucket: ["the output"]}
    for content, manifests in (
        ("the training manifest", training_manifests(request)),
        ("the test manifest", testing_manifests(request)),
    ):
        for name in dict.fromkeys(manifest.bucket for manifest in manifests):
            contents.setdefault(name, []).append(content)
    return [Bucket(name, " and of ".join(listed)) for name, listed in contents.items()]


def image_buckets_of(report: ManifestReport | None) -> Sequence[str]:
    """Return the buckets that the lines of the manifests name most; empty if the manifests could not be read."""
    if report is None:
        return ()
    counts = Counter(report.training.buckets) + Counter(report.testing.buckets)
    return [name for name, _ in counts.most_common(_MOST_BUCKETS)]


def bucket_pairs_of(request: CreateProjectVersionRequest, report: ManifestReport | None) -> Sequence[BucketPair]:
    """Return each bucket of images with each bucket of manifests."""
    names = dict.fromkeys(manifest.bucket for manifest in manifests_of(request))
    return [BucketPair(images, name) for images in image_buckets_of(report) for name in names]


def judge_file(location: S3Location, size: int) -> Result:
    """Return the result for a manifest file that the caller can read."""
    return passed(
        f"you can read the file{_version(location)}: {size:,} bytes. The service reads it on your behalf",
        Certainty.LIKELY,
    )


def judge_file_error(location: S3Location, error: Exception) -> Result:
    """Return the result for a manifest file that is missing or denied.

    Raises:
        Exception: The error itself, if it is another one.
    """
    if is_missing(error):
        return failed(f"the file does not exist{_version(location)}", "Check the bucket, the key and the version.")
    if is_denied(error):
        return not_checked(describe_failure(error), "Allow the caller to read the file.")
    raise error


def _version(location: S3Location) -> str:
    return f" in version {printable(location.version, 200)}" if location.version else ""


def judge_content(report: ManifestReport, *, images: bool) -> Result:
    """Decide whether a training with the manifests would start.

    Args:
        report: The report of `check_manifests()`.
        images: True if the images were checked too.
    """
    terminal = dict.fromkeys(issue.code for issue in report.terminal)
    counts = ", ".join(f"{count:,} x {code}" for code, count in report.counts.items() if code not in terminal)
    missed = report.training.images_not_checked + report.testing.images_not_checked
    unchecked = f"; {missed:,} images could not be checked" if missed else ""
    unchecked = unchecked if images else "; the images were not checked"
    if report.terminal and all(issue.code == _DENIED for issue in report.terminal):
        # the service may read a file that the caller may not, because of the bucket's policy
        return not_checked(
            f"the manifests could not be read: {report.terminal[0].detail}", "Grant the caller s3:GetObject on them."
        )
    if not report.ok:
        also = f"; also: {counts}" if counts else ""
        return failed(f"the training would fail with {' and '.join(terminal)}{also}{unchecked}", _DETAILS)
    found = _contents(report)
    if report.counts:
        return warned(f"the training would start: {counts}{found}{unchecked}", _DETAILS)
    return passed(
        f"the manifests have no errors{found}{unchecked}", Certainty.LIKELY if unchecked else Certainty.CERTAIN
    )


def _contents(report: ManifestReport) -> str:
    """Return the number of images and labels, the label with the fewest images, and the test images that are known."""
    labels = report.training.labels
    if not labels:
        return ""
    name, fewest = min(labels.items(), key=lambda found: (found[1], found[0]))
    text = f"; {_many(report.training.valid_json_lines, 'training image')} of {_many(len(labels), 'label')}"
    text += f", the fewest with '{printable(name, 60)}': {fewest:,}" if len(labels) > 1 else ""
    leaked = report.counts.get(_LEAK, 0)
    if leaked:
        text += f"; {_many(leaked, 'test image')} of {report.testing.valid_json_lines:,} in the training manifest too"
    return text


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
