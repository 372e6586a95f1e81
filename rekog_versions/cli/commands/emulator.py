"""`rekog emulator`: the emulated service on this machine."""

from __future__ import annotations

from cyclopts import App

from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, remark
from rekog_versions.testing import server

app = App(
    name="emulator",
    help_epilogue=examples("rekog emulator --port 5000 --training-seconds 10"),
)


@app.default
def emulator(*, host: str = "127.0.0.1", port: int = 5000, training_seconds: float | None = None) -> Output:
    """Serve the emulated service until Ctrl-C. Its URL is the first line of stdout.

    Args:
        host: The address to listen on.
        port: The port; 0 chooses a free one.
        training_seconds: How long a training takes; it is trained at once by default.
    """
    url = f"http://{host}:{port}" if port else "URL"
    remark(
        f"Use it with these variables{'' if port else '; URL is the next line'}. Ctrl-C ends it.",
        f"  export AWS_ENDPOINT_URL={url} AWS_DEFAULT_REGION=us-east-1",
        "  export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing",
    )
    options = [] if training_seconds is None else ["--training-seconds", str(training_seconds)]
    server.main(["--host", host, "--port", str(port), *options])
    return Output(None, "")
