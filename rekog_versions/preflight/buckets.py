"""Decide on the checks of buckets: existence, region, access and owner. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rekog_versions._aws.error_codes import code_and_status, describe_failure, is_denied, is_missing
from rekog_versions._aws.errors import ClientError
from rekog_versions._text import printable
from rekog_versions.preflight.report import Certainty, Result, failed, not_checked, passed

_EXPECTED = frozenset({301, 307, 400, 403, 404})
"""The statuses of S3 that say something about the bucket: it is elsewhere, denied or missing."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, and its content as text."""

    name: str
    content: str

    def __str__(self) -> str:
        return f"s3://{self.name}"


@dataclass(frozen=True, slots=True)
class BucketPair:
    """The bucket of the images and a bucket of manifests."""

    images: str
    manifests: str

    def __str__(self) -> str:
        if self.images == self.manifests:
            return f"s3://{self.images}"
        return f"s3://{self.images} and s3://{self.manifests}"


@dataclass(frozen=True, slots=True)
class BucketState:
    """The response to a HEAD request for a bucket."""

    region: str | None
    """The region, which S3 also returns with a denial."""
    error: ClientError | None = None
    """The denial or other error; None if the caller can list the bucket."""


def state_from_response(response: Mapping[str, Any]) -> BucketState:
    """Return the state of a bucket from the response of HeadBucket."""
    return BucketState(_region(response))


def state_from_error(error: ClientError) -> BucketState:
    """Return the state of a bucket from the error of HeadBucket.

    Raises:
        ClientError: The error itself, if it says nothing about the bucket.
    """
    if code_and_status(error)[1] not in _EXPECTED:
        raise error
    return BucketState(_region(error.response), error)


def _region(response: Mapping[str, Any]) -> str | None:
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    region = response.get("BucketRegion") or headers.get("x-amz-bucket-region")
    return None if region is None else str(region)


def judge_bucket(bucket: Bucket, state: BucketState, region: str) -> Result:
    """Decide whether a bucket exists, is in the project's region, and can be listed.

    Raises:
        ClientError: S3 returned an error that says none of this.
    """
    name, error = f"the bucket of {bucket.content}", state.error
    if error is not None and is_missing(error):
        return failed(f"{name} does not exist", f"Create it in {region}, or name another bucket.")
    if state.region is not None and state.region != region:
        return failed(
            f"{name} is in {printable(state.region, 100)}, but the project is in {region}",
            f"Use a bucket in {region}. The service can't access other regions.",
        )
    if error is not None and is_denied(error):
        known = f" exists and is in {state.region}; it" if state.region else ""
        return not_checked(
            f"{name}{known} could not be checked for read access: {describe_failure(error)}",
            "Allow the caller to list the bucket. The training needs this permission too.",
        )
    if error is not None:
        raise error
    if state.region is None:
        return passed(f"{name} exists and can be listed; S3 returned no region", Certainty.LIKELY)
    return passed(f"{name} exists, is in {state.region}, and can be listed")


def judge_owners(pair: BucketPair, owners: Sequence[str | None]) -> Result:
    """Decide whether two buckets have the same owner.

    Args:
        pair: The buckets.
        owners: The owners' ids in the buckets' ACLs; empty for one bucket, which needs no request.
    """
    if pair.images == pair.manifests:
        return passed("the images and the manifest are in the same bucket")
    if not all(owners):
        return _unknown_owner("S3 returned no owner")
    return _owners(len(set(owners)) == 1, "according to their ACLs")


def judge_owners_by_account(account: str, belongs: Sequence[bool], why: str) -> Result:
    """Decide whether two buckets have the same owner, if their ACLs could not be read.

    Args:
        account: The account of the project.
        belongs: For each bucket, True if it belongs to that account. Empty if that is unknown.
        why: Why the ACLs could not be read.
    """
    if not belongs:
        return _unknown_owner(why)
    if all(belongs):
        return _owners(True, f"both belong to account {account}")
    if any(belongs):
        return _owners(False, f"only one of them belongs to account {account}")
    return _unknown_owner(f"neither belongs to account {account}, and {why}")


def _owners(are_same: bool, how: str) -> Result:
    if are_same:
        return passed(f"the buckets of the images and of the manifest have the same owner: {how}")
    return failed(
        f"the buckets of the images and of the manifest have different owners: {how}",
        "Copy the images or the manifest to a bucket of the same account, and change each source-ref.",
    )


def _unknown_owner(why: str) -> Result:
    return not_checked(why, "Allow the caller to read the ACLs of both buckets (s3:GetBucketAcl).")
