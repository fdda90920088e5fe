"""The git program, run for one folder.

Every call of git is here. Variables such as `GIT_DIR`, which git sets in hooks and below `git rebase --exec`, would
lead to another repository than the folder's, so they are not passed on.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from terrarium.code.errors import GitError

__all__ = ["checkout_root", "git", "try_git"]


def git(
    *arguments: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    typed: bytes = b"",
    seconds: float | None = None,
) -> bytes:
    """Return the output of `git <arguments>` in `folder`.

    Args:
        *arguments: The command and its options.
        folder: A folder of the repository.
        environment: Additional variables.
        typed: Standard input.
        seconds: Limit of its run time. Default: none.

    Raises:
        GitError: The command failed or took too long, or git is not installed.
    """
    done = _run(arguments, folder, environment or {}, typed, seconds)
    if done.returncode:
        raise GitError(
            f"`git {' '.join(arguments)}` failed in {folder}: {os.fsdecode(done.stderr).strip()}",
            remedy="fix what git reports, and retry",
        )
    return done.stdout


def try_git(*arguments: str, folder: Path, seconds: float | None = None) -> bytes | None:
    """Return the output of `git <arguments>` in `folder`; None if the command fails.

    Raises:
        GitError: The command took too long, or git is not installed.
    """
    done = _run(arguments, folder, {}, b"", seconds)
    return done.stdout if done.returncode == 0 else None


def checkout_root(folder: Path) -> Path | None:
    """Return the root of the checkout around `folder`, with links resolved; None if there is none.

    Raises:
        GitError: git is not installed.
        OSError: No file system takes the name of the folder.
    """
    existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.is_dir())
    root = try_git("rev-parse", "--show-toplevel", folder=existing)
    return None if root is None else Path(os.fsdecode(root.rstrip(b"\n")))


def _run(
    arguments: tuple[str, ...],
    folder: Path,
    environment: Mapping[str, str],
    typed: bytes,
    seconds: float | None,
) -> "subprocess.CompletedProcess[bytes]":
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
            timeout=seconds,
        )
    except FileNotFoundError as error:
        raise GitError(
            "git is not installed", remedy="install git: runs record the commit of their code"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise GitError(
            f"`git {' '.join(arguments)}` took longer than {seconds} s in {folder}",
            remedy="exclude large folders by .gitignore, or run `git gc` there",
        ) from error
