"""`rekog report` writes the report of a version."""

import json
from pathlib import Path

from rekog_versions.testing import CustomLabelsControl
from tests.cli.conftest import TRAIN, Rekog


def test_a_report_is_written_as_html_and_as_markdown(trained: Rekog, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    written = trained("report", "pets/v1", "--to", str(path), "--no-images", "--output", "id")
    assert (written.code, written.out) == (0, f"{path}\n")
    assert path.read_text("utf-8").startswith("<!doctype html>")
    path = tmp_path / "report.md"
    assert trained("report", "pets/v1", "--baseline", "pets/v1", "--to", str(path), "--no-images").code == 0
    assert path.read_text("utf-8").startswith("## Model report: `pets/v1`")


def test_a_gate_that_fails_ends_with_1_and_the_report_is_written(
    rekog: Rekog, emulated: CustomLabelsControl, tmp_path: Path
) -> None:
    emulated.set_quality(f1=0.6)
    assert rekog("project", "create", "pets").code == 0
    assert rekog("version", "train", "pets/v1", *TRAIN, "--yes").code == 0
    path = tmp_path / "report.html"
    failed = rekog("report", "pets/v1", "--to", str(path), "--no-images", "--min-f1", "1", "--output", "json")
    assert failed.code == 1
    assert json.loads(failed.out)["verdict"]["passed"] is False
    assert path.exists()
