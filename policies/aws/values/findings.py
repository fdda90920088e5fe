"""Findings about values, from cfn-lint, the API's models and documented quotas."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from policies.aws.values.api import ApiCheck
from policies.aws.values.cloudformation import SchemaCheck
from policies.aws.values.computed import References
from policies.aws.values.declared import declared_resources
from policies.aws.values.problem import Problem
from policies.aws.values.sizes import size_problems
from policies.finding import Finding
from policies.stack import Stack

__all__ = ["ValueCheck", "value_findings"]


# cfn-lint's rules for enums and patterns. The schemas get new values later than the API's own model.
_VALUE_RULES = {"E3030", "E3031"}


class ValueCheck:
    """Checks the values of stacks against AWS' published models.

    Args:
        today: The day for which withdrawn values are refused.
    """

    def __init__(self, *, today: date) -> None:
        self._schemas = SchemaCheck()
        self._operations = ApiCheck(today=today)

    def problems(self, stack: Stack, *, kinds: Collection[str] | None = None) -> Iterator[Problem]:
        """Yield the values in a stack that AWS would refuse.

        Args:
            stack: The stack.
            kinds: The Terraform types to check. Default: all.
        """
        declared = [
            one
            for one in declared_resources(stack, References(stack))
            if kinds is None or one.resource.kind in kinds
        ]
        accepted = self._operations.accepted(declared)
        found = [
            problem
            for problem in self._schemas.problems(declared, region=str(stack.provider["region"]))
            if problem.rule not in _VALUE_RULES or (problem.resource.id, problem.argument) not in accepted
        ]
        yield from found
        known = {(problem.resource.id, problem.argument) for problem in found}
        for problem in self._operations.problems(declared):
            if (
                problem.resource.id,
                problem.argument,
            ) not in known:  # else the other model found the same fault
                yield problem
        yield from size_problems(stack, declared)


def value_findings(stacks: Iterable[Stack], *, today: date) -> Iterator[Finding]:
    """Check the values of stacks and yield the findings."""
    stacks = list(stacks)
    if not stacks:
        return
    check = ValueCheck(today=today)
    for stack in stacks:
        for problem in check.problems(stack):
            yield _finding(stack, problem)


def _finding(stack: Stack, problem: Problem) -> Finding:
    return Finding(
        environment=stack.name,
        tool="aws",
        check=problem.rule,
        resource=problem.resource.id,
        path=problem.resource.path,
        problem=f"AWS would refuse {problem.argument or 'it'}: {problem.message}",
        remedy="use a value that AWS accepts, or waive the check beside the construct with a reason",
    )
