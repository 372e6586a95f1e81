"""The checks of the quotas: how many trainings the account may run at a time, how many versions a project may have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rekog_versions._aws.error_codes import describe_failure
from rekog_versions.errors import ResourceNotFoundError
from rekog_versions.preflight.report import (
    Certainty,
    PreflightCheck,
    PreflightFinding,
    failed,
    not_checked,
    passed,
)
from rekog_versions.preflight.scene import Scene
from rekog_versions.statuses import ProjectVersionStatus

_SERVICE = "rekognition"
_TRAININGS, _VERSIONS = "L-F1558568", "L-9CF05323"
_DEFAULTS: Mapping[str, int] = {_TRAININGS: 2, _VERSIONS: 100}
"""AWS General Reference, "Amazon Rekognition endpoints and quotas"."""
_DEFAULTS_OF_REGIONS: Mapping[tuple[str, str], int] = {(_TRAININGS, "ap-southeast-2"): 1}


@dataclass(frozen=True, slots=True)
class _Quota:
    """A quota and where it is known from."""

    value: int
    source: str
    is_the_accounts: bool
    """Whether it holds for this account, rather than for accounts by default."""


def look_at_versions(scene: Scene) -> Iterator[PreflightFinding]:
    """Whether the project may have one more version."""
    check, subject = PreflightCheck.VERSIONS_QUOTA, scene.request.project_arn
    count = len(scene.versions(scene.request.project_arn))
    default = _DEFAULTS[_VERSIONS]
    if count < default:
        yield passed(check, subject, f"the project has {count} versions, the default quota is {default}")
        return
    quota = _quota(scene, _VERSIONS)
    if count < quota.value:
        yield passed(check, subject, f"the project has {count} versions of {quota.value} ({quota.source})")
        return
    yield failed(
        check,
        subject,
        f"the project has {count} versions, and {quota.value} are allowed ({quota.source})",
        f"Delete versions, or have the quota {_VERSIONS} raised.",
        _certainty(quota),
    )


def look_at_trainings(scene: Scene) -> Iterator[PreflightFinding]:
    """Whether the account may run one more training in the region."""
    check, subject = PreflightCheck.TRAININGS_QUOTA, f"account {scene.arn.account_id} in {scene.region}"
    quota = _quota(scene, _TRAININGS)
    going, unseen = 0, list[str]()
    for project in scene.projects():
        if going >= quota.value:
            break  # more would change nothing
        try:
            versions = scene.versions(str(project.project_arn))
        except ResourceNotFoundError:
            continue  # deleted since, and only a project without versions can be
        # a caller may be allowed to see some of the projects only
        except Exception as error:  # noqa: BLE001
            unseen.append(describe_failure(error))
            continue
        going += sum(version.status is ProjectVersionStatus.TRAINING_IN_PROGRESS for version in versions)
    allowed = f"{quota.value} may at a time ({quota.source})"
    if going >= quota.value:
        yield failed(
            check,
            subject,
            f"{going} trainings go on, and {allowed}",
            f"Wait for one to end, or have the quota {_TRAININGS} raised. A create that it refuses starts nothing.",
            _certainty(quota),
        )
    elif unseen:
        yield not_checked(
            check,
            subject,
            f"at least {going} trainings go on, and {allowed}; {len(unseen)} project{'s'[: len(unseen) > 1]} could not "
            f"be looked at: {unseen[0]}",
            "Let the caller describe the versions of all projects.",
        )
    else:
        yield passed(check, subject, f"{going} trainings go on, and {allowed}", _certainty(quota))


def _certainty(quota: _Quota) -> Certainty:
    return Certainty.CERTAIN if quota.is_the_accounts else Certainty.LIKELY


def _quota(scene: Scene, code: str) -> _Quota:
    """The account's quota, else AWS's default as Service Quotas tells it, else as it is documented."""
    try:
        quotas = scene.client.service("service-quotas")
    except ValueError as error:
        return _documented(scene, code, describe_failure(error))
    try:
        own = quotas.get_service_quota(ServiceCode=_SERVICE, QuotaCode=code)
        return _Quota(int(own["Quota"]["Value"]), f"the account's quota {code}", is_the_accounts=True)
    except Exception as error:  # noqa: BLE001  (denied, or never set for this account; it is told below)
        why = describe_failure(error)
    try:
        default = quotas.get_aws_default_service_quota(ServiceCode=_SERVICE, QuotaCode=code)
        source = f"AWS's default of {code}; the account's own was not told: {why}"
        return _Quota(int(default["Quota"]["Value"]), source, is_the_accounts=False)
    except Exception:  # noqa: BLE001  (most likely for the same reason)
        return _documented(scene, code, why)


def _documented(scene: Scene, code: str, why: str) -> _Quota:
    value = _DEFAULTS_OF_REGIONS.get((code, scene.region), _DEFAULTS[code])
    source = f"the documented default of {code}; Service Quotas was not to be had: {why}"
    return _Quota(value, source, is_the_accounts=False)
