"""The state machine of the guide: its names exist in the service model, and every path stops the model."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "distributed-map.md"
MACHINE, INPUT = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
STATES: Mapping[str, Any] = MACHINE["States"]
SDK = "arn:aws:states:::aws-sdk:rekognition:"


def next_of(state: Mapping[str, Any]) -> Iterator[str]:
    """The states that can follow a state."""
    for rule in (state, *state.get("Catch", ()), *state.get("Choices", ())):
        if "Next" in rule:
            yield rule["Next"]
    if "Default" in state:
        yield state["Default"]


def tasks(states: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The tasks that call Rekognition, those of the map included."""
    for state in states.values():
        if "ItemProcessor" in state:
            yield from tasks(state["ItemProcessor"]["States"])
        if str(state.get("Resource")).startswith(SDK):
            yield state


def test_every_state_can_be_reached_and_every_next_state_exists() -> None:
    for machine in (MACHINE, STATES["DetectAll"]["ItemProcessor"]):
        reached, rest = set[str](), [machine["StartAt"]]
        while rest:
            name = rest.pop()
            if name not in reached:
                reached.add(name)
                rest.extend(next_of(machine["States"][name]))
        assert reached == set(machine["States"])
        for state in machine["States"].values():
            assert state["Type"] in ("Choice", "Fail") or ("Next" in state) != ("End" in state)


def test_a_model_that_was_started_is_stopped_on_every_path() -> None:
    for name in ("Describe", "DetectAll"):  # the states that can fail while the model runs
        caught = {error: rule["Next"] for rule in STATES[name]["Catch"] for error in rule["ErrorEquals"]}
        assert caught["States.ALL"] == "StopModel"
    assert STATES["DetectAll"]["Next"] == "StopModel"
    assert STATES["StopModel"]["Retry"][0]["ErrorEquals"] == ["States.ALL"]


def test_the_calls_and_their_parameters_are_those_of_the_service_model() -> None:
    model: Any = boto3.client("rekognition", region_name="us-east-1").meta.service_model
    called = list(tasks(STATES))
    assert len(called) == 4
    for task in called:
        name = task["Resource"].removeprefix(SDK)
        operation = model.operation_model(name[0].upper() + name[1:])
        given = {parameter.removesuffix(".$") for parameter in task["Parameters"]}
        assert set(operation.input_shape.required_members) <= given <= set(operation.input_shape.members)


def test_paths_of_the_input_are_in_the_documented_input() -> None:
    text = json.dumps(MACHINE)
    first = {match.split(".")[0] for match in re.findall(r"(?<!\$)\$\.(\w+)", text)}
    made = {"Model", "Error", "Map", "Stop", "Result", "Key", "ProjectVersionDescriptions"}
    assert first - made <= set(INPUT)


@pytest.mark.parametrize("error", ["ProvisionedThroughputExceededException", "ThrottlingException"])
def test_a_busy_service_is_retried_with_jitter(error: str) -> None:
    (retry,) = STATES["DetectAll"]["ItemProcessor"]["States"]["Detect"]["Retry"]
    assert f"Rekognition.{error}" in retry["ErrorEquals"]
    assert retry["JitterStrategy"] == "FULL"
