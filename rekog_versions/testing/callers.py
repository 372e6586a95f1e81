"""Who makes a call, as moto's IAM and STS know it."""

from typing import Any, cast

from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from rekog_versions.testing.policies import Caller


def identify(account_id: str, access_key_id: str, region: str) -> Caller:
    """Says who an access key belongs to.

    Args:
        account_id: The account that moto counts the call to.
        access_key_id: The key that the request was signed with.
        region: The region of the call.

    Returns:
        The caller: an IAM user, the session of a role, or for a key that moto doesn't know its user "moto".
    """
    sts = cast("Any", sts_backends)[account_id][get_partition(region)]
    _, arn, _ = sts.get_caller_identity(access_key_id, region)
    role = sts.get_assumed_role_from_access_key(access_key_id)
    return Caller(account_id, arn, frozenset({arn, role.role_arn} if role else {arn}))
