"""Rules of RDS.

Only `terrarium_sandbox.rules` imports it.
"""

from terrarium_sandbox.rules.rds import engine_versions, groups, instances, settings, snapshots, storage, tags
from terrarium_sandbox.rules.rule import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    *engine_versions.RULES,
    *groups.RULES,
    *instances.RULES,
    *settings.RULES,
    *snapshots.RULES,
    *storage.RULES,
    *tags.RULES,
)
