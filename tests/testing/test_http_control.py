import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from rekog_versions.testing import CustomLabelsControl, mock_custom_labels
from rekog_versions.testing.http_control import ControlApplication
from tests.testing.emulator import BUCKET, Emulator, cats_and_dogs, client

ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def url() -> Iterator[str]:
    """Serve the application in this process, inside of a mock that undoes all settings."""
    dispatcher: Any = DomainDispatcherApplication
    with mock_custom_labels():
        application = ControlApplication(dispatcher(create_backend_app))
        made = make_server("127.0.0.1", 0, application, threaded=True)
        serving = Thread(target=made.serve_forever, args=(0.01,))  # the interval of the check for a shutdown
        serving.start()
        yield f"http://127.0.0.1:{made.port}"
        application.undo()
        made.shutdown()
        serving.join()
        made.server_close()


@pytest.fixture
def emulator(url: str) -> Emulator:
    made = Emulator(
        CustomLabelsControl(),
        client("rekognition", endpoint_url=url, config=ONCE),
        client("s3", endpoint_url=url),
    )
    made.s3.create_bucket(Bucket=BUCKET)
    made.put(cats_and_dogs())
    return made


def call(url: str, name: str, body: object = None, method: str = "POST") -> tuple[int, dict[str, str]]:
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/_custom-labels/{name}", data=data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def post_raw(url: str, target: str, body: bytes, **headers: str) -> tuple[int, Any]:
    request = urllib.request.Request(url, data=body, method="POST")
    for name, value in {
        "X-Amz-Target": target,
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/rekognition/aws4_request",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


ODD_BODIES = (
    b"\xff",
    b'{"ProjectName": "\xe9"}',
    b"\x00",
    b"",
    b"null",
    b"[]",
    "{}".encode("utf-16"),
    b'{"ProjectName": 1e999}',
)


@pytest.mark.parametrize("body", ODD_BODIES)
@pytest.mark.parametrize("target", ["CreateProject", "DescribeProjects", "DetectLabels", "ListCollections", "Nothing"])
def test_every_body_gets_a_response_of_the_service(url: str, target: str, body: bytes) -> None:
    for headers in ({}, {"Content_Encoding": "gzip"}, {"Content_Type": "application/x-www-form-urlencoded"}):
        status, answer = post_raw(url, f"RekognitionService.{target}", body, **headers)
        if status != 200:
            assert (status, answer["__type"].endswith("Exception")) == (400, True), (headers, answer)


@pytest.mark.parametrize(
    "target",
    [
        *("RekognitionService.__init__", "RekognitionService.call_action", "RekognitionService._dispatch"),
        *("RekognitionService.", "RekognitionService.create_project", "X", "", "a.b.c", "RekognitionService.\u00e9"),
    ],
)
def test_an_operation_that_does_not_exist_is_rejected(url: str, target: str) -> None:
    status, answer = post_raw(url, target, b"{}")
    assert (status, answer["__type"]) == (400, "UnknownOperationException")


def test_a_region_that_does_not_exist_is_rejected_by_the_server(url: str) -> None:
    credential = "AWS4-HMAC-SHA256 Credential=testing/20260101/mars-north-1/rekognition/aws4_request"
    for target in ("DescribeProjects", "ListCollections", "DetectLabels"):
        status, answer = post_raw(url, f"RekognitionService.{target}", b"{}", Authorization=credential)
        assert (status, answer["__type"]) == (400, "InvalidSignatureException")
        assert "mars-north-1" in answer["Message"]


WRONG: list[Any] = [["x"], {"x": 1}, True, 1.5, "x", -1, "\ud800"]
SETTINGS: dict[str, tuple[str, ...]] = {
    "set-training": ("times", "seconds", "outcome", "message", "project", "version", "region", "account_id"),
    "set-hosting": ("times", "seconds", "outcome", "message", "project", "version", "region", "account_id"),
    "set-copying": ("times", "seconds", "outcome", "message", "project", "version", "region", "account_id"),
    "set-datasets": ("times", "seconds", "outcome", "message", "project", "region", "account_id"),
    "set-quality": ("f1", "labels", "seed", "project", "version", "region", "account_id"),
    "set-images": ("checked", "project", "version", "region", "account_id"),
    "set-capacity": ("per_unit", "per_account", "latency", "project", "version", "region", "account_id"),
    "set-limits": ("projects", "versions", "trainings", "running", "inference_units", "copies", "policies", "tags"),
    "inject": ("operation", "times", "error", "hang_up", "delay", "region", "account_id"),
}
TEXTS = ("message", "project", "version", "region", "account_id")
ACCEPTED = {
    *((name, repr(text)) for name in TEXTS for text in ("x", "\ud800")),
    *((name, "1.5") for name in ("seconds", "delay", "per_unit", "per_account", "latency")),
    *(("checked", "True"), ("seed", "-1"), ("labels", "{'x': 1}")),
}


@pytest.mark.parametrize(("path", "argument"), [(path, name) for path, names in SETTINGS.items() for name in names])
def test_values_of_the_wrong_type_are_rejected(url: str, path: str, argument: str) -> None:
    valid = {"operation": "CreateProject", "hang_up": "after"} if path == "inject" else {}
    for value in WRONG:
        status, answer = call(url, path, {**valid, argument: value})
        if (argument, repr(value)) in ACCEPTED:
            assert status == 200, (value, answer)
        else:
            assert status == 400, value
            assert len(answer["message"]) < 1000
            assert answer["message"].isprintable()


def test_all_settings_of_the_control_can_be_changed_over_http(url: str, emulator: Emulator) -> None:
    for name, arguments in (
        ("set-training", {"times": 2, "project": "p1"}),
        ("set-hosting", {"times": 2}),
        ("set-copying", {"outcome": "COPYING_FAILED", "message": "No."}),
        ("set-quality", {"f1": 1.0}),
        ("set-limits", {"running": 0}),
        ("inject", {"operation": "CreateProject", "hang_up": "before"}),
    ):
        assert call(url, name, arguments) == (200, {})
    with pytest.raises(ConnectionClosedError):
        emulator.project("p1")
    project = emulator.project("p1")
    version = emulator.create(project)
    assert emulator.statuses(project) == ["TRAINING_IN_PROGRESS"]
    assert emulator.describe(project)[0]["EvaluationResult"]["F1Score"] == 1
    with pytest.raises(emulator.rekognition.exceptions.LimitExceededException, match="Cannot run more than 0"):
        emulator.rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
    emulator.rekognition.copy_project_version(
        SourceProjectArn=project,
        SourceProjectVersionArn=version,
        DestinationProjectArn=project,
        VersionName="copy",
        OutputConfig={"S3Bucket": BUCKET},
    )
    assert emulator.describe(project, "copy")[0]["StatusMessage"] == "No."


def test_the_check_of_images_can_be_set_over_http(url: str, emulator: Emulator) -> None:
    assert call(url, "set-images", {"checked": "yes"})[0] == 400
    assert call(url, "set-images", {"project": "p1"}) == (200, {})
    version = emulator.train(cats_and_dogs())
    assert version["StatusMessage"] == "The manifest file contains too many invalid rows."
    assert call(url, "undo") == (200, {})


def test_undo_removes_all_settings(url: str, emulator: Emulator) -> None:
    call(url, "set-limits", {"projects": 0})
    call(url, "set-training", {"times": 9})
    assert call(url, "undo") == (200, {})
    project = emulator.project()
    emulator.create(project)
    assert emulator.statuses(project) == ["TRAINING_COMPLETED"]


@pytest.mark.parametrize(
    ("request_line", "body", "status", "message"),
    [
        (("POST", "set-hosting"), {"times": 0}, 400, "got 0"),
        (("POST", "set-hosting"), {"duration": 1}, 400, "unexpected keyword argument 'duration'"),
        (("POST", "inject"), {"operation": "DetectFaces", "delay": 1}, 400, "Got 'DetectFaces'"),
        (("POST", "inject"), {}, 400, "missing 1 required positional argument: 'operation'"),
        (("POST", "set-limits"), [1], 400, "must be a JSON object"),
        (("POST", "set-limits"), b"{", 400, "Expecting property name"),
        (("POST", "set-limits"), b"\xff", 400, "can't decode"),
        (("GET", "set-hosting"), None, 405, "needs the method POST"),
        (("POST", "activate"), {}, 404, "/_custom-labels/activate does not exist. The paths are: set-training"),
    ],
)
def test_invalid_settings_get_a_response_with_the_reason(
    url: str, request_line: tuple[str, str], body: object, status: int, message: str
) -> None:
    method, name = request_line
    found, answer = call(url, name, body, method)
    assert found == status
    assert message in answer["message"]


def test_moto_handles_other_paths(url: str, emulator: Emulator) -> None:
    emulator.s3.put_object(Bucket=BUCKET, Key="_custom-labels/inject", Body=b"a file")
    assert emulator.s3.get_object(Bucket=BUCKET, Key="_custom-labels/inject")["Body"].read() == b"a file"
