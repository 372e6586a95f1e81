"""The control: sets how the emulated service behaves in a test."""

import os
from collections.abc import Mapping
from typing import Any, Self, TypedDict, Unpack

from moto import settings as moto_settings
from moto.core.models import DEFAULT_ACCOUNT_ID

from rekog_versions._text import printable
from rekog_versions.testing.capacity import Capacity
from rekog_versions.testing.fault_injection import Fault, HangUp
from rekog_versions.testing.process_state import active_controls, transition_defaults
from rekog_versions.testing.responses import OPERATIONS
from rekog_versions.testing.settings import ImageChecks, Limits, Quality, Rule, settings_of
from rekog_versions.testing.transitions import (
    CopyingOutcome,
    CopyingTransition,
    DatasetOutcome,
    DatasetTransition,
    HostingOutcome,
    HostingTransition,
    TrainingOutcome,
    TrainingTransition,
    Transition,
)


class RegionScope(TypedDict, total=False):
    """Where a setting applies."""

    region: str | None
    """A region. None means all regions."""
    account_id: str | None
    """An account. None means moto's default account."""


class ProjectScope(RegionScope, total=False):
    """Where a setting for projects applies."""

    project: str | None
    """The name of a project. None means all projects. For a copy, this is the destination project."""


class VersionScope(ProjectScope, total=False):
    """Where a setting for versions applies."""

    version: str | None
    """The name of a version. None means all versions."""


_NARROW_SCOPES: Mapping[type, Mapping[str, Any]] = {
    Limits: RegionScope.__annotations__,
    Fault: RegionScope.__annotations__,
    DatasetTransition: ProjectScope.__annotations__,
}


class CustomLabelsControl:
    """Sets how the emulated service behaves while a mock is active.

    `mock_custom_labels()` and the fixture `custom_labels` return a control. In a decorated function, call
    `CustomLabelsControl.current()`. When the mock ends, its settings are undone.

    The scope of a setting is given by `project`, `version`, `region` and `account_id`, where the method accepts them.
    If several settings apply to a version, the most specific one counts: the version's, then the project's, the
    region's, the account's, and the default. Among equally specific settings the latest counts. A setting without a
    scope is the default for all accounts, except for `set_quality`, `set_images`, `set_capacity`, `set_limits` and
    `inject`: without an `account_id` these apply to moto's default account.

    All methods raise TypeError for a value of the wrong type, ValueError for a value that is out of range or unknown,
    and RuntimeError if moto uses a server in another process.
    """

    def __init__(self) -> None:
        self._rules: list[tuple[str, Rule]] = []

    @classmethod
    def current(cls) -> Self:
        """Return the control of the mock that was started last, in any thread, and is still active.

        Raises:
            RuntimeError: No mock is active.
        """
        for control in reversed(active_controls):
            if isinstance(control, cls):
                return control
        raise RuntimeError("no mock_custom_labels is active. Use it as a decorator or in a with statement")

    def set_training(
        self,
        *,
        times: int | None = None,
        seconds: float | None = None,
        outcome: TrainingOutcome = "TRAINING_COMPLETED",
        message: str | None = None,
        **scope: Unpack[VersionScope],
    ) -> None:
        """Set when trainings end and how. This applies to current trainings too.

        By default a training has ended at the first describe call. Until then it writes nothing to S3.

        Args:
            times: The number of the describe call that finds the training ended, counted from 1.
            seconds: How long a training takes. Give either `times` or `seconds`, or none of them.
            outcome: The outcome. With TRAINING_COMPLETED, a training still fails if its manifests are invalid.
            message: The StatusMessage. None means the service's own.
            scope: Where the setting applies.
        """
        self._set(TrainingTransition(times, seconds, outcome, message), scope)

    def set_hosting(
        self,
        *,
        times: int | None = None,
        seconds: float | None = None,
        outcome: HostingOutcome = "RUNNING",
        message: str | None = None,
        **scope: Unpack[VersionScope],
    ) -> None:
        """Set how long models take to start and to stop, and the outcome of a start. This applies to current ones too.

        By default a model runs, or has stopped, at the first describe call.

        Args:
            times: The number of the describe call that finds the model started or stopped, counted from 1 for each.
            seconds: How long a start takes, and a stop. Give either `times` or `seconds`, or none of them.
            outcome: The outcome of a start. A stop always succeeds.
            message: The StatusMessage afterwards. None means the emulation's own.
            scope: Where the setting applies.
        """
        self._set(HostingTransition(times, seconds, outcome, message), scope)

    def set_copying(
        self,
        *,
        times: int | None = None,
        seconds: float | None = None,
        outcome: CopyingOutcome = "COPYING_COMPLETED",
        message: str | None = None,
        **scope: Unpack[VersionScope],
    ) -> None:
        """Set when copies of versions are complete and how. This applies to current copies too.

        By default a copy is complete at the first describe call.

        Args:
            times: The number of the describe call that finds the copy complete, counted from 1.
            seconds: How long the copying takes. Give either `times` or `seconds`, or none of them.
            outcome: The outcome. With COPYING_COMPLETED, a copy still fails if its output cannot be written.
            message: The StatusMessage. None means the emulation's own.
            scope: Where the setting applies. All names are those of the destination.
        """
        self._set(CopyingTransition(times, seconds, outcome, message), scope)

    def set_datasets(
        self,
        *,
        times: int | None = None,
        seconds: float | None = None,
        outcome: DatasetOutcome = "SUCCESS",
        message: str | None = None,
        **scope: Unpack[ProjectScope],
    ) -> None:
        """Set when creations, updates, distributions and deletions of datasets end, and how.

        This applies to current ones too. By default they have ended at the first describe call, which also reads the
        manifest.

        Args:
            times: The number of the describe call (of the dataset or of its project) that finds the change ended,
                counted from 1 for each dataset.
            seconds: How long a change takes. Give either `times` or `seconds`, or none of them.
            outcome: The StatusMessageCode. With CLIENT_ERROR and SERVICE_ERROR a creation or update fails, and the
                entries stay as they were. With SUCCESS it still fails if its lines are invalid. A deletion never fails.
            message: The StatusMessage. None means the service's own.
            scope: Where the setting applies.
        """
        self._set(DatasetTransition(times, seconds, outcome, message), scope)

    def set_quality(
        self,
        *,
        f1: float = 0.9,
        labels: Mapping[str, float] | None = None,
        seed: int = 0,
        **scope: Unpack[VersionScope],
    ) -> None:
        """Set how good the simulated models are, for trainings that end from now on.

        Args:
            f1: The F1 score that the predictions of each label aim at, 0 to 1. They come as close as whole images
                allow.
            labels: The F1 scores of labels that aim at another score. Labels that it does not name aim at `f1`, even if
                a less specific setting names them.
            seed: The seed of the random numbers. The same seed gives the same predictions.
            scope: Where the setting applies.
        """
        self._add(Quality(f1, seed, dict(labels or {})), scope)

    def set_images(self, *, checked: bool = True, **scope: Unpack[VersionScope]) -> None:
        """Set whether trainings check the images that their manifests name, for trainings that end from now on.

        By default they do not, because tests rarely upload images. If they do, an image makes its line invalid if it is
        not in the emulated S3, or if the service would reject it.

        Args:
            checked: True to check the images.
            scope: Where the setting applies.
        """
        self._add(ImageChecks(checked), scope)

    def set_capacity(
        self,
        *,
        per_unit: float | None = None,
        per_account: float | None = None,
        latency: float | None = None,
        **scope: Unpack[VersionScope],
    ) -> None:
        """Set how many images DetectCustomLabels processes. A value of None is unchanged.

        By default there are no limits and no latency. A limit allows the calls of one second at once, and is refilled
        at its rate by the clock of the emulation.

        Args:
            per_unit: Images a second for each inference unit (`MinInferenceUnits`) of a running model. A call above it
                gets ProvisionedThroughputExceededException.
            per_account: Calls a second in an account and region, whatever the model. A call above it gets
                ThrottlingException. The service's default is 50. It has no scope of a project or version.
            latency: The seconds that a model takes for an image. No lock is held meanwhile.
            scope: Where the setting applies.
        """
        if per_account is not None and (scope.get("project") or scope.get("version")):
            raise ValueError(
                "per_account must have no project and no version: it applies to a whole account and region"
            )
        self._add(Capacity(per_unit, per_account, latency), scope)

    def set_limits(
        self,
        *,
        projects: int | None = None,
        versions: int | None = None,
        trainings: int | None = None,
        running: int | None = None,
        inference_units: int | None = None,
        copies: int | None = None,
        policies: int | None = None,
        tags: int | None = None,
        **scope: Unpack[RegionScope],
    ) -> None:
        """Set quotas. A quota of None is unchanged.

        The defaults are the service's own, except for `copies` and `tags`, which it does not document.

        Args:
            projects: Projects in an account and region. The default is 100.
            versions: Versions in a project. The default is 100.
            trainings: Concurrent trainings in an account and region. The default is 2.
            running: Models that start, run or stop at the same time in an account and region. The default is 2.
            inference_units: Inference units of a model. The default is 5.
            copies: Concurrent copies in an account and region. The default is 5.
            policies: Policies of a project. The default is 5.
            tags: Tags of a resource. The default is 50, as in most services of AWS.
            scope: Where the setting applies.
        """
        self._add(Limits(projects, versions, trainings, running, inference_units, copies, policies, tags), scope)

    def inject(
        self,
        operation: str,
        *,
        times: int = 1,
        error: str | None = None,
        hang_up: HangUp | None = None,
        delay: float = 0.0,
        **scope: Unpack[RegionScope],
    ) -> None:
        """Make the next calls of an operation fail, or delay them. Faults apply in the order of their injection.

        Each request counts. A client that retries by itself uses up several.

        Args:
            operation: The name of the operation, as in "CreateProjectVersion".
            times: The number of calls.
            error: The code of an error that the service model declares for the operation, as in "ThrottlingException",
                or "ValidationException".
                It is returned before any other check, and nothing is done.
            hang_up: Closes the connection without a response, "before" the work is done or "after" it. In the same
                process botocore raises a `ConnectionClosedError`. A server closes the socket.
            delay: The seconds to wait before anything is done. No lock is held meanwhile.
            scope: Where the fault applies.
        """
        if operation not in OPERATIONS:
            raise ValueError(f"operation must be one of {', '.join(sorted(OPERATIONS))}. Got {operation!r}")
        self._add(Fault(operation, times, error, hang_up, delay), scope)

    def _set(self, transition: Transition, scope: Mapping[str, Any]) -> None:
        if all(value is None for value in scope.values()):
            _check_scope(transition, scope)
            _check_in_process()
            transition_defaults[type(transition)].set(self, transition.to_config())
        else:
            self._add(transition, scope)

    def _add(self, setting: object, scope: Mapping[str, Any]) -> None:
        _check_scope(setting, scope)
        _check_in_process()
        names = dict(scope)
        account = names.pop("account_id", None) or os.environ.get("MOTO_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID
        rule = Rule(setting, **names)
        settings_of(account).add(rule)
        self._rules.append((account, rule))

    def activate(self) -> None:
        """Make this the current control. Its mock calls this."""
        active_controls.append(self)

    def deactivate(self) -> None:
        """Make this no longer the current control. Its mock calls this."""
        active_controls.remove(self)

    def undo(self) -> None:
        """Undo all settings of this control."""
        for default in transition_defaults.values():
            default.drop(self)
        while self._rules:
            account, rule = self._rules.pop()
            settings_of(account).drop(rule)


def _check_scope(setting: object, scope: Mapping[str, Any]) -> None:
    """Check the names in `**scope`, which Python itself does not check."""
    allowed = _NARROW_SCOPES.get(type(setting), VersionScope.__annotations__)
    for name, value in scope.items():
        if name not in allowed:
            raise TypeError(f"got an unexpected keyword argument {name!r}")
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name} must be a string, got {printable(value, 80)}")


def _check_in_process() -> None:
    if moto_settings.TEST_SERVER_MODE or moto_settings.is_test_proxy_mode():
        raise RuntimeError(
            "moto uses a server of its own (TEST_SERVER_MODE or TEST_PROXY_MODE), which this control cannot reach. Set "
            "transitions over HTTP at /moto-api/state-manager/set-transition, or use /_custom-labels/ of "
            "rekog_versions.testing.server"
        )
