"""Ctrl-C at every line of a batch: the iteration continues, and each outcome is yielded once."""

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from rekog_versions import CreateProjectVersionRequest, ProjectVersionArn, ProjectVersionDescription, VersionsClient
from rekog_versions.batch import as_trained, submit_all
from rekog_versions.batch.actions import Pause, Start
from rekog_versions.batch.planning import VersionSearch
from rekog_versions.errors import ResourceInUseError
from tests.testing.emulator import assets, shared_client
from tests.wire import FakeTime

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/1574310000000"
NAMES = ("a", "b", "c")


def arn(name: str) -> ProjectVersionArn:
    return ProjectVersionArn(f"arn:aws:rekognition:us-east-1:123456789012:project/shapes/version/{name}/1574317227432")


def request(name: str) -> CreateProjectVersionRequest:
    return CreateProjectVersionRequest.from_dict(
        {
            "ProjectArn": PROJECT,
            "VersionName": name,
            "OutputConfig": {"S3Bucket": "bucket", "S3KeyPrefix": "out"},
            "TrainingData": assets("train"),
            "TestingData": {"AutoCreate": True},
        }
    )


class Service:
    """Carries out the actions of a batch. A training ends at its second description."""

    def __init__(self, time: FakeTime) -> None:
        self.time = time
        self.described: dict[str, int] = {}
        self.creates: list[str] = []

    def carry_out(self, action: Any) -> None:
        match action:
            case Pause():
                self.time.sleep(action.seconds)
            case Start():
                name = action.request.version_name
                if name in self.described:
                    raise ResourceInUseError({"Error": {"Code": "ResourceInUseException"}}, "CreateProjectVersion")
                self.creates.append(name)
                self.described[name] = 0
                action.version_arn = arn(name)
            case VersionSearch():
                for name in action.names:
                    if name in self.described:
                        self.described[name] += 1
                        action.found[name] = self.description(name)

    def description(self, name: str) -> ProjectVersionDescription:
        status = "TRAINING_COMPLETED" if self.described[name] > 1 else "TRAINING_IN_PROGRESS"
        output = {"S3Bucket": "bucket", "S3KeyPrefix": "out"}
        return ProjectVersionDescription.model_validate(
            {"ProjectVersionArn": arn(name), "Status": status, "OutputConfig": output}
        )


def submissions(client: VersionsClient, service: Service) -> Any:
    return submit_all(client, [request(name) for name in NAMES])


def waits(client: VersionsClient, service: Service) -> Any:
    service.described = dict.fromkeys(NAMES, 0)
    return as_trained(client, [(PROJECT, name) for name in NAMES])


def run(begin: Callable[[VersionsClient, Service], Any], interrupted_at: int) -> tuple[list[str], Service, Any, int]:
    """Iterate to the end, with one KeyboardInterrupt at the n-th call or line. Return the names yielded."""
    time = FakeTime()
    service = Service(time)
    client = VersionsClient(shared_client("rekognition"), sleep=time.sleep, clock=time.clock)
    iterator = begin(client, service)
    iterator._calls = service
    calls = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal calls
        # at the end of __next__ the outcome is on its way to the caller
        if "/rekog_versions/batch/" not in frame.f_code.co_filename or frame.f_code.co_name == "__next__":
            return None
        if event in ("call", "line"):
            calls += 1
            if calls == interrupted_at:
                raise KeyboardInterrupt
        return trace

    yielded: list[str] = []
    tracer = sys.gettrace()  # coverage's
    sys.settrace(trace)
    try:
        while True:
            try:
                for outcome in iterator:
                    yielded.append(outcome.request.version_name if begin is submissions else outcome.version[1])  # noqa: PERF401
            except KeyboardInterrupt:
                continue
            return yielded, service, iterator, calls
    finally:
        sys.settrace(tracer)


def points(begin: Callable[[VersionsClient, Service], Any]) -> Iterator[int]:
    _, _, _, calls = run(begin, 0)
    assert calls > 50
    yield from range(1, calls + 1)


@pytest.mark.parametrize("begin", [submissions, waits])
def test_an_interrupt_at_any_line_loses_no_outcome(begin: Callable[[VersionsClient, Service], Any]) -> None:
    for point in points(begin):
        yielded, service, iterator, _ = run(begin, point)
        assert sorted(yielded) == list(NAMES), point
        assert iterator.open == []
        if begin is submissions:
            assert service.creates == list(NAMES), point
            report = iterator.report()
            assert [outcome.ok for outcome in report] == [True] * 3, (point, str(report))
            assert not any(outcome.was_there_already for outcome in report), point
