"""Scan with checkov: one run for all environments."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from policies.finding import Finding
from policies.isolated.environment import ToolFailedError, start
from policies.plan.planned_stack import PlannedStack
from policies.stack import Resource, Stack

__all__ = ["ARGUMENTS", "CheckovScan"]

ARGUMENTS = (
    "-m",
    "checkov.main",
    "--skip-download",  # guidelines, from the vendor's service
    "--output",
    "json",
    "--compact",
    "--soft-fail",  # waivers decide which findings count
)
_UNREADABLE = frozenset({"import", "moved", "removed"})
_NOTHING: Mapping[str, list[Any]] = {"passed_checks": [], "failed_checks": [], "parsing_errors": []}


class CheckovScan:
    """A scan that runs in the background until its findings are read.

    Args:
        stacks: The stacks to scan.
        home: A folder for the tool, and for the files that it reads.
        plans: Planned stacks, which the same run scans.
    """

    def __init__(
        self,
        stacks: tuple[Stack, ...],
        *,
        home: Path,
        plans: tuple[PlannedStack, ...] = (),
    ) -> None:
        self._stacks = {stack.name: stack for stack in stacks}
        self._planned = {stack.name for stack in plans}
        folder = Path(mkdtemp(prefix="stacks-", dir=home))
        for stack in stacks:
            _write(folder / stack.name / "cdk.tf.json", _readable(stack.document), stack.partition)
        for planned in plans:
            _write(folder / planned.name / "plan.json", planned.plan, planned.partition)
        frameworks = ("terraform_json", "terraform_plan") if plans else ("terraform_json",)
        self._process = start(*ARGUMENTS, "--directory", str(folder), "--framework", *frameworks, home=home)

    def findings(self) -> Iterator[Finding]:
        """Wait for checkov, and yield its findings.

        Raises:
            ToolFailedError: checkov failed, could not parse a stack, or left one out.
        """
        output, complaints = self._process.communicate()
        try:
            reports = json.loads(output)
            # With one framework, checkov prints one report; with several, a list.
            results = {
                report["check_type"]: report["results"]
                for report in (reports if isinstance(reports, list) else [reports])
            }
        except (ValueError, KeyError, TypeError) as error:
            raise ToolFailedError(
                f"checkov ended with code {self._process.returncode} and without results: {complaints[-500:]}",
                remedy="run `make policy` again; if it fails again, restore an older requirements/policy.txt",
            ) from error
        for framework, expected in (
            ("terraform_json", self._stacks.keys()),
            ("terraform_plan", self._planned),
        ):
            yield from self._of(results.get(framework, _NOTHING), set(expected))

    def _of(self, results: Mapping[str, Any], expected: set[str]) -> Iterator[Finding]:
        seen = {_environment(check) for check in (*results["passed_checks"], *results["failed_checks"])}
        if results["parsing_errors"] or seen != expected:
            raise ToolFailedError(
                f"checkov did not read every stack: {results['parsing_errors'] or sorted(expected ^ seen)}",
                remedy="synthesize again, and fix the errors of `terraform validate` in the stack's folder",
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
            problem=f"failed: {name.removeprefix('Ensure ').removeprefix('that ')}",
            remedy=(f"set {', '.join(sorted(set(arguments)))}" if arguments else "add the missing arguments")
            + " in the construct, or waive the check beside the construct with a reason",
        )


def _readable(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a stack without blocks that checkov cannot parse in JSON, and that contain nothing to check."""
    return {section: blocks for section, blocks in document.items() if section not in _UNREADABLE}


def _write(file: Path, document: Mapping[str, Any], partition: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Checks of checkov recognize ARNs of the partition aws only, such as CKV_AWS_61.
    content = json.dumps(document).replace(f"arn:{partition}:", "arn:aws:")
    file.write_text(content, encoding="utf-8")


def _environment(check: Mapping[str, Any]) -> str:
    return Path(check["file_abs_path"]).parent.name
