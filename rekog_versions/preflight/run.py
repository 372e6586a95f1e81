"""`preflight`: the table of checks, and the one way in which all of them are run."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import cast, overload

from rekog_versions._aws.error_codes import describe_failure, is_denied
from rekog_versions.client import AsyncVersionsClient, VersionsClient, check_client
from rekog_versions.models.versions import CreateProjectVersionRequest
from rekog_versions.preflight.key import look_at_key
from rekog_versions.preflight.output import leave_output_alone, probe_output
from rekog_versions.preflight.project import look_at_datasets, look_at_name, look_at_project
from rekog_versions.preflight.quotas import look_at_trainings, look_at_versions
from rekog_versions.preflight.report import PreflightCheck, PreflightFinding, PreflightReport, not_checked
from rekog_versions.preflight.scene import Scene
from rekog_versions.preflight.storage import (
    buckets,
    images_buckets,
    leave_images_bucket_alone,
    look_at_bucket,
    look_at_file,
    look_at_images_bucket,
    look_at_manifests,
    look_at_owners,
)


@overload
def preflight(
    client: VersionsClient, request: CreateProjectVersionRequest, *, images: bool = ..., probe_output: bool = ...
) -> PreflightReport: ...


@overload
def preflight(
    client: AsyncVersionsClient, request: CreateProjectVersionRequest, *, images: bool = ..., probe_output: bool = ...
) -> Awaitable[PreflightReport]: ...


def preflight(
    client: VersionsClient | AsyncVersionsClient,
    request: CreateProjectVersionRequest,
    *,
    images: bool = False,
    probe_output: bool = False,
) -> PreflightReport | Awaitable[PreflightReport]:
    """Finds out all that can be known before a training is paid for.

    It looks at the project, its datasets and versions, the quotas of the account, the buckets, the manifests from their
    first line to their last, and the KMS key. It changes nothing and starts nothing; the one thing that it writes, and
    only on request, is a small object in the output bucket, which it removes again.

    A look that the caller is not allowed, or that fails on the way, makes a finding "not checked", never an error or a
    pass. A finding is certain where the service that decides has said so just now; it is likely where it follows from a
    documented rule or default, or was seen with the caller's own permissions, for the service works with those and
    with the bucket's policy. Between the check and the create everything may change.

    Args:
        client: Where to look. It needs a session, or an S3 client for all but KMS and Service Quotas.
        request: What is to be trained.
        images: Whether to look at each image in S3 too: one ranged GET an image, of its header.
        probe_output: Whether to write the probe object. It goes under the output's prefix, has a name that no other
            object has, and is encrypted with the request's KMS key if it has one. If it can't be removed, a warning
            names it.

    Returns:
        The report; with an `AsyncVersionsClient`, an awaitable of it.

    Raises:
        TypeError: `request` is no `CreateProjectVersionRequest`.
        ImportError: `images` needs Pillow, which is not installed.
    """
    check_client(client)
    if not isinstance(cast("object", request), CreateProjectVersionRequest):
        raise TypeError(
            f"expected a CreateProjectVersionRequest, got {type(request).__name__}; "
            "CreateProjectVersionRequest.from_dict(...) reads a dict"
        )
    if images:
        from rekog_versions.manifests.images.headers import require_pillow  # noqa: PLC0415  (only images need it)

        require_pillow()
    if isinstance(client, AsyncVersionsClient):
        return asyncio.to_thread(_checked, client.sync, request, images=images, probe=probe_output)
    return _checked(client, request, images=images, probe=probe_output)


@dataclass(frozen=True, slots=True)
class _Step:
    """A check of one thing."""

    check: PreflightCheck
    subject: str
    look: Callable[[], Iterable[PreflightFinding]]


def _checked(
    client: VersionsClient, request: CreateProjectVersionRequest, *, images: bool, probe: bool
) -> PreflightReport:
    scene = Scene(client, request)
    findings = [finding for step in _steps(scene, images=images, probe=probe) for finding in _done(step)]
    return PreflightReport(
        project_arn=request.project_arn,
        version_name=request.version_name,
        findings=tuple(findings),
        manifests=scene.report,
    )


def _done(step: _Step) -> Iterator[PreflightFinding]:
    try:
        yield from step.look()
    # one check that can't be made must not end the others, whatever the reason
    except Exception as error:  # noqa: BLE001
        next_step = "Let the caller do that, or check it with other credentials." if is_denied(error) else None
        yield not_checked(step.check, step.subject, describe_failure(error), next_step)


def _steps(scene: Scene, *, images: bool, probe: bool) -> Iterator[_Step]:
    """The table: what is looked at for this request, in this order."""
    request = scene.request
    project = request.project_arn
    yield _Step(PreflightCheck.PROJECT, project, partial(look_at_project, scene))
    yield _Step(PreflightCheck.DATASETS, project, partial(look_at_datasets, scene))
    yield _Step(PreflightCheck.VERSION_NAME, request.version_name, partial(look_at_name, scene))
    yield _Step(PreflightCheck.VERSIONS_QUOTA, project, partial(look_at_versions, scene))
    yield _Step(PreflightCheck.TRAININGS_QUOTA, f"account {scene.arn.account_id}", partial(look_at_trainings, scene))
    for name, role in buckets(scene):
        yield _Step(PreflightCheck.BUCKET, f"s3://{name}", partial(look_at_bucket, scene, name, role))
    files = (*scene.training_manifests, *scene.testing_manifests)
    for manifest in files:
        yield _Step(PreflightCheck.MANIFEST_FILE, manifest.uri, partial(look_at_file, scene, manifest))
    if files:
        named = ", ".join(manifest.uri for manifest in files)
        yield _Step(PreflightCheck.MANIFESTS, named, partial(look_at_manifests, scene, images=images))
        # only now is it known where the images are
        yield from _steps_of_images(scene)
    if request.kms_key_id is not None:
        yield _Step(PreflightCheck.KMS_KEY, request.kms_key_id, partial(look_at_key, scene, request.kms_key_id))
    output = probe_output if probe else leave_output_alone
    yield _Step(PreflightCheck.OUTPUT, f"s3://{request.output_config.s3_bucket}", partial(output, scene))


def _steps_of_images(scene: Scene) -> Iterator[_Step]:
    names = images_buckets(scene)
    for name in names:
        subject = f"s3://{name}"
        yield _Step(PreflightCheck.BUCKET, subject, partial(look_at_images_bucket, scene, name))
        yield _Step(PreflightCheck.BUCKET_OWNERS, subject, partial(look_at_owners, scene, name))
    if not names:
        yield _Step(PreflightCheck.BUCKET, "the images' bucket", partial(leave_images_bucket_alone, scene))
