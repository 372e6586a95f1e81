"""The filters of the templates: values as the report shows them. "-" is an unknown value."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from rekog_versions._text import decimal, duration, printable, shortened, signed_decimal
from rekog_versions.evaluation import Interval
from rekog_versions.reports.charts import level, threshold_x

_WITHOUT_DIGITS = 100


def short(text: object, width: int = 40) -> str:
    """Return untrusted text on one line, cut to a number of columns."""
    return shortened(str(text), width)


def count(value: int | None) -> str:
    """Return a whole number."""
    return "-" if value is None else f"{value:,}"


def percent(share: float | None) -> str:
    """Return a share from 0 to 1 in percent."""
    return "-" if share is None else f"{share:.0%}"


def amount(value: Decimal | None) -> str:
    """Return an amount of money."""
    return "-" if value is None else f"{value:,.2f}"


def number(value: float | None) -> str:
    """Return a number with three digits, or a larger one without decimals."""
    return "-" if value is None else f"{value:,.0f}" if value >= _WITHOUT_DIGITS else f"{value:.3g}"


def limits(interval: Interval | None, digits: int = 2) -> str:
    """Return the limits of an interval, such as `0.71 to 0.84`."""
    return "" if interval is None else f"{interval.low:.{digits}f} to {interval.high:.{digits}f}"


def day(time: datetime | None) -> str:
    """Return a time to the minute."""
    return "-" if time is None else f"{time:%Y-%m-%d %H:%M} UTC"


def tally(labels: Iterable[str]) -> Sequence[tuple[str, int]]:
    """Return the labels with the number of times that each occurs."""
    return list(Counter(labels).items())


def in_base64(content: bytes) -> str:
    """Return bytes for a data URL."""
    return base64.b64encode(content).decode("ascii")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "short": short,
    "safe_text": printable,
    "decimal": decimal,
    "signed": signed_decimal,
    "count": count,
    "percent": percent,
    "amount": amount,
    "number": number,
    "base64": in_base64,
    "duration": duration,
    "json": json.dumps,
    "tally": tally,
    "limits": limits,
    "day": day,
    "level": level,
    "x": threshold_x,
}
"""The filters by the names that the templates use."""
