"""The code of the README and of the guides runs unchanged against the emulated service."""

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from rekog_versions import OutputConfig, TestingData, TrainingData, VersionsClient
from rekog_versions.testing import CustomLabelsControl
from tests.testing.pictures import picture

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
REGION = "eu-west-1"
AN_ARN = re.compile(r'"arn:aws:rekognition:eu-west-1:123456789012:project/shapes/\d+"')


def blocks(document: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", document.read_text("utf-8"), re.DOTALL)


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


@pytest.fixture
def project_arn(custom_labels: CustomLabelsControl) -> str:
    """Create a project and its manifests in my-bucket, and return the project's ARN."""
    s3: Any = boto3.client("s3", region_name=REGION, config=Config())
    s3.create_bucket(Bucket="my-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="my-bucket", Key="circle-1.png", Body=picture())
    for name, numbers in (("train", range(20)), ("test", range(20, 32))):
        lines = "\n".join(a_line(label, number) for label in ("circle", "square") for number in numbers)
        s3.put_object(Bucket="my-bucket", Key=f"{name}.manifest", Body=lines.encode())
    rekognition: Any = boto3.client("rekognition", region_name=REGION)
    arn: str = rekognition.create_project(ProjectName="shapes")["ProjectArn"]
    return arn


@pytest.fixture
def names(
    custom_labels: CustomLabelsControl, project_arn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Return the names that the guides assume: a client, a project, a version, and files in the current folder."""
    monkeypatch.chdir(tmp_path)
    client = VersionsClient.connect(region_name=REGION)
    for name in ("train.manifest", "test.manifest"):
        client.s3.download_file("my-bucket", name, name)
    for name in ("photo.png", *(f"photos/{label}/{number}.png" for label in ("cat", "dog") for number in range(5))):
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture())
    version = client.train(
        project_arn=project_arn,
        version_name="v1",
        output_config=OutputConfig(s3_bucket="my-bucket", s3_key_prefix="results"),
        training_data=TrainingData.from_manifests("s3://my-bucket/train.manifest"),
        testing_data=TestingData.from_manifests("s3://my-bucket/test.manifest"),
    )
    return {"client": client, "project_arn": project_arn, "version": version, "labels": custom_labels}


def run(document: Path, names: dict[str, Any]) -> None:
    for number, block in enumerate(blocks(document), start=1):
        code = AN_ARN.sub(repr(names["project_arn"]), block)
        exec(compile(code, f"{document.name}, block {number}", "exec"), names)


def test_the_code_of_the_readme_runs(project_arn: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(ROOT / "README.md", {"project_arn": project_arn})
    printed = capsys.readouterr().out.splitlines()
    assert re.match(r"TRAINING_COMPLETED [01]\.", printed[0])


@pytest.mark.parametrize(
    "document", [document for document in DOCUMENTS[1:] if blocks(document)], ids=lambda document: document.stem
)
def test_the_code_of_a_guide_runs_from_top_to_bottom(document: Path, names: dict[str, Any]) -> None:
    run(document, names)
    for name, value in list(names.items()):
        if name.startswith("test_"):
            value()


def test_every_guide_contains_code() -> None:
    guides = sorted(set((ROOT / "docs" / "how-to").glob("*.md")) - {ROOT / "docs" / "how-to" / "index.md"})
    assert guides
    # tests/cli/test_guide.py runs the guide to the command
    assert [document.stem for document in guides if not blocks(document)] == ["shell"]
