"""The metrics of Custom Labels in CloudWatch. The functions block, and errors of botocore pass through."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

ModelName: TypeAlias = tuple[str, str]
"""The names of a project and of a version, by which metrics name a model."""
Points: TypeAlias = list[tuple[datetime, float]]
"""The times and values of a metric, the earliest first."""

HOUR = 3600
_NAMESPACE = "AWS/Rekognition"
_UNITS = "InServiceInferenceUnits"
_MOST_QUERIES = 500
_MOST_POINTS = 100_800
"""The service's limits for one request."""


def listed_models(cloudwatch: Any) -> Iterator[ModelName]:
    """Yield the models that had inference units in the last two weeks, which is how far back the list goes."""
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace=_NAMESPACE, MetricName=_UNITS)
    for page in pages:
        for metric in page.get("Metrics", ()):
            names = {dimension["Name"]: dimension["Value"] for dimension in metric.get("Dimensions", ())}
            if names.keys() == {"ProjectName", "VersionName"}:
                yield names["ProjectName"], names["VersionName"]


def units_by_hour(
    cloudwatch: Any, models: Sequence[ModelName], since: datetime, until: datetime
) -> Mapping[ModelName, Points]:
    """Return the mean inference units of each model in each hour in which it ran.

    Args:
        cloudwatch: A boto3 client for CloudWatch.
        models: The models.
        since: The first full hour.
        until: The end.
    """
    hours = max(int((until - since).total_seconds() // HOUR) + 1, 1)
    at_once = max(min(_MOST_QUERIES, _MOST_POINTS // hours), 1)
    found: dict[ModelName, Points] = {model: [] for model in models}
    for start in range(0, len(models), at_once):
        some = models[start : start + at_once]
        names = {f"m{number}": model for number, model in enumerate(some)}
        queries = [_query(id_, _UNITS, "Average", _model_dimensions(model)) for id_, model in names.items()]
        for id_, points in _read(cloudwatch, queries, since, until):
            found[names[id_]].extend(points)
    for points in found.values():
        points.sort()
    return found


def calls_in(cloudwatch: Any, operation: str, since: datetime, until: datetime) -> float:
    """Return the number of successful calls of an operation in the region, whatever the model."""
    query = _query("m0", "SuccessfulRequestCount", "Sum", [{"Name": "Operation", "Value": operation}])
    return sum(value for _, points in _read(cloudwatch, [query], since, until) for _, value in points)


def _model_dimensions(model: ModelName) -> list[dict[str, str]]:
    return [{"Name": "ProjectName", "Value": model[0]}, {"Name": "VersionName", "Value": model[1]}]


def _query(id_: str, metric: str, statistic: str, dimensions: list[dict[str, str]]) -> dict[str, Any]:
    named = {"Namespace": _NAMESPACE, "MetricName": metric, "Dimensions": dimensions}
    return {"Id": id_, "MetricStat": {"Metric": named, "Period": HOUR, "Stat": statistic}}


def _read(
    cloudwatch: Any, queries: list[dict[str, Any]], since: datetime, until: datetime
) -> Iterator[tuple[str, Points]]:
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=since, EndTime=until, ScanBy="TimestampAscending"
    )
    for page in pages:
        for result in page.get("MetricDataResults", ()):
            yield result["Id"], list(zip(result.get("Timestamps", ()), result.get("Values", ()), strict=False))
