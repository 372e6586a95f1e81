"""The emulated service: Custom Labels on moto, without an account and without cost.

`mock_custom_labels` is a context manager and a decorator. The pytest fixture `custom_labels` does the same for one
test. `python -m rekog_versions.testing.server` serves the emulation to clients in any language. The first two need
moto: `pip install "rekog_versions[testing]"`. The server needs `pip install "rekog_versions[server]"`. Importing this
package does not import moto; using one of its names does.

Trainings and detections are simulated: the predictions for the real test images are drawn at random, and so is the
billed time. They say nothing about a real model.
"""

from typing import Any

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    try:
        return _load(name)
    except ModuleNotFoundError as error:
        from rekog_versions.testing.missing_extra import explain_missing_library  # noqa: PLC0415 - rarely needed

        raise (explain_missing_library(error, "testing") or error) from error
