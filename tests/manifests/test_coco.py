"""Converting COCO files."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.build.typed_lines import LabeledBox, ObjectLine
from rekog_versions.manifests.convert.coco import from_coco
from rekog_versions.manifests.convert.fitting import clip_box
from rekog_versions.manifests.convert.left_out import ConversionReason
from rekog_versions.manifests.images.image_check import ImageInfo
from rekog_versions.manifests.lines import parse, read_line
from tests.manifests.converted import PREFIX, check_lines, labels, object_lines

IMAGES = "s3://bucket/train2017"
CATEGORIES = [{"id": 17, "name": "cat", "supercategory": "animal"}, {"id": 18, "name": "dog"}]


def image(id_: Any, **others: Any) -> dict[str, Any]:
    return {"id": id_, "file_name": f"{id_}.jpg", "width": 640, "height": 480, "license": 3, **others}


def annotation(id_: int, *bbox: Any, of: Any = 1, category: Any = 17, **others: Any) -> dict[str, Any]:
    box = list(bbox or (10, 20, 30.5, 40))
    return {"id": id_, "image_id": of, "category_id": category, "bbox": box, "iscrowd": 0, "area": 9, **others}


class Coco:
    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, annotations: Any, images: Any = None, categories: Any = CATEGORIES) -> list[ObjectLine]:
        document = {"info": {}, "images": images or [image(1)], "annotations": annotations, "categories": categories}
        self.path.write_text(json.dumps(document))
        self.converted = from_coco(self.path, IMAGES)
        return list(object_lines(self.converted))

    @property
    def left_out(self) -> list[tuple[ConversionReason, str]]:
        return [(record.reason, record.place) for record in self.converted.report]


@pytest.fixture
def coco(tmp_path: Path) -> Coco:
    return Coco(tmp_path / "instances.json")


def test_boxes_have_the_image_size_and_the_category_names(coco: Coco) -> None:
    found = coco.lines(
        [annotation(1), annotation(2, 0, 0, 640, 480, category=18), annotation(3, of=2, segmentation=[[1, 2]])],
        [image(1), image(2, file_name="a b/2+é.jpg", width=100, height=90), image(3)],
    )
    assert [line.source_ref for line in found] == ["s3://bucket/train2017/1.jpg", "s3://bucket/train2017/a b/2+é.jpg"]
    assert [(line.width, line.height) for line in found] == [(640, 480), (100, 90)]
    assert found[0].boxes == (LabeledBox("cat", 10, 20, 30.5, 40), LabeledBox("dog", 0, 0, 640, 480))
    assert coco.left_out == [(ConversionReason.NO_BOX, "image 3 (3.jpg)")]


def test_clipped_boxes_are_reported(coco: Coco) -> None:
    (line,) = coco.lines([annotation(1, -5, 470, 15, 20), annotation(2, 630.5, 0, 100, 480.2), annotation(3)])
    assert line.boxes[:2] == (LabeledBox("cat", 0, 470, 10, 10), LabeledBox("cat", 630.5, 0, 9.5, 480))
    assert coco.left_out == [(ConversionReason.CLIPPED, "annotation 1"), (ConversionReason.CLIPPED, "annotation 2")]
    lines, reason, first, _ = str(coco.converted.report).splitlines()
    assert (lines, reason) == ("1 lines; left out: 0, changed: 2", "  2  box clipped to its image")
    before, after = "left -5, top 470, width 15, height 20", "left 0, top 470, width 10, height 10"
    assert first == f"       annotation 1: cat {before} became cat {after}"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (annotation(7, iscrowd=1), ConversionReason.CROWD),
        (annotation(7, of=99), ConversionReason.UNKNOWN_IMAGE),
        (annotation(7, of=None), ConversionReason.UNKNOWN_IMAGE),
        (annotation(7, of=[1]), ConversionReason.UNKNOWN_IMAGE),
        (annotation(7, category=99), ConversionReason.UNKNOWN_CATEGORY),
        (annotation(7, 640, 0, 10, 10), ConversionReason.OUTSIDE),
        (annotation(7, -20, 0, 20, 10), ConversionReason.OUTSIDE),
        (annotation(7, 0, 0, 0, 10), ConversionReason.OUTSIDE),
        (annotation(7, 0, 0, 1, 10), ConversionReason.TOO_SMALL),
        (annotation(7, 639.5, 0, 10, 10), ConversionReason.TOO_SMALL),
        (annotation(7, 0, 0, -3, 10), ConversionReason.UNREADABLE),
        (annotation(7, 0, 0, 3), ConversionReason.UNREADABLE),
        (annotation(7, 0, 0, 3, "4"), ConversionReason.UNREADABLE),
        (annotation(7, 0, 0, 3, 1e300), ConversionReason.UNREADABLE),
        ({"id": 7, "image_id": 1, "category_id": 17}, ConversionReason.UNREADABLE),
        (annotation(7, category=5), ConversionReason.REJECTED),
    ],
)
def test_an_unusable_annotation_is_left_out_and_the_others_are_kept(
    coco: Coco, wrong: Any, reason: ConversionReason
) -> None:
    found = coco.lines([annotation(1), wrong, annotation(2)], categories=[*CATEGORIES, {"id": 5, "name": "c" * 257}])
    assert [len(line.boxes) for line in found] == [2]
    assert reason in {reason for reason, place in coco.left_out if place == "annotation 7"}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (image(2, width=None), ConversionReason.NO_SIZE),
        (image(2, height=0), ConversionReason.NO_SIZE),
        (image(2, file_name=None), ConversionReason.UNREADABLE),
        (image(None), ConversionReason.UNREADABLE),
        (image(1, file_name="again.jpg"), ConversionReason.DUPLICATE_IMAGE),
        (image(2, file_name="1.jpg"), ConversionReason.MERGED),
    ],
)
def test_an_unusable_image_is_left_out_and_the_others_are_kept(
    coco: Coco, wrong: Any, reason: ConversionReason
) -> None:
    found = coco.lines([annotation(1), annotation(2, of=2)], [image(1), wrong])
    assert [line.source_ref for line in found] == ["s3://bucket/train2017/1.jpg"]
    assert reason in {reason for reason, _ in coco.left_out}


def test_an_image_with_over_50_boxes_is_left_out(coco: Coco) -> None:
    small = [annotation(n, 0, 0, 1, 1) for n in range(9)]
    fifty = [annotation(100 + n, n, n, 5, 5) for n in range(50)]
    assert [len(line.boxes) for line in coco.lines([*small, *fifty])] == [50]
    assert coco.lines([*fifty, annotation(1)]) == []
    assert coco.left_out == [(ConversionReason.TOO_MANY_BOXES, "image 1 (1.jpg)")]


def test_colliding_categories_are_reported(coco: Coco) -> None:
    categories = [{"id": 1, "name": "cat"}, {"id": 2, "name": "cat"}, {"id": 1, "name": "eel"}, {"id": 3, "name": 7}]
    found = coco.lines(
        [annotation(1, category=1), annotation(2, category=2), annotation(3, category=3)], None, categories
    )
    assert [box.label for box in found[0].boxes] == ["cat", "cat"]
    assert coco.left_out == [
        (ConversionReason.DUPLICATE_CATEGORY, "category 1"),
        (ConversionReason.UNREADABLE, "category 3"),
        (ConversionReason.SAME_NAME, "category 2"),
        (ConversionReason.UNKNOWN_CATEGORY, "annotation 3"),
    ]


def test_ids_may_be_texts_and_floats(coco: Coco) -> None:
    found = coco.lines(
        [annotation(1, of=1.0, category=17.0), annotation(2, of="a")],
        [image(1), image("a")],
        [{"id": 17, "name": "cat"}],
    )
    assert len(found) == 2


def test_complete_uris_are_kept(coco: Coco) -> None:
    (line,) = coco.lines([annotation(1)], [image(1, file_name="s3://elsewhere/1.jpg")])
    assert line.source_ref == "s3://elsewhere/1.jpg"


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"images": []}', b'{"images": 1}', b"\xff", b"[" * 10**5])
def test_another_file_is_rejected(coco: Coco, content: bytes) -> None:
    coco.path.write_bytes(content)
    with pytest.raises(ManifestError, match=r"must be a COCO detection file, .*images, annotations and categories"):
        list(from_coco(coco.path, IMAGES))


def test_a_clipped_box_is_not_longer_for_a_rounding_error() -> None:
    left, side = 262.73255619034325, 897.4873448291104
    assert left + (side - left) > side  # the difference is rounded up
    inside = clip_box(LabeledBox("cat", left, 0, 700, 10), Frame(side, side))
    assert inside is not None
    assert inside.left + inside.width <= side


sides = st.floats(-100, 800) | st.integers(-100, 800)


@settings(deadline=None)
@given(sides, sides, sides.map(abs), sides.map(abs), st.floats(1, 700) | st.integers(1, 700))
def test_a_clipped_box_is_within_its_image(left: float, top: float, width: float, height: float, side: float) -> None:
    box = LabeledBox("cat", left, top, width, height)
    inside = clip_box(box, Frame(side, side))
    if inside is not None:
        assert inside.left >= max(left, 0)
        assert inside.top >= max(top, 0)
        assert inside.left + inside.width <= side
        assert inside.top + inside.height <= side


odd = st.none() | st.integers(-1, 4) | st.text(max_size=2) | st.lists(sides, max_size=5) | sides
ids = st.integers(1, 3)
boxes = st.lists(sides, min_size=4, max_size=4)


texts = st.text(max_size=3)
any_images = st.fixed_dictionaries(
    {}, optional={"id": ids | odd, "file_name": texts | odd, "width": sides | odd, "height": sides | odd}
)
any_annotations = st.fixed_dictionaries(
    {}, optional={"id": odd, "image_id": ids | odd, "category_id": ids | odd, "bbox": boxes | odd, "iscrowd": odd}
)
any_categories = st.fixed_dictionaries({}, optional={"id": ids | odd, "name": texts | odd})


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(any_images, max_size=4), st.lists(any_annotations, max_size=9), st.lists(any_categories, max_size=4))
def test_no_converted_line_has_an_issue(coco: Coco, images: Any, annotations: Any, categories: Any) -> None:
    found = coco.lines(annotations, [image(1, width=200, height=100), *images], [*CATEGORIES, *categories])
    str(coco.converted.report)
    assert [read_line(parse(line.to_json()), 1)[1] for line in found] == [[] for _ in found]
    assert sum(len(line.boxes) for line in found) <= len(annotations)
    check_lines(coco.converted)
    check_lines(from_coco(coco.path, IMAGES, kind="labels", crowds=True))


def test_numbers_that_are_too_large_for_a_float_are_left_out(coco: Coco) -> None:
    huge = 10**400
    images = [image(1), image(2, width=huge)]
    assert len(coco.lines([annotation(1), annotation(2, 1, 1, huge, 5), annotation(3, of=2)], images)) == 1
    assert coco.left_out == [
        (ConversionReason.UNREADABLE, "annotation 2"),
        (ConversionReason.NO_SIZE, "image 2 (2.jpg)"),
    ]


def test_true_is_not_an_id(coco: Coco) -> None:
    assert len(coco.lines([annotation(1)], [image(True), image(1)])) == 1
    assert coco.left_out == [(ConversionReason.UNREADABLE, "image True")]


def test_a_byte_order_mark_is_skipped(coco: Coco) -> None:
    coco.lines([annotation(1)])
    coco.path.write_bytes(b"\xef\xbb\xbf" + coco.path.read_bytes())
    assert len(list(from_coco(coco.path, IMAGES))) == 1


def read(coco: Coco, document: Any, **options: Any) -> list[ObjectLine]:
    coco.path.write_text(document if isinstance(document, str) else json.dumps(document))
    coco.converted = from_coco(coco.path, options.pop("images", IMAGES), **options)
    return object_lines(coco.converted)


def test_crowds_are_read_as_text_and_kept_on_request(coco: Coco) -> None:
    annotations = [annotation(n, iscrowd=value) for n, value in enumerate(["0", "false", "", 0, False, "1", 1, "true"])]
    document = {"images": [image(1)], "annotations": annotations, "categories": CATEGORIES}
    (line,) = read(coco, document)
    assert len(line.boxes) == 5
    assert coco.left_out == [(ConversionReason.CROWD, f"annotation {number}") for number in (5, 6, 7)]
    assert "pass crowds=True" in str(coco.converted.report)
    (line,) = read(coco, document, crowds=True)
    assert len(line.boxes) == 8


def test_infinite_sides_are_left_out_with_their_ids(coco: Coco) -> None:
    text = json.dumps(
        {
            "images": [image(1)],
            "annotations": [
                annotation(1),
                annotation(2, float("inf"), 1, float("-inf"), 2),
                annotation(3, float("nan")),
            ],
            "categories": CATEGORIES,
        }
    )
    (line,) = read(coco, text)
    assert len(line.boxes) == 1
    assert coco.left_out == [(ConversionReason.UNREADABLE, f"annotation {number}") for number in (2, 3)]


def test_an_id_may_be_a_text_in_one_place_and_a_number_in_another(coco: Coco) -> None:
    (line,) = coco.lines([annotation(1, of="1", category="17"), annotation(2, of="01")])
    assert len(line.boxes) == 1
    assert coco.left_out == [(ConversionReason.UNKNOWN_IMAGE, "annotation 2")]


def test_an_image_with_two_ids_gets_the_boxes_of_both(coco: Coco) -> None:
    (line,) = coco.lines([annotation(1), annotation(2, of=2)], [image(1), image(2, file_name="1.jpg", width=9)])
    assert (len(line.boxes), line.width) == (2, 640)
    assert coco.left_out == [(ConversionReason.MERGED, "image 2")] * 2


def test_windows_paths_and_other_suffixes_are_noted(coco: Coco) -> None:
    images = [image(1, file_name="images\\a.jpg"), image(2, file_name="b.tiff"), image(3, file_name="C:\\c.jpg")]
    annotations = [annotation(1), annotation(2, of=2), annotation(3, of=3)]
    assert [line.source_ref for line in coco.lines(annotations, images)] == [
        f"{IMAGES}/images/a.jpg",
        f"{IMAGES}/b.tiff",
    ]
    assert [reason for reason, _ in coco.left_out] == [
        ConversionReason.NORMALIZED,
        ConversionReason.OTHER_SUFFIX,
        ConversionReason.FOREIGN_PLACE,
    ]


def test_categories_without_boxes_become_labels_of_the_image(coco: Coco) -> None:
    annotations = [{"id": 1, "image_id": 1, "category_id": 17}, {"id": 2, "image_id": 1, "category_id": 18, "bbox": []}]
    document = {"images": [image(1, width=None)], "annotations": annotations, "categories": CATEGORIES}
    assert read(coco, document) == []
    assert "pass kind='labels'" in str(coco.converted.report)
    assert labels(from_coco(coco.path, PREFIX, kind="labels")) == {"1.jpg": ["cat", "dog"]}


def test_fractions_are_recognized(coco: Coco) -> None:
    document = {"images": [image(1)], "annotations": [annotation(1, 0.1, 0.1, 0.5, 0.5)], "categories": CATEGORIES}
    assert read(coco, document) == []
    assert coco.left_out[0] == (ConversionReason.FRACTIONS, "annotation 1")
    (line,) = read(coco, document, units="fractions")
    assert line.boxes == (LabeledBox("cat", 64, 48, 320, 240),)


def test_missing_sizes_are_read_from_the_headers_in_order(coco: Coco) -> None:
    def sizes(requests: Any) -> Any:
        for key, source_ref in reversed(list(requests)):
            yield (
                key,
                ImageInfo("JPEG", 300, 200, orientation=6, is_rotated=True)
                if source_ref.endswith("2.jpg")
                else ImageInfo(),
            )

    images = [image(1), image(2, width=None), image(3, height=None)]
    document = {"images": images, "annotations": [annotation(n, of=n) for n in (1, 2, 3)], "categories": CATEGORIES}
    found = read(coco, document, sizes=sizes)
    assert [(line.source_ref[-5:], line.width, line.height) for line in found] == [
        ("1.jpg", 640, 480),
        ("2.jpg", 300, 200),
    ]
    assert {reason for reason, _ in coco.left_out} == {
        ConversionReason.TURNED,
        ConversionReason.UNREADABLE,
        ConversionReason.NO_SIZE,
    }
