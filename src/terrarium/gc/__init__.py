"""Garbage collection: finds and deletes artifacts that nothing refers to.

Service: higher services, the lab and faces may import it.
"""

from terrarium.gc.garbage import Garbage
from terrarium.gc.sweep import find_garbage, free

__all__ = ["Garbage", "find_garbage", "free"]
