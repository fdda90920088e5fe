"""What was changed in the code from one run to another."""

from collections.abc import Sequence
from pathlib import Path

from terrarium.code import Repository, Trees
from terrarium.code.patch import read_patch
from terrarium.compare.compared_run import ComparedRun
from terrarium.record import Code

__all__ = ["code_differences"]


def code_differences(runs: Sequence[ComparedRun], *, start: Path) -> dict[str, str]:
    """How the code of each run differs from the first one's.

    Args:
        runs: With code on record or not.
        start: A folder in a clone of the repository, if there is one here.

    Returns:
        Id of a run with other code -> `git diff` of it, patches included; where the repository that holds both commits
        is not here, the recorded patches.
    """
    first, *others = runs
    code = _code(first)
    repository = Repository.around(start)
    differences = {}
    for run in others:
        other = _code(run)
        if code is None or other is None:
            continue
        if (code.commit, code.patch_digest) == (other.commit, other.patch_digest):
            continue
        differences[run.summary.id] = (
            _of_trees(repository, (first, code), (run, other))
            if repository and _holds(repository, code, other)
            else _of_patches((first, code), (run, other))
        )
    return differences


def _code(run: ComparedRun) -> Code | None:
    return run.record.code if run.record else None


def _holds(repository: Repository, *codes: Code) -> bool:
    return all(code.commit and repository.holds(code.commit) for code in codes)


def _of_trees(repository: Repository, one: tuple[ComparedRun, Code], other: tuple[ComparedRun, Code]) -> str:
    with Trees(repository) as trees:
        first, second = (
            trees.patched(code.commit or "", read_patch(run.summary.artifact_uri, code))
            for run, code in (one, other)
        )
        return trees.difference(first, second)


def _of_patches(*pair: tuple[ComparedRun, Code]) -> str:
    said = []
    for run, code in pair:
        said.append(f"# {run.label}: commit {code.commit}, which is not here; its patch:")
        said.append(read_patch(run.summary.artifact_uri, code).decode(errors="replace") or "# (none)")
    return "\n".join(said)
