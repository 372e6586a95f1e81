"""The check of the KMS key."""

from collections.abc import Iterator

from rekog_versions._aws.error_codes import error_code
from rekog_versions._text import printable
from rekog_versions.preflight.report import Certainty, PreflightCheck, PreflightFinding, failed, passed, warned
from rekog_versions.preflight.scene import Scene

_CHECK = PreflightCheck.KMS_KEY


def look_at_key(scene: Scene, key: str) -> Iterator[PreflightFinding]:
    """Whether a KMS key is there, in the project's region, enabled, and encrypts and decrypts symmetrically.

    A key that is named by an ARN of another region is refused by the request itself.
    """
    try:
        found = scene.client.service("kms").describe_key(KeyId=key)["KeyMetadata"]
    except Exception as error:
        if error_code(error) == "NotFoundException":
            yield failed(
                _CHECK, key, f"there is no such key in {scene.region}", "Check the key, and whose account it is in."
            )
            return
        raise
    state, usage, spec = (printable(str(found.get(name)), 100) for name in ("KeyState", "KeyUsage", "KeySpec"))
    # KeyUsage and KeySpec are told of every key; one that is not told is not held against it
    if found.get("KeyState") != "Enabled":
        yield failed(_CHECK, key, f"the key is {state}", "Enable it, cancel its deletion, or take another.")
    elif found.get("KeyUsage", "ENCRYPT_DECRYPT") != "ENCRYPT_DECRYPT":
        yield failed(_CHECK, key, f"the key is for {usage}", "Take a key whose usage is ENCRYPT_DECRYPT.")
    elif found.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        yield failed(_CHECK, key, f"the key is asymmetric, {spec}", "Take a key whose spec is SYMMETRIC_DEFAULT.")
    elif found.get("KeyManager") == "AWS":
        yield warned(
            _CHECK,
            key,
            "the key is managed by AWS, and the service needs kms:CreateGrant, which such keys allow to their own "
            "service only",
            "Take a key of your own, or leave kms_key_id out.",
        )
    else:
        yield passed(
            _CHECK,
            key,
            "the key is enabled, symmetric and in the region; whether the caller has kms:CreateGrant, "
            "kms:GenerateDataKey and kms:Decrypt on it was not tried",
            Certainty.LIKELY,
        )
