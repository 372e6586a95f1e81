"""`rekog version start`: start a model, for good or for the time of a command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

from cyclopts import Parameter

from rekog_versions import hosting
from rekog_versions._text import duration
from rekog_versions.cli.arguments import Flag, confirm, version_ref
from rekog_versions.cli.context import Context, current
from rekog_versions.cli.exit_codes import ExitCode
from rekog_versions.cli.output import Output, remark
from rekog_versions.cli.waits import wait_for

_CHECK_EVERY = 1.0
"""Seconds between two checks of whether the command has ended or a limit was reached."""
_GRACE = 10.0
"""Seconds that a command has to end after SIGTERM."""
_SIGNALLED = 128


def start(
    version: str,
    /,
    *,
    for_: Annotated[timedelta | None, Parameter("--for")] = None,
    max_cost: str | None = None,
    min_inference_units: int = 1,
    max_inference_units: int | None = None,
    wait: Flag = False,
    yes: Flag = False,
) -> Output:
    """Start a model. It is billed until it is stopped, used or not.

    With `--for`, `--max-cost` or a command after `--`, the model is stopped at the limit or when the command ends,
    whatever happens. Its ARN is in the variable REKOG_VERSION_ARN of the command, whose exit code is passed on.

    Args:
        version: The ARN, or PROJECT/VERSION.
        for_: How long the model may run, such as 90m or 2h.
        max_cost: How much it may cost, such as 10, at list prices in USD.
        min_inference_units: The inference units; each one is billed.
        max_inference_units: The units to which the service may scale.
        wait: Wait until the model is running.
        yes: Do not ask.
    """
    context = current.get()
    hourly = hosting.Prices().hosting(min_inference_units, max_inference_units)
    confirm(f"This starts the model {version}. It costs {hourly} an hour at list prices.", yes=yes, context=context)
    if for_ is None and max_cost is None and context.child is None:
        status = context.client.start_project_version(
            version_ref(version), min_inference_units=min_inference_units, max_inference_units=max_inference_units
        )
        stop = f"It is billed until you run: rekog stop {version}{context.options}"
        if wait:
            remark(stop)
            return wait_for(context, version, "running", None)
        return Output({"Status": status}, f"{version}: {status}", remarks=[stop])
    from rekog_versions.client.progress import Progress, closing

    progress = Progress(None)
    with (
        closing(progress),
        _last_attempt(),
        hosting.running(
            context.client,
            version_ref(version),
            min_inference_units=min_inference_units,
            max_inference_units=max_inference_units,
            max_hours=None if for_ is None else for_ / timedelta(hours=1),
            max_cost=max_cost,
            on_poll=progress,
        ) as model,
    ):
        progress.close()
        code = _run(context.child, model, context) if context.child else _hold(model, context)
    document = {"VersionArn": model.version_arn, "Hours": model.hours, "Cost": model.cost, "ExitCode": code}
    ran = f"{version} ran for {duration((model.hours or 0) * 3600)}"
    return Output(document, f"{ran} and cost {model.cost} at list prices" if model.cost else ran, exit_code=code)


@contextmanager
def _last_attempt() -> Generator[None]:
    """Try again to stop a model that could not be stopped, before the error is printed instead of at the exit."""
    from rekog_versions import errors
    from rekog_versions.hosting.process import owner

    try:
        yield
    except errors.ModelStillRunningError as error:
        if not owner().close():
            error.add_note("Another attempt has stopped it.")
        sys.unraisablehook = lambda _: None  # at the exit, the owner raises the same error again
        raise


def _hold(model: hosting.RunningModel, context: Context) -> int:
    remark(f"{model.version_arn} is running. Ctrl-C stops it.")
    while not model.is_stopped:
        context.client.sleep(_CHECK_EVERY)
    return ExitCode.OK


def _run(command: Sequence[str], model: hosting.RunningModel, context: Context) -> int:
    """Run a command while the model runs, and return its exit code. It is terminated if the model is stopped."""
    variables = {
        "REKOG_VERSION_ARN": str(model.version_arn),
        "AWS_PROFILE": context.profile,
        "AWS_DEFAULT_REGION": context.region,
        "AWS_ENDPOINT_URL": context.endpoint_url,
    }
    environment = {**os.environ, **{name: value for name, value in variables.items() if value is not None}}
    child = subprocess.Popen(command, env=environment)  # noqa: S603  (the caller's own command)
    try:
        while True:
            try:
                code = child.wait(_CHECK_EVERY)
            except subprocess.TimeoutExpired:
                if model.is_stopped:
                    remark(f"A limit was reached and the model is stopped. The command gets SIGTERM: {command[0]}")
                    return _terminated(child)
            else:
                return code if code >= 0 else _SIGNALLED - code
    except BaseException:
        _terminated(child)
        raise


def _terminated(child: subprocess.Popen[bytes]) -> int:
    """End a command and return its exit code."""
    child.terminate()
    try:
        code = child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        code = child.wait()
    return code if code >= 0 else _SIGNALLED - code
