"""Compilation of a pipeline: a valid state machine, the same text each time, with a digest of its own."""

import json
import re
from importlib.util import find_spec
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

import terrarium
from terrarium.pipelines.compilation import definition_digest
from terrarium.pipelines.execution_history import jobs_of_definition
from tests.unit.pipelines.example_pipeline import PIPELINE, draw

_WIDE = terrarium.Pipeline(
    "wide",
    use_case="wide",
    steps=[
        terrarium.Step(name="begin", run=draw),
        terrarium.Step(
            name="left", run=draw, after=("begin",), when=terrarium.Output("begin", "first") != "no"
        ),
        terrarium.Step(name="right", run=draw, after=("begin",)),
        terrarium.Step(
            name="end", run=draw, after=("left", "right"), when=terrarium.Output("left", "ok") == "yes"
        ),
    ],
    triggers=[terrarium.DataArrival(prefix="incoming/"), terrarium.Drift(check=draw, schedule="rate(1 day)")],
)


@pytest.mark.parametrize("pipeline", [PIPELINE, _WIDE], ids=lambda pipeline: pipeline.name)
def test_compiles_to_a_valid_state_machine(pipeline: terrarium.Pipeline) -> None:
    compiled = pipeline.compile()
    AmazonStateLanguageParser.parse(compiled)
    machine = json.loads(compiled)
    assert set(jobs_of_definition(compiled)) == set(pipeline.steps)
    assert _reached(machine["StartAt"], machine["States"]) == set(machine["States"])


def test_compiles_to_the_same_text_and_a_digest_of_its_own() -> None:
    other = terrarium.Pipeline(
        "numbers",
        use_case="numbers",
        parameters={"first": 2, "mood": "loud"},
        steps=list(PIPELINE.steps.values()),
    )
    assert PIPELINE.compile() == PIPELINE.compile()
    assert definition_digest(PIPELINE) != definition_digest(other)
    assert definition_digest(PIPELINE) in PIPELINE.compile()


def test_a_step_is_a_job_with_its_resources() -> None:
    state = json.loads(PIPELINE.compile())["States"]["square"]
    parameters = state["Parameters"]
    assert state["Resource"] == "arn:aws:states:::batch:submitJob.sync"
    assert parameters["ArrayProperties"] == {"Size": 2}
    assert parameters["RetryStrategy"]["Attempts"] == 3
    assert parameters["Timeout"] == {"AttemptDurationSeconds": 3600}
    assert parameters["ContainerOverrides"]["ResourceRequirements"] == [
        {"Type": "VCPU", "Value": "1"},
        {"Type": "MEMORY", "Value": "2048"},
    ]


def test_steps_of_a_stage_run_in_parallel_and_conditions_are_choices() -> None:
    states = json.loads(_WIDE.compile())["States"]
    left, right = states["Stage2"]["Branches"]
    assert left["StartAt"] == "CheckConditions-left"
    assert right["StartAt"] == "right"
    rules = states["CheckConditions-end"]["Choices"][0]["And"]
    assert {"Variable": "$.outputs.left.values.ok", "StringEquals": "yes"} in rules
    assert {"Not": {"Variable": "$.outputs.begin.values.first", "StringEquals": "no"}} in rules
    assert "Catch" in states["ReadOutputs-left"]


def _reached(name: str, states: dict[str, Any]) -> set[str]:
    """Return all states that are reachable from one."""
    found: set[str] = set()
    to_do = [name]
    while to_do:
        state = to_do.pop()
        if state in found:
            continue
        found.add(state)
        content = states[state]
        following = [content.get("Next"), content.get("Default")]
        following += [choice["Next"] for choice in content.get("Choices", []) + content.get("Catch", [])]
        to_do += [one for one in following if one]
    return found


def test_the_programs_of_a_step_exist() -> None:
    """Strings name the modules, which a renaming can miss."""
    modules = re.findall(r'"-m",\s+"(terrarium[.\w]+)"', PIPELINE.compile())
    assert len(set(modules)) == 2, "the entry point of jobs, and that of steps"
    assert all(find_spec(module) for module in modules)
