"""The example with FastAPI, called through ASGI against the emulated service."""

import asyncio
import runpy
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.example_runs import EXAMPLES
from tests.testing.emulator import BUCKET, MANIFEST, cats_and_dogs, client
from tests.testing.pictures import picture

DATA = {"manifest": f"s3://{BUCKET}/{MANIFEST}", "bucket": BUCKET}


@pytest.fixture
def app(custom_labels: CustomLabelsControl) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs())
    client("rekognition").create_project(ProjectName="pets")
    return runpy.run_path(str(EXAMPLES / "fastapi_app.py"))["app"]


def called(app: Any, use: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as web,
        ):
            return await use(web)

    return asyncio.run(run())


def test_a_model_is_trained_shown_and_used(app: Any) -> None:
    async def use(web: httpx.AsyncClient) -> None:
        begun = await web.post("/projects/pets/versions/v1", params=DATA)
        assert (begun.status_code, "/version/v1/" in begun.json()["version"]) == (202, True)
        shown = await web.get("/projects/pets/versions/v1")
        assert (shown.json()["status"], shown.json()["f1"] > 0.5) == ("TRAINING_COMPLETED", True)
        rekognition = client("rekognition")
        rekognition.start_project_version(ProjectVersionArn=begun.json()["version"], MinInferenceUnits=1)
        await web.get("/projects/pets/versions/v1")
        detected = await web.post("/projects/pets/versions/v1/detect", content=picture())
        assert detected.status_code == 200
        assert {label["name"] for label in detected.json()} <= {"cat", "dog"}

    called(app, use)


def test_errors_are_answers(app: Any) -> None:
    async def use(web: httpx.AsyncClient) -> list[httpx.Response]:
        await web.post("/projects/pets/versions/v1", params=DATA)
        return [
            await web.post("/projects/pets/versions/v1", params=DATA),
            await web.get("/projects/pets/versions/v2"),
            await web.post("/projects/pets/versions/v3", params={**DATA, "manifest": "train.manifest"}),
        ]

    taken, missing, wrong = called(app, use)
    assert (taken.status_code, taken.json()["error"]) == (409, "ResourceInUseError")
    assert (missing.status_code, missing.json()["error"]) == (404, "VersionNotFoundError")
    assert wrong.status_code == 422
    assert "s3://BUCKET/KEY" in wrong.json()["detail"]
