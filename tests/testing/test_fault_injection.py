import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.server import ThreadedMotoServer
from werkzeug.test import Client

from rekog_versions.testing import clock, mock_custom_labels
from tests.testing.datasets import manifest_source
from tests.testing.emulator import Emulator, client, version_request
from tests.testing.pictures import picture

AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=testing/20260102/us-east-1/rekognition/aws4_request, Signature=0"
ONCE = Config(retries={"total_max_attempts": 1})
THRICE = Config(retries={"total_max_attempts": 3, "mode": "standard"})


def projects(rekognition: Any) -> int:
    return len(rekognition.describe_projects()["ProjectDescriptions"])


@pytest.fixture(scope="module")  # stopping a server takes half a second
def server() -> Iterator[str]:
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture(params=["in process", "server"])
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The options of the client, so that each test runs in both modes."""
    return {} if request.param == "in process" else {"endpoint_url": request.getfixturevalue("server")}


@pytest.mark.parametrize(
    ("code", "status"),
    [("ThrottlingException", 500), ("InternalServerError", 500), ("ProvisionedThroughputExceededException", 400),
     ("AccessDeniedException", 400), ("LimitExceededException", 400)],
)  # fmt: skip
def test_an_injected_error_is_the_modelled_exception_and_the_work_is_not_done(
    options: dict[str, Any], code: str, status: int
) -> None:
    with mock_custom_labels() as labels:
        rekognition = client("rekognition", config=ONCE, **options)
        labels.inject("CreateProject", error=code)
        with pytest.raises(getattr(rekognition.exceptions, code), match="injected into CreateProject") as caught:
            rekognition.create_project(ProjectName="p1")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert projects(rekognition) == 0
        rekognition.create_project(ProjectName="p1")


@pytest.mark.parametrize(("hang_up", "done"), [("before", 0), ("after", 1)])
def test_a_lost_connection_raises_the_error_of_botocore(options: dict[str, Any], hang_up: Any, done: int) -> None:
    with mock_custom_labels() as labels:
        rekognition = client("rekognition", config=ONCE, **options)
        labels.inject("CreateProject", hang_up=hang_up)
        with pytest.raises(ConnectionClosedError, match="Connection was closed"):
            rekognition.create_project(ProjectName="p1")
        assert projects(rekognition) == done


def test_botocore_retries_throttling_and_server_errors(options: dict[str, Any]) -> None:
    with mock_custom_labels() as labels:
        rekognition = client("rekognition", config=THRICE, **options)
        labels.inject("DescribeProjects", hang_up="before")
        labels.inject("DescribeProjects", error="ThrottlingException")
        assert rekognition.describe_projects()["ResponseMetadata"]["RetryAttempts"] == 2
        labels.inject("DescribeProjects", hang_up="before", times=3)
        with pytest.raises(ConnectionClosedError):
            rekognition.describe_projects()
        assert rekognition.describe_projects()["ResponseMetadata"]["RetryAttempts"] == 0


def test_when_botocore_retries_a_create_whose_response_was_lost_the_name_is_in_use(options: dict[str, Any]) -> None:
    with mock_custom_labels() as labels:
        rekognition = client("rekognition", config=THRICE, **options)
        project = rekognition.create_project(ProjectName="p1")["ProjectArn"]
        labels.inject("CreateProjectVersion", hang_up="after")
        with pytest.raises(rekognition.exceptions.ResourceInUseException):
            rekognition.create_project_version(**version_request(project))
        described = rekognition.describe_project_versions(ProjectArn=project)["ProjectVersionDescriptions"]
        assert len(described) == 1


def test_another_wsgi_server_closes_the_connection_too() -> None:
    dispatcher: Any = DomainDispatcherApplication
    with mock_custom_labels() as labels:
        labels.inject("DescribeProjects", hang_up="before")
        headers = {"X-Amz-Target": "RekognitionService.DescribeProjects", "Authorization": AUTHORIZATION}
        # calls the application as a server does; the body fails before anything is written
        with pytest.raises(ConnectionAbortedError):
            Client(dispatcher(create_backend_app)).post("/", headers=headers, data=b"{}")


def test_the_requests_library_raises_its_own_error_in_process() -> None:
    with mock_custom_labels() as labels:
        labels.inject("DescribeProjects", hang_up="before")
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.post(
                "https://rekognition.us-east-1.amazonaws.com/",
                headers={"X-Amz-Target": "RekognitionService.DescribeProjects"},
                data=b"{}",
                timeout=10,
            )


def test_an_error_comes_before_the_check_of_the_request(emulator: Emulator) -> None:
    emulator.labels.inject("CreateProject", error="AccessDeniedException")
    with pytest.raises(emulator.rekognition.exceptions.AccessDeniedException):
        emulator.project("a b")
    with pytest.raises(ClientError, match="ValidationException"):
        emulator.project("a b")


def test_faults_apply_to_detections(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(clock, "sleep", slept.append)
    rekognition = client("rekognition", config=ONCE)
    version = emulator.create(emulator.project())
    rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)

    def detect() -> Any:
        answer = rekognition.detect_custom_labels(
            ProjectVersionArn=version, Image={"Bytes": picture()}, MinConfidence=0
        )
        return answer["CustomLabels"]

    for code in ("ThrottlingException", "ImageTooLargeException", "LimitExceededException"):
        emulator.labels.inject("DetectCustomLabels", error=code)
        with pytest.raises(getattr(rekognition.exceptions, code), match="injected into DetectCustomLabels"):
            detect()
    emulator.labels.inject("DetectCustomLabels", hang_up="after")
    with pytest.raises(ConnectionClosedError):
        detect()
    emulator.labels.inject("DetectCustomLabels", delay=2)
    assert {label["Name"] for label in detect()} == {"cat", "dog"}
    assert slept == [2]
    with pytest.raises(ValueError, match="one of DetectCustomLabels's"):
        emulator.labels.inject("DetectCustomLabels", error="ResourceInUseException")


@pytest.mark.parametrize(("hang_up", "left"), [("before", 0), ("after", 1)])
def test_a_dataset_exists_if_the_response_was_lost_after_its_creation(
    emulator: Emulator, hang_up: Any, left: int
) -> None:
    rekognition = client("rekognition", config=ONCE)
    request = {"ProjectArn": emulator.project(), "DatasetType": "TRAIN", "DatasetSource": manifest_source()}
    emulator.labels.inject("CreateDataset", error="InvalidS3ObjectException")
    with pytest.raises(rekognition.exceptions.InvalidS3ObjectException, match="injected into CreateDataset"):
        rekognition.create_dataset(**request)
    emulator.labels.inject("CreateDataset", hang_up=hang_up)
    with pytest.raises(ConnectionClosedError):
        rekognition.create_dataset(**request)
    (project,) = rekognition.describe_projects()["ProjectDescriptions"]
    assert [dataset["Status"] for dataset in project["Datasets"]] == ["CREATE_COMPLETE"] * left
    if left:
        with pytest.raises(rekognition.exceptions.ResourceAlreadyExistsException):
            rekognition.create_dataset(**request)
    else:
        assert rekognition.create_dataset(**request)["DatasetArn"]


def test_faults_apply_in_the_order_of_their_injection_for_the_given_number_of_calls(emulator: Emulator) -> None:
    rekognition = client("rekognition", config=ONCE)
    emulator.labels.inject("CreateProject", error="LimitExceededException", region="us-east-1")
    emulator.labels.inject("CreateProject", error="AccessDeniedException", times=2)
    emulator.labels.inject("CreateProject", hang_up="before", region="us-east-1")
    found: list[str] = []
    for _ in range(5):
        try:
            rekognition.create_project(ProjectName="p1")
            found.append("created")
        except ConnectionClosedError:
            found.append("hung up")
        except rekognition.exceptions.ClientError as error:
            found.append(error.response["Error"]["Code"])
    assert found == ["LimitExceededException", "AccessDeniedException", "AccessDeniedException", "hung up", "created"]


def test_a_fault_applies_to_its_operation_region_and_account(emulator: Emulator) -> None:
    emulator.labels.inject("CreateProject", error="AccessDeniedException", region="eu-west-1")
    emulator.labels.inject("CreateProject", error="AccessDeniedException", account_id="210987654321")
    emulator.labels.inject("DeleteProject", error="AccessDeniedException")
    emulator.project("p1")
    far = client("rekognition", "eu-west-1")
    with pytest.raises(far.exceptions.AccessDeniedException):
        far.create_project(ProjectName="p1")


def test_a_delay_comes_before_the_work_and_does_not_block_other_calls(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeping, go_on = threading.Event(), threading.Event()
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        sleeping.set()
        assert go_on.wait(10)

    monkeypatch.setattr(clock, "sleep", sleep)
    emulator.labels.inject("CreateProject", delay=2.5)
    slow = threading.Thread(target=lambda: client("rekognition").create_project(ProjectName="slow"))
    slow.start()
    assert sleeping.wait(10)
    assert projects(emulator.rekognition) == 0
    emulator.project("fast")
    go_on.set()
    slow.join()
    assert slept == [2.5]
    assert projects(emulator.rekognition) == 2


def test_a_delay_can_be_combined_with_an_error_or_a_hang_up(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(clock, "sleep", slept.append)
    rekognition = client("rekognition", config=ONCE)
    emulator.labels.inject("DescribeProjects", delay=1, error="InternalServerError")
    emulator.labels.inject("DescribeProjects", delay=2, hang_up="after")
    with pytest.raises(rekognition.exceptions.InternalServerError):
        projects(rekognition)
    with pytest.raises(ConnectionClosedError):
        projects(rekognition)
    assert slept == [1, 2]


def test_the_sleep_of_the_clock_calls_time_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("rekog_versions.testing.clock.time.sleep", slept.append)
    clock.sleep(3)
    assert slept == [3]


def test_faults_end_with_their_mock_and_with_motos_reset(emulator: Emulator) -> None:
    with mock_custom_labels() as inner:
        inner.inject("DescribeProjects", error="AccessDeniedException", times=100)
    assert projects(emulator.rekognition) == 0
    emulator.labels.inject("DescribeProjects", error="AccessDeniedException", times=100)
    BackendDict.reset()
    assert projects(emulator.rekognition) == 0


def test_concurrent_calls_use_up_a_fault_exactly(emulator: Emulator) -> None:
    emulator.labels.inject("DescribeProjects", error="AccessDeniedException", times=7)
    denied: list[object] = []

    def ask() -> None:
        rekognition = client("rekognition", config=ONCE)
        for _ in range(5):
            try:
                projects(rekognition)
            except rekognition.exceptions.AccessDeniedException as error:
                denied.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(denied) == 7


@pytest.mark.parametrize(
    ("operation", "fault", "error", "message"),
    [
        ("DetectFaces", {"delay": 1}, ValueError, "operation must be one of CopyProjectVersion, Cr"),
        ("create_project", {"delay": 1}, ValueError, "Got 'create_project'"),
        ("CreateProject", {"error": "Throttling"}, ValueError, "error must be one of CreateProject's: Access"),
        ("CreateProject", {"error": "ResourceNotFoundException"}, ValueError, "one of CreateProject's"),
        ("CreateProject", {"hang_up": "during"}, ValueError, "hang_up must be before or after, got 'during'"),
        (
            "CreateProject",
            {"hang_up": "after", "error": "InternalServerError"},
            ValueError,
            "must not be given together",
        ),
        ("CreateProject", {}, ValueError, "error, hang_up or delay must be given"),
        ("CreateProject", {"times": 0, "delay": 1}, ValueError, "times must be at least 1, got 0"),
        ("CreateProject", {"times": 1.0, "delay": 1}, TypeError, r"times must be an integer, got 1\.0"),
        ("CreateProject", {"times": True, "delay": 1}, TypeError, "got True"),
        ("CreateProject", {"delay": -1}, ValueError, "got -1"),
        ("CreateProject", {"delay": float("nan")}, ValueError, "got nan"),
        ("CreateProject", {"delay": float("inf")}, ValueError, "got inf"),
        ("CreateProject", {"delay": "1"}, TypeError, "delay must be a number of seconds, got '1'"),
    ],
)
def test_invalid_faults_are_rejected(
    operation: str, fault: dict[str, Any], error: type[Exception], message: str
) -> None:
    with mock_custom_labels() as labels, pytest.raises(error, match=message):
        labels.inject(operation, **fault)
