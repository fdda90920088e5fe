"""What a reproduction would run: who recorded it, commit, patch, packages and command, in text for the terminal."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

from terrarium.capture.environment import capture_environment
from terrarium.code import Repository
from terrarium.code.git import git
from terrarium.reproduce.subject import Subject

__all__ = ["disclosure", "whole_patch"]

_MOST_PACKAGES = 20  # that are listed unless all of them are asked for


def disclosure(subject: Subject, *, start: Path, rebuilt: bool, everything: bool) -> Iterator[str]:
    """Yield lines that say what would run.

    Args:
        subject: The run.
        start: A folder in a clone of the repository, if there is one here; no other place is asked.
        rebuilt: Whether the recorded packages are to be installed, and the code as a project.
        everything: Whether to list all packages.
    """
    summary, code = subject.summary, subject.code
    author = summary.tags.get("mlflow.user", "unknown")
    yield f"run {summary.id} {summary.name!r} of experiment {summary.experiment!r}"
    yield f"  recorded by: {author} (as their machine said), {summary.started:%Y-%m-%d %H:%M} UTC"
    yield f"  repository: {code.repository or '(none on record)'}"
    yield f"  commit: {subject.commit}{_commit_text(subject.commit, start)}"
    if subject.patch:
        # Within a repository, git leaves out what lies outside of the folder.
        stat = git("apply", "--stat", "-", folder=Path(gettempdir()), typed=subject.patch)
        yield f"  patch: {len(subject.patch):,} bytes on top of the commit"
        yield from (f"   {line}" for line in os.fsdecode(stat).splitlines())
    else:
        yield "  patch: none"
    if rebuilt:
        yield from _packages(subject, everything=everything)
        yield "  build: if the code is a project, its build backend runs"
    command = [subject.entry_point, *map(shlex.quote, code.arguments)]
    yield f"  command: python {' '.join(command)}, in {code.folder or '.'}"


def whole_patch(subject: Subject) -> str:
    """Return the patch as text; bytes that are not UTF-8 are replaced."""
    return subject.patch.decode("utf-8", errors="replace")


def _commit_text(commit: str, start: Path) -> str:
    repository = Repository.around(start)
    if repository is None or not repository.holds(commit):
        return " (not in a clone here)"
    said = git("log", "-1", "--format=%an <%ae>, %cs: %s", commit, "--", folder=repository.root)
    return f" by {os.fsdecode(said).strip()}"


def _packages(subject: Subject, *, everything: bool) -> Iterator[str]:
    recorded = subject.environment.packages
    here = capture_environment().packages
    listed = {name: version for name, version in recorded.items() if everything or here.get(name) != version}
    which = "" if everything else f"; {len(listed)} of them are not installed here in that version"
    yield f"  packages: {len(recorded)} for Python {subject.environment.python}{which}"
    shown = list(listed.items()) if everything else list(listed.items())[:_MOST_PACKAGES]
    yield from (f"    {name}=={version}" for name, version in shown)
    if len(shown) < len(listed):
        yield f"    and {len(listed) - len(shown)} more"
