"""The metadata database: who may log in, and which schema it has."""

from terrarium.metadata.database import Database

__all__ = ["Database"]
