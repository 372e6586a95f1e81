"""What a test has set: for an account, one of its regions, a project or a version.

Kept apart from the projects themselves, because a setting may come before the project and hold for every region. moto's
reset clears it. The default for all accounts is not here but in moto's state manager (see `states`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from threading import Lock
from typing import TypeVar, cast

from moto.core.base_backend import BackendDict, BaseBackend

_T = TypeVar("_T")


@dataclass(frozen=True)
class Quality:
    """How well the simulated models do."""

    f1: float = 0.9
    """The F1 score that the predictions aim at, label by label, 0 to 1."""
    seed: int = 0
    """What the simulation's chance starts from."""
    labels: Mapping[str, float] = field(default_factory=dict[str, float])
    """The F1 score of labels that have one of their own."""

    def __post_init__(self) -> None:
        """Checks the scores.

        Raises:
            TypeError: A score is no number, or a label no string.
            ValueError: A score is not between 0 and 1.
        """
        _check_score("f1", self.f1)
        for label, score in self.labels.items():
            if not isinstance(cast("object", label), str):
                raise TypeError(f"labels has the key {label!r}; it must be a label, a string")
            _check_score(f"the f1 of the label {label!r}", score)

    def of(self, label: str) -> float:
        """The F1 score that a label's predictions aim at."""
        return self.labels.get(label, self.f1)


def _check_score(name: str, score: object) -> None:
    if not isinstance(score, int | float) or isinstance(score, bool):
        raise TypeError(f"{name} is {score!r}; it must be a number between 0 and 1")
    if not 0 <= score <= 1:
        raise ValueError(f"{name} is {score!r}; it must be between 0 and 1")


@dataclass(frozen=True)
class Images:
    """What trainings make of the images that manifests name."""

    checked: bool = False
    """Whether they look at them. Tests rarely upload pictures, so they don't unless they are told to."""

    def __post_init__(self) -> None:
        """Checks the type.

        Raises:
            TypeError: `checked` is no bool.
        """
        if not isinstance(cast("object", self.checked), bool):
            raise TypeError(f"checked is {self.checked!r}; it must be True or False")


@dataclass(frozen=True)
class Limits:
    """The quotas; where a setting has None, the one that is less specific counts."""

    projects: int | None = None
    """Projects an account and region."""
    versions: int | None = None
    """Versions a project."""
    trainings: int | None = None
    """Trainings at a time in an account and region."""
    running: int | None = None
    """Models that start, run or stop at a time in an account and region."""
    inference_units: int | None = None
    """Inference units a model."""
    copies: int | None = None
    """Copies in progress at a time in an account and region."""
    policies: int | None = None
    """Policies a project."""
    tags: int | None = None
    """Tags a project, version or dataset."""


# The service documents no number of copies at a time (Service Quotas shows it to an account only): five is made up.
# Nor one of tags: fifty is what most of AWS allows.
DEFAULT_LIMITS = Limits(
    projects=100, versions=100, trainings=2, running=2, inference_units=5, copies=5, policies=5, tags=50
)


@dataclass(frozen=True)
class Rule:
    """A setting and where it holds; None means everywhere."""

    value: object
    region: str | None = None
    project: str | None = None
    version: str | None = None

    def holds(self, region: str, project: str | None, version: str | None) -> bool:
        """Whether the rule covers a version (or, without the names, what belongs to no project)."""
        return self.region in (None, region) and self.project in (None, project) and self.version in (None, version)

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """The more specific rule ranks higher: a version's before a project's before a region's."""
        return self.version is not None, self.project is not None, self.region is not None


class AccountSettings(BaseBackend):
    """The settings of one account."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._lock = Lock()
        self._rules: tuple[Rule, ...] = ()

    def reset(self) -> None:
        """Forgets every setting. In place, unlike moto's, which leaves other threads an object without attributes."""
        with self._lock:
            self._rules = ()

    def add(self, rule: Rule) -> None:
        """Adds a setting; among equally specific ones the latest counts."""
        with self._lock:
            self._rules = (*self._rules, rule)

    def drop(self, rule: Rule) -> None:
        """Takes a setting back; one that a reset took before is no error."""
        with self._lock:
            self._rules = tuple(other for other in self._rules if other is not rule)

    def find(self, kind: type[_T], *, region: str, project: str | None = None, version: str | None = None) -> list[_T]:
        """The settings of a kind that hold there, the one that counts first."""
        covering = [rule for rule in reversed(self._rules) if rule.holds(region, project, version)]
        covering.sort(key=lambda rule: rule.rank, reverse=True)  # a stable sort: the latest stays first
        return [rule.value for rule in covering if isinstance(rule.value, kind)]

    def limits(self, region: str) -> Limits:
        """The quotas of a region."""
        layers = [*self.find(Limits, region=region), DEFAULT_LIMITS]
        return Limits(**{quota.name: _first(layers, quota.name) for quota in fields(Limits)})


def _first(layers: Sequence[Limits], name: str) -> int | None:
    limits: Iterable[int | None] = (getattr(layer, name) for layer in layers)
    return next(limit for limit in limits if limit is not None)


# an account has one set of rules, so this BackendDict has one region, the one that moto calls "aws"
_accounts = BackendDict(AccountSettings, "rekognition", use_boto3_regions=False, additional_regions=["aws"])


def settings_of(account_id: str) -> AccountSettings:
    """The settings of an account."""
    return _accounts[account_id]["aws"]
