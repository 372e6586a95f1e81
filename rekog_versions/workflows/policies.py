"""IAM policies for the roles of a pipeline: who trains, hosts, detects, promotes and stops.

A policy allows the calls that this package makes for a role, and the actions that the service needs for the caller. The
latter are from the managed policy AmazonRekognitionCustomLabelsFullAccess. Actions that can be limited to a resource
are from the Service Authorization Reference, "Actions, resources, and condition keys for Amazon Rekognition".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from rekog_versions._text import printable

__all__ = ["PipelineRole", "policy_document"]

PipelineRole: TypeAlias = Literal["train", "host", "detect", "promote", "stop"]
"""A role in a pipeline."""
Scope: TypeAlias = Literal["project", "buckets", "objects", "account"]
"""The resources of a permission: those of the project, the buckets, their objects, or all of the account."""


@dataclass(frozen=True)
class Permission:
    """One action of a role.

    Attributes:
        action: The action.
        scope: The resources on which it is allowed.
        by_service: True if the service needs it for the caller, and this package makes no such call.
    """

    action: str
    scope: Scope
    by_service: bool = False


def _each(scope: Scope, *actions: str, by_service: bool = False) -> tuple[Permission, ...]:
    return tuple(Permission(action, scope, by_service) for action in actions)


_READ_VERSIONS = (
    *_each("account", "rekognition:DescribeProjects"),
    *_each("project", "rekognition:DescribeProjectVersions"),
)
_READ_FILES = (*_each("buckets", "s3:ListBucket"), *_each("objects", "s3:GetObject"))
_START_AND_STOP = _each("project", "rekognition:StartProjectVersion", "rekognition:StopProjectVersion")

PERMISSIONS: Mapping[PipelineRole, Sequence[Permission]] = {
    "train": (
        *_READ_VERSIONS,
        *_each("project", "rekognition:CreateProjectVersion"),
        *_each("project", "rekognition:TagResource", by_service=True),
        *_READ_FILES,
        *_each("buckets", "s3:GetBucketAcl", "s3:GetBucketLocation", by_service=True),
        *_each(
            "objects",
            "s3:GetObjectAcl",
            "s3:GetObjectTagging",
            "s3:GetObjectVersion",
            "s3:PutObject",
            by_service=True,
        ),
        *_each("account", "servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"),
    ),
    "host": (*_READ_VERSIONS, *_START_AND_STOP, *_each("project", "rekognition:DetectCustomLabels")),
    "detect": (
        *_each("project", "rekognition:DescribeProjectVersions", "rekognition:DetectCustomLabels"),
        *_each("account", "rekognition:DescribeProjects"),
        *_each("objects", "s3:GetObject", by_service=True),
    ),
    "promote": (
        *_READ_VERSIONS,
        *_START_AND_STOP,
        *_READ_FILES,
        *_each("objects", "s3:PutObject"),
        *_each("account", "cloudwatch:GetMetricData"),
    ),
    "stop": (
        *_READ_VERSIONS,
        *_each("project", "rekognition:StopProjectVersion"),
        *_each("account", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics"),
    ),
}
"""The permissions of each role."""


def policy_document(
    role: PipelineRole,
    *,
    region: str,
    account_id: str,
    project: str = "*",
    buckets: Iterable[str] = (),
    partition: str = "aws",
) -> dict[str, Any]:
    """Return an IAM policy for a role, as a dict for JSON.

    Args:
        role: `"train"` for `preflight()`, `train()`, `get_evaluation()` and `explain_failure()`; `"host"` for
            `running()`; `"detect"` for detection with a model that others run; `"promote"` for a `Registry`; `"stop"`
            for `running_models()`, `idle_models()` and `stop_all()`.
        region: The region, or `*`.
        account_id: The account.
        project: The name of the project, with `*` for any text.
        buckets: The buckets of the data, the results and the registry.
        partition: `aws`, `aws-cn` or `aws-us-gov`.

    Raises:
        ValueError: `role` is unknown, or it needs `buckets` and there are none.
    """
    if role not in PERMISSIONS:
        raise ValueError(f"role must be one of {', '.join(get_args(PipelineRole))}, got '{printable(role, 80)}'")
    names = [buckets] if isinstance(buckets, str) else list(buckets)
    permissions = PERMISSIONS[role]
    if not names and any(permission.scope in ("buckets", "objects") for permission in permissions):
        raise ValueError(f"the role {role} reads files in S3: name their buckets in buckets=[...]")
    resources: Mapping[Scope, list[str]] = {
        "project": [f"arn:{partition}:rekognition:{region}:{account_id}:project/{project}/*"],
        "buckets": [f"arn:{partition}:s3:::{name}" for name in names],
        "objects": [f"arn:{partition}:s3:::{name}/*" for name in names],
        "account": ["*"],
    }
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [permission.action for permission in permissions if permission.scope == scope],
                "Resource": named,
            }
            for scope, named in resources.items()
            if any(permission.scope == scope for permission in permissions)
        ],
    }
