"""Tiers and their defaults.

A file contains only what differs from its tier. Tiers differ in durability, availability, retention, protection and
cost, and in nothing else.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

__all__ = ["TIERS", "Tier", "defaults_of"]

Tier = Literal["disposable", "standard", "critical"]
TIERS: tuple[Tier, ...] = get_args(Tier)


def _pools(*, maximum_vcpus: int, purchase: str = "spot") -> tuple[Mapping[str, Any], ...]:
    return (
        {
            "name": "cpu",
            "purchase": purchase,
            "instance_types": ("m7i", "m6i", "c7i"),
            "maximum_vcpus": maximum_vcpus,
        },
        {
            "name": "gpu",
            "accelerator": "gpu",
            "purchase": purchase,
            "instance_types": ("g5", "g6"),
            "maximum_vcpus": maximum_vcpus,
        },
    )


_DEFAULTS: Mapping[Tier, Mapping[str, Mapping[str, Any]]] = {
    # Can be recreated at any time: costs a few dollars a month while idle, and can be destroyed.
    "disposable": {
        "encryption": {"protected": False, "deletion_window_days": 7},
        "network": {
            "availability_zones": 2,
            "egress": "public-addresses",
            "endpoint_zones": 1,
            "log_retention_days": 7,
        },
        "artifacts": {"protected": False, "noncurrent_version_days": 7},
        "metadata": {
            "protected": False,
            "minimum_capacity": 0,
            "maximum_capacity": 2,
            "instances": 1,
            "backup_retention_days": 1,
            "log_retention_days": 7,
        },
        "features": {"protected": False, "noncurrent_version_days": 7, "online_recovery": False},
        "compute": {"protected": False, "pools": _pools(maximum_vcpus=64), "log_retention_days": 7},
        "registry": {
            "protected": False,
            "locked_days": 0,
            "lock_mode": "governance",
            "noncurrent_version_days": 30,
            "approval": False,
            "separate_approver": False,
        },
        "workbench": {"direct_internet": True},
        "access": {"scientists_write": True},
        "observability": {"monthly_budget_usd": 200},
        "audit": {"protected": False, "retention_days": 90, "locked_days": 0, "lock_mode": "governance"},
    },
    # Shared by teams: survives mistakes. The loss of an availability zone interrupts it.
    "standard": {
        "encryption": {"protected": True, "deletion_window_days": 30},
        "network": {"availability_zones": 2, "egress": "nat", "endpoint_zones": 1, "log_retention_days": 30},
        "artifacts": {"protected": True, "noncurrent_version_days": 30},
        "metadata": {
            "protected": True,
            "minimum_capacity": 0,
            "maximum_capacity": 4,
            "instances": 1,
            "backup_retention_days": 7,
            "log_retention_days": 30,
        },
        "features": {"protected": True, "noncurrent_version_days": 30, "online_recovery": True},
        "compute": {"protected": True, "pools": _pools(maximum_vcpus=128), "log_retention_days": 30},
        "registry": {
            "protected": True,
            "locked_days": 30,
            "lock_mode": "governance",
            "noncurrent_version_days": 90,
            "approval": False,
            "separate_approver": False,
        },
        "workbench": {"direct_internet": False},
        "access": {"scientists_write": True},
        "observability": {"monthly_budget_usd": 1000},
        "audit": {"protected": True, "retention_days": 365, "locked_days": 30, "lock_mode": "governance"},
    },
    # The business depends on it: survives the loss of an availability zone, and cannot be destroyed by accident.
    "critical": {
        "encryption": {"protected": True, "deletion_window_days": 30},
        "network": {
            "availability_zones": 3,
            "egress": "nat-per-zone",
            "endpoint_zones": 3,
            "log_retention_days": 365,
        },
        "artifacts": {"protected": True, "noncurrent_version_days": 365},
        "metadata": {
            "protected": True,
            "minimum_capacity": 0.5,
            "maximum_capacity": 16,
            "instances": 2,
            "backup_retention_days": 35,
            "log_retention_days": 365,
        },
        "features": {"protected": True, "noncurrent_version_days": 365, "online_recovery": True},
        "compute": {
            "protected": True,
            "pools": _pools(maximum_vcpus=256, purchase="on-demand"),
            "log_retention_days": 365,
        },
        "registry": {
            "protected": True,
            "locked_days": 365,
            "lock_mode": "governance",
            "noncurrent_version_days": 3650,
            "approval": True,
            "separate_approver": True,
        },
        "workbench": {"direct_internet": False},
        "access": {"scientists_write": False},
        "observability": {"monthly_budget_usd": 5000},
        "audit": {"protected": True, "retention_days": 1095, "locked_days": 365, "lock_mode": "compliance"},
    },
}


def defaults_of(tier: Tier) -> Mapping[str, Mapping[str, Any]]:
    """Return the default fields of a tier, by section."""
    return _DEFAULTS[tier]
