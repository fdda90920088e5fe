"""Waivers of policy findings: beside the construct, with an owner, a reason and an expiry date."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, cast

from pydantic import BaseModel, ConfigDict, StringConstraints

if TYPE_CHECKING:  # reading waivers needs no jsii kernel
    from cdktf import TerraformElement, TerraformStack

__all__ = ["Waiver", "waive", "write_waivers"]

_WAIVERS = "_terrarium_waivers"  # the attribute of an element with its waivers, until they are written
_Stated = StringConstraints(strip_whitespace=True, min_length=1)


class Waiver(BaseModel):
    """A waiver: one check does not apply to one resource."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: Annotated[str, _Stated]
    """The team that is responsible for it, and is asked when it expires."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]
    """The reason, for a security reviewer, in at least 20 characters."""

    expires: date
    """The last day on which it is valid."""

    plan_only: bool = False
    """Whether only a plan has the finding, because only a plan has the values of references."""


def waive(
    element: "TerraformElement",
    check: str,
    *,
    owner: str,
    reason: str,
    expires: date,
    plan_only: bool = False,
) -> None:
    """Waive one check for one resource or data source. `write_waivers` writes it to the stack.

    Args:
        element: The resource or data source, and no other.
        check: The check's id, such as `CKV_AWS_18` or `public-subnet`.
        owner: The team that is responsible for it.
        reason: The reason why the finding is acceptable, or the measure that replaces it.
        expires: The last day on which it is valid.
        plan_only: Whether only a plan has the finding.

    Raises:
        pydantic.ValidationError: Owner or reason is too short.
    """
    waiver = Waiver(owner=owner, reason=reason, expires=expires, plan_only=plan_only)
    vars(element).setdefault(_WAIVERS, {})[check] = waiver.model_dump(mode="json", exclude_defaults=True)


def write_waivers(stack: "TerraformStack") -> None:
    """Write the waivers of a stack to its `//`, a comment for Terraform, which policy checks read.

    The `//` of each element is not used: the framework loses that of data sources. All are written at once, since each
    call of the framework takes long.
    """
    waived = {
        element.friendly_unique_id: vars(element)[_WAIVERS]
        for element in cast("list[TerraformElement]", stack.node.find_all())
        if _WAIVERS in vars(element)
    }
    if waived:
        stack.add_override("//.waivers", waived)
