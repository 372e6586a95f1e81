"""Names of labels in plots."""

from hypothesis import given, settings, strategies as st

from rekog_versions._plotting.label_text import label_texts

LABELS = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="ab \\x\u0441a\u0301\u200b'#2\n", max_size=12),
        st.builds(lambda head, tail: "a" * head + "b" + "a" * tail, st.integers(0, 250), st.integers(0, 250)),
    ),
    unique=True,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(labels=LABELS, max_width=st.sampled_from([8, 12, 28]))
def test_no_two_labels_have_the_same_text(labels: list[str], max_width: int) -> None:
    shown = label_texts(labels, max_width)
    assert list(shown) == labels
    assert len(set(shown.values())) == len(labels)
    assert all(text.strip() and text.isprintable() for text in shown.values())


def test_ordinary_labels_are_unchanged() -> None:
    labels = ["cat", "caf\u00e9", "\u05d0\u05d1\u05d2", "cost $5"]
    assert list(label_texts(labels, 28).values()) == labels


def test_characters_that_cannot_be_drawn_are_escaped() -> None:
    # U+10F8FF is a private character that no font of the test has
    labels = ["a\nb", "\x1b[31m", "zero\u200bwidth", "\ud800", "\ufe0f", "\u3164", "\U0010f8ff"]
    shown = ["a\\nb", "\\x1b[31m", "zero\\u200bwidth", "\\ud800", "\\ufe0f", "\\u3164", "\\U0010f8ff"]
    assert list(label_texts(labels, 28).values()) == shown


def test_combining_marks_do_not_pile_up() -> None:
    assert label_texts(["a" + 4 * "\u0316"], 28)["a" + 4 * "\u0316"] == "a\u0316\u0316\\u0316\\u0316"


def test_blanks_at_the_ends_are_quoted() -> None:
    assert list(label_texts(["", " ", "cat "], 28).values()) == ["''", "' '", "'cat '"]


def test_equal_texts_get_a_number() -> None:
    assert list(label_texts(["a\nb", "a\\nb", "e\u0301", "\u00e9"], 28).values()) == [
        *("a\\nb", "a\\nb #2"),
        *("\u00e9", "\u00e9 #2"),
    ]
    assert list(label_texts(["x" * 256, "x" * 255], 9).values()) == ["xxxxx\u2026xxx", "xxxxx\u2026xxx #2"]


def test_long_labels_lose_their_middle() -> None:
    label = "the long name of a thing, the left one"
    assert label_texts([label], 20)[label] == "the long nam\u2026eft one"
