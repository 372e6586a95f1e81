"""The former names of `tests.testing.emulator`, for tests of other packages that still use them."""

from tests.testing.emulator import *  # noqa: F403
from tests.testing.emulator import Emulator

World = Emulator
