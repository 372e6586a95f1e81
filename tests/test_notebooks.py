"""Results in notebooks: HTML without markup from their content, rows for data frames, and plots without pyplot."""

import contextlib
import json
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

from rekog_versions import ProjectVersionDescription
from rekog_versions._html import html_table
from rekog_versions._text import table
from rekog_versions.evaluation import ByLabel, ConfusionMatrix, Evaluation, compare
from rekog_versions.hosting import BulkReport, RunningModels, TrainingCost, TrainingCosts
from rekog_versions.manifests import check_manifests, compare_manifests, describe_manifest
from tests.evaluation import files
from tests.evaluation.samples import evaluated
from tests.reports.hostile import TEXTS
from tests.test_results import VERSION, instance, results


class Elements(HTMLParser):
    """The tags and the texts of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def shown(result: Any) -> Elements:
    html = result._repr_html_()
    found = Elements(html)
    assert set(found.tags) <= {"div", "table", "thead", "tbody", "tr", "th", "td", "p"}
    assert {name for name, _ in found.attributes} <= {"style"}
    assert all(char.isprintable() or char == "\n" for char in html)
    return found


def hostile() -> Evaluation:
    entries = [files.image(number, [text], [(text, 0.9)]) for number, text in enumerate(TEXTS)]
    return files.evaluation(entries, *(files.result(text, 1, 0.5, 1.0) for text in TEXTS))


MANIFEST = files.lines([files.image(1, TEXTS, [])]).replace(
    b'"human-annotated"', b'"type": "groundtruth/image-classification", "human-annotated"'
)


@pytest.mark.parametrize(
    "result",
    [
        hostile(),
        hostile().recompute(),
        hostile().tune_thresholds(),
        compare(hostile(), hostile()),
        check_manifests(MANIFEST, auto_create=True),
        describe_manifest(MANIFEST),
        compare_manifests(MANIFEST, MANIFEST),
        ConfusionMatrix.of({(TEXTS[0], TEXTS[1]): 0.5}),
        VERSION,
        RunningModels((instance(RunningModels).models[0],)),
        TrainingCosts((TrainingCost(None, None, None, None),)),
    ],
    ids=lambda result: type(result).__name__,
)
def test_no_text_becomes_markup(result: Any) -> None:
    shown(result)


def test_the_tables_of_a_text_are_tables() -> None:
    found = shown(evaluated(["circle", "square"]))
    assert found.tags.count("table") == 1
    assert found.tags.count("tr") == 4
    assert {"label", "circle", "square", "all"} <= set(found.texts)
    assert not any("\x00" in text for text in found.texts)
    assert "\x00" not in str(evaluated(["circle", "square"]))


@pytest.mark.parametrize("kind", [*results()])
def test_every_result_has_rows_and_a_display(kind: Any) -> None:
    result = instance(kind)
    if hasattr(result, "to_rows") and kind is not BulkReport:  # it reads a file
        for row in result.to_rows():
            json.dumps(row)
            assert not any(isinstance(value, dict) and value for value in row.values())
    with contextlib.suppress(KeyError, ValueError, AttributeError):  # the texts of impossible values
        html = result._repr_html_()
        assert html is None or html.startswith(("<div", "<table", "<iframe"))


def test_a_table_is_cut_after_a_thousand_rows() -> None:
    rows = [("n",), *((str(number),) for number in range(1500))]
    assert html_table(rows).endswith("<p>and 500 more rows</p>")
    assert len(table(rows).splitlines()) == 1501


def test_rows_are_flat() -> None:
    evaluation = evaluated(["circle", "square"])
    rows = evaluation.recompute().to_rows()
    assert [row["label"] for row in rows] == ["circle", "square"]
    assert rows[0]["recall_interval_low"] < rows[0]["recall"]
    assert evaluation.to_rows()[0]["label"] in {"circle", "square"}
    assert ByLabel({"a": 1.5}).to_rows() == [{"label": "a", "value": 1.5}]
    assert {"truth", "predicted", "share"} == evaluation.confusion_matrix.to_rows()[0].keys()  # type: ignore[union-attr]
    assert [row["name"] for row in describe_manifest(MANIFEST).to_rows()]


def test_a_description_has_its_members_in_a_table() -> None:
    version = ProjectVersionDescription.model_validate({"EvaluationResult": {"F1Score": 0.5}, "StatusMessage": "<b>"})
    found = shown(version)
    assert {"EvaluationResult.F1Score", "0.5", "<b>"} <= set(found.texts)


def test_a_plot_is_displayed_without_pyplot() -> None:
    code = (
        "import sys; from tests.evaluation.samples import evaluated;"
        "from rekog_versions.evaluation.plots import plot_f1_by_label;"
        "axes = plot_f1_by_label(evaluated(['a', 'b']));"
        "assert axes.figure._repr_png_().startswith(b'\\x89PNG');"
        "assert axes._repr_png_().startswith(b'\\x89PNG');"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
