"""A Lambda function that stops models on a schedule: those that have run too long, cost too much, or are idle.

`examples/stopper` in the repository has a template that deploys it with `sam build` and `sam deploy`. Its settings are
environment variables:

| variable | meaning |
|---|---|
| `MAX_HOURS` | stop models that have run for longer |
| `MAX_COST` | stop models that have cost more since their start, in USD at list prices |
| `IDLE_HOURS` | stop models that were certainly not used for so long; see `idle_models()` |
| `REGIONS` | regions, separated by commas; by default, the function's own |
| `DRY_RUN` | `false` stops models; anything else, and no value, only reports |
| `TOPIC_ARN` | an SNS topic that receives the report, if anything was found |
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from rekog_versions._text import printable
from rekog_versions.client import VersionsClient
from rekog_versions.hosting import ActiveModel, StopAllError, StopReport, idle_models, stop_all

__all__ = ["StopSettings", "handler"]

logger = logging.getLogger("rekog_versions")
_LIMITS = ("MAX_HOURS", "MAX_COST", "IDLE_HOURS")
_SUBJECT = 100
"""The most characters of the subject of an SNS message."""


@dataclass(frozen=True)
class StopSettings:
    """The settings of the function.

    Attributes:
        max_hours: The hours after which a model is stopped; None for no limit.
        max_cost: The cost in USD after which a model is stopped; None for no limit.
        idle_hours: The hours without use after which a model is stopped; None for no limit.
        regions: The regions.
        dry_run: True to stop nothing.
        topic_arn: The topic that receives the report.
    """

    max_hours: float | None
    max_cost: Decimal | None
    idle_hours: float | None
    regions: tuple[str, ...]
    dry_run: bool = True
    topic_arn: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "StopSettings":
        """Read the settings from environment variables.

        Raises:
            ValueError: A limit is not a positive number, there is no limit, or no region.
        """
        hours, cost, idle = (_limit(name, environment) for name in _LIMITS)
        if hours is None and cost is None and idle is None:
            raise ValueError(
                f"one of {', '.join(_LIMITS)} must be set; without a limit, no model would ever be stopped"
            )
        own = environment.get("AWS_REGION", "")
        regions = tuple(filter(None, (part.strip() for part in (environment.get("REGIONS") or own).split(","))))
        if not regions:
            raise ValueError("REGIONS must name at least one region, separated by commas")
        return cls(
            None if hours is None else float(hours),
            cost,
            None if idle is None else float(idle),
            regions,
            environment.get("DRY_RUN", "").strip().lower() != "false",
            environment.get("TOPIC_ARN") or None,
        )

    def reason(self, model: ActiveModel, now: datetime, *, is_idle: bool = False) -> str | None:
        """Return the reason to stop a model; None if it is within the limits, or if that is not known.

        Args:
            model: The model.
            now: The time in UTC.
            is_idle: True if the model was certainly not used for `idle_hours`.
        """
        if is_idle:
            return f"it was not used for {self.idle_hours:g} hours"
        if model.started_at is None:
            return None
        age = now - model.started_at
        if self.max_hours is not None and age > timedelta(hours=self.max_hours):
            return f"it has run for {age.total_seconds() / 3600:.1f} hours, more than {self.max_hours:g}"
        if self.max_cost is not None and model.cost is not None and model.cost.least > self.max_cost:
            return f"it has cost {model.cost}, more than {self.max_cost} USD"
        return None


def _limit(name: str, environment: Mapping[str, str]) -> Decimal | None:
    text = environment.get(name, "").strip()
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(0)
    if not (number.is_finite() and number > 0):
        raise ValueError(f"{name} must be a number above 0, got '{printable(text, 40)}'")
    return number


def handler(event: object, context: object) -> dict[str, Any]:  # noqa: ARG001  (Lambda passes two arguments)
    """Stop the models that are over a limit, and report them.

    Args:
        event: The event of the schedule, which is not used.
        context: Lambda's context, which is not used.

    Returns:
        `dry_run`; `models`, each with `version_arn`, `action` and `reason`; and `failed`, the lookups that failed.

    Raises:
        ValueError: A setting is invalid.
        StopAllError: A model could not be stopped, or a part of the account could not be listed. The report was sent.
    """
    settings = StopSettings.from_environment(os.environ)
    clients = [VersionsClient.connect(region) for region in settings.regions]
    now = _now()
    idle: set[str] = set()
    if settings.idle_hours is not None:
        idle = {model.version_arn for model in idle_models(*clients, for_hours=settings.idle_hours)}
    reasons: dict[str, str] = {}
    left: list[ActiveModel] = []

    def is_over(model: ActiveModel) -> bool:
        reason = settings.reason(model, now, is_idle=model.version_arn in idle)
        if reason is None:
            left.append(model)
        else:
            reasons[model.version_arn] = reason
        return reason is not None

    failure: StopAllError | None = None
    try:
        report = stop_all(*clients, dry_run=settings.dry_run, only=is_over)
    except StopAllError as error:
        report, failure = error.report, error
    result = _document(report, reasons, left)
    text = _text(result)
    logger.warning("%s", text)
    if settings.topic_arn and (reasons or report.failed):
        clients[0].service("sns").publish(
            TopicArn=settings.topic_arn, Subject=text.partition("\n")[0][:_SUBJECT], Message=text
        )
    if failure is not None:
        raise failure
    return result


def _now() -> datetime:
    return datetime.now(UTC)


def _document(report: StopReport, reasons: Mapping[str, str], left: list[ActiveModel]) -> dict[str, Any]:
    stopped = [
        {
            "version_arn": str(outcome.model.version_arn),
            "action": str(outcome.action),
            "reason": reasons[outcome.model.version_arn],
        }
        for outcome in report
    ]
    kept = [
        {
            "version_arn": str(model.version_arn),
            "action": "was left running",
            "reason": "it is within the limits" if model.started_at else "its start is not known",
        }
        for model in left
    ]
    return {
        "dry_run": report.dry_run,
        "models": [*stopped, *kept],
        "failed": [str(failure) for failure in report.failed],
    }


def _text(result: Mapping[str, Any]) -> str:
    """Return the report as text; its first line is the subject of the message."""
    over = sum(model["action"] != "was left running" for model in result["models"])
    will = "would be stopped (dry run)" if result["dry_run"] else "are over their limits"
    lines = [
        f"Custom Labels: {over} of {len(result['models'])} running models {will}",
        *(f"- {model['version_arn']} {model['action']}: {model['reason']}" for model in result["models"]),
        *(f"- {failure}" for failure in result["failed"]),
    ]
    return "\n".join(map(printable, lines))
