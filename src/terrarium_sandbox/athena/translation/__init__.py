"""Athena's SQL for DuckDB: every operator and function by what Trino means, with types that the engine tells.

Only `terrarium_sandbox.athena` imports it.
"""

from terrarium_sandbox.athena.translation.translate import translate

__all__ = ["translate"]
