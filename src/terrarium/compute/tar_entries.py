"""Entries of archives without whose they were and when they were written, which is none of their content."""

import tarfile

__all__ = ["anonymous"]


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The entry, changed."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry
