"""Names of files are safe on every operating system, and no two of them are equal."""

import ntpath
import sys
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given, settings, strategies as st

from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.export.file_names import FileNames

RESERVED = frozenset({"images", "labels", "classes"})


if sys.version_info >= (3, 13):
    _is_reserved = ntpath.isreserved
else:
    _is_reserved = PureWindowsPath.is_reserved


def named(*keys: str, flat: bool = False, suffix: str = ".txt") -> list[str]:
    names = FileNames(None, ConversionReport(), flat=flat, suffix=suffix, reserved=RESERVED)
    return [names.add(f"s3://bucket/{key}", "line 1") for key in keys]


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("cat/1.jpg", "cat/1.jpg"),
        ("größe 1.jpg", "größe 1.jpg"),
        ("../../etc/passwd", "__/__/etc/passwd"),
        ("/etc/passwd", "_/etc/passwd"),
        ("C:\\x\\1.jpg", "C__x_1.jpg"),
        ("a//./b.jpg", "a/_/_/b.jpg"),
        ("a\0b\n.jpg", "a_b_.jpg"),
        ("a\u202egpj.jpg", "a_gpj.jpg"),
        ("nul", "_nul"),
        ("Con.jpg", "_Con.jpg"),
        ("com¹.png", "_com¹.png"),
        ("console.jpg", "console.jpg"),
        (".git/config", "_git/config"),
        (" a /b .jpg", "_a_/b_.jpg"),
        ("a./b..", "a_/b._"),
        ("a.jpg/b.jpg", "a.jpg_/b.jpg"),
        ("images/classes.jpg", "_images/_classes.jpg"),
        ("folder/", "folder/_"),
        ("", "_"),
        (".jpg", "_jpg"),
        ('<>:"|?*', "_______"),
    ],
)
def test_a_part_of_a_key_means_nothing_but_itself(key: str, path: str) -> None:
    assert named(key) == [path]


def test_equal_names_differ_in_any_case_and_unicode_form() -> None:
    first, *others = named("Ä.jpg", "ä.JPG", unicodedata.normalize("NFD", "ä.jpg"), "ä.png", "ä")
    assert first == "Ä.jpg"
    assert len({name.rpartition("-")[2] for name in others}) == 4
    assert all(name.rpartition("-")[0] for name in others)
    assert named("a/1.jpg", "b/1.jpg", flat=True)[0] == "1.jpg"
    assert named("1.jpg", "1.png", suffix="") == ["1.jpg", "1.png"]


def test_a_name_does_not_depend_on_the_order_of_the_others() -> None:
    one = named("a/x.jpg", "a/X.jpg", "b/y.jpg")
    other = named("b/y.jpg", "a/x.jpg", "a/X.jpg")
    assert sorted(one) == sorted(other)


def test_a_file_and_a_folder_never_have_one_name() -> None:
    for keys in (("a", "a/b.jpg"), ("a/b.jpg", "a"), ("a.jpg", "a.txt/b.jpg"), ("a.txt/b.jpg", "a.jpg")):
        first, second = map(PurePosixPath, named(*keys))
        files = {first, second, first.with_suffix(".txt"), second.with_suffix(".txt")}
        assert files.isdisjoint([*first.parents, *second.parents])


def test_long_keys_are_shortened_and_stay_different() -> None:
    keys = [f"{'x' * 10_000}{number}.jpg" for number in range(3)]
    keys += ["é" * 10_000, "a/" * 5000 + "b.png", "a/" * 5000 + "c.png"]
    paths = named(*keys)
    assert len(set(paths)) == len(paths)
    assert all(len(part.encode()) <= 240 for path in paths for part in path.split("/"))
    assert all(len(path.encode()) <= 1000 for path in paths)
    assert [PurePosixPath(path).suffix for path in paths] == [".jpg", ".jpg", ".jpg", "", ".png", ".png"]


def test_every_change_is_reported() -> None:
    report = ConversionReport()
    names = FileNames("s3://bucket/photos", report)
    assert names.add("s3://bucket/photos/a/1.jpg", "line 1") == "a/1.jpg"
    assert not report
    assert names.add("s3://bucket/photos/../1.jpg", "line 2") == "__/1.jpg"
    assert names.add("s3://other/photos/1.jpg", "line 3") == "other/photos/1.jpg"
    assert [(found.reason, found.place, found.text) for found in report] == [
        (ConversionReason.RENAMED, "line 2", "'s3://bucket/photos/../1.jpg' is '__/1.jpg'"),
        (
            ConversionReason.RENAMED,
            "line 3",
            "'s3://other/photos/1.jpg' is 'other/photos/1.jpg': not below s3://bucket/photos/",
        ),
    ]
    with pytest.raises(ValueError, match="images must be the place of the images in S3"):
        FileNames("photos", report)


parts = st.sampled_from(
    ["..", ".", "", "a", "A", "á", "a\u0301", "con", "images", "a.jpg", "a.txt", "\0", "\\", " ", "C:"]
)
keys = st.lists(parts | st.text(max_size=5), min_size=1, max_size=5).map("/".join) | st.text(
    min_size=200, max_size=2000
)


@settings(deadline=None, max_examples=300)
@given(st.lists(keys, max_size=8, unique=True), st.booleans(), st.sampled_from(["", ".txt", ".xml"]))
@example(["a", "A", "a/a", "A/a.jpg"], False, ".txt")
def test_no_key_leads_out_of_the_folder(found: list[str], flat: bool, suffix: str) -> None:
    names = FileNames(None, ConversionReport(), flat=flat, suffix=suffix, reserved=RESERVED)
    files: set[str] = set()
    folders: set[str] = set()
    for key in found:
        path = names.add(f"s3://bucket/{key}", "line 1")
        assert not (flat and "/" in path)
        assert PurePosixPath(path).as_posix() == path
        windows = PureWindowsPath(path)
        assert not windows.is_absolute()
        assert not _is_reserved(windows)
        assert not windows.drive
        assert windows.as_posix() == path
        assert ".." not in windows.parts
        path.encode()
        for made in {path, names.annotations(path)} if suffix else {path}:
            same = unicodedata.normalize("NFC", made).casefold()
            assert same not in files
            files.add(same)
            folders.update(str(parent) for parent in PurePosixPath(same).parents)
    assert files.isdisjoint(folders)
