"""Converting a folder of folders."""

import os
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.convert import left_out
from rekog_versions.manifests.convert.folders import from_folder
from rekog_versions.manifests.convert.left_out import ConversionReason
from rekog_versions.manifests.lines import parse, read_line
from rekog_versions.testing import mock_custom_labels
from tests.testing.emulator import shared_client
from tests.testing.pictures import picture

IMAGES = "s3://bucket/animals"


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root


def labelled(converted: Any) -> list[tuple[str, str]]:
    return [(line.source_ref, line.labels[0].name) for line in converted]


def test_the_name_of_a_folder_is_the_label_and_the_path_of_a_file_is_the_key(tmp_path: Path) -> None:
    make(tmp_path, "cat/1 + é.JPG", "cat/tabby/2%2F.png", "dog/a#?.jpeg")
    assert labelled(from_folder(tmp_path, f"{IMAGES}/")) == labelled(from_folder(tmp_path, IMAGES)) == [
        ("s3://bucket/animals/cat/1 + é.JPG", "cat"),
        ("s3://bucket/animals/cat/tabby/2%2F.png", "cat"),
        ("s3://bucket/animals/dog/a#?.jpeg", "dog"),
    ]  # fmt: skip


def test_issues_are_reported_with_the_reason(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg", "cat/.DS_Store", ".cache/2.jpg", "cat/Thumbs.db", "3.jpg", f"{'c' * 250}/4.jpg")
    make(tmp_path, "cat/bad\udcff.jpg")
    (tmp_path / "dog").symlink_to(tmp_path / "cat")
    (tmp_path / "empty").mkdir()
    converted = from_folder(tmp_path, IMAGES)
    assert len(list(converted)) == 2
    report = converted.report
    assert {(record.reason, record.place) for record in report} == {
        (ConversionReason.HIDDEN, ".cache"),
        (ConversionReason.HIDDEN, "cat/.DS_Store"),
        (ConversionReason.NOT_AN_IMAGE, "cat/Thumbs.db"),
        (ConversionReason.NO_LABEL, "3.jpg"),
        (ConversionReason.NOT_FOLLOWED, "dog"),
        (ConversionReason.REJECTED, "cat/bad\udcff.jpg"),
    }
    assert (len(report), report.lines, report.is_complete) == (6, 2, True)


def test_images_can_be_checked_too(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    for name, content in {
        "fine.jpg": picture(kind="JPEG"),
        "webp.jpg": picture(kind="WEBP"),
        "small.png": picture(63, 64),
        "empty.png": b"",
    }.items():
        (tmp_path / "cat" / name).write_bytes(content)
    converted = from_folder(tmp_path, IMAGES, check_images=True)
    assert labelled(converted) == [("s3://bucket/animals/cat/fine.jpg", "cat")]
    assert {record.place: record.text for record in converted.report} == {
        "cat/empty.png": "it is not an image; the service accepts PNG and JPEG only",
        "cat/small.png": "it has 63 x 64 pixels; each side must have at least 64",
        "cat/webp.jpg": "it is a WEBP file; the service accepts PNG and JPEG only",
    }


def test_linked_images_are_checked(tmp_path: Path) -> None:
    (tmp_path / "real.png").write_bytes(picture())
    (tmp_path / "images" / "cat").mkdir(parents=True)
    (tmp_path / "images" / "cat" / "1.png").symlink_to(tmp_path / "real.png")
    (tmp_path / "images" / "cat" / "2.png").symlink_to(tmp_path / "none.png")
    converted = from_folder(tmp_path / "images", IMAGES, check_images=True)
    assert labelled(converted) == [("s3://bucket/animals/cat/1.png", "cat")]
    assert [record.text for record in converted.report] == ["it is not a file, or it is a broken link"]


def test_a_conversion_can_be_written_and_returns_a_summary(tmp_path: Path) -> None:
    make(tmp_path, "images/cat/1.jpg", "images/dog/2.jpg", "images/dog/3.jpg", "images/dog/\x1b[31m.txt")
    written = from_folder(tmp_path / "images", IMAGES).write(tmp_path / "train.manifest")
    lines = (tmp_path / "train.manifest").read_text().splitlines()
    assert [read_line(parse(line), 1)[1] for line in lines] == [[], [], []]
    assert (written.lines, dict(written.labels)) == (3, {"cat": 1, "dog": 2})
    assert str(written) == "\n".join(
        [
            f"{tmp_path}/train.manifest: 2 labels",
            "3 lines; left out: 1",
            "  1  not an image",
            r"       dog/\x1b[31m.txt: its name does not end in .png, .jpg or .jpeg",
        ]
    )


def test_each_iteration_reads_again_and_starts_a_new_report(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg", "cat/2.txt")
    converted = from_folder(tmp_path, IMAGES)
    assert str(converted.report) == "nothing has been converted yet: iterate the lines, or call write()"
    for _ in range(2):
        assert len(list(converted)) == 1
        assert len(converted.report) == 1
    next(iter(converted))
    assert str(converted.report) == "1 lines so far; left out: 0"


def test_a_long_report_is_cut_but_counts_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left_out, "_MOST_KEPT", 10)
    make(tmp_path, "cat/1.jpg", *(f"{number:04}.jpg" for number in range(12)))
    converted = from_folder(tmp_path, IMAGES)
    list(converted)
    assert converted.report.counts == {ConversionReason.NO_LABEL: 12}
    assert len(list(converted.report)) == 10
    assert str(converted.report).splitlines()[-2:] == [
        "        0002.jpg: it is not in a label's folder",
        "        and 9 more",
    ]


def test_writing_no_lines_is_an_error_with_the_report(tmp_path: Path) -> None:
    make(tmp_path, "1.jpg")
    with pytest.raises(ManifestError, match=r"made no line for .*train.manifest'.* left out: 1\n  1  no label"):
        from_folder(tmp_path, IMAGES).write(tmp_path / "train.manifest")
    assert not (tmp_path / "train.manifest").exists()


def test_invalid_arguments_are_rejected_at_once(tmp_path: Path) -> None:
    for wrong in ("bucket/animals", "s3://", "s3:///animals"):
        with pytest.raises(ValueError, match="s3://bucket/prefix"):
            from_folder(tmp_path, wrong)
    with pytest.raises(NotADirectoryError, match="must be an existing folder"):
        from_folder(tmp_path / "none", IMAGES)


def test_broken_links_and_pipes_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg")
    (tmp_path / "cat/2.jpg").symlink_to("1.jpg")
    (tmp_path / "cat/3.jpg").symlink_to("nothing.jpg")
    os.mkfifo(tmp_path / "cat/4.jpg")
    converted = from_folder(tmp_path, IMAGES)
    assert [line.source_ref[-5:] for line in converted] == ["1.jpg", "2.jpg"]
    assert [(record.reason, record.place) for record in converted.report] == [
        (ConversionReason.UNREADABLE, "cat/3.jpg"),
        (ConversionReason.UNREADABLE, "cat/4.jpg"),
    ]


def test_outer_folders_that_are_named_after_splits_are_splits(tmp_path: Path) -> None:
    make(tmp_path, "train/cat/1.jpg", "test/cat/2.jpg", "valid/dog/3.jpg", "test/4.jpg", "5.jpg")
    converted = from_folder(tmp_path, IMAGES)
    assert [(line.source_ref[-5:], line.labels[0].name, split) for split, line in converted.with_splits()] == [
        ("2.jpg", "cat", "testing"),
        ("1.jpg", "cat", "training"),
        ("3.jpg", "dog", "validation"),
    ]
    assert [record.place for record in converted.report] == ["5.jpg", "test/4.jpg"]
    assert [label for _, label in labelled(from_folder(tmp_path, IMAGES, splits=False))] == [
        "test",
        "test",
        "train",
        "valid",
    ]
    written = converted.write_splits(
        tmp_path / "a.manifest", tmp_path / "b.manifest", validation=tmp_path / "c.manifest"
    )
    assert list(written) == ["training", "testing", "validation"]


def test_labels_that_are_all_named_after_splits_are_an_error(tmp_path: Path) -> None:
    make(tmp_path, "train/1.jpg", "test/2.jpg")
    with pytest.raises(ManifestError, match=r"all named after splits.*Pass splits=False"):
        list(from_folder(tmp_path, IMAGES))
    assert len(list(from_folder(tmp_path, IMAGES, splits=False))) == 2


def test_some_folders_that_are_named_after_splits_are_an_error(tmp_path: Path) -> None:
    make(tmp_path, "train/cat/1.jpg", "bus/2.jpg")
    with pytest.raises(ManifestError, match=r"has 'train', the name of a split, beside 'bus'.*splits=True"):
        list(from_folder(tmp_path, IMAGES))
    assert len(list(from_folder(tmp_path, IMAGES, splits=True))) == 1


def test_a_split_without_lines_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    make(tmp_path, "images/train/cat/1.jpg")
    with pytest.raises(ManifestError, match="has no line for testing"):
        from_folder(tmp_path / "images", IMAGES).write_splits(tmp_path / "a.manifest", tmp_path / "b.manifest")
    assert not list(tmp_path.glob("*.manifest"))
    with pytest.raises(ValueError, match="targets of the splits must differ"):
        from_folder(tmp_path / "images", IMAGES).write_splits("a.manifest", "a.manifest")


def test_a_folder_in_s3_is_listed() -> None:
    with mock_custom_labels():
        s3 = shared_client("s3")
        s3.create_bucket(Bucket="animals-bucket")
        files = {"cat/1.jpg": picture(kind="JPEG"), "cat/x/2%20.png": b"", "dog/": b"", "dog/3.txt": b"", "4.jpg": b""}
        for key, content in {**files, "cat/.x/5.jpg": b"", "dog/6.png": picture()}.items():
            s3.put_object(Bucket="animals-bucket", Key=f"all/{key}", Body=content)
        s3.put_object(Bucket="animals-bucket", Key="all-others/cat/7.jpg", Body=b"")
        converted = from_folder("s3://animals-bucket/all", s3=s3)
        assert labelled(converted) == [
            ("s3://animals-bucket/all/cat/1.jpg", "cat"),
            ("s3://animals-bucket/all/cat/x/2%20.png", "cat"),
            ("s3://animals-bucket/all/dog/6.png", "dog"),
        ]
        assert [record.place for record in converted.report] == ["4.jpg", "cat/.x/5.jpg", "dog/3.txt"]
        checked = from_folder("s3://animals-bucket/all", s3=s3, check_images=True)
        assert [label for _, label in labelled(checked)] == ["cat", "dog"]
        with pytest.raises(ValueError, match="images must not be given"):
            from_folder("s3://animals-bucket/all", IMAGES, s3=s3)
    with pytest.raises(ValueError, match="pass s3=client"):
        from_folder("s3://animals-bucket/all")
