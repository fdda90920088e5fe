"""The operating-system user that runs PostgreSQL, which refuses to run as root."""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from terrarium.errors import Error

__all__ = ["OperatingUser", "find_operating_user"]

# `postgres` is created by PostgreSQL's packages; `nobody` exists on every system.
_ORDINARY_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class OperatingUser:
    """A user to run programs as.

    Attributes:
        name: The user's name, for messages.
        user_id: The user's id. None means the present user.
        group_id: The group's id. None means the present group.
    """

    name: str
    user_id: int | None = None
    group_id: int | None = None

    def run(self, command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
        """Run a program as this user, in English, with an empty environment, and capture its output."""
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            user=self.user_id,
            group=self.group_id,
            extra_groups=None if self.group_id is None else [],
        )

    def can_access(self, path: Path) -> bool:
        """Return whether this user can enter a folder or execute a file."""
        return self.run(["test", "-x", path]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """Create a folder that only this user can access. Its parent must exist.

        Raises:
            Error: The folder exists, and another user owns it or can access it.
        """
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            status = folder.lstat()
            mine = status.st_uid == (os.geteuid() if self.user_id is None else self.user_id)
            if not (mine and stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o700):
                raise Error(
                    f"{folder} must be owned by user {self.name} and have mode 0700",
                    remedy="find out who created it; then delete it",
                ) from None
            return
        if self.user_id is not None and self.group_id is not None:
            os.chown(folder, self.user_id, self.group_id)


def find_operating_user() -> OperatingUser:
    """Return the present user, or, for root, the first of `postgres` and `nobody` that exists.

    Raises:
        Error: The present user is root, and neither exists.
    """
    if os.geteuid() != 0:
        return OperatingUser(str(os.geteuid()))
    for name in _ORDINARY_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return OperatingUser(name, entry.pw_uid, entry.pw_gid)
    raise Error(
        f"PostgreSQL refuses to run as root, and none of these users exists: {', '.join(_ORDINARY_USERS)}",
        remedy="run the sandbox as an ordinary user, or add a system user named postgres",
    )
