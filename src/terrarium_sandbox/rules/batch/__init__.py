"""Rules of Batch.

Only `terrarium_sandbox.rules` imports it.
"""

from terrarium_sandbox.rules.batch import fargate, jobs, pools, scheduling
from terrarium_sandbox.rules.rule import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (*pools.RULES, *fargate.RULES, *scheduling.RULES, *jobs.RULES)
