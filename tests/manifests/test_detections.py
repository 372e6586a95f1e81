"""Converting labels that another library or a program has in memory."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rekog_versions.manifests import from_detections
from rekog_versions.manifests.convert.left_out import ConversionReason
from rekog_versions.manifests.images.image_check import ImageInfo
from tests.manifests.converted import PREFIX, boxes, check_lines, issues, object_lines


@dataclass
class Category:
    id: int
    name: Any


CAT, DOG = Category(0, "cat"), Category(1, "dog")


@dataclass
class Image:
    id: int
    filename: Any
    width: Any = 200
    height: Any = 100


@dataclass
class Box:
    xmin: Any
    ymin: Any
    xmax: Any
    ymax: Any


@dataclass
class Single:
    category: Category
    box: Box
    confidence: Any = None


@dataclass
class Labeled:
    image: Image
    objects: list[Single]


@dataclass
class Reader:
    """A reader with the shape of the input classes of labelformat."""

    images: list[Image]
    labels: list[Labeled]
    categories: list[Category] = field(default_factory=lambda: [CAT, DOG])

    def get_categories(self) -> list[Category]:
        return self.categories

    def get_images(self) -> list[Image]:
        return self.images

    def get_labels(self) -> list[Labeled]:
        return self.labels


BOX = Box(10.0, 20.0, 60.0, 70.0)


def test_a_reader_of_another_library_is_read_again_and_again() -> None:
    first, second, third = Image(0, "a.jpg"), Image(1, "b/c.jpg"), Image(2, "d.jpg")
    labels = [Labeled(first, [Single(CAT, BOX, 0.75), Single(DOG, BOX)]), Labeled(second, [Single(DOG, BOX)])]
    found = from_detections(Reader([first, second, third], labels), PREFIX)
    sides = (10, 20, 50, 50)
    for _ in range(2):
        assert boxes(found) == {"a.jpg": [("cat", *sides), ("dog", *sides)], "b/c.jpg": [("dog", *sides)]}
        assert issues(found) == [(ConversionReason.NO_BOX, "image 2")]
    assert [box.confidence for box in object_lines(found)[0].boxes] == [0.75, 1]


def test_unusable_objects_of_a_reader_are_left_out() -> None:
    image = Image(0, "a.jpg")
    objects = [
        Single(CAT, BOX),
        Single(Category(9, "x"), BOX),
        Single(CAT, Box(1, 1, float("nan"), 5)),
        Single(DOG, Box(0, 0, "x", 1)),
    ]
    labels = [
        Labeled(image, objects),
        Labeled(Image(1, None), objects),
        Labeled(Image(2, "../x.jpg"), [Single(CAT, BOX)]),
    ]
    found = from_detections(Reader([image], labels), PREFIX)
    assert boxes(found) == {"a.jpg": [("cat", 10, 20, 50, 50)]}
    assert [reason for reason, _ in issues(found)] == [
        ConversionReason.UNKNOWN_CATEGORY,
        *[ConversionReason.UNREADABLE] * 3,
        ConversionReason.FOREIGN_PLACE,
    ]


class Number:
    """A number of an array library."""

    def __init__(self, value: float) -> None:
        self.value = value

    def item(self) -> float:
        return self.value


def test_tuples_are_read_in_any_order() -> None:
    detections: list[Any] = [
        ("a.jpg", (200, 100), "cat", (10, 20, 50, 50)),
        ("b.jpg", None, "dog", [1, 2, 30, 40]),
        ("a.jpg", None, "dog", tuple(map(Number, (1, 2, 30, 40)))),
        ("c.jpg", (200, 100), "", ()),
    ]
    found = from_detections(
        detections, PREFIX, sizes=lambda requests: ((key, ImageInfo("PNG", 80, 80)) for key, _ in requests)
    )
    assert boxes(found) == {"a.jpg": [("cat", 10, 20, 50, 50), ("dog", 1, 2, 30, 40)], "b.jpg": [("dog", 1, 2, 30, 40)]}
    assert issues(found) == [(ConversionReason.NO_BOX, "detection 4")]
    corners: list[Any] = [("a.jpg", (200, 100), "cat", (0.1, 0.2, 0.6, 0.7))]
    assert boxes(from_detections(corners, PREFIX, box_form="corners", units="fractions")) == {
        "a.jpg": [("cat", 20, 20, 100, 50)]
    }


def test_unusable_tuples_are_left_out() -> None:
    wrong: list[Any] = [
        ("a.jpg",),
        None,
        5,
        "a.jpg",
        (1, None, "cat", ()),
        ("a.jpg", 7, "cat", 7),
        ("a.jpg", None, 5, (1, 2, 3, 4)),
    ]
    found = from_detections(wrong, PREFIX)
    assert list(found) == []
    assert {reason for reason, _ in issues(found)} == {ConversionReason.UNREADABLE, ConversionReason.NO_BOX}


@pytest.mark.parametrize("wrong", ["a.jpg", b"", {}, 5, None])
def test_another_source_is_rejected_at_once(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"get_categories\(\), get_images\(\) and get_labels\(\), or yield tuples, got"):
        from_detections(wrong, PREFIX)


odd = st.none() | st.text(max_size=3) | st.floats() | st.integers(-300, 300) | st.just(10**400)
sides = st.lists(st.floats(-20, 220), min_size=4, max_size=4) | st.lists(odd, max_size=5) | odd
tuples = st.tuples(
    st.text(max_size=3) | odd, st.just((200, 100)) | st.tuples(odd, odd) | odd, st.text(max_size=3) | odd, sides
)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(tuples | odd, max_size=6),
    st.sampled_from(["corners", "sides", "center"]),
    st.sampled_from(["pixels", "fractions"]),
)
def test_check_manifests_accepts_every_line(found: Any, box_form: Any, units: Any) -> None:
    assert check_lines(from_detections(found, PREFIX, box_form=box_form, units=units)) <= len(found)
