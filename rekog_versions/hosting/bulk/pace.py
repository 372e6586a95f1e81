"""The rate at which calls of DetectCustomLabels start, adapted to the results of earlier calls. No I/O.

The service rejects calls for two reasons, which are treated differently:

- The inference units of the model are busy (ProvisionedThroughputExceededException). The capacity of a model is not
  published, so it is searched: by additive increase, and by multiplicative decrease by half the rejected share.
- The account makes too many calls (ThrottlingException). That limit is known, but other programs use it too. So the
  rate is halved, and returns to the caller's share of the limit within some seconds.

The rate is adapted and not the number of calls in flight, because a model may process less than one call after the
other would send. The number in flight follows from the rate and from the latency.
"""

from dataclasses import dataclass, replace
from enum import Enum

FIRST_RATE = 5.0
"""Calls a second at the beginning."""
SLOWEST_RATE = 0.1
"""The lowest rate, so that a model that was busy for a while is noticed when it is free again."""

_WINDOW = 1.0
"""The least seconds of a window, in which results are counted before the rate changes."""
_CALLS = 10
"""The least calls of a window: the share of rejected calls would be too coarse otherwise."""
_PROBE = 1.5
"""The growth of each window until the first rejection."""
_STEP = 0.02
"""The additive increase of each window, as a share of the rate at the last decrease."""
_IN_USE = 0.7
"""The share of the rate that must have been used before it is increased: otherwise something else is the limit."""
_RECOVERY = 0.05
"""The share of the limit by which the account's rate recovers each second."""
_LEAST_SHARE = 0.02
"""The share of the limit below which throttling does not lower the account's rate."""


class CallResult(Enum):
    """The result of a call, as far as the rate depends on it."""

    PROCESSED = "processed"
    """The model processed the image, or found that it is not an image."""
    MODEL_BUSY = "model busy"
    """The inference units of the model were busy."""
    ACCOUNT_BUSY = "account busy"
    """The account made too many calls."""
    FAILED = "failed"
    """The call failed for another reason, which says nothing about the load."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The rate at which calls may start, and the results of the current window.

    `after()` returns the pace after the result of a call. A pace never changes.

    Attributes:
        limit: The most calls a second, which is the caller's share of the account's rate.
        model: The calls a second that the model is assumed to process.
        account: The calls a second that the account is assumed to allow.
        is_probing: True until the model has rejected a call.
    """

    limit: float
    began: float
    """The time, by a monotonic clock, when the window began."""
    model: float = FIRST_RATE
    account: float = 0.0
    is_probing: bool = True
    step: float = 0.0
    """The calls a second that are added after a window without a rejection."""
    processed: int = 0
    busy: int = 0
    failed: int = 0
    throttled_at: float | None = None

    @classmethod
    def start(cls, limit: float, now: float, *, first: float = FIRST_RATE) -> "Pace":
        """Return the pace of the first call.

        Args:
            limit: The most calls a second, which is the caller's share of the account's rate.
            now: The time by a monotonic clock.
            first: The calls a second to begin with.
        """
        return cls(limit, now, model=min(first, limit), account=limit)

    @property
    def rate(self) -> float:
        """The calls a second that may start now."""
        return min(self.model, self.account)

    def after(self, result: CallResult, now: float) -> "Pace":
        """Return the pace after the result of a call.

        Args:
            result: The result.
            now: The time by a monotonic clock.
        """
        if result is CallResult.ACCOUNT_BUSY:
            return self._throttled(now)
        processed = self.processed + (result is CallResult.PROCESSED)
        busy = self.busy + (result is CallResult.MODEL_BUSY)
        failed = self.failed + (result is CallResult.FAILED)
        if now - self.began < _WINDOW or processed + busy < _CALLS:
            return replace(self, processed=processed, busy=busy, failed=failed)
        return self._next_window(processed, busy, failed, now)

    def _throttled(self, now: float) -> "Pace":
        if self.throttled_at is not None and now - self.throttled_at < _WINDOW:
            return self  # calls that were in flight together count once
        return replace(self, account=max(self.account / 2, self.limit * _LEAST_SHARE), throttled_at=now)

    def _next_window(self, processed: int, busy: int, failed: int, now: float) -> "Pace":
        """Decide about the rates at the end of a window, and begin the next one."""
        seconds = now - self.began
        account = min(self.limit, self.account + self.limit * _RECOVERY * seconds)
        model, step, is_probing = self.model, self.step, self.is_probing
        if busy:
            rejected = busy / (processed + busy)
            model, is_probing = max(model * (1 - rejected / 2), SLOWEST_RATE), False
            step = model * _STEP
        elif processed + failed >= _IN_USE * model * seconds:
            model = min(model * _PROBE if is_probing else model + step, self.limit)
        return Pace(self.limit, now, model, account, is_probing, step, throttled_at=self.throttled_at)
