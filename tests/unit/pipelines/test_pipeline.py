"""Pipelines that can never run are refused, with all their problems."""

import pytest

import terrarium
from terrarium.pipelines.errors import PipelineInvalidError
from terrarium.pipelines.pipeline_loader import load_pipeline
from tests.unit.pipelines.example_pipeline import PIPELINE, draw


def step(name: str, *after: str, **rest: object) -> terrarium.Step:
    return terrarium.Step.model_validate(
        {"name": name, "run": "package.module:function", "after": after, **rest}
    )


def pipeline(*steps: terrarium.Step, **rest: object) -> terrarium.Pipeline:
    return terrarium.Pipeline("p", steps=steps, use_case="p", **rest)  # type: ignore[arg-type] # for short


def test_orders_steps_into_stages() -> None:
    found = pipeline(step("d", "b", "c"), step("c", "a"), step("b", "a"), step("a"))
    assert [[one.name for one in stage] for stage in found.stages] == [["a"], ["b", "c"], ["d"]]


def test_a_step_has_the_conditions_of_the_steps_that_it_comes_after() -> None:
    condition = terrarium.Output("a", "good") >= 1
    found = pipeline(step("a"), step("b", "a", when=condition), step("c", "b"))
    assert found.conditions(found.steps["c"]) == [condition]


def test_names_a_function_by_its_import_path() -> None:
    assert terrarium.Step(name="draw", run=draw).run == "tests.unit.pipelines.example_pipeline:draw"


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: pipeline(step("a"), step("a")), "two steps have the name a"),
        (lambda: pipeline(step("a", "b")), "a comes after b, which does not exist"),
        (lambda: pipeline(step("a", "b"), step("b", "a")), "after each other"),
        (lambda: pipeline(step("a"), schedule="daily"), "schedule"),
        (
            lambda: pipeline(step("a", when=terrarium.Parameter("x") == 1)),
            "parameter x, which does not exist",
        ),
        (
            lambda: pipeline(step("a"), step("b", when=terrarium.Output("a", "x") == 1)),
            "which it does not come after",
        ),
        (
            lambda: pipeline(step("a", over=(1, 2)), step("b", "a", when=terrarium.Output("a", "x") == 1)),
            "one output per value",
        ),
        (lambda: pipeline(step("drift-check")), "drift-check"),
        (lambda: pipeline(), "steps"),
    ],
)
def test_refuses_a_pipeline_that_can_never_run(make: object, complaint: str) -> None:
    with pytest.raises(PipelineInvalidError, match=complaint):
        make()  # type: ignore[operator] # one of the above


def test_refuses_an_array_of_one_job() -> None:
    with pytest.raises(ValueError, match="at least two values"):
        step("a", over=(1,))


def test_loads_a_pipeline_by_module_and_attribute() -> None:
    assert load_pipeline("tests.unit.pipelines.example_pipeline:PIPELINE") is PIPELINE
    for wrong in ("tests.unit.pipelines.example_pipeline:draw", "tests.no:P", "nothing"):
        with pytest.raises(PipelineInvalidError, match="pipeline"):
            load_pipeline(wrong)


def test_refuses_an_unknown_parameter_and_lists_the_known_ones() -> None:
    with pytest.raises(PipelineInvalidError, match="first, mood"):
        PIPELINE.run_local(second=1)


@pytest.mark.parametrize("prefix", ["incoming/${x}/", "%{if true}"])
def test_refuses_prefixes_that_terraform_would_evaluate(prefix: str) -> None:
    with pytest.raises(PipelineInvalidError, match="cannot contain"):
        terrarium.DataArrival(prefix=prefix)
