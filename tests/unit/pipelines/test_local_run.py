"""A pipeline runs here, without an environment, as its state machine would."""

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
