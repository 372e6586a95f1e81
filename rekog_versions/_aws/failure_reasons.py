"""Why a call of any of AWS's services failed, for a reader: S3, KMS and Service Quotas as well as rekognition."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from rekog_versions._text import printable
from rekog_versions._aws.error_codes import answered, is_passing

_FORBIDDEN, _NOT_FOUND, _SERVER_ERRORS = 403, 404, 500
_DENIALS = frozenset(
    {"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "Forbidden", "UnauthorizedOperation"}
)
# what answers 403 as well, and says something of the caller's credentials rather than of what they allow
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
_READ = (
    "s3:GetObject (of a named version s3:GetObjectVersion; without s3:ListBucket S3 denies what is not there as well)"
)
_ACTIONS: Mapping[str, str] = {
    # where the permission has another name than the operation (IAM's service authorization reference)
    "DeleteObject": "s3:DeleteObject",
    "DescribeKey": "kms:DescribeKey",
    "DescribeProjectVersions": "rekognition:DescribeProjectVersions",
    "DescribeProjects": "rekognition:DescribeProjects",
    "GetAWSDefaultServiceQuota": "servicequotas:GetAWSDefaultServiceQuota",
    "GetBucketAcl": "s3:GetBucketAcl",
    "GetObject": _READ,
    "GetServiceQuota": "servicequotas:GetServiceQuota",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": _READ,
    "PutObject": "s3:PutObject",
}


def is_denied(error: Exception) -> bool:
    """Whether the caller lacks a permission: also what S3 answers to a HEAD, a bare 403."""
    if not isinstance(error, ClientError):
        return False
    code, status = answered(error)
    return code in _DENIALS or (status == _FORBIDDEN and code not in _CREDENTIALS and not is_passing(error))


def is_missing(error: Exception) -> bool:
    """Whether there is no such thing: also what S3 answers to a HEAD, a bare 404."""
    return isinstance(error, ClientError) and answered(error)[1] == _NOT_FOUND


def is_refused(error: Exception) -> bool:
    """Whether a service answered that it did nothing: what is lost on the wire or answered 5xx may have been done."""
    return isinstance(error, ClientError) and answered(error)[1] < _SERVER_ERRORS


def code_of(error: Exception) -> str:
    """The code of a refusal; empty where no service refused."""
    return answered(error)[0] if isinstance(error, ClientError) else ""


def why_failed(error: Exception) -> str:
    """One line on why a call failed, with the permission that is missing where one is."""
    if isinstance(error, ClientError):
        code, _ = answered(error)
        said = error.response.get("Error", {}).get("Message", "")
        if is_denied(error):
            needed = f"{error.operation_name} was denied: the caller needs {_action(error.operation_name)}"
            # the answer to a HEAD has no body, so botocore makes a message of the status
            return needed if code == str(_FORBIDDEN) or not said else f"{needed} ({printable(said, 500)})"
        return printable(f"{error.operation_name} failed with {code or 'no code'}: {said or 'no message'}", 500)
    passing = "; it may go through a little later" if is_passing(error) else ""
    return f"{type(error).__name__}: {printable(str(error), 500)}{passing}"


def _action(operation: str) -> str:
    return _ACTIONS.get(operation, f"the permission for {operation}")
