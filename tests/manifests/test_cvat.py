"""Converting exports of CVAT."""

import tracemalloc
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import from_cvat
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.left_out import ConversionReason
from tests.manifests.converted import PREFIX, boxes, check_lines, issues, labels, splits


def tag(name: str, **attributes: object) -> str:
    given = " ".join(f"{key}={quoteattr(str(value))}" for key, value in attributes.items())
    return f"<{name} {given}><attribute name='a'>1</attribute></{name}>"


def image(number: int, *shapes: str, more: str = "", name: str | None = None) -> str:
    name = name or f"{number}.jpg"
    return f'<image id="{number}" name={quoteattr(name)} {more} width="200" height="100">{"".join(shapes)}</image>'


BOX = tag("box", label="cat", source="manual", occluded=0, xtl="10.0", ytl="20.5", xbr="60", ybr="70.5", z_order=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "annotations.xml"


def convert(path: Path, *images: str, kind: str = "boxes") -> ConvertedLines[TypedLine]:
    meta = "<meta><task><labels><label><name>cat</name></label></labels></task></meta>"
    content = f"<version>1.1</version>{meta}{''.join(images)}"
    text = f"<?xml version='1.0' encoding='utf-8'?><annotations>{content}</annotations>"
    path.write_text(text, "utf-8")
    return from_cvat(path, PREFIX, kind=kind)  # type: ignore[arg-type]


def test_boxes_and_subsets_are_read(path: Path) -> None:
    found = convert(path, image(0, BOX, more='subset="Train"'), image(1, BOX, more='subset="test"'), image(2))
    assert boxes(found) == {"0.jpg": [("cat", 10, 20.5, 50, 50)], "1.jpg": [("cat", 10, 20.5, 50, 50)]}
    assert issues(found) == [(ConversionReason.NO_BOX, "image 2 (2.jpg)")]
    assert splits(found) == {"0.jpg": "training", "1.jpg": "testing"}


def test_turned_boxes_polygons_and_ellipses_are_reduced_and_counted(path: Path) -> None:
    turned = tag("box", label="cat", xtl=40, ytl=40, xbr=80, ybr=60, rotation="90.0")
    polygon = tag("polygon", label="dog", points="10,10;50.5,10;50.5,90")
    ellipse = tag("ellipse", label="eel", cx=50, cy=50, rx=10, ry=20)
    found = convert(path, image(0, turned, polygon, ellipse))
    assert boxes(found) == {"0.jpg": [("cat", 50, 30, 20, 40), ("dog", 10, 10, 40.5, 80), ("eel", 40, 30, 20, 40)]}
    assert [reason for reason, _ in issues(found)] == [ConversionReason.REDUCED] * 3


def test_tags_are_labels_of_the_image(path: Path) -> None:
    images = [image(0, tag("tag", label="cat"), tag("tag", label="dog"))]
    assert labels(convert(path, *images, kind="labels")) == {"0.jpg": ["cat", "dog"]}
    found = convert(path, *images)
    assert boxes(found) == {}
    assert issues(found)[0][0] is ConversionReason.OTHER_KIND


def test_unusable_shapes_are_left_out(path: Path) -> None:
    shapes = [
        *(tag(name, label="cat", points="1,1;2,2") for name in ("polyline", "points", "mask", "skeleton", "cuboid")),
        tag("box", label="cat", xtl="nan", ytl=1, xbr=2, ybr=3),
        tag("box", label="", xtl=1, ytl=1, xbr=20, ybr=30),
        tag("polygon", label="cat", points="1,1;2"),
        tag("polygon", label="cat", points=""),
        tag("ellipse", label="cat", cx=1, cy=1, rx=-1, ry=1),
    ]
    found = convert(path, image(0, BOX, *shapes), "<image id='7'/>", "<track id='3' label='cat'><box/></track>")
    assert boxes(found) == {"0.jpg": [("cat", 10, 20.5, 50, 50)]}
    assert [reason for reason, _ in issues(found)] == [
        *[ConversionReason.UNSUPPORTED] * 5,
        *[ConversionReason.UNREADABLE] * 6,
        ConversionReason.UNSUPPORTED,
    ]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "<annotation/>",
        "<annotations><image",
        '<!DOCTYPE x [<!ENTITY a "b">]><annotations>&a;</annotations>',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><annotations>&f;</annotations>',
        "<annotations>" + "<a>" * 100_000,
    ],
)
def test_another_or_a_hostile_file_is_an_error(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(ManifestError, match="must be an export of CVAT"):
        list(from_cvat(path, PREFIX))


def test_a_name_does_not_lead_out_of_the_prefix(path: Path) -> None:
    found = convert(path, image(0, BOX, name="../../x.jpg"), image(1, BOX, name="C:\\x.jpg"))
    assert boxes(found) == {}
    assert [reason for reason, _ in issues(found)] == [ConversionReason.FOREIGN_PLACE] * 2


def test_the_file_is_read_as_a_stream(path: Path) -> None:
    peaks: list[int] = []
    for count in (200, 2000):
        found = convert(path, *(image(number, BOX) for number in range(count)))
        tracemalloc.start()
        assert sum(1 for _ in found) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # the elements of an image take 2 KB; the images of a batch whose sizes are read together may be kept
    assert peaks[1] < 3_000_000


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=5)
sides = st.floats(-20, 250) | st.integers(-20, 250) | st.sampled_from(["nan", "inf", "", "1e999"])
shapes = (
    st.builds(tag, st.just("box"), label=texts, xtl=sides, ytl=sides, xbr=sides, ybr=sides, rotation=sides)
    | st.builds(tag, st.just("ellipse"), label=texts, cx=sides, cy=sides, rx=sides, ry=sides)
    | st.builds(tag, st.sampled_from(["polygon", "tag", "mask"]), label=texts, points=texts)
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            lambda number, found, name: image(number, *found, name=name),
            st.integers(0, 3),
            st.lists(shapes, max_size=4),
            texts,
        ),
        max_size=4,
    )
)
def test_check_manifests_accepts_every_line(path: Path, images: list[str]) -> None:
    for kind in ("boxes", "labels"):
        assert check_lines(convert(path, *images, kind=kind)) <= len(images)
