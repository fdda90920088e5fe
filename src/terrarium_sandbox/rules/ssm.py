"""Rules of Parameter Store."""

import re

from moto.ssm.models import ssm_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_STANDARD_CHARACTERS, _ADVANCED_CHARACTERS = 4096, 8192
_LEVELS = 15
_NAME = re.compile(r"[a-zA-Z0-9_.\-/]+")


@rule(
    "parameter-value-size",
    on=("ssm:PutParameter",),
    code="ValidationException",
    source="AWS Systems Manager User Guide, Managing parameter tiers: 4 KB standard, 8 KB advanced",
)
def parameter_value_size(request: Request) -> str | None:
    """The value of a standard parameter has at most 4,096 characters, that of an advanced one 8,192."""
    size = len(request.get("Value", ""))
    if size > _ADVANCED_CHARACTERS:
        return f"Advanced tier parameters support a maximum parameter value of {_ADVANCED_CHARACTERS} characters."
    if size > _STANDARD_CHARACTERS and request.get("Tier", _held_tier(request)) == "Standard":
        return (
            f"Standard tier parameters support a maximum parameter value of {_STANDARD_CHARACTERS} characters. "
            "To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For "
            "more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/"
            "parameter-store-advanced-parameters.html"
        )
    return None


@rule(
    "parameter-tier-downgrade",
    on=("ssm:PutParameter",),
    code="ValidationException",
    source="AWS Systems Manager User Guide, Managing parameter tiers: an advanced parameter can't be reverted",
)
def parameter_tier_downgrade(request: Request) -> str | None:
    """An advanced parameter cannot become a standard one."""
    if request.get("Tier") != "Standard" or _held_tier(request) != "Advanced":
        return None
    return (
        "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
        "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced "
        "parameter and recreate it as a standard parameter."
    )


@rule(
    "parameter-name",
    on=("ssm:PutParameter",),
    code="ValidationException",
    source="SSM API Reference, PutParameter, Name: a-zA-Z0-9_.-, and / for hierarchies",
)
def parameter_name(request: Request) -> str | None:
    """The name of a parameter consists of letters, digits, `_`, `.`, `-` and `/`."""
    if _NAME.fullmatch(request.get("Name", "")):
        return None
    return (
        'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist '
        "of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the "
        "following 3 symbols .-_"
    )


@rule(
    "parameter-hierarchy-levels",
    on=("ssm:PutParameter",),
    code="HierarchyLevelLimitExceededException",
    source="SSM API Reference, PutParameter, Name: a hierarchy can have a maximum of 15 levels",
)
def parameter_hierarchy_levels(request: Request) -> str | None:
    """The name of a parameter has at most 15 levels."""
    if len(request.get("Name", "").strip("/").split("/")) <= _LEVELS:
        return None
    return f"The hierarchy of the parameter name exceeds the maximum of {_LEVELS} levels"


def _held_tier(request: Request) -> str:
    parameter = request.backend(ssm_backends).get_parameter(request.get("Name", ""))
    return "Standard" if parameter is None else str(parameter.tier)


RULES: tuple[Rule, ...] = (
    parameter_name,
    parameter_hierarchy_levels,
    parameter_value_size,
    parameter_tier_downgrade,
)
