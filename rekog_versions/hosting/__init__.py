"""Models that run: for the length of a `with` statement, listed with what they cost, and stopped.

    with running(client, version, max_hours=2) as model:
        labels = model.detect("photo.jpg")

A model is billed by the hour from its start until it is stopped, used or not, and nothing stops it by itself.
"""

from rekog_versions.hosting.costs import CostRange, Prices, TrainingCost, TrainingCosts, training_cost
from rekog_versions.hosting.running import AsyncRunningModel, RunningModel, running

__all__ = [
    "AsyncRunningModel",
    "CostRange",
    "Prices",
    "RunningModel",
    "TrainingCost",
    "TrainingCosts",
    "running",
    "training_cost",
]
