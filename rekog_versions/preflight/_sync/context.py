# Generated from rekog_versions/preflight/_async/context.py. Change that file, then run scripts/unasync.py.
"""The lookups that several checks need. Each is made once."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rekog_versions._aws.errors import ClientError
from rekog_versions.arns import ProjectArn
from rekog_versions.client import VersionsClient
from rekog_versions.models.projects import CustomizationFeature, ProjectDescription
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription
from rekog_versions.preflight.buckets import BucketState, state_from_error, state_from_response
from rekog_versions.preflight.project import judge_region

if TYPE_CHECKING:
    from rekog_versions.manifests.check.report import ManifestReport

T = TypeVar("T")


class CheckContext:
    """A request, the options of `preflight()`, and the lookups that several checks need.

    A lookup that failed is not repeated: all checks that need it fail with the same error.

    Args:
        client: The client that makes the calls.
        request: The request to check.
        images: True to check the images.
        probe_output: True to write a probe object.
    """

    def __init__(
        self, client: VersionsClient, request: CreateProjectVersionRequest, *, images: bool, probe_output: bool
    ) -> None:
        self.client = client
        self.request = request
        self.images = images
        self.probe_output = probe_output
        self.arn = ProjectArn(request.project_arn)
        self.region = str(self.arn.region)
        self.report: ManifestReport | None = None
        """The report on the manifests; None until they have been checked."""
        self._results: dict[tuple[str, ...], Any] = {}
        self._errors: dict[tuple[str, ...], Exception] = {}

    @property
    def client_region(self) -> str | None:
        """The region that the client calls."""
        region: str | None = getattr(getattr(self.client.rekognition, "meta", None), "region_name", None)
        return region

    def projects(self) -> Sequence[ProjectDescription]:
        """Return all projects of the account and region, of both features, which share the quota on trainings."""
        return self._once(("projects",), self._list_projects)

    def project(self) -> ProjectDescription | None:
        """Return the project with the name in the request's ARN; None if it does not exist."""
        return next((found for found in self.projects() if found.project_name == self.arn.project_name), None)

    def versions(self, project_arn: str) -> Sequence[ProjectVersionDescription]:
        """Return all versions of a project."""
        return self._once(("versions", project_arn), lambda: self._list_versions(project_arn))

    def bucket_state(self, name: str) -> BucketState:
        """Return the response to a HEAD request for a bucket."""
        return self._once(("bucket", name), lambda: self._head_bucket(name))

    def _once(self, key: tuple[str, ...], lookup: Callable[[], T]) -> T:
        if key in self._errors:
            raise self._errors[key]
        if key not in self._results:
            try:
                self._results[key] = lookup()
            except Exception as error:
                self._errors[key] = error
                raise
        return cast("T", self._results[key])

    def _list_projects(self) -> Sequence[ProjectDescription]:
        elsewhere = judge_region(self.arn, self.client_region)
        if elsewhere is not None:  # a project of that name in the other region is not the one meant
            raise ValueError(elsewhere.message)
        pager = self.client.iter_projects(features=list(CustomizationFeature))
        return [project for project in pager]

    def _list_versions(self, project_arn: str) -> Sequence[ProjectVersionDescription]:
        return [version for version in self.client.iter_project_versions(project_arn)]

    def _head_bucket(self, name: str) -> BucketState:
        try:
            return state_from_response(self.client.run_blocking(lambda: self.client.s3.head_bucket(Bucket=name)))
        except ClientError as error:
            return state_from_error(error)
