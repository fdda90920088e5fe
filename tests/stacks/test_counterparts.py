"""Every argument in the stacks is checked against AWS' models, or is listed as an argument of Terraform only."""

from datetime import date
from pathlib import Path

import pytest

from environments import Environment
from policies.aws.values.api import ApiCheck
from policies.aws.values.cloudformation import schema_translation
from policies.aws.values.computed import References
from policies.aws.values.declared import Declared, declared_resources
from policies.aws.values.findings import ValueCheck
from policies.stack import Stack
from tests.stacks.synthesized import Synthesized, synthesize

TODAY = date(2026, 11, 30)


def judged(name: str, synthesized: Synthesized) -> Stack:
    return Stack(name=name, tier="disposable", document=synthesized.document)


def unmatched(declared: Declared, operations: ApiCheck) -> set[str]:
    """Return the arguments that have no counterpart in CloudFormation or in the operations of the API."""
    by_operation = [
        set(operations.translation(declared, operation).unmatched)
        for operation in declared.counterpart.operations
    ]
    return set.intersection(*by_operation) | set(schema_translation(declared, "eu-central-1").unmatched)


@pytest.fixture
def whole(everything: Environment, tmp_path: Path) -> Stack:
    (stack,) = synthesize([everything], tmp_path / "everything").values()
    return judged("dev", stack)


def test_every_argument_has_a_name_in_both_models(stacks: dict[str, Synthesized], whole: Stack) -> None:
    operations = ApiCheck(today=TODAY)
    unnamed = {
        f"{declared.resource.kind}: {argument}"
        for stack in (*(judged(name, stack) for name, stack in stacks.items()), whole)
        for declared in declared_resources(stack, References(stack))
        for argument in unmatched(declared, operations)
    }
    assert sorted(unnamed) == [], "state in policies/aws/values/counterparts what these are called"


def test_the_values_of_all_optional_features_are_accepted(whole: Stack) -> None:
    refused = [
        f"{problem.resource.path} {problem.argument}: {problem.rule} {problem.message}"
        for problem in ValueCheck(today=TODAY).problems(whole)
    ]
    assert refused == []
