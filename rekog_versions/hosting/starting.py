"""Starting a model, without I/O: what a start that failed leaves behind."""

from typing import TYPE_CHECKING, Any

from rekog_versions._aws.error_codes import outcome_is_unknown
from rekog_versions.errors import ResponseError
from rekog_versions.lifecycle import start_version
from rekog_versions.operations.flows import Attempt, Call, Flow
from rekog_versions.operations.versions import START_PROJECT_VERSION
from rekog_versions.statuses import ProjectVersionStatus

if TYPE_CHECKING:
    from collections.abc import Sequence


class Start:
    """One start of a model, which remembers what became of its request.

    Args:
        version_arn: The version.
        min_inference_units: See StartProjectVersion.
        max_inference_units: See StartProjectVersion.
    """

    def __init__(self, version_arn: str, min_inference_units: int, max_inference_units: int | None) -> None:
        self._flow = start_version(version_arn, min_inference_units, max_inference_units)
        self._attempts: Sequence[Attempt] | None = None

    def may_have_begun(self, error: BaseException) -> bool:
        """Whether the model may have been started although this error was raised."""
        if self._attempts is None:
            return False
        if not isinstance(error, Exception) or isinstance(error, ResponseError):
            return True
        return outcome_is_unknown(error, self._attempts)

    def flow(self) -> Flow[ProjectVersionStatus | None]:
        """The flow of StartProjectVersion, watched."""
        result: Any = None
        error: BaseException | None = None
        while True:
            try:
                step = self._flow.send(result) if error is None else self._flow.throw(error)
            except StopIteration as end:
                status: ProjectVersionStatus | None = end.value
                return status
            if isinstance(step, Call) and step.operation is START_PROJECT_VERSION:
                # the list is filled while the call is made
                self._attempts = () if step.attempts is None else step.attempts
            result, error = None, None
            try:
                result = yield step
            except BaseException as raised:  # noqa: BLE001  (handed on)
                error = raised
