"""The schema of features: definitions of views, and the progress of materializations."""

from typing import TYPE_CHECKING

from terrarium.metadata.errors import SchemaMissingError

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["FEATURES_SCHEMA", "check_features_schema", "has_features_schema"]

FEATURES_SCHEMA = "features"


def check_features_schema(engine: "Engine", environment: str) -> None:
    """Check that the tables exist.

    Raises:
        SchemaMissingError: A version of Terrarium without features migrated the database.
    """
    if not has_features_schema(engine):
        raise SchemaMissingError(
            f"the metadata database of {environment!r} has no schema for features",
            remedy=f"ask its deployer to run: terrarium migrate {environment}",
        )


def has_features_schema(engine: "Engine") -> bool:
    """Return whether the tables exist."""
    from sqlalchemy import inspect

    return inspect(engine).has_table("materializations", schema=FEATURES_SCHEMA)
