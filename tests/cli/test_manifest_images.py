"""`rekog manifest plot`, `contact-sheet`, `similar` and `upload`."""

import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from rekog_versions.cli.commands.manifest_images import Counter
from tests.cli.conftest import Rekog
from tests.manifests.entries import boxed, manifest
from tests.manifests.statistics.photos import encoded, photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two images and a copy of one, and a manifest for each side."""
    for name, seed in (("1", 1), ("2", 2), ("copy", 1)):
        (tmp_path / f"{name}.jpg").write_bytes(encoded(photo(seed, 100, 80), quality=90 - seed))
    (tmp_path / "train.manifest").write_bytes(manifest(boxed(1, "cat"), boxed(2, "dog", "cat")))
    (tmp_path / "test.manifest").write_bytes(manifest(boxed("copy", "cat")))
    return tmp_path


def width(path: Path) -> int:
    with Image.open(path) as picture:
        return picture.width


def test_pictures_are_written(rekog: Rekog, folder: Path) -> None:
    source, local = str(folder / "train.manifest"), ("--local-images", str(folder), "--images", "s3://pets")
    for what in ("labels", "boxes", "together"):
        to = folder / f"{what}.png"
        drawn = rekog("manifest", "plot", source, "--what", what, "--to", str(to), "--output", "json")
        assert (drawn.code, json.loads(drawn.out)) == (0, {"picture": str(to)})
        assert width(to) > 300
    to = folder / "sheet.png"
    assert rekog("manifest", "contact-sheet", source, *local, "--count", "1", "--to", str(to)).code == 0
    assert width(to) == 360 + 24


def test_copies_in_the_test_manifest_end_with_1(rekog: Rekog, folder: Path) -> None:
    sides = (str(folder / "train.manifest"), "--testing", str(folder / "test.manifest"))
    local = ("--local-images", str(folder), "--images", "s3://pets")
    found = rekog("manifest", "similar", *sides, *local, "--output", "json")
    assert found.code == 1
    assert json.loads(found.out)["leaks"] == 1
    assert rekog("manifest", "similar", sides[0], *local).code == 0


def test_wrong_options_are_named(rekog: Rekog, folder: Path) -> None:
    source = str(folder / "train.manifest")
    asked = rekog("manifest", "contact-sheet", source, "--local-images", str(folder), "--to", "sheet.png")
    assert (asked.code, "--local-images and --images must be given together" in asked.err) == (2, True)
    asked = rekog("manifest", "plot", source, "--to", "labels.exe")
    assert (asked.code, "--to must end in .png or .jpg" in asked.err) == (2, True)


def test_progress_is_one_line_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Counter("images")(1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    count = Counter("images")
    for done in range(1, 1001):
        count(done, 1000)
    shown = capsys.readouterr().err
    assert shown.startswith("\r1 of 1,000 images")
    assert shown.endswith("\r1,000 of 1,000 images\n")
    assert shown.count("\r") < 500
