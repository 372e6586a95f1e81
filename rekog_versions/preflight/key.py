"""Decide on the check of the KMS key. No I/O."""

from collections.abc import Mapping

from rekog_versions._text import printable
from rekog_versions.preflight.report import Certainty, Result, failed, passed, warned


def judge_missing_key(region: str) -> Result:
    """Return the result for a key that does not exist."""
    return failed(f"{region} has no such key", "Check the key, and the account that it belongs to.")


def judge_key(metadata: Mapping[str, object]) -> Result:
    """Decide whether a key is enabled and encrypts and decrypts symmetrically.

    The request itself rejects the ARN of a key in another region.

    Args:
        metadata: `KeyMetadata` of the response of DescribeKey. A missing member is not held against the key.
    """
    state, usage, spec = (printable(str(metadata.get(name)), 100) for name in ("KeyState", "KeyUsage", "KeySpec"))
    if metadata.get("KeyState") != "Enabled":
        return failed(f"the key is {state}", "Enable the key, cancel its deletion, or use another key.")
    if metadata.get("KeyUsage", "ENCRYPT_DECRYPT") != "ENCRYPT_DECRYPT":
        return failed(f"the key is for {usage}", "Use a key with the usage ENCRYPT_DECRYPT.")
    if metadata.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        return failed(f"the key is asymmetric, {spec}", "Use a key with the spec SYMMETRIC_DEFAULT.")
    if metadata.get("KeyManager") == "AWS":
        return warned(
            "the key is managed by AWS. Such keys allow kms:CreateGrant to their own service only, and Rekognition "
            "needs it",
            "Use a customer managed key, or omit kms_key_id.",
        )
    return passed(
        "the key is enabled, symmetric and in the region. The caller also needs kms:CreateGrant, kms:GenerateDataKey "
        "and kms:Decrypt on it, which was not tested",
        Certainty.LIKELY,
    )
