"""The options of a bulk detection, and the checks of its arguments."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from rekog_versions._json import is_number
from rekog_versions._text import shown
from rekog_versions.client.detection_thresholds import check_filters
from rekog_versions.hosting.bulk.journal import ImageState
from rekog_versions.hosting.bulk.output_files import journal_path, output_names
from rekog_versions.hosting.bulk.shared_rate import SharedRate
from rekog_versions.hosting.costs import Amount, Prices, check_prices, limit_of
from rekog_versions.hosting.stopping import check_inference_units
from rekog_versions.models.thresholds import ConfidenceUnit, Thresholds

ACCOUNT_RATE = 50.0
"""The service's default quota for DetectCustomLabels: calls a second of an account in a region."""
CONNECTIONS = 10
"""The connections that a boto3 client keeps by default."""


@dataclass(frozen=True, slots=True)
class DetectionFilter:
    """The labels that are requested, and those that are kept.

    Attributes:
        min_confidence: The lowest confidence of all labels, 0 to 100.
        max_results: The most labels of an image.
        thresholds: The thresholds of the labels.
        raw: True to keep the labels of all confidences.
    """

    min_confidence: float | None = None
    max_results: int | None = None
    thresholds: Thresholds | None = None
    raw: bool = False

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `detect()`."""
        return {
            "min_confidence": 0.0 if self.raw else self.min_confidence,
            "max_results": self.max_results,
            "thresholds": self.thresholds,
        }

    def to_settings(self) -> dict[str, Any]:
        """Return the settings that all results of a journal have in common."""
        return {
            "min_confidence": self.min_confidence,
            "max_results": self.max_results,
            "thresholds": None if self.thresholds is None else self.thresholds.to_dict(),
            "raw": self.raw,
        }


@dataclass(frozen=True, slots=True)
class Hosting:
    """How the model is run.

    Attributes:
        min_inference_units: The lowest number of inference units of a start.
        max_inference_units: The highest number.
        max_hours: The limit on the time.
        max_cost: The limit on the cost.
        prices: The price list.
    """

    min_inference_units: int
    max_inference_units: int | None
    max_hours: float | timedelta | None
    max_cost: Amount | None
    prices: Prices

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `running()`."""
        return {
            "min_inference_units": self.min_inference_units,
            "max_inference_units": self.max_inference_units,
            "max_hours": self.max_hours,
            "max_cost": self.max_cost,
            "prices": self.prices,
        }


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """The checked options of `detect_all()`."""

    names: Mapping[ImageState, str]
    """The file of results and that of failures."""
    journal: Path
    filter: DetectionFilter
    hosting: Hosting
    most_in_flight: int
    account_rate: float | SharedRate
    on_estimate: Callable[[Any], Any] | None
    on_progress: Callable[[Any], Any] | None

    @property
    def calls_a_second(self) -> float:
        """The most calls a second."""
        rate = self.account_rate
        return rate.per_second if isinstance(rate, SharedRate) else rate


def check_filter(wanted: DetectionFilter) -> None:
    """Check which labels are requested.

    Raises:
        ValueError: Two filters are given together, or a value is out of range.
        TypeError: A value has the wrong type.
    """
    if not isinstance(wanted.raw, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"raw must be True or False, got {type(wanted.raw).__name__}")
    check_filters(wanted.min_confidence, wanted.thresholds)
    if wanted.raw and (wanted.thresholds is not None or wanted.min_confidence is not None):
        raise ValueError(
            "raw keeps all confidences, so min_confidence and thresholds must not be given with it. Call "
            "apply_thresholds(results, thresholds) afterwards"
        )
    least = wanted.min_confidence
    if least is not None and not (is_number(least) and 0 <= least <= ConfidenceUnit.PERCENT.maximum):
        raise ValueError(f"min_confidence must be a number from 0 to 100, got {shown(least)}")


def check_hosting(hosting: Hosting) -> None:
    """Check how the model is run.

    Raises:
        ValueError: A value is out of range.
        TypeError: A value has the wrong type.
    """
    check_inference_units(hosting.min_inference_units, hosting.max_inference_units)
    check_prices(hosting.prices)
    hourly = hosting.prices.hosting(hosting.min_inference_units, hosting.max_inference_units)
    limit_of(hosting.max_hours, hosting.max_cost, hourly)


def bulk_options(
    output: object,
    journal: object,
    wanted: DetectionFilter,
    hosting: Hosting,
    *,
    max_concurrency: object,
    account_rate: object,
    on_estimate: object,
    on_progress: object,
    connections: int,
) -> BulkOptions:
    """Check the arguments of a bulk detection, and return them as options.

    Raises:
        ValueError: A value is out of range.
        TypeError: A value has the wrong type.
    """
    names = output_names(output)
    check_filter(wanted)
    check_hosting(hosting)
    rate = account_rate if isinstance(account_rate, SharedRate) else checked_rate(account_rate)
    for name, function in (("on_estimate", on_estimate), ("on_progress", on_progress)):
        if function is not None and not callable(function):
            raise TypeError(f"{name} must be a function of a BulkProgress, got {type(function).__name__}")
    return BulkOptions(
        names,
        journal_path(names[ImageState.DONE], journal),
        wanted,
        hosting,
        connections if max_concurrency is None else checked_concurrency(max_concurrency),
        rate,
        on_estimate,  # type: ignore[arg-type]
        on_progress,  # type: ignore[arg-type]
    )


def checked_rate(value: object) -> float:
    """Return the most calls a second.

    Raises:
        ValueError: It is not a number above 0.
    """
    if not is_number(value) or value <= 0:
        raise ValueError(f"account_rate must be a number of calls a second above 0, got {shown(value)}")
    return float(value)


def checked_concurrency(value: object) -> int:
    """Return the most calls at the same time.

    Raises:
        ValueError: It is below 1.
        TypeError: It is not an integer.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"max_concurrency must be an integer, got {type(value).__name__}")
    if not 1 <= value <= math.inf:
        raise ValueError(f"max_concurrency must be at least 1, got {value}")
    return value


def connections_of(rekognition: object) -> int:
    """Return the number of connections that a client keeps. More calls at the same time gain little."""
    config = getattr(getattr(rekognition, "meta", None), "config", None)
    connections = getattr(config, "max_pool_connections", None)
    return connections if isinstance(connections, int) and connections > 0 else CONNECTIONS
