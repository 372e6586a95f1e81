"""A web service that starts trainings, says how they stand, and detects labels, without blocking its event loop.

Run it with `uvicorn fastapi_app:app`. It calls the region and the account of the environment.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from rekog_versions import AsyncVersionsClient, OutputConfig, TestingData, TrainingData
from rekog_versions.errors import ProjectNotFoundError, RekogVersionsError, ServiceError, VersionNotFoundError


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with AsyncVersionsClient.connect() as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(RekogVersionsError)
async def failed(_: Request, error: RekogVersionsError) -> JSONResponse:
    missing = isinstance(error, VersionNotFoundError | ProjectNotFoundError)
    status = 404 if missing else 409 if isinstance(error, ServiceError) else 502
    return JSONResponse({"error": type(error).__name__, "detail": str(error)}, status)


@app.exception_handler(ValueError)  # a request that breaks a rule, which was not sent
async def invalid(_: Request, error: ValueError) -> JSONResponse:
    return JSONResponse({"error": type(error).__name__, "detail": str(error)}, 422)


@app.post("/projects/{project}/versions/{name}", status_code=202)
async def train(request: Request, project: str, name: str, manifest: str, bucket: str) -> dict[str, Any]:
    """Start a training, exactly once. A name can be used once, so a repeated request does not train again."""
    version_arn = await request.app.state.client.create_project_version(
        project_arn=project,
        version_name=name,
        output_config=OutputConfig(s3_bucket=bucket, s3_key_prefix="results"),
        training_data=TrainingData.from_manifests(manifest),
        testing_data=TestingData(auto_create=True),
    )
    return {"version": version_arn}


@app.get("/projects/{project}/versions/{name}")
async def show(request: Request, project: str, name: str) -> dict[str, Any]:
    version = await request.app.state.client.get_project_version((project, name))
    return {"status": version.status, "message": version.status_message, "f1": version.f1_score}


@app.post("/projects/{project}/versions/{name}/detect")
async def detect(request: Request, project: str, name: str) -> list[dict[str, Any]]:
    """Detect labels in the image that is the body of the request."""
    labels = await request.app.state.client.detect_custom_labels((project, name), await request.body())
    return [label.to_dict("snake") for label in labels]
