"""Models that run: for the length of a `with` statement, listed with what they cost, and stopped.

    with running(client, version, max_hours=2) as model:
        labels = model.detect("photo.jpg")

A model is billed by the hour from its start until it is stopped, used or not, and nothing stops it by itself.
"""

from rekog_versions.hosting.costs import CostRange, Prices, TrainingCost, TrainingCosts, training_cost
from rekog_versions.hosting.handles import AsyncRunningModel, RunningModel
from rekog_versions.hosting.inventory import ActiveModel, FailedLook, RunningModels
from rekog_versions.hosting.overview import (
    StopAction,
    StopAllError,
    StopOutcome,
    StopReport,
    running_models,
    stop_all,
    training_costs,
)
from rekog_versions.hosting.running import running

__all__ = [
    "ActiveModel",
    "AsyncRunningModel",
    "CostRange",
    "FailedLook",
    "Prices",
    "RunningModel",
    "RunningModels",
    "StopAction",
    "StopAllError",
    "StopOutcome",
    "StopReport",
    "TrainingCost",
    "TrainingCosts",
    "running",
    "running_models",
    "stop_all",
    "training_cost",
    "training_costs",
]
