"""Git repository with the commit of a run: the current one, or a clone of the recorded one."""

import hashlib
import re
import shutil
from pathlib import Path

from terrarium.code.errors import CommitNotFoundError, GitError
from terrarium.code.git import checkout_root, git, try_git
from terrarium.directories import cache_directory

__all__ = ["Repository"]

# Other text could be an option of git.
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# Addresses come from records. `ext::` would run a command (gitremote-helpers, git-remote-ext).
_PROTOCOLS = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"}


class Repository:
    """A local repository.

    Args:
        root: Its top folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def around(cls, folder: Path) -> "Repository | None":
        """Return the repository around a folder, if there is one."""
        root = checkout_root(folder)
        return None if root is None else cls(root)

    @classmethod
    def holding(cls, commit: str, *, start: Path, remote: str | None) -> "Repository":
        """Return a repository with `commit`: the one around `start`, or a clone of `remote` in the cache.

        Raises:
            CommitNotFoundError: Neither has it.
        """
        here = cls.around(start)
        if here and here.holds(commit):
            return here
        clone = _clone_of(remote) if remote else None
        if clone and clone.holds(commit):
            return clone
        raise CommitNotFoundError(
            f"commit {commit} is neither in {here.root if here else start} nor in {remote or 'a recorded remote'}",
            remedy="fetch it (`git fetch --all`), ask the user who recorded the run to push it, or work in a clone "
            "that has it",
        )

    def holds(self, commit: str) -> bool:
        """Return whether the repository has a commit, given by its full id."""
        if not _COMMIT.fullmatch(commit):
            return False
        return try_git("cat-file", "-e", f"{commit}^{{commit}}", folder=self.root) is not None

    def add_worktree(self, folder: Path, commit: str) -> None:
        """Check `commit` out into `folder`, without a branch; existing files are replaced."""
        shutil.rmtree(folder, ignore_errors=True)
        git("worktree", "prune", folder=self.root)
        git("worktree", "add", "--detach", "--force", str(folder), commit, folder=self.root)


def _clone_of(remote: str) -> Repository | None:
    folder = cache_directory() / "repositories" / hashlib.sha256(remote.encode()).hexdigest()[:16]
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        if folder.exists():
            git("fetch", "--quiet", "--all", "--tags", folder=folder, environment=_PROTOCOLS)
        else:
            options = ("--quiet", "--no-checkout")
            git("clone", *options, "--", remote, str(folder), folder=folder.parent, environment=_PROTOCOLS)
    except GitError:
        return None
    return Repository(folder)
