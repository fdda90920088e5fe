"""Preview of a reproduction for the terminal: author, commit, patch, packages and command."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

from terrarium.capture.environment import capture_environment
from terrarium.code import Repository
from terrarium.code.git import git
from terrarium.reproduce.recorded_run import RecordedRun

__all__ = ["patch_text", "preview"]

_MOST_PACKAGES = 20  # packages that are listed by default


def preview(original: RecordedRun, *, start: Path, rebuilt: bool, everything: bool) -> Iterator[str]:
    """Yield the lines of the preview.

    Args:
        original: The recorded run.
        start: A folder, possibly inside a clone of the repository. No other place is searched.
        rebuilt: Whether the reproduction installs the recorded packages, and the code as a project.
        everything: Whether to list all packages.
    """
    summary, code = original.summary, original.code
    author = summary.tags.get("mlflow.user", "unknown")
    yield f"run {summary.id} {summary.name!r} of experiment {summary.experiment!r}"
    yield f"  recorded by: {author} (stated by their machine), {summary.started:%Y-%m-%d %H:%M} UTC"
    yield f"  repository: {code.repository or '(not recorded)'}"
    yield f"  commit: {original.commit}{_commit_text(original.commit, start)}"
    if original.patch:
        # In a folder inside a repository, git would ignore files of the patch outside the folder.
        stat = git("apply", "--stat", "-", folder=Path(gettempdir()), typed=original.patch)
        yield f"  patch: {len(original.patch):,} bytes on top of the commit"
        yield from (f"   {line}" for line in os.fsdecode(stat).splitlines())
    else:
        yield "  patch: none"
    if rebuilt:
        yield from _packages(original, everything=everything)
        yield "  build: if the code is a project, its build backend runs"
    command = [original.entry_point, *map(shlex.quote, code.arguments)]
    yield f"  command: python {' '.join(command)}, in {code.folder or '.'}"


def patch_text(original: RecordedRun) -> str:
    """Return the patch as text. Bytes that are not UTF-8 are replaced."""
    return original.patch.decode("utf-8", errors="replace")


def _commit_text(commit: str, start: Path) -> str:
    repository = Repository.around(start)
    if repository is None or not repository.holds(commit):
        return " (not in a clone in this folder)"
    description = git("log", "-1", "--format=%an <%ae>, %cs: %s", commit, "--", folder=repository.root)
    return f" by {os.fsdecode(description).strip()}"


def _packages(original: RecordedRun, *, everything: bool) -> Iterator[str]:
    recorded = original.environment.packages
    here = capture_environment().packages
    listed = {name: version for name, version in recorded.items() if everything or here.get(name) != version}
    which = "" if everything else f"; {len(listed)} of them are not installed here in the recorded version"
    yield f"  packages: {len(recorded)} for Python {original.environment.python}{which}"
    shown = list(listed.items()) if everything else list(listed.items())[:_MOST_PACKAGES]
    yield from (f"    {name}=={version}" for name, version in shown)
    if len(shown) < len(listed):
        yield f"    and {len(listed) - len(shown)} more"
