"""The emulated service: Custom Labels on moto, without an account, without cost.

`mock_custom_labels` is a context manager and a decorator; the pytest fixture `custom_labels` is the same thing for a
test. `python -m rekog_versions.testing.server` serves the emulation to clients of any language. It all needs moto:
`pip install "rekog_versions[testing]"`. Importing this package doesn't import moto; taking a name out of it does.

What a training and a model answer is simulated: metrics and detections come from made-up predictions over the real test
images, and the billed time is made up as well. Nothing here says how good a real model would be.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rekog_versions.testing.control import CustomLabelsControl
    from rekog_versions.testing.mock import mock_custom_labels

__all__ = ["CustomLabelsControl", "mock_custom_labels"]

_HOMES = {
    "CustomLabelsControl": "rekog_versions.testing.control",
    "mock_custom_labels": "rekog_versions.testing.mock",
}


def moto_is_missing(error: ModuleNotFoundError) -> ImportError | None:
    """Says what to install if it is moto, or a part of it, that couldn't be imported.

    Args:
        error: What the import raised.

    Returns:
        The error to raise instead; None if one of this project's own modules is missing, which is a fault of ours.
    """
    if error.name is None or error.name.partition(".")[0] == "rekog_versions":
        return None
    return ImportError(
        f"rekog_versions.testing stands on moto, and {error.name} is not installed: "
        'pip install "rekog_versions[testing]"',
        name=error.name,
    )


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        raise (moto_is_missing(error) or error) from error


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
