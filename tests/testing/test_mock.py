import asyncio
import json
import os
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.moto_api import state_manager
from moto.rekognition.responses import RekognitionResponse

from rekog_versions.testing import CustomLabelsControl, mock_custom_labels, moto_patch
from rekog_versions.testing.transitions import TRAINING
from tests.testing.emulator import Emulator, client

MOTOS_OWN = RekognitionResponse._dispatch
REGISTERED = state_manager.get_transition(TRAINING)


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert RekognitionResponse._dispatch is MOTOS_OWN
    assert state_manager.get_transition(TRAINING) is REGISTERED


def projects() -> int:
    return len(client("rekognition").describe_projects()["ProjectDescriptions"])


def add_project(name: str = "p1") -> None:
    client("rekognition").create_project(ProjectName=name)


def test_the_patch_is_installed_while_a_mock_is_active() -> None:
    with mock_custom_labels():
        assert RekognitionResponse._dispatch is not MOTOS_OWN
        with mock_custom_labels():
            add_project()
        assert RekognitionResponse._dispatch is not MOTOS_OWN
        # nested mocks share one state
        assert projects() == 1
    assert RekognitionResponse._dispatch is MOTOS_OWN
    with mock_custom_labels():
        assert projects() == 0


def test_the_mock_can_be_nested_with_mock_aws() -> None:
    with mock_aws():
        with mock_custom_labels():
            add_project()
        with pytest.raises(NotImplementedError):
            projects()
        with mock_custom_labels():
            assert projects() == 1
    with mock_custom_labels(), mock_aws():
        add_project()


def test_one_mock_can_be_entered_several_times() -> None:
    mock = mock_custom_labels()
    with mock as outer, mock as inner:
        assert outer is not inner
        add_project()
    with mock:
        assert projects() == 0


def test_an_exception_leaves_no_settings_behind() -> None:
    def work() -> None:
        with mock_custom_labels() as labels:
            labels.set_training(times=2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    with pytest.raises(RuntimeError, match="not installed"):
        moto_patch.uninstall()


def test_a_mock_that_cannot_start_removes_the_patch() -> None:
    wrong: Any = 5
    with pytest.raises(TypeError), mock_custom_labels(config=wrong):
        raise AssertionError("not reached")


def test_the_configuration_of_moto_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.session.Session(region_name="eu-west-1"))
    with mock_custom_labels(config={"core": {"reset_boto3_session": False}}):
        assert boto3.DEFAULT_SESSION is not None
    with mock_custom_labels():
        assert boto3.DEFAULT_SESSION is None


@mock_custom_labels
def test_a_function_is_decorated_without_parentheses() -> None:
    CustomLabelsControl.current().set_training(times=2)
    assert projects() == 0
    add_project()


@mock_custom_labels(config={})
def test_a_function_is_decorated_with_parentheses() -> None:
    assert projects() == 0


def test_a_coroutine_function_is_mocked_until_it_has_finished() -> None:
    @mock_custom_labels
    async def work(name: str, *, more: int) -> int:
        add_project(name)
        await asyncio.sleep(0)
        return projects() + more

    assert asyncio.run(work("p1", more=1)) == 2
    assert work.__name__ == "work"


@mock_custom_labels
class TestADecoratedClass:
    untouched: ClassVar[dict[str, int]] = {}

    def _private(self) -> int:
        return 5

    @staticmethod
    def static() -> int:
        return 6

    def helper(self) -> None:
        add_project()

    def test_starts_from_nothing(self) -> None:
        self.helper()
        CustomLabelsControl.current().set_training(times=2)
        assert projects() == 1
        assert (self._private(), self.static()) == (5, 6)

    def test_starts_from_nothing_again(self) -> None:
        assert state_manager.get_transition(TRAINING) is REGISTERED
        assert projects() == 0

    class TestInside:
        def test_is_decorated_too(self) -> None:
            assert projects() == 0


@mock_custom_labels
class TestWithSetup:
    def setup_method(self) -> None:
        add_project()
        CustomLabelsControl.current().set_training(times=2)
        CustomLabelsControl.current().set_limits(projects=1)

    def test_has_what_the_setup_made(self) -> None:
        assert projects() == 1
        assert state_manager.get_transition(TRAINING)["times"] == 2
        with pytest.raises(Exception, match="more than 1 Projects"):
            add_project("p2")

    def test_has_what_the_setup_made_and_no_more(self) -> None:
        assert projects() == 1

    def test_may_take_the_test_method(self) -> None:
        @mock_custom_labels
        class TakesMethod:
            def setup_method(self, method: object) -> None:
                self.method = method

        taking = TakesMethod()
        taking.setup_method(5)
        assert taking.method == 5

    def teardown_method(self) -> None:
        assert state_manager.get_transition(TRAINING) is REGISTERED


@mock_custom_labels
class UnittestCase(unittest.TestCase):
    def setUp(self) -> None:
        add_project()

    def test_has_what_the_setup_made(self) -> None:
        self.assertEqual(projects(), 1)  # noqa: PT009


class InheritingCase(UnittestCase):
    def test_inherits(self) -> None:
        with mock_custom_labels():
            assert projects() >= 0


def test_a_failing_setup_leaves_no_settings_behind() -> None:
    @mock_custom_labels
    class FailingSetup(unittest.TestCase):
        def setUp(self) -> None:
            CustomLabelsControl.current().set_training(times=2)
            raise ZeroDivisionError

        def test_never_runs(self) -> None:
            raise AssertionError

    result = unittest.TestResult()
    FailingSetup("test_never_runs").run(result)
    assert [text.splitlines()[-1] for _, text in result.errors] == ["ZeroDivisionError"]
    assert state_manager.get_transition(TRAINING) is REGISTERED


def test_moto_handles_the_operations_that_are_not_emulated() -> None:
    with mock_custom_labels():
        rekognition = client("rekognition")
        assert rekognition.detect_labels(Image={"Bytes": b"x"})["Labels"]
        with pytest.raises(ClientError, match="ListCollections is not emulated") as caught:
            rekognition.list_collections()
        assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_region_that_does_not_exist_is_rejected() -> None:
    with mock_custom_labels():
        for call in ("describe_projects", "list_collections", "list_faces"):
            arguments = {"CollectionId": "c"} if call == "list_faces" else {}
            with pytest.raises(ClientError, match="valid region") as caught:
                getattr(client("rekognition", "us-east1"), call)(**arguments)
            assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_error_bodies_have_the_members_of_the_service() -> None:
    with mock_custom_labels():
        rekognition = client("rekognition")
        bodies: list[bytes] = []
        rekognition.meta.events.register(
            "before-parse.rekognition", lambda response_dict, **_: bodies.append(response_dict["body"])
        )
        for call, arguments, code in (
            ("create_project", {"ProjectName": "a b"}, "ValidationException"),
            ("create_project", {"ProjectName": "a", "AutoUpdate": "ENABLED"}, "InvalidParameterException"),
            ("list_collections", {}, "UnknownOperationException"),
        ):
            with pytest.raises(ClientError):
                getattr(rekognition, call)(**arguments)
            body = json.loads(bodies[-1])
            assert (body["__type"], body["Code"]) == (code, code)
            assert set(body) == {"__type", "Code", "Logref", "Message"}


def test_start_and_stop_do_what_a_with_statement_does() -> None:
    mock = mock_custom_labels()
    control = mock.start()
    assert CustomLabelsControl.current() is control
    control.set_limits(projects=1)
    add_project()
    mock.start(reset=False)
    assert projects() == 1
    mock.stop(remove_data=False)
    with pytest.raises(ClientError, match="Cannot create more than 1"):
        add_project("p2")
    mock.stop()
    with pytest.raises(RuntimeError, match="not started; call start"):
        mock.stop()
    with mock as again:
        assert again is not control
        assert projects() == 0


ELSEWHERE = "http://127.0.0.1:1"
ENVIRONMENTS: list[dict[str, str]] = [
    {"AWS_ENDPOINT_URL": ELSEWHERE},
    {"AWS_ENDPOINT_URL_REKOGNITION": ELSEWHERE, "AWS_ENDPOINT_URL_S3": ELSEWHERE},
    {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
    {"AWS_USE_FIPS_ENDPOINT": "true"},
    {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false", "AWS_ENDPOINT_URL": ELSEWHERE},
    {"AWS_CONFIG_FILE": f"[default]\nendpoint_url = {ELSEWHERE}\n"},
    {"AWS_CONFIG_FILE": f"[default]\nservices = own\n[services own]\nrekognition =\n  endpoint_url = {ELSEWHERE}\n"},
    {"AWS_CONFIG_FILE": "[default]\nuse_dualstack_endpoint = true\nuse_fips_endpoint = true\n"},
]


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids="+".join)
def test_a_mock_is_isolated_whatever_endpoint_the_environment_names(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in environment.items():
        if name == "AWS_CONFIG_FILE":
            (tmp_path / "config").write_text(value)
            value = str(tmp_path / "config")  # noqa: PLW2901
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with mock_custom_labels(), mock_custom_labels():
        session: Any = boto3.session.Session(region_name="us-east-1")
        session.client("rekognition").create_project(ProjectName="p1")
        session.client("s3").create_bucket(Bucket="bucket")
        assert projects() == 1
    assert dict(os.environ) == before


def test_the_environment_is_restored_when_the_last_of_several_mocks_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    names = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    first, second = mock_custom_labels(), mock_custom_labels()
    first.start()
    second.start()
    first.stop()
    assert os.environ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "true"
    second.stop()
    assert [os.environ.get(name) for name in names] == ["true", None, None]


def test_the_patch_warns_if_moto_implements_an_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RekognitionResponse, "create_project", lambda self: "", raising=False)
    with pytest.warns(UserWarning, match="implements CreateProject itself"), moto_patch.installed():
        pass


def test_a_patch_of_other_code_stays() -> None:
    moto_response: Any = RekognitionResponse
    seen: list[str] = []
    with mock_custom_labels():
        ours: Any = RekognitionResponse._dispatch

        def theirs(self: Any, *arguments: Any) -> Any:
            seen.append("theirs")
            return ours(self, *arguments)

        moto_response._dispatch = theirs
        assert projects() == 0
    assert RekognitionResponse._dispatch is theirs
    with mock_aws():
        assert client("rekognition").detect_labels(Image={"Bytes": b"x"})["Labels"]
        with pytest.raises(NotImplementedError):
            projects()
    with mock_custom_labels():
        assert projects() == 0
        assert client("rekognition").detect_labels(Image={"Bytes": b"x"})["Labels"]
    moto_response._dispatch = MOTOS_OWN
    assert seen


def test_the_default_session_of_boto3_is_mocked_too() -> None:
    with mock_custom_labels() as labels:
        rekognition: Any = boto3.client("rekognition", region_name="us-east-1")
        assert Emulator(labels, rekognition, None).project()


def test_a_context_may_be_exited_in_another_thread() -> None:
    import threading

    mock = mock_custom_labels()
    mock.__enter__()
    leaving = threading.Thread(target=mock.__exit__, args=(None, None, None))
    leaving.start()
    leaving.join()


def test_a_generator_function_is_mocked_until_it_has_finished() -> None:
    @mock_custom_labels
    def fixture() -> Iterator[int]:
        add_project()
        yield projects()

    made = fixture()
    assert next(made) == 1
    assert projects() == 1
    assert list(made) == []
