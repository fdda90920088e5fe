"""Verdict as tables for the terminal: findings with problem and remedy, and waivers."""

from rich.console import Console

from policies.waivers import Verdict
from terrarium.plain_table import PlainTable

__all__ = ["print_findings", "print_waivers"]


def print_findings(verdict: Verdict, console: Console) -> None:
    """Print the open findings, and a line of counts for each environment."""
    if verdict.open:
        table = PlainTable("environment", "module", "construct", "check", "problem", "remedy")
        for finding in sorted(verdict.open, key=lambda found: (found.environment, found.path, found.check)):
            table.add_row(
                finding.environment,
                finding.module,
                finding.path or "(stack)",
                finding.check,
                finding.problem,
                finding.remedy,
            )
        console.print(table)
    for stack in verdict.stacks:
        here = [finding for finding in verdict.open if finding.environment == stack.name]
        waived = [excused for excused in verdict.excused if excused.finding.environment == stack.name]
        resources = sum(1 for _ in stack.elements)
        changes = [len(planned.changes) for planned in verdict.planned if planned.name == stack.name]
        plan = "".join(f"a plan of {count} changes, " for count in changes)
        console.print(
            f"{stack.name}: {resources} resources, {plan}{len(here)} findings, {len(waived)} waived",
            style="bold red" if here else "green",
        )


def print_waivers(verdict: Verdict, console: Console) -> None:
    """Print every waiver of every environment: check, construct, owner, expiry and reason."""
    for stack in verdict.stacks:
        table = PlainTable(
            "check",
            "construct",
            "owner",
            "until",
            "reason",
            title=f"Waivers of {stack.name}",
            title_justify="left",
        )
        excused = [pair for pair in verdict.excused if pair.finding.environment == stack.name]
        for finding, waiver in sorted(excused, key=lambda pair: (pair.finding.check, pair.finding.path)):
            table.add_row(finding.check, finding.path, waiver.owner, str(waiver.expires), waiver.reason)
        console.print(table)
