"""The section `observability`."""

from typing import Annotated

from pydantic import Field

from environments.change import IN_PLACE, Change
from environments.sections.section import Section

__all__ = ["Observability"]


class Observability(Section):
    """Recipients of alarms, and the monthly budget."""

    emails: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")], ...],
        Change(effect="in place", how="A new address has to confirm its subscription."),
    ] = ()
    """E-mail addresses that receive alarms and budget notices, after each has confirmed its subscription. Defaults to
    none."""

    budget: Annotated[
        bool,
        Change(effect="deleted", how="The budget is deleted: its notices end.", case="switched off"),
        IN_PLACE,
    ] = True
    """Whether the environment has a monthly budget. Switch it off where only the payer account may have budgets.
    Defaults to true."""

    monthly_budget_usd: Annotated[int, Field(ge=1, le=1_000_000), IN_PLACE]
    """Budget in USD a month: notices are sent at 80 % spent and when 100 % is forecast. Defaults to the tier's
    value."""
