# Generated from rekog_versions/registry/_async/deployment_run.py. Change that file, then run scripts/unasync.py.
"""The steps of a deployment: each is recorded, then done. A failure leaves the old version serving."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from rekog_versions._notes import noted
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import VersionsClient
from rekog_versions.client.base import OnPoll
from rekog_versions.errors import VersionNotFoundError
from rekog_versions.hosting import ActiveModel
from rekog_versions.hosting._sync.overview import running_models
from rekog_versions.hosting._sync.stopping import stop_model
from rekog_versions.hosting.costs import hourly_cost
from rekog_versions.hosting.stopping import Meaning, meaning_of
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.registry._sync.documents import Documents
from rekog_versions.registry.deployment_report import RecoveredDeployment, Recovery
from rekog_versions.registry.deployments import (
    Decision,
    DeploymentSettings,
    TakenOverError,
    alias_moved,
    being_undone,
    check_owned,
    check_running,
    ended,
    needs_model,
    taken_over,
)
from rekog_versions.registry.document import Deployment, RegistryDocument
from rekog_versions.registry.registry_errors import DeploymentError
from rekog_versions.statuses import ProjectVersionStatus

logger = logging.getLogger("rekog_versions")


class DeploymentRun:
    """The deployment of an alias by one call, which is its owner.

    Args:
        client: The client.
        documents: The documents.
        empty: The document of the project if there is none yet.
        alias: The alias.
        owner: The identity of the call.
        settings: The settings.
        now: The function that returns the time.
    """

    def __init__(
        self,
        client: VersionsClient,
        documents: Documents,
        empty: RegistryDocument,
        *,
        alias: str,
        owner: str,
        settings: DeploymentSettings,
        now: Callable[[], datetime],
    ) -> None:
        self._client, self._documents, self._empty = client, documents, empty
        self._alias, self._owner, self._settings, self._now = alias, owner, settings, now
        self.warnings: list[str] = []
        self.old_needed_by: list[str] = []

    def found(self, deployment: Deployment, recovery: Recovery) -> RecoveredDeployment:
        """Return a deployment that did not end, with the models of it that are billed."""
        arns = [deployment.candidate.version_arn, *([deployment.old_arn] if deployment.old_arn else [])]
        models = [self._describe(arn) for arn in arns]
        billed = [
            ActiveModel(
                model,
                region=self._empty.region,
                account_id=self._empty.account_id,
                cost_an_hour=hourly_cost(model, self._settings.prices),
            )
            for model in models
            if model is not None and _is_billed(model.status)
        ]
        found = RecoveredDeployment(
            alias=self._alias,
            recovery=recovery,
            version_arn=deployment.candidate.version_arn,
            old_arn=deployment.old_arn,
            billed=tuple(billed),
        )
        logger.warning("%s", found)
        return found

    def recover(self, deployment: Deployment, recovery: Recovery) -> RegistryDocument:
        """Undo or finish a deployment that did not end.

        Raises:
            TakenOverError: Another call does it.
            ModelStillRunningError, WaitError, ServiceError: A model could not be stopped. The record stays.
        """
        self._change(lambda document: taken_over(document, self._alias, deployment, self._owner))
        owned = replace(deployment, owner=self._owner)
        if recovery is Recovery.FINISHED:
            self._finish(owned)
        else:
            self._stop_new(owned)
        return self._change(lambda document: ended(document, self._alias, owned))

    def check_limit(self, arn: ProjectVersionArn) -> None:
        """Check that one more model may run in the account.

        Raises:
            DeploymentError: The limit is reached.
            ServiceError: A request was rejected.
        """
        running = running_models(self._client, prices=self._settings.prices)
        self.warnings += [str(failure) for failure in running.failed]
        check_running(tuple(running.models), arn, self._alias, self._settings)

    def carry_out(self, deployment: Deployment, on_poll: OnPoll | None) -> RegistryDocument:
        """Start the new model, move the alias, and stop the old model. The deployment must be recorded.

        Raises:
            DeploymentError: It failed. The old version is serving, and the new model was stopped, or the message says
                that it could not be stopped.
            TakenOverError: Another call has taken the deployment over.
            ModelStillRunningError, WaitError, ServiceError: The old model could not be stopped. The new one is serving.
        """
        arn = deployment.candidate.version_arn
        old = f", in addition to {printable(deployment.old_arn, 300)}" if deployment.old_arn else ""
        extra = self._settings.extra_cost_an_hour
        logger.info("%s is started for '%s' and costs %s an hour%s", printable(arn, 300), self._alias, extra, old)
        try:
            self._start(arn)
            self._client.wait_until_running(
                arn, timeout=self._settings.timeout, schedule=self._settings.schedule, on_poll=on_poll
            )
        except Exception as error:
            raise self.undo(deployment, error) from error
        try:
            self._change(lambda document: alias_moved(document, self._alias, deployment, self._now()))
        except TakenOverError:
            self._leave(deployment)
            raise
        self._finish(deployment)
        return self._change(lambda document: ended(document, self._alias, deployment))

    def undo(self, deployment: Deployment, cause: Exception) -> DeploymentError:
        """Undo a deployment after a failure, and return the error to raise."""
        arn, old = deployment.candidate.version_arn, deployment.old_arn
        serving = (
            f"'{self._alias}' still points to {printable(old, 300)}" if old else f"'{self._alias}' was not created"
        )
        reason = printable(f"{type(cause).__name__}: {cause}", 1000)
        message = f"{printable(arn, 300)} was not deployed: {reason}. {serving}."
        try:
            self._change(lambda document: being_undone(document, self._alias, deployment))
            left = self._stop_new(deployment)
            self._change(lambda document: ended(document, self._alias, deployment))
        except TakenOverError as lost:
            self._leave(deployment)
            return lost
        except Exception as error:  # noqa: BLE001  (it is in the message)
            also = printable(f"{type(error).__name__}: {error}", 1000)
            return DeploymentError(
                f"{message} The new model could not be stopped and may be billed: {also}. The next deploy() or "
                f"recover('{self._alias}') undoes this deployment",
                alias=self._alias,
                billed=[arn, *([old] if old else [])],
            )
        state = "is left running" if left else "is not running"
        return DeploymentError(f"{message} The new model {state}", alias=self._alias, billed=[arn] if left else [])

    def note(self, interruption: BaseException) -> None:
        """Add a note to an exception that ends this call between two steps, such as Ctrl-C."""
        noted(
            interruption,
            f"the deployment of alias '{self._alias}' did not end. Both models may be running, and are billed. Call "
            f"deploy() again, which resumes or undoes it, or recover('{self._alias}'), which undoes or finishes it",
        )

    def _change(self, decision: Decision) -> RegistryDocument:
        def decide(document: RegistryDocument) -> RegistryDocument:
            return decision(document)

        return self._documents.change(self._empty, decide)

    def _document(self) -> RegistryDocument:
        return self._documents.read(self._empty.project) or self._empty

    def _describe(self, arn: ProjectVersionArn) -> ProjectVersionDescription | None:
        try:
            return self._client.get_project_version(arn)
        except VersionNotFoundError:
            return None

    def _start(self, arn: ProjectVersionArn) -> None:
        status = (self._client.get_project_version(arn)).status
        if status is ProjectVersionStatus.STOPPING:
            self._client.wait_until_stopped(arn, schedule=self._settings.schedule)
        elif status in (ProjectVersionStatus.STARTING, ProjectVersionStatus.RUNNING):
            return
        self._client.start_project_version(
            arn,
            min_inference_units=self._settings.min_inference_units,
            max_inference_units=self._settings.max_inference_units,
        )

    def _stop(self, arn: ProjectVersionArn, *, may_be_starting: bool) -> None:
        """Stop a model, and wait until it has stopped and is not billed any more."""
        status = stop_model(self._client, arn, arn, may_be_starting=may_be_starting)
        if status is ProjectVersionStatus.STOPPING:
            self._client.wait_until_stopped(arn, schedule=self._settings.schedule)

    def _stop_new(self, deployment: Deployment) -> bool:
        """Stop the new model, unless it was running before or another alias needs it; return True if it was left."""
        arn = deployment.candidate.version_arn
        if deployment.was_running or needs_model(self._document(), arn, except_alias=self._alias):
            return True
        self._stop(arn, may_be_starting=True)
        return False

    def _finish(self, deployment: Deployment) -> None:
        """Stop the old model, once the callers that follow the alias have left it."""
        old = deployment.old_arn
        if old is None or old == deployment.candidate.version_arn:
            return
        described = self._describe(old)
        if described is None or not _is_billed(described.status):
            return
        self._client.sleep(self._settings.drain)
        document = self._document()
        check_owned(document, self._alias, deployment)
        self.old_needed_by = needs_model(document, old, except_alias=self._alias)
        if self.old_needed_by:
            needed = ", ".join(self.old_needed_by)
            logger.warning("%s is left running, and billed, for alias %s", printable(old, 300), needed)
        else:
            self._stop(old, may_be_starting=False)

    def _leave(self, deployment: Deployment) -> None:
        """Stop the new model after another call has taken over, unless the document needs it now."""
        arn = deployment.candidate.version_arn
        if not deployment.was_running and not needs_model(self._document(), arn):
            self._stop(arn, may_be_starting=True)


def _is_billed(status: ProjectVersionStatus | None) -> bool:
    return status is ProjectVersionStatus.STOPPING or meaning_of(status) in (Meaning.STARTING, Meaning.RUNNING)
