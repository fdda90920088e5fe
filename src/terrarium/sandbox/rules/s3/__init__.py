"""Rules of S3."""

from terrarium.sandbox.rules.rule import Rule
from terrarium.sandbox.rules.s3 import access, buckets, objects

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (*access.RULES, *buckets.RULES, *objects.RULES)
