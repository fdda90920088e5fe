"""Git trees of commits with patches, created outside of the repository."""

import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from terrarium.code.errors import GitError, PatchError
from terrarium.code.git import git
from terrarium.code.repository import Repository

__all__ = ["Trees"]


class Trees:
    """Trees of one repository, for the length of a `with` block. The repository is not changed."""

    def __init__(self, repository: Repository) -> None:
        self._root = repository.root
        self._folder = Path()
        self._environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="terrarium-trees-"))
        objects = self._folder / "objects"
        objects.mkdir()
        theirs = os.fsdecode(git("rev-parse", "--git-path", "objects", folder=self._root)).strip()
        self._environment = {
            "GIT_INDEX_FILE": str(self._folder / "index"),
            "GIT_OBJECT_DIRECTORY": str(objects),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str((self._root / theirs).resolve()),
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def patched(self, commit: str, patch: bytes) -> str:
        """Return the tree of a commit with a patch applied.

        Raises:
            PatchError: The patch does not apply.
        """
        self._git("read-tree", commit)
        if patch:
            try:
                self._git("apply", "--cached", "--whitespace=nowarn", "-", typed=patch)
            except GitError as error:
                raise PatchError(
                    f"the recorded patch does not apply to commit {commit}: {error.problem}",
                    remedy="the record's artifact was altered, or the commit rewritten",
                ) from error
        return self._text("write-tree")

    def working(self) -> str:
        """Return the tree of the working tree, with untracked and without ignored files."""
        self._git("read-tree", "HEAD")
        self._git("add", "--all")
        return self._text("write-tree")

    def difference(self, one: str, other: str) -> str:
        """Return the output of `git diff` for two trees."""
        return os.fsdecode(self._git("diff", "--no-color", "--no-ext-diff", one, other))

    def changed_files(self, one: str, other: str) -> list[str]:
        """Return the paths that differ between two trees."""
        names = os.fsdecode(self._git("diff", "--name-only", "-z", one, other))
        return [name for name in names.split("\0") if name]

    def _git(self, *arguments: str, typed: bytes = b"") -> bytes:
        return git(*arguments, folder=self._root, environment=self._environment, typed=typed)

    def _text(self, *arguments: str) -> str:
        return os.fsdecode(self._git(*arguments)).strip()
