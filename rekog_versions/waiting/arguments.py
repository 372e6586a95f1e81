"""What callers pass to a wait, checked before anything is sent."""

import inspect
import math

from rekog_versions.waiting.schedule import Schedule


def check_seconds(value: object, name: str = "timeout") -> None:
    """Refuses what is no time limit.

    Args:
        value: Seconds; None for no limit.
        name: The argument's name.

    Raises:
        ValueError: It is negative or not finite.
        TypeError: It is no number.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} takes a number of seconds, or None for no limit, not a {type(value).__name__}")
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} must be 0 seconds or more, or None for no limit; got {value}")


def check_schedule(value: object) -> None:
    """Refuses what is no schedule.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(value, Schedule):
        raise TypeError(f"schedule takes a Schedule, such as Schedule(first=30), not a {type(value).__name__}")


def check_on_poll(on_poll: object, *, may_await: bool) -> None:
    """Refuses what can't be told of looks.

    Args:
        on_poll: What was passed.
        may_await: Whether it may be a coroutine function.

    Raises:
        TypeError: It is no function, or a coroutine function that nobody would await.
    """
    if on_poll is None:
        return
    if not callable(on_poll):
        raise TypeError(f"on_poll takes a function, not a {type(on_poll).__name__}")
    if not may_await and inspect.iscoroutinefunction(on_poll):
        raise TypeError("on_poll is a coroutine function, which only AsyncVersionsClient awaits; pass a plain one")
