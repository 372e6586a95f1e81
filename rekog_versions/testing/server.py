"""The emulated service as a server, for any client in any language.

    python -m rekog_versions.testing.server --port 5000

The first line on standard output is the URL of the server. It is moto's server with Custom Labels in it. S3 and the
other services of moto have the same URL, and so have `/moto-api/reset` and moto's state manager, which sets how
trainings end:

    curl URL/moto-api/state-manager/set-transition --json '{"model_name": "rekognition::custom-labels-training",
        "transition": {"progression": "manual", "times": 2, "outcome": "TRAINING_FAILED", "message": "..."}}'

All settings of the control can be changed over HTTP too (see `http_control`):

    curl URL/_custom-labels/set-hosting --json '{"times": 3, "project": "p1"}'
"""

import argparse
import importlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from rekog_versions.testing.missing_extra import explain_missing_library


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        arguments: The command line. None means that of the process.
    """
    options = _parser().parse_args(arguments)
    try:
        _serve(options)
    except ModuleNotFoundError as error:
        explained = explain_missing_library(error, "server")
        if explained is None:
            raise
        sys.exit(str(explained))


def _serve(options: argparse.Namespace) -> None:
    # imported here, so that a missing library has a helpful message
    from moto.moto_api import state_manager  # noqa: PLC0415
    from werkzeug.serving import make_server  # noqa: PLC0415

    from rekog_versions.testing import moto_patch  # noqa: PLC0415
    from rekog_versions.testing.http_control import ControlApplication  # noqa: PLC0415
    from rekog_versions.testing.transitions import AT_ONCE, TRAINING, TrainingTransition  # noqa: PLC0415

    moto_app: Any = importlib.import_module("moto.moto_server.werkzeug_app")  # Any: it is untyped
    if not options.verbose:
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # registered as the default, so that unset-transition restores it
    transition = TrainingTransition(times=options.training_times, seconds=options.training_seconds)
    state_manager.register_default_transition(TRAINING, transition.to_config())
    application = ControlApplication(moto_app.DomainDispatcherApplication(moto_app.create_backend_app))
    server = make_server(
        options.host,
        options.port,
        application,
        threaded=True,
        request_handler=moto_app.MotoRequestHandler,
    )
    # the services of moto that call others (Step Functions) must use this server
    os.environ.setdefault("MOTO_PORT", str(server.port))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"http://{host}:{server.port}", flush=True)  # noqa: T201 - the process that starts the server reads it
    try:
        with moto_patch.installed():
            server.serve_forever()
    finally:
        server.server_close()
        application.undo()
        state_manager.register_default_transition(TRAINING, AT_ONCE)


def _stop(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - the signature of a signal handler
    raise SystemExit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rekog_versions.testing.server",
        description="Serves an emulation of Amazon Rekognition Custom Labels (and the other services of moto). "
        "Metrics and billed times are simulated.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=5000, help="0 chooses a free port (default: %(default)s)")
    parser.add_argument("--verbose", action="store_true", help="log each request to standard error")
    ending = parser.add_mutually_exclusive_group()
    ending.add_argument(
        "--training-times", type=_times, metavar="N", help="the N-th describe of a version finds its training ended"
    )
    ending.add_argument("--training-seconds", type=_seconds, metavar="S", help="a training takes S seconds")
    return parser


def _times(text: str) -> int:
    times = int(text)
    if times < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {text}")
    return times


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number of seconds, got {text}")
    return seconds


if __name__ == "__main__":
    main()
