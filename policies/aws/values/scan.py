"""Check of values in a separate process, in parallel to the other tools and without settings of the user."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from policies.aws.values.planned_values import with_planned_values
from policies.finding import Finding
from policies.isolated.environment import ToolFailedError, start
from policies.plan.planned_stack import PlannedStack
from policies.stack import Stack

__all__ = ["ValueScan"]

_CHECKOUT = Path(__file__).parents[3]


class ValueScan:
    """A check that runs in the background until its findings are read.

    Args:
        stacks: The stacks whose values are checked.
        plans: Planned stacks, which are checked with their planned values.
        today: The day for which withdrawn values are refused.
        home: An empty home folder for the process; cfn-lint would read settings and schemas from the user's home.
    """

    def __init__(
        self, stacks: tuple[Stack, ...], *, plans: tuple[PlannedStack, ...] = (), today: date, home: Path
    ) -> None:
        by_name = {stack.name: stack for stack in stacks}
        planned = [with_planned_values(by_name[plan.name], plan) for plan in plans]
        request = {
            "today": today.isoformat(),
            "groups": [[_written(stack) for stack in group] for group in (stacks, planned)],
        }
        # A file: writing so much to a pipe would block until the process reads it.
        file = home / "values.json"
        file.write_text(json.dumps(request), encoding="utf-8")
        self._process = start(
            "-m",
            "policies.aws.values",
            str(file),
            home=home,
            python=Path(sys.executable),
            search_path=(_CHECKOUT, _CHECKOUT / "src"),
        )

    def findings(self) -> tuple[list[Finding], list[Finding]]:
        """Wait for the check, and return the findings in the stacks and those in the plans.

        Raises:
            ToolFailedError: The check failed.
        """
        output, complaints = self._process.communicate()
        if self._process.returncode:
            raise ToolFailedError(
                f"the check of values failed: {complaints[-500:]}",
                remedy="run `python -m pytest tests/policies/aws`, which shows the complete error",
            )
        of_stacks, of_plans = (
            [Finding.model_validate(finding) for finding in group] for group in json.loads(output)
        )
        return of_stacks, of_plans


def _written(stack: Stack) -> dict[str, Any]:
    return {"name": stack.name, "tier": stack.tier, "document": stack.document}
