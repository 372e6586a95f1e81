"""The CloudWatch metrics of models and calls, written to moto's CloudWatch without a request over the wire.

A model that runs has a value when it has started and at each full hour until it is stopped. They are written when an
operation of the service is called, because nothing happens in the emulation between two calls.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

from moto.cloudwatch.models import cloudwatch_backends

NAMESPACE = "AWS/Rekognition"


def put_units(
    place: tuple[str, str], model: tuple[str, str], times: Iterable[datetime], least: int, most: int | None
) -> None:
    """Write the inference units of a model.

    Args:
        place: The account and the region.
        model: The names of the project and of the version.
        times: The times for which there is a value.
        least: MinInferenceUnits.
        most: MaxInferenceUnits.
    """
    values = {
        "MinInferenceUnits": least,
        "MaxInferenceUnits": most or least,
        "DesiredInferenceUnits": least,
        "InServiceInferenceUnits": least,
    }
    dimensions = [{"Name": "ProjectName", "Value": model[0]}, {"Name": "VersionName", "Value": model[1]}]
    for time in times:
        _put(place, [_datum(name, value, time, dimensions, "None") for name, value in values.items()])


def put_call(place: tuple[str, str], operation: str, metric: str, time: datetime) -> None:
    """Count a call of an operation, which does not name the model.

    Args:
        place: The account and the region.
        operation: The name of the operation.
        metric: SuccessfulRequestCount or ThrottledCount.
        time: The time of the call.
    """
    _put(place, [_datum(metric, 1, time, [{"Name": "Operation", "Value": operation}], "Count")])


def _datum(name: str, value: float, time: datetime, dimensions: list[dict[str, str]], unit: str) -> dict[str, Any]:
    naive = time.astimezone(UTC).replace(tzinfo=None)  # moto compares with times without a zone
    return {"MetricName": name, "Value": value, "Timestamp": naive, "Dimensions": dimensions, "Unit": unit}


def _put(place: tuple[str, str], data: list[dict[str, Any]]) -> None:
    account_id, region = place
    cast("Any", cloudwatch_backends)[account_id][region].put_metric_data(NAMESPACE, data)
