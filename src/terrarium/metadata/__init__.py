"""The metadata database: engines, users and schemas.

Store: the connection, services, the lab and faces may import it.
"""

from terrarium.metadata._database import Database

__all__ = ["Database"]
