"""Translation of Athena's SQL to DuckDB's, with Trino's semantics, which depend on types that the engine infers.

Only `terrarium_sandbox.athena` imports it.
"""

from terrarium_sandbox.athena.translation.translate import translate

__all__ = ["translate"]
