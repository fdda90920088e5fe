"""Garbage collection: finds and deletes artifacts that nothing refers to.

Service: higher services, the lab and faces may import it.
"""

from terrarium.gc._garbage import Garbage
from terrarium.gc._sweep import delete_garbage, find_garbage

__all__ = ["Garbage", "delete_garbage", "find_garbage"]
