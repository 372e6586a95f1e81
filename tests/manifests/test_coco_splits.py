"""Converting COCO files of several splits together."""

import json
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import ConversionReason, from_coco
from tests.manifests.converted import PREFIX, issues, splits
from tests.manifests.test_coco import CATEGORIES, annotation, image


def write(root: Path, **files: list[Any]) -> Path:
    for number, (name, images) in enumerate(files.items()):
        path = root / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        annotations = [annotation(10 * number + place, of=found["id"]) for place, found in enumerate(images)]
        path.write_text(json.dumps({"images": images, "annotations": annotations, "categories": CATEGORIES}))
    return root


def test_files_are_given_by_their_splits(tmp_path: Path) -> None:
    write(tmp_path, a=[image(1), image(2)], b=[image(1, file_name="x.jpg")])
    found = from_coco({"training": tmp_path / "a.json", "testing": str(tmp_path / "b.json")}, PREFIX)
    assert splits(found) == {"1.jpg": "training", "2.jpg": "training", "x.jpg": "testing"}
    written = found.write_splits(tmp_path / "train.manifest", tmp_path / "test.manifest")
    assert {split: manifest.lines for split, manifest in written.items()} == {"training": 2, "testing": 1}
    with pytest.raises(ValueError, match="must have the splits training, validation and testing, got 'val'"):
        from_coco({"val": tmp_path / "a.json"}, PREFIX)  # type: ignore[dict-item]
    (tmp_path / "b.json").write_text("[]")
    with pytest.raises(ManifestError, match="must be a COCO detection file"):
        list(found)


def test_names_of_files_have_the_splits(tmp_path: Path) -> None:
    write(
        tmp_path,
        annotations__instances_train2017=[image(1)],
        annotations__instances_val2017=[image(2)],
        annotations__train_val=[image(3)],
        test=[image(4)],
        trainval=[image(5)],
    )
    assert splits(from_coco(tmp_path, PREFIX)) == {
        "1.jpg": "training",
        "2.jpg": "validation",
        "3.jpg": None,
        "4.jpg": "testing",
        "5.jpg": None,
    }


def test_folders_have_the_splits_and_the_images(tmp_path: Path) -> None:
    other = image(3, file_name="s3://other/3.jpg")
    write(tmp_path, train___annotations=[image(1), other], valid___annotations=[image(1)], test__x=[image(1)])
    found = from_coco(tmp_path, PREFIX)
    assert splits(found) == {
        "train/1.jpg": "training",
        "s3://other/3.jpg": "training",
        "valid/1.jpg": "validation",
        "test/1.jpg": "testing",
    }
    assert issues(found) == []


def test_an_image_of_two_splits_is_reported_and_other_files_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, train=[image(1)], val=[image(1), image(2, file_name="")])
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "notes.txt").write_text("x")
    found = from_coco(tmp_path, PREFIX)
    assert splits(found) == {"1.jpg": "training"}
    assert issues(found) == [
        (ConversionReason.UNREADABLE, "package.json"),
        (ConversionReason.UNREADABLE, "val.json, image 2"),
        (ConversionReason.UNKNOWN_IMAGE, "val.json, annotation 11"),
        (ConversionReason.DUPLICATE_IMAGE, "val.json, image 1 (1.jpg)"),
    ]


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(ManifestError, match=r"or a folder with such files, got no \.json file in it"):
        list(from_coco(tmp_path, PREFIX))
