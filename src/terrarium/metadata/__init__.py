"""The metadata database: who may log in, and which schema it has.

Store: the connection, services, the lab and faces may import it.
"""

from terrarium.metadata.database import Database

__all__ = ["Database"]
