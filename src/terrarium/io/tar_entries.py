"""Normalized entries of tar archives: the same content gives the same bytes."""

import tarfile

__all__ = ["anonymous"]


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Remove owner, time of modification and other permissions from an entry, and return it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry
