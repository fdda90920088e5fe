"""Differences of the code of runs, as `git diff`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.code import Repository, Trees
from terrarium.code.patch import read_patch
from terrarium.compare.compared_run import ComparedRun
from terrarium.record import Code

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["code_differences"]


def code_differences(client: "MlflowClient", runs: Sequence[ComparedRun], *, start: Path) -> dict[str, str]:
    """Return the difference of each run's code from the first run's code.

    Args:
        client: MLflow's client for the environment of the runs.
        runs: The runs. Those without recorded code are skipped.
        start: A folder, possibly inside a clone of the repository.

    Returns:
        Run id -> `git diff`, recorded patches included, for each run with other code. If `start` is not in a repository
        that holds both commits, the text lists the recorded patches instead.
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
            _of_trees(client, repository, (first, code), (run, other))
            if repository and _holds(repository, code, other)
            else _of_patches(client, (first, code), (run, other))
        )
    return differences


def _code(run: ComparedRun) -> Code | None:
    return run.record.code if run.record else None


def _holds(repository: Repository, *codes: Code) -> bool:
    return all(code.commit and repository.holds(code.commit) for code in codes)


def _of_trees(
    client: "MlflowClient",
    repository: Repository,
    one: tuple[ComparedRun, Code],
    other: tuple[ComparedRun, Code],
) -> str:
    with Trees(repository) as trees:
        first, second = (
            trees.patched(code.commit or "", read_patch(client, run.summary.artifact_uri, code))
            for run, code in (one, other)
        )
        return trees.difference(first, second)


def _of_patches(client: "MlflowClient", *pair: tuple[ComparedRun, Code]) -> str:
    lines = []
    for run, code in pair:
        lines.append(f"# {run.label}: commit {code.commit}, not in this repository; its recorded patch:")
        lines.append(
            read_patch(client, run.summary.artifact_uri, code).decode(errors="replace") or "# (none)"
        )
    return "\n".join(lines)
