"""Rules of Batch."""

from terrarium.sandbox.rules.batch import jobs, pools, scheduling
from terrarium.sandbox.rules.rule import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (*pools.RULES, *scheduling.RULES, *jobs.RULES)
