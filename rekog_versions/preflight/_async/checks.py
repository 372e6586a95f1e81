"""The table of checks, and a function for each check.

A check calls AWS through the context, and a function without I/O (`judge_...`) decides on the response. A check need
not handle exceptions: `run_checks()` turns them into findings "not checked".
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rekog_versions._aws.error_codes import describe_failure, error_code, is_denied
from rekog_versions._aws.s3 import S3Location
from rekog_versions.errors import ResourceNotFoundError
from rekog_versions.manifests.check.report import ManifestReport
from rekog_versions.models.projects import CustomizationFeature
from rekog_versions.preflight._async.context import AsyncCheckContext
from rekog_versions.preflight.buckets import Bucket, BucketPair, judge_bucket, judge_owners, judge_owners_by_account
from rekog_versions.preflight.key import judge_key, judge_missing_key
from rekog_versions.preflight.manifests import (
    bucket_pairs_of,
    buckets_of,
    image_buckets_of,
    judge_content,
    judge_file,
    judge_file_error,
    manifests_of,
    testing_manifests,
    training_manifests,
)
from rekog_versions.preflight.output import output_not_probed, output_uri, probe_output
from rekog_versions.preflight.project import judge_datasets, judge_project, judge_region, judge_version_name
from rekog_versions.preflight.quotas import (
    DEFAULTS,
    TRAININGS,
    VERSIONS,
    Quota,
    judge_trainings,
    judge_versions,
    read_quota,
)
from rekog_versions.preflight.report import PreflightCheck, PreflightFinding, Result, not_checked
from rekog_versions.statuses import ProjectVersionStatus

SubjectT = TypeVar("SubjectT")


_GRANT = "Grant the caller this permission, or use other credentials."
_AGAIN = "Resolve the other findings, and run the checks again."


@dataclass(frozen=True, slots=True)
class AsyncCheck(Generic[SubjectT]):
    """One row of the table of checks.

    Attributes:
        check: The name of the check in the report.
        subjects: Return what to check. It is called just before the check, so it can use earlier checks' results.
        run: Check one subject.
    """

    check: PreflightCheck
    subjects: Callable[[AsyncCheckContext], Sequence[SubjectT]]
    run: Callable[[AsyncCheckContext, SubjectT], Awaitable[Sequence[Result]]]


async def run_checks(context: AsyncCheckContext) -> list[PreflightFinding]:
    """Run all checks, in the order of the table. A check that raises gives a finding "not checked"."""
    findings: list[PreflightFinding] = []
    for check in CHECKS:
        for subject in check.subjects(context):
            try:
                results = await check.run(context, subject)
            except Exception as error:  # noqa: BLE001  (one check must not end the others)
                step = _GRANT if is_denied(error) else _AGAIN
                results = [not_checked(describe_failure(error), step)]
            findings += [result.finding(check.check, str(subject)) for result in results]
    return findings


async def check_project(context: AsyncCheckContext, _: str) -> Sequence[Result]:
    """Check that the project exists, is in the client's region, and is ready."""
    wrong_region = judge_region(context.arn, context.client_region)
    return [wrong_region or judge_project(context.arn, await context.project())]


async def check_datasets(context: AsyncCheckContext, _: str) -> Sequence[Result]:
    """Check that the project has no datasets, or those that the request needs."""
    project = await context.project()
    return [] if project is None else list(judge_datasets(context.request, project))


async def check_version_name(context: AsyncCheckContext, name: str) -> Sequence[Result]:
    """Check that no version of the project has the name."""
    return [judge_version_name(name, await context.versions(context.request.project_arn))]


async def check_versions_quota(context: AsyncCheckContext, project_arn: str) -> Sequence[Result]:
    """Check that the project may have one more version."""
    count = len(await context.versions(project_arn))
    return [judge_versions(count, None if count < DEFAULTS[VERSIONS] else await _quota(context, VERSIONS))]


async def check_trainings_quota(context: AsyncCheckContext, _: str) -> Sequence[Result]:
    """Check that the account may run one more training in the region."""
    quota = await _quota(context, TRAININGS)
    running, failures = 0, list[str]()
    for project in await context.projects():
        if running >= quota.value:
            break  # more trainings would not change the result
        try:
            versions = await context.versions(str(project.project_arn))
        except ResourceNotFoundError:
            continue  # the project was deleted meanwhile, so it had no versions
        except Exception as error:  # noqa: BLE001  (the caller may be allowed to list some projects only)
            failures.append(describe_failure(error))
        else:
            running += sum(version.status is ProjectVersionStatus.TRAINING_IN_PROGRESS for version in versions)
    return [judge_trainings(running, quota, failures)]


async def _quota(context: AsyncCheckContext, code: str) -> Quota:
    client = context.client
    return await client.run_blocking(read_quota, lambda: client.service("service-quotas"), code, context.region)


async def check_bucket(context: AsyncCheckContext, bucket: Bucket) -> Sequence[Result]:
    """Check that a bucket exists, is in the project's region, and can be listed."""
    return [judge_bucket(bucket, await context.bucket_state(bucket.name), context.region)]


async def check_manifest_file(context: AsyncCheckContext, location: S3Location) -> Sequence[Result]:
    """Check that a manifest file exists, in the version that the request names, and can be read."""
    try:
        response = await context.client.run_blocking(lambda: context.client.s3.head_object(**location.arguments()))
    except Exception as error:  # noqa: BLE001  (raised again unless the file is missing or denied)
        return [judge_file_error(location, error)]
    return [judge_file(location, response["ContentLength"])]


async def check_manifest_content(context: AsyncCheckContext, _: str) -> Sequence[Result]:
    """Check the content of the manifests, and the images on request."""
    try:
        project = await context.project()
    except Exception:  # noqa: BLE001  (the check of the project reports it)
        project = None
    is_adapter = project is not None and project.feature is CustomizationFeature.CONTENT_MODERATION
    context.report = await context.client.run_blocking(_check_manifests, context, is_adapter)
    return [judge_content(context.report, images=context.images)]


def _check_manifests(context: AsyncCheckContext, is_adapter: bool) -> ManifestReport:
    from rekog_versions.manifests import check_manifests, images_from_s3  # noqa: PLC0415  (imports msgspec)

    data, s3 = context.request.testing_data, context.client.s3
    return check_manifests(
        training_manifests(context.request),
        testing_manifests(context.request) or None,
        auto_create=bool(data and data.auto_create),
        region=context.region,
        images=images_from_s3(s3) if context.images else None,
        s3=s3,
        feature="CONTENT_MODERATION" if is_adapter else "CUSTOM_LABELS",
    )


async def check_unknown_images(_: AsyncCheckContext, __: str) -> Sequence[Result]:
    """Report that the bucket of the images is unknown."""
    return [not_checked("the manifests, as far as they could be read, name no bucket", _AGAIN)]


async def check_owners(context: AsyncCheckContext, pair: BucketPair) -> Sequence[Result]:
    """Check that the bucket of the images and a bucket of manifests have the same owner."""
    if pair.images == pair.manifests:
        return [judge_owners(pair, ())]
    names = (pair.images, pair.manifests)
    try:
        owners = [await _acl_owner(context, name) for name in names]
    except Exception as error:
        if not is_denied(error):
            raise
        why = describe_failure(error)
    else:
        return [judge_owners(pair, owners)]
    # S3 denies a HEAD request for a bucket that does not belong to the expected account
    account, belongs = str(context.arn.account_id), list[bool]()
    states = [await context.bucket_state(name) for name in names]
    if not any(state.error for state in states):
        belongs = [await _belongs(context, name, account) for name in names]
    return [judge_owners_by_account(account, belongs, why)]


async def _acl_owner(context: AsyncCheckContext, name: str) -> str | None:
    acl: Any = await context.client.run_blocking(lambda: context.client.s3.get_bucket_acl(Bucket=name))
    owner: str | None = acl.get("Owner", {}).get("ID")
    return owner


async def _belongs(context: AsyncCheckContext, name: str, account: str) -> bool:
    client = context.client
    try:
        await client.run_blocking(lambda: client.s3.head_bucket(Bucket=name, ExpectedBucketOwner=account))
    except Exception as error:
        if is_denied(error):
            return False
        raise
    return True


async def check_key(context: AsyncCheckContext, key: str) -> Sequence[Result]:
    """Check that a KMS key exists, is enabled, and has the right type."""
    client = context.client
    try:
        response = await client.run_blocking(lambda: client.service("kms").describe_key(KeyId=key))
    except Exception as error:
        if error_code(error) == "NotFoundException":
            return [judge_missing_key(context.region)]
        raise
    return [judge_key(response["KeyMetadata"])]


async def check_output(context: AsyncCheckContext, _: str) -> Sequence[Result]:
    """Check, on request, that the caller can write where the results go."""
    if not context.probe_output:
        return [output_not_probed()]
    return await context.client.run_blocking(probe_output, lambda: context.client.s3, context.request)


def _project_arn(context: AsyncCheckContext) -> Sequence[str]:
    return [context.request.project_arn]


def _image_buckets(context: AsyncCheckContext) -> Sequence[Bucket]:
    checked = {bucket.name for bucket in buckets_of(context.request)}
    names = image_buckets_of(context.report)
    return [Bucket(name, "the images") for name in names if name not in checked]


def _unknown_images(context: AsyncCheckContext) -> Sequence[str]:
    is_unknown = manifests_of(context.request) and not image_buckets_of(context.report)
    return ["the images' bucket"] if is_unknown else []


def _manifest_content(context: AsyncCheckContext) -> Sequence[str]:
    manifests = manifests_of(context.request)
    return [", ".join(manifest.uri for manifest in manifests)] if manifests else []


def _key(context: AsyncCheckContext) -> Sequence[str]:
    return [] if context.request.kms_key_id is None else [context.request.kms_key_id]


CHECKS: Sequence[AsyncCheck[Any]] = (
    AsyncCheck(PreflightCheck.PROJECT, _project_arn, check_project),
    AsyncCheck(PreflightCheck.DATASETS, _project_arn, check_datasets),
    AsyncCheck(PreflightCheck.VERSION_NAME, lambda context: [context.request.version_name], check_version_name),
    AsyncCheck(PreflightCheck.VERSIONS_QUOTA, _project_arn, check_versions_quota),
    AsyncCheck(
        PreflightCheck.TRAININGS_QUOTA,
        lambda context: [f"account {context.arn.account_id} in {context.region}"],
        check_trainings_quota,
    ),
    AsyncCheck(PreflightCheck.BUCKET, lambda context: buckets_of(context.request), check_bucket),
    AsyncCheck(
        PreflightCheck.MANIFEST_FILE,
        lambda context: [S3Location.of(manifest) for manifest in manifests_of(context.request)],
        check_manifest_file,
    ),
    AsyncCheck(PreflightCheck.MANIFESTS, _manifest_content, check_manifest_content),
    AsyncCheck(PreflightCheck.BUCKET, _image_buckets, check_bucket),
    AsyncCheck(
        PreflightCheck.BUCKET_OWNERS, lambda context: bucket_pairs_of(context.request, context.report), check_owners
    ),
    AsyncCheck(PreflightCheck.BUCKET, _unknown_images, check_unknown_images),
    AsyncCheck(PreflightCheck.BUCKET_OWNERS, _unknown_images, check_unknown_images),
    AsyncCheck(PreflightCheck.KMS_KEY, _key, check_key),
    AsyncCheck(PreflightCheck.OUTPUT, lambda context: [output_uri(context.request)], check_output),
)
"""All checks. An entry without subjects is skipped."""
