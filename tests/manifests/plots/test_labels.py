"""Plots of what is in a manifest show its numbers, any labels, and what they leave out."""

import io
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from matplotlib.axes import Axes

from rekog_versions.manifests import describe_manifest
from rekog_versions.manifests.plots import plot_box_sizes, plot_label_counts, plot_labels_together
from tests.manifests.entries import boxed, classed, manifest, two_boxes

PLOTS = (plot_label_counts, plot_box_sizes, plot_labels_together)


def rows(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_yticklabels()]


def written(axes: Axes) -> str:
    return "\n".join(text.get_text() for text in (*axes.texts, axes.title, axes._left_title))  # type: ignore[attr-defined]


def test_the_bars_are_the_images_of_each_label() -> None:
    entries = [classed(number, "cat") for number in range(12)] + [
        boxed(number, "dog", "dog") for number in range(12, 15)
    ]
    axes = plot_label_counts(describe_manifest(manifest(*entries)))
    assert rows(axes) == ["cat", "dog (6)"]
    assert [bar.get_width() for bar in axes.patches] == [12, 3]  # type: ignore[attr-defined]
    legend = axes.get_legend()
    assert legend
    assert [text.get_text() for text in legend.get_texts()] == ["images", "fewer than 10 images"]


def test_the_most_and_the_least_frequent_labels_have_rows() -> None:
    entries = [classed(f"{label}-{number}", f"label {label:02}") for label in range(30) for number in range(31 - label)]
    axes = plot_label_counts(describe_manifest(manifest(*entries)), max_labels=4)
    assert rows(axes) == ["label 00", "label 01", "label 28", "label 29"]
    assert "4 of 30 labels" in written(axes)


def test_the_smallest_boxes_are_at_the_top() -> None:
    entries = [boxed(1, "small"), {**two_boxes(2), "source-ref": "s3://pets/large.jpg"}]
    found = describe_manifest(manifest(*entries))
    axes = plot_box_sizes(found)
    ordered = sorted((label for label in found if label.boxes), key=lambda label: label.box_area.median or 0)
    assert rows(axes) == [f"{label.name} ({label.boxes})" for label in ordered]
    medians = [line.get_xdata()[0] for line in axes.lines[2::3]]  # type: ignore[index]
    assert medians == [label.box_area.median for label in ordered]


def test_the_cells_are_shares_of_the_row() -> None:
    entries = [classed(1, "cat", "dog"), classed(2, "cat"), classed(3, "cat"), classed(4, "cat")]
    axes = plot_labels_together(describe_manifest(manifest(*entries)))
    assert rows(axes) == ["cat", "dog"]
    assert {text.get_text() for text in axes.texts} >= {"25", "100"}


@pytest.mark.parametrize("plot", PLOTS)
def test_an_empty_manifest_and_wrong_arguments(plot: Any) -> None:
    assert "The manifest has no" in written(plot(describe_manifest(b""))) or plot is plot_labels_together
    with pytest.raises(TypeError, match="description must be a ManifestDescription, got str"):
        plot("train.manifest")
    with pytest.raises(ValueError, match="max_labels must be 1 or more, got 0"):
        plot(describe_manifest(b""), max_labels=0)


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3, unique=True), min_size=1, max_size=6)
)
def test_any_labels_can_be_drawn(images: list[list[str]]) -> None:
    entries = [boxed(number, *labels) for number, labels in enumerate(images)]
    found = describe_manifest(manifest(*entries))
    for plot in PLOTS:
        plot(found).figure.savefig(io.BytesIO(), format="png", dpi=40)  # type: ignore[union-attr]
