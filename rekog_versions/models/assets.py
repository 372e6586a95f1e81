"""Where the data of a training lies: S3 objects, manifests, the training's input and output.

The plain names are what a request is made of, strict; the `Described...` ones are the same shapes as an answer
shows them.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Answer, Request


class S3Object(Request):
    """An object in S3.

    The service model requires none of the members; bucket and name are required here, since nothing can be read
    without them.
    """

    bucket: c.S3Bucket
    """3 to 255 characters; must be in the region of the call."""
    name: c.S3ObjectName
    """The key, 1 to 1,024 characters."""
    version: c.S3ObjectVersion | None = None
    """The object's version, where the bucket keeps versions; 1 to 1,024 characters."""

    @classmethod
    def from_uri(cls, uri: str, *, version: str | None = None) -> Self:
        """Makes the object that `s3://BUCKET/KEY` names.

        The key is taken as it stands: nothing in it is decoded, and `?`, `#` and `%` are part of it.

        Raises:
            ValueError: The text is no such URI (a `pydantic.ValidationError`, which is a ValueError, where bucket or
                key break the service's rules).
        """
        bucket, slash, name = uri.removeprefix("s3://").partition("/")
        if not uri.startswith("s3://") or not slash or not name or not bucket:
            raise ValueError(f"{uri!a} is no S3 URI of an object; the form is s3://BUCKET/KEY")
        return cls(bucket=bucket, name=name, version=version)

    @property
    def uri(self) -> str:
        """`s3://BUCKET/KEY`, without the version."""
        return f"s3://{self.bucket}/{self.name}"


class GroundTruthManifest(Request):
    """A manifest in the format of SageMaker Ground Truth."""

    s3_object: S3Object


class Asset(Request):
    """One manifest of a training or test set."""

    ground_truth_manifest: GroundTruthManifest


def _manifests(uris: tuple[str, ...]) -> list[Asset]:
    return [Asset(ground_truth_manifest=GroundTruthManifest(s3_object=S3Object.from_uri(uri))) for uri in uris]


class TrainingData(Request):
    """The manifests to train on. At least one: a training over none could only fail."""

    assets: Annotated[list[Asset], Field(min_length=1)]

    @classmethod
    def from_manifests(cls, *uris: str) -> Self:
        """Makes it of manifests' URIs, `s3://BUCKET/KEY` each.

        Raises:
            ValueError: A text is no S3 URI, or there is none.
        """
        return cls(assets=_manifests(uris))


class TestingData(Request):
    """The manifests to test on, or the wish that the service takes them from the training images."""

    __test__ = False  # pytest collects classes named Test...

    assets: list[Asset] | None = None
    auto_create: c.Boolean | None = None
    """Whether the service holds back 20 % of the training images for the test, for this training only."""

    @classmethod
    def from_manifests(cls, *uris: str) -> Self:
        """Makes it of manifests' URIs, `s3://BUCKET/KEY` each.

        Raises:
            ValueError: A text is no S3 URI, or there is none.
        """
        return cls(assets=_manifests(uris))

    @model_validator(mode="after")
    def _says_what_to_test_on(self) -> Self:
        if not self.assets and not self.auto_create:
            raise PydanticCustomError(
                "testing_data",
                "nothing to test on: give assets, or auto_create=True to hold back 20 % of the training images",
            )
        return self


class OutputConfig(Request):
    """Where the service writes the results of a training. The bucket must be in the region of the call."""

    s3_bucket: c.S3Bucket
    """3 to 255 characters. The service model does not require it; without it there is nowhere to write."""
    s3_key_prefix: c.S3KeyPrefix | None = None
    """What the keys of all results start with; at most 1,024 characters."""


class DescribedS3Object(Answer):
    """An object in S3, as an answer shows it."""

    bucket: str | None = None
    name: str | None = None
    version: str | None = None

    @property
    def uri(self) -> str | None:
        """`s3://BUCKET/KEY`, or None where one of the two is missing."""
        return f"s3://{self.bucket}/{self.name}" if self.bucket and self.name else None


class DescribedGroundTruthManifest(Answer):
    """A manifest, as an answer shows it."""

    s3_object: DescribedS3Object | None = None


class DescribedAsset(Answer):
    """One manifest of a set, as an answer shows it."""

    ground_truth_manifest: DescribedGroundTruthManifest | None = None

    @property
    def s3_object(self) -> DescribedS3Object | None:
        """The object that the manifest lies in."""
        return self.ground_truth_manifest.s3_object if self.ground_truth_manifest else None


class DescribedTrainingData(Answer):
    """The training's manifests, as an answer shows them."""

    assets: list[DescribedAsset] | None = None


class DescribedTestingData(Answer):
    """The test's manifests, as an answer shows them."""

    assets: list[DescribedAsset] | None = None
    auto_create: bool | None = None


class DescribedOutputConfig(Answer):
    """Where results are written, as an answer shows it."""

    s3_bucket: str | None = None
    s3_key_prefix: str | None = None


class ValidationData(Answer):
    """The manifests with the errors of each line that the service found in them."""

    assets: list[DescribedAsset] | None = None


class TrainingDataResult(Answer):
    """What went into the training, what was used, and what was wrong with it."""

    input: DescribedTrainingData | None = None
    """The manifests that were asked for."""
    output: DescribedTrainingData | None = None
    """The images that were used in the end."""
    validation: ValidationData | None = None
    """Where the errors of each line stand; None where a manifest file could not be read at all."""


class TestingDataResult(Answer):
    """What went into the test, what was used, and what was wrong with it."""

    __test__ = False

    input: DescribedTestingData | None = None
    output: DescribedTestingData | None = None
    """The test images with the predictions for them: the evaluation's snapshot."""
    validation: ValidationData | None = None


class Summary(Answer):
    """Where the training's summary lies."""

    s3_object: DescribedS3Object | None = None


class EvaluationResult(Answer):
    """How good the model is, on the test set."""

    f1_score: float | None = None
    """The F1 score over all labels, 0 to 1."""
    summary: Summary | None = None
