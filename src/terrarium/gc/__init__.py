"""Garbage collection: finds and deletes artifacts that nothing refers to."""

from terrarium.gc.garbage import Garbage
from terrarium.gc.sweep import find_garbage, free

__all__ = ["Garbage", "find_garbage", "free"]
