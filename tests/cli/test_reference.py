"""The reference pages of the command are generated from the command tree and from the types of the results."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from rekog_versions.cli.exit_codes import ExitCode
from rekog_versions.cli.json_schema import outputs
from tests.cli.test_help_pages import PAGES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def generated() -> ModuleType:
    """The extension that writes the pages while the site is built."""
    spec = importlib.util.spec_from_file_location("command_pages", DOCS / "_extensions" / "command_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_the_commands_has_every_help_page_and_exit_code(generated: ModuleType) -> None:
    text = generated.commands()
    for path, page in PAGES.items():
        assert f"## {' '.join(('rekog', *path))}\n\n```text\n{page}```" in text
    assert all(f"| {code} | {code.meaning} |" in text for code in ExitCode)


def test_the_page_of_the_output_has_the_fields_of_every_command(generated: ModuleType) -> None:
    text = generated.fields()
    assert all(f"## rekog {command}\n" in text for command in outputs())
    assert "## rekog version list\n\narray of [`ProjectVersionDescription`](#projectversiondescription)" in text
    assert (
        "### ProjectVersionDescription\n\n| field | type |\n|---|---|\n| `ProjectVersionArn` | string or null |" in text
    )
    assert "| `next_step` | string or null |" in text


@pytest.mark.parametrize("page", ["commands", "command-output"])
def test_a_page_has_the_place_that_is_filled(generated: ModuleType, page: str) -> None:
    text = (DOCS / "reference" / f"{page}.md").read_text()
    assert text.count(generated.PLACES[f"reference/{page}"]) == 1
