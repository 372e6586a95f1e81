"""The data of a training: S3 objects, manifests, input and output.

Classes with plain names are parts of requests. The `Described...` classes are the same shapes in responses.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Request, Response

_MAX_SHOWN = 300
_UPLOAD = "The service reads from S3 only: upload a local file first, such as with client.s3.upload_file(...)"


class S3Object(Request):
    """An object in S3.

    The service model makes all members optional. Bucket and name are required here, because nothing can be read
    without them.
    """

    bucket: c.S3Bucket
    """3 to 255 characters. The bucket must be in the region of the call."""
    name: c.S3ObjectName
    """The key, 1 to 1,024 characters."""
    version: c.S3ObjectVersion | None = None
    """The object's version in a bucket with versioning; 1 to 1,024 characters."""

    @classmethod
    def from_uri(cls, uri: str, *, version: str | None = None) -> Self:
        """Create the object from its URI, `s3://BUCKET/KEY`.

        The key is not decoded, and `?`, `#` and `%` are part of it.

        Raises:
            ValueError: The text is not such a URI. It is a `pydantic.ValidationError`, which is a ValueError, if the
                bucket or the key breaks a rule of the service.
        """
        return cls(**_place(uri), version=version)

    @property
    def uri(self) -> str:
        """The URI `s3://BUCKET/KEY`, without the version."""
        return f"s3://{self.bucket}/{self.name}"


def _place(uri: object) -> dict[str, str]:
    if not isinstance(uri, str):
        raise TypeError(f"uri must be a string of the form s3://BUCKET/KEY, got {type(uri).__name__}. {_UPLOAD}")
    bucket, slash, name = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not slash or not name or not bucket:
        shown = uri if len(uri) <= _MAX_SHOWN else f"{uri[:_MAX_SHOWN]}..."
        step = "" if uri.startswith("s3://") else f". {_UPLOAD}"
        raise ValueError(f"uri must have the form s3://BUCKET/KEY, got {shown!a}{step}")
    return {"bucket": bucket, "name": name}


class GroundTruthManifest(Request):
    """A manifest in the format of SageMaker Ground Truth."""

    s3_object: S3Object


class Asset(Request):
    """One manifest of a training or test set."""

    ground_truth_manifest: GroundTruthManifest


def _manifests(places: Sequence[str | S3Object | Sequence[str | S3Object]]) -> dict[str, Any]:
    each = [place for given in places for place in (given if isinstance(given, list | tuple) else [given])]
    objects = [place if isinstance(place, S3Object) else _place(place) for place in each]
    return {"assets": [{"ground_truth_manifest": {"s3_object": place}} for place in objects]}


class TrainingData(Request):
    """The manifests to train on. At least one is required, because a training without data fails."""

    assets: Annotated[list[Asset], Field(min_length=1)]

    @classmethod
    def from_manifests(cls, *uris: str | S3Object | Sequence[str | S3Object]) -> Self:
        """Create it from the URIs of manifests, `s3://BUCKET/KEY` each, or from lists of them.

        An `S3Object` in place of a URI names a version of a manifest.

        Raises:
            ValueError: A text is not an S3 URI, or no URI is given.
        """
        return cls.model_validate(_manifests(uris))


class TestingData(Request):
    """The manifests to test on, or the request to hold back training images for the test."""

    __test__ = False  # pytest collects classes named Test...

    assets: list[Asset] | None = None
    auto_create: c.Boolean | None = None
    """True lets the service hold back 20 % of the training images for the test, for this training only."""

    @classmethod
    def from_manifests(cls, *uris: str | S3Object | Sequence[str | S3Object]) -> Self:
        """Create it from the URIs of manifests, `s3://BUCKET/KEY` each, or from lists of them.

        An `S3Object` in place of a URI names a version of a manifest.

        Raises:
            ValueError: A text is not an S3 URI, or no URI is given.
        """
        return cls.model_validate(_manifests(uris))

    @model_validator(mode="after")
    def _check_data(self) -> Self:
        if not self.assets and not self.auto_create:
            raise PydanticCustomError(
                "testing_data",
                "no test data. Give assets, or auto_create=True to hold back 20 % of the training images",
            )
        return self


class OutputConfig(Request):
    """The place where the service writes the results of a training. The bucket must be in the region of the call."""

    s3_bucket: c.S3Bucket
    """3 to 255 characters. It is optional in the service model, but a training cannot write its results without it."""
    s3_key_prefix: c.S3KeyPrefix | None = None
    """The prefix of the keys of all results; at most 1,024 characters."""


class DescribedS3Object(Response):
    """An object in S3, as a response returns it."""

    bucket: str | None = None
    name: str | None = None
    version: str | None = None

    @property
    def uri(self) -> str | None:
        """The URI `s3://BUCKET/KEY`, or None if the bucket or the name is missing."""
        return f"s3://{self.bucket}/{self.name}" if self.bucket and self.name else None


class DescribedGroundTruthManifest(Response):
    """A manifest, as a response returns it."""

    s3_object: DescribedS3Object | None = None


class DescribedAsset(Response):
    """One manifest of a set, as a response returns it."""

    ground_truth_manifest: DescribedGroundTruthManifest | None = None

    @property
    def s3_object(self) -> DescribedS3Object | None:
        """The S3 object of the manifest."""
        return self.ground_truth_manifest.s3_object if self.ground_truth_manifest else None


class DescribedTrainingData(Response):
    """The training's manifests, as a response returns them."""

    assets: list[DescribedAsset] | None = None


class DescribedTestingData(Response):
    """The test's manifests, as a response returns them."""

    assets: list[DescribedAsset] | None = None
    auto_create: bool | None = None


class DescribedOutputConfig(Response):
    """The place of the results, as a response returns it."""

    s3_bucket: str | None = None
    s3_key_prefix: str | None = None


class ValidationData(Response):
    """The manifests in which the service lists the errors of each line."""

    assets: list[DescribedAsset] | None = None


class TrainingDataResult(Response):
    """The input of a training, the images that it used, and the errors in them."""

    input: DescribedTrainingData | None = None
    """The manifests of the request."""
    output: DescribedTrainingData | None = None
    """The images that the training used."""
    validation: ValidationData | None = None
    """The manifests with the errors of each line. None if a manifest file could not be read."""


class TestingDataResult(Response):
    """The input of a test, the images that it used, and the errors in them."""

    __test__ = False

    input: DescribedTestingData | None = None
    output: DescribedTestingData | None = None
    """The evaluation manifest snapshot: the test images with their predictions."""
    validation: ValidationData | None = None


class Summary(Response):
    """The location of the training summary."""

    s3_object: DescribedS3Object | None = None


class EvaluationResult(Response):
    """The evaluation of the model on the test set."""

    f1_score: float | None = None
    """The F1 score over all labels, 0 to 1."""
    summary: Summary | None = None
