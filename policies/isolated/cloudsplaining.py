"""Scan with cloudsplaining: dangerous combinations of a role's permissions."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.finding import Finding
from policies.isolated.environment import ToolFailedError, start
from policies.stack import Resource, Stack
from policies.statements import held_statements

__all__ = ["CloudsplainingScan"]

_REFERENCE = re.compile(r"(?<!\$)\$\{(aws_\w+)\.([\w-]+)\.([^}]+)\}")
_PROBLEMS = {
    "privilege-escalation": "the role can extend its own permissions",
    "resource-exposure": "the role can give others access to any resource",
    "data-exfiltration": "the role can read data of any resource",
    "credentials-exposure": "the role can get credentials of any resource",
    "wildcard-resource": "the role may use actions on every resource that could be restricted to named ones",
}


class CloudsplainingScan:
    """A scan that runs in the background until its findings are read.

    Args:
        stacks: The stacks whose roles are checked.
        home: An empty folder for the tool.
    """

    def __init__(self, stacks: tuple[Stack, ...], *, home: Path) -> None:
        self._roles = [(stack, role, held) for stack in stacks for role, held in _by_role(stack)]
        self._process = start("-P", str(Path(__file__).with_name("cloudsplaining_script.py")), home=home)

    def findings(self) -> Iterator[Finding]:
        """Wait for cloudsplaining, and yield its findings.

        Raises:
            ToolFailedError: cloudsplaining failed.
        """
        output, complaints = self._process.communicate(json.dumps([held for _, _, held in self._roles]))
        if self._process.returncode:
            raise ToolFailedError(
                f"cloudsplaining failed: {complaints[-500:]}",
                remedy="check that every policy of the stacks is valid JSON with a version and statements",
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
                    remedy="name the resources in the grant, or add a condition on their tags",
                )


def _by_role(stack: Stack) -> Iterator[tuple[Resource, list[Mapping[str, Any]]]]:
    roles: dict[str, tuple[Resource, list[Mapping[str, Any]]]] = {}
    for held in held_statements(stack):
        _, statements = roles.setdefault(held.role.id, (held.role, []))
        statements.append(_with_plausible_arns(held.statement, stack))
    yield from roles.values()


def _with_plausible_arns(statement: Mapping[str, Any], stack: Stack) -> dict[str, Any]:
    """Return a statement in which a plausible ARN replaces each reference to one, so that tools for IAM can read it."""

    def plausible(match: re.Match[str]) -> str:
        kind, name, attribute = match.groups()
        if not attribute.endswith("arn"):
            return name
        if kind == "aws_s3_bucket":
            return stack.arn(f"arn:aws:s3:::{name}")
        service = kind.split("_")[1]
        return stack.arn(f"arn:aws:{service}:{{region}}:{{account}}:{kind.removeprefix('aws_')}/{name}")

    text = _REFERENCE.sub(plausible, json.dumps(statement))
    replaced: dict[str, Any] = json.loads(text)
    return replaced
