"""A condition has the same result in a local run and in the state machine."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

import terrarium
from terrarium.pipelines.compilation import compile_pipeline
from terrarium.pipelines.errors import PipelineInvalidError
from terrarium.pipelines.step_condition import StepCondition
from terrarium.pipelines.step_outputs import BucketOutputStore

NAMES = (
    "roc_auc",
    "roc-auc",
    "val/auc",
    "f1:macro",
    "metrics.auc",
    "accuracy 2",
    "x[0]",
    "'q'",
    "top@5",
    "1st",
    "ä",
)


class Bucket:
    """The artifacts of an environment, in memory: with the methods that an output store uses for writing."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    def put_bytes(self, content: bytes, name: str) -> None:
        self.stored[name] = content


def pipeline(condition: StepCondition) -> terrarium.Pipeline:
    return terrarium.Pipeline(
        "p",
        use_case="u",
        steps=[
            terrarium.Step(name="measure", run="a:b"),
            terrarium.Step(name="submit", run="a:b", after=("measure",), when=condition),
        ],
    )


def deployed(condition: StepCondition, outputs: dict[str, Any], folder: Path) -> bool:
    """Return the decision of the Choice state about outputs that a job stored, by the rules of States Language."""
    made = pipeline(condition)
    bucket = Bucket()
    BucketOutputStore(bucket, pipeline="p", execution="e").save(  # type: ignore[arg-type] # the writing half
        "measure", None, outputs, folder, compared=made.compared_outputs("measure")
    )
    states = json.loads(compile_pipeline(made))["States"]
    key = states["ReadOutputs-measure"]["Parameters"]["Key.$"]
    assert key.endswith("/measure/compared.json', $.execution)")
    values = json.loads(bucket.stored["pipelines/p/executions/e/measure/compared.json"])
    (choice,) = states["CheckConditions-submit"]["Choices"]
    return all(_rule(rule, values) for rule in choice["And"])


def _rule(rule: dict[str, Any], values: dict[str, Any]) -> bool:
    if "Not" in rule:
        return not _rule(rule["Not"], values)
    prefix = "$.outputs.measure.values."
    assert rule["Variable"].startswith(prefix)
    name = rule["Variable"].removeprefix(prefix)
    assert name.replace("_", "").replace("-", "").isalnum()  # nothing that JSONPath reads as an operator
    assert name.isascii()
    if rule.get("IsPresent"):
        return name in values
    (kind,) = rule.keys() - {"Variable"}
    types = {"Boolean": (bool,), "String": (str,), "Numeric": (int, float)}
    of_kind = next(found for prefix, found in types.items() if kind.startswith(prefix))
    value = values[name]
    if not isinstance(value, of_kind) or (isinstance(value, bool) and bool not in of_kind):
        return False
    wanted = rule[kind]
    order = kind.removeprefix(next(prefix for prefix in types if kind.startswith(prefix)))
    return bool(
        {
            "Equals": value == wanted,
            "LessThan": value < wanted,
            "LessThanEquals": value <= wanted,
            "GreaterThan": value > wanted,
            "GreaterThanEquals": value >= wanted,
        }[order]
    )


@pytest.mark.parametrize("name", NAMES)
def test_compares_outputs_of_any_name_in_the_state_machine(name: str, tmp_path: Path) -> None:
    condition = terrarium.Output("measure", name) >= 0.5
    for value in (0.9, 0.1):
        assert condition.holds({}, {"measure": {name: value}}) is (value > 0.5)
        assert deployed(condition, {name: value}, tmp_path) is (value > 0.5)


def test_a_dot_belongs_to_the_name_of_an_output(tmp_path: Path) -> None:
    condition = terrarium.Output("measure", "metrics.auc") >= 0.5
    assert not condition.holds({}, {"measure": {"metrics": {"auc": 0.9}}})
    assert not deployed(condition, {"metrics": {"auc": 0.9}}, tmp_path)


@pytest.mark.parametrize("value", [True, False, 1, 0, 1.0, 2.5, "1", "true", "", None, [1], {"a": 1}])
@pytest.mark.parametrize("wanted", [True, False, 1, 1.0, "1", "true"])
@pytest.mark.parametrize("operator", ["==", "!=", "<", ">="])
def test_values_of_every_kind_compare_alike(value: Any, wanted: Any, operator: Any, tmp_path: Path) -> None:
    if isinstance(wanted, bool) and operator in {"<", ">="}:
        return
    condition = StepCondition(step="measure", name="m", comparison=operator, value=wanted)
    assert condition.holds({}, {"measure": {"m": value}}) is deployed(condition, {"m": value}, tmp_path)


def test_no_condition_holds_for_a_missing_output(tmp_path: Path) -> None:
    condition = terrarium.Output("measure", "m") != 1
    assert not condition.holds({}, {"measure": {}})
    assert not deployed(condition, {}, tmp_path)


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**60])
def test_refuses_numbers_that_json_cannot_hold(value: float) -> None:
    with pytest.raises(PipelineInvalidError, match=r"condition on output of measure 'm'"):
        _ = terrarium.Output("measure", "m") >= value


def test_refuses_to_order_booleans() -> None:
    with pytest.raises(PipelineInvalidError, match="only be compared with == and !="):
        _ = terrarium.Parameter("flag") >= True


def test_refuses_a_condition_on_a_parameter_that_no_path_can_address() -> None:
    with pytest.raises(PipelineInvalidError, match=r"compares parameter 'a\.b'"):
        terrarium.Pipeline(
            "p",
            use_case="u",
            parameters={"a.b": 1},
            steps=[terrarium.Step(name="s", run="a:b", when=terrarium.Parameter("a.b") == 1)],
        )
