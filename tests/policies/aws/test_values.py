"""The values of the stacks against AWS' published models."""

import copy

import pytest

from policies.aws.values.counterparts import COUNTERPARTS, WITHOUT_COUNTERPART
from policies.aws.values.findings import ValueCheck
from policies.stack import Stack
from terrarium_sandbox.ledger import LEDGER
from tests.policies.aws.value_mutations import ONCE_IN_THE_STACKS, VALUE_MUTATIONS, ValueMutation

ENVIRONMENTS = ("dev", "test", "staging", "prod")


def mutated(mutation: ValueMutation, stacks: dict[str, Stack]) -> Stack:
    document = copy.deepcopy(dict(stacks["dev"].document))
    mutation.make(document)
    return Stack(name="dev", tier=stacks["dev"].tier, document=document)


@pytest.mark.parametrize("mutation", VALUE_MUTATIONS, ids=lambda mutation: mutation.name)
def test_finds(mutation: ValueMutation, stacks: dict[str, Stack], value_check: ValueCheck) -> None:
    problems = value_check.problems(mutated(mutation, stacks), kinds={mutation.kind})
    assert mutation.rule in {problem.rule for problem in problems}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_finds_values_that_every_environment_once_had(
    environment: str, stacks: dict[str, Stack], value_check: ValueCheck
) -> None:
    document = copy.deepcopy(dict(stacks[environment].document))
    for mutation in ONCE_IN_THE_STACKS:
        mutation.make(document)
    stack = Stack(name=environment, tier=stacks[environment].tier, document=document)
    problems = value_check.problems(stack, kinds={mutation.kind for mutation in ONCE_IN_THE_STACKS})
    found = {(problem.resource.kind, problem.rule) for problem in problems}
    assert {(mutation.kind, mutation.rule) for mutation in ONCE_IN_THE_STACKS} <= found


def test_a_part_is_merged_into_the_resource_that_a_plan_names(
    stacks: dict[str, Stack], value_check: ValueCheck
) -> None:
    """Terraform puts the names of roles, rules and buckets in place of references, where it knows them."""
    dev = stacks["dev"]
    document = copy.deepcopy(dict(dev.document))
    named = 0
    for kind, counterpart in COUNTERPARTS.items():
        for body in document["resource"].get(kind, {}).values() if counterpart.part_of else ():
            _, whole, attribute = body[counterpart.part_of].removeprefix("${").removesuffix("}").split(".")
            name = dev.by_id[whole].attributes.get(attribute)
            if name is not None:
                body[counterpart.part_of], named = name, named + 1
    assert named > 20
    planned = Stack(name="dev", tier=dev.tier, document=document)
    waived = {(element, check) for element, checks in dev.waivers.items() for check in checks}
    problems = {(problem.resource.id, problem.rule) for problem in value_check.problems(planned)}
    assert problems - waived == set()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_accepts_the_values_of_every_environment(
    environment: str, stacks: dict[str, Stack], value_check: ValueCheck
) -> None:
    stack = stacks[environment]
    refused = [
        f"{problem.resource.path} {problem.argument}: {problem.rule} {problem.message}"
        for problem in value_check.problems(stack)
        if problem.rule not in stack.waivers.get(problem.resource.id, {})
    ]
    assert refused == []


def test_a_rule_between_the_members_of_a_group_is_checked_as_one_whose_source_is_the_group(
    stacks: dict[str, Stack], value_check: ValueCheck
) -> None:
    """As between the nodes of a job: Terraform states `self`, AWS the id of the group."""
    document = copy.deepcopy(dict(stacks["dev"].document))
    group = next(iter(document["resource"]["aws_security_group"].values()))
    group["ingress"] = [
        {"protocol": "-1", "from_port": 0, "to_port": 0, "self": True, "description": "Nodes"}
    ]

    def found() -> list[tuple[str, str]]:
        stack = Stack(name="dev", tier="disposable", document=document)
        problems = value_check.problems(stack, kinds={"aws_security_group"})
        return [(problem.argument, problem.rule) for problem in problems]

    assert found() == []
    group["ingress"][0]["description"] = "The job's nodes"
    assert ("ingress[0].description", "api-characters") in found()


def test_names_of_mutations_are_unique() -> None:
    assert len({mutation.name for mutation in VALUE_MUTATIONS}) == len(VALUE_MUTATIONS)


def test_every_type_in_the_stacks_has_a_counterpart_or_a_reason_for_having_none() -> None:
    assert sorted(set(LEDGER) - set(COUNTERPARTS) - set(WITHOUT_COUNTERPART)) == [], (
        "add the type to policies/aws/values/counterparts, or to WITHOUT_COUNTERPART with the reason"
    )
    assert not set(COUNTERPARTS) & set(WITHOUT_COUNTERPART)
    assert all(WITHOUT_COUNTERPART.values())
