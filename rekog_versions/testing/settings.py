"""The settings of a test: for an account, a region, a project or a version.

They are not part of the projects because a setting may come before its project, and may hold for every region. moto's
reset clears them. moto's state manager holds the defaults for all accounts (see `transitions`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from threading import Lock
from typing import Any, TypeVar, cast

from moto.core.base_backend import BackendDict, BaseBackend

from rekog_versions.testing.capacity import Capacity

_T = TypeVar("_T")


@dataclass(frozen=True)
class Quality:
    """How good the simulated models are.

    Raises:
        TypeError: An F1 score is not a number, the seed is not an integer, or a label is not a string.
        ValueError: An F1 score is not between 0 and 1.
    """

    f1: float = 0.9
    """The F1 score that the predictions of each label aim at, 0 to 1."""
    seed: int = 0
    """The seed of the random numbers."""
    labels: Mapping[str, float] = field(default_factory=dict[str, float])
    """The F1 scores of labels that aim at another score than `f1`."""

    def __post_init__(self) -> None:
        _check_score("f1", self.f1)
        if not isinstance(cast("object", self.seed), int) or isinstance(self.seed, bool):
            raise TypeError(f"seed must be an integer, got {self.seed!r}")
        for label, score in self.labels.items():
            if not isinstance(cast("object", label), str):
                raise TypeError(f"labels must have strings as keys, got {label!r}")
            _check_score(f"the f1 of the label {label!r}", score)

    def f1_of(self, label: str) -> float:
        """Return the F1 score that the predictions of a label aim at."""
        return self.labels.get(label, self.f1)


def _check_score(name: str, score: object) -> None:
    if not isinstance(score, int | float) or isinstance(score, bool):
        raise TypeError(f"{name} must be a number between 0 and 1, got {score!r}")
    if not 0 <= score <= 1:
        raise ValueError(f"{name} must be between 0 and 1, got {score!r}")


@dataclass(frozen=True)
class ImageChecks:
    """True if trainings check the images that manifests name.

    Raises:
        TypeError: `checked` is not a bool.
    """

    checked: bool = False
    """By default they do not, because tests rarely upload images."""

    def __post_init__(self) -> None:
        if not isinstance(cast("object", self.checked), bool):
            raise TypeError(f"checked must be True or False, got {self.checked!r}")


@dataclass(frozen=True)
class Limits:
    """The quotas. None means that the less specific setting applies.

    Raises:
        TypeError: A limit is not an integer.
        ValueError: A limit is negative.
    """

    projects: int | None = None
    """Projects in an account and region."""
    versions: int | None = None
    """Versions in a project."""
    trainings: int | None = None
    """Concurrent trainings in an account and region."""
    running: int | None = None
    """Models that start, run or stop at the same time in an account and region."""
    inference_units: int | None = None
    """Inference units of a model."""
    copies: int | None = None
    """Concurrent copies in an account and region."""
    policies: int | None = None
    """Policies of a project."""
    tags: int | None = None
    """Tags of a project, version or dataset."""

    def __post_init__(self) -> None:
        for quota in fields(self):
            limit: object = getattr(self, quota.name)
            if limit is None:
                continue
            if not isinstance(limit, int) or isinstance(limit, bool):
                raise TypeError(f"{quota.name} must be an integer, got {limit!r}")
            if limit < 0:
                raise ValueError(f"{quota.name} must not be negative, got {limit!r}")


# The service does not document the quotas of copies and tags. Five copies is an assumption; fifty tags is what most
# services of AWS allow.
DEFAULT_LIMITS = Limits(
    projects=100, versions=100, trainings=2, running=2, inference_units=5, copies=5, policies=5, tags=50
)


@dataclass(frozen=True)
class Rule:
    """A setting and where it applies. None means everywhere."""

    value: object
    region: str | None = None
    project: str | None = None
    version: str | None = None

    def applies(self, region: str, project: str | None, version: str | None) -> bool:
        """Return whether the rule applies to a version, or to what is in no project if the names are None."""
        return self.region in (None, region) and self.project in (None, project) and self.version in (None, version)

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """The rank, which is higher for more specific rules: version before project before region."""
        return self.version is not None, self.project is not None, self.region is not None


class AccountSettings(BaseBackend):
    """The settings of one account."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._lock = Lock()
        self._rules: tuple[Rule, ...] = ()

    def reset(self) -> None:
        """Remove all settings. Unlike moto's reset, this keeps the object usable for other threads."""
        with self._lock:
            self._rules = ()

    def add(self, rule: Rule) -> None:
        """Add a setting. Among equally specific settings the latest applies."""
        with self._lock:
            self._rules = (*self._rules, rule)

    def drop(self, rule: Rule) -> None:
        """Remove a setting. It is not an error if a reset has removed it before."""
        with self._lock:
            self._rules = tuple(other for other in self._rules if other is not rule)

    def find(self, kind: type[_T], *, region: str, project: str | None = None, version: str | None = None) -> list[_T]:
        """Return the settings of a kind that apply, the most specific and latest first."""
        rules = [
            rule
            for rule in reversed(self._rules)
            if isinstance(rule.value, kind) and rule.applies(region, project, version)
        ]
        rules.sort(key=lambda rule: rule.rank, reverse=True)  # stable: the latest stays first
        return [cast("_T", rule.value) for rule in rules]

    def capacity(self, region: str, project: str | None = None, version: str | None = None) -> Capacity:
        """Return the capacity of a version, or that of its account and region without the names."""
        layers = self.find(Capacity, region=region, project=project, version=version)
        return Capacity(**{setting.name: _first(layers, setting.name) for setting in fields(Capacity)})

    def limits(self, region: str) -> Limits:
        """Return the quotas of a region."""
        layers = [*self.find(Limits, region=region), DEFAULT_LIMITS]
        return (
            layers[0]
            if len(layers) == 1
            else Limits(**{quota.name: _first(layers, quota.name) for quota in fields(Limits)})
        )


def _first(layers: Sequence[object], name: str) -> Any:
    values = (getattr(layer, name) for layer in layers)
    return next((value for value in values if value is not None), None)


# the settings of an account hold for all regions, so this BackendDict has one region, which moto calls "aws"
_accounts = BackendDict(AccountSettings, "rekognition", use_boto3_regions=False, additional_regions=["aws"])


def settings_of(account_id: str) -> AccountSettings:
    """Return the settings of an account."""
    return _accounts[account_id]["aws"]
