"""Headless Chromium from the system's packages, without network."""

import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed. Run: apt install chromium")


def document_of(page: Path, query: str = "", *options: str, milliseconds: int = 10_000) -> str:
    """Return the document of a local page as HTML, after its scripts have run.

    Args:
        page: The file.
        query: The query of its URL.
        *options: Further options of Chromium.
        milliseconds: The time that the scripts have, on Chromium's virtual clock.
    """
    run = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--virtual-time-budget={milliseconds}",
            *options,
            "--dump-dom",
            f"{page.resolve().as_uri()}{query}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return run.stdout
