"""Checks of the arguments of a wait, made before anything is sent."""

import functools
import inspect
import math
from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

from rekog_versions._json import as_float
from rekog_versions._text import printable
from rekog_versions.waiting.schedule import Schedule

Seconds: TypeAlias = float | timedelta
"""A duration: a number of seconds or a `timedelta`."""


def seconds_of(value: object, name: str = "timeout") -> float | None:
    """Return a duration in seconds after checking it; None for no limit.

    Args:
        value: Seconds, a `timedelta`, or None for no limit.
        name: The argument's name, for the message.

    Raises:
        ValueError: `value` is negative or not finite.
        TypeError: `value` is neither a number nor a `timedelta`.
    """
    if value is None:
        return None
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(
            f"{name} must be a number of seconds or a timedelta, or None for no limit, got {type(value).__name__}"
        )
    if not 0 <= as_float(value) < math.inf:
        raise ValueError(f"{name} must be 0 seconds or more, or None for no limit, got {printable(value, 40)}")
    return as_float(value)


def check_schedule(value: object) -> None:
    """Check that `value` is a `Schedule`.

    Raises:
        TypeError: `value` has another type.
    """
    if not isinstance(value, Schedule):
        raise TypeError(f"schedule must be a Schedule, such as Schedule(first=30), got {type(value).__name__}")


def check_on_poll(on_poll: object, *, may_await: bool) -> None:
    """Check that `on_poll` can be called with a `Poll`.

    Args:
        on_poll: The argument; None is allowed.
        may_await: True if coroutine functions are allowed.

    Raises:
        TypeError: `on_poll` cannot be called, or is a coroutine function where only plain functions are allowed.
    """
    if on_poll is None:
        return
    if not callable(on_poll):
        raise TypeError(f"on_poll must be a function, got {type(on_poll).__name__}")
    if may_await:
        return
    function: Callable[..., object] = on_poll
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__):
        raise TypeError("on_poll is a coroutine function, which only AsyncVersionsClient awaits; pass a plain function")
