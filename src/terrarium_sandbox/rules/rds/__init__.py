"""Rules of RDS."""

from terrarium_sandbox.rules.rds import engine_versions, groups, settings
from terrarium_sandbox.rules.rule import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (*engine_versions.RULES, *groups.RULES, *settings.RULES)
