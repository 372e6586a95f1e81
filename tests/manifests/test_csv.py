"""Converting CSV files."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.convert.csv_file import from_csv
from rekog_versions.manifests.convert.left_out import ConversionReason
from rekog_versions.manifests.lines import parse, read_line

IMAGES = "s3://bucket/animals"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "labels.csv"


def read(path: Path, text: str | bytes, *args: Any, **options: Any) -> list[tuple[str, list[str]]]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return [
        (line.source_ref.removeprefix("s3://bucket/"), [label.name for label in line.labels])
        for line in from_csv(path, *(args or (IMAGES,)), **options)
    ]


CAT_AND_DOG = [("animals/1.jpg", ["cat"]), ("animals/2.jpg", ["dog"])]


def test_the_default_columns_are_image_and_label(path: Path) -> None:
    assert read(path, "image,label\n1.jpg,cat\n2.jpg,dog\n") == CAT_AND_DOG


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("id;Datei;Tier\n1;1.jpg;cat\n2;2.jpg;dog\n", {"image": "Datei", "labels": "Tier", "delimiter": ";"}),
        ("1.jpg,cat\r\n2.jpg,dog", {"image": 0, "labels": 1}),
        ("cat,1.jpg\ndog,2.jpg\n", {"image": 1, "labels": [0]}),
        (' image , label\n"1.jpg"," cat "\n2.jpg,dog\n\n,\n', {}),
    ],
)
def test_columns_are_chosen_by_name_or_by_number(path: Path, text: str, options: dict[str, Any]) -> None:
    assert read(path, text, **options) == CAT_AND_DOG


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("image,a,b,c\n1.jpg,cat,indoor,\n2.jpg,,dog,\n", {"labels": ["a", "b", "c"]}),
        ("image,label\n1.jpg,cat | indoor\n2.jpg,|dog|\n", {"separator": "|"}),
        ("image,label\n1.jpg,cat\n2.jpg,dog\n1.jpg,indoor\n", {}),
    ],
)
def test_several_labels_come_from_columns_cells_or_rows(path: Path, text: str, options: dict[str, Any]) -> None:
    assert read(path, text, **options) == [("animals/1.jpg", ["cat", "indoor"]), ("animals/2.jpg", ["dog"])]


def test_complete_uris_and_odd_names_are_kept_unchanged(path: Path) -> None:
    text = 'image,label\ns3://bucket/x y/1+.jpg,cat\n" a,""b""\n.jpg",dog\n'
    assert read(path, text) == [("x y/1+.jpg", ["cat"]), ('animals/ a,"b"\n.jpg', ["dog"])]


@pytest.mark.parametrize(
    ("encoding", "given"), [("utf-8-sig", None), ("utf-16", None), ("utf-8", None), ("cp1252", "cp1252")]
)
def test_byte_order_marks_and_encodings_are_supported(path: Path, encoding: str, given: str | None) -> None:
    content = "image,label\n1é.jpg,chat\n".encode(encoding)
    assert read(path, content, encoding=given) == [("animals/1é.jpg", ["chat"])]


def test_issues_are_reported_with_their_row(path: Path) -> None:
    path.write_text(f"image,label\n1.jpg,cat\n2.jpg,\n,dog\n3.jpg\n1.jpg,cat\n4.jpg,{'c' * 257}\n")
    converted = from_csv(path, IMAGES)
    assert len(list(converted)) == 1
    assert [(record.reason, record.place) for record in converted.report] == [
        (ConversionReason.NOT_AN_IMAGE, "row 4"),
        (ConversionReason.UNREADABLE, "row 5"),
        (ConversionReason.REPEATED_LABEL, "row 6"),
        (ConversionReason.NO_LABEL, "row 3"),
        (ConversionReason.REJECTED, "row 7"),
    ]
    assert str(converted.report).startswith("1 lines; left out: 4, changed: 1\n")


def test_names_without_a_prefix_are_rejected_with_the_missing_argument(path: Path) -> None:
    assert read(path, "image,label\n1.jpg,cat\n", None) == []
    converted = from_csv(path)
    assert list(converted) == []
    assert "pass images='s3://bucket/prefix'" in str(converted.report)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no column 'image'. Its columns: "),
        (b"image;label\n1.jpg;cat\n", "has no column 'image'. Its columns: 'image;label'.*delimiter"),
        (b"image,label,label\n", "has several columns 'label'"),
        (b"image,label\n1.jpg,ca\xe9\n", "is not utf-8, in line 1 or soon after.*encoding='cp1252'"),
        (b'image,label\n"1.jpg"x,cat\n', "is not a valid CSV file, near line 2"),
        (b'image,label\n"1.jpg,cat\n', "is not a valid CSV file, near line 2"),
        (b"image,label\n" + b"a" * 200_000 + b",cat\n", "field larger than field limit"),
    ],
)
def test_an_invalid_table_is_rejected_with_the_next_step(path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        read(path, content)


def test_names_and_numbers_can_not_be_mixed(path: Path) -> None:
    with pytest.raises(ValueError, match="all by name or all by number"):
        from_csv(path, IMAGES, image="image", labels=1)


cells = st.text(max_size=6).filter(lambda text: "\0" not in text)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cells, cells, cells), max_size=12))
def test_no_converted_line_has_an_issue(path: Path, rows: list[tuple[str, ...]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path.write_text("\n".join(quoted), "utf-8", errors="surrogatepass", newline="")
    converted = from_csv(path, IMAGES, image=0, labels=[1, 2], separator="|", one_hot=False)
    try:
        lines = [line.to_json() for line in converted]
    except ManifestError as error:
        assert "utf-8" in str(error)  # noqa: PT017  (a lone surrogate is not UTF-8)
        return
    assert [read_line(parse(line), 1)[1] for line in lines] == [[] for _ in lines]
    assert len({parse(line).entry["source-ref"] for line in lines}) == len(lines)  # type: ignore[index]


def test_a_blank_image_name_is_left_out(path: Path) -> None:
    assert read(path, "image,label\n  ,cat\n1.jpg,cat\n2.jpg,dog\n") == CAT_AND_DOG


def test_a_column_of_labels_is_required(path: Path) -> None:
    with pytest.raises(ValueError, match="labels must name at least one column"):
        from_csv(path, IMAGES, labels=[])
    with pytest.raises(ManifestError, match=r"no column 'image'\. Its columns: none"):
        read(path, "")


ONE_HOT = "filename, cat, dog\n1.jpg, 1, 0\n2.jpg, 0, 1\n3.jpg, 1, 1\n4.jpg, 0, 0\n"


def test_the_names_of_one_hot_columns_are_the_labels(path: Path) -> None:
    expected = [("animals/1.jpg", ["cat"]), ("animals/2.jpg", ["dog"]), ("animals/3.jpg", ["cat", "dog"])]
    assert read(path, ONE_HOT, image="filename", one_hot=True) == expected
    assert read(path, ONE_HOT, image="filename", labels=["cat", "dog"], one_hot=True) == expected
    with pytest.raises(ManifestError, match="only 0 and 1: pass one_hot=True"):
        read(path, ONE_HOT, image="filename", labels=["cat", "dog"])
    assert read(path, ONE_HOT, image="filename", labels=["cat"], one_hot=False)[0] == ("animals/1.jpg", ["1"])
    converted = from_csv(path, IMAGES, image="filename", one_hot=True)
    path.write_text("filename,cat\n1.jpg,yes\n2.jpg,2\n")
    assert [line.source_ref[-5:] for line in converted] == ["1.jpg"]
    assert [record.reason for record in converted.report] == [ConversionReason.UNREADABLE, ConversionReason.NO_LABEL]


def test_numeric_labels_get_their_names(path: Path) -> None:
    text = "image,label\n1.jpg,0\n2.jpg,1\n"
    for names in (["cat", "dog"], {"0": "cat", "1": "dog"}):
        assert read(path, text, names=names) == CAT_AND_DOG
    assert read(path, text, names=["cat"]) == CAT_AND_DOG[:1]


def test_a_column_names_the_split(path: Path) -> None:
    path.write_text("image,label,set\n1.jpg,cat,train\n2.jpg,cat,VAL\n3.jpg,cat,test\n4.jpg,cat,\n1.jpg,dog,test\n")
    converted = from_csv(path, IMAGES, split="set")
    assert [split for split, _ in converted.with_splits()] == ["training", "validation", "testing", None]
    assert [record.reason for record in converted.report] == [ConversionReason.MERGED]
