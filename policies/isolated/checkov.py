"""checkov, asked once about all environments."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.finding import Finding
from policies.isolated.environment import ToolFailedError, start
from policies.stack import Resource, Stack

__all__ = ["ARGUMENTS", "CheckovScan"]

ARGUMENTS = (
    "-m",
    "checkov.main",
    "--framework",
    "terraform_json",
    "--skip-download",  # guidelines, from the vendor's own service
    "--output",
    "json",
    "--compact",
    "--soft-fail",  # what counts is decided here, after waivers
)


class CheckovScan:
    """A scan that runs beside others, and then is read.

    Args:
        stacks: What is scanned.
        folder: Holds them, as `<environment>/cdk.tf.json`.
        home: An empty folder for the tool.
    """

    def __init__(self, stacks: tuple[Stack, ...], *, folder: Path, home: Path) -> None:
        self._stacks = {stack.name: stack for stack in stacks}
        self._process = start(*ARGUMENTS, "--directory", str(folder), home=home)

    def findings(self) -> Iterator[Finding]:
        """What checkov found, once it is done.

        Raises:
            ToolFailedError: It failed, could not parse a stack, or left one out.
        """
        output, complaints = self._process.communicate()
        try:
            results = json.loads(output)["results"]
        except (ValueError, KeyError, TypeError) as error:
            raise ToolFailedError(
                f"checkov ended with code {self._process.returncode} and without results: {complaints[-500:]}",
                remedy="run `make policy` again; if it stays, compare requirements/policy.txt with the last good run",
            ) from error
        seen = {_environment(check) for check in (*results["passed_checks"], *results["failed_checks"])}
        if results["parsing_errors"] or seen != self._stacks.keys():
            raise ToolFailedError(
                f"checkov did not read every stack: {results['parsing_errors'] or sorted(self._stacks.keys() - seen)}",
                remedy="synthesize anew, and see that `terraform validate` takes the stack",
            )
        for check in results["failed_checks"]:
            yield self._finding(check)

    def _finding(self, check: Mapping[str, Any]) -> Finding:
        stack = self._stacks[_environment(check)]
        logical_id = str(check["resource"]).rpartition(".")[2]
        element = stack.by_id.get(logical_id) or Resource(
            kind="", id=logical_id, path=logical_id, attributes={}
        )
        arguments = [
            argument
            for key in check["check_result"].get("evaluated_keys") or []
            if (argument := key.partition("/")[0]).isidentifier()
        ]
        name = str(check["check_name"])
        return Finding(
            environment=stack.name,
            tool="checkov",
            check=check["check_id"],
            resource=element.id,
            path=element.path,
            problem=f"does not hold: {name.removeprefix('Ensure ').removeprefix('that ')}",
            remedy=(f"set {', '.join(sorted(set(arguments)))}" if arguments else "add what it asks for")
            + " in the construct, or waive it beside it with a reason",
        )


def _environment(check: Mapping[str, Any]) -> str:
    return Path(check["file_abs_path"]).parent.name
