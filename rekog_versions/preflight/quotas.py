"""The checks of the quotas: trainings at the same time in an account, and versions in a project."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rekog_versions._aws.error_codes import describe_failure
from rekog_versions.preflight.report import Certainty, Result, failed, not_checked, passed

TRAININGS, VERSIONS = "L-F1558568", "L-9CF05323"
"""The codes of the quotas in Service Quotas."""
DEFAULTS: Mapping[str, int] = {TRAININGS: 2, VERSIONS: 100}
"""AWS General Reference, "Amazon Rekognition endpoints and quotas"."""

_SERVICE = "rekognition"
_DEFAULTS_BY_REGION: Mapping[tuple[str, str], int] = {(TRAININGS, "ap-southeast-2"): 1}


@dataclass(frozen=True, slots=True)
class Quota:
    """The value of a quota and its source."""

    value: int
    source: str
    certainty: Certainty
    """CERTAIN for the account's own quota, LIKELY for a default."""


def read_quota(get_client: Callable[[], Any], code: str, region: str) -> Quota:
    """Return the account's quota, or else AWS's default from Service Quotas, or else the documented default.

    The function blocks and raises nothing.

    Args:
        get_client: Return the boto3 client for Service Quotas, or raise ValueError without a session.
        code: The quota's code.
        region: The region, which decides the documented default.
    """
    try:
        client = get_client()
        own = client.get_service_quota(ServiceCode=_SERVICE, QuotaCode=code)
        return Quota(int(own["Quota"]["Value"]), f"the account's quota {code}", Certainty.CERTAIN)
    except Exception as error:  # noqa: BLE001  (denied, never set for this account, or no client)
        why = describe_failure(error)
    try:
        default = get_client().get_aws_default_service_quota(ServiceCode=_SERVICE, QuotaCode=code)
        source = f"AWS's default of {code}; the account's own quota could not be read: {why}"
        return Quota(int(default["Quota"]["Value"]), source, Certainty.LIKELY)
    except Exception:  # noqa: BLE001  (most likely the same reason)
        value = _DEFAULTS_BY_REGION.get((code, region), DEFAULTS[code])
        source = f"the documented default of {code}; could not read Service Quotas: {why}"
        return Quota(value, source, Certainty.LIKELY)


def judge_versions(count: int, quota: Quota | None) -> Result:
    """Decide whether a project may have one more version.

    Args:
        count: The number of its versions.
        quota: The quota; None if `count` is below the default quota, so that the account's need not be read.
    """
    if quota is None:
        return passed(f"the project has {count} versions, and the default quota is {DEFAULTS[VERSIONS]}")
    if count < quota.value:
        return passed(f"the project has {count} versions, and the quota is {quota.value} ({quota.source})")
    return failed(
        f"the project has {count} versions, and the quota is {quota.value} ({quota.source})",
        f"Delete versions, or request an increase of the quota {VERSIONS}.",
        quota.certainty,
    )


def judge_trainings(running: int, quota: Quota, failures: Sequence[str]) -> Result:
    """Decide whether the account may run one more training.

    Args:
        running: The number of running trainings that were found.
        quota: The quota.
        failures: Why the versions of some projects could not be listed.
    """
    state = f"{running} trainings are running, and the quota is {quota.value} ({quota.source})"
    if running >= quota.value:
        return failed(
            state,
            f"Wait for a training to end, or request an increase of the quota {TRAININGS}. A create request over the "
            "quota is rejected and starts nothing.",
            quota.certainty,
        )
    if failures:
        return not_checked(
            f"at least {state}; the versions of {len(failures)} project{'s'[: len(failures) > 1]} could not be "
            f"listed: {failures[0]}",
            "Allow the caller to describe the versions of all projects.",
        )
    return passed(state, quota.certainty)
