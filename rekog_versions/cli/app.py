"""The command tree of `rekog`, its common options, and one run of it."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Group, Parameter

from rekog_versions._text import printable
from rekog_versions._version import __version__
from rekog_versions.cli.context import STDIN, Context, Format, current
from rekog_versions.cli.exit_codes import ExitCode, exit_code_of, report
from rekog_versions.cli.help_pages import COMMON_OPTIONS, HelpFormatter, examples
from rekog_versions.cli.output import Output, UsageError, write

COMMANDS = {
    "project": "List, create and delete projects.",
    "version": "Train, watch, start, stop and delete model versions.",
    "manifest": "Check, convert, export, split, describe and compare manifests.",
    "dataset": "Create, read, change and delete datasets.",
    "eval": "Evaluate, compare and plot trained versions.",
    "report": "Write the report of a trained version.",
    "detect": "Detect labels in images.",
    "running": "List the running models and what they cost.",
    "stop": "Stop a model, or all of them.",
    "preflight": "Check a training before it is paid for.",
    "cost": "Show what trainings cost.",
    "promote": "Point an alias to a version that passes its gates.",
    "deploy": "Replace the running model of an alias.",
    "rollback": "Return an alias to the version before.",
    "history": "Show the moves of aliases.",
    "prune": "Delete the versions that nothing needs.",
    "workflow": "Print workflows that train without a process that waits.",
    "emulator": "Start the emulated service for tests.",
    "completion": "Print the completion script for a shell.",
    "skill": "Print a skill file for coding agents.",
}
"""The commands and their summaries. Each is the `app` of the module of its name in `rekog_versions.cli.commands`,
imported on use."""

COMMON = Group(COMMON_OPTIONS, sort_key=100)

app = App(
    name="rekog",
    help="Train, evaluate and run model versions of Amazon Rekognition Custom Labels.",
    version=__version__,
    help_format="plaintext",
    help_formatter=HelpFormatter(COMMANDS),
    help_epilogue=examples("rekog version list pets --output json --profile work"),
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
)
for _name in COMMANDS:
    app.command(f"rekog_versions.cli.commands.{_name}:app", name=_name)


app.meta.suppress_keyboard_interrupt = False


@app.meta.default
def _launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    profile: Annotated[str | None, Parameter(group=COMMON)] = None,
    region: Annotated[str | None, Parameter(group=COMMON)] = None,
    endpoint_url: Annotated[str | None, Parameter(group=COMMON)] = None,
    output: Annotated[Format, Parameter(group=COMMON)] = "table",
    query: Annotated[str | None, Parameter(group=COMMON)] = None,
    debug: Annotated[bool, Parameter(group=COMMON, negative=(), show_default=False)] = False,
) -> int:
    """Run a command with the common options.

    Args:
        tokens: The command and its arguments.
        profile: The profile of the AWS configuration.
        region: The region to call.
        endpoint_url: Another endpoint than AWS's, such as the emulated service.
        output: The format of the data on stdout.
        query: A JMESPath expression that selects from the data.
        debug: Show tracebacks and log lines.
    """
    context = Context(profile, region, endpoint_url, output, query, debug, current.get().child)
    current.set(context)
    if debug:
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    result = app(tokens, result_action="return_value", exit_on_error=False, print_error=False)
    if not isinstance(result, Output):
        return int(result or 0)
    write(result, context)
    if result.exit_code is not None:
        return result.exit_code
    return ExitCode.OK if result.ok else ExitCode.NO


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: The arguments, without the program's name. Those after the first `--` are a command to run.
    """
    given = list(arguments)
    child = None
    if "--" in given:
        separator = given.index("--")
        given, child = given[:separator], tuple(given[separator + 1 :])
    given = [STDIN if argument == "-" else argument for argument in given]
    token = current.set(Context(child=child, debug="--debug" in given, output=_output_of(given)))
    try:
        _check_child(given, child)
        result: Any = app.meta(given, result_action="return_value", exit_on_error=False, print_error=False)
        return int(result or 0)
    except CycloptsError as error:
        report(UsageError(str(error)), ExitCode.USAGE, current.get())
        return ExitCode.USAGE
    except BrokenPipeError:  # the reader of a pipe has ended, such as `head`
        sys.stdout = None  # so that Python does not flush it again
        return ExitCode.OK
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else ExitCode.OTHER
    except BaseException as error:  # noqa: BLE001  (Ctrl-C too)
        code = exit_code_of(error)
        report(error, code, current.get())
        return code
    finally:
        current.reset(token)


def _check_child(arguments: Sequence[str], child: tuple[str, ...] | None) -> None:
    """Check the command after `--`, before a model is started for it.

    Raises:
        UsageError: It is missing, there is no such program, or the command of `rekog` runs no other command.
    """
    if child is None:
        return
    if "start" not in arguments:
        raise UsageError("-- COMMAND must be used with rekog version start. Remove it")
    if not child:
        raise UsageError("-- must be followed by the command to run")
    if shutil.which(child[0]) is None:
        raise UsageError(f"the command after -- must be a program, got '{printable(child[0], 200)}'. Check its name")


def _output_of(arguments: Sequence[str]) -> Format:
    """Return the format for errors in the arguments themselves."""
    names: tuple[Format, ...] = ("json", "jsonl")
    for name in names:
        if f"--output={name}" in arguments or ("--output", name) in pairwise(arguments):
            return name
    return "table"
