"""The check of values as a process of its own."""

import copy
from datetime import date
from pathlib import Path

import pytest

from policies.aws.values.scan import ValueScan
from policies.isolated.environment import ToolFailedError
from policies.plan.planned_stack import planned_stack
from policies.stack import Stack

POOL = "aws_batch_compute_environment"


def test_findings_name_the_argument_and_the_value(stacks: dict[str, Stack], tmp_path: Path) -> None:
    document = copy.deepcopy(dict(stacks["dev"].document))
    document["resource"] = {POOL: document["resource"][POOL]}
    for pool in document["resource"][POOL].values():
        pool["compute_resources"]["ec2_configuration"] = [{"image_type": "ECS_AL2"}]
    stack = Stack(name="dev", tier="disposable", document=document)
    findings, of_plans = ValueScan((stack,), today=date(2026, 11, 30), home=tmp_path).findings()
    assert {(finding.tool, finding.check, finding.module) for finding in findings} == {
        ("aws", "api-withdrawn", "compute")
    }
    assert all("image_type" in finding.problem for finding in findings)
    assert of_plans == []


def test_finds_a_value_that_only_the_plan_has(stacks: dict[str, Stack], tmp_path: Path) -> None:
    document = copy.deepcopy(dict(stacks["dev"].document))
    document["resource"] = {POOL: document["resource"][POOL]}
    name, pool = next(iter(document["resource"][POOL].items()))
    pool["state"] = "${upper(var.state)}"
    stack = Stack(name="dev", tier="disposable", document=document)
    change = {"address": f"{POOL}.{name}", "type": POOL, "name": name, "values": {"state": "SLEEPING"}}
    plan = planned_stack(stack, {"planned_values": {"root_module": {"resources": [change]}}})
    scan = ValueScan((stack,), plans=(plan,), today=date(2026, 11, 30), home=tmp_path)
    of_stacks, of_plans = scan.findings()
    assert of_stacks == []
    assert [finding.resource for finding in of_plans] == [name]
    assert "SLEEPING" in of_plans[0].problem


def test_raises_if_the_process_fails(tmp_path: Path) -> None:
    broken = Stack(name="dev", tier="disposable", document={"resource": {}})
    with pytest.raises(ToolFailedError):
        ValueScan((broken,), today=date(2026, 11, 30), home=tmp_path).findings()
