"""`terrarium policy`: the verdict on every environment, before anything is deployed."""

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
    help="A folder to write policy.sarif and policy.xml (JUnit) to.",
)
@click.option(
    "--plan",
    "plans",
    type=(str, click.Path(exists=True, dir_okay=False, path_type=Path)),
    multiple=True,
    metavar="ENVIRONMENT FILE",
    help="A plan to judge besides: as Terraform saved it, or as `terraform show -json` says. "
    "Without it, what `cdktf diff` left in cdktf.out.",
)
def policy(*, show_waivers: bool, reports: Path | None, plans: tuple[tuple[str, Path], ...]) -> None:
    """Judge the stacks of all environments, and the plans where there are any.

    Ends with 0 if nothing is wrong, with 2 if there are findings, and with 1 if there is no verdict.
    """
    from policies.reports.junit import junit
    from policies.reports.sarif import sarif
    from policies.reports.table import print_findings, print_waivers
    from policies.verdict import judge_everything

    console = Console(width=None if sys.stdout.isatty() else 200)
    verdict = judge_everything(today=datetime.now(UTC).date(), plans=dict(plans), tell=console.print)
    if show_waivers:
        print_waivers(verdict, console)
    print_findings(verdict, console)
    if reports is not None:
        reports.mkdir(parents=True, exist_ok=True)
        (reports / "policy.sarif").write_text(sarif(verdict), encoding="utf-8")
        (reports / "policy.xml").write_text(junit(verdict), encoding="utf-8")
    sys.exit(_FINDINGS if verdict.open else 0)
