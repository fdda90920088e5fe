"""The pipelines of GitLab: the same steps as the workflows of GitHub, for every environment that has a file."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from environments import load_environments
from environments.delivery_stages import delivery_stages
from operations.gitlab_pipeline import gitlab_jobs, gitlab_pipeline

_ROOT = Path(__file__).parents[3]
_GITLAB = _ROOT / "delivery" / "gitlab"
_STARTS = ("plan", "drift", "main", "release")


def pipeline(start: str) -> dict[str, Any]:
    document = yaml.safe_load(gitlab_pipeline(start, load_environments()))
    assert isinstance(document, dict)
    return document


def templates() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((_GITLAB / "environment.yml").read_text())
    return document


@pytest.mark.parametrize("start", _STARTS)
def test_every_job_extends_a_template_and_needs_jobs_that_exist(start: str) -> None:
    document = pipeline(start)
    jobs = gitlab_jobs(start, load_environments())
    assert jobs
    for name, job in jobs.items():
        assert document[name] == job
        assert job["extends"] in document
        needed = {need["job"] for need in job["needs"] if "pipeline" not in need}
        assert needed <= jobs.keys() - {name}


@pytest.mark.parametrize("start", ["plan", "drift"])
def test_merge_requests_and_schedules_read_every_environment_and_change_none(start: str) -> None:
    jobs = gitlab_jobs(start, load_environments())
    first = {name.partition(" ")[2] for name in jobs if name.startswith(f"{start} ")}
    assert first == {config.name for config in load_environments()}
    assert not any(name.startswith("deploy ") for name in jobs)
    assert templates()[f".{start}"]["variables"] == {"ROLE": "plan"}


@pytest.mark.parametrize("start", ["main", "release"])
def test_a_stage_is_planned_after_the_stage_before_is_deployed(start: str) -> None:
    jobs, before = gitlab_jobs(start, load_environments()), set[str]()
    for stage in delivery_stages(load_environments(), start):
        for name in stage:
            waits = {need["job"] for need in jobs[f"plan {name}"]["needs"]} - {"build"}
            assert waits == {f"deploy {other}" for other in before}
            assert {need["job"] for need in jobs[f"deploy {name}"]["needs"]} == {
                "build",
                f"plan {name}",
                f"judge {name}",
            }
        before = set(stage)


def test_any_environment_can_be_deployed_on_request() -> None:
    command = [sys.executable, "-m", "operations.gitlab_pipeline", "deploy"]
    for config in load_environments():
        done = subprocess.run([*command, config.name], cwd=_ROOT, check=True, capture_output=True, text=True)
        assert f'"deploy {config.name}"' in done.stdout
    refused = subprocess.run([*command, "nowhere"], cwd=_ROOT, check=False, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "nowhere" in refused.stderr


def test_gitlab_runs_the_steps_of_github() -> None:
    workflow = yaml.safe_load((_ROOT / ".github/workflows/deploy.yml").read_text())
    steps = [step["run"] for step in workflow["jobs"]["deploy"]["steps"] if "run" in step]
    begin = next(index for index, step in enumerate(steps) if step.startswith("terrarium images push"))
    end = next(index for index, step in enumerate(steps) if step.startswith("terrarium verify"))
    assert templates()[".deploy"]["script"] == steps[begin : end + 1]


def test_jobs_with_a_token_install_nothing_from_an_index_and_others_get_no_token() -> None:
    jobs = {**templates(), **yaml.safe_load((_GITLAB / ".gitlab-ci.yml").read_text())}
    entering = {name for name, job in jobs.items() if isinstance(job, dict) and "id_tokens" in job}
    assert entering == {".aws"}
    extending = {name for name, job in jobs.items() if isinstance(job, dict) and job.get("extends") == ".aws"}
    assert extending == {".plan", ".deploy", ".drift"}
    for name in (*entering, *extending):
        lines = [*jobs[name].get("before_script", []), *jobs[name].get("script", [])]
        assert not any("make setup" in line or "npm" in line or "pip install" in line for line in lines)
