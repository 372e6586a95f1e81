"""The sources, the content and the issues of exports."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import pytest
import yaml
from hypothesis import given, settings, strategies as st
from moto import mock_aws

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import (
    ConversionReason,
    ImageLevelLine,
    LabeledBox,
    ManifestWriter,
    ModerationLine,
    ObjectLine,
    from_detections,
    to_coco,
    to_voc,
    to_yolo,
)
from rekog_versions.manifests.export.folder import NewFolder
from tests.manifests.mutations import mutated
from tests.manifests.odd_lines import ATTRIBUTE, BOXES, CLASS, ENTRIES
from tests.testing.emulator import boxed_line, cats_and_dogs, json_lines

EXPORTS: list[Any] = [to_coco, to_yolo, to_voc]
BOX = LabeledBox("cat", 10, 20, 200, 120)
LINE = ObjectLine("s3://bucket/1.jpg", 640, 480, [BOX])


def target(folder: Path, export: Any, name: str = "x") -> Path:
    return folder / (f"{name}.json" if export is to_coco else name)


def coco(source: Any, folder: Path, **options: Any) -> tuple[dict[str, Any], list[tuple[ConversionReason, str]]]:
    """Return the document, and the issues."""
    written = to_coco(source, folder / "x.json", **options)
    issues = [(found.reason, found.place.partition(" (")[0]) for found in written.report]
    return json.loads((folder / "x.json").read_bytes()), issues


def boxed(image: int, *boxes: tuple[int, int, int, int], confidences: tuple[float, ...] = ()) -> dict[str, Any]:
    annotations = [
        {"class_id": 0, "left": left, "top": top, "width": width, "height": height}
        for left, top, width, height in boxes
    ]
    return {
        "source-ref": f"s3://bucket/{image}.jpg",
        "boxes": {"image_size": [{"width": 640, "height": 480, "depth": 1}], "annotations": annotations},
        "boxes-metadata": {
            **BOXES,
            "class-map": {"0": "cat"},
            "objects": [{"confidence": one} for one in confidences or (1,) * len(boxes)],
        },
    }


@pytest.mark.parametrize("export", EXPORTS)
def test_every_source_is_read(export: Any, tmp_path: Path) -> None:
    content = f"{LINE.to_json()}\n".encode()
    (tmp_path / "a.manifest").write_bytes(content)
    other = ObjectLine("s3://bucket/2.jpg", 640, 480, [BOX])
    sources: list[tuple[Any, int]] = [
        (content, 1),
        (io.BytesIO(content), 1),
        (tmp_path / "a.manifest", 1),
        (str(tmp_path / "a.manifest"), 1),
        ([content, f"{other.to_json()}\n".encode()], 2),
        ([LINE, other], 2),
        (iter([LINE, other]), 2),
        (from_detections([("1.jpg", (640, 480), "cat", (10, 20, 200, 120))], "s3://bucket"), 1),
    ]
    for number, (source, images) in enumerate(sources):
        written = export(source, target(tmp_path, export, str(number)))
        assert written.images == images
        assert dict(written.labels) == {"cat": images}
        assert not written.report
    for number, wrong in enumerate((5, [5], [LINE, "a.manifest"])):
        with pytest.raises(TypeError, match=r"must be a"):
            export(wrong, target(tmp_path, export, f"wrong{number}"))
        assert not target(tmp_path, export, f"wrong{number}").exists()


@pytest.mark.parametrize("export", EXPORTS)
def test_manifests_in_s3_are_read(export: Any, tmp_path: Path) -> None:
    with mock_aws():
        s3: Any = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="pets")
        with ManifestWriter("s3://pets/a.manifest", s3=s3) as manifest:
            manifest.write(LINE)
        assert export("s3://pets/a.manifest", target(tmp_path, export), s3=s3).images == 1
        with pytest.raises(ManifestError, match="can't be read"):
            export("s3://pets/b.manifest", target(tmp_path, export, "y"), s3=s3)
        with pytest.raises(ValueError, match="s3"):
            export("s3://pets/a.manifest", target(tmp_path, export, "z"))
        assert [path.name for path in tmp_path.iterdir()] == [target(tmp_path, export).name]


def test_a_coco_file_is_written_to_s3(tmp_path: Path) -> None:
    with mock_aws():
        s3: Any = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="pets")
        written = to_coco([LINE], "s3://pets/out/instances.json", s3=s3)
        assert written.target == "s3://pets/out/instances.json"
        document = json.loads(s3.get_object(Bucket="pets", Key="out/instances.json")["Body"].read())
        assert document["images"][0]["coco_url"] == "s3://bucket/1.jpg"


def test_unusable_lines_and_boxes_are_left_out_with_their_places(tmp_path: Path) -> None:
    entries: list[Mapping[str, Any]] = [
        boxed(1, (1, 2, 30, 40), (600, 2, 50, 40), (1, 2, 1, 40), (5, 6, 70, 80), confidences=(1, 0.2, 0.3, 0.4)),
        boxed(2, (600, 2, 50, 40)),
        boxed(3, *[(1, 2, 30, 40)] * 51),
        {"source-ref": "s3://bucket/4.jpg"},
        {"source-ref": "4.jpg", "pets": 0, "pets-metadata": CLASS},
        {"source-ref": "s3://bucket/5.jpg", "pets": 0, "pets-metadata": CLASS},
        boxed(1, (7, 8, 30, 40)),
        boxed(6),
    ]
    manifest = json_lines(entries) + b"\nnot JSON\n\xff\n"
    document, issues = coco(manifest, tmp_path)
    assert [image["file_name"] for image in document["images"]] == ["1.jpg", "6.jpg"]
    assert [(one["bbox"], one.get("score")) for one in document["annotations"]] == [
        ([1, 2, 30, 40], None),
        ([5, 6, 70, 80], 0.4),
    ]
    assert issues == [
        (ConversionReason.OUTSIDE, "line 1"),
        (ConversionReason.TOO_SMALL, "line 1"),
        (ConversionReason.NO_BOX, "line 2"),
        (ConversionReason.OUTSIDE, "line 2"),
        (ConversionReason.TOO_MANY_BOXES, "line 3"),
        (ConversionReason.NO_LABEL, "line 4"),
        (ConversionReason.REJECTED, "line 5"),
        (ConversionReason.OTHER_KIND, "line 6"),
        (ConversionReason.DUPLICATE_IMAGE, "line 7"),
        (ConversionReason.UNREADABLE, "line 9"),
        (ConversionReason.UNREADABLE, "line 10"),
        (ConversionReason.UNREADABLE, "line 11"),
    ]


def test_an_image_without_boxes_is_written_without_annotations(tmp_path: Path) -> None:
    manifest = json_lines([boxed(1, (1, 2, 30, 40)), boxed(2)])
    document, issues = coco(manifest, tmp_path)
    assert document["images"][1] == {
        "id": 2,
        "file_name": "2.jpg",
        "coco_url": "s3://bucket/2.jpg",
        "width": 640,
        "height": 480,
    }
    assert issues == []
    to_yolo(manifest, tmp_path / "yolo")
    assert (tmp_path / "yolo" / "labels" / "train" / "2.txt").read_bytes() == b""
    to_voc(manifest, tmp_path / "voc")
    assert "<object>" not in (tmp_path / "voc" / "Annotations" / "2.xml").read_text()


def test_an_image_whose_labels_are_left_out_is_not_one_without_boxes(tmp_path: Path) -> None:
    manifest = json_lines([boxed(1, (1, 2, 30, 40)), boxed(2, (1, 2, 1, 1)), ENTRIES[0]])
    document, _ = coco(manifest, tmp_path)
    assert [image["file_name"] for image in document["images"]] == ["1.jpg"]


def test_boxes_of_several_attributes_keep_their_confidences(tmp_path: Path) -> None:
    other = {**BOXES, "objects": [{"confidence": 0.5}, {"x": 1}, {"confidence": 0.75}, {"confidence": 0.9}]}
    entry = {
        "source-ref": "s3://bucket/1.jpg",
        "a": ATTRIBUTE,
        "a-metadata": other,
        "b": ATTRIBUTE,
        "b-metadata": BOXES,
    }
    document, issues = coco(json_lines([entry]), tmp_path)
    assert [one["score"] for one in document["annotations"]] == [0.5, 0.75, 0, 0.09]
    assert issues == []


def test_labels_of_the_other_kind_are_counted(tmp_path: Path) -> None:
    both = {**boxed(1, (1, 2, 30, 40)), "pets": 1, "pets-metadata": CLASS}
    lines = json_lines([both, boxed(2, (1, 2, 30, 40)), ENTRIES[0]])
    document, issues = coco(lines, tmp_path)
    assert [one["file_name"] for one in document["images"]] == ["1.jpg", "2.jpg"]
    assert issues == [(ConversionReason.OTHER_KIND, "line 1"), (ConversionReason.OTHER_KIND, "line 3")]
    document, issues = coco(lines, tmp_path, kind="labels", images="s3://bucket")
    assert [one["file_name"] for one in document["images"]] == ["1.jpg", "pets/images/1.jpg"]
    assert document["annotations"][0] == {"id": 1, "image_id": 1, "category_id": 1, "score": 0.95}
    assert [reason for reason, _ in issues] == [
        ConversionReason.OTHER_KIND,
        ConversionReason.OTHER_KIND,
        ConversionReason.RENAMED,
    ]


def test_labels_of_moderation_are_labels_of_images(tmp_path: Path) -> None:
    lines = [ModerationLine("s3://bucket/1.jpg", ["Smoking"]), ModerationLine("s3://bucket/2.jpg")]
    document, issues = coco(lines, tmp_path, kind="labels")
    assert len(document["images"]) == 2
    assert [one["image_id"] for one in document["annotations"]] == [1]
    assert document["categories"] == [{"id": 1, "name": "Smoking"}]
    assert issues == []


@pytest.mark.parametrize("export", EXPORTS)
def test_a_source_without_the_kind_is_an_error_and_nothing_is_written(export: Any, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"must have an image with boxes .*to_coco\(kind='labels'\)"):
        export(cats_and_dogs(4), target(tmp_path, export))
    with pytest.raises(ManifestError, match="must have an image with boxes"):
        export(b"", target(tmp_path, export))
    with pytest.raises(ManifestError, match=r"must have an image with labels .*kind='boxes' exports boxes"):
        to_coco([LINE], tmp_path / "x.json", kind="labels")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("export", [to_yolo, to_voc])
def test_confidences_are_counted_where_a_format_has_none(export: Any, tmp_path: Path) -> None:
    unsure = LabeledBox("cat", 1, 2, 30, 40, 0.5)
    written = export([LINE, ObjectLine("s3://bucket/2.jpg", 640, 480, [BOX, unsure])], tmp_path / "x")
    assert [(found.reason, found.text) for found in written.report] == [
        (ConversionReason.NO_CONFIDENCE, "1 boxes have a confidence below 1")
    ]
    assert "left out: 1" in str(written)


def test_sides_of_voc_are_rounded_within_the_image_and_counted(tmp_path: Path) -> None:
    lines = [
        LINE,
        ObjectLine("s3://bucket/2.jpg", 640.5, 480, [LabeledBox("cat", 0.4, 0.6, 640, 479.4)]),
        ObjectLine("s3://bucket/3.jpg", 640, 480, [LabeledBox("cat", 0.1 + 0.2, 1, 9.7, 5)]),
    ]
    written = to_voc(lines, tmp_path / "x")
    assert [(found.reason, found.text) for found in written.report] == [
        (ConversionReason.ROUNDED, "2 boxes or sizes"),
        (ConversionReason.ROUNDED, "1 boxes or sizes"),
    ]
    text = (tmp_path / "x" / "Annotations" / "2.xml").read_text()
    assert "<width>641</width>" in text
    assert "<xmin>0</xmin>\n      <ymin>1</ymin>\n      <xmax>640</xmax>\n      <ymax>480</ymax>" in text


def test_an_image_without_a_size_has_no_voc_file(tmp_path: Path) -> None:
    entry = {
        "source-ref": "s3://bucket/2.jpg",
        "boxes": {"image_size": [{"width": 640, "height": 480}], "annotations": []},
        "boxes-metadata": {**BOXES, "objects": []},
    }
    sized = to_voc(json_lines([boxed(1, (1, 2, 30, 40)), entry]), tmp_path / "x")
    assert sized.images == 2
    moderated = {"source-ref": "s3://bucket/3.jpg", "content-moderation-groundtruth": {"ModerationLabels": []}}
    unsized = to_voc(json_lines([boxed(1, (1, 2, 30, 40)), moderated]), tmp_path / "y")
    assert [found.reason for found in unsized.report] == [ConversionReason.NO_SIZE]


def test_several_manifests_are_numbered_alike(tmp_path: Path) -> None:
    first = to_coco(json_lines([boxed_line(1, "cat"), boxed_line(2, "dog")]), tmp_path / "a.json")
    assert list(first.labels) == ["cat", "dog"]
    second = to_coco(json_lines([boxed_line(3, "cow"), boxed_line(4, "dog")]), tmp_path / "b.json", names=first.labels)
    assert dict(second.labels) == {"cat": 0, "dog": 1, "cow": 1}
    document = json.loads((tmp_path / "b.json").read_bytes())
    assert [one["category_id"] for one in document["annotations"]] == [3, 2]
    for wrong, error in (("cat", TypeError), (["cat", "cat"], ValueError), ([5], TypeError)):
        with pytest.raises(error, match="names must"):
            to_coco([LINE], tmp_path / "c.json", names=wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="kind must be 'boxes' or 'labels'"):
        to_coco([LINE], tmp_path / "c.json", kind="both")  # type: ignore[arg-type]


def test_an_image_in_both_manifests_is_reported(tmp_path: Path) -> None:
    written = to_voc([LINE], tmp_path / "voc", testing=[LINE, ObjectLine("s3://bucket/2.jpg", 640, 480, [BOX])])
    assert [found.reason for found in written.report] == [ConversionReason.DUPLICATE_IMAGE]
    assert written.report.splits == {"training": 1, "testing": 1}
    to_yolo([LINE], tmp_path / "yolo", testing=[LINE])
    assert sorted(path.parent.name for path in tmp_path.rglob("1.txt")) == ["test", "train"]


LABELS = [
    "a: b",
    "'",
    '"',
    "#",
    "yes",
    "null",
    "1.0",
    "{}",
    "- x",
    "a\nb",
    "a\0b",
    "\u2028",
    " x ",
    "x",
    "\ud800",
    "é😀",
]


@pytest.mark.parametrize("export", EXPORTS)
def test_any_label_is_written_and_stays_different(export: Any, tmp_path: Path) -> None:
    entries = [
        {**boxed(1, *[(1, 2, 30, 40)] * len(LABELS))},
    ]
    entries[0]["boxes-metadata"]["class-map"] = {str(number): label for number, label in enumerate(LABELS)}
    for number, annotation in enumerate(entries[0]["boxes"]["annotations"]):
        annotation["class_id"] = number
    written = export(json.dumps(entries[0]).encode(), target(tmp_path, export))
    assert list(written.labels) == LABELS
    renamed = written.report.counts.get(ConversionReason.RENAMED_LABEL, 0)
    if export is to_coco:
        document = json.loads((tmp_path / "x.json").read_bytes())
        assert [one["name"] for one in document["categories"]] == LABELS
        assert renamed == 0
    elif export is to_yolo:
        names = yaml.safe_load((tmp_path / "x" / "data.yaml").read_text(encoding="utf-8"))["names"]
        assert list(names) == list(range(len(LABELS)))
        assert len(set(names.values())) == len(LABELS)
        assert [one for one, label in zip(names.values(), LABELS, strict=True) if one == label] == [
            *LABELS[:9],
            "é😀",
        ]
        assert renamed == 6
    else:
        assert renamed == 6


def test_a_folder_with_files_is_never_written_to(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    to_yolo([LINE], tmp_path / "x")
    for export in (to_yolo, to_voc):
        with pytest.raises(FileExistsError, match="must be new or empty"):
            export([LINE], tmp_path / "x")
        with pytest.raises(FileExistsError, match="must be new or empty"):
            export([LINE], tmp_path / "x" / "data.yaml")
        with pytest.raises(FileNotFoundError, match="does not exist; create it"):
            export([LINE], tmp_path / "missing" / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    with NewFolder(tmp_path / "y") as folder:
        for name in ("../x", "/etc/passwd", "a//b", "a\\..\\b", "C:x", ""):
            with pytest.raises(ValueError, match="within its folder"):
                folder.write(name, "")
            with pytest.raises(ValueError, match="within its folder"):
                folder.append(name, "")


@pytest.mark.parametrize("export", EXPORTS)
def test_a_failure_while_writing_leaves_nothing(export: Any, tmp_path: Path) -> None:
    def lines() -> Any:
        yield LINE
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(lines(), target(tmp_path, export))
    assert list(tmp_path.iterdir()) == []


def test_the_issues_of_a_converter_are_in_the_report(tmp_path: Path) -> None:
    found = [("1.jpg", (640, 480), "cat", (10, 20, 200, 120)), ("1.jpg", (640, 480), "dog", (900, 20, 10, 10))]
    written = to_yolo(from_detections(found, "s3://bucket"), tmp_path / "x")
    assert [issue.reason for issue in written.report] == [ConversionReason.OUTSIDE]
    assert written.report.is_complete
    assert json.loads(written.to_json())["report"]["counts"] == {"box outside of its image": 1}
    assert "1 images, 1 annotations of 1 labels" in str(written)


def test_an_image_that_readers_of_yolo_do_not_find_is_noted(tmp_path: Path) -> None:
    written = to_yolo([ObjectLine("s3://bucket/1.tiff", 640, 480, [BOX])], tmp_path / "x")
    assert [found.reason for found in written.report] == [ConversionReason.OTHER_SUFFIX]


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 2**32), st.sampled_from(["boxes", "labels"]))
def test_no_line_is_lost_and_none_raises_an_error(seed: int, kind: Any) -> None:
    random = Random(seed)
    lines = [json.dumps(entry).encode() for entry in [*ENTRIES, boxed(90, (1, 2, 30, 40)), boxed(91)]]
    found = [mutated(random, lines) for _ in range(6)]
    certain = [LINE.to_json(), ImageLevelLine("s3://bucket/2.jpg", ["cat"]).to_json()]
    manifest = b"\n".join([*found, *(line.encode() for line in certain)])
    with TemporaryDirectory() as folder:
        written = to_coco(manifest, Path(folder, "x.json"), kind=kind)
        document = json.loads(Path(folder, "x.json").read_bytes())
        reported = {found.place.partition(" (")[0].partition(",")[0] for found in written.report}
        assert written.images + len(reported) >= len(found) + len(certain)
        assert len(document["images"]) == written.images
        assert "\x1b" not in str(written)
        for export in (to_yolo, to_voc):
            try:
                export(manifest, Path(folder, export.__name__))
            except ManifestError:
                raise AssertionError from None
