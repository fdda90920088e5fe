"""Switches: fields that leave a capability out of an environment."""

from typing import Final

from environments.change import Change

__all__ = ["REFUSED_WHILE_PROTECTED"]

REFUSED_WHILE_PROTECTED: Final = Change(
    effect="refused",
    how="What the capability holds would be deleted: deploy with protected = false in its section first.",
    case="switched off",
    while_deployed="protected",
)
"""What holds data is switched off in two deployments if it is protected."""
