"""A pipeline runs here, without an environment, as its state machine would."""

import functools
import sys

import pytest

import terrarium
from terrarium.pipelines.errors import StepFailedError
from tests.unit.pipelines.example_pipeline import PIPELINE, fail


def test_outputs_and_files_reach_later_steps_and_conditions_leave_steps_out() -> None:
    run = PIPELINE.run_local()
    assert run.outputs == {
        "draw": {"first": 1},
        "square": [{"squared": 4}, {"squared": 9}],
        "total": {"total": 14},
        "celebrate": {},
    }
    assert (run.skipped, run.run) == ((), None)
    assert PIPELINE.run_local(first=0).skipped == ("celebrate",)
    assert PIPELINE.run_local(mood="quiet").skipped == ("celebrate",)


def test_a_step_that_refuses_stops_the_pipeline_with_its_reason() -> None:
    pipeline = terrarium.Pipeline(
        "refusing",
        use_case="p",
        steps=[terrarium.Step(name="gate", run=fail), terrarium.Step(name="b", run=fail, after=("gate",))],
    )
    with pytest.raises(StepFailedError, match="gate refuses: it always does"):
        pipeline.run_local()


def peek(context: terrarium.StepContext) -> None:
    context.outputs("other")


def give(context: terrarium.StepContext) -> object:  # noqa: ARG001 - a step's
    return {"thing": object()}


def raise_error(context: terrarium.StepContext) -> None:  # noqa: ARG001 - a step's
    raise ZeroDivisionError("mine")


@pytest.mark.parametrize(
    ("function", "complaint"),
    [
        (peek, "which it does not come after"),
        (give, "cannot be kept"),
        (raise_error, "only of pipeline one failed: ZeroDivisionError: mine"),
        ("tests.unit.pipelines.test_local_run:nothing", "cannot be imported"),
    ],
)
def test_what_a_step_does_wrong_is_said(function: object, complaint: str) -> None:
    step = terrarium.Step.model_validate({"name": "only", "run": function})
    with pytest.raises(StepFailedError, match=complaint):
        terrarium.Pipeline("one", use_case="p", steps=[step]).run_local()


def exit_well(context: terrarium.StepContext) -> None:
    sys.exit(context.parameters["code"])


@pytest.mark.parametrize("code", [None, 0])
def test_a_step_that_exits_well_returned_nothing(code: object) -> None:
    steps = [terrarium.Step(name="only", run=exit_well)]
    run = terrarium.Pipeline("one", use_case="p", parameters={"code": code}, steps=steps).run_local()
    assert run.outputs == {"only": {}}


@pytest.mark.parametrize("code", [3, "no data today", True])
def test_a_step_that_exits_otherwise_failed(code: object) -> None:
    steps = [terrarium.Step(name="only", run=exit_well)]
    pipeline = terrarium.Pipeline("one", use_case="p", parameters={"code": code}, steps=steps)
    with pytest.raises(StepFailedError, match=rf"only of pipeline one failed: .*sys\.exit\({code!r}\)"):
        pipeline.run_local()


@pytest.mark.parametrize(
    "function", [lambda: None, functools.partial(raise_error), terrarium.Pipeline.run_local]
)
def test_refuses_functions_that_no_job_can_import(function: object) -> None:
    with pytest.raises(ValueError, match="at the top of a module"):
        terrarium.Step.model_validate({"name": "only", "run": function})
