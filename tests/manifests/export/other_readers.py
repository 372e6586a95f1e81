"""The data sets of exports as other libraries read them: labelformat, globox and pycocotools."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from globox import AnnotationSet
from labelformat.formats.coco import COCOObjectDetectionInput
from labelformat.formats.pascalvoc import PascalVOCObjectDetectionInput
from labelformat.formats.yolov8 import YOLOv8ObjectDetectionInput
from labelformat.model.bounding_box import BoundingBoxFormat
from labelformat.model.object_detection import ObjectDetectionInput
from PIL import Image
from pycocotools.coco import COCO

from rekog_versions.manifests import ObjectLine

Box = tuple[str, float, float, float, float, float]
"""The label, the left, upper, right and lower side, and the confidence."""
Boxes = dict[str, list[Box]]
"""The boxes of each image by its file name."""


def expected(lines: Iterable[ObjectLine], *, confidences: bool = True) -> list[list[Box]]:
    """Return the boxes of lines, in the order of the lines."""
    return [
        sorted(
            (
                box.label,
                box.left,
                box.top,
                box.left + box.width,
                box.top + box.height,
                box.confidence if confidences else 1,
            )
            for box in line.boxes
        )
        for line in lines
    ]


def are_close(found: list[Box], wanted: list[Box], pixels: float = 1e-3) -> bool:
    """Return True if boxes have the same labels, and sides that differ by at most some pixels."""
    left = list(wanted)
    for label, *sides in found:
        near = [
            other
            for other in left
            if other[0] == label
            and all(abs(one - two) <= pixels for one, two in zip(sides[:4], other[1:5], strict=True))
            and abs(sides[4] - other[5]) < 1e-9
        ]
        if not near:
            return False
        left.remove(near[0])
    return not left


def _of_labelformat(source: ObjectDetectionInput) -> Boxes:
    boxes: Boxes = {}
    for found in source.get_labels():
        boxes[found.image.filename] = []
        for one in found.objects:
            left, top, right, bottom = one.box.to_format(BoundingBoxFormat.XYXY)
            confidence = 1 if one.confidence is None else one.confidence
            boxes[found.image.filename].append((one.category.name, left, top, right, bottom, confidence))
    return boxes


def _of_globox(found: AnnotationSet, names: dict[str, str] | None = None) -> Boxes:
    return {
        annotation.image_id: [
            (
                box.label if names is None else names[box.label],
                box.xmin,
                box.ymin,
                box.xmax,
                box.ymax,
                1 if box.confidence is None else box.confidence,
            )
            for box in annotation.boxes
        ]
        for annotation in found
    }


def _of_pycocotools(path: Path) -> Boxes:
    coco = COCO(str(path))
    return {
        image["file_name"]: [_coco_box(coco, one) for one in coco.loadAnns(coco.getAnnIds(imgIds=[id_]))]
        for id_, image in coco.imgs.items()
    }


def _coco_box(coco: Any, annotation: dict[str, Any]) -> Box:
    left, top, width, height = annotation["bbox"]
    label = coco.cats[annotation["category_id"]]["name"]
    return label, left, top, left + width, top + height, annotation.get("score", 1)


def coco_readings(path: Path) -> dict[str, Boxes]:
    """Return the boxes of a COCO file by library."""
    return {
        "labelformat": _of_labelformat(COCOObjectDetectionInput(path)),
        "globox": _of_globox(AnnotationSet.from_coco(path)),
        "pycocotools": _of_pycocotools(path),
    }


def voc_readings(folder: Path, names: Iterable[str]) -> dict[str, Boxes]:
    """Return the boxes of a folder of Pascal VOC files by library. labelformat does not read folders in it."""
    return {
        "labelformat": _of_labelformat(PascalVOCObjectDetectionInput(folder / "Annotations", ",".join(names))),
        "globox": _of_globox(AnnotationSet.from_pascal_voc(folder / "Annotations", recursive=True)),
    }


def yolo_readings(folder: Path, names: Iterable[str], split: str = "train") -> dict[str, Boxes]:
    """Return the boxes of a YOLO data set by library. globox reads JPEG images, and shows only the names of files."""
    by_number = {str(number): name for number, name in enumerate(names)}
    images = AnnotationSet.from_yolo_darknet(
        folder / "labels" / split, image_folder=folder / "images" / split, recursive=True
    )
    return {
        "labelformat": _of_labelformat(YOLOv8ObjectDetectionInput(folder / "data.yaml", split)),
        "globox": _of_globox(images, by_number),
    }


def add_image(path: Path, width: float, height: float) -> None:
    """Write an image, whose size the readers of YOLO need."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (int(width), int(height))).save(path)
