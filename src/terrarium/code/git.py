"""Git, as a program: it is there wherever commits are."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from terrarium.code.errors import GitError

__all__ = ["git", "succeeds"]


def git(
    *arguments: str, folder: Path, environment: Mapping[str, str] | None = None, typed: bytes = b""
) -> bytes:
    """What `git <arguments>` prints in `folder`.

    Raises:
        GitError: It failed, or is not installed.
    """
    done = _run(arguments, folder, environment or {}, typed)
    if done.returncode:
        raise GitError(
            f"`git {' '.join(arguments)}` failed in {folder}: {os.fsdecode(done.stderr).strip()}",
            remedy="see what git says",
        )
    return done.stdout


def succeeds(*arguments: str, folder: Path) -> bool:
    """Whether `git <arguments>` ends well in `folder`."""
    return _run(arguments, folder, {}, b"").returncode == 0


def _run(
    arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], typed: bytes
) -> "subprocess.CompletedProcess[bytes]":
    # In a hook, or below `git rebase --exec`, these would lead to another repository than the folder's.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    quiet = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    kept = {name: value for name, value in os.environ.items() if name.startswith(("GIT_SSH", "GIT_CONFIG"))}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env={**inherited, **kept, **quiet, **environment},
            input=typed,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed", remedy="install git: runs keep commits of it") from error
