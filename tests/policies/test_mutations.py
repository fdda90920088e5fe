"""Mutations: each deliberate mistake in a real stack is found by its check."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from policies.catalogue import POLICIES
from policies.finding import Finding
from policies.isolated.checkov import CheckovScan
from policies.isolated.cloudsplaining import CloudsplainingScan
from policies.stack import Stack
from tests.policies.mutations import HARMLESS, MUTATIONS, Mutation

_OWN = {policy.id for policy in POLICIES}
OWN = [mutation for mutation in MUTATIONS if mutation.check in _OWN]
FOREIGN = [mutation for mutation in MUTATIONS if mutation.check not in _OWN]


def mutated(mutation: Mutation, stacks: dict[str, Stack]) -> Stack:
    original = stacks[mutation.environment]
    document = copy.deepcopy(dict(original.document))
    mutation.make(document)
    assert document != original.document, "the mutation did nothing"
    return replace(original, document=document)


def renamed(stack: Stack, mutation: Mutation) -> Stack:
    """Return a stack whose name is that of its mistake, so that tools can check all in one run."""
    return replace(stack, name=mutation.name.replace(" ", "-").replace("'", "").replace(",", ""))


def new_checks(findings: Iterator[Finding], before: Iterator[Finding]) -> set[str]:
    """Return the checks of findings that the unchanged stack does not have."""
    known = {(finding.check, finding.resource, finding.problem) for finding in before}
    return {
        finding.check
        for finding in findings
        if (finding.check, finding.resource, finding.problem) not in known
    }


def caught(mutation: Mutation, stacks: dict[str, Stack]) -> bool:
    """Return whether the policy of a mutation finds it; running all policies would take 0.25 s per mutation."""
    (policy,) = (policy for policy in POLICIES if policy.id == mutation.check)

    def found(stack: Stack) -> set[tuple[str, str]]:
        return {(violation.resource.id, violation.problem) for violation in policy.violations(stack)}

    return bool(found(mutated(mutation, stacks)) - found(stacks[mutation.environment]))


def test_every_own_policy_has_a_mutation() -> None:
    assert {policy.id for policy in POLICIES} <= {mutation.check for mutation in MUTATIONS}
    assert len(MUTATIONS) >= 25
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)


@pytest.mark.parametrize("mutation", OWN, ids=lambda mutation: mutation.name)
def test_an_own_policy_finds_its_mutation(mutation: Mutation, stacks: dict[str, Stack]) -> None:
    assert caught(mutation, stacks)


@pytest.mark.parametrize("harmless", HARMLESS, ids=lambda harmless: harmless.name)
def test_a_policy_stays_silent_about_a_harmless_neighbour(
    harmless: Mutation, stacks: dict[str, Stack]
) -> None:
    assert not caught(harmless, stacks)


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_the_tools_find_all_mutations_in_one_run(
    stacks: dict[str, Stack], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each tool checks all mutated stacks in one run. Prints the number of found mutations and their total."""
    foreign = {mutation.name: renamed(mutated(mutation, stacks), mutation) for mutation in FOREIGN}
    scanned = (*stacks.values(), *foreign.values())
    checkov = CheckovScan(scanned, home=tmp_path)
    cloudsplaining = CloudsplainingScan(scanned, home=tmp_path)
    found = [*cloudsplaining.findings(), *checkov.findings()]

    missed = [
        mutation.name
        for mutation in FOREIGN
        if mutation.check
        not in new_checks(
            (finding for finding in found if finding.environment == foreign[mutation.name].name),
            (finding for finding in found if finding.environment == mutation.environment),
        )
    ] + [mutation.name for mutation in OWN if not caught(mutation, stacks)]
    with capsys.disabled():
        print(f"\nmutations: {len(MUTATIONS) - len(missed)}/{len(MUTATIONS)} caught")
    assert missed == []
