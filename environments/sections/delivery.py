"""The section `delivery`."""

from typing import Annotated, Literal, Self

from pydantic import model_validator

from environments.change import Change
from environments.sections.section import Name, Section

__all__ = ["Delivery"]

_NEXT_WORKFLOW = Change(effect="in place", how="It applies to the next workflow, and changes nothing in AWS.")


class Delivery(Section):
    """The deployments by workflows."""

    deploys_on: Annotated[Literal["main", "release", "manual"], _NEXT_WORKFLOW] = "manual"
    """What starts a deployment. `main`: each commit on the branch `main`. `release`: each published release. `manual`:
    only the workflow `deliver`, which deploys any environment on request. Defaults to `manual`."""

    after: Annotated[Name | None, _NEXT_WORKFLOW] = None
    """The environment that must be deployed and verified before this one, by the same start: its `deploys_on` must be
    the same. Defaults to none."""

    @model_validator(mode="after")
    def _check_after(self) -> Self:
        if self.after and self.deploys_on == "manual":
            raise ValueError(
                f'delivery.after = "{self.after}" needs delivery.deploys_on = "main" or "release": environments that '
                "are deployed on request have no order"
            )
        return self
