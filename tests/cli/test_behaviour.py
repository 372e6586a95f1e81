"""Output formats, exit codes, errors, confirmations."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rekog_versions.cli.app import run
from tests.cli.conftest import TRAIN, Rekog, caller, emulation


@pytest.fixture(scope="module")
def _emulated() -> Iterator[None]:
    """One service with a trained pets/v1 for all tests here; they change nothing."""
    with emulation():
        for command in (("project", "create", "pets"), ("version", "train", "pets/v1", *TRAIN, "--yes")):
            assert run([*command, "--region", "us-east-1"]) == 0
        yield


@pytest.fixture
def trained(_emulated: None, capsys: pytest.CaptureFixture[str]) -> Rekog:
    return caller(capsys)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("version", "show", "pets/nope"), 254, "there is no version 'nope'"),
        (("version", "show", "nope/v1"), 254, "no project 'nope'"),
        (("version", "list", "nope"), 254, "there is no project 'nope'"),
        (("version", "show", "v1"), 2, "VERSION must be an ARN or PROJECT/VERSION, got 'v1'"),
        (("version", "lst"), 2, 'Did you mean "list"?'),
        (("version", "list"), 2, "PROJECT requires an argument"),
        (("version", "list", "pets", "--max", "3"), 2, "Unknown option"),
        (("version", "list", "pets", "--query", "[?"), 2, "--query must be a JMESPath expression"),
        (("version", "show", "pets/v1", "--output", "xml"), 2, "xml"),
        (("version", "delete", "pets/v1"), 2, "Add --yes"),
        (("project", "create", "a b"), 2, "must not contain ' '"),
        (("version", "train", "pets/v1", "--yes"), 2, "--output-config s3://BUCKET/PREFIX is missing"),
        (("version", "train", "pets/v1", *TRAIN, "--yes"), 254, "ResourceInUseError"),
        (("cost", "pets", "--output", "id"), 2, "--output id"),
        (("stop",), 2, "VERSION or with --all"),
        (("manifest", "check", "/no/such/file", "--auto-create"), 255, "the manifest does not exist"),
        (("manifest", "check", "x", "--strct"), 2, "Unknown option: --strct"),
    ],
)
def test_an_error_has_an_exit_code_and_a_message(
    trained: Rekog, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = trained(*arguments)
    assert (result.code, result.out) == (code, "")
    assert says in result.err
    assert "Traceback" not in result.err


def test_missing_credentials_are_a_matter_of_configuration(trained: Rekog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    result = trained("project", "list")
    assert result.code == 253
    assert "region" in result.err
    assert trained("project", "list", "--profile", "nobody", "--region", "us-east-1").code == 253


def test_an_error_is_the_last_line_of_stderr_as_json(trained: Rekog) -> None:
    result = trained("version", "show", "pets/nope", "--output", "json")
    error = json.loads(result.err.splitlines()[-1])
    assert (error["error"], error["exit_code"]) == ("VersionNotFoundError", 254)
    wrong = trained("version", "shw", "--output=jsonl")
    assert json.loads(wrong.err.splitlines()[-1])["exit_code"] == 2


def test_common_options_are_accepted_anywhere(trained: Rekog) -> None:
    expected = trained("version", "list", "pets", "--output", "json").out
    assert trained("--output", "json", "version", "list", "pets").out == expected
    assert trained("version", "--output", "json", "list", "pets", "--region", "us-east-1").out == expected


@pytest.mark.parametrize(
    ("query", "output", "expected"),
    [
        ("[].Status", "table", "TRAINING_COMPLETED\n"),
        ("[].Status", "json", '[\n    "TRAINING_COMPLETED"\n]\n'),
        ("[].{s: Status}", "jsonl", '{"s": "TRAINING_COMPLETED"}\n'),
        ("length(@)", "table", "1\n"),
    ],
)
def test_a_query_selects_from_the_data(trained: Rekog, query: str, output: str, expected: str) -> None:
    trained("version", "wait", "pets/v1")
    assert trained("version", "list", "pets", "--query", query, "--output", output).out == expected


def test_times_in_json_have_a_zone(trained: Rekog) -> None:
    (version,) = json.loads(trained("version", "list", "pets", "--output", "json").out)
    assert version["CreationTimestamp"].endswith("Z")


def test_text_of_others_cannot_control_the_terminal_or_the_table(trained: Rekog, tmp_path: Any) -> None:
    manifest = tmp_path / "x.manifest"
    manifest.write_text('{"source-ref": "s3://b/a.jpg", "[red]\\u001b[31m": 1}\n')
    checked = trained("manifest", "check", str(manifest), "--auto-create")
    assert "\x1b" not in checked.out + checked.err


def test_a_table_is_complete_where_it_is_not_a_terminal(trained: Rekog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    headings, line = trained("version", "list", "pets").out.splitlines()
    assert (headings.split()[0], headings.split()[-1], line.split()[0]) == ("VERSION", "CREATED", "v1")


def test_a_traceback_is_shown_on_request_only(trained: Rekog) -> None:
    assert "Traceback" in trained("version", "show", "pets/nope", "--debug").err
