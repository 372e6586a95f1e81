# Generated from rekog_versions/preflight/_async/run.py. Change that file, then run scripts/unasync.py.
"""`preflight()`."""

from collections.abc import Mapping
from typing import Any, Unpack

from rekog_versions.client import VersionsClient
from rekog_versions.client._sync.lookup import with_arns
from rekog_versions.client.arguments import request_or_fields
from rekog_versions.models.versions import CreateProjectVersionRequest, PartialCreateFields
from rekog_versions.preflight._sync.checks import run_checks
from rekog_versions.preflight._sync.context import CheckContext
from rekog_versions.preflight.report import PreflightReport


def preflight(
    client: VersionsClient,
    request: CreateProjectVersionRequest | Mapping[str, Any] | None = None,
    *,
    images: bool = False,
    probe_output: bool = False,
    **fields: Unpack[PartialCreateFields],
) -> PreflightReport:
    """Check everything that can be known before a training is paid for.

    The checks cover the project, its datasets and versions, the account's quotas, the buckets, the manifests from the
    first line to the last, and the KMS key. They start nothing and change nothing. On request only, a small object is
    written to the output bucket and deleted again.

    A check that the caller is not allowed to make, or that fails itself, gives a finding "not checked": never an error
    or a pass. A finding is certain if the service that decides has just confirmed it. It is likely if it follows from a
    documented rule or default, or from the caller's own permissions: the service uses these and the bucket's policy.
    The state of the account can change between the checks and the create request.

    Args:
        client: The client. It needs a session; with an S3 client only, KMS and Service Quotas are not checked.
        request: The request to check, or a dict of its fields; or pass the fields as keyword arguments.
        images: True to check each image in S3 too, with one ranged GET request for its header.
        probe_output: True to write the probe object. It gets a unique name under the output's prefix, and is
            encrypted with the request's KMS key if it has one. If it can't be deleted, a warning names it.
        **fields: The fields of `CreateProjectVersionRequest`; `project_arn` can be the project's name.

    Raises:
        pydantic.ValidationError: A field breaks a rule.
        ProjectNotFoundError: The project is given by name and does not exist.
        TypeError: `request` has another type, or a keyword argument is not a field.
        ImportError: `images` needs Pillow, which is not installed.
    """
    request = with_arns(
        client, request_or_fields(CreateProjectVersionRequest, request, fields, "images", "probe_output")
    )
    if images:
        from rekog_versions.manifests.images.headers import require_pillow  # noqa: PLC0415  (needed for images only)

        require_pillow()
    context = CheckContext(client, request, images=images, probe_output=probe_output)
    findings = run_checks(context)
    return PreflightReport(
        project_arn=request.project_arn,
        version_name=request.version_name,
        findings=tuple(findings),
        manifests=context.report,
    )
