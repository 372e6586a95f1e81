# Generated from rekog_versions/registry/_async/deployment.py. Change that file, then run scripts/unasync.py.
"""The asyncio registry's methods that move an alias with its model: deploy, roll back, recover."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rekog_versions._notes import noted
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client.base import OnPoll
from rekog_versions.evaluation import Gates
from rekog_versions.hosting import Prices
from rekog_versions.hosting.costs import LIST_PRICES
from rekog_versions.hosting.stopping import is_active
from rekog_versions.models.references import VersionRef
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.registry._sync.deployment_run import DeploymentRun
from rekog_versions.registry._sync.promotion import Promotion
from rekog_versions.registry._sync.registry_base import GateCheck, new_identity
from rekog_versions.registry.arguments import check_alias, check_promotion, check_reason
from rekog_versions.registry.deployment_report import DeploymentReport, RecoveredDeployment, Recovery
from rekog_versions.registry.deployments import DeploymentSettings, begun, recovery_of
from rekog_versions.registry.document import (
    Candidate,
    Deployment,
    DeploymentStep,
    HistoryEntry,
    RegistryAction,
    RegistryDocument,
)
from rekog_versions.registry.moves import (
    as_candidate,
    check_can_move,
    check_usable,
    moved,
    rollback_target,
)
from rekog_versions.registry.registry_errors import DeploymentError, PromotionRejectedError
from rekog_versions.waiting.arguments import Seconds
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import RUNNING


class Deploying(Promotion):
    """Deployments: an alias is moved with its model."""

    def deploy(
        self,
        version: VersionRef,
        alias: str,
        *,
        gates: Gates | None = None,
        thresholds: Thresholds | None = None,
        reason: str | None = None,
        compare_with_old: bool = True,
        min_inference_units: int = 1,
        max_inference_units: int | None = None,
        max_running: int = 2,
        drain: float | None = None,
        prices: Prices = LIST_PRICES,
        timeout: Seconds | None = RUNNING.timeout,
        schedule: Schedule | None = None,
        on_poll: OnPoll | None = None,
        dry_run: bool = False,
    ) -> DeploymentReport:
        """Replace the running model of an alias by a version that passes its gates.

        The new model is started and waited for. Then the alias is moved, and the old model is stopped. Both are billed
        meanwhile. Each step is recorded in the document before it is done. If the new model cannot be started, it is
        stopped, and the alias still points to the old one, which was never touched.

        If the process of an earlier deployment of the alias was killed, that deployment is recovered first. It is
        resumed if it is for the same version, and undone otherwise. If it had moved the alias, it is finished. The
        report lists both billed models. If two processes deploy to one alias at a time, the second one takes over.

        Args:
            version: The version's ARN, `(project_arn, version_name)`, or a description of it. It must be trained.
            alias: The alias.
            gates: The gates, as for `promote()`.
            thresholds: The thresholds for `detect()`, as for `promote()`.
            reason: A text for the history.
            compare_with_old: False to check only the gates about the version itself.
            min_inference_units: The inference units of the new model; each is billed.
            max_inference_units: The most units to which the service scales it.
            max_running: The quota of the account for running models, in the client's region. One more model is only
                started if fewer are running.
            drain: The seconds between the move of the alias and the stop of the old model. Callers of `detect()` leave
                the old model meanwhile. By default, the registry's `max_age`.
            prices: The price list.
            timeout: Seconds for the start, as for `wait_until_running()`.
            schedule: The delays between polls.
            on_poll: Called after each poll of the new model.
            dry_run: Only check the gates and the limit, and report the cost.

        Returns:
            The report.

        Raises:
            PromotionRejectedError: A gate failed, or the version is not trained. The alias was not moved.
            DeploymentError: The limit of running models is reached, or the new model could not be started. The old one
                is serving.
            ModelStillRunningError, WaitError: The alias was moved, and the old model could not be stopped. The next
                call stops it.
            EvaluationError, RegistryDocumentError, RegistryConflictError, VersionNotFoundError, ServiceError: As for
                `promote()`.
        """
        check_alias(alias)
        check_reason(reason)
        check_promotion(gates, thresholds)
        settings = DeploymentSettings(
            min_inference_units=min_inference_units,
            max_inference_units=max_inference_units,
            max_running=max_running,
            drain=self._max_age if drain is None else drain,
            prices=prices,
            timeout=timeout,
            schedule=schedule,
        )
        description = self._client.get_project_version(version)
        arn = check_usable(description, alias)
        check = GateCheck(self._client, description, alias, gates, thresholds, compare_with_old=compare_with_old)

        def plan(document: RegistryDocument) -> tuple[Candidate, int | None]:
            return check.candidate(document), None

        return self._deploy(
            RegistryDocument.of_project(arn),
            alias,
            plan,
            action=RegistryAction.DEPLOY,
            reason=reason,
            settings=settings,
            on_poll=on_poll,
            wanted=arn,
            dry_run=dry_run,
        )

    def rollback(
        self,
        alias: str,
        *,
        version: VersionRef | None = None,
        reason: str | None = None,
        project: str | None = None,
    ) -> HistoryEntry:
        """Point an alias to the version before the current one, with the thresholds that it had.

        A second rollback returns to a still older version. The gates are not checked again. No model is started or
        stopped; `redeploy()` does that.

        Args:
            alias: The alias.
            version: The version to return to; the alias must have pointed to it.
            reason: A text for the history.
            project: The project's name or ARN; by default, the project of the registry.

        Returns:
            The new entry of the history.

        Raises:
            AliasNotFoundError: There is no such alias.
            PromotionRejectedError: There is no earlier version, or it cannot be used. Nothing was changed.
            DeploymentError: A deployment of the alias did not end.
            VersionNotFoundError: The earlier version was deleted. Nothing was changed.
            RegistryDocumentError, RegistryConflictError, ServiceError: As for `promote()`.
        """
        check_alias(alias)
        check_reason(reason)
        start = self._document(project)
        wanted = self._wanted(version)
        identity = new_identity()

        def decide(document: RegistryDocument) -> RegistryDocument:
            if document.find(identity) is not None:
                return document
            candidate, number = self._earlier(document, alias, wanted)
            check_can_move(document, alias, candidate.version_arn)
            return moved(
                document,
                alias,
                candidate,
                action=RegistryAction.ROLLBACK,
                identity=identity,
                at=self._now(),
                reason=reason,
                returned_to=number,
            )

        document = self._documents.change(start, decide)
        return document.find(identity) or document.entry(alias)

    def redeploy(
        self,
        alias: str,
        *,
        version: VersionRef | None = None,
        reason: str | None = None,
        project: str | None = None,
        min_inference_units: int = 1,
        max_inference_units: int | None = None,
        max_running: int = 2,
        drain: float | None = None,
        prices: Prices = LIST_PRICES,
        timeout: Seconds | None = RUNNING.timeout,
        schedule: Schedule | None = None,
        on_poll: OnPoll | None = None,
        dry_run: bool = False,
    ) -> DeploymentReport:
        """Roll an alias back with its model: start the earlier version, move the alias, and stop the current model.

        It is a `rollback()` with the steps of `deploy()`, and fails and recovers like that. A deployment that did not
        end is undone or finished first.

        Args:
            alias: The alias.
            version: The version to return to; the alias must have pointed to it.
            reason: A text for the history.
            project: The project's name or ARN; by default, the project of the registry.
            min_inference_units: As for `deploy()`, and so are the arguments that follow.
            max_inference_units: The most inference units.
            max_running: The quota of the account for running models.
            drain: The seconds between the move of the alias and the stop of the current model.
            prices: The price list.
            timeout: Seconds for the start.
            schedule: The delays between polls.
            on_poll: Called after each poll of the model that is started.
            dry_run: Only check the limit, and report the cost.

        Raises:
            AliasNotFoundError: There is no such alias.
            PromotionRejectedError: There is no earlier version, or it cannot be used. The alias was not moved.
            DeploymentError, ModelStillRunningError, WaitError: As for `deploy()`.
            RegistryDocumentError, RegistryConflictError, VersionNotFoundError, ServiceError: As for `promote()`.
        """
        check_alias(alias)
        check_reason(reason)
        settings = DeploymentSettings(
            min_inference_units=min_inference_units,
            max_inference_units=max_inference_units,
            max_running=max_running,
            drain=self._max_age if drain is None else drain,
            prices=prices,
            timeout=timeout,
            schedule=schedule,
        )
        start = self._document(project)
        wanted = self._wanted(version)

        def plan(document: RegistryDocument) -> tuple[Candidate, int | None]:
            return self._earlier(document, alias, wanted)

        return self._deploy(
            start,
            alias,
            plan,
            action=RegistryAction.ROLLBACK,
            reason=reason,
            settings=settings,
            on_poll=on_poll,
            wanted=None,
            dry_run=dry_run,
        )

    def recover(
        self, alias: str, *, project: str | None = None, drain: float | None = None, prices: Prices = LIST_PRICES
    ) -> RecoveredDeployment | None:
        """Undo or finish a deployment whose process was killed. `deploy()` and `redeploy()` do it themselves.

        Args:
            alias: The alias.
            project: The project's name or ARN; by default, the project of the registry.
            drain: As for `deploy()`.
            prices: The price list.

        Returns:
            The deployment with its billed models, as they were found; None if there is none.

        Raises:
            DeploymentError: Another call works on the deployment.
            ModelStillRunningError, WaitError: A model could not be stopped. The record stays.
            RegistryDocumentError, RegistryConflictError, ServiceError: As for `promote()`.
        """
        check_alias(alias)
        settings = DeploymentSettings(drain=self._max_age if drain is None else drain, prices=prices)
        document = self._document(project)
        run = self._run(document, alias, new_identity(), settings)
        unfinished = document.deployments.get(alias)
        recovery = recovery_of(unfinished, None)
        if unfinished is None or recovery is None:
            return None
        found = run.found(unfinished, recovery)
        run.recover(unfinished, recovery)
        return found

    def _deploy(
        self,
        empty: RegistryDocument,
        alias: str,
        plan: Callable[[RegistryDocument], tuple[Candidate, int | None]],
        *,
        action: RegistryAction,
        reason: str | None,
        settings: DeploymentSettings,
        on_poll: OnPoll | None,
        wanted: ProjectVersionArn | None,
        dry_run: bool,
    ) -> DeploymentReport:
        """Recover a deployment that did not end, and carry out the one that is wanted."""
        owner = new_identity()
        run = self._run(empty, alias, owner, settings)
        document = self._documents.read(empty.project) or empty
        unfinished = document.deployments.get(alias)
        recovery = recovery_of(unfinished, wanted)
        found: RecoveredDeployment | None = None
        has_begun = False
        try:
            if unfinished is not None and recovery is not None:
                found = run.found(unfinished, recovery)
                if recovery is not Recovery.RESUMED and not dry_run:
                    has_begun = True
                    document = run.recover(unfinished, recovery)
                    has_begun = False
            resumed = unfinished if recovery is Recovery.RESUMED else None
            try:
                candidate, _ = plan(document)
            except PromotionRejectedError:
                if resumed is not None and not dry_run:  # it passed the gates of the earlier call
                    run.recover(resumed, Recovery.UNDONE)
                raise
            arn = candidate.version_arn
            old = document.aliases[alias].version_arn if alias in document.aliases else None
            run.check_limit(arn)
            report = DeploymentReport(
                alias=alias,
                version_arn=arn,
                old_arn=old,
                entry=None,
                extra_cost_an_hour=settings.extra_cost_an_hour,
                recovered=found,
                warnings=tuple(run.warnings),
                dry_run=dry_run,
            )
            if dry_run:
                return report
            was_running = is_active((self._client.get_project_version(arn)).status)
            identity = resumed.id if resumed is not None else owner

            def begin(document: RegistryDocument) -> RegistryDocument:
                candidate, number = plan(document)
                current = document.aliases.get(alias)
                deployment = Deployment(
                    id=identity,
                    owner=owner,
                    action=action,
                    step=DeploymentStep.STARTING,
                    began_at=self._now(),
                    candidate=candidate,
                    old_arn=current.version_arn if current is not None else None,
                    was_running=was_running,
                    returned_to=number,
                    reason=reason,
                )
                return begun(document, alias, deployment, resumed)

            has_begun = True
            document = self._documents.change(empty, begin)
            document = run.carry_out(document.deployments[alias], on_poll)
        except BaseException as error:
            # a DeploymentError says itself what is running; any other error, Ctrl-C included, ended the work halfway
            if has_begun and not isinstance(error, DeploymentError | PromotionRejectedError):
                run.note(error)
            if found is not None:
                noted(error, str(found))
            raise
        entry = document.find(identity) or document.entry(alias)
        old = entry.previous_arn if entry.id == identity else old
        return replace(report, old_arn=old, entry=entry, old_needed_by=tuple(run.old_needed_by))

    def _run(self, empty: RegistryDocument, alias: str, owner: str, settings: DeploymentSettings) -> DeploymentRun:
        return DeploymentRun(
            self._client, self._documents, empty, alias=alias, owner=owner, settings=settings, now=self._now
        )

    def _earlier(
        self, document: RegistryDocument, alias: str, wanted: ProjectVersionArn | None
    ) -> tuple[Candidate, int | None]:
        """Return the version that a rollback returns to, and the number of its entry."""
        target = rollback_target(document, alias, wanted)
        check_usable(self._client.get_project_version(target.version_arn), alias)
        return as_candidate(target), target.number

    def _wanted(self, version: VersionRef | None) -> ProjectVersionArn | None:
        if version is None:
            return None
        return (self._client.get_project_version(version)).project_version_arn
