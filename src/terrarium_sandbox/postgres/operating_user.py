"""The user of the operating system whom PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from terrarium.errors import Error

__all__ = ["OperatingUser", "find_operating_user"]

# `postgres` comes with PostgreSQL's packages; `nobody` is everywhere.
_ORDINARY_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class OperatingUser:
    """Whom to become, or, with neither id, oneself.

    Attributes:
        name: For messages.
        user_id: None means oneself.
        group_id: None means oneself.
    """

    name: str
    user_id: int | None = None
    group_id: int | None = None

    def run(self, command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
        """Run a program as this user, in English, with nothing of our environment; its output is captured."""
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

    def reaches(self, path: Path) -> bool:
        """Whether this user can enter a folder, or execute a file."""
        return self.run(["test", "-x", path]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """Make a folder that is this user's alone. Its parent must exist.

        Raises:
            Error: It is there already, and is not this user's alone.
        """
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            status = folder.lstat()
            mine = status.st_uid == (os.geteuid() if self.user_id is None else self.user_id)
            if not (mine and stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o700):
                raise Error(
                    f"{folder} should be a folder of user {self.name}'s alone (mode 0700), and is not",
                    remedy="find out who made it; then remove it",
                ) from None
            return
        if self.user_id is not None and self.group_id is not None:
            os.chown(folder, self.user_id, self.group_id)


def find_operating_user() -> OperatingUser:
    """Oneself, unless one is root: then the first of `postgres` and `nobody` that exists.

    Raises:
        Error: There is none of them.
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
        f"PostgreSQL refuses to run as root, and there is none of the users {', '.join(_ORDINARY_USERS)}",
        remedy="run the sandbox as an ordinary user, or add a system user named postgres",
    )
