"""Parameters of pipelines have the same values in a local run and in an execution, or are refused."""

import datetime
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import terrarium
from terrarium.lab import Lab
from terrarium.pipelines.errors import PipelineInvalidError
from tests.unit.example_connection import example_connection


def tell(context: terrarium.StepContext) -> dict[str, Any]:
    return {"parameters": dict(context.parameters)}


def pipeline(**parameters: Any) -> terrarium.Pipeline:
    return terrarium.Pipeline(
        "told", use_case="u", parameters=parameters, steps=[terrarium.Step(name="tell", run=tell)]
    )


WRONG = [
    math.nan,
    math.inf,
    [1, -math.inf],
    {"deep": [math.nan]},
    np.int64(3),
    datetime.date(2026, 1, 1),
    {1, 2},
    Path("x"),
    "x" * 9000,
]


@pytest.mark.parametrize("value", WRONG, ids=lambda value: f"{type(value).__name__}-{value!s:.20}")
def test_refuses_values_that_json_or_a_job_cannot_hold(value: Any) -> None:
    with pytest.raises(PipelineInvalidError, match="parameter"):
        pipeline(x=value)
    with pytest.raises(PipelineInvalidError, match="parameter"):
        pipeline(x=0).run_local(x=value)
    with pytest.raises(PipelineInvalidError, match="parameter"):
        Lab(example_connection()).pipelines.start("told", x=value)


def test_names_the_parameter_and_its_type() -> None:
    with pytest.raises(PipelineInvalidError, match=r"parameter x is nan \(float\), which JSON cannot hold"):
        pipeline(x=math.nan, y=1)


def test_a_local_run_has_the_parameters_of_an_execution() -> None:
    given = {"pair": (1, 2), "by": {1: "one"}, "f": np.float64(0.5), "none": None}
    local = pipeline(**given).run_local().outputs["tell"]["parameters"]
    compiled = json.loads(pipeline(**given).compile())["States"]["SetDefaults"]["Result"]["parameters"]
    assert local == compiled == {"pair": [1, 2], "by": {"1": "one"}, "f": 0.5, "none": None}


def test_parameters_may_have_any_name() -> None:
    names = {"name": 1, "lab": 2, "self": 3}
    assert pipeline(**dict.fromkeys(names)).run_local(**names).outputs["tell"]["parameters"] == names
    with pytest.raises(PipelineInvalidError, match="parameter name is nan"):
        Lab(example_connection()).pipelines.start("told", name=math.nan)
