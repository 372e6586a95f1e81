"""The emulated service as a server, for any client in any language.

    python -m rekog_versions.testing.server --port 5000

The first line on standard output is the server's URL. It is moto's server with Custom Labels in it: S3 and the rest of
moto answer at the same URL, and so do `/moto-api/reset` and moto's state manager, which sets how trainings end:

    curl URL/moto-api/state-manager/set-transition --json '{"model_name": "rekognition::custom-labels-training",
        "transition": {"progression": "manual", "times": 2, "outcome": "TRAINING_FAILED", "message": "..."}}'

What a test sets through the control in process is set over HTTP as well (see `remote`):

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

from rekog_versions.testing import moto_is_missing


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until SIGTERM or SIGINT.

    Args:
        arguments: The command line; None means that of the process.
    """
    options = _parser().parse_args(arguments)
    try:
        _serve(options)
    except ModuleNotFoundError as error:
        missing = moto_is_missing(error)
        if missing is None:
            raise
        sys.exit(str(missing))


def _serve(options: argparse.Namespace) -> None:
    # imported here, so that without moto the message says what to install
    from moto.moto_api import state_manager  # noqa: PLC0415
    from werkzeug.serving import make_server  # noqa: PLC0415

    from rekog_versions.testing import graft  # noqa: PLC0415
    from rekog_versions.testing.remote import ControlApplication  # noqa: PLC0415
    from rekog_versions.testing.states import AT_ONCE, TRAINING, Transition  # noqa: PLC0415

    moto_app: Any = importlib.import_module("moto.moto_server.werkzeug_app")  # Any: it is untyped
    if not options.verbose:
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # as the default, so that it is what unset-transition goes back to
    ending = Transition(times=options.training_times, seconds=options.training_seconds)
    state_manager.register_default_transition(TRAINING, ending.to_config())
    application = ControlApplication(moto_app.DomainDispatcherApplication(moto_app.create_backend_app))
    server = make_server(
        options.host,
        options.port,
        application,
        threaded=True,
        request_handler=moto_app.MotoRequestHandler,
    )
    # moto's services that call others (Step Functions) must find this very server
    os.environ.setdefault("MOTO_PORT", str(server.port))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"http://{host}:{server.port}", flush=True)  # noqa: T201 - what whoever starts the server waits for
    try:
        with graft.installed():
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
        description="Serves an emulation of Amazon Rekognition Custom Labels (and the rest of moto). "
        "Metrics and billed times are simulated.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=int, default=5000, help="0 takes a free one (default: %(default)s)")
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
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return times


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return seconds


if __name__ == "__main__":
    main()
