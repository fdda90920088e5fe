"""Waivers of policy findings: beside the construct they excuse, by a name, for a reason, until a day."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, cast

from pydantic import BaseModel, ConfigDict, StringConstraints

if TYPE_CHECKING:  # whoever only reads waivers needs no jsii kernel
    from cdktf import TerraformElement, TerraformStack

__all__ = ["Waiver", "waive", "write_waivers"]

_WAIVERS = "_terrarium_waivers"  # the attribute of an element that holds its own until they are written
_Stated = StringConstraints(strip_whitespace=True, min_length=1)


class Waiver(BaseModel):
    """Why one check does not hold for one resource."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: Annotated[str, _Stated]
    """Who answers for it, and is asked when it ends."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]
    """What a security reviewer wants to know, in at least 20 characters."""

    expires: date
    """The last day on which it excuses anything."""

    plan_only: bool = False
    """Whether only a plan shows the finding, because it takes what Terraform works out in place of references."""


def waive(
    element: "TerraformElement",
    check: str,
    *,
    owner: str,
    reason: str,
    expires: date,
    plan_only: bool = False,
) -> None:
    """Excuse one resource or data source from one check; `write_waivers` puts it into the stack.

    Args:
        element: The resource or data source, and no other.
        check: The check's id, such as `CKV_AWS_18` or `public-subnet`.
        owner: Who answers for it.
        reason: Why the finding is no danger here, or what is done about it instead.
        expires: The last day on which it excuses anything.
        plan_only: Whether only a plan shows the finding.

    Raises:
        pydantic.ValidationError: Owner or reason say nothing.
    """
    waiver = Waiver(owner=owner, reason=reason, expires=expires, plan_only=plan_only)
    vars(element).setdefault(_WAIVERS, {})[check] = waiver.model_dump(mode="json", exclude_defaults=True)


def write_waivers(stack: "TerraformStack") -> None:
    """Write what was waived in a stack to its `//`, which Terraform takes for a comment and policy checks read.

    To the stack's and not to each element's own, since what data sources have there is lost on the way to JSON; and
    all at once, since telling the framework of each takes long.
    """
    waived = {
        element.friendly_unique_id: vars(element)[_WAIVERS]
        for element in cast("list[TerraformElement]", stack.node.find_all())
        if _WAIVERS in vars(element)
    }
    if waived:
        stack.add_override("//.waivers", waived)
