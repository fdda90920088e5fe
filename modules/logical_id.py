"""Logical ids of constructs, for resources that the stack no longer contains."""

import hashlib

__all__ = ["logical_id"]


def logical_id(*path: str) -> str:
    """Return the logical id that cdktf gave the construct at a path of the stack (its `lib/private/unique.ts`)."""
    digest = hashlib.md5("/".join(path).encode(), usedforsecurity=False).hexdigest()[:8].upper()
    return f"{'_'.join(path)}_{digest}"
