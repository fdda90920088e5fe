"""Modes of S3 object lock.

Source: Amazon S3 User Guide, "Locking objects with Object Lock", "Retention modes".
"""

from typing import Literal, TypeAlias

__all__ = ["LockMode", "check_lock_mode"]

LockMode: TypeAlias = Literal["governance", "compliance"]


def check_lock_mode(mode: LockMode, *, locked_days: int, protected: bool) -> None:
    """Refuse a compliance lock that cannot be kept, or that binds nothing.

    Raises:
        ValueError: The bucket is to be destroyed with its objects, or nothing is locked.
    """
    if mode != "compliance":
        return
    if not protected:
        raise ValueError(
            "lock_mode compliance needs protected = true: nobody can delete the objects of a bucket in this mode, so "
            "that the bucket cannot be destroyed; allowed otherwise: governance"
        )
    if locked_days == 0:
        raise ValueError(
            "lock_mode compliance needs locked_days of at least 1: with 0 days, nothing is locked"
        )
