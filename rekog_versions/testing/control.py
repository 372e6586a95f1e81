"""The control: how a test says what the emulated service should do."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from threading import Lock
from typing import Any, Self

from moto import settings as moto_settings
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_api import state_manager

from rekog_versions.testing.faults import Fault, HangUp
from rekog_versions.testing.responses import OPERATIONS
from rekog_versions.testing.settings import Images, Limits, Quality, Rule, settings_of
from rekog_versions.testing.states import (
    CopyingOutcome,
    CopyingTransition,
    DatasetOutcome,
    DatasetTransition,
    Ending,
    HostingOutcome,
    HostingTransition,
    Outcome,
    Transition,
)

_SERVER_HINT = (
    "moto is set to work through a server of its own (TEST_SERVER_MODE or TEST_PROXY_MODE), which this control can't "
    "reach; set transitions over HTTP, at /moto-api/state-manager/set-transition, or all of it at /_custom-labels/ of "
    "rekog_versions.testing.server"
)


class _Defaults:
    """The defaults that controls have set in moto's state manager for a model name, so that each can take back its own.

    Mocks nest and overlap between threads: when one ends, the latest of the others counts again, and after the last
    whatever stood there before. What somebody else sets meanwhile is theirs and stays.
    """

    def __init__(self, model_name: str) -> None:
        self._model_name = model_name
        self._lock = Lock()
        self._before: dict[str, Any] = {}
        self._set: list[tuple[object, dict[str, Any]]] = []

    def set(self, owner: object, config: dict[str, Any]) -> None:
        with self._lock:
            current = state_manager.get_transition(self._model_name)
            if all(current is not ours for _, ours in self._set):
                self._before, self._set = current, []
            self._set.append((owner, config))
            state_manager.set_transition(self._model_name, config)

    def drop(self, owner: object) -> None:
        with self._lock:
            current = state_manager.get_transition(self._model_name)
            is_ours = any(current is ours for _, ours in self._set)
            self._set = [(other, config) for other, config in self._set if other is not owner]
            if not is_ours:
                return
            # without this, what is registered as the default counts; it needn't be set to be in effect
            state_manager.unset_transition(self._model_name)
            left = self._set[-1][1] if self._set else self._before
            if left is not state_manager.get_transition(self._model_name):
                state_manager.set_transition(self._model_name, left)


_defaults: Mapping[type[Ending], _Defaults] = {
    kind: _Defaults(kind.MODEL_NAME) for kind in (Transition, HostingTransition, CopyingTransition, DatasetTransition)
}
_active: list["CustomLabelsControl"] = []


class CustomLabelsControl:
    """Says how the emulated service behaves while a mock is active.

    `mock_custom_labels()` and the fixture `custom_labels` give one; inside of a decorated function,
    `CustomLabelsControl.current()` does. What it sets is taken back when its mock ends.

    Of several settings that hold for a version, the most specific counts: for the version, then for the project, then
    for the region, then for the account, then the default; of equally specific ones the latest.
    """

    def __init__(self) -> None:
        self._rules: list[tuple[str, Rule]] = []

    @classmethod
    def current(cls) -> Self:
        """The control of the mock that was started last and is still active, in any thread.

        Raises:
            RuntimeError: None is active.
        """
        for control in reversed(_active):
            if isinstance(control, cls):
                return control
        raise RuntimeError("no mock_custom_labels is active; use it as a decorator or in a with statement")

    def set_training(
        self,
        *,
        times: int | None = None,
        seconds: float | None = None,
        outcome: Outcome = "TRAINING_COMPLETED",
        message: str | None = None,
        project: str | None = None,
        version: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Sets how trainings end, also of versions that train already.

        With neither `times` nor `seconds`, a training has ended as soon as somebody looks. Nothing happens, output in
        S3 included, until somebody does: a describe of the version.

        Args:
            times: The describe of a version that finds its training ended, counted from 1.
            seconds: How long a training takes.
            outcome: How it ends. One that is to complete still fails if its manifests are at fault; one that is to
                fail fails whatever they hold.
            message: The StatusMessage; None means the service's own.
            project: A project's name: holds for its versions only. With none of these four it is the default for
                everything, kept in moto's state manager.
            version: A version's name: holds for versions of that name only.
            region: Holds in that region only; None means in all.
            account_id: The account; None means moto's default one. Without the other three it holds for the account.

        Raises:
            TypeError: A value is of another type.
            ValueError: A value is out of its range or unknown, or both `times` and `seconds` are given.
            RuntimeError: The emulation runs in another process.
        """
        self._set(Transition(times, seconds, outcome, message), project, version, region, account_id)

    def set_hosting(
        self,
        *,
        times: int | None = None,
        seconds: float | None = None,
        outcome: HostingOutcome = "RUNNING",
        message: str | None = None,
        project: str | None = None,
        version: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Sets how long models take to start and to stop, and how a start ends; also of those that start already.

        With neither `times` nor `seconds`, a model runs, or has stopped, as soon as somebody looks.

        Args:
            times: The describe of a version that finds it started, or stopped, counted from 1 for each.
            seconds: How long a start takes, and a stop.
            outcome: How a start ends. A stop always succeeds.
            message: The StatusMessage afterwards; None means the emulation's own.
            project: As for `set_training`.
            version: As for `set_training`.
            region: As for `set_training`.
            account_id: As for `set_training`.

        Raises:
            TypeError: A value is of another type.
            ValueError: A value is out of its range or unknown, or both `times` and `seconds` are given.
            RuntimeError: The emulation runs in another process.
        """
        self._set(HostingTransition(times, seconds, outcome, message), project, version, region, account_id)

    def set_copying(
        self,
        *,
        times: int | None = None,
        seconds: float | None = None,
        outcome: CopyingOutcome = "COPYING_COMPLETED",
        message: str | None = None,
        project: str | None = None,
        version: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Sets how copies of versions end, also of those that are being copied already.

        With neither `times` nor `seconds`, a copy is there as soon as somebody looks.

        Args:
            times: The describe of a copy that finds it made, counted from 1.
            seconds: How long the copying takes.
            outcome: How it ends. One that is to complete still fails if the output can't be written.
            message: The StatusMessage; None means the emulation's own.
            project: The name of a destination project: holds for copies into it only.
            version: A copy's name: holds for copies of that name only.
            region: As for `set_training`.
            account_id: As for `set_training`; the account that is copied to.

        Raises:
            TypeError: A value is of another type.
            ValueError: A value is out of its range or unknown, or both `times` and `seconds` are given.
            RuntimeError: The emulation runs in another process.
        """
        self._set(CopyingTransition(times, seconds, outcome, message), project, version, region, account_id)

    def inject(
        self,
        operation: str,
        *,
        times: int = 1,
        error: str | None = None,
        hang_up: HangUp | None = None,
        delay: float = 0.0,
        region: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Makes the next calls of an operation go wrong, or slowly. What was injected first happens first.

        Each request counts, so a client that tries again by itself uses up several.

        Args:
            operation: Its name, as in "CreateProjectVersion".
            times: How many calls.
            error: The code of an error that the operation is modelled with, as in "ThrottlingException". It comes
                before everything else, so nothing is done.
            hang_up: Loses the connection without an answer, "before" the work is done or "after" it. In process,
                botocore meets a `ConnectionClosedError`; a server closes the socket.
            delay: Seconds to wait before anything is done. No lock is held meanwhile.
            region: Holds in that region only; None means in all.
            account_id: The account; None means moto's default one.

        Raises:
            TypeError: A value is of another type.
            ValueError: There is no such operation or error, a value is out of its range, or values contradict each
                other.
            RuntimeError: The emulation runs in another process.
        """
        if operation not in OPERATIONS:
            raise ValueError(f"operation is {operation!r}; there are {', '.join(sorted(OPERATIONS))}")
        self._add(Rule(Fault(operation, times, error, hang_up, delay), region), account_id)

    def set_datasets(
        self,
        *,
        times: int | None = None,
        seconds: float | None = None,
        outcome: DatasetOutcome = "SUCCESS",
        message: str | None = None,
        project: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Sets how creations, updates, distributions and deletions of datasets end, also of those that go on already.

        With neither `times` nor `seconds`, they have ended as soon as somebody looks: a manifest is read then.

        Args:
            times: The describe (of the dataset, or of its project) that finds it ended, counted from 1 for each
                dataset.
            seconds: How long it takes.
            outcome: The StatusMessageCode that it ends with. CLIENT_ERROR and SERVICE_ERROR mean CREATE_FAILED or
                UPDATE_FAILED, and the entries stay as they were; what is to succeed still fails if the lines are at
                fault. A deletion never fails.
            message: The StatusMessage; None means the service's own.
            project: A project's name: holds for its datasets only. With none of these three it is the default for
                everything, kept in moto's state manager.
            region: Holds in that region only; None means in all.
            account_id: The account; None means moto's default one. Without the other two it holds for the account.

        Raises:
            TypeError: A value is of another type.
            ValueError: A value is out of its range or unknown, or both `times` and `seconds` are given.
            RuntimeError: The emulation runs in another process.
        """
        self._set(DatasetTransition(times, seconds, outcome, message), project, None, region, account_id)

    def set_quality(
        self,
        *,
        f1: float = 0.9,
        labels: Mapping[str, float] | None = None,
        seed: int = 0,
        project: str | None = None,
        version: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Sets how well the simulated models do, for trainings that end from now on.

        Args:
            f1: The F1 score that the predictions aim at for each label, 0 to 1; they come as near as whole test
                images allow.
            labels: The F1 scores of labels that aim at another. Of several settings the one that counts (see above)
                counts as a whole: labels that it doesn't name have its `f1`.
            seed: What the simulation's chance starts from; the same gives the same predictions.
            project: As for `set_training`.
            version: As for `set_training`.
            region: As for `set_training`.
            account_id: The account; None means moto's default one.

        Raises:
            TypeError: An F1 score is no number, or a label no string.
            ValueError: An F1 score is not between 0 and 1.
            RuntimeError: The emulation runs in another process.
        """
        quality = Quality(f1, seed, dict(labels or {}))
        self._add(Rule(quality, region, project, version), account_id)

    def set_images(
        self,
        *,
        checked: bool = True,
        project: str | None = None,
        version: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Sets whether trainings that end from now on look at the images that their manifests name.

        Unless they are told to, they don't: tests rarely upload pictures. Where they do, an image that isn't in the
        emulated S3, or that the service would refuse, makes its line invalid, as with the service.

        Args:
            checked: Whether they do.
            project: As for `set_training`.
            version: As for `set_training`.
            region: As for `set_training`.
            account_id: The account; None means moto's default one.

        Raises:
            TypeError: `checked` is no bool.
            RuntimeError: The emulation runs in another process.
        """
        self._add(Rule(Images(checked), region, project, version), account_id)

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
        region: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Sets the quotas; what is None stays as it is.

        The defaults are the service's own, but for `copies` and `tags`, of which it documents none.

        Args:
            projects: Projects an account and region: 100.
            versions: Versions a project: 100.
            trainings: Trainings at a time in an account and region: 2.
            running: Models that start, run or stop at a time in an account and region: 2.
            inference_units: Inference units a model: 5.
            copies: Copies in progress at a time in an account and region. Made up, for the service tells its own only
                to an account: 5.
            policies: Policies a project: 5.
            tags: Tags a resource: 50, as with most of AWS.
            region: Holds in that region only; None means in all.
            account_id: The account; None means moto's default one.

        Raises:
            TypeError: A limit is no integer.
            ValueError: A limit is negative.
            RuntimeError: The emulation runs in another process.
        """
        limits = Limits(projects, versions, trainings, running, inference_units, copies, policies, tags)
        for name, limit in asdict(limits).items():
            given: object = limit
            if limit is not None and (not isinstance(given, int) or isinstance(given, bool)):
                raise TypeError(f"{name} is {limit!r}; it must be an integer")
            if limit is not None and limit < 0:
                raise ValueError(f"{name} is {limit!r}; it can't be negative")
        self._add(Rule(limits, region), account_id)

    def _set(
        self, ending: Ending, project: str | None, version: str | None, region: str | None, account_id: str | None
    ) -> None:
        if (project, version, region, account_id) == (None, None, None, None):
            _check_in_process()
            _defaults[type(ending)].set(self, ending.to_config())
        else:
            self._add(Rule(ending, region, project, version), account_id)

    def _add(self, rule: Rule, account_id: str | None) -> None:
        _check_in_process()
        account = account_id or os.environ.get("MOTO_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID
        settings_of(account).add(rule)
        self._rules.append((account, rule))

    def activate(self) -> None:
        """Makes it the current one: for the mock that it belongs to."""
        _active.append(self)

    def deactivate(self) -> None:
        """Makes it no longer a current one: for the mock that it belongs to."""
        _active.remove(self)

    def undo(self) -> None:
        """Takes back everything that it has set."""
        for defaults in _defaults.values():
            defaults.drop(self)
        while self._rules:
            account, rule = self._rules.pop()
            settings_of(account).drop(rule)


def _check_in_process() -> None:
    if moto_settings.TEST_SERVER_MODE or moto_settings.is_test_proxy_mode():
        raise RuntimeError(_SERVER_HINT)
