"""Command `terrarium policy`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

__all__ = ["policy"]

_FINDINGS = 2


@click.command()
@click.option("--waivers", "show_waivers", is_flag=True, help="Print every waiver, by environment.")
@click.option(
    "--reports",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for policy.sarif and policy.xml (JUnit).",
)
@click.option(
    "--plan",
    "plans",
    type=(str, click.Path(exists=True, dir_okay=False, path_type=Path)),
    multiple=True,
    metavar="ENVIRONMENT FILE",
    help="Also check this plan: a file that Terraform saved, or the output of `terraform show -json`. "
    "Default: the plans that `cdktf diff` left in cdktf.out.",
)
def policy(*, show_waivers: bool, reports: Path | None, plans: tuple[tuple[str, Path], ...]) -> None:
    """Check the stacks of all environments, and their plans, against all policies.

    Exit codes: 0 without findings, 2 with findings, 1 if a stack or a plan could not be checked.
    """
    from policies.reports.junit import junit
    from policies.reports.sarif import sarif
    from policies.reports.table import print_findings, print_waivers
    from policies.verdict import judge_everything

    console = Console(width=None if sys.stdout.isatty() else 200)
    verdict = judge_everything(today=datetime.now(UTC).date(), plans=dict(plans), report=console.print)
    if show_waivers:
        print_waivers(verdict, console)
    print_findings(verdict, console)
    if reports is not None:
        reports.mkdir(parents=True, exist_ok=True)
        (reports / "policy.sarif").write_text(sarif(verdict), encoding="utf-8")
        (reports / "policy.xml").write_text(junit(verdict), encoding="utf-8")
    sys.exit(_FINDINGS if verdict.open else 0)
