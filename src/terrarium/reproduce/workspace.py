"""`Workspace`: code and interpreter of a reproduction, either rebuilt from the record or the current ones."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from terrarium.code import Repository, Trees
from terrarium.code.errors import CommitNotFoundError
from terrarium.code.git import git
from terrarium.reproduce.differences import Difference, DifferenceKind
from terrarium.reproduce.passed_variables import build_variables
from terrarium.reproduce.recorded_run import RecordedRun
from terrarium.venvs import VirtualEnvironment, sort_packages

__all__ = ["Workspace"]


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A checkout of code and an interpreter.

    Attributes:
        code: The root folder of the checkout.
        python: The interpreter.
        isolated: Whether both were rebuilt, so that the process must not inherit the search path of this one.
        differences: Known differences of the code from the recorded code.
    """

    code: Path
    python: Path
    isolated: bool
    differences: tuple[Difference, ...] = ()

    @classmethod
    def rebuilt(
        cls, original: RecordedRun, folder: Path, *, start: Path, say: Callable[[str], None]
    ) -> "Workspace":
        """Create a worktree at the recorded commit with its patch, and an environment with the recorded packages.

        Args:
            original: The run.
            folder: The folder for both. Content of an earlier reproduction is reused or replaced.
            start: A folder, possibly inside a clone of the repository.
            say: Called with messages about the progress.

        Raises:
            CommitNotFoundError: The commit is in no clone and cannot be fetched.
            PatchError: The patch does not apply.
            EnvironmentNotMadeError: The interpreter or a package cannot be installed.
            PackageVersionError: The record contains an entry that is not a package version.
        """
        code = folder / "code"
        repository = Repository.holding(original.commit, start=start, remote=original.code.repository)
        say(
            f"code: commit {original.commit[:12]}{' with its patch' if original.patch else ''}, from {repository.root}"
        )
        folder.mkdir(parents=True, exist_ok=True)
        repository.add_worktree(code, original.commit)
        if original.patch:
            git("apply", "--whitespace=nowarn", "-", folder=code, typed=original.patch)
        packages = sort_packages(original.environment.packages, code=code)
        environment = VirtualEnvironment(folder / "environment")
        say(
            f"environment: Python {original.environment.python}, {len(packages.pinned)} packages from the index"
        )
        for local in packages.folders:
            say(f"environment: {local if local != code else 'the code itself'}, from its folder")
        environment.make(packages, python=original.environment.python, environment=build_variables())
        return cls(code=code, python=environment.python, isolated=True)

    @classmethod
    def here(cls, original: RecordedRun, *, start: Path) -> "Workspace":
        """Return the working tree around `start` with this interpreter.

        Raises:
            CommitNotFoundError: `start` is not in a clone that contains the recorded commit.
        """
        repository = Repository.around(start)
        if repository is None or not repository.holds(original.commit):
            raise CommitNotFoundError(
                f"{start} is not in a clone that contains commit {original.commit}",
                remedy="change to a clone of the run's repository, or omit --here",
            )
        with Trees(repository) as trees:
            recorded, now = trees.patched(original.commit, original.patch), trees.working()
            changed = trees.changed_files(recorded, now)
        patched = " with its patch" if original.patch else ""
        differences = tuple(
            Difference(
                kind=DifferenceKind.CODE,
                what=file,
                recorded=f"as in {original.commit[:12]}{patched}",
                now="as in the working tree",
            )
            for file in changed
        )
        return cls(code=repository.root, python=Path(sys.executable), isolated=False, differences=differences)

    def command(self, original: RecordedRun) -> list[str]:
        """Return the command that runs the entry point in `folder`."""
        match original.entry_point.split(" ", 1):
            case ["-m", module]:
                program = ["-m", module]
            case _:
                program = [str(self.code / original.entry_point)]
        return [str(self.python), *program, *original.code.arguments]

    def folder(self, original: RecordedRun) -> Path:
        """Return the working directory of the recorded process, or the root if that was outside the repository."""
        folder = (self.code / (original.code.folder or ".")).resolve()
        return folder if folder.is_relative_to(self.code.resolve()) and folder.is_dir() else self.code
