"""Untrusted text made safe for a terminal, and tables of text."""

import pytest
from hypothesis import given, strategies as st

from rekog_versions._text import decimal, display_width, printable, shortened, signed_decimal, table

ALL_TEXT = st.text(max_size=300)
ODD_TEXT = st.text("ab\x00\x07\x1b\n\r\t\x7f\x85\xa0\u200b\u202e\u2028\ufeff\ud800\U000e0001é中😀\\'", max_size=60)


@given(st.one_of(ALL_TEXT, ODD_TEXT), st.integers(0, 400))
def test_the_result_is_printable(text: str, limit: int) -> None:
    assert printable(text, limit).isprintable()


@given(st.one_of(ALL_TEXT, ODD_TEXT))
def test_printable_text_is_unchanged_and_everything_else_escaped(text: str) -> None:
    shown = printable(text)
    assert (shown == text) == text.isprintable()
    assert printable(shown) == shown


@given(st.text(st.characters(exclude_characters="\\"), max_size=100))
def test_nothing_is_lost(text: str) -> None:
    assert printable(text).encode("latin-1", "backslashreplace").decode("unicode_escape") == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b[31mred", r"\x1b[2J\x1b[31mred"),
        ("one\ntwo\r\n\tthree", r"one\ntwo\r\n\tthree"),
        ("\x9b31m", r"\x9b31m"),  # the one-byte form of ESC [
        ("safe\u202egnp.exe", r"safe\u202egnp.exe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("a\u2028b\u2029c\x85d", r"a\u2028b\u2029c\x85d"),
        ("\u200b\ufeff", r"\u200b\ufeff"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
        ("\x00\x7f", r"\x00\x7f"),
        ("Größe 中文 😀 100 %", "Größe 中文 😀 100 %"),
        ("", ""),
    ],
)
def test_characters_that_a_terminal_obeys_are_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("thing", "shown"),
    [
        ({"a": "\x1b"}, r"{'a': '\x1b'}"),
        (None, "None"),
        (b"\n", r"b'\n'"),
        (ValueError("\u202e"), r"ValueError('\u202e')"),
    ],
)
def test_other_objects_are_shown_by_their_repr(thing: object, shown: str) -> None:
    assert printable(thing) == shown


def test_a_hostile_repr_is_escaped() -> None:
    class Hostile:
        def __repr__(self) -> str:
            return "\x1b[2J\n"

    assert printable(Hostile()) == r"\x1b[2J\n"


def test_long_text_is_cut_and_shows_how_much_is_missing() -> None:
    assert printable("x" * 2000) == "x" * 2000
    assert printable("x" * 2001) == "x" * 2000 + "... (1 more characters)"
    assert printable("abcdef", 4) == "abcd... (2 more characters)"
    assert printable("ab\n\ncd", 3) == r"ab\n... (3 more characters)"
    assert printable([1, 2, 3], 4) == "[1, ... (5 more characters)"


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("\u200b", 0), ("", 0)])
def test_the_width_is_that_of_a_terminal(text: str, columns: int) -> None:
    assert display_width(text) == columns


@given(st.one_of(ALL_TEXT, ODD_TEXT), st.integers(1, 50))
def test_shortened_text_is_printable_and_fits(text: str, width: int) -> None:
    shown = shortened(text, width)
    assert shown.isprintable()
    assert display_width(shown) <= width
    assert shown.endswith("…") or shown == printable(text)


def test_a_table_is_aligned_where_characters_are_wide() -> None:
    shown = table([("label", "F1", ""), ("日本", "0.5", "new"), ("a", "10.25", "")])
    assert shown.split("\n") == ["label     F1", "日本     0.5  new", "a      10.25"]


def test_numbers_in_tables_have_a_dash_for_none_and_no_sign_for_zero() -> None:
    assert [decimal(0.12345), decimal(1, 1), decimal(None)] == ["0.123", "1.0", "-"]
    assert [signed_decimal(value) for value in (0.25, -0.25, 0.0001, -0.0001, None)] == [
        "+0.250",
        "-0.250",
        "0.000",
        "0.000",
        "-",
    ]
