"""The journal: which images have a result, in a file that survives the process."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from rekog_versions.hosting.bulk.journal import ImageCounts, ImageState, Journal, ListedImage

SETTINGS = {"version_arn": "arn:1", "raw": False, "thresholds": None}
DONE, FAILED = ImageState.DONE, ImageState.FAILED


def images(*names: str) -> list[ListedImage]:
    return [ListedImage(name) for name in names]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.jsonl.journal"


def test_results_survive_and_an_image_has_one(path: Path) -> None:
    with Journal(path, SETTINGS) as journal:
        journal.add(images("a", "b", "c", "a"))
        assert [image.source for image in journal.open_images(0, 10)] == ["a", "b", "c"]
        journal.finish([(2, DONE, '{"b": 1}')])
        journal.finish([(2, DONE, '{"b": 2}'), (1, FAILED, '{"a": 1}')])
    with Journal(path, SETTINGS) as journal:
        journal.add(images("d", "b"))
        assert journal.counts() == ImageCounts(open=2, done=1, failed=1)
        assert list(journal.records(DONE)) == ['{"b": 1}']
        assert [image.source for image in journal.open_images(0, 10)] == ["c", "d"]
        journal.finish([(3, DONE, '{"c": 1}')])
        assert list(journal.records(DONE)) == ['{"b": 1}', '{"c": 1}'], "in the order in which they finished"


def test_open_images_are_read_in_parts(path: Path) -> None:
    with Journal(path, SETTINGS) as journal:
        journal.add(ListedImage(str(number)) for number in range(2500))
        assert [image.number for image in journal.open_images(0, 2)] == [1, 2]
        assert [image.number for image in journal.open_images(2499, 5)] == [2500]
        journal.finish((number, DONE, str(number)) for number in range(1, 2501))
        assert len(list(journal.records(DONE))) == 2500
        assert journal.open_images(0, 5) == []


def test_failed_images_are_opened_again(path: Path) -> None:
    with Journal(path, SETTINGS) as journal:
        journal.add([*images("a"), ListedImage("list, line 2", "it has no source-ref")])
        assert journal.counts() == ImageCounts(open=1, failed=1)
        (record,) = journal.records(FAILED)
        assert "it has no source-ref" in record
        journal.finish([(1, FAILED, "{}")])
        journal.reopen_failed()
        assert journal.counts() == ImageCounts(open=2)


def test_a_transaction_that_fails_leaves_nothing_behind(path: Path) -> None:
    with Journal(path, SETTINGS) as journal:
        journal.add(images("a", "b"))
        with pytest.raises(sqlite3.Error):
            journal.finish([(1, DONE, "{}"), (2, DONE, object())])  # type: ignore[list-item]
        assert journal.counts() == ImageCounts(open=2)


def test_a_journal_of_other_settings_is_rejected(path: Path) -> None:
    Journal(path, SETTINGS).close()
    with pytest.raises(ValueError, match=r"other settings \(raw False there, True now\). Pass another output"):
        Journal(path, {**SETTINGS, "raw": True})


def test_a_file_that_is_not_a_journal_is_rejected_and_kept(path: Path) -> None:
    path.write_text("results " * 100)
    with pytest.raises(ValueError, match="must be a file of detect_all"):
        Journal(path, SETTINGS)
    assert path.read_text().startswith("results")
    with pytest.raises(FileNotFoundError, match=r"the folder of the journal .* must exist"):
        Journal(path / "there", SETTINGS)


def test_one_process_uses_a_journal_at_a_time(path: Path) -> None:
    script = (
        "import sys, pathlib; from rekog_versions.hosting.bulk.journal import Journal\n"
        f"Journal(pathlib.Path({str(path)!r}), {SETTINGS!r}); print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"open\n"
    with pytest.raises(RuntimeError, match="is in use by another process"):
        Journal(path, SETTINGS)
    other.kill()
    other.communicate()
    Journal(path, SETTINGS).close()
