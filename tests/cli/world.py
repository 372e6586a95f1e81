"""The files, buckets and versions that the examples of the help pages and of the guide name."""

import json
from pathlib import Path
from typing import Any

from tests.testing.emulator import BUCKET, boxed_line, cats_and_dogs, json_lines, line, shared_client
from tests.testing.pictures import picture

TRAINING = ("--training-data", "s3://data/train.manifest", "--auto-create", "--output-config", "s3://results/x")
MANIFEST = json_lines(boxed_line(number, "cat" if number % 2 else "dog") for number in range(40)).replace(
    BUCKET.encode(), b"data"
)
"""The manifest on disk, with boxes. Those in S3 have labels of whole images, which have a confusion matrix."""


def fill(folder: Path) -> None:
    """Create the files in a folder, which must be the current one, and the buckets."""
    s3 = shared_client("s3")
    for bucket in ("data", "results"):
        s3.create_bucket(Bucket=bucket)
    for key in ("train.manifest", "test.manifest", "v1.manifest"):
        s3.put_object(Bucket="data", Key=key, Body=cats_and_dogs(40).replace(BUCKET.encode(), b"data"))
    s3.put_object(Bucket="data", Key="photo.jpg", Body=picture())
    for number in range(40):
        s3.put_object(Bucket="data", Key=f"images/{number}.jpg", Body=picture())
    write_manifests(folder)
    (folder / "changes.jsonl").write_text(json.dumps(line("new", "cat")) + "\n")
    (folder / "classify.py").write_text("import os; assert os.environ['REKOG_VERSION_ARN']")
    (folder / "photo.jpg").write_bytes(picture())
    (folder / "instances.json").write_text(json.dumps(_COCO))
    for place in ("photos", "cats/train/cat", "cats/test/cat", "dataset/images/train", "dataset/labels/train"):
        (folder / place).mkdir(parents=True)
    for image in ("photos/1.jpg", "cats/train/cat/1.jpg", "cats/test/cat/2.jpg", "dataset/images/train/1.jpg"):
        (folder / image).write_bytes(picture())
    (folder / "dataset/labels/train/1.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    (folder / "dataset/data.yaml").write_text("train: images/train\nnames: [cat]\n")


def write_manifests(folder: Path) -> None:
    """Write the manifests, which some commands overwrite."""
    for name in ("train.manifest", "test.manifest", "all.manifest"):
        (folder / name).write_bytes(MANIFEST)


_COCO: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "1.jpg", "width": 100, "height": 100}],
    "categories": [{"id": 1, "name": "cat"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 10, 10]}],
}
