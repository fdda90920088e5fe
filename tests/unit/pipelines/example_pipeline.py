"""A pipeline in a dozen lines: numbers are drawn, squared each in a job of its own, and summed."""

from collections.abc import Mapping

import terrarium


def draw(context: terrarium.StepContext) -> Mapping[str, object]:
    (context.folder / "drawn.txt").write_text(str(context.parameters["first"]))
    return {"first": context.parameters["first"]}


def square(context: terrarium.StepContext) -> Mapping[str, object]:
    first = context.outputs("draw")["first"]
    context.run.log_metrics({"squared": (first + context.value) ** 2})
    return {"squared": (first + context.value) ** 2}


def total(context: terrarium.StepContext) -> Mapping[str, object]:
    drawn = int(context.file("draw", "drawn.txt").read_text())
    return {"total": drawn + sum(outputs["squared"] for outputs in context.outputs("square"))}


def celebrate(context: terrarium.StepContext) -> None:
    assert context.outputs("total")["total"] >= 10


def fail(context: terrarium.StepContext) -> None:
    context.refuse("it always does")


PIPELINE = terrarium.Pipeline(
    "numbers",
    use_case="numbers",
    parameters={"first": 1, "mood": "loud"},
    schedule="rate(1 day)",
    steps=[
        terrarium.Step(
            name="celebrate",
            run=celebrate,
            after=("total",),
            when=(terrarium.Output("total", "total") >= 10, terrarium.Parameter("mood") == "loud"),
        ),
        terrarium.Step(name="draw", run=draw),
        terrarium.Step(name="square", run=square, after=("draw",), over=(1, 2), retries=2),
        terrarium.Step(name="total", run=total, after=("draw", "square")),
    ],
)
