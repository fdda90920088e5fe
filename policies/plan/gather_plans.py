"""Plans to check: those that the caller names, and those that `cdktf diff` left."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from policies.plan.plan_file import UnreadablePlanError, found_plans, read_plan
from policies.plan.plan_matches_stack import PlanMismatchError, check_plan_matches
from policies.plan.planned_stack import PlannedStack, planned_stack
from policies.stack import Stack
from terrarium.errors import Error

__all__ = ["gather_plans"]


def gather_plans(
    stacks: tuple[Stack, ...], named: Mapping[str, Path], *, checkout: Path, report: Callable[[str], None]
) -> tuple[PlannedStack, ...]:
    """Return the stacks of the environments that have a plan, with their planned values.

    Args:
        stacks: The current stacks of the environments.
        named: Files of plans, by environment.
        checkout: The folder that contains `cdktf.out`, which is searched for plans of other environments.
        report: Called with one line per plan in `cdktf.out`: whether it is checked.

    Raises:
        PlanMismatchError: A named plan does not match the current stack. A plan in `cdktf.out` that does not match is
            left out instead: it may be old.
        UnreadablePlanError: A named file is not a plan.
        terrarium.errors.Error: A plan is named for an unknown environment.
    """
    by_name = {stack.name: stack for stack in stacks}
    for name in named.keys() - by_name.keys():
        raise Error(
            f"a plan is given for {name!r}, which is not an environment",
            remedy=f"pass --plan with one of {', '.join(by_name)}",
        )
    judged = [_planned(by_name[name], file) for name, file in named.items()]
    found = ((name, file) for name, file in found_plans(checkout) if name in by_name.keys() - named.keys())
    return (*judged, *_matching(by_name, found, report))


def _matching(
    stacks: Mapping[str, Stack], found: Iterator[tuple[str, Path]], report: Callable[[str], None]
) -> Iterator[PlannedStack]:
    for name, file in found:
        made = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
        try:
            planned = _planned(stacks[name], file)
        except (PlanMismatchError, UnreadablePlanError) as error:
            report(f"skipped the plan {file} of {made:%Y-%m-%d %H:%M}: {error.problem}")
        else:
            report(f"checking the plan {file} of {made:%Y-%m-%d %H:%M}")
            yield planned


def _planned(stack: Stack, file: Path) -> PlannedStack:
    plan = read_plan(file)
    check_plan_matches(stack, plan)
    return planned_stack(stack, plan)
