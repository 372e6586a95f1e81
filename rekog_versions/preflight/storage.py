"""The checks of S3: buckets, manifest files, what the manifests hold, and whose the buckets are."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

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
from rekog_versions.preflight.scene import Scene, s3_arguments
from rekog_versions.refusals import is_denied, is_missing, why_failed

_SHOWN = 8
"""So many codes are named in a message; the report has all."""


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
            f"{where}{there} whether it can be read is not known: {why_failed(bucket.error)}",
            "Let the caller list it; a training needs that as well.",
        )
    elif bucket.error is not None:
        raise bucket.error
    elif bucket.region is None:
        yield passed(check, subject, f"{where} exists and can be listed; S3 told no region", Certainty.LIKELY)
    else:
        yield passed(check, subject, f"{where} exists, is in {bucket.region}, and can be listed")


def look_at_images_bucket(scene: Scene) -> Iterator[PreflightFinding]:
    """Whether the images' bucket is there, in the project's region, and can be listed."""
    name = scene.images_bucket()
    if name is None:
        yield not_checked(
            PreflightCheck.BUCKET,
            "the images' bucket",
            "the first lines of the training manifest name no bucket",
            "Write each image's place as s3://bucket/key.",
        )
    # a bucket that holds something else too has been looked at for that
    elif name not in _buckets_by_request(scene):
        yield from look_at_bucket(scene, name, "the images")


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
            hint = "S3 answers the same for a file that is not there, unless the caller may list the bucket"
            yield not_checked(check, manifest.uri, f"{why_failed(error)}. {hint}", "Let the caller read it.")
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
    from rekog_versions.manifests.check import check_manifests  # noqa: PLC0415  (brings msgspec)

    check = PreflightCheck.MANIFESTS
    subject = ", ".join(manifest.uri for manifest in (*scene.training_manifests, *scene.testing_manifests))
    data = scene.request.testing_data
    report = check_manifests(
        [_source(scene, manifest) for manifest in scene.training_manifests],
        [_source(scene, manifest) for manifest in scene.testing_manifests] or None,
        auto_create=bool(data and data.auto_create),
        region=scene.region,
        images=_images(scene) if images else None,
        s3=scene.client.s3,
        feature=_feature(scene),
    )
    scene.report = report
    counts = Counter(issue.code for issue in report.issues)
    found = ", ".join(f"{count:,} x {printable(code, 100)}" for code, count in counts.most_common(_SHOWN))
    more = f" and {len(counts) - _SHOWN} more codes" if len(counts) > _SHOWN else ""
    told = f": {found}{more}" if counts else ""
    unseen = "" if images else "; the images were not looked at"
    next_step = "report.manifests has every line with what to do about it."
    if not report.ok:
        yield failed(check, subject, f"the training would fail{told}{unseen}", next_step)
    elif counts:
        yield warned(check, subject, f"the training would start{told}{unseen}", next_step)
    else:
        sure = Certainty.CERTAIN if images else Certainty.LIKELY
        yield passed(check, subject, f"nothing is wrong with the manifests{unseen}", sure)


def _feature(scene: Scene) -> str:
    try:
        project = scene.project()
    except Exception:  # noqa: BLE001  (a finding of its own says that the project could not be looked at)
        project = None
    return str((project and project.feature) or CustomizationFeature.CUSTOM_LABELS)


def _source(scene: Scene, manifest: S3Object) -> Any:
    # a URI names no version, so such a file is handed over open
    return scene.client.s3.get_object(**s3_arguments(manifest))["Body"] if manifest.version else manifest.uri


def _images(scene: Scene) -> Any:
    from rekog_versions.manifests.images import s3_images  # noqa: PLC0415  (needs the extra "images")

    return s3_images(scene.client)


def look_at_owners(scene: Scene) -> Iterator[PreflightFinding]:
    """Whether the images' bucket belongs to whom the manifests' buckets do."""
    check = PreflightCheck.BUCKET_OWNERS
    images = scene.images_bucket()
    if images is None:
        return  # that no line names one has been said
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
        return _belong_to_the_account(scene, *names, why=why_failed(error))
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
