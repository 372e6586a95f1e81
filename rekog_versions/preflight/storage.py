"""The checks of S3: buckets, manifest files, what the manifests hold, and whose the buckets are."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rekog_versions._aws.error_codes import describe_failure, is_denied, is_missing
from rekog_versions._text import printable
from rekog_versions.models.assets import S3Object
from rekog_versions.models.projects import CustomizationFeature
from rekog_versions.preflight.report import (
    Certainty,
    PreflightCheck,
    PreflightFinding,
    failed,
    not_checked,
    passed,
    warned,
)
from rekog_versions.preflight.scene import AsNamed, Scene, s3_arguments

if TYPE_CHECKING:
    from rekog_versions.manifests.check.report import ManifestReport
    from rekog_versions.manifests.check.rules import Feature
    from rekog_versions.manifests.images.image_check import ImageReader

_DENIED = "ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET"
_MOST_BUCKETS = 3


def look_at_bucket(scene: Scene, name: str, role: str) -> Iterator[PreflightFinding]:
    """Whether a bucket is there, in the project's region, and can be listed.

    Args:
        scene: The request.
        name: The bucket.
        role: What is in it, for the reader.
    """
    check, subject = PreflightCheck.BUCKET, f"s3://{name}"
    bucket = scene.bucket(name)
    where = f"the bucket of {role}"
    if bucket.error is not None and is_missing(bucket.error):
        yield failed(check, subject, f"{where} does not exist", f"Make it in {scene.region}, or name another.")
    elif bucket.region is not None and bucket.region != scene.region:
        yield failed(
            check,
            subject,
            f"{where} is in {printable(bucket.region, 100)}, the project in {scene.region}",
            f"Take a bucket in {scene.region}; the service reaches no other.",
        )
    elif bucket.error is not None and is_denied(bucket.error):
        there = f" exists and is in {bucket.region};" if bucket.region else ":"
        yield not_checked(
            check,
            subject,
            f"{where}{there} whether it can be read is not known: {describe_failure(bucket.error)}",
            "Let the caller list it; a training needs that as well.",
        )
    elif bucket.error is not None:
        raise bucket.error
    elif bucket.region is None:
        yield passed(check, subject, f"{where} exists and can be listed; S3 told no region", Certainty.LIKELY)
    else:
        yield passed(check, subject, f"{where} exists, is in {bucket.region}, and can be listed")


def _buckets_by_request(scene: Scene) -> dict[str, list[str]]:
    roles: dict[str, list[str]] = {scene.request.output_config.s3_bucket: ["the output"]}
    for role, manifests in (
        ("the training manifest", scene.training_manifests),
        ("the test manifest", scene.testing_manifests),
    ):
        for bucket in dict.fromkeys(manifest.bucket for manifest in manifests):
            roles.setdefault(bucket, []).append(role)
    return roles


def buckets(scene: Scene) -> Iterator[tuple[str, str]]:
    """The buckets that the request names, and what is in each."""
    for name, roles in _buckets_by_request(scene).items():
        yield name, " and of ".join(roles)


def images_buckets(scene: Scene) -> Sequence[str]:
    """The buckets that the manifests name most; all but one are an error of the manifests, so a few are enough."""
    if scene.report is None:
        return ()
    named = Counter(scene.report.training.buckets) + Counter(scene.report.testing.buckets)
    return [name for name, _ in named.most_common(_MOST_BUCKETS)]


def look_at_images_bucket(scene: Scene, name: str) -> Iterable[PreflightFinding]:
    """Whether the images' bucket is there, in the project's region, and can be listed."""
    # a bucket that holds something else too has been looked at for that
    return () if name in _buckets_by_request(scene) else look_at_bucket(scene, name, "the images")


def leave_images_bucket_alone(_: Scene) -> Iterable[PreflightFinding]:
    """Says that nobody knows the images' bucket."""
    what, why = "the images' bucket", "the manifests, as far as they could be read, name none"
    return [not_checked(check, what, why) for check in (PreflightCheck.BUCKET, PreflightCheck.BUCKET_OWNERS)]


def look_at_file(scene: Scene, manifest: S3Object) -> Iterator[PreflightFinding]:
    """Whether a manifest file is there, in the version that is named, and can be read."""
    check = PreflightCheck.MANIFEST_FILE
    version = f" in version {printable(manifest.version, 200)}" if manifest.version else ""
    try:
        answer = scene.client.s3.head_object(**s3_arguments(manifest))
    except Exception as error:
        if is_missing(error):
            yield failed(check, manifest.uri, f"there is no such file{version}", "Check bucket, key and version.")
            return
        if is_denied(error):
            yield not_checked(check, manifest.uri, describe_failure(error), "Let the caller read it.")
            return
        raise
    yield passed(
        check,
        manifest.uri,
        f"you can read the file{version}: {answer['ContentLength']:,} bytes. The service reads it on your behalf",
        Certainty.LIKELY,
    )


def look_at_manifests(scene: Scene, *, images: bool) -> Iterator[PreflightFinding]:
    """What the manifests hold: all that `check_manifests()` knows.

    Args:
        scene: The request; it keeps the manifests' own report.
        images: Whether to look at the images too.
    """
    from rekog_versions.manifests.check.check import check_manifests  # noqa: PLC0415  (brings msgspec)

    files = [*scene.training_manifests, *scene.testing_manifests]
    data = scene.request.testing_data
    scene.report = report = check_manifests(
        [manifest.uri for manifest in scene.training_manifests],
        [manifest.uri for manifest in scene.testing_manifests] or None,
        auto_create=bool(data and data.auto_create),
        region=scene.region,
        images=_images(scene) if images else None,
        s3=AsNamed(scene.client.s3, files),
        feature=_feature(scene),
    )
    yield _judged(report, ", ".join(manifest.uri for manifest in files), images=images)


def _judged(report: "ManifestReport", subject: str, *, images: bool) -> PreflightFinding:
    check = PreflightCheck.MANIFESTS
    terminal = dict.fromkeys(issue.code for issue in report.terminal)
    counts = [f"{count:,} x {code}" for code, count in report.counts.items() if code not in terminal]
    told = f": {', '.join(counts)}" if counts else ""
    missed = report.training.images_not_checked + report.testing.images_not_checked
    unseen = f"; {missed:,} images could not be looked at" if missed else ""
    unseen = unseen if images else "; the images were not looked at"
    next_step = "The report's manifests have each line and what to do about it: print(report.manifests)."
    if report.terminal and all(issue.code == _DENIED for issue in report.terminal):
        # what the caller may not read, the service may: it goes by the bucket's policy as well
        return not_checked(check, subject, f"they may not be read: {report.terminal[0].detail}", "Let the caller.")
    if not report.ok:
        return failed(
            check,
            subject,
            f"the training would fail for {' and '.join(terminal)}{told and f'; also{told}'}{unseen}",
            next_step,
        )
    if report.counts:
        return warned(check, subject, f"the training would start{told}{unseen}", next_step)
    sure = Certainty.LIKELY if unseen else Certainty.CERTAIN
    return passed(check, subject, f"nothing is wrong with the manifests{unseen}", sure)


def _feature(scene: Scene) -> "Feature":
    try:
        project = scene.project()
    except Exception:  # noqa: BLE001  (a finding of its own says that the project could not be looked at)
        project = None
    is_adapter = project is not None and project.feature is CustomizationFeature.CONTENT_MODERATION
    return "CONTENT_MODERATION" if is_adapter else "CUSTOM_LABELS"


def _images(scene: Scene) -> "ImageReader":
    from rekog_versions.manifests.images.readers import images_from_s3  # noqa: PLC0415  (needs the extra "images")

    return images_from_s3(scene.client)


def look_at_owners(scene: Scene, images: str) -> Iterator[PreflightFinding]:
    """Whether the images' bucket belongs to whom the manifests' buckets do."""
    check = PreflightCheck.BUCKET_OWNERS
    for name in dict.fromkeys(manifest.bucket for manifest in (*scene.training_manifests, *scene.testing_manifests)):
        subject = f"s3://{images} and s3://{name}"
        if name == images:
            yield passed(check, f"s3://{name}", "the images and the manifest are in one bucket")
            continue
        same, how = _have_one_owner(scene, images, name)
        if same is None:
            yield not_checked(check, subject, how, "Let the caller read both buckets' ACLs (s3:GetBucketAcl).")
        elif same:
            yield passed(check, subject, f"the images' bucket and the manifest's have one owner: {how}")
        else:
            yield failed(
                check,
                subject,
                f"the images' bucket and the manifest's have different owners: {how}",
                "Copy the images or the manifest to a bucket of the same account (and change each source-ref).",
            )


def _have_one_owner(scene: Scene, *names: str) -> tuple[bool | None, str]:
    """Whether buckets have one owner, and how that is known; None if it isn't."""
    try:
        acls = [scene.client.s3.get_bucket_acl(Bucket=name) for name in names]
    except Exception as error:
        if not is_denied(error):
            raise
        return _belong_to_the_account(scene, *names, why=describe_failure(error))
    owners = [acl.get("Owner", {}).get("ID") for acl in acls]
    if not all(owners):
        return None, "S3 told no owner"
    return len(set(owners)) == 1, "so their ACLs say"


def _belong_to_the_account(scene: Scene, *names: str, why: str) -> tuple[bool | None, str]:
    """The other way: S3 denies a HEAD of a bucket that belongs to another account than is expected."""
    account = scene.arn.account_id
    if any(scene.bucket(name).error is not None for name in names):
        return None, why  # it would be denied whoever owns it
    ours = [_belongs(scene, name, str(account)) for name in names]
    if all(ours):
        return True, f"both belong to account {account}"
    if any(ours):
        return False, f"one of them belongs to account {account}, the other does not"
    return None, f"neither belongs to account {account}, and {why}"


def _belongs(scene: Scene, name: str, account: str) -> bool:
    try:
        scene.client.s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)
    except Exception as error:
        if is_denied(error):
            return False
        raise
    return True
