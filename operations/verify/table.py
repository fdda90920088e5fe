"""Outcomes of a verification as a table, with likely causes and remedies of failures."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from operations.cost.rates import load_prices
from terrarium.plain_table import PlainTable, printable
from terrarium.verification import Outcome

__all__ = ["cost_of", "print_outcomes"]

_ROLES = ("scientist", "reader", "job", "operator")
_COLOURS = {"passed": "green", "failed": "red", "skipped": "yellow"}


def cost_of(outcomes: Iterable[Outcome]) -> float:
    """Return the cost of the checks in USD, at the list prices of operations/cost/prices.toml."""
    _, prices = load_prices()
    return sum(quantity * prices[key] for outcome in outcomes for key, quantity in outcome.usage.items())


def print_outcomes(environment: str, outcomes: Sequence[Outcome], console: Console) -> None:
    """Print the table, and a paragraph for each failure."""
    table = PlainTable(title=f"{environment}: verified")
    for column in ("role", "check", "result"):
        table.add_column(column, no_wrap=True)
    table.add_column("seconds", justify="right")
    table.add_column("USD", justify="right")
    table.add_column("observation")
    for outcome in sorted(outcomes, key=lambda outcome: _ROLES.index(outcome.role)):
        cost = cost_of([outcome])
        table.add_row(
            outcome.role,
            outcome.check,
            Text(outcome.status, style=_COLOURS[outcome.status]),
            f"{outcome.seconds:.1f}",
            f"{cost:.4f}" if cost else "",
            outcome.detail,
        )
    console.print(table)
    for outcome in outcomes:
        if outcome.status == "failed":
            failed_check = Text(f"{outcome.role}, {outcome.check} failed", style="red")
            console.print("\n", failed_check, printable(f": {outcome.detail}"), sep="")
            console.print(printable(f"  likely cause: {outcome.cause}"))
            if outcome.remedy:
                console.print(printable(f"  -> {outcome.remedy}"))
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    skipped = sum(outcome.status == "skipped" for outcome in outcomes)
    passed = len(outcomes) - failed - skipped
    console.print(
        f"\n{environment}: {passed} passed, {failed} failed, {skipped} skipped, about {cost_of(outcomes):.4f} USD"
    )
