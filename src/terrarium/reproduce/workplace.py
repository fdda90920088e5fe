"""Where a run is made again: code as it was and packages as they were, or what is here."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from terrarium.code import Repository, Trees
from terrarium.code.errors import CommitNotFoundError
from terrarium.code.git import git
from terrarium.reproduce.ingredients import Difference, Ingredient
from terrarium.reproduce.passed_variables import build_variables
from terrarium.reproduce.subject import Subject
from terrarium.venvs import VirtualEnvironment, sort_packages

__all__ = ["Workplace"]


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Code and an interpreter for it.

    Attributes:
        code: The topmost folder of the checkout.
        python: The interpreter.
        isolated: Whether both were made anew, and are to have nothing of this process.
        differences: In which the code is known not to be the recorded one.
    """

    code: Path
    python: Path
    isolated: bool
    differences: tuple[Difference, ...] = ()

    @classmethod
    def rebuilt(
        cls, subject: Subject, folder: Path, *, start: Path, say: Callable[[str], None]
    ) -> "Workplace":
        """A worktree at the recorded commit, its patch applied, and an environment of the recorded packages.

        Args:
            subject: The run.
            folder: Where both are made; what an earlier reproduction left there is used, or replaced.
            start: A folder in a clone of the repository, if there is one here.
            say: Is told what happens.

        Raises:
            CommitNotFoundError: The commit cannot be had.
            PatchError: The patch does not apply.
            EnvironmentNotMadeError: The interpreter or a package cannot be had.
            PackageVersionError: The record has something else than packages.
        """
        code = folder / "code"
        repository = Repository.holding(subject.commit, start=start, remote=subject.code.repository)
        say(
            f"code: commit {subject.commit[:12]}{' with its patch' if subject.patch else ''}, from {repository.root}"
        )
        folder.mkdir(parents=True, exist_ok=True)
        repository.add_worktree(code, subject.commit)
        if subject.patch:
            git("apply", "--whitespace=nowarn", "-", folder=code, typed=subject.patch)
        packages = sort_packages(subject.environment.packages, code=code)
        environment = VirtualEnvironment(folder / "environment")
        say(
            f"environment: Python {subject.environment.python}, {len(packages.pinned)} packages from the index"
        )
        for local in packages.folders:
            say(f"environment: {local if local != code else 'the code itself'}, as it is")
        environment.make(packages, python=subject.environment.python, environment=build_variables())
        return cls(code=code, python=environment.python, isolated=True)

    @classmethod
    def here(cls, subject: Subject, *, start: Path) -> "Workplace":
        """The working tree around `start`, and this interpreter."""
        repository = Repository.around(start)
        if repository is None or not repository.holds(subject.commit):
            raise CommitNotFoundError(
                f"{start} lies in no clone that holds commit {subject.commit}",
                remedy="change to a clone of the run's repository, or leave --here out",
            )
        with Trees(repository) as trees:
            recorded, now = trees.patched(subject.commit, subject.patch), trees.working()
            changed = trees.changed_files(recorded, now)
        patched = " with its patch" if subject.patch else ""
        differences = tuple(
            Difference(
                ingredient=Ingredient.CODE,
                what=file,
                recorded=f"as in {subject.commit[:12]}{patched}",
                now="as in the working tree",
            )
            for file in changed
        )
        return cls(code=repository.root, python=Path(sys.executable), isolated=False, differences=differences)

    def command(self, subject: Subject) -> list[str]:
        """What to type in `folder` to run the entry point again."""
        match subject.entry_point.split(" ", 1):
            case ["-m", module]:
                program = ["-m", module]
            case _:
                program = [str(self.code / subject.entry_point)]
        return [str(self.python), *program, *subject.code.arguments]

    def folder(self, subject: Subject) -> Path:
        """Where to type it: the folder that the recorded process worked in, if that was within the repository."""
        folder = (self.code / (subject.code.folder or ".")).resolve()
        return folder if folder.is_relative_to(self.code.resolve()) and folder.is_dir() else self.code
