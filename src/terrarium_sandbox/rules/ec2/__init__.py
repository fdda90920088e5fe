"""Rules of EC2.

Only `terrarium_sandbox.rules` imports it.
"""

from terrarium_sandbox.rules.ec2 import deletion, endpoints, routes, security_groups, tags
from terrarium_sandbox.rules.rule import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    *deletion.RULES,
    *endpoints.RULES,
    *routes.RULES,
    *security_groups.RULES,
    *tags.RULES,
)
