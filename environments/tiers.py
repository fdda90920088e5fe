"""What a tier promises: the defaults under every file of that tier.

A file only states what differs from its tier. The columns differ in durability, availability, retention,
protection and cost, and in nothing else.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

__all__ = ["TIERS", "Tier", "defaults_of"]

Tier = Literal["disposable", "standard", "critical"]
TIERS: tuple[Tier, ...] = get_args(Tier)

_DEFAULTS: Mapping[Tier, Mapping[str, Mapping[str, Any]]] = {
    # Can be made anew at any time: idles at a few dollars, and goes away when told to.
    "disposable": {
        "encryption": {"deletion_window_days": 7},
        "network": {"availability_zones": 2, "egress": "none", "log_retention_days": 7},
        "artifacts": {"protected": False, "noncurrent_version_days": 7},
        "metadata": {
            "protected": False,
            "minimum_capacity": 0,
            "maximum_capacity": 2,
            "instances": 1,
            "backup_retention_days": 1,
            "log_retention_days": 7,
        },
    },
    # Shared by teams: survives mistakes, not the loss of an availability zone without a pause.
    "standard": {
        "encryption": {"deletion_window_days": 30},
        "network": {"availability_zones": 2, "egress": "none", "log_retention_days": 30},
        "artifacts": {"protected": True, "noncurrent_version_days": 30},
        "metadata": {
            "protected": True,
            "minimum_capacity": 0,
            "maximum_capacity": 4,
            "instances": 1,
            "backup_retention_days": 7,
            "log_retention_days": 30,
        },
    },
    # The business depends on it: survives the loss of an availability zone, and cannot be destroyed by accident.
    "critical": {
        "encryption": {"deletion_window_days": 30},
        "network": {"availability_zones": 3, "egress": "none", "log_retention_days": 365},
        "artifacts": {"protected": True, "noncurrent_version_days": 365},
        "metadata": {
            "protected": True,
            "minimum_capacity": 0.5,
            "maximum_capacity": 16,
            "instances": 2,
            "backup_retention_days": 35,
            "log_retention_days": 365,
        },
    },
}


def defaults_of(tier: Tier) -> Mapping[str, Mapping[str, Any]]:
    """The sections, field by field, that a file of `tier` starts from."""
    return _DEFAULTS[tier]
