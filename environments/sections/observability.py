"""The section `observability`."""

from typing import Annotated

from pydantic import Field

from environments.sections.section import Section

__all__ = ["Observability"]


class Observability(Section):
    """Who is told, and what the environment may cost."""

    emails: tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")], ...] = ()
    """Who receives alarms and budget notices, each after confirming once. Omitted: nobody."""

    monthly_budget_usd: Annotated[int, Field(ge=1, le=1_000_000)]
    """USD a month: notices go out at 80 % spent and when 100 % is forecast. Omitted: by tier."""
