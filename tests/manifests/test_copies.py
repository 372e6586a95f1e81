"""Results can be copied and pickled, and are complete afterwards."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.manifests import ManifestReport, ManifestWriter, check_manifests, from_csv, split_manifest
from rekog_versions.preflight import PreflightReport
from tests.manifests.entries import boxed, classed, manifest, pets

Copier = Callable[[Any], Any]


@pytest.fixture(params=[copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def copied(request: pytest.FixtureRequest) -> Copier:
    copier: Copier = request.param
    return copier


def a_report(folder: Path) -> ManifestReport:
    entries = [*pets(6), boxed("owl", "owl"), classed("odd"), {"a": 1}]
    return check_manifests(manifest(*entries), manifest(*pets(4)), write_to=folder)


def test_a_copied_report_is_complete(copied: Copier, tmp_path: Path) -> None:
    report = a_report(tmp_path)
    assert report.issues
    assert report.training.error_json_line_indices
    twin = copied(report)
    assert twin == report
    assert hash(twin) == hash(report)
    assert twin.to_json() == report.to_json()
    assert str(twin) == str(report)
    assert list(twin.training.labels.items()) == list(report.training.labels.items())


def test_a_copied_preflight_report_contains_the_report_of_the_manifests(copied: Copier, tmp_path: Path) -> None:
    report = PreflightReport(project_arn="arn", version_name="v1", findings=(), manifests=a_report(tmp_path))
    twin = copied(report)
    assert twin == report
    assert twin.manifests == report.manifests


def test_copies_of_splits_and_conversions_are_equal(copied: Copier, tmp_path: Path) -> None:
    table = tmp_path / "pets.csv"
    table.write_text("image,label\n1.jpg,cat\n2.jpg,cat\n2.jpg,cat\n")
    written = from_csv(table, images="s3://my-bucket").write(tmp_path / "all.manifest")
    twin = copied(written)
    assert twin.labels == written.labels == {"cat": 2}
    assert str(twin) == str(written)
    split = split_manifest(tmp_path / "all.manifest", tmp_path / "train.manifest", tmp_path / "test.manifest")
    assert copied(split) == split
    assert copied(split).testing.labels == {"cat": 1}


def test_counts_are_read_only_and_their_repr_is_escaped(tmp_path: Path) -> None:
    with ManifestWriter(tmp_path / "one.manifest") as writer:
        writer.write(classed(1, "cat\x1b[2J"))
    labels: Any = check_manifests(tmp_path / "one.manifest").training.labels
    with pytest.raises(TypeError):
        labels["dog"] = 1
    assert (labels, labels == {"dog": 1}) == ({"cat\x1b[2J": 1}, False)
    assert "\x1b" not in repr(labels)
    assert asdict(a_report(tmp_path))["training"]["labels"]["cat"] == 3
