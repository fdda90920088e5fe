"""Program `python -m operations.gitlab_pipeline START`: prints the GitLab pipeline of the environments of START.

START is `plan` (merge requests), `drift` (schedules), `main`, `release`, or `deploy ENVIRONMENT`. The jobs extend those
of `delivery/gitlab/environment.yml`, which the pipeline contains.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from environments import Environment, load_environment, load_environments
from environments.delivery_stages import delivery_stages
from terrarium.errors import Error

__all__ = ["gitlab_jobs", "gitlab_pipeline"]

_TEMPLATE = Path(__file__).parents[1] / "delivery" / "gitlab" / "environment.yml"
_BUILT = {"pipeline": "$PARENT_PIPELINE_ID", "job": "build"}


def gitlab_jobs(start: str, environments: Sequence[Environment]) -> dict[str, dict[str, Any]]:
    """Return the jobs of a pipeline by name.

    Args:
        start: What started the pipeline.
        environments: All environments, or for `deploy` the one to deploy.
    """
    names = [config.name for config in environments]
    match start:
        case "plan":
            return dict(job for name in names for job in _planning(name))
        case "drift":
            return {f"drift {name}": _job("drift", name, [_BUILT]) for name in names}
        case "deploy":
            return dict(_deploying([names], manual=False))
        case _:
            return dict(_deploying(delivery_stages(environments, start), manual=start == "release"))


def gitlab_pipeline(start: str, environments: Sequence[Environment]) -> str:
    """Return a pipeline as YAML; a pipeline without environments has a job that says so."""
    jobs = gitlab_jobs(start, environments) or {
        "nothing to deploy": {"script": [f"echo 'no file has delivery.deploys_on = \"{start}\"'"]}
    }
    lines = [f"{json.dumps(name)}: {json.dumps(job)}" for name, job in jobs.items()]
    return "\n".join([_TEMPLATE.read_text(encoding="utf-8"), *lines]) + "\n"


def _planning(name: str, after: Iterable[str] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    yield f"plan {name}", _job("plan", name, [_BUILT, *({"job": f"deploy {other}"} for other in after)])
    yield f"judge {name}", _job("judge", name, [{"job": f"plan {name}"}])


def _deploying(stages: Iterable[Sequence[str]], *, manual: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    before: Sequence[str] = ()
    for stage in stages:
        for name in stage:
            yield from _planning(name, after=before)
            needs = [_BUILT, {"job": f"plan {name}"}, {"job": f"judge {name}"}]
            job = _job("deploy", name, needs)
            yield f"deploy {name}", {**job, "when": "manual", "allow_failure": False} if manual else job
        before = stage


def _job(template: str, name: str, needs: list[dict[str, str]]) -> dict[str, Any]:
    return {"extends": f".{template}", "variables": {"ENVIRONMENT": name}, "needs": needs}


if __name__ == "__main__":
    try:
        match sys.argv[1:]:
            case ["deploy", name]:
                print(gitlab_pipeline("deploy", [load_environment(name)]), end="")
            case ["plan" | "drift" | "main" | "release" as start]:
                print(gitlab_pipeline(start, load_environments()), end="")
            case _:
                sys.exit(
                    "usage: python -m operations.gitlab_pipeline plan|drift|main|release|deploy ENVIRONMENT"
                )
    except Error as error:
        sys.exit(f"terrarium: {error}")
