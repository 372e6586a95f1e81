"""The Markdown of a report: short, and safe in a pull request."""

import re

from rekog_versions.reports.markdown import _code, _escaped
from tests.reports.hostile import TEXTS
from tests.reports.test_html import hostile_report, sample


def test_it_has_the_verdict_the_scores_the_recommendations_and_the_changes() -> None:
    report = sample("20")
    text = report.to_markdown()
    assert text.startswith("## Model report: `shapes/v2`\n\n❌ **Failed")
    assert "| F1 score | 0\\." in text
    assert "### Recommendations" in text
    assert "### Against the baseline" in text
    assert all(f"`{label.label}`" in text for label in report.labels)


def test_many_labels_are_cut() -> None:
    report = hostile_report()
    many = [*report.labels, *report.labels]
    text = type(report)(version=report.version, evaluation=report.evaluation, labels=many).to_markdown()
    assert f"and {len(many) - 30} more labels" in text


def test_no_name_becomes_markup_a_link_or_a_mention() -> None:
    text = hostile_report().to_markdown()
    # code spans are literal on GitHub
    outside = re.sub(r"(`+).*?(?<!`)\1(?!`)", "", text)
    assert not re.search(r"(?<!\\)<", outside)
    assert not re.search(r"@\w", outside)
    assert "://" not in outside
    assert not re.search(r"(?<!\\)\]\(", outside)
    for line in text.splitlines():
        assert line.isprintable() or "\u200b" in line
    assert len(text) < 30_000


def test_a_row_has_as_many_cells_as_the_table_has_columns() -> None:
    rows = [line for line in hostile_report().to_markdown().splitlines() if line.startswith("|")]
    cells = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    assert set(cells) <= {3, 4, 7}


def test_code_spans_hold_any_name() -> None:
    assert _code("a`b") == "`` a`b ``"
    assert _code("a``b|c") == "``` a``b\\|c ```"
    assert _code("") == "`  `"
    assert all("\n" not in _code(text) for text in TEXTS)
    assert _escaped("*a* <b> @c https://d") == "\\*a\\* \\<b\\> @\u200bc https:\u200b//d"
