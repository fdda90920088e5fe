"""Policy `dependency-order`: a resource is created after the resources that its arguments name as plain text."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from policies.aws.dependency_order import POLICIES
from policies.plan.planned_stack import PlannedStack
from policies.stack import Stack

(DEPENDENCY_ORDER,) = POLICIES
ROLE = "arn:aws:iam::111111111111:role/terrarium-dev"
BOUNDARY = "arn:aws:iam::111111111111:policy/terrarium-dev-boundary"

Change = Callable[[dict[str, Any]], None]


def changed(stack: Stack, change: Change) -> list[tuple[str, str]]:
    """Return the findings after a change of the stack's resources: construct paths and problems."""
    document = copy.deepcopy(dict(stack.document))
    change(document["resource"])
    altered = Stack(name=stack.name, tier=stack.tier, document=document)
    return [(found.resource.path, found.problem) for found in DEPENDENCY_ORDER.violations(altered)]


def test_every_role_whose_boundary_is_named_as_text_is_found(stacks: dict[str, Stack]) -> None:
    """As the stacks had it: AWS refuses each of these roles, because the boundary does not exist yet."""

    def name_boundaries(resources: dict[str, Any]) -> None:
        for role in resources["aws_iam_role"].values():
            if "boundary_policy_A8BEFB25" in role["permissions_boundary"]:
                role["permissions_boundary"] = BOUNDARY

    dev = stacks["dev"]
    bounded = [
        role
        for role in dev.resources("aws_iam_role")
        if "boundary_policy_A8BEFB25" in role.attributes["permissions_boundary"]
    ]
    assert len(bounded) > 5
    found = changed(dev, name_boundaries)
    assert sorted(path for path, _ in found) == sorted(role.path for role in bounded)
    assert {problem.partition(" as plain")[0] for _, problem in found} == {
        "permissions_boundary names boundary/policy"
    }


def test_depends_on_orders_resources_too(stacks: dict[str, Stack]) -> None:
    def name_boundary(resources: dict[str, Any]) -> None:
        role = next(iter(resources["aws_iam_role"].values()))
        role["permissions_boundary"] = BOUNDARY
        role["depends_on"] = ["aws_iam_policy.boundary_policy_A8BEFB25"]

    assert changed(stacks["dev"], name_boundary) == []


@pytest.mark.parametrize(
    ("kind", "argument", "value"),
    [
        (
            "aws_sfn_state_machine",
            "role_arn",
            f"{ROLE}-pipeline-starter",
        ),
        ("aws_glue_catalog_database", "location_uri", "s3://terrarium-dev-models-111111111111/x/"),
        (
            "aws_sns_topic",
            "policy",
            json.dumps({"Statement": {"Principal": {"AWS": f"{BOUNDARY[:26]}role/terrarium-dev-job"}}}),
        ),
    ],
)
def test_finds_arns_names_and_principals(
    stacks: dict[str, Stack], kind: str, argument: str, value: str
) -> None:
    def name(resources: dict[str, Any]) -> None:
        next(iter(resources[kind].values()))[argument] = value

    ((_, problem),) = changed(stacks["dev"], name)
    assert problem.startswith(f"{argument} names ")


@pytest.mark.parametrize(
    "statement", [{"Resource": BOUNDARY}, {"Condition": {"ArnEquals": {"aws:PrincipalArn": BOUNDARY}}}]
)
def test_patterns_in_statements_are_not_names(stacks: dict[str, Stack], statement: dict[str, Any]) -> None:
    def name(resources: dict[str, Any]) -> None:
        next(iter(resources["aws_sns_topic"].values()))["policy"] = json.dumps({"Statement": [statement]})

    assert changed(stacks["dev"], name) == []


def test_no_stack_names_a_resource_that_may_not_exist_yet(stacks: dict[str, Stack]) -> None:
    found = {name: list(DEPENDENCY_ORDER.violations(stack)) for name, stack in stacks.items()}
    assert found == {name: [] for name in stacks}


def test_ignores_plans_which_have_no_references(stacks: dict[str, Stack]) -> None:
    """Of what is deployed, a plan knows the ARNs and has no references."""
    dev = stacks["dev"]
    document = copy.deepcopy(dict(dev.document))
    next(iter(document["resource"]["aws_iam_role"].values()))["permissions_boundary"] = BOUNDARY
    planned = PlannedStack(name="dev", tier=dev.tier, document=document, plan={})
    assert list(DEPENDENCY_ORDER.violations(planned)) == []
