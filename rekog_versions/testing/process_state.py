"""The state that all mocks of a process share, because moto has one state manager for the process.

This module holds the default transitions and the active controls. Importing it registers the default transitions with
moto's state manager. The other state of the process is in three modules:

- `moto_patch` counts the mocks that need moto's method to be replaced.
- `backend` and `settings` each have one `BackendDict`, which registers itself with moto. moto's reset clears it.
"""

from collections.abc import Mapping
from threading import Lock
from typing import Any

from moto.moto_api import state_manager

from rekog_versions.testing.transitions import (
    AT_ONCE,
    CopyingTransition,
    DatasetTransition,
    HostingTransition,
    ProjectDeletion,
    TrainingTransition,
    Transition,
    VersionDeletion,
)


class TransitionDefault:
    """The defaults that controls have set for one model name of the state manager, so that each can undo its own.

    Mocks nest, and overlap between threads. When one ends, the latest default of the others applies again. After the
    last one, the transition from before applies again. A transition that other code sets meanwhile is kept.
    """

    def __init__(self, model_name: str) -> None:
        self._model_name = model_name
        self._lock = Lock()
        self._before: dict[str, Any] = {}
        self._set: list[tuple[object, dict[str, Any]]] = []

    def set(self, owner: object, config: dict[str, Any]) -> None:
        """Set the default for an owner."""
        with self._lock:
            current = state_manager.get_transition(self._model_name)
            if all(current is not ours for _, ours in self._set):
                self._before, self._set = current, []
            self._set.append((owner, config))
            state_manager.set_transition(self._model_name, config)

    def drop(self, owner: object) -> None:
        """Undo all defaults of an owner."""
        with self._lock:
            current = state_manager.get_transition(self._model_name)
            is_ours = any(current is ours for _, ours in self._set)
            self._set = [(other, config) for other, config in self._set if other is not owner]
            if not is_ours:
                return
            # unset first: the registered default applies without being set
            state_manager.unset_transition(self._model_name)
            left = self._set[-1][1] if self._set else self._before
            if left is not state_manager.get_transition(self._model_name):
                state_manager.set_transition(self._model_name, left)


for _kind in (
    TrainingTransition,
    HostingTransition,
    CopyingTransition,
    VersionDeletion,
    ProjectDeletion,
    DatasetTransition,
):
    state_manager.register_default_transition(_kind.MODEL_NAME, AT_ONCE)

transition_defaults: Mapping[type[Transition], TransitionDefault] = {
    kind: TransitionDefault(kind.MODEL_NAME)
    for kind in (TrainingTransition, HostingTransition, CopyingTransition, DatasetTransition)
}
active_controls: list[object] = []
"""The controls of the mocks that are active, in the order in which they started."""
