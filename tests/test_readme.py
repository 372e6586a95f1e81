"""The README's code runs, as it stands, against the emulated service."""

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from rekog_versions.testing import CustomLabelsControl

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def a_line(label: str, number: int) -> str:
    return json.dumps(
        {
            "source-ref": f"s3://my-bucket/{label}-{number}.png",
            "shape": 0,
            "shape-metadata": {
                "class-name": label,
                "confidence": 1,
                "type": "groundtruth/image-classification",
                "human-annotated": "yes",
                "creation-date": "2026-01-01T00:00:00",
            },
        }
    )


def test_the_readmes_code_runs_from_top_to_bottom(
    custom_labels: CustomLabelsControl, capsys: pytest.CaptureFixture[str]
) -> None:
    s3: Any = boto3.client("s3", region_name="eu-west-1", config=Config())
    s3.create_bucket(Bucket="my-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    manifest = "\n".join(a_line(label, number) for label in ("circle", "square") for number in range(20))
    for name in ("train", "test"):
        s3.put_object(Bucket="my-bucket", Key=f"{name}.manifest", Body=manifest.encode())
    rekognition: Any = boto3.client("rekognition", region_name="eu-west-1")
    arn = rekognition.create_project(ProjectName="shapes")["ProjectArn"]

    names: dict[str, Any] = {"project_arn": arn}
    for block in BLOCKS:
        code = re.sub(r'"arn:aws:rekognition:eu-west-1:123456789012:project/shapes/\d+"', repr(arn), block)
        exec(compile(code, "README.md", "exec"), names)
    names["test_the_nightly_training"]()

    assert len(BLOCKS) == 6
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("TRAINING_COMPLETED 0.") or printed[0].startswith("TRAINING_COMPLETED 1")
    assert names["version"].version_name in ("2026-01-01", "v2")
    assert any(line.startswith("0 s: TRAINING_COMPLETED") for line in printed)
