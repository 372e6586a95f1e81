"""What the checks share: the request, and each look that several of them need, made once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.exceptions import ClientError

from rekog_versions._aws.error_codes import code_and_status
from rekog_versions.arns import ProjectArn
from rekog_versions.client import VersionsClient
from rekog_versions.models.assets import Asset, S3Object
from rekog_versions.models.projects import CustomizationFeature, ProjectDescription
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription

if TYPE_CHECKING:
    from rekog_versions.manifests.check.report import ManifestReport

T = TypeVar("T")
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
            if code_and_status(error)[1] not in _TOLD:
                raise
            return Bucket(_region_in(error.response), error)
        return Bucket(_region_in(answer))


class _Failed:
    def __init__(self, error: Exception) -> None:
        self.error = error


class AsNamed:
    """S3 as `check_manifests()` reads it, who knows a manifest by its URI only: adds the version that is named.

    Args:
        s3: boto3's client.
        manifests: In the order in which they are read: one key may be named twice, in two versions.
    """

    def __init__(self, s3: Any, manifests: Iterable[S3Object]) -> None:
        self._s3 = s3
        self._left = list(manifests)

    def get_object(self, *, Bucket: str, Key: str) -> Any:  # noqa: N803  (boto3's names)
        """Reads the first of the manifests that has that bucket and key and was not read before."""
        asked = (Bucket, Key)
        place = next(place for place in self._left if (place.bucket, place.name) == asked)
        self._left.remove(place)
        return self._s3.get_object(**s3_arguments(place))


def s3_arguments(place: S3Object) -> dict[str, str]:
    """A file as boto3's methods name it, in the version that the request names."""
    version = {"VersionId": place.version} if place.version else {}
    return {"Bucket": place.bucket, "Key": place.name, **version}


def _objects(assets: Iterable[Asset]) -> Sequence[S3Object]:
    return [asset.ground_truth_manifest.s3_object for asset in assets]


def _region_in(answer: Any) -> str | None:
    region = answer.get("BucketRegion") or answer["ResponseMetadata"].get("HTTPHeaders", {}).get("x-amz-bucket-region")
    return None if region is None else str(region)
