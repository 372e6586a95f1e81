"""Find the reasons in a status message."""

from typing import Any

import pytest

from rekog_versions.failures.reasons import reasons_of
from rekog_versions.manifests.issues import CODES
from tests.failures.helpers import Bucket, failed_version


@pytest.mark.parametrize("code", [code for code in CODES.values() if code.is_terminal], ids=lambda code: code.name)
def test_every_documented_fatal_message_gives_its_code_and_fix(code: Any) -> None:
    message = code.message.replace("{}", "50")
    for spelled in (message, f"  {message} ", message.removesuffix("."), message.replace(" ", "\n", 1)):
        (reason,) = reasons_of(spelled)
        assert reason.code == code.name
        assert reason.message == spelled
        assert reason.fix == code.fix


def test_several_reasons_in_one_message_are_returned_in_its_order() -> None:
    message = (
        "The manifest file has too few labels. "
        "Less than 12.5% label overlap between the training and testing manifest files."
    )
    reasons = reasons_of(message)
    assert [reason.code for reason in reasons] == ["ERROR_MANIFEST_TOO_FEW_LABELS", "ERROR_INSUFFICIENT_LABEL_OVERLAP"]
    assert reasons[0].message == message


def test_an_unknown_message_is_kept_unchanged_and_escaped_in_the_text(bucket: Bucket) -> None:
    explanation = bucket.explain(failed_version(message="\x1b[2JThe moon was full."))
    assert explanation.reason is not None
    assert explanation.reason.message == "\x1b[2JThe moon was full."
    assert explanation.reason.code is None
    assert explanation.reason.fix is None
    assert "Reason: \\x1b[2JThe moon was full.\n" in str(explanation)


def test_an_unknown_code_in_a_message_is_kept() -> None:
    (reason,) = reasons_of("ERROR_BUCKET_ON_FIRE: call the fire brigade")
    assert (reason.code, reason.fix) == ("ERROR_BUCKET_ON_FIRE", None)
