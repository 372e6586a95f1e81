import asyncio
import unittest
from collections.abc import Iterator
from typing import Any, ClassVar

import boto3
import pytest
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
        with pytest.raises(NotImplementedError):
            rekognition.list_collections()


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
