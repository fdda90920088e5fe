"""What nobody refers to any more, and how it is freed."""

from terrarium.gc.garbage import Garbage
from terrarium.gc.sweep import find_garbage, free

__all__ = ["Garbage", "find_garbage", "free"]
