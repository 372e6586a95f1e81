"""Every public result becomes a dict and a JSON document, whatever its fields hold."""

import dataclasses
import enum
import inspect
import json
import types
import typing
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, JsonValue

from rekog_versions import Poll, ProjectArn, ProjectVersionDescription, ProjectVersionStatus, Schedule, models
from rekog_versions._json import plain
from rekog_versions.batch import SubmissionOutcome, SubmissionReport, VersionOutcome
from rekog_versions.errors import ModelStillRunningError, RekogVersionsError, ResourceInUseError, StartFailedError
from rekog_versions.evaluation import (
    ByLabel,
    Comparison,
    ConfusionMatrix,
    Evaluation,
    EvaluationSnapshot,
    GateVerdict,
    ModelMetrics,
    TunedThresholds,
)
from rekog_versions.evaluation.snapshot import LabelArrays, PredictionArrays
from rekog_versions.hosting import (
    ActiveModel,
    CostRange,
    FailedLookup,
    Prices,
    RunningModels,
    StopOutcome,
    StopReport,
    TrainingCost,
    TrainingCosts,
)
from rekog_versions.manifests import ConversionReport, ManifestReport
from rekog_versions.manifests.counts import LineNumbers
from rekog_versions.models import Thresholds
from rekog_versions.preflight import PreflightFinding, PreflightReport, PreflightVerdict
from tests.test_api import AREAS, public

NOT_RESULTS = {
    *("VersionsClient", "AsyncVersionsClient", "Pager", "AsyncPager"),  # clients and listings: their items have it
    *("Outcomes", "AsyncOutcomes", "Submission", "AsyncSubmission"),
    *("Detections", "SharedRate", "StopSettings"),
    *("RunningModel", "AsyncRunningModel", "CustomLabelsControl", "Registry", "AsyncRegistry"),  # handles
    *("ConvertedLines", "ImagePlaces", "ManifestWriter", "StoredImages"),
    *("ImageLevelLine", "ModerationLine", "ObjectLine"),  # their JSON is a line of a manifest, without an indent
}
TEXT = '<b>"\x1b[31m\u202e\ud800é</b>'
PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/p/1574310000000"
ARN = "arn:aws:rekognition:eu-west-1:123456789012:project/p/version/v/1574317227432"
FIXED: Mapping[Any, Any] = {
    str: TEXT,
    int: 7,
    float: 0.5,
    bool: True,
    bytes: b"\xff\x00",
    Any: {"a": [1.5, None]},
    object: TEXT,
    JsonValue: [TEXT],
    Decimal: Decimal("0.10"),
    date: date(2026, 1, 2),
    datetime: datetime(2026, 1, 2, tzinfo=UTC),
    Path: Path("x"),
    Exception: ValueError(TEXT),
    RekogVersionsError: RekogVersionsError(TEXT),
    ModelStillRunningError: ModelStillRunningError(TEXT, version_arn=typing.cast("Any", ARN), command="aws"),
    Thresholds: Thresholds.fractions({TEXT: 0.5}, default=0.25),
    ConfusionMatrix: ConfusionMatrix.of({(TEXT, "b"): 0.5}),
    Prices: Prices(),
    Schedule: Schedule(),
    Poll: Poll(1, TEXT, None, 0.0, 1.0, error=ValueError(TEXT)),
    ManifestReport: ManifestReport(),
    ConversionReport: ConversionReport(),
    LineNumbers: LineNumbers([1, 3]),
    EvaluationSnapshot: EvaluationSnapshot(["s3://b/k"], ["cat"], LabelArrays(), PredictionArrays()),
}


def example(annotation: Any) -> Any:
    """Return a value for an annotation in which as much as possible is set."""
    if annotation in FIXED:
        return FIXED[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, TypeVar):
        return TEXT
    if origin is Annotated:
        return example(arguments[0])
    if origin in (Union, types.UnionType):
        return example(next(argument for argument in arguments if argument is not type(None)))
    if origin is Literal:
        return arguments[0]
    if origin is ByLabel:
        return ByLabel({TEXT: example(arguments[0])})
    if origin is tuple:
        return tuple(example(argument) for argument in arguments if argument is not ...)
    if origin is not None and issubclass(origin, Mapping):
        return {TEXT: example(arguments[1])}
    if origin is not None and issubclass(origin, Collection):
        return [example(arguments[0])]
    return instance(origin or annotation)


def instance(kind: Any) -> Any:
    """Return an instance of a class with an example in every field."""
    if kind in FIXED:
        return FIXED[kind]
    if issubclass(kind, enum.Enum):
        return next(iter(kind))
    if issubclass(kind, str):
        return kind(ARN)
    if issubclass(kind, BaseModel):
        return kind.model_construct(**{name: example(field.annotation) for name, field in kind.model_fields.items()})
    if issubclass(kind, ByLabel):
        return ByLabel({TEXT: 1.0})
    hints = typing.get_type_hints(kind, localns={"models": models}, include_extras=True)
    return kind(**{field.name: example(hints[field.name]) for field in dataclasses.fields(kind)})


def results() -> Iterator[Any]:
    seen: set[type] = set()
    for area in AREAS:
        for name, kind in public(area).items():
            if not inspect.isclass(kind) or kind in seen or name in NOT_RESULTS:
                continue
            if issubclass(kind, enum.Enum | BaseException | str) or getattr(kind, "_is_protocol", False):
                continue
            if typing.is_typeddict(kind):
                continue
            seen.add(kind)
            yield pytest.param(kind, id=name)


@pytest.mark.parametrize("kind", [*results()])
def test_every_public_result_is_written_as_json(kind: Any) -> None:
    result = instance(kind)
    document = result.to_dict()
    text = json.dumps(document, allow_nan=False)  # NaN and Infinity are not JSON
    assert json.loads(text) == json.loads(result.to_json()) == json.loads(result.to_json(indent=None))
    assert all(type(leaf) in (str, int, float, bool, type(None)) for leaf in leaves(document))  # for YAML too


def leaves(value: Any) -> Iterator[Any]:
    if type(value) is dict:
        assert all(type(key) is str for key in value)
        value = list(value.values())
    if type(value) is list:
        for item in value:
            yield from leaves(item)
    else:
        yield value


def test_derived_results_are_in_snake_case_and_shapes_in_the_spelling_of_the_service() -> None:
    version = ProjectVersionDescription.model_validate({"Status": "RUNNING", "MinInferenceUnits": 1})
    poll: Poll = Poll(1, "v1", None, 2.5, None, ProjectVersionStatus.RUNNING, version)
    assert poll.to_dict() == {
        "number": 1,
        "name": "v1",
        "arn": None,
        "elapsed": 2.5,
        "next_in": None,
        "status": "RUNNING",
        "description": {"Status": "RUNNING", "MinInferenceUnits": 1},
        "error": None,
    }


def test_amounts_keep_their_digits_and_errors_their_class_and_code() -> None:
    assert CostRange(Decimal("0.10"), Decimal(4)).to_dict() == {"least": "0.10", "most": "4", "currency": "USD"}
    response: Any = {"Error": {"Code": "ResourceInUseException", "Message": "in use"}}
    error = ResourceInUseError(response, "StartProjectVersion")
    assert FailedLookup("eu-west-1", None, error).to_dict()["error"] == {
        "type": "ResourceInUseError",
        "message": str(error),
        "code": "ResourceInUseException",
    }
    failed = StartFailedError("no reason", version="v1")
    assert plain(failed) == {"type": "StartFailedError", "message": "no reason"}


def test_an_evaluation_is_written_without_the_files_that_it_was_read_from() -> None:
    document = dataclasses.replace(instance(Evaluation), f1_score=float("nan"), recall=float("inf")).to_dict()
    assert "raw" not in document
    assert document["snapshot"]["images"] == 1
    assert (document["f1_score"], document["recall"]) == (None, None)  # JSON has neither NaN nor infinity
    assert document["labels"][TEXT]["precision"] == 0.5
    assert document["thresholds"]["unit"] == "fraction"


def test_sets_and_other_collections_become_lists() -> None:
    assert plain({"b", "a"}) == ["a", "b"]
    assert plain(range(2)) == [0, 1]
    assert plain({1: Path("x")}) == {"1": "x"}
    assert plain(b"\xff") is not None


VERSION = ProjectVersionDescription.model_validate(
    {
        "ProjectVersionArn": ARN,
        "Status": "TRAINING_FAILED",
        "StatusMessage": "Bad\x1b[31m\nmanifest " + "x" * 5000,
        "CreationTimestamp": 1574317227,
        "EvaluationResult": {"F1Score": 0.91234},
    }
)


def test_the_text_of_a_version_has_at_most_two_short_lines_and_its_repr_has_the_details() -> None:
    first, second = str(VERSION).splitlines()
    assert first == "p/v: TRAINING_FAILED, F1 0.9123, created 2019-11-21 06:20 UTC"
    assert second.startswith("  Bad\\x1b[31m\\nmanifest xxx")
    assert len(second) < 400
    assert "creation_timestamp=" in repr(VERSION)
    assert str(VERSION.model_copy(update={"status_message": None})) == first
    running = ProjectVersionDescription.model_validate({"Status": "RUNNING", "MinInferenceUnits": 2})
    assert str(running) == "a version: RUNNING, 2 inference units"
    odd = ProjectVersionDescription.model_validate({"ProjectVersionArn": "odd\n", "Status": "NEW\n"})
    assert str(odd) == "odd\\n: NEW\\n"


def test_the_texts_of_descriptions_and_labels_have_no_control_characters() -> None:
    for kind in (models.ProjectDescription, models.DatasetDescription, models.CustomLabel, ProjectVersionDescription):
        for text in (str(kind()), str(instance(kind))):
            assert len(text.splitlines()) <= 2
            assert all(line.isprintable() for line in text.splitlines())
    assert str(models.CustomLabel(name="cat", confidence=98.26)) == "cat: 98.3 %"
    assert str(models.ProjectDescription(project_arn=ProjectArn(PROJECT))) == "p: no status"


def test_the_text_of_a_poll_is_one_line() -> None:
    poll: Poll = Poll(3, "p/v", None, 125.4, 3700.0, ProjectVersionStatus.TRAINING_IN_PROGRESS, VERSION)
    assert str(poll) == "p/v: TRAINING_IN_PROGRESS after 2 min 5 s, next poll in 1 h 1 min"
    failed: Poll = Poll(3, "p/v", None, 4.0, None, error=ValueError("lost\n"))
    assert str(failed) == "p/v: the poll failed: lost\\n after 4 s"


def test_the_truth_of_a_report_is_its_verdict() -> None:
    def finding(verdict: PreflightVerdict) -> PreflightFinding:
        found: PreflightFinding = dataclasses.replace(instance(PreflightFinding), verdict=verdict)
        return found

    verdicts = PreflightVerdict
    for found, is_ok, is_clean in (
        ((), True, True),
        ((verdicts.PASS,), True, True),
        ((verdicts.PASS, verdicts.WARNING), True, False),
        ((verdicts.NOT_CHECKED,), True, False),
        ((verdicts.PASS, verdicts.FAIL), False, False),
    ):
        report = PreflightReport(project_arn="p", version_name="v", findings=tuple(map(finding, found)))
        assert (bool(report), report.ok, report.clean) == (is_ok, is_ok, is_clean)
    done = SubmissionOutcome(instance(models.CreateProjectVersionRequest), None, VERSION)
    lost = dataclasses.replace(done, error=ValueError())
    assert (bool(done), bool(lost)) == (True, False)
    assert (bool(SubmissionReport((done,))), bool(SubmissionReport((done, lost)))) == (True, False)
    assert (bool(VersionOutcome(ARN, VERSION)), bool(VersionOutcome(ARN, None, RekogVersionsError()))) == (True, False)
    assert (bool(GateVerdict(True, ())), bool(GateVerdict(False, ("no",)))) == (True, False)
    lookup = FailedLookup(None, None, ValueError())
    assert (bool(StopReport((), (), False)), bool(StopReport((), (lookup,), False))) == (True, False)


def test_collections_iterate_over_their_parts() -> None:
    model = instance(ActiveModel)
    assert list(RunningModels((model,))) == [model]
    assert (len(RunningModels((model,))), bool(RunningModels(()))) == (1, False)
    assert RunningModels((), (FailedLookup(None, None, ValueError()),))  # a model may be running there
    cost = TrainingCost(None, None, None, None)
    assert (list(TrainingCosts((cost,))), len(TrainingCosts((cost,)))) == ([cost], 1)
    assert list(StopReport((instance(StopOutcome),), (), False)) == [instance(StopOutcome)]
    for kind in (Evaluation, Comparison, ModelMetrics, TunedThresholds):
        collection = instance(kind)
        assert list(collection) == list(collection.labels.values())
