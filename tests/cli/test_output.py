"""Text for people: wrapped on a terminal, complete elsewhere, and in the words of the command."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from rekog_versions import _advice
from rekog_versions.cli.output import Table, drawn, fitted
from rekog_versions.cli.shell_words import in_shell_words
from rekog_versions.manifests.codes import CODES
from rekog_versions.waiting import targets
from rekog_versions.waiting.targets import Target

ARN = "arn:aws:rekognition:eu-west-1:123456789012:project/pets/version/v1/1574310000000"


def advice() -> Iterator[str]:
    yield from _advice.BY_OPERATION.values()
    yield from (code.fix for code in CODES.values() if code.fix)
    for target in vars(targets).values():
        if isinstance(target, Target):
            yield target.continues
            yield target.why_failed or ""


@pytest.mark.parametrize("text", sorted(set(advice())))
def test_advice_names_commands_instead_of_calls(text: str) -> None:
    shown = in_shell_words(text.replace("{reference}", f"'{ARN}'"))
    assert not re.search(r"\w\(|\w_\w+\(", re.sub(r"iter_project_policies\(project_arn\)", "", shown)), shown
    assert "arn:" not in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Call client.stop_project_version('{ARN}') first", "Run `rekog stop pets/v1` first"),
        ("or call wait_until_running(version).", "or run `rekog version wait VERSION --until running`."),
        (ARN.partition("/version")[0] + "/1574310000000: CREATED", "pets: CREATED"),
        (
            f"Stop it with: aws rekognition stop-project-version --project-version-arn {ARN} --region eu-west-1",
            "Stop it with: rekog stop pets/v1 --region eu-west-1",
        ),
        (f"aws rekognition describe --x-arn {ARN}", f"aws rekognition describe --x-arn {ARN}"),
        (ARN.replace("version/v1", "dataset/train"), ARN.replace("version/v1", "dataset/train")),
    ],
)
def test_names_and_commands_replace_arns_and_calls(text: str, expected: str) -> None:
    assert in_shell_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name  aaa bbb ccc", "Name  aaa bbb\n      ccc"),
        ("  Fix: aaa bbb ccc", "  Fix: aaa bbb\n    ccc"),
        ("short\n\nlines", "short\n\nlines"),
        ("a-very-long-word-without-a-space", "a-very-long-word-without-a-space"),
    ],
)
def test_a_long_line_continues_below_its_second_column(text: str, expected: str) -> None:
    assert fitted(text, 15) == expected
    assert fitted(text, None) == text


@given(st.text(st.sampled_from("ab :-\n"), max_size=60), st.integers(10, 30))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    assert fitted(text, width).split() == text.split()
    assert all(len(line) <= width or " " not in line.strip() for line in fitted(text, width).splitlines())


def test_a_table_that_is_too_wide_for_a_terminal_becomes_blocks() -> None:
    table = Table(("NAME", "STATUS"), [("a-long-name", "TRAINED"), ("dogs", None)])
    columns = "NAME         STATUS\na-long-name  TRAINED\ndogs         -"
    assert drawn(table, None) == drawn(table, 20) == columns
    assert drawn(table, 19) == "NAME    a-long-name\nSTATUS  TRAINED\n\nNAME  dogs"
