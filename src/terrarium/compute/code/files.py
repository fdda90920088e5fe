"""The files of the code of a checkout."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from terrarium.code.git import checkout_root, git
from terrarium.code.working_tree import LARGEST_UNTRACKED, NO_CODE, untracked_secret
from terrarium.compute.code.file_fingerprints import FileMarks
from terrarium.compute.errors import CodeNotShippableError
from terrarium.plain_text import shown

__all__ = ["CodeFiles", "checkout_around", "resolved_folder"]


def checkout_around(folder: Path) -> Path:
    """Return the top folder of the checkout that a folder lies in.

    Raises:
        CodeNotShippableError: The folder is in no git repository.
    """
    try:
        root = checkout_root(folder)
    except (OSError, ValueError) as error:  # the name is not valid in any file system
        raise _not_opened(folder, error) from error
    if root is None:
        raise CodeNotShippableError(
            f"{folder} is in no git repository",
            remedy="run `git init` there, since only what git does not ignore is uploaded; or submit with code=None",
        )
    return root


def resolved_folder(folder: str | Path) -> Path:
    """Return the absolute path of a folder, with links resolved.

    Raises:
        CodeNotShippableError: A link leads to itself, or the name is not valid in any file system.
    """
    try:
        return Path(folder).resolve()
    except (
        OSError,
        RuntimeError,
        ValueError,
    ) as error:  # a link to itself is a RuntimeError until Python 3.13
        raise _not_opened(folder, error) from error


def _not_opened(folder: str | Path, error: Exception) -> CodeNotShippableError:
    return CodeNotShippableError(
        f"the folder {shown(str(folder))} cannot be opened: {error}", remedy="name a folder of a checkout"
    )


class CodeFiles(NamedTuple):
    """Tracked files and new files of a checkout, without ignored files and without new files that have secrets.

    Attributes:
        root: The top folder of the checkout.
        paths: Sorted paths, relative to `root`.
        secret: Reasons by path, of new files that are left out because of secrets.
        marks: Fingerprints of all files that could change the code.
    """

    root: Path
    paths: tuple[str, ...]
    secret: Mapping[str, str]
    marks: FileMarks

    @classmethod
    def of(cls, root: Path) -> "CodeFiles":
        """List the files of the checkout at `root`.

        Raises:
            CodeNotShippableError: The checkout has submodules.
        """
        kinds = ("--cached", "--others", "--exclude-standard", *NO_CODE)
        listed = _names(git("ls-files", "-t", *kinds, "-z", folder=root))  # each with a letter and a space
        untracked = {entry[2:] for entry in listed if entry.startswith("?")}
        tracked = {entry[2:] for entry in listed} - untracked
        empty = _names(git("ls-files", "--others", "--directory", "--exclude-standard", "-z", folder=root))
        small = {path for path in untracked if (root / path).lstat().st_size <= LARGEST_UNTRACKED}
        reasons = {path: untracked_secret(root, path) for path in sorted(small)}
        secret = {path: reason for path, reason in reasons.items() if reason is not None}
        new = small - secret.keys()
        paths = tuple(sorted(path for path in tracked | new if os.path.lexists(root / path)))
        for path in paths:
            if (root / path).is_dir() and not (root / path).is_symlink():
                raise CodeNotShippableError(
                    f"{root / path} is a submodule, which a snapshot cannot contain",
                    remedy="install it as a package, or submit from within it",
                )
        folders = {parent for path in (*tracked, *untracked, *empty) for parent in _parents(path)}
        watched = (*tracked, *untracked, *folders, *_of_git(root))
        return cls(root, paths, secret, FileMarks.of(str(root / name) for name in watched))


def _names(listing: bytes) -> list[str]:
    return [os.fsdecode(name) for name in listing.split(b"\0") if name]


def _parents(path: str) -> Iterator[str]:
    """Yield the folders above a path, and the path itself if it ends with a slash."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield "."


def _of_git(root: Path) -> Iterator[str]:
    """Yield the files of git that change with a commit, a checkout, a remote or the ignored files."""
    answer = git("rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", folder=root)
    own, common = os.fsdecode(answer).splitlines()  # they differ in worktrees
    yield from (f"{own}/{name}" for name in ("HEAD", "index", "logs/HEAD"))
    yield from (f"{common}/{name}" for name in ("config", "info/exclude"))
    configuration = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "git"
    yield from map(str, (Path.home() / ".gitconfig", configuration / "config", configuration / "ignore"))
