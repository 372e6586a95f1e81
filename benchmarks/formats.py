"""The time and the memory to read the formats of other tools, compared with their plain parser.

The parser is Python's json, or defusedxml for XML. It reads the same files and keeps nothing, and the time of ours
includes the typed lines, which are checked by the service's rules. Memory is the peak of Python's allocations: that of
formats with one document is compared with the parser's own peak, and that of formats with a line or a file for an image
is the growth for each image.
"""

import gc
import json
import tempfile
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from defusedxml import ElementTree

from benchmarks._measure import Row, cpu, interleaved
from rekog_versions.manifests import (
    ConvertedLines,
    ImageInfo,
    from_azure_custom_vision,
    from_coco,
    from_cvat,
    from_ground_truth,
    from_label_studio,
    from_labelme,
    from_via,
    from_voc,
)

IMAGES, BOXES, REPETITIONS = 300, 5, 7
WIDTH, HEIGHT = 640, 480
SPEED, MEMORY, BYTES = 3.0, 2.0, 100.0
PLACE = "s3://bucket/photos"

Box = tuple[str, int, int, int, int]


class Case(NamedTuple):
    """A format: how it is written, read by the library, and parsed."""

    name: str
    write: Callable[[Path, list[tuple[str, list[Box]]]], Path]
    read: Callable[[Path], ConvertedLines[Any]]
    parse: Callable[[Path], object]
    is_document: bool = True


def rows() -> list[Row]:
    measured: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(CASES):
            path = case.write(Path(folder, f"{number}"), _images(IMAGES))
            ours, theirs = interleaved(
                cpu(lambda case=case, path=path: _drain(case, path), 1),  # type: ignore[misc]
                cpu(lambda case=case, path=path: case.parse(path), 1),  # type: ignore[misc]
                repetitions=REPETITIONS,
            )
            measured.append(Row(f"reading {case.name} / its parser", ours, theirs, SPEED))
        for number, case in enumerate(CASES):
            place = Path(folder, f"memory-{number}")
            measured.append(_document_memory(case, place) if case.is_document else _growth(case, place))
    return measured


def _drain(case: Case, path: Path) -> None:
    lines = case.read(path)
    if sum(1 for _ in lines) < 1:
        raise RuntimeError(f"{case.name}: {lines.report}")


def _peak(call: Callable[[], object]) -> float:
    gc.collect()
    tracemalloc.start()
    try:
        call()
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def _document_memory(case: Case, place: Path) -> Row:
    path = case.write(place, _images(4 * IMAGES))
    ours, theirs = (_peak(call) / 10**6 for call in (lambda: _drain(case, path), lambda: case.parse(path)))
    return Row(f"  peak memory (MB) of {case.name} / its parser", [ours] * 2, [theirs] * 2, MEMORY, unit="MB")


def _growth(case: Case, place: Path) -> Row:
    few, many = (
        case.write(place.with_suffix(f".{count}"), _images(count))
        for count in (1500, 4500)  # a set of hashes has the same size for both
    )
    growth = (_peak(lambda: _drain(case, many)) - _peak(lambda: _drain(case, few))) / 3000
    return Row(f"  bytes an image of {case.name} / 100", [growth] * 2, [BYTES] * 2, 1.0, unit="B")


def _images(count: int) -> list[tuple[str, list[Box]]]:
    random = Random(0)
    return [
        (
            f"{number:06}.jpg",
            [
                (
                    f"label-{random.randrange(5)}",
                    random.randrange(400),
                    random.randrange(300),
                    random.randrange(20, 200),
                    random.randrange(20, 150),
                )
                for _ in range(BOXES)
            ],
        )
        for number in range(count)
    ]


def _sizes(requests: Iterable[tuple[Any, str]]) -> Iterator[tuple[Any, ImageInfo]]:
    return ((key, ImageInfo("JPEG", WIDTH, HEIGHT, 1000)) for key, _ in requests)


def _outline(left: int, top: int, width: int, height: int) -> list[float]:
    """Return an outline of 12 points, as annotators of COCO draw."""
    return [round(value + at / 12, 2) for at in range(12) for value in (left + width * at / 12, top + height * at / 12)]


def _coco(path: Path, images: list[tuple[str, list[Box]]]) -> Path:
    annotations = [
        {
            "segmentation": [_outline(*sides)],
            "area": sides[2] * sides[3],
            "iscrowd": 0,
            "image_id": image,
            "bbox": list(sides),
            "category_id": int(label[-1]),
            "id": image * BOXES + number,
        }
        for image, (_, boxes) in enumerate(images)
        for number, (label, *sides) in enumerate(boxes)
    ]
    listed = [
        {"license": 1, "file_name": name, "height": HEIGHT, "width": WIDTH, "id": number, "date_captured": "2013-11-14"}
        for number, (name, _) in enumerate(images)
    ]
    categories = [{"supercategory": "thing", "id": number, "name": f"label-{number}"} for number in range(5)]
    path.write_text(json.dumps({"images": listed, "annotations": annotations, "categories": categories}))
    return path


def _voc(path: Path, images: list[tuple[str, list[Box]]]) -> Path:
    path.mkdir()
    for name, boxes in images:
        objects = "".join(
            f"<object><name>{label}</name><pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult>"
            f"<bndbox><xmin>{left + 1}</xmin><ymin>{top + 1}</ymin>"
            f"<xmax>{left + width}</xmax><ymax>{top + height}</ymax></bndbox></object>"
            for label, left, top, width, height in boxes
        )
        size = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height><depth>3</depth></size>"
        (path / name).with_suffix(".xml").write_text(
            f"<annotation><folder>images</folder><filename>{name}</filename>{size}{objects}</annotation>"
        )
    return path


def _cvat(path: Path, images: list[tuple[str, list[Box]]]) -> Path:
    found = "".join(
        f'<image id="{number}" name="{name}" width="{WIDTH}" height="{HEIGHT}">'
        + "".join(
            f'<box label="{label}" source="manual" occluded="0" xtl="{left}.00" ytl="{top}.00" xbr="{left + width}.00" '
            f'ybr="{top + height}.00" z_order="0"></box>'
            for label, left, top, width, height in boxes
        )
        + "</image>"
        for number, (name, boxes) in enumerate(images)
    )
    path.write_text(f"<annotations><version>1.1</version>{found}</annotations>")
    return path


def _label_studio(path: Path, images: list[tuple[str, list[Box]]]) -> Path:
    tasks = [
        {
            "id": number,
            "data": {"image": name},
            "annotations": [
                {
                    "id": number,
                    "was_cancelled": False,
                    "result": [
                        {
                            "id": f"r{left}-{top}",
                            "type": "rectanglelabels",
                            "from_name": "label",
                            "to_name": "image",
                            "original_width": WIDTH,
                            "original_height": HEIGHT,
                            "image_rotation": 0,
                            "value": {
                                "x": left / WIDTH * 100,
                                "y": top / HEIGHT * 100,
                                "width": width / WIDTH * 100,
                                "height": height / HEIGHT * 100,
                                "rotation": 0,
                                "rectanglelabels": [label],
                            },
                        }
                        for label, left, top, width, height in boxes
                    ],
                }
            ],
        }
        for number, (name, boxes) in enumerate(images)
    ]
    path.write_text(json.dumps(tasks))
    return path


def _labelme(path: Path, images: list[tuple[str, list[Box]]]) -> Path:
    path.mkdir()
    for name, boxes in images:
        shapes: list[dict[str, Any]] = [
            {
                "label": label,
                "points": [[left, top], [left + width, top + height]],
                "group_id": None,
                "shape_type": "rectangle",
                "flags": {},
            }
            for label, left, top, width, height in boxes
        ]
        document: dict[str, Any] = {
            "version": "5.4.1",
            "flags": {},
            "shapes": shapes,
            "imagePath": name,
            "imageData": None,
        }
        (path / name).with_suffix(".json").write_text(
            json.dumps({**document, "imageHeight": HEIGHT, "imageWidth": WIDTH})
        )
    return path


def _via(path: Path, images: list[tuple[str, list[Box]]]) -> Path:
    document = {
        f"{name}12345": {
            "filename": name,
            "size": 12345,
            "regions": [
                {
                    "shape_attributes": {"name": "rect", "x": left, "y": top, "width": width, "height": height},
                    "region_attributes": {"label": label},
                }
                for label, left, top, width, height in boxes
            ],
            "file_attributes": {"caption": "", "public_domain": "no", "image_url": ""},
        }
        for name, boxes in images
    }
    path.write_text(json.dumps(document))
    return path


def _azure(path: Path, images: list[tuple[str, list[Box]]]) -> Path:
    found = [
        {
            "id": f"00000000-0000-0000-0000-{number:012}",
            "created": "2026-01-01T00:00:00.0000000",
            "width": WIDTH,
            "height": HEIGHT,
            "originalImageUri": f"https://example.com/{name}",
            "regions": [
                {
                    "regionId": f"00000000-0000-0000-0001-{number:012}",
                    "tagName": label,
                    "created": "2026-01-01T00:00:00.0000000",
                    "tagId": "00000000-0000-0000-0002-000000000000",
                    "left": left / WIDTH,
                    "top": top / HEIGHT,
                    "width": min(width / WIDTH, 1 - left / WIDTH),
                    "height": min(height / HEIGHT, 1 - top / HEIGHT),
                }
                for label, left, top, width, height in boxes
            ],
        }
        for number, (name, boxes) in enumerate(images)
    ]
    path.write_text(json.dumps(found))
    return path


def _ground_truth(path: Path, images: list[tuple[str, list[Box]]]) -> Path:
    with path.open("w") as file:
        for name, boxes in images:
            annotations = [
                {"class_id": int(label[-1]), "left": left, "top": top, "width": width, "height": height}
                for label, left, top, width, height in boxes
            ]
            metadata = {
                "objects": [{"confidence": 0.09} for _ in boxes],
                "class-map": {str(number): f"label-{number}" for number in range(5)},
                "type": "groundtruth/object-detection",
                "human-annotated": "yes",
                "creation-date": "2026-01-01T00:00:00.000000",
                "job-name": "labeling-job/boxes",
            }
            size = [{"width": WIDTH, "height": HEIGHT, "depth": 3}]
            entry = {
                "source-ref": f"{PLACE}/{name}",
                "boxes": {"image_size": size, "annotations": annotations},
                "boxes-metadata": metadata,
            }
            file.write(f"{json.dumps(entry)}\n")
    return path


def _json(path: Path) -> object:
    return json.loads(path.read_bytes())


def _json_lines(path: Path) -> None:
    with path.open("rb") as file:
        for line in file:
            json.loads(line)


def _json_files(path: Path) -> None:
    for file in sorted(path.iterdir()):
        json.loads(file.read_bytes())


def _xml(path: Path) -> object:
    return ElementTree.parse(path)


def _xml_files(path: Path) -> None:
    for file in sorted(path.iterdir()):
        ElementTree.parse(file)


CASES = (
    Case("COCO", _coco, lambda path: from_coco(path, PLACE), _json),
    Case("Pascal VOC", _voc, lambda path: from_voc(path, PLACE), _xml_files, is_document=False),
    Case("CVAT", _cvat, lambda path: from_cvat(path, PLACE), _xml),
    Case("Label Studio", _label_studio, lambda path: from_label_studio(path, PLACE), _json),
    Case("labelme", _labelme, lambda path: from_labelme(path, PLACE), _json_files, is_document=False),
    Case("VIA", _via, lambda path: from_via(path, PLACE, label="label", sizes=_sizes), _json),
    Case("Azure Custom Vision", _azure, lambda path: from_azure_custom_vision(path, PLACE), _json),
    Case("Ground Truth", _ground_truth, from_ground_truth, _json_lines, is_document=False),
)
