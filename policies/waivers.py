"""Waivers applied to findings: excused findings, and invalid, expired and unused waivers."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from modules.waivers import Waiver
from policies.finding import Finding
from policies.plan.planned_stack import PlannedStack
from policies.stack import Resource, Stack

__all__ = ["Excused", "Verdict", "reconcile"]


class Excused(NamedTuple):
    """A finding, and the waiver that excuses it."""

    finding: Finding
    waiver: Waiver


class Verdict(NamedTuple):
    """The result for all environments: the checked stacks, open findings and excused ones."""

    stacks: tuple[Stack, ...]
    open: tuple[Finding, ...]
    excused: tuple[Excused, ...]
    planned: tuple[PlannedStack, ...] = ()


def reconcile(
    findings: Iterable[Finding],
    stacks: tuple[Stack, ...],
    *,
    today: date,
    planned: tuple[PlannedStack, ...] = (),
) -> Verdict:
    """Split findings into those that a waiver excuses and those that stay open.

    A waiver excuses one check of one resource in one environment. An expired, incomplete or unused waiver is itself
    a finding. A waiver with `plan_only` counts as unused only if a plan leaves the resource unchanged.
    """
    settled = {stack.name: stack.settled for stack in planned}
    unmatched = list(findings)
    found = {_key(finding) for finding in unmatched}
    excused: list[Excused] = []
    failed: list[Finding] = []
    for stack, element, check, written in _written(stacks):
        key = (stack.name, element.id, check)
        try:
            waiver = Waiver.model_validate(written)
        except ValidationError as error:
            lacking = ", ".join(str(problem["loc"][0]) for problem in error.errors() if problem["loc"])
            failed.append(_about(stack, element, check, "waiver-malformed", f"it has no valid {lacking}"))
            continue
        if waiver.expires < today:
            problem = f"it expired on {waiver.expires}; its owner is {waiver.owner}"
            failed.append(_about(stack, element, check, "waiver-expired", problem))
        elif key not in found:
            if waiver.plan_only and element.id not in settled.get(stack.name, ()):
                continue
            failed.append(
                _about(stack, element, check, "waiver-unused", "it excuses nothing: the check passes")
            )
        else:
            same = [finding for finding in unmatched if _key(finding) == key]
            excused.extend(Excused(finding, waiver) for finding in same)
            unmatched = [finding for finding in unmatched if _key(finding) != key]
    return Verdict(stacks=stacks, open=(*unmatched, *failed), excused=tuple(excused), planned=planned)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.environment, finding.resource, finding.check


def _written(stacks: tuple[Stack, ...]) -> Iterator[tuple[Stack, Resource, str, object]]:
    for stack in stacks:
        for logical_id, checks in stack.waivers.items():
            element = stack.by_id.get(logical_id) or Resource(
                kind="", id=logical_id, path=logical_id, attributes={}
            )
            for check, written in checks.items():
                yield stack, element, check, written


def _about(stack: Stack, element: Resource, waived: str, check: str, problem: str) -> Finding:
    return Finding(
        environment=stack.name,
        tool="terrarium",
        check=check,
        resource=element.id,
        path=element.path,
        problem=f"the waiver of {waived}: {problem}",
        remedy="fix the finding and remove the waiver, or renew the waiver beside the construct, with a reason",
    )
