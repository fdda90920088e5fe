"""Command `terrarium cost`."""

import click
from rich.console import Console
from rich.table import Table

from environments import load_environment
from operations.cost.estimate import estimate
from operations.cost.rates import load_prices
from operations.stack_folder import synthesized_stack
from operations.synthesized import resources_of
from policies.extensions import declared_costs, declared_types

__all__ = ["cost"]


@click.command()
@click.argument("environment")
def cost(environment: str) -> None:
    """Estimate the monthly cost of ENVIRONMENT per module, from its synthesized stack.

    Two columns: `idle` is deployed and unused, `typical` is used by a team of five (operations/cost/usage.toml).
    """
    load_environment(environment)  # its error for an unknown name lists the environments
    with synthesized_stack(environment) as stack:
        document = stack.document()
    estimates = estimate(
        resources_of(document), declared=declared_costs(document), types=declared_types(document)
    )
    day, _ = load_prices()
    table = Table(
        title=f"{environment}: USD per month, at list prices of {day}",
        caption="idle: deployed and unused; typical: a team of five (operations/cost/usage.toml)",
        show_footer=True,
    )
    table.add_column("module", footer="total")
    for column in ("idle", "typical"):
        total = sum(getattr(found, column) for found in estimates)
        table.add_column(column, footer=f"{total:,.2f}", justify="right")
    for found in estimates:
        table.add_row(found.module, f"{found.idle:,.2f}", f"{found.typical:,.2f}")
    Console().print(table)
