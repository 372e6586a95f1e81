"""Find the service's error codes behind a status message. The message has the text of an error, not its code."""

import re
from collections.abc import Iterator, Mapping

from rekog_versions.failures.explanation import FailureReason, Manifest
from rekog_versions.manifests.issues import CODES

_NUMBER = r"\d+(?:\.\d+)?"
_NAME = re.compile(r"\bERROR_[A-Z0-9_]+\b")


def _pattern(message: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in message.removesuffix(".").split("{}"))
    return re.compile(_NUMBER.join(parts), re.IGNORECASE)


_TERMINAL: Mapping[str, re.Pattern[str]] = {
    name: _pattern(code.message) for name, code in CODES.items() if code.is_terminal
}
# the service documents no code for these
_FIXES_WITHOUT_CODE: Mapping[str, str] = {
    "service issue": (
        "The service had an internal problem. The manifests need not be at fault. Train again with another "
        "version_name, and contact AWS support if it happens again."
    ),
}


def reasons_of(status_message: str | None) -> tuple[FailureReason, ...]:
    """Return the reasons that a status message gives, in its order.

    The first one carries the whole message, unchanged. An unknown message is one reason without a code.
    """
    if status_message is None or not status_message.strip():
        return ()
    codes = list(dict.fromkeys(name for _, name in sorted(_found_in(status_message))))
    if not codes:
        fixes = (fix for phrase, fix in _FIXES_WITHOUT_CODE.items() if phrase in status_message.lower())
        return (FailureReason(message=status_message, fix=next(fixes, None)),)
    first, *others = codes
    return (reason_of(first, status_message), *(reason_of(code) for code in others))


def _found_in(message: str) -> Iterator[tuple[int, str]]:
    """Yield the position and the code of each error that the message contains."""
    spaced = " ".join(message.split())
    yield from ((found.start(), found.group()) for found in _NAME.finditer(spaced))
    for name, pattern in _TERMINAL.items():
        found = pattern.search(spaced)
        if found:
            yield found.start(), name


def reason_of(code: str | None, message: str | None = None, manifest: Manifest | None = None) -> FailureReason:
    """Return a reason with the documented message and fix of its code."""
    known = CODES.get(code or "")
    return FailureReason(
        message=message or (known.message if known else "the service gave no message"),
        code=code,
        fix=known.fix if known else None,
        manifest=manifest,
    )
