"""Converting Pascal VOC files."""

import sys
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.manifests import from_voc
from rekog_versions.manifests.convert.left_out import ConversionReason
from tests.manifests.converted import PREFIX, boxes, check_lines, issues, splits


def voc(filename: str, *objects: str, size: str = "<width>640</width><height>480</height><depth>3</depth>") -> str:
    path = f"<folder>x</folder><filename>{filename}</filename><path>C:\\x\\{filename}</path>"
    return f"<annotation>{path}<size>{size}</size>{''.join(objects)}</annotation>"


def thing(name: str, left: object, top: object, right: object, bottom: object, *, more: str = "") -> str:
    sides = f"<xmin>{left}</xmin><ymin>{top}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax>"
    return f"<object><name>{name}</name><pose>Left</pose>{more}<bndbox>{sides}</bndbox></object>"


CAT = thing("cat", 10, 20, 110, 70)


def write(root: Path, **files: str) -> Path:
    for name, content in files.items():
        path = root / f"{name.replace('__', '/')}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def test_boxes_and_sizes_are_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=voc("a.jpg", CAT, thing("dog", "0.5", 0, 640, "480.0")),
        b=voc("b.png", thing("cat", 110, 70, 10, 20)),
    )
    found = from_voc(tmp_path, PREFIX)
    assert boxes(found) == {
        "a.jpg": [("cat", 10, 20, 100, 50), ("dog", 0.5, 0, 639.5, 480)],
        "b.png": [("cat", 10, 20, 100, 50)],
    }
    assert issues(found) == []


def test_folders_are_kept_and_name_the_split(tmp_path: Path) -> None:
    write(tmp_path, train__a=voc("a.jpg", CAT), test__b=voc("b.jpg", CAT), valid__c=voc("c.jpg", CAT))
    found = from_voc(tmp_path, PREFIX)
    assert splits(found) == {"train/a.jpg": "training", "test/b.jpg": "testing", "valid/c.jpg": "validation"}
    written = found.write_splits(tmp_path / "train.manifest", tmp_path / "test.manifest")
    assert {split: manifest.lines for split, manifest in written.items()} == {"training": 1, "testing": 1}
    assert issues(found) == [(ConversionReason.NO_SPLIT, f"{PREFIX}/valid/c.jpg")]
    assert "splits: testing 1, training 1, validation 1" in str(found.report)


def test_the_first_file_of_an_image_counts(tmp_path: Path) -> None:
    write(tmp_path, a=voc("a.jpg", CAT), b=voc("./a.jpg", thing("dog", 1, 1, 50, 50)))
    found = from_voc(tmp_path, PREFIX)
    assert boxes(found) == {"a.jpg": [("cat", 10, 20, 100, 50)]}
    assert issues(found)[-1] == (ConversionReason.DUPLICATE_IMAGE, "b.xml")


def test_image_sets_name_the_split(tmp_path: Path) -> None:
    write(tmp_path / "Annotations", a=voc("a.jpg", CAT), b=voc("b.jpg", CAT), c=voc("c.jpg", CAT))
    (tmp_path / "Main").mkdir()
    for name, text in {"train": "a 1\n", "test": "b -1\n\n", "trainval": "a\nb\nc\n"}.items():
        (tmp_path / "Main" / f"{name}.txt").write_text(text)
    found = from_voc(tmp_path / "Annotations", PREFIX, image_sets=tmp_path / "Main")
    assert splits(found) == {"a.jpg": "training", "b.jpg": "testing", "c.jpg": None}


def test_names_of_image_sets_may_have_folders_and_end_in_a_number(tmp_path: Path) -> None:
    names = {"a": "a.jpg", "a 1": "a 1.jpg", "sub__a": "a.jpg", "sub__b": "b.jpg"}
    write(tmp_path / "Annotations", **{name: voc(filename, CAT) for name, filename in names.items()})
    (tmp_path / "Main").mkdir()
    (tmp_path / "Main" / "test.txt").write_text("a 1\nsub/a\nb  -1\n")
    (tmp_path / "Main" / "train.txt").write_text("a\n")
    found = from_voc(tmp_path / "Annotations", PREFIX, image_sets=tmp_path / "Main")
    assert splits(found) == {"a.jpg": "training", "a 1.jpg": "testing", "sub/a.jpg": "testing", "sub/b.jpg": "testing"}


def test_unusable_objects_and_files_are_left_out(tmp_path: Path) -> None:
    difficult = thing("cat", 1, 1, 50, 50, more="<difficult>1</difficult>")
    bad = [
        thing("", 1, 1, 50, 50),
        thing("cat", "NaN", 1, 50, 50),
        thing("cat", "1e999", 1, 5, 5),
        "<object><name>x</name></object>",
    ]
    rotated = "<object><name>x</name><robndbox><cx>1</cx></robndbox></object>"
    write(
        tmp_path,
        a=voc("a.jpg", CAT, *bad, rotated, difficult),
        b=voc("b.jpg"),
        c=voc("c.jpg", CAT, size=""),
        d="<html/>",
        e="{}",
    )
    found = from_voc(tmp_path, PREFIX, difficult=False)
    assert boxes(found) == {"a.jpg": [("cat", 10, 20, 100, 50)]}
    assert issues(found) == [
        *((ConversionReason.UNREADABLE, f"a.xml, object {number}") for number in (2, 3, 4, 5)),
        (ConversionReason.UNSUPPORTED, "a.xml, object 6"),
        (ConversionReason.UNSUPPORTED, "a.xml, object 7"),
        (ConversionReason.NO_BOX, "b.xml"),
        (ConversionReason.UNREADABLE, "d.xml"),
        (ConversionReason.UNREADABLE, "e.xml"),
        (ConversionReason.NO_SIZE, "c.xml"),
    ]


def test_fractions_are_recognized_and_read_on_request(tmp_path: Path) -> None:
    write(tmp_path, a=voc("a.jpg", thing("cat", 0.25, 0.5, 0.5, 1)))
    assert boxes(from_voc(tmp_path, PREFIX, units="fractions")) == {"a.jpg": [("cat", 160, 240, 160, 240)]}
    found = from_voc(tmp_path, PREFIX)
    assert boxes(found) == {}
    assert issues(found)[0] == (ConversionReason.FRACTIONS, "a.xml, object 1")
    assert "pass units='fractions'" in str(found.report)
    write(tmp_path, a=voc("a.jpg", CAT))
    found = from_voc(tmp_path, PREFIX, units="fractions")
    assert boxes(found) == {}
    assert issues(found)[0] == (ConversionReason.PIXELS, "a.xml, object 1")


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "content",
    [
        f"{BOMB}<annotation><filename>&b;</filename></annotation>",
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><annotation><filename>&f;</filename></annotation>',
        "<annotation>" * 200_000,
        '<?xml version="1.0" encoding="nonsense"?><annotation/>',
        "<annotation>" + " " * 17_000_000,
    ],
)
def test_hostile_files_are_left_out(tmp_path: Path, content: str) -> None:
    write(tmp_path, a=content, b=voc("b.jpg", CAT))
    found = from_voc(tmp_path, PREFIX)
    assert list(boxes(found)) == ["b.jpg"]
    assert issues(found) == [(ConversionReason.UNREADABLE, "a.xml")]


def test_a_name_does_not_lead_out_of_the_prefix(tmp_path: Path) -> None:
    write(tmp_path, a=voc("../../x.jpg", CAT), b=voc("/etc/x.jpg", CAT), sub__c=voc("..\\..\\x.jpg", CAT))
    found = from_voc(tmp_path, PREFIX)
    assert boxes(found) == {}
    assert {reason for reason, _ in issues(found)} == {ConversionReason.FOREIGN_PLACE}


def test_a_missing_library_is_named_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "defusedxml", None)
    with pytest.raises(ImportError, match=r'needs defusedxml.*pip install "rekog_versions\[formats\]"'):
        from_voc(tmp_path, PREFIX)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6).map(escape)
numbers = st.integers(-50, 700) | st.floats(-50, 700) | st.sampled_from(["NaN", "inf", "1e400", "", "x", "9" * 400])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            texts, numbers, numbers, st.lists(st.builds(thing, texts, numbers, numbers, numbers, numbers), max_size=4)
        ),
        max_size=4,
    )
)
def test_check_manifests_accepts_every_line(tmp_path: Path, found: list[tuple[str, object, object, list[str]]]) -> None:
    for number in range(4):
        (tmp_path / f"{number}.xml").unlink(missing_ok=True)
    for number, (name, width, height, objects) in enumerate(found):
        size = f"<width>{width}</width><height>{height}</height>"
        write(tmp_path, **{str(number): voc(name, *objects, size=size)})
    assert check_lines(from_voc(tmp_path, PREFIX)) <= len(found)
