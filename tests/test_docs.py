"""The code of the README and of the guides runs as printed against the emulated service, and prints the shown output.

A `text` block directly after a `python` block is the output of that code. `python -m tests.test_docs` rewrites it.
"""

import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
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
NEEDS = {"durable-functions": "aws_durable_execution_sdk_python"}
"""Guides that need a library that not every environment of the tests has."""
REGION = "eu-west-1"
PROJECT_ARN = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
BLOCK = re.compile(r"```python\n(?P<code>.*?)```(?P<gap>\n\n```text\n)?(?(gap)(?P<output>.*?)```)", re.DOTALL)
REWRITE = "REKOG_REWRITE_DOCS"


def blocks(document: Path) -> list[re.Match[str]]:
    return list(BLOCK.finditer(document.read_text("utf-8")))


def normalized(output: str) -> str:
    """Return `output` with constant times, and without blanks at the ends of lines."""
    output = re.sub(r"(?<=/)\d{13}\b", "1574310000000", output)
    output = re.sub(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?", "2026-01-01 12:00", output)
    return "".join(line.rstrip() + "\n" for line in output.splitlines())


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
    broken = [a_line("circle", number) for number in range(10)] + ["{" for _ in range(2)]
    s3.put_object(Bucket="my-bucket", Key="broken.manifest", Body="\n".join(broken).encode())
    rekognition: Any = boto3.client("rekognition", region_name=REGION)
    with pytest.MonkeyPatch.context() as patched:
        created = datetime.fromtimestamp(int(PROJECT_ARN.rpartition("/")[2]) / 1000, UTC)
        patched.setattr("rekog_versions.testing.clock.now", lambda: created)
        arn: str = rekognition.create_project(ProjectName="shapes")["ProjectArn"]
    assert arn == PROJECT_ARN
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
    described: Any = version
    summary, snapshot = described.evaluation_result.summary, described.testing_data_result.output.assets[0]
    for name, place in (("summary.json", summary), ("snapshot.json", snapshot)):
        client.s3.download_file(place.s3_object.bucket, place.s3_object.name, name)
    return {"client": client, "project_arn": project_arn, "version": version, "labels": custom_labels}


def run(document: Path, names: dict[str, Any]) -> list[str]:
    """Run the code of `document`, check the shown output, and return all output."""
    outputs = []
    for number, block in enumerate(blocks(document), start=1):
        with redirect_stdout(StringIO()) as stdout:
            exec(compile(block["code"], f"{document.name}, block {number}", "exec"), names)
        outputs.append(stdout.getvalue())
    pairs = list(zip(blocks(document), outputs, strict=True))
    if os.environ.get(REWRITE):
        text = document.read_text("utf-8")
        for block, output in reversed(pairs):
            if block["gap"]:
                text = text[: block.start("output")] + normalized(output) + text[block.end("output") :]
        document.write_text(text, "utf-8")
    else:
        for block, output in pairs:
            assert not block["gap"] or normalized(output) == block["output"], "run: python -m tests.test_docs"
    return outputs


def test_the_code_of_the_readme_runs_as_printed(project_arn: str) -> None:
    first, *_ = run(ROOT / "README.md", {})
    assert re.match(r"TRAINING_COMPLETED [01]\.", first)


def test_other_output_than_the_shown_output_is_found(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("```python\nprint(1)\n```\n\n```text\n1\n```\n")
    run(document, {})
    document.write_text("```python\nprint(1)\n```\n\n```text\n2\n```\n")
    with pytest.raises(AssertionError, match=r"tests\.test_docs"):
        run(document, {})


def test_the_tutorial_and_the_guides_show_output() -> None:
    shown = {document.stem for document in DOCUMENTS if any(block["gap"] for block in blocks(document))}
    assert shown >= {"first-training", "evaluation", "failures", "manifests", "models"}


@pytest.mark.parametrize(
    "document", [document for document in DOCUMENTS[1:] if blocks(document)], ids=lambda document: document.stem
)
def test_the_code_of_a_guide_runs_from_top_to_bottom(document: Path, names: dict[str, Any]) -> None:
    if document.stem in NEEDS:
        pytest.importorskip(NEEDS[document.stem])
    run(document, names)
    for name, value in list(names.items()):
        if name.startswith("test_"):
            value()


def test_every_guide_contains_code() -> None:
    guides = sorted(set((ROOT / "docs" / "how-to").glob("*.md")) - {ROOT / "docs" / "how-to" / "index.md"})
    assert guides
    # these have commands, workflows and settings, which tests/cli and tests/workflows run
    assert [document.stem for document in guides if not blocks(document)] == ["pipelines", "shell", "stopper"]


if __name__ == "__main__":
    command = [sys.executable, "-m", "pytest", "-q", "-k", "of_a_guide or of_the_readme", __file__]
    sys.exit(subprocess.run(command, env=os.environ | {REWRITE: "1"}, check=False).returncode)
