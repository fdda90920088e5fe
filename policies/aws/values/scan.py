"""The check of values as a process of its own: it runs beside the other tools, and no file of the user's decides."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from policies.aws.values.planned import with_planned_values
from policies.finding import Finding
from policies.isolated.environment import ToolFailedError, start
from policies.plan.planned_stack import PlannedStack
from policies.stack import Stack

__all__ = ["ValueScan"]

_CHECKOUT = Path(__file__).parents[3]


class ValueScan:
    """A check that runs beside others, and then is read.

    Args:
        stacks: The stacks whose values are checked.
        plans: What is planned for some of them; checked with the values that the plan has worked out.
        today: Values are refused whose withdrawal is due by then.
        home: An empty folder for the process; cfn-lint would read settings and schemas from a user's.
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
        # A file, since a pipe that large is filled only while somebody reads.
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
        """Return what was found in the stacks, and in what is planned, once it is done.

        Raises:
            ToolFailedError: The check failed.
        """
        output, complaints = self._process.communicate()
        if self._process.returncode:
            raise ToolFailedError(
                f"the check of values failed: {complaints[-500:]}",
                remedy="run `python -m pytest tests/policies/aws`, which shows the error as a whole",
            )
        of_stacks, of_plans = (
            [Finding.model_validate(finding) for finding in group] for group in json.loads(output)
        )
        return of_stacks, of_plans


def _written(stack: Stack) -> dict[str, Any]:
    return {"name": stack.name, "tier": stack.tier, "document": stack.document}
