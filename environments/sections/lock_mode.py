"""Modes of S3 object lock.

Source: Amazon S3 User Guide, "Locking objects with Object Lock", "Retention modes".
"""

from typing import Final, Literal, TypeAlias

from environments.change import Change

__all__ = ["LATER_OBJECTS", "LockMode", "check_lock_mode"]

LockMode: TypeAlias = Literal["governance", "compliance"]

LATER_OBJECTS: Final = Change(
    effect="in place", how="It applies to objects that are written later: earlier objects keep their locks."
)
"""How a change of a lock's mode or days is applied."""


def check_lock_mode(mode: LockMode, *, locked_days: int, protected: bool) -> None:
    """Refuse a compliance lock of a bucket that is not protected, and one without days.

    Raises:
        ValueError: The bucket is not protected, or nothing is locked.
    """
    if mode != "compliance":
        return
    if not protected:
        raise ValueError(
            "lock_mode compliance needs protected = true: no principal can delete locked objects in this mode, so that "
            "the bucket cannot be destroyed. Without protection, choose governance"
        )
    if locked_days == 0:
        raise ValueError(
            "lock_mode compliance needs locked_days of at least 1: with 0 days, nothing is locked"
        )
