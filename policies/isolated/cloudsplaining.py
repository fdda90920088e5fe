"""cloudsplaining: what the permissions of a role add up to."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.finding import Finding
from policies.isolated.environment import ToolFailedError, start
from policies.references import with_plausible_arns
from policies.stack import Resource, Stack
from policies.statements import held_statements

__all__ = ["CloudsplainingScan"]

_PROBLEMS = {
    "privilege-escalation": "the role can make itself more than it is",
    "resource-exposure": "the role can let others in, on any resource",
    "data-exfiltration": "the role can carry out data of any resource",
    "credentials-exposure": "the role can get credentials of any resource",
    "wildcard-resource": "the role is allowed on every resource what could be allowed on named ones",
}


class CloudsplainingScan:
    """A scan that runs beside others, and then is read.

    Args:
        stacks: Whose roles are looked at.
        home: An empty folder for the tool.
    """

    def __init__(self, stacks: tuple[Stack, ...], *, home: Path) -> None:
        self._roles = [(stack, role, held) for stack in stacks for role, held in _by_role(stack)]
        self._process = start("-P", str(Path(__file__).with_name("cloudsplaining_script.py")), home=home)

    def findings(self) -> Iterator[Finding]:
        """What it found, once it is done.

        Raises:
            ToolFailedError: It failed.
        """
        output, complaints = self._process.communicate(json.dumps([held for _, _, held in self._roles]))
        if self._process.returncode:
            raise ToolFailedError(
                f"cloudsplaining failed: {complaints[-500:]}",
                remedy="see that every policy of the stacks is valid JSON with a version and statements",
            )
        for (stack, role, _), dangers in zip(self._roles, json.loads(output), strict=True):
            for check, detail in dangers:
                yield Finding(
                    environment=stack.name,
                    tool="cloudsplaining",
                    check=check,
                    resource=role.id,
                    path=role.path,
                    problem=f"{_PROBLEMS[check]}: {detail}",
                    remedy="name the resources in the grant, or bound it by a condition on their tags",
                )


def _by_role(stack: Stack) -> Iterator[tuple[Resource, list[Mapping[str, Any]]]]:
    roles: dict[str, tuple[Resource, list[Mapping[str, Any]]]] = {}
    for held in held_statements(stack):
        _, statements = roles.setdefault(held.role.id, (held.role, []))
        statements.append(with_plausible_arns(held.statement, stack))
    yield from roles.values()
