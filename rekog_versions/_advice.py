"""The next step after a rejected request, by operation and error code. `ServiceError` adds it as a note."""

import re
from collections.abc import Mapping

_DATASET_NOT_READY = (
    "The dataset is not ready. Call wait_until_dataset_ready(dataset_arn) first; it raises if it failed."
)

_CALL_PREFLIGHT = (
    "Call rekog_versions.preflight.preflight(client, request). It checks the project, the buckets, the manifests and "
    "the KMS key, and names the cause in most cases."
)
_IMAGE_LIMITS = (
    "The service accepts PNG and JPEG images with sides of 64 to 4,096 pixels, one at most 20 times the other; at "
    "most 4 MB as bytes, or 15 MB in S3. Scale the image down, or upload it to S3 and pass an S3Object."
)

BY_OPERATION: Mapping[tuple[str, str], str] = {
    ("CreateProjectVersion", "ResourceInUseException"): (
        "The project already has a version of that name. Choose another version_name, or wait for the existing one "
        "with wait_until_trained((project_arn, version_name))."
    ),
    ("CreateProjectVersion", "InvalidParameterException"): _CALL_PREFLIGHT,
    ("CreateProjectVersion", "LimitExceededException"): (
        "By default an account can run 2 trainings at a time in a region (Service Quotas L-F1558568; fewer in some "
        "regions) and keep 100 versions in a project (L-9CF05323). Wait for a training to end, delete versions, or "
        "request a quota increase."
    ),
    ("StartProjectVersion", "ResourceInUseException"): (
        "A model can be started when it is trained or copied, STOPPED or FAILED. If it is STARTING or RUNNING, call "
        "wait_until_running(version). If it is STOPPING, call wait_until_stopped(version) first."
    ),
    ("StartProjectVersion", "LimitExceededException"): (
        "By default an account can run 2 models at a time in a region (Service Quotas L-5E225387), with 5 inference "
        "units each (L-4FA65ECB). Stop a model, or request a quota increase."
    ),
    ("StopProjectVersion", "ResourceInUseException"): (
        "Only a RUNNING model can be stopped. If it is STARTING, call wait_until_running(version) first; the model is "
        "billed until it is stopped."
    ),
    ("DeleteProjectVersion", "ResourceInUseException"): (
        "A version that is training, being copied or running cannot be deleted. Wait for it, or call "
        "stop_project_version(version) and wait_until_stopped(version) first."
    ),
    ("CopyProjectVersion", "ResourceInUseException"): (
        "Either the destination project already has a version of that name, or the source version has no finished "
        "model."
    ),
    ("CopyProjectVersion", "AccessDeniedException"): (
        "The caller needs rekognition:CopyProjectVersion on the source and the destination. If the source is in "
        "another account, its project needs a policy that allows the copy (put_project_policy)."
    ),
    ("CopyProjectVersion", "LimitExceededException"): (
        "An account can make a limited number of copies at a time (Service Quotas L-B3EE7891) and keep 100 versions in "
        "a project (L-9CF05323). Wait for a copy to end, delete versions, or request a quota increase."
    ),
    ("CreateProject", "ResourceInUseException"): (
        "A project of that name exists in this account and region. Call describe_projects(project_names=[...]) to find "
        "it."
    ),
    ("CreateProject", "LimitExceededException"): (
        "By default an account can have 100 projects in a region (Service Quotas L-14D0BC19). Delete projects, or "
        "request a quota increase."
    ),
    ("CreateDataset", "ResourceAlreadyExistsException"): (
        "A project has at most one training and one test dataset. Call describe_projects(project_names=[...]) to list "
        "them, update_dataset_entries(...) to change one, or delete_dataset(...) to replace it."
    ),
    ("CreateDataset", "InvalidS3ObjectException"): (
        "The service could not read the manifest. Check bucket, key and region, and that the bucket policy lets "
        "rekognition.amazonaws.com read it (s3:GetObject)."
    ),
    ("UpdateDatasetEntries", "ResourceInUseException"): (
        "The dataset is being created, updated or used by a training. Call wait_until_dataset_ready(dataset_arn) first."
    ),
    ("ListDatasetEntries", "ResourceNotReadyException"): _DATASET_NOT_READY,
    ("ListDatasetLabels", "ResourceNotReadyException"): _DATASET_NOT_READY,
    ("DistributeDatasetEntries", "ResourceNotReadyException"): (
        "Both datasets must be ready. Call wait_until_dataset_ready(dataset_arn) for each."
    ),
    ("DeleteDataset", "ResourceInUseException"): (
        "The dataset is being created, updated or used by a training. Wait for that to end first."
    ),
    ("DetectCustomLabels", "ResourceNotReadyException"): (
        "Only a RUNNING model can analyze images. Call start_project_version(version) and wait_until_running(version); "
        "the model is billed until stop_project_version(version)."
    ),
    ("DetectCustomLabels", "ImageTooLargeException"): _IMAGE_LIMITS,
    ("DetectCustomLabels", "InvalidParameterException"): _IMAGE_LIMITS,
    ("DetectCustomLabels", "InvalidImageFormatException"): "The image must be a PNG or JPEG file.",
    ("DetectCustomLabels", "InvalidS3ObjectException"): (
        "Check bucket and key, that the bucket is in the region of the client, and that the caller may read the object "
        f"(s3:GetObject). {_IMAGE_LIMITS}"
    ),
    ("DetectCustomLabels", "LimitExceededException"): (
        "The model receives more images than its inference units can process. Send fewer at a time, or start it with "
        "more units (max_inference_units lets it scale)."
    ),
    ("PutProjectPolicy", "ResourceAlreadyExistsException"): (
        "The project already has a policy of that name. To replace it, pass its policy_revision_id; "
        "iter_project_policies(project_arn) lists it."
    ),
    ("PutProjectPolicy", "InvalidPolicyRevisionIdException"): (
        "The policy was changed or deleted since. iter_project_policies(project_arn) lists its current revision."
    ),
    ("DeleteProjectPolicy", "InvalidPolicyRevisionIdException"): (
        "The policy was changed since. iter_project_policies(project_arn) lists its current revision."
    ),
    ("DeleteProject", "ResourceInUseException"): (
        "A project can only be deleted without versions and datasets. Delete those first."
    ),
}

_CHECK_CREDENTIALS = (
    "The service does not accept the credentials. Check which ones are used with `aws sts get-caller-identity`: the "
    "access key, the secret key, and a session token that belongs to them. A region that is not enabled for the "
    "account rejects valid credentials too."
)
_CHECK_SIGNATURE = (
    "The signature does not fit the request. Check the secret key, the session token and the clock of this machine; a "
    "proxy that changes headers has this effect too."
)
_CHECK_CLOCK = "Set the clock of this machine: requests are valid for a few minutes only."

_ANY_OPERATION: Mapping[str, str] = {
    "InvalidS3ObjectException": (
        "Check bucket and key, that the bucket is in the region of the client, and that its policy lets "
        f"rekognition.amazonaws.com read it. {_CALL_PREFLIGHT}"
    ),
    "ResourceNotFoundException": "Check the ARN, and the account and region of the client.",
    "ValidationException": "A value breaks a constraint of the service; the message names the member and its value.",
    "ExpiredTokenException": "The credentials have expired. Renew them and create a new client.",
    "ExpiredToken": "The credentials have expired. Renew them and create a new client.",
    "UnrecognizedClientException": _CHECK_CREDENTIALS,
    "InvalidClientTokenId": _CHECK_CREDENTIALS,
    "InvalidAccessKeyId": _CHECK_CREDENTIALS,
    "MissingAuthenticationTokenException": _CHECK_CREDENTIALS,
    "OptInRequired": _CHECK_CREDENTIALS,
    "InvalidSignatureException": _CHECK_SIGNATURE,
    "IncompleteSignatureException": _CHECK_SIGNATURE,
    "SignatureDoesNotMatch": _CHECK_SIGNATURE,
    "RequestExpired": _CHECK_CLOCK,
    "RequestTimeTooSkewed": _CHECK_CLOCK,
}

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_ACTION = r"([a-z][a-z0-9-]{1,30}:[A-Z][A-Za-z0-9]{1,80})"
_PERFORM = re.compile(rf"\bperform:?\s+{_ACTION}")
_ANY_ACTION = re.compile(rf"\b{_ACTION}\b")
_MOST_READ = 5_000
_BY_ACTION: Mapping[str, str] = {
    "iam:PassRole": "The caller needs a policy that allows iam:PassRole on the role that the request passes on.",
    "rekognition:TagResource": (
        "The caller needs a policy that allows rekognition:TagResource on this resource, because the request has tags. "
        "Allow it, or omit the tags."
    ),
}


def advice_for(operation: str, code: str, message: str) -> str | None:
    """Return the next step after a rejected request, or None if there is none to recommend."""
    if code.isdigit() or is_markup(message):  # botocore uses the HTTP status if the body has no error code
        return (
            "The response has no error code of the service, so something else may have sent it: a proxy, a gateway or "
            "the server of a wrong endpoint. Check endpoint_url, AWS_ENDPOINT_URL, the proxy settings and the region."
        )
    if code in _DENIED:
        action = denied_action(message) or f"rekognition:{operation}"
        if action == f"rekognition:{operation}" and (operation, code) in BY_OPERATION:
            return BY_OPERATION[operation, code]
        return _how_to_allow(action, message)
    return BY_OPERATION.get((operation, code)) or _ANY_OPERATION.get(code)


def denied_action(message: str) -> str | None:
    """Return the action that a denial names, such as `kms:CreateGrant`, or None if it names none.

    The denied action need not be the operation's own: the service also acts for the caller in KMS, S3 and IAM.
    """
    text = message[:_MOST_READ]
    found = _PERFORM.search(text) or _ANY_ACTION.search(text)
    return found.group(1) if found else None


def _how_to_allow(action: str, message: str) -> str:
    if "explicit deny" in message[:_MOST_READ]:
        return (
            f"A policy denies {action} explicitly, which no other policy can allow. Change the policy that denies it."
        )
    if action in _BY_ACTION:
        return _BY_ACTION[action]
    if action.startswith("kms:"):
        return (
            f"The caller needs a policy that allows {action} on the KMS key (kms_key_id): in the key's policy, or in a "
            "policy of the caller that the key's policy permits."
        )
    return f"The caller needs a policy that allows {action} on this resource."


def is_markup(message: str) -> bool:
    """Return True if a message is a web page, which the service does not send."""
    return message.lstrip()[:1] == "<"
