"""The decisions of a deployment: the document after each step, and the recovery of one that did not end. No I/O.

A step is recorded before it is done:

    STARTING      the new model is started, and waited for. The alias points to the old version
    STOPPING_OLD  the alias points to the new version, which is running. The old model is stopped
    UNDOING       the alias points to the old version. The new model is stopped

At the end the record is removed. So a record that is found later shows what a killed process may have left running.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.hosting import ActiveModel, CostRange, Prices
from rekog_versions.hosting.costs import check_prices
from rekog_versions.hosting.stopping import check_inference_units
from rekog_versions.registry.deployment_report import Recovery
from rekog_versions.registry.document import Deployment, DeploymentStep, RegistryDocument
from rekog_versions.registry.moves import check_can_move, moved
from rekog_versions.registry.registry_errors import DeploymentError
from rekog_versions.waiting.arguments import Seconds
from rekog_versions.waiting.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentSettings:
    """How a deployment is carried out; the arguments of `deploy()`.

    Raises:
        ValueError: A number is out of range.
        TypeError: An argument has the wrong type.
    """

    min_inference_units: int = 1
    max_inference_units: int | None = None
    max_running: int = 2
    drain: float
    prices: Prices
    timeout: Seconds | None = None
    schedule: Schedule | None = None

    def __post_init__(self) -> None:
        check_inference_units(self.min_inference_units, self.max_inference_units)
        check_prices(self.prices)
        for name, least, kinds in (("max_running", 1, (int,)), ("drain", 0, (int, float))):
            value: object = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, kinds):
                raise TypeError(f"{name} must be a number, got {type(value).__name__}")
            if not value >= least:
                raise ValueError(f"{name} must be {least} or more, got {value}")

    @property
    def extra_cost_an_hour(self) -> CostRange:
        """The cost of the new model for an hour."""
        return self.prices.hosting(self.min_inference_units, self.max_inference_units)


class TakenOverError(DeploymentError):
    """Another call works on the deployment. It assumed that this call was killed, or this one assumed that it was."""


def recovery_of(deployment: Deployment | None, wanted: ProjectVersionArn | None) -> Recovery | None:
    """Return how a deployment that did not end is recovered; None if there is none.

    Args:
        deployment: The deployment.
        wanted: The version to deploy now; None if nothing must be deployed.
    """
    if deployment is None:
        return None
    if deployment.step is DeploymentStep.STOPPING_OLD:
        return Recovery.FINISHED
    if deployment.step is DeploymentStep.STARTING and deployment.candidate.version_arn == wanted:
        return Recovery.RESUMED
    return Recovery.UNDONE


def begun(
    document: RegistryDocument, alias: str, deployment: Deployment, resumed: Deployment | None
) -> RegistryDocument:
    """Return the document with the record of a deployment that begins or is resumed.

    Args:
        document: The document.
        alias: The alias.
        deployment: The new record. If it resumes another, it keeps what that one knows about the new model.
        resumed: The record that is resumed, as it was found.

    Raises:
        DeploymentError: A deployment of the alias is in progress.
        PromotionRejectedError: `prune()` is deleting the version.
    """
    now = document.deployments.get(alias)
    if now is not None and (now.id, now.owner) == (deployment.id, deployment.owner):
        return document
    if resumed is None:
        check_can_move(document, alias, deployment.candidate.version_arn)
        return recorded(document, alias, deployment)
    if now is None or (now.id, now.owner, now.step) != (resumed.id, resumed.owner, resumed.step):
        raise _lost(alias, resumed)
    return recorded(document, alias, replace(deployment, was_running=now.was_running, began_at=now.began_at))


def recorded(document: RegistryDocument, alias: str, deployment: Deployment) -> RegistryDocument:
    """Return the document with the record of a deployment."""
    if document.deployments.get(alias) == deployment:
        return document
    return replace(document, deployments={**document.deployments, alias: deployment})


def taken_over(document: RegistryDocument, alias: str, found: Deployment, owner: str) -> RegistryDocument:
    """Return the document after a call has taken over a deployment to undo or finish it.

    Raises:
        TakenOverError: The deployment has changed since it was found.
    """
    now = document.deployments.get(alias)
    is_unchanged = now is not None and (now.id, now.owner, now.step) == (found.id, found.owner, found.step)
    is_mine = now is not None and (now.id, now.owner) == (found.id, owner)
    if now is None or not (is_unchanged or is_mine):
        raise _lost(alias, found)  # its process moved on meanwhile
    step = now.step if now.step is DeploymentStep.STOPPING_OLD else DeploymentStep.UNDOING
    return recorded(document, alias, replace(now, owner=owner, step=step))


def alias_moved(document: RegistryDocument, alias: str, deployment: Deployment, at: datetime) -> RegistryDocument:
    """Return the document after the alias was moved, with the record that the old model is being stopped.

    Raises:
        TakenOverError: Another call has taken the deployment over.
    """
    now = _owned(document, alias, deployment)
    if now.step is DeploymentStep.STOPPING_OLD:
        return document
    if now.step is DeploymentStep.UNDOING:
        raise _lost(alias, deployment)
    current = document.entry(alias) if alias in document.aliases else None
    wanted = now.candidate.version_arn, now.candidate.thresholds
    changed = document
    if current is None or (current.version_arn, current.thresholds) != wanted or now.returned_to is not None:
        changed = moved(
            document,
            alias,
            now.candidate,
            action=now.action,
            identity=now.id,
            at=at,
            reason=now.reason,
            returned_to=now.returned_to,
        )
    return recorded(changed, alias, replace(now, step=DeploymentStep.STOPPING_OLD))


def being_undone(document: RegistryDocument, alias: str, deployment: Deployment) -> RegistryDocument:
    """Return the document with the record that the new model is being stopped.

    Raises:
        TakenOverError: Another call has taken the deployment over.
    """
    now = _owned(document, alias, deployment)
    return recorded(document, alias, replace(now, step=DeploymentStep.UNDOING))


def ended(document: RegistryDocument, alias: str, deployment: Deployment) -> RegistryDocument:
    """Return the document without the record of a deployment. The record of another call stays."""
    now = document.deployments.get(alias)
    if now is None or (now.id, now.owner) != (deployment.id, deployment.owner):
        return document
    others = {name: other for name, other in document.deployments.items() if name != alias}
    return replace(document, deployments=others)


def check_owned(document: RegistryDocument, alias: str, deployment: Deployment) -> None:
    """Check that no other call has taken a deployment over.

    Raises:
        TakenOverError: Another call has.
    """
    _owned(document, alias, deployment)


def _owned(document: RegistryDocument, alias: str, deployment: Deployment) -> Deployment:
    now = document.deployments.get(alias)
    if now is None or (now.id, now.owner) != (deployment.id, deployment.owner):
        raise _lost(alias, deployment)
    return now


def _lost(alias: str, deployment: Deployment) -> TakenOverError:
    return TakenOverError(
        f"another call works on the deployment of {printable(deployment.candidate.version_arn, 300)} to alias "
        f"'{alias}', so this call ended. Call history('{alias}') for the result",
        alias=alias,
    )


def needs_model(document: RegistryDocument, arn: ProjectVersionArn, *, except_alias: str | None = None) -> list[str]:
    """Return the aliases that need a model to be running: they point to it, or are being deployed to or from it.

    Args:
        document: The document.
        arn: The model.
        except_alias: An alias whose deployment does not count.
    """
    pointing = [alias for alias, state in document.aliases.items() if state.version_arn == arn]
    deploying = [
        alias
        for alias, deployment in document.deployments.items()
        if alias != except_alias and arn in (deployment.candidate.version_arn, deployment.old_arn)
    ]
    return sorted({*pointing, *deploying})


def check_running(
    models: tuple[ActiveModel, ...], arn: ProjectVersionArn, alias: str, settings: DeploymentSettings
) -> None:
    """Check that one more model may run in the account.

    Raises:
        DeploymentError: The limit is reached.
    """
    others = [model for model in models if model.version_arn != arn]
    if len(others) < len(models) or len(others) < settings.max_running:
        return
    lines = "".join(f"\n- {model}" for model in others[:20])
    raise DeploymentError(
        f"{printable(arn, 300)} cannot be started for alias '{alias}': {len(others)} models are running, and "
        f"max_running is {settings.max_running}. Nothing was changed. Stop one, or pass max_running=... if the "
        f"account's quota for running models is higher:{lines}",
        alias=alias,
    )


Decision = Callable[[RegistryDocument], RegistryDocument]
"""A function that returns the document after a step."""
