"""Rules of Batch."""

from terrarium_sandbox.rules.batch import jobs, pools, scheduling
from terrarium_sandbox.rules.rule import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (*pools.RULES, *scheduling.RULES, *jobs.RULES)
