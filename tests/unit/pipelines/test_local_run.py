"""A local run of a pipeline, without an environment, behaves like its state machine."""

import functools
import sys

import pytest

import terrarium
from terrarium.pipelines.errors import StepFailedError
from tests.unit.pipelines.example_pipeline import PIPELINE, fail


def test_passes_outputs_and_files_to_later_steps_and_skips_steps_by_condition() -> None:
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
    with pytest.raises(StepFailedError, match="gate refuses to continue: it always does"):
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
        (give, "cannot be stored"),
        (raise_error, "only of pipeline one failed: ZeroDivisionError: mine"),
        ("tests.unit.pipelines.test_local_run:nothing", "cannot be imported"),
    ],
)
def test_the_error_of_a_failed_step_names_the_reason(function: object, complaint: str) -> None:
    step = terrarium.Step.model_validate({"name": "only", "run": function})
    with pytest.raises(StepFailedError, match=complaint):
        terrarium.Pipeline("one", use_case="p", steps=[step]).run_local()


def exit_well(context: terrarium.StepContext) -> None:
    sys.exit(context.parameters["code"])


@pytest.mark.parametrize("code", [None, 0])
def test_a_step_that_exits_with_success_has_no_outputs(code: object) -> None:
    steps = [terrarium.Step(name="only", run=exit_well)]
    run = terrarium.Pipeline("one", use_case="p", parameters={"code": code}, steps=steps).run_local()
    assert run.outputs == {"only": {}}


@pytest.mark.parametrize("code", [3, "no data today", True])
def test_a_step_that_exits_with_a_failure_fails(code: object) -> None:
    steps = [terrarium.Step(name="only", run=exit_well)]
    pipeline = terrarium.Pipeline("one", use_case="p", parameters={"code": code}, steps=steps)
    with pytest.raises(StepFailedError, match=rf"only of pipeline one failed: .*sys\.exit\({code!r}\)"):
        pipeline.run_local()


@pytest.mark.parametrize(
    "function", [lambda: None, functools.partial(raise_error), terrarium.Pipeline.run_local]
)
def test_refuses_functions_that_no_job_can_import(function: object) -> None:
    with pytest.raises(ValueError, match="at the top level of a module"):
        terrarium.Step.model_validate({"name": "only", "run": function})
