"""Headless Chromium from the system's packages, without network."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

_OWN = "not an origin"

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed. Run: apt install chromium")


def document_of(page: Path, query: str = "", *options: str, milliseconds: int = 10_000) -> str:
    """Return the document of a local page as HTML, after its scripts have run.

    Args:
        page: The file.
        query: The query of its URL.
        *options: Further options of Chromium.
        milliseconds: The time that the scripts have, on Chromium's virtual clock.
    """
    return _opened(f"{page.resolve().as_uri()}{query}", *options, milliseconds=milliseconds).stdout


def _opened(url: str, *options: str, milliseconds: int = 10_000) -> "subprocess.CompletedProcess[str]":
    """Open a page, and return its document and what Chromium wrote."""
    return subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--virtual-time-budget={milliseconds}",
            *options,
            "--dump-dom",
            url,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


def console_and_requests(page: Path, folder: Path) -> tuple[list[str], list[str]]:
    """Open a local page without network; return the messages in its console and the URLs that it requested.

    Args:
        page: The file.
        folder: An empty folder for the log of the network.
    """
    log = folder / "network.json"
    run = _opened(page.resolve().as_uri(), "--enable-logging=stderr", f"--log-net-log={log}")
    text = log.read_text("utf-8").rstrip().rstrip(",")
    events = json.JSONDecoder().raw_decode(f"{text}]}}")[0]["events"]  # Chromium may have been stopped while writing
    started = (event.get("params", {}) for event in events)
    # Chromium's own requests, such as for its dictionary, have no initiator
    requests = {
        found["url"] for found in started if "url" in found and found.get("initiator", _OWN) != _OWN and found["url"]
    }
    return [line for line in run.stderr.splitlines() if "CONSOLE" in line], sorted(requests)
