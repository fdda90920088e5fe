"""Choices, paths and intrinsic functions have the semantics of Amazon States Language."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.support.provisioning.environment import Account
from tests.support.state_machines import create_state_machine, ended, role_of

pytest_plugins = ["tests.support.sdk_environment"]

_FORMAT = r"States.Format('\{\} {} \\ \' x', $.n)"


@pytest.fixture
def role(account: Account) -> Iterator[str]:  # noqa: ARG001 - who we are
    name = f"language-{uuid.uuid4().hex}"
    yield role_of("states", name)
    iam = boto3.client("iam")
    iam.delete_role_policy(RoleName=name, PolicyName="allowed")
    iam.delete_role(RoleName=name)


def _executed(definition: dict[str, Any], given: Any, *, role: str) -> dict[str, Any]:
    machine = create_state_machine(f"language-{uuid.uuid4().hex}", definition, role_arn=role)
    started = boto3.client("stepfunctions").start_execution(stateMachineArn=machine, input=json.dumps(given))
    return ended(started["executionArn"])


def _chosen(rule: dict[str, Any], given: Any, *, role: str) -> dict[str, Any]:
    states = {
        "C": {"Type": "Choice", "Choices": [{**rule, "Next": "Y"}], "Default": "N"},
        "Y": {"Type": "Pass", "Result": True, "End": True},
        "N": {"Type": "Pass", "Result": False, "End": True},
    }
    return _executed({"StartAt": "C", "States": states}, given, role=role)


@pytest.mark.parametrize(
    ("rule", "value", "holds"),
    [
        ({"StringMatches": "a\\*b"}, "a*b", True),
        ({"StringMatches": "a\\*b"}, "axxb", False),
        ({"StringMatches": "log-*.txt"}, "log-1.txt", True),
        ({"StringMatches": "a?b"}, "axb", False),
        ({"StringMatches": "[ab]"}, "a", False),
        ({"TimestampLessThan": "2026-01-01T09:00:00Z"}, "2026-01-01T10:00:00+02:00", True),
        ({"TimestampEquals": "2026-01-01T08:00:00Z"}, "2026-01-01T10:00:00+02:00", True),
        ({"TimestampLessThan": "2026-01-01T09:00:00.500Z"}, "2026-01-01T09:00:00Z", True),
        ({"IsTimestamp": True}, "2026-01-01T10:00:00.25+02:00", True),
        ({"IsTimestamp": True}, "2026-01-01", False),
        ({"IsTimestamp": True}, "2026-01-01t10:00:00z", False),
    ],
    ids=lambda value: json.dumps(value),
)
def test_a_rule_of_a_choice_compares_as_specified(
    role: str,
    rule: dict[str, Any],
    value: str,
    holds: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    output = _chosen({"Variable": "$.v", **rule}, {"v": value}, role=role)["output"]
    assert json.loads(output) is holds


@pytest.mark.parametrize(
    "rule",
    [
        {"Variable": "$.v", "NumericGreaterThan": 1},
        {"Not": {"Variable": "$.v", "StringEquals": "x"}},
        {"Variable": "$.v", "IsNull": True},
    ],
    ids=["number", "not", "null"],
)
def test_a_choice_on_a_variable_that_is_not_there_fails(role: str, rule: dict[str, Any]) -> None:
    failed = _chosen(rule, {}, role=role)
    assert (failed["status"], failed["error"]) == ("FAILED", "States.Runtime")
    assert "Invalid path '$.v'" in failed["cause"]
    guarded = {"And": [{"Variable": "$.v", "IsPresent": True}, rule]}
    assert json.loads(_chosen(guarded, {}, role=role)["output"]) is False


@pytest.mark.parametrize(
    ("expression", "given", "value"),
    [
        (_FORMAT, {"n": "v"}, "{} v \\ ' x"),
        ("States.Format($.t, 'v')", {"t": "\\{} {}"}, "\\{} v"),
        ("States.Format('{} {} {}', $.n, $.b, $.z)", {"n": 1.5, "b": True, "z": None}, "1.5 true null"),
        ("States.Array(1, null, $.x, 'it\\'s')", {"x": None}, [1, None, None, "it's"]),
        ("States.Array($['k 1'], 'null', $.a.null)", {"k 1": 5, "a": {"null": 6}}, [5, "null", 6]),
        ("States.Base64Encode('ü')", {}, "w7w="),
        ("States.Base64Decode('w7w=')", {}, "ü"),
        ("$.a[-1]", {"a": [1, 2, 3]}, 3),
        ("$.a[1:]", {"a": [1, 2, 3]}, [2, 3]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_expression_is_evaluated_as_specified(role: str, expression: str, given: Any, value: Any) -> None:
    state = {"Type": "Pass", "Parameters": {"v.$": expression}, "End": True}
    output = _executed({"StartAt": "P", "States": {"P": state}}, given, role=role)["output"]
    assert json.loads(output) == {"v": value}
