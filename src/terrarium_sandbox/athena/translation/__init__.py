"""Athena's SQL for DuckDB: every operator and function by what Trino means, with types that the engine tells."""

from terrarium_sandbox.athena.translation.translate import translate

__all__ = ["translate"]
