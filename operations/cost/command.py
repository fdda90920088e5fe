"""`terrarium cost`: what an environment costs in a month, before it is deployed."""

import click
from rich.console import Console
from rich.table import Table

from environments import load_environment
from operations.cost.estimate import estimate
from operations.cost.rates import load_prices
from operations.synthesized import synthesize_stacks

__all__ = ["cost"]


@click.command()
@click.argument("environment")
def cost(environment: str) -> None:
    """Estimate what ENVIRONMENT costs in a month, per module, from its synthesized stack."""
    load_environment(environment)  # an unknown one is answered with those there are
    estimates = estimate(synthesize_stacks()[environment])
    day, _ = load_prices()
    table = Table(
        title=f"{environment}: USD a month, at list prices of {day}",
        caption="idle: deployed, nobody works; typical: a team of five (operations/cost/usage.toml)",
        show_footer=True,
    )
    table.add_column("module", footer="together")
    for column in ("idle", "typical"):
        total = sum(getattr(found, column) for found in estimates)
        table.add_column(column, footer=f"{total:,.2f}", justify="right")
    for found in estimates:
        table.add_row(found.module, f"{found.idle:,.2f}", f"{found.typical:,.2f}")
    Console().print(table)
