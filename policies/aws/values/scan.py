"""The check of values as a process of its own: it runs beside the other tools, and no file of the user's decides."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from policies.finding import Finding
from policies.isolated.environment import ToolFailedError, start
from policies.stack import Stack

__all__ = ["ValueScan"]

_CHECKOUT = Path(__file__).parents[3]


class ValueScan:
    """A check that runs beside others, and then is read.

    Args:
        stacks: The stacks whose values are checked.
        today: Values are refused whose withdrawal is due by then.
        home: An empty folder for the process; cfn-lint would read settings and schemas from a user's.
    """

    def __init__(self, stacks: tuple[Stack, ...], *, today: date, home: Path) -> None:
        request = {
            "today": today.isoformat(),
            "stacks": [
                {"name": stack.name, "tier": stack.tier, "document": stack.document} for stack in stacks
            ],
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

    def findings(self) -> Iterator[Finding]:
        """Return what was found, once it is done.

        Raises:
            ToolFailedError: The check failed.
        """
        output, complaints = self._process.communicate()
        if self._process.returncode:
            raise ToolFailedError(
                f"the check of values failed: {complaints[-500:]}",
                remedy="run `python -m pytest tests/policies/aws`, which shows the error as a whole",
            )
        for finding in json.loads(output):
            yield Finding.model_validate(finding)
