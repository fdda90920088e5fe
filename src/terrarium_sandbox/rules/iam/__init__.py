"""Rules of IAM.

Only `terrarium_sandbox.rules` imports it.
"""

from terrarium_sandbox.rules.iam import policies, quotas, trust
from terrarium_sandbox.rules.rule import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (*policies.RULES, *quotas.RULES, *trust.RULES)
