"""Rules of S3.

Only `terrarium_sandbox.rules` imports it.
"""

from terrarium_sandbox.rules.rule import Rule
from terrarium_sandbox.rules.s3 import access, buckets, objects, tags

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (*access.RULES, *buckets.RULES, *objects.RULES, *tags.RULES)
