"""What the checks share: the request, and each look that several of them need, made once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.exceptions import ClientError

from rekog_versions.arns import ProjectArn
from rekog_versions.client import VersionsClient
from rekog_versions.faults import answered
from rekog_versions.manifests.lines import parse
from rekog_versions.models.assets import Asset, S3Object
from rekog_versions.models.projects import CustomizationFeature, ProjectDescription
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription

if TYPE_CHECKING:
    from rekog_versions.manifests.check import ManifestReport

T = TypeVar("T")
_HEAD_OF_A_MANIFEST = 1 << 18
"""Bytes: a line has at most 100,000 characters, so at least one is whole."""
# what S3 answers to a HEAD of a bucket that it knows, or knows not to be there
_TOLD = frozenset({301, 307, 400, 403, 404})


@dataclass(frozen=True, slots=True)
class Bucket:
    """What HeadBucket said of a bucket."""

    region: str | None
    """S3 tells it even to those whom it denies the rest."""
    error: ClientError | None = None
    """None if the caller can list it."""


class Scene:
    """One request, and what is known of its surroundings.

    A look that fails is not made again: everything that depends on it fails alike.

    Args:
        client: Where to look.
        request: What is to be trained.
    """

    def __init__(self, client: VersionsClient, request: CreateProjectVersionRequest) -> None:
        self.client = client
        self.request = request
        self.arn = ProjectArn(request.project_arn)
        self.report: ManifestReport | None = None
        """What the check of the manifests found, once it is done."""
        self._looks: dict[object, Any] = {}

    def _once(self, key: object, look: Callable[[], T]) -> T:
        if key not in self._looks:
            try:
                self._looks[key] = look()
            except Exception as error:  # noqa: BLE001  (raised below, to each who asks)
                self._looks[key] = _Failed(error)
        found = self._looks[key]
        if isinstance(found, _Failed):
            raise found.error
        return cast("T", found)

    @property
    def region(self) -> str:
        """The project's region, where all of the training takes place."""
        return str(self.arn.region)

    @property
    def training_manifests(self) -> Sequence[S3Object]:
        """The manifests to train on; none where the project's datasets are used."""
        data = self.request.training_data
        return _objects(data.assets if data else ())

    @property
    def testing_manifests(self) -> Sequence[S3Object]:
        """The manifests to test on; none where the test images are held back, or the project's datasets are used."""
        data = self.request.testing_data
        return () if data is None or data.auto_create else _objects(data.assets or ())

    def projects(self) -> list[ProjectDescription]:
        """All projects of the account and region, of both features: they share the quota on trainings."""
        return self._once("projects", lambda: list(self.client.iter_projects(features=list(CustomizationFeature))))

    def project(self) -> ProjectDescription | None:
        """The project of the request's name; None if there is none."""
        return next((found for found in self.projects() if found.project_name == self.arn.project_name), None)

    def versions(self, project_arn: str) -> list[ProjectVersionDescription]:
        """All versions of a project."""
        return self._once(("versions", project_arn), lambda: list(self.client.iter_project_versions(project_arn)))

    def bucket(self, name: str) -> Bucket:
        """What HeadBucket says of a bucket."""
        return self._once(("bucket", name), lambda: self._head_bucket(name))

    def _head_bucket(self, name: str) -> Bucket:
        try:
            answer = self.client.s3.head_bucket(Bucket=name)
        except ClientError as error:
            if answered(error)[1] not in _TOLD:
                raise
            return Bucket(_region_in(error.response), error)
        return Bucket(_region_in(answer))

    def images_bucket(self) -> str | None:
        """The bucket that the first lines of the training manifest name; None if they name none.

        One is enough: images in several buckets are an error of the manifest, and found there.
        """
        return self._once("images", self._find_images_bucket)

    def _find_images_bucket(self) -> str | None:
        for manifest in self.training_manifests:
            for text in self._head(manifest).splitlines():
                bucket = _bucket_of(text)
                if bucket:
                    return bucket
        return None


    def _head(self, manifest: S3Object) -> bytes:
        wanted = f"bytes=0-{_HEAD_OF_A_MANIFEST - 1}"
        try:
            answer = self.client.s3.get_object(Range=wanted, **s3_arguments(manifest))
        except ClientError as error:
            if answered(error)[0] == "InvalidRange":  # an empty file has no first byte
                return b""
            raise
        with answer["Body"] as body:
            head: bytes = body.read()
        return head


class _Failed:
    def __init__(self, error: Exception) -> None:
        self.error = error


def s3_arguments(place: S3Object) -> dict[str, str]:
    """A file as boto3's methods name it, in the version that the request names."""
    version = {"VersionId": place.version} if place.version else {}
    return {"Bucket": place.bucket, "Key": place.name, **version}


def _objects(assets: Iterable[Asset]) -> Sequence[S3Object]:
    return [asset.ground_truth_manifest.s3_object for asset in assets]


def _region_in(answer: Any) -> str | None:
    region = answer.get("BucketRegion") or answer["ResponseMetadata"].get("HTTPHeaders", {}).get("x-amz-bucket-region")
    return None if region is None else str(region)


def _bucket_of(text: bytes) -> str | None:
    entry = parse(text.decode("utf-8-sig", "replace")).entry or {}
    reference = entry.get("source-ref")
    if not isinstance(reference, str) or not reference.startswith("s3://"):
        return None
    return reference.removeprefix("s3://").partition("/")[0] or None
