"""Working tree of the running code: its commit, and the difference from it."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from terrarium.code.git import checkout_root, git, try_git
from terrarium.secrets import secret_reason, without_credentials, without_secret_files

__all__ = ["LARGEST_UNTRACKED", "NO_CODE", "Patch", "WorkingTree", "untracked_secret"]

LARGEST_UNTRACKED: Final = 10 * 1024 * 1024  # bytes: code is smaller, and data belongs in datasets
_TIMEOUT = 30  # s
# Default folders of MLflow: patches would contain earlier patches, and double with every run.
NO_CODE: Final = ("--exclude=mlruns/", "--exclude=mlartifacts/")


class Patch(NamedTuple):
    """Difference between a working tree and its commit.

    Attributes:
        content: Input of `git apply` that turns the commit into the working tree; empty if there is no difference.
        large: Untracked files that were left out for their size.
        secret: Files left out because of secrets -> reason; tracked ones keep the content of the commit.
    """

    content: bytes
    large: tuple[str, ...] = ()
    secret: dict[str, str] = {}  # noqa: RUF012 - nobody changes it


class WorkingTree:
    """A checkout of a git repository.

    Args:
        root: Its top folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def around(cls, folder: Path) -> "WorkingTree | None":
        """Return the checkout around a folder; None if there is none.

        Raises:
            GitError: git is not installed.
        """
        root = checkout_root(folder)
        return None if root is None else cls(root)

    @cached_property
    def repository(self) -> str | None:
        """The address of `origin`, or of the first remote, without credentials."""
        remotes = self._text("remote").split()
        if not remotes:
            return None
        return without_credentials(
            self._text("remote", "get-url", "origin" if "origin" in remotes else remotes[0])
        )

    def commit(self) -> str | None:
        """Return the checked-out commit; None before the first one."""
        return self._text("rev-parse", "--verify", "--quiet", "HEAD") or None

    def branch(self) -> str | None:
        """Return the checked-out branch; None if there is none."""
        return self._text("symbolic-ref", "--short", "--quiet", "HEAD") or None

    def patch(self) -> Patch:
        """Return how the working tree differs from the commit, untracked files included.

        Ignored files, untracked files above 10 MiB, MLflow's folders and files with secrets are left out. Index and
        objects of the repository are not changed.
        """
        if not self._text("status", "--porcelain", "--untracked-files=normal"):
            return Patch(b"")
        large: list[str] = []
        small: list[str] = []
        secret: dict[str, str] = {}
        others = self._git("ls-files", "--others", "--exclude-standard", *NO_CODE, "-z")
        for name in filter(None, os.fsdecode(others).split("\0")):
            path = self.root / name
            if path.lstat().st_size > LARGEST_UNTRACKED:
                large.append(name)
            elif reason := untracked_secret(self.root, name):
                secret[name] = reason
            else:
                small.append(name)
        with tempfile.TemporaryDirectory() as folder:
            environment = self._apart(Path(folder))
            self._git("add", "--update", environment=environment)
            if small:
                self._git(
                    "add",
                    "--pathspec-from-file=-",
                    "--pathspec-file-nul",
                    environment={**environment, "GIT_LITERAL_PATHSPECS": "1"},
                    typed=os.fsencode("\0".join(small)),
                )
            against = self.commit() or _EMPTY_TREE
            prefixes = ["--src-prefix=a/", "--dst-prefix=b/"]  # the user's configuration could set others
            difference = ["diff", "--cached", "--binary", "--no-color", "--no-ext-diff", *prefixes, against]
            content, changed = without_secret_files(self._git(*difference, environment=environment))
            return Patch(content, tuple(large), {**secret, **changed})

    def _apart(self, folder: Path) -> dict[str, str]:
        """Return variables for a separate index and object store on top of the repository's."""
        git_folder = self.root / self._text("rev-parse", "--git-dir")
        objects = self.root / self._text("rev-parse", "--git-path", "objects")
        index, own_objects = folder / "index", folder / "objects"
        own_objects.mkdir()
        if (git_folder / "index").exists():
            shutil.copy2(git_folder / "index", index)
        return {
            "GIT_INDEX_FILE": str(index),
            "GIT_OBJECT_DIRECTORY": str(own_objects),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects),
        }

    def _text(self, *arguments: str) -> str:
        printed = try_git(*arguments, folder=self.root, seconds=_TIMEOUT)
        return os.fsdecode(printed or b"").strip()  # e.g. there is no HEAD before the first commit

    def _git(
        self, *arguments: str, environment: Mapping[str, str] | None = None, typed: bytes = b""
    ) -> bytes:
        return git(*arguments, folder=self.root, environment=environment, typed=typed, seconds=_TIMEOUT)


def untracked_secret(root: Path, name: str) -> str | None:
    """Return why an untracked file of a checkout is not recorded; None if it may be."""
    path = root / name
    return secret_reason(name, path.read_bytes() if path.is_file() and not path.is_symlink() else b"")


_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git's own, the same in every repository
