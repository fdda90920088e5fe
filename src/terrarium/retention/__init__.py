"""What nobody refers to any more, and how it is freed."""

from terrarium.retention.garbage import Garbage
from terrarium.retention.sweep import find_garbage, free

__all__ = ["Garbage", "find_garbage", "free"]
