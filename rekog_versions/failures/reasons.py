"""Which code of the service a message is of: a StatusMessage names none, it only says what the code would say."""

import re
from collections.abc import Iterator, Mapping

from rekog_versions.failures.explanation import FailureReason, Manifest
from rekog_versions.manifests.issues import CODES

_NUMBER = r"\d+(?:\.\d+)?"
_NAME = re.compile(r"\bERROR_[A-Z0-9_]+\b")


def _pattern(message: str) -> re.Pattern[str]:
    words = (re.escape(part) for part in message.removesuffix(".").split("{}"))
    return re.compile(_NUMBER.join(words), re.IGNORECASE)


_TERMINAL: Mapping[str, re.Pattern[str]] = {
    name: _pattern(code.message) for name, code in CODES.items() if code.is_terminal
}
# no code is documented for these
_OTHER_FIXES: Mapping[str, str] = {
    "service issue": (
        "The service had a problem of its own: train again under another version_name, and ask AWS support if it "
        "comes again. The manifests need not be at fault."
    ),
}


def reasons_of(status_message: str | None) -> tuple[FailureReason, ...]:
    """The reasons that a StatusMessage gives, in its order.

    The first has the whole message, as it came. A message that is none of the service's known ones is one reason
    without a code.
    """
    if status_message is None or not status_message.strip():
        return ()
    codes = list(dict.fromkeys(name for _, name in sorted(_found_in(status_message))))
    if not codes:
        fixes = (fix for words, fix in _OTHER_FIXES.items() if words in status_message.lower())
        return (FailureReason(message=status_message, fix=next(fixes, None)),)
    first, *others = codes
    return (reason(first, status_message), *(reason(code) for code in others))


def _found_in(message: str) -> Iterator[tuple[int, str]]:
    spaced = " ".join(message.split())
    yield from ((found.start(), found.group()) for found in _NAME.finditer(spaced))
    for name, pattern in _TERMINAL.items():
        found = pattern.search(spaced)
        if found:
            yield found.start(), name


def reason(code: str | None, message: str | None = None, manifest: Manifest | None = None) -> FailureReason:
    """A reason with what is known of its code."""
    known = CODES.get(code or "")
    return FailureReason(
        message=message or (known.message if known else "the service gave no message"),
        code=code,
        fix=known.fix if known else None,
        manifest=manifest,
    )
