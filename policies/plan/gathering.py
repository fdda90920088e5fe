"""The plans to judge: those that were named, and those that `cdktf diff` left."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from policies.plan.plan_matches_stack import UnfitPlanError, see_that_it_fits
from policies.plan.planned_stack import PlannedStack, planned_stack
from policies.plan.source import UnreadablePlanError, found_plans, read_plan
from policies.stack import Stack
from terrarium.errors import Error

__all__ = ["gather_plans"]


def gather_plans(
    stacks: tuple[Stack, ...], named: Mapping[str, Path], *, checkout: Path, tell: Callable[[str], None]
) -> tuple[PlannedStack, ...]:
    """What is planned for the environments.

    Args:
        stacks: The environments' stacks, synthesized now.
        named: Files of plans, by environment.
        checkout: Holds the `cdktf.out` in which others may be.
        tell: Is told in a line what was found there, and whether it is judged.

    Raises:
        UnfitPlanError: A named plan is not one of the stack as it is now. One that was found is left out instead:
            it may have lain there for long.
        UnreadablePlanError: A named file is no plan.
        terrarium.errors.Error: A plan is named for an environment that is none.
    """
    by_name = {stack.name: stack for stack in stacks}
    for name in named.keys() - by_name.keys():
        raise Error(
            f"a plan is named for {name!r}, which is no environment",
            remedy=f"name it for one of {', '.join(by_name)}",
        )
    judged = [_planned(by_name[name], file) for name, file in named.items()]
    found = ((name, file) for name, file in found_plans(checkout) if name in by_name.keys() - named.keys())
    return (*judged, *_fitting(by_name, found, tell))


def _fitting(
    stacks: Mapping[str, Stack], found: Iterator[tuple[str, Path]], tell: Callable[[str], None]
) -> Iterator[PlannedStack]:
    for name, file in found:
        made = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
        try:
            planned = _planned(stacks[name], file)
        except (UnfitPlanError, UnreadablePlanError) as error:
            tell(f"{file}, of {made:%Y-%m-%d %H:%M}, is not judged: {error.problem}")
        else:
            tell(f"{file}, of {made:%Y-%m-%d %H:%M}, is judged")
            yield planned


def _planned(stack: Stack, file: Path) -> PlannedStack:
    plan = read_plan(file)
    see_that_it_fits(stack, plan)
    return planned_stack(stack, plan)
